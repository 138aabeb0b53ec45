//! The notice of an alarm, on the pages of those whom it concerns.
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};

use super::actions::{self, Notice};
use crate::cases::CaseId;
use crate::desk::Desk;
use crate::staff::Reader;
use crate::web::Result;
use crate::web::routing::get;
use crate::web::turbo::Streams;

pub fn routes() -> Router<Desk> {
    Router::new().route("/cases/{id}/alarm", get(alarm))
}

#[derive(Template)]
#[template(path = "clocks/alarm.html")]
struct Alarm {
    notice: Option<Notice>,
}

/// `GET /cases/{id}/alarm`: nothing for whom the case does not concern.
async fn alarm(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<CaseId>) -> Result<Streams<impl Template>> {
    Ok(Streams(Alarm { notice: actions::notice(&desk, &by, id).await? }))
}
