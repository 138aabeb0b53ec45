//! Exports and erasures over the API, for administrators.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::store::{self, Request};
use super::{PrivacyError, RequestId, RequestKind, RequestState, Subject, SubjectKind, actions, pages, rules::Item};
use crate::customers::{ContactId, OrganisationId};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Admin, AgentId, Viewer};
use crate::web::Result;
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_privacy_requests))
        .routes(routes!(get_privacy_request))
        .routes(routes!(get_archive, delete_archive))
        .routes(routes!(survey_contact))
        .routes(routes!(survey_organisation))
        .routes(routes!(export_contact))
        .routes(routes!(export_organisation))
        .routes(routes!(erase_contact))
        .routes(routes!(erase_organisation))
}

/// Something that was asked for about somebody.
#[derive(Serialize, ToSchema)]
struct PrivacyRequest {
    id: RequestId,
    kind: RequestKind,
    subject_kind: SubjectKind,
    subject_id: i64,
    /// Whether an export has internal notes.
    with_notes: bool,
    state: RequestState,
    /// Bytes of the archive.
    size: i64,
    /// What came of it, in words.
    outcome: String,
    agent_id: AgentId,
    created_at: Timestamp,
    done_at: Option<Timestamp>,
    /// When the archive is removed.
    expires_at: Option<Timestamp>,
}

impl From<Request> for PrivacyRequest {
    fn from(row: Request) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            with_notes: row.with_notes,
            state: row.state,
            size: row.size,
            outcome: row.outcome,
            agent_id: row.agent_id,
            created_at: row.created_at,
            done_at: row.done_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only requests before this one.
    before: Option<RequestId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// List what was asked for about people and organisations, newest first.
#[utoipa::path(get, path = "/privacy-requests", tag = "privacy",
    responses((status = 200, body = Vec<PrivacyRequest>)))]
async fn list_privacy_requests(
    State(desk): State<Desk>,
    _: Admin,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<PrivacyRequest>>> {
    let limit = i64::try_from(limit(asked.limit)?).unwrap_or(i64::MAX);
    let rows = store::requests(desk.db(), None, asked.before, limit).await?;
    Ok(Json(rows.into_iter().map(PrivacyRequest::from).collect()))
}

async fn one(desk: &Desk, id: RequestId) -> Result<PrivacyRequest> {
    Ok(store::request(desk.db(), id).await?.ok_or(PrivacyError::NoRequest)?.into())
}

/// Get one request.
#[utoipa::path(get, path = "/privacy-requests/{id}", tag = "privacy", params(("id" = RequestId, Path)),
    responses((status = 200, body = PrivacyRequest)))]
async fn get_privacy_request(
    State(desk): State<Desk>,
    _: Admin,
    Path(id): Path<RequestId>,
) -> Result<Json<PrivacyRequest>> {
    Ok(Json(one(&desk, id).await?))
}

/// Get the archive of an export.
///
/// That it was fetched is in the audit log.
#[utoipa::path(get, path = "/privacy-requests/{id}/archive", tag = "privacy", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The archive", content_type = "application/zip")))]
async fn get_archive(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<RequestId>) -> Result<Response> {
    pages::archive(&desk, &by, id).await
}

/// Remove the archive of an export before its time.
#[utoipa::path(delete, path = "/privacy-requests/{id}/archive", tag = "privacy", params(("id" = RequestId, Path)),
    responses((status = 204)))]
async fn delete_archive(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<RequestId>) -> Result<StatusCode> {
    actions::discard(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A line of what goes or stays.
#[derive(Serialize, ToSchema)]
struct PrivacyLine {
    what: String,
    /// How much of it there is; empty where there is nothing to count.
    counted: String,
    why: String,
}

impl From<Item> for PrivacyLine {
    fn from(item: Item) -> Self {
        Self { what: item.what.into(), counted: item.counted, why: item.how }
    }
}

/// What is kept of somebody, and what an erasure would do.
#[derive(Serialize, ToSchema)]
struct PrivacySurvey {
    /// To be repeated by whoever erases.
    name: String,
    contacts: usize,
    /// Cases with something of theirs, also those of members-only teams.
    cases: i64,
    /// Of those, cases on which somebody else outside takes part.
    shared_cases: i64,
    goes: Vec<PrivacyLine>,
    stays: Vec<PrivacyLine>,
}

async fn survey(desk: &Desk, subject: Subject) -> Result<Json<PrivacySurvey>> {
    let found = actions::survey(desk, subject).await?;
    let lines = |items: Vec<Item>| items.into_iter().map(PrivacyLine::from).collect();
    let (goes, stays) = (lines(found.goes()), lines(found.stays()));
    Ok(Json(PrivacySurvey {
        name: found.name,
        contacts: found.contacts,
        cases: found.cases.all,
        shared_cases: found.cases.shared,
        goes,
        stays,
    }))
}

/// See what is kept of a contact, and what an erasure would do.
#[utoipa::path(get, path = "/contacts/{id}/privacy", tag = "privacy", params(("id" = ContactId, Path)),
    responses((status = 200, body = PrivacySurvey)))]
async fn survey_contact(State(desk): State<Desk>, _: Admin, Path(id): Path<ContactId>) -> Result<Json<PrivacySurvey>> {
    survey(&desk, Subject::Contact(id)).await
}

/// See what is kept of an organisation, and what an erasure would do.
#[utoipa::path(get, path = "/organisations/{id}/privacy", tag = "privacy", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = PrivacySurvey)))]
async fn survey_organisation(
    State(desk): State<Desk>,
    _: Admin,
    Path(id): Path<OrganisationId>,
) -> Result<Json<PrivacySurvey>> {
    survey(&desk, Subject::Organisation(id)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExport {
    /// Whether internal notes about them are in it. Without it: yes for a contact, no for an organisation.
    #[serde(default)]
    with_notes: Option<bool>,
}

type Asking = Result<(StatusCode, Json<PrivacyRequest>)>;

async fn export(desk: &Desk, by: &Viewer, subject: Subject, new: &NewExport) -> Asking {
    let notes = new.with_notes.unwrap_or(matches!(subject, Subject::Contact(_)));
    let id = actions::ask_export(desk, by, subject, notes).await?;
    Ok((StatusCode::ACCEPTED, Json(one(desk, id).await?)))
}

/// Ask for a copy of what is kept of a contact.
///
/// The archive is written after the answer; it is there when the request is `ready`.
#[utoipa::path(post, path = "/contacts/{id}/exports", tag = "privacy", params(("id" = ContactId, Path)),
    responses((status = 202, body = PrivacyRequest)))]
async fn export_contact(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ContactId>,
    Json(new): Json<NewExport>,
) -> Asking {
    export(&desk, &by, Subject::Contact(id), &new).await
}

/// Ask for a copy of what is kept of an organisation and its contacts.
#[utoipa::path(post, path = "/organisations/{id}/exports", tag = "privacy", params(("id" = OrganisationId, Path)),
    responses((status = 202, body = PrivacyRequest)))]
async fn export_organisation(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    Json(new): Json<NewExport>,
) -> Asking {
    export(&desk, &by, Subject::Organisation(id), &new).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewErasure {
    /// The name as it stands in the file, so that nobody is erased by mistake.
    name: String,
}

async fn erase(desk: &Desk, by: &Viewer, subject: Subject, new: &NewErasure) -> Asking {
    let id = actions::ask_erasure(desk, by, subject, &new.name).await?;
    Ok((StatusCode::ACCEPTED, Json(one(desk, id).await?)))
}

/// Erase a contact. It cannot be undone.
#[utoipa::path(post, path = "/contacts/{id}/erasures", tag = "privacy", params(("id" = ContactId, Path)),
    responses((status = 202, body = PrivacyRequest)))]
async fn erase_contact(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ContactId>,
    Json(new): Json<NewErasure>,
) -> Asking {
    erase(&desk, &by, Subject::Contact(id), &new).await
}

/// Erase an organisation with its contacts. It cannot be undone.
#[utoipa::path(post, path = "/organisations/{id}/erasures", tag = "privacy", params(("id" = OrganisationId, Path)),
    responses((status = 202, body = PrivacyRequest)))]
async fn erase_organisation(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    Json(new): Json<NewErasure>,
) -> Asking {
    erase(&desk, &by, Subject::Organisation(id), &new).await
}
