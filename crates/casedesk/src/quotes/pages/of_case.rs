//! The quotes of a case: a frame of its page, and the draft that its verdict leads to.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::badge;
use crate::cases::{CaseId, actions as cases};
use crate::desk::Desk;
use crate::quotes::rules::{self, money};
use crate::quotes::store::{self, QuoteRow, Wanted};
use crate::quotes::{QuoteAnswer, QuoteOrder, QuoteState, actions};
use crate::staff::{Reader, Worker};
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// How many quotes of a case are shown.
const ROWS: i64 = 20;

struct Row {
    id: i64,
    key: String,
    title: String,
    total: String,
    valid_until: String,
    tone: &'static str,
    state: &'static str,
    /// What a mail seems to say; empty: none does.
    reading: &'static str,
}

#[derive(Template)]
#[template(path = "quotes/of_case.html")]
struct Frame {
    case: i64,
    rows: Vec<Row>,
}

/// `GET /cases/{id}/quotes`
pub(super) async fn frame(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(case): Path<CaseId>,
) -> Result<Html<impl Template>> {
    cases::may_read(&desk, &by, case).await?;
    let wanted = Wanted { case: Some(case), ..Wanted::default() };
    let rows = store::quotes(desk.db(), &wanted, QuoteOrder::Newest, &by.hidden_teams, (ROWS, 0)).await?;
    let rows = rows.into_iter().map(|row| shown(&desk, row)).collect();
    Ok(Html(Frame { case: case.0, rows }))
}

fn shown(desk: &Desk, row: QuoteRow) -> Row {
    let standing = rules::standing(row.state, row.valid_until, actions::today(desk));
    let (tone, state) = badge(standing);
    Row {
        id: row.id.0,
        key: actions::key(desk, &row),
        total: money::money(row.total_minor, &row.currency),
        valid_until: row.valid_until.short(),
        tone,
        state,
        reading: match row.read_as.filter(|_| row.state == QuoteState::Sent) {
            Some(QuoteAnswer::Accepted) => "accepted",
            Some(QuoteAnswer::Declined) => "declined",
            None => "",
        },
        title: row.title,
    }
}

/// `POST /cases/{id}/quotes`: the quote that is in work, or a new draft.
pub(super) async fn draft(State(desk): State<Desk>, Worker(by): Worker, Path(case): Path<CaseId>) -> Result<Response> {
    let id = actions::draft_or_open(&desk, &by, case).await?;
    Ok(see_other(&format!("/quotes/{id}")))
}
