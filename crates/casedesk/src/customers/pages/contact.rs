//! One contact with their addresses.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::forms;
use crate::customers::{
    Contact, ContactId, CustomersError, Number, NumberId, Organisation, OrganisationId, actions, store,
};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::{Person, Shell};
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

#[derive(Template)]
#[template(path = "customers/contact.html")]
struct ContactPage {
    shell: Shell,
    contact: Contact,
    person: Person,
    organisation: Option<Organisation>,
    addresses: Vec<(String, Option<String>)>,
    numbers: Vec<Number>,
    note: String,
    tags: Vec<String>,
}

/// `GET /contacts/{id}`
pub(super) async fn show(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<ContactId>) -> Result<Response> {
    if let Some(into) = store::contact_merged_into(desk.db(), id).await? {
        return Ok(see_other(&format!("/contacts/{into}")));
    }
    let contact = store::contact(desk.db(), id).await?.ok_or(CustomersError::Missing("contact"))?;
    let organisation = match contact.organisation_id {
        Some(id) => store::organisation(desk.db(), id).await?,
        None => None,
    };
    let page = ContactPage {
        shell: by.shell("organisations", ""),
        person: Person::new(id.0, &contact.name, ""),
        organisation,
        addresses: store::addresses(desk.db(), id).await?,
        numbers: store::numbers(desk.db(), id).await?,
        note: store::contact_note(desk.db(), id).await?,
        tags: store::contact_tags(desk.db(), id).await?,
        contact,
    };
    Ok(Html(page).into_response())
}

/// `POST /organisations/{id}/contacts`
pub(super) async fn add(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(of): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let addresses = forms::words(sent.one("addresses"));
    actions::add_contact(&desk, &by, Some(of), sent.one("name"), &addresses).await?;
    Ok(see_other(&format!("/organisations/{of}")))
}

/// `POST /contacts/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    let organisation = match (sent.all("organisation").next(), sent.filled("organisation")) {
        (None, _) => store::contact(desk.db(), id).await?.ok_or(CustomersError::Missing("contact"))?.organisation_id,
        (_, None) => None,
        (_, Some(name)) => Some(organisation_called(&desk, id, name).await?),
    };
    actions::change_contact(&desk, &by, id, sent.one("name"), organisation).await?;
    if sent.all("note").next().is_some() {
        actions::set_contact_note(&desk, &by, id, sent.one("note")).await?;
    }
    Ok(see_other(&format!("/contacts/{id}")))
}

/// The organisation of this name: the contact's own, where several are called so.
async fn organisation_called(desk: &Desk, id: ContactId, name: &str) -> Result<OrganisationId> {
    let contact = store::contact(desk.db(), id).await?.ok_or(CustomersError::Missing("contact"))?;
    if let Some(own) = contact.organisation_id {
        let called = store::organisation(desk.db(), own).await?.map(|own| own.name);
        if called.is_some_and(|called| called.to_lowercase() == name.trim().to_lowercase()) {
            return Ok(own);
        }
    }
    let found = store::organisation_named(desk.db(), name.trim()).await?;
    found.ok_or_else(|| Error::unprocessable("There is no organisation of that name. Add it first, or leave it empty."))
}

/// Why an address rests that an agent has paused here.
const BY_HAND: &str = "paused by a colleague";

/// `POST /contacts/{id}/addresses`: with `remove` one is taken away, with `main`, `pause` or `resume` that is done to it.
pub(super) async fn address(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    if let Some(main) = sent.filled("main") {
        actions::choose_main_address(&desk, &by, id, main).await?;
        return Ok(see_other(&format!("/contacts/{id}")));
    }
    if let Some(address) = sent.filled("pause").or(sent.filled("resume")) {
        let reason = sent.filled("pause").map(|_| BY_HAND);
        actions::set_pause(&desk, id, address, reason).await?;
        return Ok(see_other(&format!("/contacts/{id}")));
    }
    let on = sent.filled("remove").is_none();
    actions::set_address(&desk, &by, id, sent.filled("remove").unwrap_or(sent.one("address")), on).await?;
    Ok(see_other(&format!("/contacts/{id}")))
}

/// `POST /contacts/{id}/tags`: with `remove` it is taken off.
pub(super) async fn tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    let on = sent.filled("remove").is_none();
    actions::set_contact_tag(&desk, &by, id, sent.filled("remove").unwrap_or(sent.one("tag")), on).await?;
    Ok(see_other(&format!("/contacts/{id}")))
}

/// `POST /contacts/{id}/numbers`: with `remove` one is taken away.
pub(super) async fn number(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    match sent.filled("remove") {
        Some(number) => {
            let number = number.parse().map_err(|_| Error::unprocessable("Say which number."))?;
            actions::remove_number(&desk, &by, id, NumberId(number)).await?;
        }
        None => actions::add_number(&desk, &by, id, sent.one("number")).await?,
    }
    Ok(see_other(&format!("/contacts/{id}")))
}
