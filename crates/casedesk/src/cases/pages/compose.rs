//! The composer's far end: replies, notes, taking back, templates; and opening a case by hand.
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::case::Back;
use super::views::Choice;
use super::{case, entry, key, load, prose, shell, words};
use crate::cases::actions::{self, HandOver, OpenByAgent, Reply};
use crate::cases::rules::{self, Change};
use crate::cases::store::{self, CasePerson};
use crate::cases::{AttachmentId, CaseId, CaseKind, CasesError, EntryId, Priority, PrivateLink, WaitingOn};
use crate::customers::Person;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{self, AgentId, Reader, TeamId, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::{Streams, Turbo, see_other};
use crate::web::{Html, Result};

const MOST_OPTIONS: usize = 30;

/// An address from the composer, under the name that the case knows.
pub(super) fn person(address: &str, people: &[CasePerson]) -> Person {
    let known = people.iter().find(|person| person.address.eq_ignore_ascii_case(address));
    Person { name: known.and_then(|person| person.name.clone()), address: address.to_owned() }
}

/// `POST /preview`: Markdown as the customer and the colleagues will see it.
pub(super) async fn preview(_: Reader, text: Fields) -> axum::response::Html<String> {
    let body = text.one("body").replace(PrivateLink::PLACE, entry::PRIVATE_LINK);
    axum::response::Html(crate::kit::markdown::to_html(&body))
}

/// `POST /cases/{id}/replies`: 409 with the new entry when the case changed since writing began.
pub(super) async fn reply(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    sent: Fields,
) -> Result<Response> {
    let people = store::people(desk.db(), id).await?;
    match actions::reply(&desk, &by, id, wanted(&sent, &people)?).await {
        Ok(_) => answer(&desk, &by, &turbo, id).await,
        Err(CasesError::ChangedSince { newest, .. }) if turbo.streams => {
            let entry = store::entry(desk.db(), newest).await?.ok_or(CasesError::NoEntry(newest))?;
            let parts = case::changed_parts(&desk, &by, id, turbo.newest_entry).await?;
            Ok((StatusCode::CONFLICT, Streams(parts.with_stop(case::stop(&entry)))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn wanted(sent: &Fields, people: &[CasePerson]) -> Result<Reply> {
    let named = |field: &str| sent.all(field).map(|address| person(address, people)).collect();
    let at = |text: &str| Timestamp::parse_rfc3339(text).ok_or_else(|| CasesError::NotInFuture(text.to_owned()));
    Ok(Reply {
        body: sent.one("body").to_owned(),
        to: named("to"),
        cc: named("cc"),
        bcc: named("bcc"),
        files: Some(files(sent)),
        based_on: sent.one("seen").parse().ok().map(EntryId),
        anyway: false,
        send_at: sent.filled("send_at").map(at).transpose()?,
        then: match sent.filled("then") {
            Some("solved") => Some(Change::Solve),
            Some("waiting") => Some(Change::Wait { on: WaitingOn::Customer, until: None }),
            _ => None,
        },
        client_id: sent.filled("client_id").map(str::to_owned),
    })
}

/// The files that stand at the text.
fn files(sent: &Fields) -> Vec<AttachmentId> {
    sent.all("attachment").filter_map(|id| id.parse().ok().map(AttachmentId)).collect()
}

async fn answer(desk: &Desk, by: &Viewer, turbo: &Turbo, id: CaseId) -> Result<Response> {
    if !turbo.streams {
        return Ok(see_other(&format!("/cases/{id}")));
    }
    Ok(Streams(case::changed_parts(desk, by, id, turbo.newest_entry).await?).into_response())
}

/// `POST /cases/{id}/replies/{entry}/undo`
pub(super) async fn undo(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path((id, entry)): Path<(CaseId, EntryId)>,
) -> Result<Response> {
    let row = store::entry(desk.db(), entry).await?.ok_or(CasesError::NoEntry(entry))?;
    actions::undo_reply(&desk, &by, id, entry).await?;
    if !turbo.streams {
        return Ok(see_other(&format!("/cases/{id}")));
    }
    let parts = case::changed_parts(&desk, &by, id, turbo.newest_entry).await?;
    Ok(Streams(parts.with_back(Back::new(&row)?)).into_response())
}

/// `POST /cases/{id}/notes`: with `agent` or `team` the case goes to them along with the note.
pub(super) async fn note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    sent: Fields,
) -> Result<Response> {
    let number = |field: &str| match sent.filled(field) {
        Some(typed) => typed.parse::<i64>().map(Some).map_err(|_| CasesError::NoSuch(typed.to_owned())),
        None => Ok(None),
    };
    let note = HandOver {
        text: sent.one("body").to_owned(),
        mentions: mentioned(&desk, sent.one("body")).await?,
        files: Some(files(&sent)),
        assignee: number("agent")?.map(AgentId),
        team: number("team")?.map(TeamId),
        client_id: sent.filled("client_id").map(str::to_owned),
    };
    actions::hand_over(&desk, &by, id, &note).await?;
    answer(&desk, &by, &turbo, id).await
}

/// `POST /cases/{id}/hand-over`: the case written up, for its agent to look over in the note. Nothing is kept by it.
pub(super) async fn hand_over(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    let text = actions::written_up(&desk, &by, id).await?;
    let parts = case::changed_parts(&desk, &by, id, turbo.newest_entry).await?;
    Ok(Streams(parts.with_back(Back::note(text))).into_response())
}

/// The agents whose handle stands behind an `@` in the text.
async fn mentioned(desk: &Desk, text: &str) -> Result<Vec<AgentId>> {
    let handles: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '!' | '?' | '(' | ')'))
        .filter_map(|word| word.strip_prefix('@'))
        .map(|handle| handle.trim_end_matches('.').to_lowercase())
        .collect();
    if handles.is_empty() {
        return Ok(vec![]);
    }
    let agents = staff::store::agents(desk.db()).await?;
    Ok(agents.iter().filter(|agent| handles.contains(&handle(&agent.email))).map(|agent| agent.id).collect())
}

/// What follows the `@` when an agent is named: the part of their address before its own.
pub(super) fn handle(email: &str) -> String {
    email.split('@').next().unwrap_or_default().to_lowercase()
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
}

struct Option_ {
    id: i64,
    name: String,
    peek: String,
}

#[derive(Template)]
#[template(path = "cases/template_options.html")]
struct TemplateOptions {
    number: i64,
    templates: Vec<Option_>,
}

/// `GET /cases/{id}/templates?q=`
pub(super) async fn templates(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<CaseId>,
    Query(Wanted { q }): Query<Wanted>,
) -> Result<Html<impl Template>> {
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    let fits = |t: &store::Template| {
        let text = format!("{} {}", t.name, t.body).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let all = store::templates(desk.db()).await?;
    let option = |t: store::Template| Option_ { id: t.id, peek: prose::peek(&t.body, 110), name: t.name };
    Ok(Html(TemplateOptions {
        number: id.0,
        templates: all.into_iter().filter(fits).take(MOST_OPTIONS).map(option).collect(),
    }))
}

/// `GET /cases/{id}/templates/{template}`: its text with the fields of this case filled in.
pub(super) async fn template(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path((id, template)): Path<(CaseId, i64)>,
) -> Result<String> {
    let row = load::row(&desk, &by, id).await?;
    let found =
        store::template(desk.db(), template).await?.ok_or_else(|| crate::web::Error::not_found("such template"))?;
    let people = store::people(desk.db(), row.id).await?;
    let customer = people.first().and_then(|p| p.name.clone()).unwrap_or_default();
    Ok(rules::filled(
        &found.body,
        &[
            ("customer", &customer),
            ("first name", customer.split_whitespace().next().unwrap_or_default()),
            ("case", &key(&desk, row.id)),
            ("subject", &row.subject),
            ("agent", &by.name),
        ],
    ))
}

#[derive(Template)]
#[template(path = "cases/new.html")]
struct NewCase {
    shell: Shell,
    fault: String,
    email: String,
    name: String,
    subject: String,
    body: String,
    kinds: Vec<Choice>,
    priorities: Vec<Choice>,
}

#[derive(Deserialize)]
pub(super) struct Opened {
    email: String,
    #[serde(default)]
    name: String,
    subject: String,
    body: String,
    kind: String,
    priority: String,
}

/// `GET /cases/new`
pub(super) async fn new_case(Worker(by): Worker, Query(Wanted { q }): Query<Wanted>) -> Html<impl Template> {
    Html(NewCase {
        shell: shell(&by, ""),
        fault: String::new(),
        email: q,
        name: String::new(),
        subject: String::new(),
        body: String::new(),
        kinds: words::kinds(CaseKind::Question),
        priorities: words::priorities(Priority::Normal),
    })
}

/// `POST /cases`: what cannot be opened comes back with its reason and everything that was typed.
pub(super) async fn open(State(desk): State<Desk>, Worker(by): Worker, Form(typed): Form<Opened>) -> Result<Response> {
    let kind = typed.kind.parse().unwrap_or(CaseKind::Question);
    let priority = typed.priority.parse().unwrap_or(Priority::Normal);
    let requester =
        Person { name: Some(typed.name.clone()).filter(|n| !n.trim().is_empty()), address: typed.email.clone() };
    let wanted = OpenByAgent {
        requester,
        subject: typed.subject.clone(),
        note: typed.body.clone(),
        kind,
        priority,
        team: by.teams.first().copied(),
    };
    let fault = match actions::open_by_agent(&desk, &by, wanted).await {
        Ok(id) => return Ok(see_other(&format!("/views/mine/cases/{id}"))),
        Err(CasesError::Database(error)) => return Err(error.into()),
        Err(error) => words::capital(&error.to_string()),
    };
    let page = NewCase {
        shell: shell(&by, ""),
        fault,
        email: typed.email,
        name: typed.name,
        subject: typed.subject,
        body: typed.body,
        kinds: words::kinds(kind),
        priorities: words::priorities(priority),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
