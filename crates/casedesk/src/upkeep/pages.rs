//! `/settings/work`: work that gave up, why, and what to do about it.
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{actions, rules};
use crate::desk::Desk;
use crate::queue;
use crate::staff::Admin;
use crate::web::routing::{get, post};
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/settings/work", get(all))
        .route("/settings/work/{job}/retry", post(retry))
        .route("/settings/work/{job}/delete", post(give_up))
}

struct Row {
    id: i64,
    what: &'static str,
    kind: String,
    tries: i64,
    since: String,
    why: String,
    recurs: bool,
}

#[derive(Template)]
#[template(path = "upkeep/work.html")]
struct Work {
    shell: Shell,
    rows: Vec<Row>,
    /// How many there are in all.
    parked: i64,
}

/// `GET /settings/work`
async fn all(State(desk): State<Desk>, Admin(by): Admin) -> Result<Html<impl Template>> {
    let row = |job: queue::Parked| Row {
        id: job.id,
        what: rules::words(&job.kind),
        kind: job.kind,
        tries: job.attempts,
        since: job.created_at.rfc3339(),
        why: job.last_error.unwrap_or_default(),
        recurs: job.recurs,
    };
    let (_, parked) = queue::counts(desk.db()).await?;
    let rows = queue::parked(desk.db()).await?.into_iter().map(row).collect();
    Ok(Html(Work { shell: by.shell("settings", "work"), rows, parked }))
}

/// `POST /settings/work/{job}/retry`
async fn retry(State(desk): State<Desk>, Admin(by): Admin, Path(job): Path<i64>) -> Result<Response> {
    actions::retry(&desk, &by, job).await?;
    Ok(see_other("/settings/work"))
}

/// `POST /settings/work/{job}/delete`
async fn give_up(State(desk): State<Desk>, Admin(by): Admin, Path(job): Path<i64>) -> Result<Response> {
    actions::give_up(&desk, &by, job).await?;
    Ok(see_other("/settings/work"))
}
