//! The promises of a case.
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::case::visible;
use crate::cases::store::{self, CaseClock};
use crate::cases::{CaseId, Promise, PromiseState};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::Reader;
use crate::web::Result;
use crate::web::api::{Json, Path};

/// The newest round of a promise.
#[derive(Serialize, ToSchema)]
pub(super) struct PromiseClock {
    promise: Promise,
    state: PromiseState,
    /// Since when it is owed.
    started_at: Timestamp,
    /// When it is or was due. Null: it waits for the customer, or it was kept in time.
    due_at: Option<Timestamp>,
    /// When its end is or was near.
    warn_at: Option<Timestamp>,
    met_at: Option<Timestamp>,
    /// Business seconds that are left while the clock stands.
    left_s: Option<i64>,
    /// What is promised, in business minutes.
    target_min: i64,
    /// The support option that promises it.
    support_option: String,
}

impl From<CaseClock> for PromiseClock {
    fn from(row: CaseClock) -> Self {
        Self {
            promise: row.promise,
            state: row.state,
            started_at: row.started_at,
            due_at: row.due_at,
            warn_at: row.warn_at,
            met_at: row.met_at,
            left_s: row.left_s,
            target_min: row.target_min,
            support_option: row.option_name,
        }
    }
}

/// List the promises of a case.
///
/// What its support option promises for its priority, and how that stands. A case that is merged has none of its own.
#[utoipa::path(get, path = "/cases/{id}/clocks", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<PromiseClock>)))]
pub(super) async fn list_clocks(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<PromiseClock>>> {
    visible(&desk, &by, id).await?;
    Ok(Json(store::clocks(desk.db(), id).await?.into_iter().map(PromiseClock::from).collect()))
}
