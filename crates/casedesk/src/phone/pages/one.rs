//! `/calls/{id}`: a call while it is written, or how far it is on its way to be confirmed.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::list::{key, name};
use super::{badge, screen};
use crate::desk::Desk;
use crate::phone::actions;
use crate::phone::store::{self, CallRow, Confirmation};
use crate::phone::{CallId, CallState, Question};
use crate::staff::{Reader, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

#[derive(Template)]
#[template(path = "phone/one.html")]
struct CallPage {
    shell: Shell,
    id: i64,
    who: String,
    agent: String,
    number: String,
    tone: &'static str,
    state: &'static str,
    started: String,
    ended: String,
    case: String,
    case_href: String,
    summary: String,
    steps: Vec<Step>,
    /// What an agent can do now.
    open: bool,
    unanswered: bool,
}

struct Step {
    words: &'static str,
    at: String,
    due: Option<(&'static str, String)>,
    answer: &'static str,
}

/// `GET /calls/{id}`
pub(super) async fn show(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<CallId>) -> Result<Response> {
    let row = actions::visible(&desk, &by, id).await?;
    if row.state == CallState::Running {
        return Ok(Html(screen::running(&desk, &by, &row).await?).into_response());
    }
    let asked = store::confirmations(desk.db(), id).await?;
    Ok(Html(page(&desk, &by, row, &asked)).into_response())
}

fn page(desk: &Desk, by: &Viewer, row: CallRow, asked: &[Confirmation]) -> CallPage {
    let (tone, state) = badge(row.state);
    let newest = asked.last().map(|last| last.id);
    let steps = asked.iter().map(|one| step(one, Some(one.id) == newest && row.state.awaits_answer(), row.state));
    let case = row.root_id.or(row.case_id);
    CallPage {
        shell: by.shell("calls", ""),
        id: row.id.0,
        who: name(&row),
        tone,
        state,
        steps: steps.collect(),
        case: case.map_or_else(String::new, |id| key(desk, id)),
        case_href: case.map_or_else(String::new, |id| format!("/cases/{id}")),
        started: row.started_at.rfc3339(),
        ended: row.ended_at.map(crate::kit::Timestamp::rfc3339).unwrap_or_default(),
        open: row.state.is_unconfirmed(),
        unanswered: row.state == CallState::Unanswered,
        agent: row.agent_name.unwrap_or_default(),
        number: row.caller_number,
        summary: row.summary,
    }
}

fn step(asked: &Confirmation, waits: bool, state: CallState) -> Step {
    let (words, then) = match asked.kind {
        Question::Written => ("Asked to confirm in writing", "The summary goes out"),
        Question::Summary => ("Summary sent", "The case says that no answer came"),
    };
    Step {
        words,
        at: asked.sent_at.rfc3339(),
        due: (waits && state != CallState::Unanswered).then(|| (then, asked.due_at.rfc3339())),
        answer: asked.answer.map_or("", |answer| badge(answer).1),
    }
}

/// `POST /calls/{id}/discard`
pub(super) async fn discard(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<CallId>) -> Result<Response> {
    actions::discard(&desk, &by, id).await?;
    Ok(see_other("/calls"))
}

/// `POST /calls/{id}/confirmations`
pub(super) async fn ask(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CallId>,
    sent: Fields,
) -> Result<Response> {
    let question = sent.one("question").parse().map_err(|_| Error::unprocessable("Ask for “written” or “summary”."))?;
    actions::ask(&desk, &by, id, question).await?;
    Ok(see_other(&format!("/calls/{id}")))
}

/// `POST /calls/{id}/acceptance`
pub(super) async fn accept(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<CallId>) -> Result<Response> {
    actions::accept(&desk, &by, id).await?;
    Ok(see_other(&format!("/calls/{id}")))
}
