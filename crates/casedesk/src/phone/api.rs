//! Calls and numbers over the API.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::actions::{self, Caller, Log};
use super::store::{self, CallRow, Confirmation, Found, Wanted};
use super::{CallId, CallState, ConfirmationId, Direction, Number, NumberId, PhoneError, Question};
use crate::cases::actions::About;
use crate::cases::{CaseId, CaseKind, Priority};
use crate::customers::{self, ContactId, OrganisationId};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{AgentId, Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path, Query, limit};
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_calls, log_call))
        .routes(routes!(get_call, discard_call))
        .routes(routes!(ask_to_confirm_call))
        .routes(routes!(accept_call))
        .routes(routes!(find_callers))
        .routes(routes!(list_numbers, add_number))
        .routes(routes!(delete_number))
}

/// A telephone call.
#[derive(Serialize, ToSchema)]
struct CallFields {
    id: CallId,
    /// How far it is on its way to be confirmed in writing.
    state: CallState,
    /// The case that it is on; `null` while it is written.
    case_id: Option<CaseId>,
    contact_id: Option<ContactId>,
    agent_id: Option<AgentId>,
    direction: Direction,
    /// As E.164 writes it; empty: not known.
    caller_number: String,
    started_at: Timestamp,
    answered_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    summary: String,
}

impl From<CallRow> for CallFields {
    fn from(row: CallRow) -> Self {
        Self {
            id: row.id,
            state: row.state,
            case_id: row.root_id.or(row.case_id),
            contact_id: row.contact_id,
            agent_id: row.agent_id,
            direction: row.direction,
            caller_number: row.caller_number,
            started_at: row.started_at,
            answered_at: row.answered_at,
            ended_at: row.ended_at,
            summary: row.summary,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only those on this case and on what is merged into it.
    case: Option<CaseId>,
    contact: Option<ContactId>,
    /// Only those that nobody has confirmed.
    #[serde(default)]
    unconfirmed: bool,
    /// The `next` of the page before.
    before: Option<CallId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct CallsPage {
    calls: Vec<CallFields>,
    /// Give it as `before` to get the next page. `null`: this is the last one.
    next: Option<CallId>,
}

/// List calls, newest first: those on cases, and those that you write yourself.
#[utoipa::path(get, path = "/calls", tag = "phone", responses((status = 200, body = CallsPage)))]
async fn list_calls(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<CallsPage>> {
    let limit = limit(asked.limit)?;
    let wanted =
        Wanted { case: asked.case, contact: asked.contact, unconfirmed: asked.unconfirmed, before: asked.before };
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = store::calls(desk.db(), wanted, by.id, &by.hidden_teams, one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(Json(CallsPage { calls: rows.into_iter().map(CallFields::from).collect(), next }))
}

/// A question that was sent to the contact.
#[derive(Serialize, ToSchema)]
struct ConfirmationFields {
    id: ConfirmationId,
    question: Question,
    sent_at: Timestamp,
    /// When the next step is taken, if nothing has come.
    due_at: Timestamp,
    answered_at: Option<Timestamp>,
    answer: Option<CallState>,
}

impl From<Confirmation> for ConfirmationFields {
    fn from(row: Confirmation) -> Self {
        Self {
            id: row.id,
            question: row.kind,
            sent_at: row.sent_at,
            due_at: row.due_at,
            answered_at: row.answered_at,
            answer: row.answer,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct CallInFull {
    #[serde(flatten)]
    call: CallFields,
    confirmations: Vec<ConfirmationFields>,
}

async fn in_full(desk: &Desk, row: CallRow) -> Result<Json<CallInFull>> {
    let confirmations = store::confirmations(desk.db(), row.id).await?;
    Ok(Json(CallInFull {
        call: row.into(),
        confirmations: confirmations.into_iter().map(ConfirmationFields::from).collect(),
    }))
}

/// Get a call.
#[utoipa::path(get, path = "/calls/{id}", tag = "phone", params(("id" = CallId, Path)),
    responses((status = 200, body = CallInFull)))]
async fn get_call(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<CallId>) -> Result<Json<CallInFull>> {
    let row = actions::visible(&desk, &by, id).await?;
    in_full(&desk, row).await
}

/// Throw a running call away.
#[utoipa::path(delete, path = "/calls/{id}", tag = "phone", params(("id" = CallId, Path)),
    responses((status = 204)))]
async fn discard_call(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<CallId>) -> Result<StatusCode> {
    actions::discard(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who is no contact yet. With an address, its owner is found or made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCaller {
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: Option<String>,
    /// By its name, for a caller without an address.
    #[serde(default)]
    organisation: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCall {
    /// The contact who called; or `caller`.
    #[serde(default)]
    contact_id: Option<ContactId>,
    #[serde(default)]
    caller: Option<NewCaller>,
    /// With its country code, or as the settings' country writes it. It is kept with the contact.
    #[serde(default)]
    number: String,
    /// The open case that it is about; absent: a new one.
    #[serde(default)]
    case_id: Option<CaseId>,
    /// Of a new case.
    #[serde(default)]
    subject: String,
    #[serde(default)]
    kind: Option<CaseKind>,
    #[serde(default)]
    priority: Option<Priority>,
    /// What was said, for the contact to confirm.
    summary: String,
    started_at: Timestamp,
    #[serde(default)]
    ended_at: Option<Timestamp>,
    /// What to ask the contact at once.
    #[serde(default)]
    ask: Option<Question>,
}

impl From<NewCall> for Log {
    fn from(new: NewCall) -> Self {
        let unnamed = NewCaller { name: String::new(), address: None, organisation: None };
        Self {
            call: None,
            caller: match (new.contact_id, new.caller.unwrap_or(unnamed)) {
                (Some(id), _) => Caller::Contact(id),
                (None, NewCaller { name, address, organisation }) => Caller::New { name, address, organisation },
            },
            number: new.number,
            about: match new.case_id {
                Some(id) => About::Case(id),
                None => About::NewCase {
                    subject: new.subject,
                    kind: new.kind.unwrap_or(CaseKind::Question),
                    priority: new.priority.unwrap_or(Priority::Normal),
                },
            },
            summary: new.summary,
            started_at: new.started_at,
            ended_at: new.ended_at,
            ask: new.ask,
        }
    }
}

/// Log a call on a case. It is unconfirmed until the contact confirms it in writing.
#[utoipa::path(post, path = "/calls", tag = "phone", responses((status = 201, body = CallInFull)))]
async fn log_call(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(new): Json<NewCall>,
) -> Result<(StatusCode, Json<CallInFull>)> {
    let (id, _) = actions::log(&desk, &by, new.into()).await?;
    let row = actions::visible(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, in_full(&desk, row).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewQuestion {
    question: Question,
}

/// Ask the contact by mail to confirm a call.
#[utoipa::path(post, path = "/calls/{id}/confirmations", tag = "phone", params(("id" = CallId, Path)),
    responses((status = 201, body = CallInFull)))]
async fn ask_to_confirm_call(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CallId>,
    Json(new): Json<NewQuestion>,
) -> Result<(StatusCode, Json<CallInFull>)> {
    actions::ask(&desk, &by, id, new.question).await?;
    let row = actions::visible(&desk, &by, id).await?;
    Ok((StatusCode::CREATED, in_full(&desk, row).await?))
}

/// Let a call stand without an answer of the contact.
#[utoipa::path(post, path = "/calls/{id}/acceptance", tag = "phone", params(("id" = CallId, Path)),
    responses((status = 200, body = CallInFull)))]
async fn accept_call(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<CallId>) -> Result<Json<CallInFull>> {
    actions::accept(&desk, &by, id).await?;
    let row = actions::visible(&desk, &by, id).await?;
    in_full(&desk, row).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sought {
    /// A number or at least the last 4 digits of it, or part of a name, address or organisation.
    q: String,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Somebody who may have called.
#[derive(Serialize, ToSchema)]
struct FoundCaller {
    id: ContactId,
    name: String,
    organisation_id: Option<OrganisationId>,
    organisation: Option<String>,
    address: Option<String>,
    /// The number by which they were found, or one of theirs.
    number: Option<String>,
}

impl From<Found> for FoundCaller {
    fn from(found: Found) -> Self {
        Self {
            id: found.id,
            name: found.name,
            organisation_id: found.organisation_id,
            organisation: found.organisation,
            address: found.address,
            number: found.number,
        }
    }
}

/// Find who may have called.
#[utoipa::path(get, path = "/callers", tag = "phone",
    responses((status = 200, body = Vec<FoundCaller>)))]
async fn find_callers(
    State(desk): State<Desk>,
    _: Reader,
    Query(sought): Query<Sought>,
) -> Result<Json<Vec<FoundCaller>>> {
    let limit = i64::try_from(limit(sought.limit)?).unwrap_or(i64::MAX);
    let (found, _) = actions::find(&desk, &sought.q, limit).await?;
    Ok(Json(found.into_iter().map(FoundCaller::from).collect()))
}

/// List the telephone numbers of a contact.
#[utoipa::path(get, path = "/contacts/{id}/numbers", tag = "phone", params(("id" = ContactId, Path)),
    responses((status = 200, body = Vec<Number>)))]
async fn list_numbers(State(desk): State<Desk>, _: Reader, Path(id): Path<ContactId>) -> Result<Json<Vec<Number>>> {
    customers::store::contact(desk.db(), id).await?.ok_or(PhoneError::NoContact(id.0))?;
    Ok(Json(store::numbers(desk.db(), id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNumber {
    /// With its country code, or as the settings' country writes it.
    number: String,
    /// As `mobile`; at most 50 characters.
    #[serde(default)]
    label: String,
}

/// Add a telephone number to a contact.
#[utoipa::path(post, path = "/contacts/{id}/numbers", tag = "phone", params(("id" = ContactId, Path)),
    responses((status = 201, body = Number)))]
async fn add_number(
    State(desk): State<Desk>,
    _: Worker,
    Path(contact): Path<ContactId>,
    Json(new): Json<NewNumber>,
) -> Result<(StatusCode, Json<Number>)> {
    let (id, number_e164) = actions::add_number(&desk, contact, &new.number, &new.label).await?;
    let label = new.label.trim().to_owned();
    Ok((StatusCode::CREATED, Json(Number { id, number_e164, label })))
}

/// Take a telephone number from a contact.
#[utoipa::path(delete, path = "/contacts/{id}/numbers/{number}", tag = "phone",
    params(("id" = ContactId, Path), ("number" = NumberId, Path)), responses((status = 204)))]
async fn delete_number(
    State(desk): State<Desk>,
    _: Worker,
    Path((id, number)): Path<(ContactId, NumberId)>,
) -> Result<StatusCode> {
    actions::remove_number(&desk, id, number).await?;
    Ok(StatusCode::NO_CONTENT)
}
