//! Organisations and contacts are written, with their domains, tags and notes.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::store::{self, FileNote};
use crate::customers::{ContactId, CustomersError, OrganisationId, OrganisationKind, actions};
use crate::desk::Desk;
use crate::staff::{AgentId, Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrganisation {
    name: String,
    kind: OrganisationKind,
    /// Its mail domains, such as `example.com`.
    #[serde(default)]
    domains: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OrganisationMade {
    id: OrganisationId,
}

/// Add an organisation.
#[utoipa::path(post, path = "/organisations", tag = "customers", responses((status = 201, body = OrganisationMade)))]
pub(super) async fn add_organisation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(new): Json<NewOrganisation>,
) -> Result<(StatusCode, Json<OrganisationMade>)> {
    let id = actions::new_organisation(&desk, &by, &new.name, new.kind, &new.domains).await?;
    Ok((StatusCode::CREATED, Json(OrganisationMade { id })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationNow {
    name: String,
    kind: OrganisationKind,
}

/// Change an organisation.
#[utoipa::path(put, path = "/organisations/{id}", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 204)))]
pub(super) async fn change_organisation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    Json(new): Json<OrganisationNow>,
) -> Result<StatusCode> {
    actions::change_organisation(&desk, &by, id, &new.name, new.kind).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give an organisation a mail domain.
#[utoipa::path(put, path = "/organisations/{id}/domains/{domain}", tag = "customers",
    params(("id" = OrganisationId, Path), ("domain" = String, Path)), responses((status = 204)))]
pub(super) async fn add_domain(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, domain)): Path<(OrganisationId, String)>,
) -> Result<StatusCode> {
    actions::set_domain(&desk, &by, id, &domain, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a mail domain away from an organisation.
#[utoipa::path(delete, path = "/organisations/{id}/domains/{domain}", tag = "customers",
    params(("id" = OrganisationId, Path), ("domain" = String, Path)), responses((status = 204)))]
pub(super) async fn remove_domain(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, domain)): Path<(OrganisationId, String)>,
) -> Result<StatusCode> {
    actions::set_domain(&desk, &by, id, &domain, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tag an organisation.
#[utoipa::path(put, path = "/organisations/{id}/tags/{tag}", tag = "customers",
    params(("id" = OrganisationId, Path), ("tag" = String, Path)), responses((status = 204)))]
pub(super) async fn add_organisation_tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, tag)): Path<(OrganisationId, String)>,
) -> Result<StatusCode> {
    actions::set_tag(&desk, &by, id, &tag, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a tag off an organisation.
#[utoipa::path(delete, path = "/organisations/{id}/tags/{tag}", tag = "customers",
    params(("id" = OrganisationId, Path), ("tag" = String, Path)), responses((status = 204)))]
pub(super) async fn remove_organisation_tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, tag)): Path<(OrganisationId, String)>,
) -> Result<StatusCode> {
    actions::set_tag(&desk, &by, id, &tag, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the notes of an organisation.
///
/// The newest first, 100 at the most.
#[utoipa::path(get, path = "/organisations/{id}/notes", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Vec<FileNote>)))]
pub(super) async fn list_organisation_notes(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Json<Vec<FileNote>>> {
    store::organisation(desk.db(), id).await?.ok_or(CustomersError::Missing("organisation"))?;
    Ok(Json(store::file_notes(desk.db(), id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFileNote {
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct FileNoteMade {
    id: i64,
}

/// Keep a note with an organisation.
#[utoipa::path(post, path = "/organisations/{id}/notes", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 201, body = FileNoteMade)))]
pub(super) async fn add_organisation_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    Json(new): Json<NewFileNote>,
) -> Result<(StatusCode, Json<FileNoteMade>)> {
    let id = actions::add_file_note(&desk, &by, id, &new.text).await?;
    Ok((StatusCode::CREATED, Json(FileNoteMade { id })))
}

/// Write a note of an organisation anew.
#[utoipa::path(put, path = "/organisations/{id}/notes/{note}", tag = "customers",
    params(("id" = OrganisationId, Path), ("note" = i64, Path)), responses((status = 204)))]
pub(super) async fn change_organisation_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, note)): Path<(OrganisationId, i64)>,
    Json(new): Json<NewFileNote>,
) -> Result<StatusCode> {
    actions::change_file_note(&desk, &by, id, note, &new.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountManager {
    /// `null`: nobody in particular.
    agent_id: Option<AgentId>,
}

/// Say who looks after an organisation; they are told when its contracts end.
#[utoipa::path(put, path = "/organisations/{id}/account-manager", tag = "customers",
    params(("id" = OrganisationId, Path)), responses((status = 204)))]
pub(super) async fn set_account_manager(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    Json(new): Json<AccountManager>,
) -> Result<StatusCode> {
    actions::set_account_manager(&desk, &by, id, new.agent_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose the main address of a contact, which is written to first.
#[utoipa::path(put, path = "/contacts/{id}/addresses/{address}/main", tag = "customers",
    params(("id" = ContactId, Path), ("address" = String, Path)), responses((status = 204)))]
pub(super) async fn choose_main_address(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, address)): Path<(ContactId, String)>,
) -> Result<StatusCode> {
    actions::choose_main_address(&desk, &by, id, &address).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactNoteNow {
    /// Empty: nothing is noted.
    note: String,
}

/// Note something about a contact, for the team.
#[utoipa::path(put, path = "/contacts/{id}/note", tag = "customers", params(("id" = ContactId, Path)),
    responses((status = 204)))]
pub(super) async fn set_contact_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    Json(new): Json<ContactNoteNow>,
) -> Result<StatusCode> {
    actions::set_contact_note(&desk, &by, id, &new.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a note of an organisation.
#[utoipa::path(delete, path = "/organisations/{id}/notes/{note}", tag = "customers",
    params(("id" = OrganisationId, Path), ("note" = i64, Path)), responses((status = 204)))]
pub(super) async fn remove_organisation_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, note)): Path<(OrganisationId, i64)>,
) -> Result<StatusCode> {
    actions::remove_file_note(&desk, &by, id, note).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewContact {
    name: String,
    organisation_id: Option<OrganisationId>,
    /// At least one mail address.
    addresses: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ContactMade {
    id: ContactId,
}

/// Add a contact.
#[utoipa::path(post, path = "/contacts", tag = "customers", responses((status = 201, body = ContactMade)))]
pub(super) async fn add_contact(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(new): Json<NewContact>,
) -> Result<(StatusCode, Json<ContactMade>)> {
    let id = actions::add_contact(&desk, &by, new.organisation_id, &new.name, &new.addresses).await?;
    Ok((StatusCode::CREATED, Json(ContactMade { id })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactNow {
    name: String,
    organisation_id: Option<OrganisationId>,
}

/// Change a contact.
///
/// With an organisation, their cases that have none go along, open and closed; cases of the organisation that they leave
/// stay there. With none, the cases that went along have none again.
#[utoipa::path(put, path = "/contacts/{id}", tag = "customers", params(("id" = ContactId, Path)),
    responses((status = 204)))]
pub(super) async fn change_contact(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    Json(new): Json<ContactNow>,
) -> Result<StatusCode> {
    actions::change_contact(&desk, &by, id, &new.name, new.organisation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tag a contact.
#[utoipa::path(put, path = "/contacts/{id}/tags/{tag}", tag = "customers",
    params(("id" = ContactId, Path), ("tag" = String, Path)), responses((status = 204)))]
pub(super) async fn add_contact_tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, tag)): Path<(ContactId, String)>,
) -> Result<StatusCode> {
    actions::set_contact_tag(&desk, &by, id, &tag, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a tag off a contact.
#[utoipa::path(delete, path = "/contacts/{id}/tags/{tag}", tag = "customers",
    params(("id" = ContactId, Path), ("tag" = String, Path)), responses((status = 204)))]
pub(super) async fn remove_contact_tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, tag)): Path<(ContactId, String)>,
) -> Result<StatusCode> {
    actions::set_contact_tag(&desk, &by, id, &tag, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a contact an address.
#[utoipa::path(put, path = "/contacts/{id}/addresses/{address}", tag = "customers",
    params(("id" = ContactId, Path), ("address" = String, Path)), responses((status = 204)))]
pub(super) async fn add_address(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, address)): Path<(ContactId, String)>,
) -> Result<StatusCode> {
    actions::set_address(&desk, &by, id, &address, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an address away from a contact; the last one stays.
#[utoipa::path(delete, path = "/contacts/{id}/addresses/{address}", tag = "customers",
    params(("id" = ContactId, Path), ("address" = String, Path)), responses((status = 204)))]
pub(super) async fn remove_address(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, address)): Path<(ContactId, String)>,
) -> Result<StatusCode> {
    actions::set_address(&desk, &by, id, &address, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
