//! Changes of a case's state, fields, tags, watchers and participants.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire::{Changes, WantedChange};
use crate::cases::actions::{self, Joint};
use crate::cases::rules::Change;
use crate::cases::{CaseId, CaseKind, EntryId, Priority, WaitingOn};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{AgentId, Reader, TeamId, Viewer, Worker};
use crate::web::api::{Json, Path};
use crate::web::{Error, Result};

async fn done(desk: &Desk, by: &Viewer, id: CaseId, change: Change) -> Result<Json<Changes>> {
    Ok(Json(Changes { changed: actions::change(desk, by, id, &change).await? }))
}

/// Solve the case.
#[utoipa::path(post, path = "/cases/{id}/solution", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn solve(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Solve).await
}

/// Open the case again.
#[utoipa::path(post, path = "/cases/{id}/reopening", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn reopen(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Reopen).await
}

/// Close the case.
///
/// A reply of the customer opens a follow-up case from then on.
#[utoipa::path(post, path = "/cases/{id}/closure", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn close(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Close).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    on: WaitingOn,
    /// When the case opens by itself; needed with `date`.
    #[serde(default)]
    until: Option<Timestamp>,
}

/// Let the case wait.
///
/// On somebody, or until a date.
#[utoipa::path(post, path = "/cases/{id}/waiting", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn wait(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(wait): Json<Wait>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Wait { on: wait.on, until: wait.until }).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPriority {
    priority: Priority,
}

/// Set the priority.
#[utoipa::path(put, path = "/cases/{id}/priority", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn set_priority(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewPriority>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Priority(new.priority)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKind {
    kind: CaseKind,
}

/// Set the kind of request.
#[utoipa::path(put, path = "/cases/{id}/kind", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn set_kind(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewKind>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Kind(new.kind)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAssignee {
    /// `null`: nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    agent_id: Option<AgentId>,
}

/// Give the case to an agent, or to nobody.
#[utoipa::path(put, path = "/cases/{id}/assignee", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn set_assignee(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewAssignee>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Assign(new.agent_id)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTeam {
    /// `null`: no team.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    team_id: Option<TeamId>,
}

/// Give the case to a team.
///
/// To a members-only team that you are not in, too: you do not see the case from then on.
#[utoipa::path(put, path = "/cases/{id}/team", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn set_team(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewTeam>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Team(new.team_id)).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSubject {
    subject: String,
}

/// Set the subject.
#[utoipa::path(put, path = "/cases/{id}/subject", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn set_subject(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewSubject>,
) -> Result<Json<Changes>> {
    done(&desk, &by, id, Change::Subject(new.subject)).await
}

/// Exactly one of `change`, `tag`, `untag` and `merge` says what is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JointChange {
    /// 200 at the most.
    cases: Vec<CaseId>,
    change: Option<WantedChange>,
    /// The tag that all shall have.
    tag: Option<String>,
    /// The tag that none shall have.
    untag: Option<String>,
    /// All go on as part of the one that was opened first; each merge can be undone.
    #[serde(default)]
    merge: bool,
}

impl JointChange {
    fn wanted(self) -> Result<Joint> {
        match (self.change, self.tag, self.untag, self.merge) {
            (Some(change), None, None, false) => Ok(Joint::Change(change.into())),
            (None, Some(tag), None, false) => Ok(Joint::Tag { tag, on: true }),
            (None, None, Some(tag), false) => Ok(Joint::Tag { tag, on: false }),
            (None, None, None, true) => Ok(Joint::Merge),
            _ => Err(Error::bad_request("Say exactly one of change, tag, untag and merge.")),
        }
    }
}

/// What a change of many cases did.
#[derive(Serialize, ToSchema)]
pub(super) struct JointChanges {
    /// How many were not so already.
    changed: usize,
}

/// Change many cases alike.
///
/// When one of them is not yours to see, none is changed.
#[utoipa::path(post, path = "/joint-changes", tag = "cases", responses((status = 200, body = JointChanges)))]
pub(super) async fn change_many(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(mut joint): Json<JointChange>,
) -> Result<Json<JointChanges>> {
    let cases = std::mem::take(&mut joint.cases);
    let changed = actions::change_many(&desk, &by, &cases, &joint.wanted()?).await?;
    Ok(Json(JointChanges { changed: changed.len() }))
}

/// Put a tag on the case.
#[utoipa::path(put, path = "/cases/{id}/tags/{tag}", tag = "cases",
    params(("id" = CaseId, Path), ("tag" = String, Path)), responses((status = 200, body = Changes)))]
pub(super) async fn add_tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, tag)): Path<(CaseId, String)>,
) -> Result<Json<Changes>> {
    Ok(Json(Changes { changed: actions::tag(&desk, &by, id, &tag, true).await? }))
}

/// Take a tag off the case.
#[utoipa::path(delete, path = "/cases/{id}/tags/{tag}", tag = "cases",
    params(("id" = CaseId, Path), ("tag" = String, Path)), responses((status = 200, body = Changes)))]
pub(super) async fn remove_tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, tag)): Path<(CaseId, String)>,
) -> Result<Json<Changes>> {
    Ok(Json(Changes { changed: actions::tag(&desk, &by, id, &tag, false).await? }))
}

/// Watch the case.
#[utoipa::path(put, path = "/cases/{id}/watch", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 204)))]
pub(super) async fn watch(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<CaseId>) -> Result<StatusCode> {
    actions::watch(&desk, &by, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Watch the case no longer.
#[utoipa::path(delete, path = "/cases/{id}/watch", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 204)))]
pub(super) async fn unwatch(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
) -> Result<StatusCode> {
    actions::watch(&desk, &by, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let somebody take part.
///
/// Also agrees to one whom a message proposed.
#[utoipa::path(put, path = "/cases/{id}/people/{address}", tag = "cases",
    params(("id" = CaseId, Path), ("address" = String, Path)), responses((status = 204)))]
pub(super) async fn add_participant(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, address)): Path<(CaseId, String)>,
) -> Result<StatusCode> {
    actions::set_person(&desk, &by, id, &address, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let somebody take part no longer.
#[utoipa::path(delete, path = "/cases/{id}/people/{address}", tag = "cases",
    params(("id" = CaseId, Path), ("address" = String, Path)), responses((status = 204)))]
pub(super) async fn remove_participant(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, address)): Path<(CaseId, String)>,
) -> Result<StatusCode> {
    actions::set_person(&desk, &by, id, &address, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Author {
    /// One of the entry's `alternatives`, or its author as it is.
    address: String,
}

/// Say who wrote a message.
///
/// One of those whom the message names. Whoever was its author before becomes one of the alternatives.
#[utoipa::path(put, path = "/cases/{id}/entries/{entry}/author", tag = "cases",
    params(("id" = CaseId, Path), ("entry" = EntryId, Path)), responses((status = 204)))]
pub(super) async fn choose_author(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, entry)): Path<(CaseId, EntryId)>,
    Json(Author { address }): Json<Author>,
) -> Result<StatusCode> {
    actions::change_author(&desk, &by, id, entry, &address).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// The newest entry that was read.
    entry_id: EntryId,
}

/// Say how far you have read.
#[utoipa::path(put, path = "/cases/{id}/seen", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 204)))]
pub(super) async fn see(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
    Json(seen): Json<Seen>,
) -> Result<StatusCode> {
    actions::see(&desk, &by, id, seen.entry_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
