//! Duplicates and merges over the API.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::actions::{self, Duplicate};
use crate::customers::store::{self, Merge};
use crate::customers::{ContactId, CustomersError, FileKind, MergeId, OrganisationId, OrganisationKind};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// List organisations and contacts that may be in the file twice.
///
/// 100 of each at the most.
#[utoipa::path(get, path = "/customer-duplicates", tag = "customers",
    responses((status = 200, body = Vec<Duplicate>)))]
pub(super) async fn list_duplicates(State(desk): State<Desk>, _: Reader) -> Result<Json<Vec<Duplicate>>> {
    Ok(Json(actions::duplicates(&desk).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotTheSame {
    kind: FileKind,
    one: i64,
    other: i64,
}

/// Say that two are not the same, so that they are proposed no more.
#[utoipa::path(post, path = "/customer-duplicates/apart", tag = "customers", responses((status = 204)))]
pub(super) async fn keep_apart(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(pair): Json<NotTheSame>,
) -> Result<StatusCode> {
    actions::keep_apart(&desk, &by, pair.kind, (pair.one, pair.other)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A merge as it was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MergeMade {
    id: MergeId,
    kind: FileKind,
    /// The one that stays.
    kept: i64,
    /// The one that is part of it.
    merged: i64,
    agent: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: crate::kit::Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    undone_at: Option<crate::kit::Timestamp>,
}

impl From<Merge> for MergeMade {
    fn from(row: Merge) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            kept: row.kept_id,
            merged: row.merged_id,
            agent: row.agent_name,
            at: row.at,
            undone_at: row.undone_at,
        }
    }
}

/// List merges of organisations and contacts.
///
/// The newest first, 50 at the most.
#[utoipa::path(get, path = "/customer-merges", tag = "customers", responses((status = 200, body = Vec<MergeMade>)))]
pub(super) async fn list_merges(State(desk): State<Desk>, _: Reader) -> Result<Json<Vec<MergeMade>>> {
    Ok(Json(store::merges(desk.db()).await?.into_iter().map(MergeMade::from).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFileMerge {
    kind: FileKind,
    /// The one that stays.
    keep: i64,
    /// The one that becomes part of it.
    merge: i64,
    /// What the one that stays is called from then on; its own name when it is not given.
    name: Option<String>,
    /// What an organisation is from then on; as it is when it is not given.
    organisation_kind: Option<OrganisationKind>,
}

/// Merge two organisations or two contacts.
///
/// The one that stays gets everything of the other. It can be undone.
#[utoipa::path(post, path = "/customer-merges", tag = "customers", responses((status = 201, body = MergeMade)))]
pub(super) async fn add_merge(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(new): Json<NewFileMerge>,
) -> Result<(StatusCode, Json<MergeMade>)> {
    let db = desk.db();
    let id = match new.kind {
        FileKind::Organisation => {
            let keep = OrganisationId(new.keep);
            let kept = store::organisation(db, keep).await?.ok_or(CustomersError::Missing("organisation"))?;
            let (name, kind) = (new.name.unwrap_or(kept.name), new.organisation_kind.unwrap_or(kept.kind));
            actions::merge_organisations(&desk, &by, (keep, OrganisationId(new.merge)), &name, kind).await?
        }
        FileKind::Contact => {
            let keep = ContactId(new.keep);
            let kept = store::contact(db, keep).await?.ok_or(CustomersError::Missing("contact"))?;
            let name = new.name.unwrap_or(kept.name);
            actions::merge_contacts(&desk, &by, (keep, ContactId(new.merge)), &name).await?
        }
    };
    let made = store::merge(db, id).await?.ok_or(CustomersError::Missing("merge"))?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Undo a merge.
///
/// What it moved goes back, as far as nobody has moved it since.
#[utoipa::path(delete, path = "/customer-merges/{id}", tag = "customers", params(("id" = MergeId, Path)),
    responses((status = 204)))]
pub(super) async fn undo_merge(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<MergeId>,
) -> Result<StatusCode> {
    actions::undo_merge(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
