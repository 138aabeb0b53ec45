//! What is done with all cases that were picked in a list.
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::verbs::MORNING;
use super::views::Choice;
use super::{key, load, words};
use crate::cases::actions::{self, Joint};
use crate::cases::rules::Change;
use crate::cases::{CaseId, CaseKind, CasesError, Priority, WaitingOn};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{AgentId, TeamId, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::turbo::{Streams, Toast, Turbo, see_other};
use crate::web::{Error, Html, Result};

#[derive(Template)]
#[template(path = "cases/joint_choices.html")]
struct Choices {
    agents: Vec<Choice>,
    teams: Vec<Choice>,
    priorities: Vec<Choice>,
    kinds: Vec<Choice>,
}

/// `GET /cases/joint`: what picked cases can be given. The page asks for it once something is picked.
pub(super) async fn choices(State(desk): State<Desk>, Worker(by): Worker) -> Result<Html<impl Template>> {
    let names = load::names(&desk).await?;
    let choice = |(id, name): (i64, String)| Choice { value: id.to_string(), label: name, ..Choice::default() };
    let seen = |id: &i64| by.can_see(Some(TeamId(*id)));
    Ok(Html(Choices {
        agents: names.present.into_iter().map(choice).collect(),
        teams: names.teams.into_iter().filter(|(id, _)| seen(id)).map(choice).collect(),
        priorities: words::priorities(Priority::Normal),
        kinds: words::kinds(CaseKind::Problem),
    }))
}

#[derive(Template)]
#[template(path = "web/toast_stream.html")]
struct Done {
    toast: Toast,
}

/// `POST /cases/joint`: one change on every case that was picked. `do` is the verb, or the verb, a colon and a value.
pub(super) async fn change(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    picked: Fields,
) -> Result<Response> {
    let (wanted, says) = wanted(&desk, &by, &picked)?;
    let cases: Vec<CaseId> = picked.all("case").filter_map(|id| id.parse().ok().map(CaseId)).collect();
    if cases.is_empty() {
        return Err(Error::bad_request("No case was picked."));
    }
    let changed = actions::change_many(&desk, &by, &cases, &wanted).await?;
    if !turbo.streams {
        return Ok(see_other(&format!("/views/{}", load::urlencoded(picked.one("view")))));
    }
    let (one, many) = says;
    let text = match (changed.as_slice(), wanted.clone(), cases.iter().min()) {
        ([], ..) => "Nothing changed: all were so already".into(),
        (_, Joint::Merge, Some(first)) => format!("{} cases go on as {}", cases.len(), key(&desk, *first)),
        ([only], ..) => format!("{} {one}", key(&desk, *only)),
        (all, ..) => format!("{} cases {many}", all.len()),
    };
    let undone = matches!(&wanted, Joint::Change(Change::Solve | Change::Close | Change::Wait { .. }));
    let mut toast = Toast { key: "joint".into(), icon: "okc", text, ..Toast::default() };
    if undone && !changed.is_empty() {
        toast.undo_href = "/cases/joint".into();
        let ids = changed.iter().map(|id| ("case", id.to_string()));
        toast.undo_fields = [("do", "reopen".into())].into_iter().chain(ids).collect();
    }
    Ok(Streams(Done { toast }).into_response())
}

/// The change, and what is then true of one case and of many.
fn wanted(desk: &Desk, by: &Viewer, picked: &Fields) -> Result<(Joint, (&'static str, &'static str))> {
    let (verb, value) = picked.one("do").split_once(':').unwrap_or((picked.one("do"), ""));
    let no_such = || CasesError::NoSuch(value.to_owned());
    let tag = |on| Joint::Tag { tag: picked.one("tag").to_owned(), on };
    Ok(match (verb, value) {
        ("solve", _) => (Joint::Change(Change::Solve), ("is solved", "are solved")),
        ("close", _) => (Joint::Change(Change::Close), ("is closed", "are closed")),
        ("reopen", _) => (Joint::Change(Change::Reopen), ("is open", "are open")),
        ("wait", on) => {
            let on: WaitingOn = on.parse().map_err(|_| no_such())?;
            let until = Some(picked.one("until")).filter(|_| on == WaitingOn::Date);
            let until = until.and_then(|day| Timestamp::on_day(day, MORNING, by.zone(desk)));
            (Joint::Change(Change::Wait { on, until }), ("waits", "wait"))
        }
        ("assign", "me") => (Joint::Change(Change::Assign(Some(by.id))), ("is yours", "are yours")),
        ("assign", "nobody") => (Joint::Change(Change::Assign(None)), ("has no assignee", "have no assignee")),
        ("assign", id) => {
            let agent = AgentId(id.parse().map_err(|_| no_such())?);
            (Joint::Change(Change::Assign(Some(agent))), ("has another assignee", "have another assignee"))
        }
        ("team", id) => {
            let team = TeamId(id.parse().map_err(|_| no_such())?);
            (Joint::Change(Change::Team(Some(team))), ("has another team", "have another team"))
        }
        ("priority", word) => {
            let priority = word.parse().map_err(|_| no_such())?;
            (Joint::Change(Change::Priority(priority)), ("has another priority", "have another priority"))
        }
        ("kind", word) => {
            let kind = word.parse().map_err(|_| no_such())?;
            (Joint::Change(Change::Kind(kind)), ("is of another kind", "are of another kind"))
        }
        ("tag", _) => (tag(true), ("has the tag", "have the tag")),
        ("untag", _) => (tag(false), ("has the tag no more", "have the tag no more")),
        ("merge", _) => (Joint::Merge, ("is merged", "are merged")),
        _ => return Err(Error::bad_request("There is no such joint action.")),
    })
}
