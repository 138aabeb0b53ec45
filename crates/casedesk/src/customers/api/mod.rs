//! The customer file over the API. Here what is read of organisations and contacts, and letting mail to an address rest.
mod agreements;
mod installations;
mod merges;
mod organisation;
mod sheets;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::{Contact, ContactId, Organisation, OrganisationId, actions, rules, store};
use crate::desk::Desk;
use crate::staff::{AgentId, Reader, Worker};
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;
use crate::web::{Error, Result};

/// The longest reason for a pause, in characters.
const MOST_REASON: usize = 300;

pub(crate) use installations::{NewValue, given};
pub(crate) use sheets::streamed;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_organisations, organisation::add_organisation))
        .routes(routes!(get_organisation, organisation::change_organisation))
        .routes(routes!(organisation::add_domain, organisation::remove_domain))
        .routes(routes!(organisation::add_organisation_tag, organisation::remove_organisation_tag))
        .routes(routes!(organisation::list_organisation_notes, organisation::add_organisation_note))
        .routes(routes!(organisation::change_organisation_note, organisation::remove_organisation_note))
        .routes(routes!(organisation::set_account_manager))
        .routes(routes!(list_contacts, organisation::add_contact))
        .routes(routes!(get_contact, organisation::change_contact))
        .routes(routes!(organisation::add_address, organisation::remove_address))
        .routes(routes!(organisation::choose_main_address))
        .routes(routes!(organisation::set_contact_note))
        .routes(routes!(organisation::add_contact_tag, organisation::remove_contact_tag))
        .routes(routes!(pause_address, resume_address))
        .merge(agreements())
        .merge(installations())
        .merge(sheets())
        .merge(merges())
}

fn agreements() -> OpenApiRouter<Desk> {
    use agreements as a;
    OpenApiRouter::new()
        .routes(routes!(a::list_support_options, a::add_support_option))
        .routes(routes!(a::get_support_option, a::change_support_option))
        .routes(routes!(a::archive_support_option, a::restore_support_option))
        .routes(routes!(a::make_default_option, a::unmake_default_option))
        .routes(routes!(a::publish_option, a::unpublish_option))
        .routes(routes!(a::list_contracts, a::add_contract))
        .routes(routes!(a::change_contract, a::remove_contract))
        .routes(routes!(a::renew_contract))
        .routes(routes!(a::list_ending_contracts))
        .routes(routes!(a::list_licences, a::add_licence))
        .routes(routes!(a::change_licence, a::remove_licence))
}

fn merges() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(merges::list_duplicates))
        .routes(routes!(merges::keep_apart))
        .routes(routes!(merges::list_merges, merges::add_merge))
        .routes(routes!(merges::undo_merge))
}

fn sheets() -> OpenApiRouter<Desk> {
    let most = DefaultBodyLimit::max(rules::sheet::MOST_BYTES + 1);
    OpenApiRouter::new().routes(routes!(sheets::import_customers)).layer(most).routes(routes!(sheets::export_customers))
}

fn installations() -> OpenApiRouter<Desk> {
    use installations as i;
    OpenApiRouter::new()
        .routes(routes!(i::list_installations, i::add_installation))
        .routes(routes!(i::get_installation, i::change_installation))
        .routes(routes!(i::archive_installation, i::restore_installation))
        .routes(routes!(i::list_installation_history))
        .routes(routes!(i::set_values))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Part of the name, or a whole domain.
    #[serde(default)]
    q: String,
    /// The `next` of the page before.
    after: Option<OrganisationId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct OrganisationPage {
    organisations: Vec<Organisation>,
    /// Give it as `after` to get the next page. `null`: this is the last one.
    next: Option<OrganisationId>,
}

/// List organisations.
#[utoipa::path(get, path = "/organisations", tag = "customers",
    responses((status = 200, body = OrganisationPage)))]
async fn list_organisations(
    State(desk): State<Desk>,
    _: Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<OrganisationPage>> {
    let limit = limit(asked.limit)?;
    let after = asked.after.unwrap_or(OrganisationId(0));
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut organisations = store::organisations_like(desk.db(), asked.q.trim(), after, one_more).await?;
    let more = organisations.len() > limit;
    organisations.truncate(limit);
    let next = organisations.last().filter(|_| more).map(|last| last.id);
    Ok(Json(OrganisationPage { organisations, next }))
}

#[derive(Serialize, ToSchema)]
struct OrganisationInFull {
    #[serde(flatten)]
    organisation: Organisation,
    domains: Vec<String>,
    tags: Vec<String>,
    contacts: Vec<ContactInList>,
    /// The organisation that this one was merged into. `null`: it stands for itself.
    merged_into: Option<OrganisationId>,
    /// Who looks after it on our side.
    account_manager_id: Option<AgentId>,
}

#[derive(Serialize, ToSchema)]
struct ContactInList {
    id: ContactId,
    name: String,
}

/// Get an organisation.
#[utoipa::path(get, path = "/organisations/{id}", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = OrganisationInFull)))]
async fn get_organisation(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Json<OrganisationInFull>> {
    let found = store::organisation(desk.db(), id).await?;
    let contacts = store::contacts_of(desk.db(), id).await?;
    Ok(Json(OrganisationInFull {
        organisation: found.ok_or_else(|| Error::not_found("such organisation"))?,
        domains: store::domains(desk.db(), id).await?,
        tags: store::organisation_tags(desk.db(), id).await?,
        merged_into: store::organisation_merged_into(desk.db(), id).await?,
        account_manager_id: store::account_manager(desk.db(), id).await?,
        contacts: contacts.into_iter().map(|c| ContactInList { id: c.id, name: c.name }).collect(),
    }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sought {
    /// Part of a name or address.
    q: String,
    /// Only those that have this tag.
    tag: Option<String>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct FoundContact {
    id: ContactId,
    name: String,
    organisation_id: Option<OrganisationId>,
    address: String,
}

/// Find contacts.
#[utoipa::path(get, path = "/contacts", tag = "customers",
    responses((status = 200, body = Vec<FoundContact>)))]
async fn list_contacts(
    State(desk): State<Desk>,
    _: Reader,
    Query(sought): Query<Sought>,
) -> Result<Json<Vec<FoundContact>>> {
    let limit = i64::try_from(limit(sought.limit)?).unwrap_or(i64::MAX);
    let found = store::contacts_like(desk.db(), sought.q.trim(), sought.tag.as_deref(), limit).await?;
    let shown = |(contact, address): (Contact, String)| FoundContact {
        id: contact.id,
        name: contact.name,
        organisation_id: contact.organisation_id,
        address,
    };
    Ok(Json(found.into_iter().map(shown).collect()))
}

#[derive(Serialize, ToSchema)]
struct ContactInFull {
    id: ContactId,
    name: String,
    organisation_id: Option<OrganisationId>,
    /// The main one first.
    addresses: Vec<Address>,
    /// What is noted of them.
    note: String,
    tags: Vec<String>,
    /// The contact that this one was merged into. `null`: they stand for themselves.
    merged_into: Option<ContactId>,
}

#[derive(Serialize, ToSchema)]
struct Address {
    address: String,
    /// Why nothing automatic is sent to it. `null`: mail flows.
    paused_reason: Option<String>,
}

/// Get a contact.
#[utoipa::path(get, path = "/contacts/{id}", tag = "customers", params(("id" = ContactId, Path)),
    responses((status = 200, body = ContactInFull)))]
async fn get_contact(State(desk): State<Desk>, _: Reader, Path(id): Path<ContactId>) -> Result<Json<ContactInFull>> {
    let contact = store::contact(desk.db(), id).await?.ok_or_else(|| Error::not_found("such contact"))?;
    let addresses = store::addresses(desk.db(), id).await?;
    Ok(Json(ContactInFull {
        id,
        name: contact.name,
        organisation_id: contact.organisation_id,
        note: store::contact_note(desk.db(), id).await?,
        tags: store::contact_tags(desk.db(), id).await?,
        merged_into: store::contact_merged_into(desk.db(), id).await?,
        addresses: addresses.into_iter().map(|(address, paused_reason)| Address { address, paused_reason }).collect(),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPause {
    /// Why, in at most 300 characters; it stands with the contact.
    reason: String,
}

/// Send nothing automatic to an address any more.
#[utoipa::path(put, path = "/contacts/{id}/addresses/{address}/pause", tag = "customers",
    params(("id" = ContactId, Path), ("address" = String, Path)), responses((status = 204)))]
async fn pause_address(
    State(desk): State<Desk>,
    _: Worker,
    Path((id, address)): Path<(ContactId, String)>,
    Json(new): Json<NewPause>,
) -> Result<StatusCode> {
    let reason = new.reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        return Err(Error::unprocessable(format!("Give a reason of at most {MOST_REASON} characters.")));
    }
    set_pause(&desk, id, &address, Some(reason)).await
}

/// Let mail to an address flow again.
#[utoipa::path(delete, path = "/contacts/{id}/addresses/{address}/pause", tag = "customers",
    params(("id" = ContactId, Path), ("address" = String, Path)), responses((status = 204)))]
async fn resume_address(
    State(desk): State<Desk>,
    _: Worker,
    Path((id, address)): Path<(ContactId, String)>,
) -> Result<StatusCode> {
    set_pause(&desk, id, &address, None).await
}

async fn set_pause(desk: &Desk, id: ContactId, address: &str, reason: Option<&str>) -> Result<StatusCode> {
    let known = actions::set_pause(desk, id, address, reason).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(Error::not_found("such address of that contact")) }
}
