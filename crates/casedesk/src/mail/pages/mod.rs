//! Pages of mail: the quarantine, a mail as it was sent, its source, the mailboxes and their alarms.
mod frame;
mod mailboxes;
mod quarantine;

use axum::Router;

use crate::desk::Desk;
use crate::staff::Viewer;
use crate::web::routing::{get, post};
use crate::web::shell::Shell;

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/quarantine", get(quarantine::all))
        .route("/quarantine/{id}/source", get(quarantine::source))
        .route("/quarantine/{id}/retry", post(quarantine::retry))
        .route("/quarantine/{id}/case", post(quarantine::make_case))
        .route("/quarantine/{id}/dismissal", post(quarantine::dismiss))
        .route("/entries/{id}/html", get(frame::html))
        .route("/settings/mailboxes", get(mailboxes::all))
        .route("/alarms", get(mailboxes::alarms))
}

fn shell(by: &Viewer, here: &str, section: &'static str) -> Shell {
    by.shell(here, section)
}
