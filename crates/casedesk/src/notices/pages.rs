//! What stands in the rail, and what pops up on a page.
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use futures::future::BoxFuture;
use serde::Deserialize;

use super::actions::{self, Shown};
use super::store;
use crate::cases::CaseId;
use crate::desk::Desk;
use crate::staff::{Reader, Viewer};
use crate::web::Result;
use crate::web::routing::get;
use crate::web::turbo::Streams;

pub fn routes() -> Router<Desk> {
    Router::new().route("/notices/pop", get(pop))
}

/// Beside “Watched”: cases on which something happened that the viewer has not seen.
pub fn count<'a>(desk: &'a Desk, by: &'a Viewer) -> BoxFuture<'a, Result<(&'static str, i64)>> {
    Box::pin(async move { Ok(("/views/watched", store::unread_cases(desk.db(), by.id, &by.hidden_teams).await?)) })
}

#[derive(Deserialize)]
struct Looking {
    /// The case that the page shows.
    looking: Option<CaseId>,
}

#[derive(Template)]
#[template(path = "notices/pop.html")]
struct Pop {
    notice: Option<Shown>,
}

/// `GET /notices/pop?looking=`: what the viewer was told just now.
async fn pop(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(Looking { looking }): Query<Looking>,
) -> Result<Streams<impl Template>> {
    Ok(Streams(Pop { notice: actions::newest(&desk, &by, looking).await? }))
}
