//! One contact with their addresses.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::forms;
use crate::customers::{Contact, ContactId, CustomersError, Organisation, OrganisationId, actions, store};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::{Person, Shell};
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "customers/contact.html")]
struct ContactPage {
    shell: Shell,
    contact: Contact,
    person: Person,
    organisation: Option<Organisation>,
    addresses: Vec<(String, Option<String>)>,
}

/// `GET /contacts/{id}`
pub(super) async fn show(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<ContactId>,
) -> Result<Html<impl Template>> {
    let contact = store::contact(desk.db(), id).await?.ok_or(CustomersError::Missing("contact"))?;
    let organisation = match contact.organisation_id {
        Some(id) => store::organisation(desk.db(), id).await?,
        None => None,
    };
    Ok(Html(ContactPage {
        shell: by.shell("organisations", ""),
        person: Person::new(id.0, &contact.name, ""),
        organisation,
        addresses: store::addresses(desk.db(), id).await?,
        contact,
    }))
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
    let kept = store::contact(desk.db(), id).await?.ok_or(CustomersError::Missing("contact"))?;
    actions::change_contact(&desk, &by, id, sent.one("name"), kept.organisation_id).await?;
    Ok(see_other(&format!("/contacts/{id}")))
}

/// `POST /contacts/{id}/addresses`: with `remove` it is taken away.
pub(super) async fn address(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    let on = sent.filled("remove").is_none();
    actions::set_address(&desk, &by, id, sent.filled("remove").unwrap_or(sent.one("address")), on).await?;
    Ok(see_other(&format!("/contacts/{id}")))
}
