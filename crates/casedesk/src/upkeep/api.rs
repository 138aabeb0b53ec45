//! Work that gave up, over the API.
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::{actions, rules};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::queue;
use crate::staff::Admin;
use crate::web::Result;
use crate::web::api::{Json, Path};
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(list_parked)).routes(routes!(retry_parked)).routes(routes!(give_up_parked))
}

/// Work that is tried no more until somebody asks for it.
#[derive(Serialize, ToSchema)]
struct ParkedJob {
    id: i64,
    kind: String,
    /// The kind in words.
    what: &'static str,
    /// How often it was tried.
    attempts: i64,
    /// Why the last try failed.
    last_error: Option<String>,
    created_at: Timestamp,
    /// It recurs, so that it can start over and not be given up.
    recurs: bool,
}

/// List work that gave up.
///
/// The newest first, 100 at the most.
#[utoipa::path(get, path = "/parked-jobs", tag = "upkeep", responses((status = 200, body = Vec<ParkedJob>)))]
async fn list_parked(State(desk): State<Desk>, _: Admin) -> Result<Json<Vec<ParkedJob>>> {
    let job = |row: queue::Parked| ParkedJob {
        id: row.id,
        what: rules::words(&row.kind),
        kind: row.kind,
        attempts: row.attempts,
        last_error: row.last_error,
        created_at: row.created_at,
        recurs: row.recurs,
    };
    Ok(Json(queue::parked(desk.db()).await?.into_iter().map(job).collect()))
}

/// Let work that gave up start over.
#[utoipa::path(post, path = "/parked-jobs/{id}/retry", tag = "upkeep", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn retry_parked(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<i64>) -> Result<StatusCode> {
    actions::retry(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give work up for good.
#[utoipa::path(delete, path = "/parked-jobs/{id}", tag = "upkeep", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn give_up_parked(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<i64>) -> Result<StatusCode> {
    actions::give_up(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
