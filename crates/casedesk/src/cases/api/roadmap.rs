//! What a case asks for of the roadmap, and cases like it.
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::case::visible;
use super::wire::key;
use crate::cases::store::{self, LinkedItem};
use crate::cases::{CaseId, CaseState, actions};
use crate::desk::Desk;
use crate::products::ItemId;
use crate::staff::{Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// List the roadmap items that a case asks for.
#[utoipa::path(get, path = "/cases/{id}/roadmap-items", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<LinkedItem>)))]
pub(super) async fn list_roadmap_items(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<LinkedItem>>> {
    let case = visible(&desk, &by, id).await?;
    Ok(Json(store::items_of_case(desk.db(), case.id).await?))
}

/// Link a case to a roadmap item.
///
/// The organisation of the case has a vote for it from now on.
#[utoipa::path(put, path = "/cases/{id}/roadmap-items/{item}", tag = "cases",
    params(("id" = CaseId, Path), ("item" = ItemId, Path)), responses((status = 204)))]
pub(super) async fn link_roadmap_item(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, item)): Path<(CaseId, ItemId)>,
) -> Result<StatusCode> {
    actions::link_item(&desk, &by, id, item).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Unlink a case from a roadmap item.
///
/// A vote that the link noted goes with the last case of the organisation that asks for the item.
#[utoipa::path(delete, path = "/cases/{id}/roadmap-items/{item}", tag = "cases",
    params(("id" = CaseId, Path), ("item" = ItemId, Path)), responses((status = 204)))]
pub(super) async fn unlink_roadmap_item(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, item)): Path<(CaseId, ItemId)>,
) -> Result<StatusCode> {
    actions::unlink_item(&desk, &by, id, item).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A case that is like another one.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarCase {
    id: CaseId,
    /// The number as people write it: `CD-1042`.
    key: String,
    subject: String,
    state: CaseState,
}

/// List cases like this one.
///
/// Found by the rarer words of the subject and of what the customer wrote first; the likest first, five at the most.
#[utoipa::path(get, path = "/cases/{id}/similar", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<SimilarCase>)))]
pub(super) async fn list_similar_cases(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<SimilarCase>>> {
    let case = visible(&desk, &by, id).await?;
    let found = actions::similar(&desk, &by, &case).await?;
    let shown = |case: store::CaseInShort| SimilarCase {
        key: key(&desk, case.id),
        id: case.id,
        subject: case.subject,
        state: case.state,
    };
    Ok(Json(found.into_iter().map(shown).collect()))
}
