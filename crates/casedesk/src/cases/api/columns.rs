//! Which verdicts you see in every row of a list.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cases::{actions, store};
use crate::customers::VerdictKind;
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::Result;
use crate::web::api::Json;

/// The verdicts in the rows of your lists. A version that is not supported any more is shown always.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListColumns {
    #[schema(max_items = 5)]
    verdicts: Vec<VerdictKind>,
}

/// Get the verdicts that your lists show in every row.
#[utoipa::path(get, path = "/list-columns", tag = "views", responses((status = 200, body = ListColumns)))]
pub(super) async fn get_list_columns(State(desk): State<Desk>, Reader(by): Reader) -> Result<Json<ListColumns>> {
    Ok(Json(ListColumns { verdicts: store::list_columns(desk.db(), by.id).await? }))
}

/// Choose the verdicts that your lists show in every row.
#[utoipa::path(put, path = "/list-columns", tag = "views", responses((status = 204)))]
pub(super) async fn set_list_columns(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(columns): Json<ListColumns>,
) -> Result<StatusCode> {
    actions::set_columns(&desk, &by, &columns.verdicts).await?;
    Ok(StatusCode::NO_CONTENT)
}
