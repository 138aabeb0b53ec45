//! What was set aside, and what people do with it.
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::mail::store::SetAside;
use crate::mail::{InboundId, InboundState, MailError, actions, store};
use crate::staff::Worker;
use crate::web::api::{Json, Path, Query, limit};
use crate::web::{Result, disposition};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    #[serde(default)]
    #[param(inline)]
    state: Pile,
    /// The `next` of the page before.
    before: Option<InboundId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Pile {
    /// Could not be read or filed.
    #[default]
    Quarantined,
    /// Written by a machine, and no case is concerned.
    Aside,
    /// Put away by a person.
    Dismissed,
}

impl From<Pile> for InboundState {
    fn from(pile: Pile) -> Self {
        match pile {
            Pile::Quarantined => Self::Quarantined,
            Pile::Aside => Self::Aside,
            Pile::Dismissed => Self::Dismissed,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct QuarantinePage {
    messages: Vec<QuarantinedMail>,
    /// Give it as `before` to get the next page. `null`: this is the last one.
    next: Option<InboundId>,
}

#[derive(Serialize, ToSchema)]
struct QuarantinedMail {
    id: InboundId,
    /// The way it came.
    source: String,
    received_at: Timestamp,
    /// In bytes.
    size: i64,
    state: InboundState,
    reason: Option<String>,
}

impl From<SetAside> for QuarantinedMail {
    fn from(row: SetAside) -> Self {
        Self {
            id: row.id,
            source: row.source,
            received_at: row.received_at,
            size: row.size,
            state: row.state,
            reason: row.reason,
        }
    }
}

/// List mail that was set aside, newest first.
#[utoipa::path(get, path = "/quarantine", tag = "mail",
    responses((status = 200, body = QuarantinePage)))]
pub(super) async fn list_quarantine(
    State(desk): State<Desk>,
    _: Worker,
    Query(asked): Query<Asked>,
) -> Result<Json<QuarantinePage>> {
    let limit = limit(asked.limit)?;
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = store::set_aside(desk.db(), asked.state.into(), asked.before, one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(Json(QuarantinePage { messages: rows.into_iter().map(QuarantinedMail::from).collect(), next }))
}

/// Get a mail that was set aside, as it came.
#[utoipa::path(get, path = "/quarantine/{id}/raw", tag = "mail", params(("id" = InboundId, Path)),
    responses((status = 200, description = "The message", content_type = "message/rfc822")))]
pub(super) async fn get_quarantined(
    State(desk): State<Desk>,
    _: Worker,
    Path(id): Path<InboundId>,
) -> Result<Response> {
    let no_message = || MailError::NoMessage(id);
    let row = store::inbound(desk.db(), id).await?.ok_or_else(no_message)?;
    // What is on a case is shown there alone, to those who may see the case.
    let aside = matches!(row.state, InboundState::Quarantined | InboundState::Aside | InboundState::Dismissed);
    let raw = match (row.raw, row.digest) {
        _ if !aside || row.entry_id.is_some() => return Err(no_message().into()),
        (Some(raw), _) => raw.into(),
        (None, Some(digest)) => desk.files().get(&digest).await.map_err(MailError::from)?,
        (None, None) => return Err(no_message().into()),
    };
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822"));
    let name = (header::CONTENT_DISPOSITION, disposition::header(false, &format!("message-{id}.eml")));
    Ok(([kind, name], raw).into_response())
}

/// Try again to read and file it.
#[utoipa::path(post, path = "/quarantine/{id}/retries", tag = "mail", params(("id" = InboundId, Path)),
    responses((status = 202, description = "It will be filed")))]
pub(super) async fn retry(State(desk): State<Desk>, _: Worker, Path(id): Path<InboundId>) -> Result<StatusCode> {
    actions::retry(&desk, id).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Sender {
    /// Who wrote a mail that cannot be read, by mail address. It is then attached to the case as it came.
    requester: Option<String>,
}

/// Make a case of it, whatever it is.
#[utoipa::path(post, path = "/quarantine/{id}/cases", tag = "mail", params(("id" = InboundId, Path)),
    responses((status = 202, description = "It will be filed")))]
pub(super) async fn make_case(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InboundId>,
    Query(Sender { requester }): Query<Sender>,
) -> Result<StatusCode> {
    match requester {
        Some(address) => drop(actions::make_case_of_unread(&desk, &by, id, &address).await?),
        None => actions::make_case(&desk, id).await?,
    }
    Ok(StatusCode::ACCEPTED)
}

/// Put it away.
///
/// The bytes stay.
#[utoipa::path(post, path = "/quarantine/{id}/dismissal", tag = "mail", params(("id" = InboundId, Path)),
    responses((status = 204)))]
pub(super) async fn dismiss(State(desk): State<Desk>, _: Worker, Path(id): Path<InboundId>) -> Result<StatusCode> {
    actions::dismiss(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
