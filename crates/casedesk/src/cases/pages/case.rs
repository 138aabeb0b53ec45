//! One case: its page, its pane in a frame, the parts that changed.
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::list::{Asked, CasePage};
use super::views::{Case, Entry, Stop};
use super::{list, load, prose, shell};
use crate::cases::store::{self, EntryRow};
use crate::cases::{CaseId, CasesError, EntryData, EntryId, EntryKind, actions};
use crate::customers::Person;
use crate::desk::Desk;
use crate::staff::{Reader, Viewer};
use crate::web::turbo::{Streams, Toast, Turbo};
use crate::web::{Html, Result};

/// How many entries a live refresh brings at the most, and how many older ones it looks at again.
const FRESH: i64 = 100;
const LOOKED_AT_AGAIN: i64 = 30;

#[derive(Template)]
#[template(path = "cases/frame.html")]
struct CaseFrame {
    case: Case,
}

#[derive(Template)]
#[template(path = "cases/older.html")]
struct Older {
    number: i64,
    entries: Vec<Entry>,
    older: Option<String>,
}

/// What one event or one action changed on the page of a case.
#[derive(Template)]
#[template(path = "cases/parts.html")]
pub(super) struct Parts {
    case: Case,
    fresh: Vec<Entry>,
    changed: Vec<Entry>,
    gone: Vec<i64>,
    stop: Option<Stop>,
    /// A reply that goes back to its writer.
    back: Option<Back>,
    toast: Option<Toast>,
    /// A quote has had a step: its frame is fetched again.
    quoted: bool,
}

/// A text that goes to its writer: a reply that was taken back, with the addresses it went to and spaces between; or one
/// that the desk proposes.
pub(super) struct Back {
    kind: &'static str,
    /// It stands behind what its writer has there, instead of in its place.
    behind: bool,
    text: String,
    to: String,
    cc: String,
    bcc: String,
}

impl Back {
    /// A text for the composer, to whom it goes already.
    pub(super) fn words(text: String) -> Self {
        Self { kind: "reply", behind: false, text, to: String::new(), cc: String::new(), bcc: String::new() }
    }

    /// A text for the note, behind what stands there.
    pub(super) fn note(text: String) -> Self {
        Self { kind: "note", behind: true, ..Self::words(text) }
    }

    pub(super) fn new(row: &EntryRow) -> Result<Self> {
        let EntryData::Outgoing(details) = row.data()? else { return Err(CasesError::NoEntry(row.id).into()) };
        let spaced = |people: &[Person]| people.iter().map(|p| p.address.as_str()).collect::<Vec<_>>().join(" ");
        let (to, cc, bcc) = (spaced(&details.to), spaced(&details.cc), spaced(&details.bcc));
        Ok(Self { to, cc, bcc, ..Self::words(row.text.clone()) })
    }
}

/// `GET /cases/{id}`
pub(super) async fn case(
    State(desk): State<Desk>,
    Reader(by): Reader,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    if let Some(root) = row.merged_into {
        return Ok(Redirect::to(&format!("/cases/{root}")).into_response());
    }
    let case = load::case(&desk, &by, &row, "/").await?;
    Ok(match turbo.frame.as_deref() {
        Some("case") => Html(CaseFrame { case }).into_response(),
        _ => Html(CasePage { shell: shell(&by, ""), list: None, case }).into_response(),
    })
}

/// `GET /views/{view}/cases/{id}`: the case beside the list that it was chosen from.
pub(super) async fn in_view(
    State(desk): State<Desk>,
    Reader(by): Reader,
    turbo: Turbo,
    Path((view, id)): Path<(String, CaseId)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let row = load::row(&desk, &by, id).await?;
    if let Some(root) = row.merged_into {
        return Ok(Redirect::to(&format!("/views/{view}/cases/{root}")).into_response());
    }
    let case = load::case(&desk, &by, &row, &format!("/views/{view}")).await?;
    if turbo.frame.as_deref() == Some("case") {
        return Ok(Html(CaseFrame { case }).into_response());
    }
    let list = list::load(&desk, &by, &view, &asked).await?;
    Ok(Html(CasePage { shell: shell(&by, &view), list: Some(list), case }).into_response())
}

#[derive(Deserialize)]
pub(super) struct Since {
    since: i64,
}

/// `GET /cases/{id}/parts?since=`: what changed, for a page that has the case open.
pub(super) async fn parts(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
    Query(Since { since }): Query<Since>,
) -> Result<Streams<Parts>> {
    Ok(Streams(changed_parts(&desk, &by, id, since).await?))
}

#[derive(Deserialize)]
pub(super) struct Before {
    before: i64,
}

/// `GET /cases/{id}/older?before=`: entries from before the first that is shown.
pub(super) async fn older(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
    Query(Before { before }): Query<Before>,
) -> Result<Html<impl Template>> {
    let row = load::row(&desk, &by, id).await?;
    let limit = i64::try_from(load::ENTRIES + 1).unwrap_or(i64::MAX);
    let mut rows = store::entries(desk.db(), row.id, Some(EntryId(before)), limit).await?;
    let more = rows.len() > load::ENTRIES;
    if more {
        rows.remove(0);
    }
    let older = rows.first().filter(|_| more).map(|first| format!("/cases/{id}/older?before={}", first.id));
    let entries = load::shown(&desk, &rows, &load::names(&desk).await?).await?;
    Ok(Html(Older { number: id.0, entries, older }))
}

#[derive(Deserialize)]
pub(super) struct Seen {
    entry: EntryId,
}

/// `POST /cases/{id}/seen`: how far the agent has read. Its own request, since a page may be fetched ahead.
pub(super) async fn seen(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
    Form(Seen { entry }): Form<Seen>,
) -> Result<StatusCode> {
    actions::see(&desk, &by, id, entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the page of the one who asks does not show yet, or not any more.
pub(super) async fn changed_parts(desk: &Desk, by: &Viewer, id: CaseId, since: i64) -> Result<Parts> {
    let row = load::row(desk, by, id).await?;
    let root = row.merged_into.unwrap_or(row.id);
    let row = if root == row.id { row } else { load::row(desk, by, root).await? };
    let names = load::names(desk).await?;
    let fresh = store::entries_after(desk.db(), root, EntryId(since), FRESH).await?;
    let again = store::entries(desk.db(), root, Some(EntryId(since + 1)), LOOKED_AT_AGAIN).await?;
    let sendings: Vec<EntryRow> = again.into_iter().filter(|row| row.kind == EntryKind::MailOut).collect();
    let changed = load::shown(desk, &sendings, &names).await?;
    let gone = store::taken_back(desk.db(), root, LOOKED_AT_AGAIN).await?.into_iter().map(|id| id.0).collect();
    Ok(Parts {
        case: load::case(desk, by, &row, "/").await?,
        quoted: fresh.iter().any(|row| row.kind == EntryKind::Quote),
        fresh: load::shown(desk, &fresh, &names).await?,
        changed,
        gone,
        stop: None,
        back: None,
        toast: None,
    })
}

impl Parts {
    pub(super) fn with_toast(self, toast: Option<Toast>) -> Self {
        Self { toast, ..self }
    }

    pub(super) fn with_back(self, back: Back) -> Self {
        Self { back: Some(back), ..self }
    }

    pub(super) fn with_stop(self, stop: Stop) -> Self {
        Self { stop: Some(stop), ..self }
    }
}

/// The entry that stops a reply, in short.
pub(super) fn stop(entry: &EntryRow) -> Stop {
    let who = entry.agent_name.as_deref().or(entry.contact_name.as_deref()).unwrap_or("Somebody");
    Stop {
        seen: entry.id.0,
        who: who.into(),
        note: entry.kind == EntryKind::Note,
        what: if entry.kind == EntryKind::MailOut { "replied" } else { "wrote" },
        at: entry.at.rfc3339(),
        peek: prose::peek(&entry.text, 240),
    }
}
