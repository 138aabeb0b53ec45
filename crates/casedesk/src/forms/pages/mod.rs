//! Pages of the form: the form itself, its answer, the script that shows it elsewhere, and the agents' page of it.
mod form;
mod groups;
mod questions;
mod settings;

use axum::Router;

use crate::config::Config;
use crate::desk::Desk;
use crate::web::routing::{get, post};
use crate::web::upload::Most;

/// What anybody reaches.
pub fn public_routes(config: &Config) -> Router<Desk> {
    let send = post(form::send).layer(Most::of(config).body_limit());
    Router::new().route("/support/new", get(form::show).merge(send)).route("/support/form.js", get(form::script))
}

/// What agents reach.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/settings/form", get(settings::show))
        .route("/settings/form/questions", post(questions::add))
        .route("/settings/form/questions/{id}", post(questions::change))
        .route("/settings/form/questions/{id}/delete", post(questions::remove))
        .route("/settings/form/held/{id}/release", post(settings::release))
        .route("/settings/form/held/{id}/discard", post(settings::discard))
}
