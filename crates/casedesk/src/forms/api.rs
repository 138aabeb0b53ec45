//! The form over the API: what is held, and the private links of a case.
mod questions;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::store::{self, Held, PrivateLink};
use super::{PrivateLinkId, SubmissionId, Typed, actions};
use crate::cases::CaseId;
use crate::cases::actions::may_read;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_held_submissions))
        .routes(routes!(release_submission))
        .routes(routes!(discard_submission))
        .routes(routes!(list_private_links))
        .routes(routes!(revoke_private_link))
        .merge(questions::routes())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The `next` of the page before.
    before: Option<SubmissionId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct HeldPage {
    /// Newest first.
    submissions: Vec<HeldSubmission>,
    /// Give it as `before` to get the next page. `null`: this is the last one.
    next: Option<SubmissionId>,
}

/// A message of the form that waits for a look.
#[derive(Serialize, ToSchema)]
struct HeldSubmission {
    id: SubmissionId,
    /// Why it waits.
    reason: String,
    created_at: Timestamp,
    typed: Typed,
    /// How many files came with it.
    files: i64,
}

impl From<Held> for HeldSubmission {
    fn from(row: Held) -> Self {
        Self {
            id: row.id,
            reason: row.reason.unwrap_or_default(),
            created_at: row.created_at,
            typed: serde_json::from_str(&row.typed).unwrap_or_default(),
            files: row.files,
        }
    }
}

/// List the messages of the form that wait for a look.
#[utoipa::path(get, path = "/form-submissions", tag = "forms",
    responses((status = 200, body = HeldPage)))]
async fn list_held_submissions(
    State(desk): State<Desk>,
    _: Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<HeldPage>> {
    let limit = limit(asked.limit)?;
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = store::held(desk.db(), asked.before, one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(Json(HeldPage { submissions: rows.into_iter().map(HeldSubmission::from).collect(), next }))
}

/// The case that was made.
#[derive(Serialize, ToSchema)]
struct ReleasedCase {
    case: CaseId,
}

/// Release a message of the form.
///
/// It becomes a case, and its writer is mailed the number and a private link.
#[utoipa::path(post, path = "/form-submissions/{id}/release", tag = "forms", params(("id" = SubmissionId, Path)),
    responses((status = 201, body = ReleasedCase)))]
async fn release_submission(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<SubmissionId>,
) -> Result<(StatusCode, Json<ReleasedCase>)> {
    let case = actions::release(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, Json(ReleasedCase { case })))
}

/// Discard a message of the form.
///
/// What was typed is deleted.
#[utoipa::path(delete, path = "/form-submissions/{id}", tag = "forms", params(("id" = SubmissionId, Path)),
    responses((status = 204)))]
async fn discard_submission(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<SubmissionId>,
) -> Result<StatusCode> {
    actions::discard(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link that shows a case to whoever has it. The link itself is kept nowhere.
#[derive(Serialize, ToSchema)]
struct PrivateLinkInList {
    id: PrivateLinkId,
    /// Whoever answers by the link answers in the name of this address.
    address: String,
    created_at: Timestamp,
    /// Since when it shows nothing.
    revoked_at: Option<Timestamp>,
}

impl From<PrivateLink> for PrivateLinkInList {
    fn from(row: PrivateLink) -> Self {
        Self { id: row.id, address: row.address, created_at: row.created_at, revoked_at: row.revoked_at }
    }
}

/// List the private links of a case.
#[utoipa::path(get, path = "/cases/{id}/private-links", tag = "forms", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<PrivateLinkInList>)))]
async fn list_private_links(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<PrivateLinkInList>>> {
    may_read(&desk, &by, id).await?;
    let rows = store::links(desk.db(), id).await?;
    Ok(Json(rows.into_iter().map(PrivateLinkInList::from).collect()))
}

/// Revoke a private link of a case.
#[utoipa::path(delete, path = "/cases/{id}/private-links/{link}", tag = "forms",
    params(("id" = CaseId, Path), ("link" = PrivateLinkId, Path)), responses((status = 204)))]
async fn revoke_private_link(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, link)): Path<(CaseId, PrivateLinkId)>,
) -> Result<StatusCode> {
    actions::revoke_link(&desk, &by, id, link).await?;
    Ok(StatusCode::NO_CONTENT)
}
