//! `/calls`: the calls that the agent may see; and the pop of one that they have just answered.
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::badge;
use super::screen::{Glance, glance, known_caller};
use crate::cases::CaseId;
use crate::desk::Desk;
use crate::phone::store::{self, CallRow, Wanted};
use crate::phone::{CallId, PhoneError};
use crate::staff::{Reader, Viewer, Worker};
use crate::web::shell::Shell;
use crate::web::turbo::Streams;
use crate::web::{Html, Result};

const ROWS: usize = 50;
/// An answered call is shown on the agent's pages for so long after.
const POPS_FOR: Duration = Duration::from_mins(10);

#[derive(Template)]
#[template(path = "phone/all.html")]
struct CallsPage {
    shell: Shell,
    calls: Vec<Row>,
    /// The case whose calls are shown, as `CD-1042`; empty: all.
    case: String,
    more: Option<i64>,
}

struct Row {
    id: i64,
    who: String,
    at: String,
    tone: &'static str,
    state: &'static str,
    agent: String,
    case: String,
    number: String,
    summary: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    case: Option<CaseId>,
    before: Option<CallId>,
}

/// `GET /calls?case=&before=`
pub(super) async fn list(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let wanted = Wanted { case: asked.case, before: asked.before, ..Wanted::default() };
    let (mut calls, more) = page(&desk, &by, wanted).await?;
    let more = calls.last().filter(|_| more).map(|row| row.id.0);
    Ok(Html(CallsPage {
        shell: by.shell("calls", ""),
        calls: calls.drain(..).map(|row| shown(&desk, row)).collect(),
        case: asked.case.map_or_else(String::new, |id| key(&desk, id)),
        more,
    }))
}

async fn page(desk: &Desk, by: &Viewer, wanted: Wanted) -> Result<(Vec<CallRow>, bool), PhoneError> {
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut calls = store::calls(desk.db(), wanted, by.id, &by.hidden_teams, limit).await?;
    let more = calls.len() > ROWS;
    calls.truncate(ROWS);
    Ok((calls, more))
}

fn shown(desk: &Desk, row: CallRow) -> Row {
    let (tone, state) = badge(row.state);
    Row {
        id: row.id.0,
        who: name(&row),
        at: row.started_at.rfc3339(),
        tone,
        state,
        agent: row.agent_name.unwrap_or_default(),
        case: row.root_id.or(row.case_id).map_or_else(String::new, |id| key(desk, id)),
        number: row.caller_number,
        summary: row.summary,
    }
}

/// `CD-1042`.
pub(super) fn key(desk: &Desk, id: CaseId) -> String {
    format!("{}-{id}", desk.config().desk.prefix)
}

/// The contact, else the number.
pub(super) fn name(row: &CallRow) -> String {
    match (&row.contact_name, row.caller_number.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "") => "Number not shown".into(),
        (None, number) => number.into(),
    }
}

#[derive(Template, Default)]
#[template(path = "phone/pop.html")]
struct Pop {
    call: Option<i64>,
    who: String,
    organisation: String,
    glance: Glance,
}

/// `GET /calls/pop`: the call that the agent has just answered, for every page of theirs.
pub(super) async fn pop(State(desk): State<Desk>, Worker(by): Worker) -> Result<Streams<impl Template>> {
    let since = desk.now().minus(POPS_FOR);
    let call = store::newest_answered(desk.db(), by.id, since).await?.filter(|call| call.ended_at.is_none());
    let Some(call) = call else {
        return Ok(Streams(Pop::default()));
    };
    let known = known_caller(&desk, &call.caller_number).await?;
    let glance = glance(&desk, known.as_ref().and_then(|known| known.organisation_id)).await?;
    let (who, organisation) = known
        .map_or_else(|| (name(&call), String::new()), |known| (known.name, known.organisation.unwrap_or_default()));
    Ok(Streams(Pop { call: Some(call.id.0), who, organisation, glance }))
}
