//! The desk's pages of quotes; and, for those who are no agents, the page behind a quote's private link.
mod edit;
mod link;
mod list;
mod of_case;
mod one;
mod shown;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use futures::future::BoxFuture;

use super::permissions::may_approve;
use super::store::{self, QuoteRow};
use super::{Line, QuoteState, Terms, actions, pdf};
use crate::desk::Desk;
use crate::staff::Viewer;
use crate::web::Result;
use crate::web::routing::{get, post};

pub use super::api::paper;
pub use link::{answered, refused};
pub use shown::{Shown, shown};

/// A name and a reason.
const MOST_ANSWER: usize = 64 * 1024;

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/quotes", get(list::list))
        .route("/quotes/{id}", get(one::show).merge(post(edit::keep)))
        .route("/quotes/{id}/paper", get(one::paper))
        .route("/quotes/{id}/submission", post(one::submit))
        .route("/quotes/{id}/approval", post(one::approve))
        .route("/quotes/{id}/return", post(one::send_back))
        .route("/quotes/{id}/sending", post(one::send))
        .route("/quotes/{id}/withdrawal", post(one::withdraw))
        .route("/quotes/{id}/versions", post(one::new_version))
        .route("/quotes/{id}/answer", post(one::record))
        .route("/quotes/{id}/reading", post(one::settle_reading))
        .route("/cases/{id}/quotes", get(of_case::frame).merge(post(of_case::draft)))
}

/// What carries its own proof, and no cookie.
pub fn open_routes() -> Router<Desk> {
    Router::new()
        .route("/quote/{token}", get(link::show).merge(post(link::answer)))
        .route("/quote/{token}/paper", get(link::paper))
        .layer(DefaultBodyLimit::max(MOST_ANSWER))
}

/// Beside “Quotes”: those that wait for the viewer.
pub fn waiting<'a>(desk: &'a Desk, by: &'a Viewer) -> BoxFuture<'a, Result<(&'static str, i64)>> {
    Box::pin(async move {
        let count = if by.role.can_work() {
            let approves = may_approve(desk, by).await?;
            let how = (approves, desk.config().quotes.four_eyes);
            store::count_waiting(desk.db(), by.id, how, actions::today(desk), &by.hidden_teams).await?
        } else {
            0
        };
        Ok(("/quotes", count))
    })
}

/// The state as a badge: its tone, and the words for agents.
pub(super) const fn badge(state: QuoteState) -> (&'static str, &'static str) {
    match state {
        QuoteState::Draft => ("line", "draft"),
        QuoteState::Submitted => ("warn", "waits for approval"),
        QuoteState::Approved => ("acc", "approved, not sent"),
        QuoteState::Sent => ("acc", "with the customer"),
        QuoteState::Accepted => ("ok", "accepted"),
        QuoteState::Declined => ("bad", "declined"),
        QuoteState::Expired => ("warn", "ran out"),
        QuoteState::Withdrawn => ("line", "withdrawn"),
        QuoteState::Superseded => ("line", "replaced"),
    }
}

/// What the row says.
pub(super) fn terms(row: &QuoteRow, lines: Vec<Line>) -> Terms {
    Terms {
        title: row.title.clone(),
        to: row.to_address.clone(),
        currency: row.currency.clone(),
        valid_until: row.valid_until,
        lines,
        text: row.text.clone(),
        vat_note: row.vat_note.clone(),
    }
}

/// The letters of a quote that its paper has no shape for.
pub(super) fn unwritable(row: &QuoteRow, lines: &[Line]) -> String {
    let own = [&row.title, &row.text, &row.vat_note, &row.to_name].map(String::as_str);
    let organisation = row.organisation.as_deref();
    pdf::unwritable(own.into_iter().chain(organisation).chain(lines.iter().map(|line| line.description.as_str())))
}
