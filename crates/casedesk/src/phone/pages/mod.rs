//! The desk's pages of calls; and, for those who are no agents, the page behind a confirmation's link and the door of
//! the telephone system.
mod confirm;
mod hook;
mod list;
mod one;
mod screen;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use super::CallState;
use crate::desk::Desk;
use crate::web::routing::{get, post, put};

/// An announcement is a few hundred bytes.
const MOST_ANNOUNCEMENT: usize = 16 * 1024;
/// A correction is a text.
const MOST_CORRECTION: usize = 256 * 1024;

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/calls", get(list::list).merge(post(screen::log)))
        .route("/calls/new", get(screen::new_call))
        .route("/calls/draft", put(screen::keep))
        .route("/calls/callers", get(screen::callers))
        .route("/calls/about", get(screen::about))
        .route("/calls/pop", get(list::pop))
        .route("/calls/{id}", get(one::show))
        .route("/calls/{id}/discard", post(one::discard))
        .route("/calls/{id}/confirmations", post(one::ask))
        .route("/calls/{id}/acceptance", post(one::accept))
}

/// What carries its own proof (a token, a signature) and no cookie, so that no other site can misuse one.
pub fn open_routes() -> Router<Desk> {
    Router::new()
        .route("/confirm/{token}", get(confirm::show).merge(post(confirm::answer)))
        .layer(DefaultBodyLimit::max(MOST_CORRECTION))
        .merge(
            Router::new().route("/hooks/phone", post(hook::announce)).layer(DefaultBodyLimit::max(MOST_ANNOUNCEMENT)),
        )
}

/// The state as a badge: its tone, and the words for agents.
const fn badge(state: CallState) -> (&'static str, &'static str) {
    match state {
        CallState::Running => ("acc", "being written"),
        CallState::Logged => ("warn", "unconfirmed, nobody was asked"),
        CallState::Asked => ("warn", "unconfirmed, asked to write"),
        CallState::SummarySent => ("warn", "unconfirmed, summary sent"),
        CallState::Unanswered => ("bad", "unconfirmed, no answer came"),
        CallState::Confirmed => ("ok", "confirmed"),
        CallState::Corrected => ("ok", "corrected"),
        CallState::Written => ("ok", "confirmed in writing"),
        CallState::Accepted => ("line", "stands without an answer"),
    }
}
