//! `/quotes/{id}`: a version of a quote, and what can be done with it.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::shown::{ShownLine, lines};
use super::{badge, edit, unwritable};
use crate::desk::Desk;
use crate::kit::{Timestamp, prose};
use crate::quotes::actions::{self, Answered};
use crate::quotes::permissions::may_approve;
use crate::quotes::rules::{self, Step, money};
use crate::quotes::store::{self, QuoteRow};
use crate::quotes::{AnswerDoor, Approver, QuoteAnswer, QuoteId, QuoteState};
use crate::staff::{Reader, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

/// A version of the same quote.
pub(super) struct Version {
    pub(super) id: i64,
    pub(super) label: String,
    pub(super) tone: &'static str,
    pub(super) state: &'static str,
    pub(super) here: bool,
}

/// What the viewer can do now.
#[derive(Default)]
struct Can {
    approve: bool,
    /// Why they cannot, where it waits for approval.
    why_not: String,
    send_back: bool,
    send: bool,
    send_again: bool,
    withdraw: bool,
    version: bool,
    record: bool,
}

#[derive(Template)]
#[template(path = "quotes/one.html")]
struct QuotePage {
    shell: Shell,
    id: i64,
    key: String,
    tone: &'static str,
    state: &'static str,
    title: String,
    case: String,
    case_href: String,
    to: String,
    organisation: String,
    currency: String,
    total: String,
    valid_until: String,
    text_html: String,
    vat_note: String,
    lines: Vec<ShownLine>,
    /// What happened, in order: words and time.
    steps: Vec<(String, String)>,
    reason: String,
    versions: Vec<Version>,
    can: Can,
    /// A mail reads like this; empty: none does. And its entry.
    reading: &'static str,
    reading_href: String,
    /// When what is shown was last changed.
    as_of: i64,
    unwritable: String,
}

/// `GET /quotes/{id}`: a draft is a form for those who may write it.
pub(super) async fn show(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<QuoteId>) -> Result<Response> {
    let row = actions::visible(&desk, &by, id).await?;
    if row.state == QuoteState::Draft && by.role.can_work() {
        return Ok(Html(edit::page(&desk, &by, &row, None, String::new()).await?).into_response());
    }
    Ok(Html(page(&desk, &by, row).await?).into_response())
}

pub(super) async fn versions(desk: &Desk, row: &QuoteRow) -> Result<Vec<Version>> {
    let all = store::versions(desk.db(), row.series_id).await?;
    let today = actions::today(desk);
    let version = |other: QuoteRow| {
        let (tone, state) = badge(rules::standing(other.state, other.valid_until, today));
        let label = format!("Version {}", other.version);
        Version { id: other.id.0, label, tone, state, here: other.id == row.id }
    };
    Ok(all.into_iter().map(version).collect())
}

async fn can(desk: &Desk, by: &Viewer, row: &QuoteRow, newest: bool) -> Result<Can> {
    if !by.role.can_work() {
        return Ok(Can::default());
    }
    let may = |step| rules::may(step, row.state).is_ok();
    let running = row.valid_until >= actions::today(desk);
    let mut can = Can {
        send_back: may(Step::SendBack),
        send: row.state == QuoteState::Approved && running,
        send_again: row.state == QuoteState::Sent && running,
        withdraw: may(Step::Withdraw),
        version: may(Step::NewVersion) && newest,
        record: may(Step::Decide),
        ..Can::default()
    };
    if may(Step::Approve) {
        let own = rules::other_eyes(desk.config().quotes.four_eyes, row.drafted_by, row.edited_by, by.id);
        can.why_not = match (may_approve(desk, by).await?, own) {
            (false, _) => format!("The team “{}” or an administrator approves it.", desk.config().quotes.team),
            (true, Err(error)) => error.words(),
            (true, Ok(())) => String::new(),
        };
        can.approve = can.why_not.is_empty();
    }
    Ok(can)
}

async fn page(desk: &Desk, by: &Viewer, row: QuoteRow) -> Result<QuotePage> {
    let (tone, state) = badge(rules::standing(row.state, row.valid_until, actions::today(desk)));
    let kept = store::lines(desk.db(), row.id).await?;
    let versions = versions(desk, &row).await?;
    let newest = versions.first().is_some_and(|newest| newest.here);
    let reading = row.read_as.filter(|_| row.state == QuoteState::Sent);
    Ok(QuotePage {
        shell: by.shell("quotes", ""),
        id: row.id.0,
        key: actions::key(desk, &row),
        tone,
        state,
        case: format!("{}-{}", desk.config().desk.prefix, row.shown_on()),
        case_href: format!("/cases/{}", row.shown_on()),
        to: to(&row),
        currency: row.currency.clone(),
        total: money::money(row.total_minor, &row.currency),
        valid_until: row.valid_until.words(),
        text_html: prose::to_html(&row.text),
        lines: lines(&kept, &row.currency),
        steps: steps(&row),
        can: can(desk, by, &row, newest).await?,
        versions: if versions.len() > 1 { versions } else { vec![] },
        reading: match reading {
            Some(QuoteAnswer::Accepted) => "accepted",
            Some(QuoteAnswer::Declined) => "declined",
            None => "",
        },
        reading_href: row.read_entry_id.map_or_else(String::new, |entry| format!("/entries/{entry}")),
        as_of: row.updated_at.0,
        unwritable: unwritable(&row, &kept),
        organisation: row.organisation.unwrap_or_default(),
        vat_note: row.vat_note,
        reason: row.reason,
        title: row.title,
    })
}

/// `Anna Berg <anna@northbay.example>`.
fn to(row: &QuoteRow) -> String {
    match (row.to_name.as_str(), row.to_address.as_str()) {
        (_, "") => "nobody yet".into(),
        ("", address) => address.into(),
        (name, address) => format!("{name} <{address}>"),
    }
}

fn steps(row: &QuoteRow) -> Vec<(String, String)> {
    let by = |name: &Option<String>| name.clone().unwrap_or_else(|| "somebody".into());
    let mut steps = vec![(format!("Drafted by {}", by(&row.drafted_by_name)), row.created_at.rfc3339())];
    if let Some(at) = row.approved_at {
        steps.push((format!("Approved by {}", by(&row.approved_by_name)), at.rfc3339()));
    }
    if let Some(at) = row.sent_at {
        steps.push((format!("Sent to {}", row.to_address), at.rfc3339()));
    }
    if let (Some(at), Some(how)) = (row.decided_at, row.decided_how) {
        let how = match how {
            AnswerDoor::Link => "on the page of its link",
            AnswerDoor::Portal => "on their own pages",
            AnswerDoor::Mail => "by mail",
            AnswerDoor::Agent => "as an agent wrote it down",
        };
        let what = if row.state == QuoteState::Accepted { "Accepted" } else { "Declined" };
        let who = if row.decided_by.is_empty() { String::new() } else { format!(" by {}", row.decided_by) };
        steps.push((format!("{what}{who} {how}"), at.rfc3339()));
    }
    steps
}

/// `GET /quotes/{id}/paper`
pub(super) async fn paper(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<QuoteId>) -> Result<Response> {
    let row = actions::visible(&desk, &by, id).await?;
    let bytes = actions::paper(&desk, &row).await?;
    Ok(super::paper(&desk, &row, bytes))
}

fn back(id: QuoteId) -> Response {
    see_other(&format!("/quotes/{id}"))
}

/// `POST /quotes/{id}/submission`
pub(super) async fn submit(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<QuoteId>) -> Result<Response> {
    actions::submit(&desk, &by, id).await?;
    Ok(back(id))
}

/// `POST /quotes/{id}/approval`: of what was looked at.
pub(super) async fn approve(
    State(desk): State<Desk>,
    Approver(by): Approver,
    Path(id): Path<QuoteId>,
    sent: Fields,
) -> Result<Response> {
    let as_of = sent.one("as_of").parse().map(Timestamp).map_err(|_| Error::bad_request("Open the quote anew."))?;
    actions::approve(&desk, &by, id, Some(as_of)).await?;
    Ok(back(id))
}

/// `POST /quotes/{id}/return`
pub(super) async fn send_back(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Response> {
    actions::send_back(&desk, &by, id).await?;
    Ok(back(id))
}

/// `POST /quotes/{id}/sending`
pub(super) async fn send(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<QuoteId>) -> Result<Response> {
    actions::send(&desk, &by, id).await?;
    Ok(back(id))
}

/// `POST /quotes/{id}/withdrawal`
pub(super) async fn withdraw(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Response> {
    actions::withdraw(&desk, &by, id).await?;
    Ok(back(id))
}

/// `POST /quotes/{id}/versions`
pub(super) async fn new_version(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
) -> Result<Response> {
    Ok(back(actions::new_version(&desk, &by, id).await?))
}

/// `POST /quotes/{id}/answer`: what the customer has said elsewhere.
pub(super) async fn record(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
    sent: Fields,
) -> Result<Response> {
    let answer = sent.one("answer").parse().map_err(|_| Error::unprocessable("Say whether it is a yes or a no."))?;
    let answered = Answered { answer, name: sent.one("name").to_owned(), reason: sent.one("reason").to_owned() };
    actions::record(&desk, &by, id, answered).await?;
    Ok(back(id))
}

/// `POST /quotes/{id}/reading`: whether the mail says what it seems to say.
pub(super) async fn settle_reading(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
    sent: Fields,
) -> Result<Response> {
    actions::settle_reading(&desk, &by, id, sent.one("right") == "yes").await?;
    Ok(back(id))
}
