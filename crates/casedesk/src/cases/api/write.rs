//! What agents write: new cases, replies, notes.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire::{Made, WantedChange};
use crate::cases::actions::{self, HandOver, OpenByAgent, Reply};
use crate::cases::store;
use crate::cases::{CaseId, CaseKind, EntryId, Priority};
use crate::customers::Person;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{AgentId, Reader, TeamId, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// A person, as the API takes one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedAddress {
    address: String,
    #[serde(default)]
    name: Option<String>,
}

impl From<NamedAddress> for Person {
    fn from(person: NamedAddress) -> Self {
        Self { name: person.name, address: person.address }
    }
}

pub(super) fn people(all: Vec<NamedAddress>) -> Vec<Person> {
    all.into_iter().map(Person::from).collect()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCase {
    /// Who asks; a contact is made of an address that is not known.
    requester: NamedAddress,
    subject: String,
    /// What it is about, as an internal note.
    note: String,
    #[serde(default)]
    kind: Option<CaseKind>,
    #[serde(default)]
    priority: Option<Priority>,
    #[serde(default)]
    team_id: Option<TeamId>,
}

/// Open a case for a customer.
///
/// It is yours, and holds your note of what it is about. Mail of the customer opens cases at `POST /api/v1/mail`.
#[utoipa::path(post, path = "/cases", tag = "cases", responses((status = 201, body = Made)))]
pub(super) async fn open_case(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(new): Json<NewCase>,
) -> Result<(StatusCode, Json<Made>)> {
    let wanted = OpenByAgent {
        requester: new.requester.into(),
        subject: new.subject,
        note: new.note,
        kind: new.kind.unwrap_or(CaseKind::Question),
        priority: new.priority.unwrap_or(Priority::Normal),
        team: new.team_id,
    };
    let id = actions::open_by_agent(&desk, &by, wanted).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.0 })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReply {
    /// Markdown.
    body: String,
    to: Vec<NamedAddress>,
    #[serde(default)]
    cc: Vec<NamedAddress>,
    /// Get it without any other recipient knowing.
    #[serde(default)]
    bcc: Vec<NamedAddress>,
    /// The newest entry that was seen when writing began. When somebody wrote since, the answer is 409 with
    /// `newest_entry`, and nothing is sent.
    #[serde(default)]
    based_on: Option<EntryId>,
    /// Send although somebody wrote since.
    #[serde(default)]
    anyway: bool,
    /// When to send it. Without it: after the seconds in which it can be taken back.
    #[serde(default)]
    send_at: Option<Timestamp>,
    /// What to do with the case along with it.
    #[serde(default)]
    then: Option<WantedChange>,
    /// A word of your choice, at most 100 bytes: a request repeated under it writes nothing again.
    #[serde(default)]
    client_id: Option<String>,
}

/// What was written.
#[derive(Serialize, ToSchema)]
pub(super) struct Written {
    entry_id: EntryId,
}

/// Reply to the customer.
///
/// It takes the files of your draft along. It can be taken back until it is sent.
#[utoipa::path(post, path = "/cases/{id}/replies", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 201, body = Written)))]
pub(super) async fn post_reply(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewReply>,
) -> Result<(StatusCode, Json<Written>)> {
    let reply = Reply {
        body: new.body,
        to: people(new.to),
        cc: people(new.cc),
        bcc: people(new.bcc),
        files: None,
        based_on: new.based_on,
        anyway: new.anyway,
        send_at: new.send_at,
        then: new.then.map(Into::into),
        client_id: new.client_id,
    };
    let entry_id = actions::reply(&desk, &by, id, reply).await?;
    Ok((StatusCode::CREATED, Json(Written { entry_id })))
}

/// Take a reply back before it is sent.
///
/// Its words and files are a draft again, and the case stands as before. 409 when it is on its way.
#[utoipa::path(delete, path = "/cases/{id}/replies/{entry}", tag = "cases",
    params(("id" = CaseId, Path), ("entry" = EntryId, Path)), responses((status = 204)))]
pub(super) async fn undo_reply(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, entry)): Path<(CaseId, EntryId)>,
) -> Result<StatusCode> {
    actions::undo_reply(&desk, &by, id, entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNote {
    /// Markdown. It never leaves the desk.
    text: String,
    /// Colleagues who should see it; they watch the case from then on.
    #[serde(default)]
    mentions: Vec<AgentId>,
    /// As for a reply.
    #[serde(default)]
    client_id: Option<String>,
}

/// Write an internal note.
#[utoipa::path(post, path = "/cases/{id}/notes", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 201, body = Written)))]
pub(super) async fn post_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewNote>,
) -> Result<(StatusCode, Json<Written>)> {
    let entry_id = actions::note(&desk, &by, id, &new.text, new.mentions, new.client_id.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(Written { entry_id })))
}

/// A case written up.
#[derive(Serialize, ToSchema)]
pub(super) struct WrittenUp {
    /// Markdown: who, what runs where, what was tried, what is open.
    text: String,
}

/// Write a case up for whoever goes on with it.
///
/// Nothing is kept: look it over, then post it. That the details of its installation were read is in the audit log.
#[utoipa::path(get, path = "/cases/{id}/hand-over", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = WrittenUp)))]
pub(super) async fn write_up(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<WrittenUp>> {
    let text = actions::written_up(&desk, &by, id).await?;
    if let Some(case) = store::case(desk.db(), id).await? {
        actions::note_details_read(&desk, &by, &case).await?;
    }
    Ok(Json(WrittenUp { text }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHandOver {
    /// Markdown; an internal note, which never leaves the desk.
    text: String,
    /// Who goes on with it. None: whoever has it.
    #[serde(default)]
    assignee_id: Option<AgentId>,
    /// The team that it moves to. None: it stays.
    #[serde(default)]
    team_id: Option<TeamId>,
    /// As for a note.
    #[serde(default)]
    mentions: Vec<AgentId>,
    /// As for a reply.
    #[serde(default)]
    client_id: Option<String>,
}

/// Hand a case over.
///
/// The note is written and the case given away, both or neither.
#[utoipa::path(post, path = "/cases/{id}/hand-over", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 201, body = Written)))]
pub(super) async fn hand_over(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewHandOver>,
) -> Result<(StatusCode, Json<Written>)> {
    let wanted = HandOver {
        text: new.text,
        mentions: new.mentions,
        files: None,
        assignee: new.assignee_id,
        team: new.team_id,
        client_id: new.client_id,
    };
    let entry_id = actions::hand_over(&desk, &by, id, &wanted).await?;
    Ok((StatusCode::CREATED, Json(Written { entry_id })))
}
