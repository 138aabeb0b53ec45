//! Links, merge and split, and their ways back.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cases::actions;
use crate::cases::{CaseId, EntryId, LinkKind};
use crate::desk::Desk;
use crate::staff::Worker;
use crate::web::Result;
use crate::web::api::{Json, Path};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    kind: LinkKind,
}

/// Link two cases.
#[utoipa::path(put, path = "/cases/{id}/links/{other}", tag = "cases",
    params(("id" = CaseId, Path), ("other" = CaseId, Path)), responses((status = 204)))]
pub(super) async fn link(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, other)): Path<(CaseId, CaseId)>,
    Json(new): Json<NewLink>,
) -> Result<StatusCode> {
    actions::link(&desk, &by, id, other, Some(new.kind)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove every link between two cases.
#[utoipa::path(delete, path = "/cases/{id}/links/{other}", tag = "cases",
    params(("id" = CaseId, Path), ("other" = CaseId, Path)), responses((status = 204)))]
pub(super) async fn unlink(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, other)): Path<(CaseId, CaseId)>,
) -> Result<StatusCode> {
    actions::link(&desk, &by, id, other, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMerge {
    /// The case that goes on.
    into: CaseId,
}

/// A merge that can be taken back.
#[derive(Serialize, ToSchema)]
pub(super) struct Merged {
    merge_id: i64,
}

/// Merge the case into another.
///
/// It is shown as part of the other from then on; nothing is moved or lost.
#[utoipa::path(post, path = "/cases/{id}/merges", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 201, body = Merged)))]
pub(super) async fn merge(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewMerge>,
) -> Result<(StatusCode, Json<Merged>)> {
    let merge_id = actions::merge(&desk, &by, id, new.into).await?;
    Ok((StatusCode::CREATED, Json(Merged { merge_id })))
}

/// Join the case that its newest doubtful message looks like.
///
/// `looks_like` of an incoming entry names it; this case is merged into that one.
#[utoipa::path(post, path = "/cases/{id}/joining", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 201, body = Merged)))]
pub(super) async fn join_suggested(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
) -> Result<(StatusCode, Json<Merged>)> {
    let merge_id = actions::join_suggested(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, Json(Merged { merge_id })))
}

/// The case that stands by itself again.
#[derive(Serialize, ToSchema)]
pub(super) struct Restored {
    case_id: CaseId,
}

/// Take a merge back.
#[utoipa::path(delete, path = "/merges/{merge}", tag = "cases", params(("merge" = i64, Path)),
    responses((status = 200, body = Restored)))]
pub(super) async fn unmerge(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(merge): Path<i64>,
) -> Result<Json<Restored>> {
    Ok(Json(Restored { case_id: actions::unmerge(&desk, &by, merge).await? }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSplit {
    /// The entries that go; at least one message stays.
    entries: Vec<EntryId>,
    /// The subject of the new case.
    subject: String,
}

/// The new case. `undo` of the change on its timeline takes the split back.
#[derive(Serialize, ToSchema)]
pub(super) struct SplitOff {
    case_id: CaseId,
}

/// Move entries into a case of their own.
#[utoipa::path(post, path = "/cases/{id}/splits", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 201, body = SplitOff)))]
pub(super) async fn split(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewSplit>,
) -> Result<(StatusCode, Json<SplitOff>)> {
    let case_id = actions::split(&desk, &by, id, &new.entries, &new.subject).await?;
    Ok((StatusCode::CREATED, Json(SplitOff { case_id })))
}

/// Take a split back.
///
/// The moved entries return; what came since stays, and the emptied case is merged.
#[utoipa::path(delete, path = "/splits/{split}", tag = "cases", params(("split" = i64, Path)),
    responses((status = 200, body = Restored)))]
pub(super) async fn unsplit(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(split): Path<i64>,
) -> Result<Json<Restored>> {
    Ok(Json(Restored { case_id: actions::unsplit(&desk, &by, split).await? }))
}
