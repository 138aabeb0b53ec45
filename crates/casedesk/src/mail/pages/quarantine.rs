//! Mail that could not be filed, and machines' mail that concerns no case. All of it is kept whole.
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::shell;
use crate::desk::Desk;
use crate::mail::store::{self, SetAside};
use crate::mail::{InboundId, InboundState, MailError, actions};
use crate::staff::{Reader, Worker};
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

const ROWS: usize = 50;
/// Larger messages are listed without a look inside.
const LOOKED_INTO_BYTES: i64 = 1_000_000;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    aside: bool,
    before: Option<InboundId>,
}

struct Row {
    id: i64,
    subject: String,
    from: String,
    source: String,
    size: String,
    at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "mail/quarantine.html")]
struct Page {
    shell: Shell,
    aside: bool,
    count: i64,
    count_aside: i64,
    rows: Vec<Row>,
    next: Option<i64>,
}

/// `GET /quarantine`
pub(super) async fn all(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let state = if asked.aside { InboundState::Aside } else { InboundState::Quarantined };
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = store::set_aside(desk.db(), state, asked.before, limit).await?;
    let next = (found.len() > ROWS).then(|| found.get(ROWS - 1).map(|row| row.id.0)).flatten();
    found.truncate(ROWS);
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        rows.push(shown(&desk, row).await?);
    }
    let count = store::count(desk.db(), InboundState::Quarantined).await?;
    let count_aside = store::count(desk.db(), InboundState::Aside).await?;
    Ok(Html(Page { shell: shell(&by, "quarantine", ""), aside: asked.aside, count, count_aside, rows, next }))
}

async fn shown(desk: &Desk, row: SetAside) -> Result<Row> {
    let raw = if row.size <= LOOKED_INTO_BYTES { raw(desk, row.id).await.ok() } else { None };
    let mail = raw.and_then(|raw| casedesk_mail::read(&raw, &casedesk_mail::Desk::default()).ok());
    let subject = mail.as_ref().map(|mail| mail.subject.clone()).filter(|subject| !subject.is_empty());
    Ok(Row {
        id: row.id.0,
        subject: subject.unwrap_or_else(|| "No subject can be read".into()),
        from: mail.map_or_else(String::new, |mail| mail.author.address.address),
        source: format!("by {}", row.source),
        size: format!("{} KB", row.size / 1_000 + 1),
        at: row.received_at.rfc3339(),
        reason: row.reason.unwrap_or_default(),
    })
}

/// The message as it came, from wherever it is kept.
async fn raw(desk: &Desk, id: InboundId) -> Result<Vec<u8>, MailError> {
    let row = store::inbound(desk.db(), id).await?.ok_or(MailError::NoMessage(id))?;
    match (row.raw, row.digest) {
        (Some(raw), _) => Ok(raw),
        (None, Some(digest)) => Ok(desk.files().get(&digest).await?.to_vec()),
        (None, None) => Err(MailError::NoMessage(id)),
    }
}

/// `GET /quarantine/{id}/source`
pub(super) async fn source(State(desk): State<Desk>, _: Reader, Path(id): Path<InboundId>) -> Result<Response> {
    Ok(as_text(raw(&desk, id).await?))
}

/// Bytes from outside, shown as text and as nothing else.
pub(super) fn as_text(bytes: Vec<u8>) -> Response {
    let mut response = String::from_utf8_lossy(&bytes).into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}

/// `POST /quarantine/{id}/retry`
pub(super) async fn retry(State(desk): State<Desk>, _: Worker, Path(id): Path<InboundId>) -> Result<Response> {
    actions::retry(&desk, id).await?;
    Ok(see_other("/quarantine"))
}

#[derive(Deserialize)]
pub(super) struct Sender {
    /// Who wrote a mail that cannot be read, as somebody found it in the source.
    address: Option<String>,
}

/// `POST /quarantine/{id}/case`
pub(super) async fn make_case(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InboundId>,
    Form(Sender { address }): Form<Sender>,
) -> Result<Response> {
    if let Some(address) = address {
        let case = actions::make_case_of_unread(&desk, &by, id, &address).await?;
        return Ok(see_other(&format!("/cases/{case}")));
    }
    actions::make_case(&desk, id).await?;
    Ok(see_other("/quarantine?aside=true"))
}

/// `POST /quarantine/{id}/dismissal`
pub(super) async fn dismiss(State(desk): State<Desk>, _: Worker, Path(id): Path<InboundId>) -> Result<Response> {
    actions::dismiss(&desk, id).await?;
    Ok(see_other("/quarantine"))
}
