//! The changes that the page of a case can make: each is a resource that is posted to.
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::{case, key, load, number};
use crate::cases::actions;
use crate::cases::rules::Change;
use crate::cases::store;
use crate::cases::{CaseId, CasesError, EntryId, LinkKind, WaitingOn};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{AgentId, TeamId, Viewer, Worker};
use crate::web::Result;
use crate::web::turbo::{Streams, Toast, Turbo, see_other};

/// The hour at which a case that waits until a day is looked at again.
pub(super) const MORNING: i8 = 8;

/// Does one change and answers with what it changed on the page.
async fn done(
    desk: &Desk,
    by: &Viewer,
    turbo: &Turbo,
    id: CaseId,
    change: Change,
    toast: Option<Toast>,
) -> Result<Response> {
    let changed = actions::change(desk, by, id, &change).await?;
    answer(desk, by, turbo, id, toast.filter(|_| changed)).await
}

async fn answer(desk: &Desk, by: &Viewer, turbo: &Turbo, id: CaseId, toast: Option<Toast>) -> Result<Response> {
    if !turbo.streams {
        return Ok(see_other(&format!("/cases/{id}")));
    }
    let parts = case::changed_parts(desk, by, id, turbo.newest_entry).await?;
    Ok(Streams(parts.with_toast(toast)).into_response())
}

fn toast(desk: &Desk, id: CaseId, says: &str, undo: &str, fields: Vec<(&'static str, String)>) -> Option<Toast> {
    Some(Toast {
        key: format!("case-{id}"),
        icon: "okc",
        text: format!("{} {says}", key(desk, id)),
        undo_href: format!("/cases/{id}/{undo}"),
        undo_fields: fields,
    })
}

/// `POST /cases/{id}/solution`
pub(super) async fn solve(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    let toast = toast(&desk, id, "is solved", "reopening", vec![]);
    done(&desk, &by, &turbo, id, Change::Solve, toast).await
}

/// `POST /cases/{id}/reopening`
pub(super) async fn reopen(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    done(&desk, &by, &turbo, id, Change::Reopen, None).await
}

/// `POST /cases/{id}/closure`
pub(super) async fn close(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    let toast = toast(&desk, id, "is closed", "reopening", vec![]);
    done(&desk, &by, &turbo, id, Change::Close, toast).await
}

#[derive(Deserialize)]
pub(super) struct Wait {
    on: String,
    #[serde(default)]
    until: String,
}

/// `POST /cases/{id}/waiting`: a day begins at eight in the morning, where the agent is.
pub(super) async fn wait(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(wait): Form<Wait>,
) -> Result<Response> {
    let on: WaitingOn = wait.on.parse().map_err(|_| CasesError::NoSuch(wait.on))?;
    let until = Timestamp::on_day(&wait.until, MORNING, by.zone(&desk));
    let toast = toast(&desk, id, "waits", "reopening", vec![]);
    done(&desk, &by, &turbo, id, Change::Wait { on, until }, toast).await
}

#[derive(Deserialize)]
pub(super) struct Value {
    #[serde(alias = "priority", alias = "kind", alias = "agent", alias = "team", alias = "subject", alias = "tags")]
    value: String,
}

/// `POST /cases/{id}/priority`
pub(super) async fn priority(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(Value { value }): Form<Value>,
) -> Result<Response> {
    let priority = value.parse().map_err(|_| CasesError::NoSuch(value))?;
    done(&desk, &by, &turbo, id, Change::Priority(priority), None).await
}

/// `POST /cases/{id}/kind`
pub(super) async fn kind(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(Value { value }): Form<Value>,
) -> Result<Response> {
    let kind = value.parse().map_err(|_| CasesError::NoSuch(value))?;
    done(&desk, &by, &turbo, id, Change::Kind(kind), None).await
}

/// `POST /cases/{id}/assignment`: an agent's id, `me`, or nothing for nobody.
pub(super) async fn assign(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(Value { value }): Form<Value>,
) -> Result<Response> {
    let before = store::visible_case(desk.db(), id, &by.hidden_teams).await?.and_then(|case| case.assignee_id);
    let agent = match value.as_str() {
        "" => None,
        "me" => Some(by.id),
        other => Some(AgentId(other.parse().map_err(|_| CasesError::NoSuch(value.clone()))?)),
    };
    let says = if agent == Some(by.id) { "is yours" } else { "has another assignee" };
    let back = before.map_or_else(String::new, |agent| agent.to_string());
    let toast = toast(&desk, id, says, "assignment", vec![("agent", back)]);
    done(&desk, &by, &turbo, id, Change::Assign(agent), toast).await
}

/// `POST /cases/{id}/team`
pub(super) async fn team(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(Value { value }): Form<Value>,
) -> Result<Response> {
    let team = value.parse().map(TeamId).map_err(|_| CasesError::NoSuch(value))?;
    done(&desk, &by, &turbo, id, Change::Team(Some(team)), None).await
}

/// `POST /cases/{id}/subject`
pub(super) async fn subject(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(Value { value }): Form<Value>,
) -> Result<Response> {
    done(&desk, &by, &turbo, id, Change::Subject(value), None).await
}

/// `POST /cases/{id}/tags`: the tags it shall have, with commas between.
pub(super) async fn tags(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(Value { value }): Form<Value>,
) -> Result<Response> {
    let wanted: Vec<String> =
        value.split(',').map(|tag| tag.trim().to_lowercase()).filter(|tag| !tag.is_empty()).collect();
    load::row(&desk, &by, id).await?;
    let now = store::tags(desk.db(), id).await?;
    for tag in now.iter().filter(|tag| !wanted.contains(tag)) {
        actions::tag(&desk, &by, id, tag, false).await?;
    }
    for tag in wanted.iter().filter(|tag| !now.contains(tag)) {
        actions::tag(&desk, &by, id, tag, true).await?;
    }
    answer(&desk, &by, &turbo, id, None).await
}

/// `POST /cases/{id}/watch`
pub(super) async fn watch(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    actions::watch(&desk, &by, id, true).await?;
    answer(&desk, &by, &turbo, id, toast(&desk, id, "is watched", "unwatch", vec![])).await
}

/// `POST /cases/{id}/unwatch`
pub(super) async fn unwatch(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    actions::watch(&desk, &by, id, false).await?;
    answer(&desk, &by, &turbo, id, None).await
}

#[derive(Deserialize)]
pub(super) struct TakesPart {
    address: String,
    takes_part: bool,
}

/// `POST /cases/{id}/people`
pub(super) async fn people(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(one): Form<TakesPart>,
) -> Result<Response> {
    actions::set_person(&desk, &by, id, &one.address, one.takes_part).await?;
    answer(&desk, &by, &turbo, id, None).await
}

#[derive(Deserialize)]
pub(super) struct Author {
    address: String,
}

/// `POST /cases/{id}/entries/{entry}/author`
pub(super) async fn author(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, entry)): Path<(CaseId, EntryId)>,
    Form(Author { address }): Form<Author>,
) -> Result<Response> {
    actions::change_author(&desk, &by, id, entry, &address).await?;
    Ok(see_other(&format!("/cases/{id}#entry-{entry}")))
}

#[derive(Deserialize)]
pub(super) struct Other {
    other: String,
    #[serde(default)]
    kind: String,
}

fn other(desk: &Desk, typed: &str) -> Result<CaseId> {
    number(desk, typed).ok_or_else(|| CasesError::NoSuch(typed.to_owned()).into())
}

/// `POST /cases/{id}/merge`: the case goes on as part of the other, which is shown next.
pub(super) async fn merge(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Form(into): Form<Other>,
) -> Result<Response> {
    let into = other(&desk, &into.other)?;
    actions::merge(&desk, &by, id, into).await?;
    Ok(see_other(&format!("/cases/{into}")))
}

/// `POST /merges/{merge}/undo`
pub(super) async fn unmerge(State(desk): State<Desk>, Worker(by): Worker, Path(merge): Path<i64>) -> Result<Response> {
    let case = actions::unmerge(&desk, &by, merge).await?;
    Ok(see_other(&format!("/cases/{case}")))
}

/// `POST /cases/{id}/links`: without a kind the link goes away.
pub(super) async fn link(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(typed): Form<Other>,
) -> Result<Response> {
    let kind: Option<LinkKind> = Some(typed.kind.as_str())
        .filter(|kind| !kind.is_empty())
        .map(|kind| kind.parse().map_err(|_| CasesError::NoSuch(kind.to_owned())))
        .transpose()?;
    actions::link(&desk, &by, id, other(&desk, &typed.other)?, kind).await?;
    answer(&desk, &by, &turbo, id, None).await
}

/// `POST /splits/{split}/undo`
pub(super) async fn unsplit(State(desk): State<Desk>, Worker(by): Worker, Path(split): Path<i64>) -> Result<Response> {
    let case = actions::unsplit(&desk, &by, split).await?;
    Ok(see_other(&format!("/cases/{case}")))
}
