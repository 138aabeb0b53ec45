//! `/settings/audit`: who did what, newest first.
use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use crate::desk::Desk;
use crate::kit::paging::Cursor;
use crate::staff::store::{self, Colleague, Line};
use crate::staff::{Admin, AgentId};
use crate::web::shell::Shell;
use crate::web::{Error, Html, Result};

const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "staff/audit.html")]
pub(super) struct AuditPage {
    shell: Shell,
    lines: Vec<Line>,
    /// Everybody, and whether the list is of them alone.
    people: Vec<(Colleague, bool)>,
    agent: Option<AgentId>,
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct AuditQuery {
    after: Option<String>,
    /// An agent's id; empty for everybody.
    agent: Option<String>,
}

/// `GET /settings/audit`
pub(super) async fn show(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Query(query): Query<AuditQuery>,
) -> Result<Html<AuditPage>> {
    let decode =
        |word: String| Cursor::decode(&word).ok_or_else(|| Error::bad_request("This place in the list is not known."));
    let after = query.after.map(decode).transpose()?;
    let agent = query.agent.and_then(|id| id.parse().ok()).map(AgentId);
    let chosen = |person: Colleague| (person.clone(), agent == Some(person.id));
    let page = store::audit_page(desk.db(), agent, after, ROWS).await?;
    Ok(Html(AuditPage {
        shell: viewer.shell("settings", "audit"),
        lines: page.rows,
        people: store::everybody(desk.db()).await?.into_iter().map(chosen).collect(),
        agent,
        next: page.next.map(Cursor::encode),
    }))
}
