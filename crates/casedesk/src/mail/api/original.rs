//! A mail as it came.
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::cases::store as case_store;
use crate::cases::{CasesError, EntryId, actions as cases};
use crate::desk::Desk;
use crate::mail::store::Message;
use crate::mail::{MailError, store};
use crate::staff::{Reader, Viewer};
use crate::web::api::Path;
use crate::web::{Error, Result, disposition};

/// Get the source of a mail.
#[utoipa::path(get, path = "/entries/{id}/raw", tag = "mail", params(("id" = EntryId, Path)),
    responses((status = 200, description = "The message", content_type = "message/rfc822")))]
pub(super) async fn get_raw(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<EntryId>) -> Result<Response> {
    let message = message(&desk, &by, id).await?;
    let digest = message.raw_digest.ok_or_else(|| Error::not_found("source of this entry"))?;
    let raw = desk.files().get(&digest).await.map_err(MailError::from)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822")),
        (header::CONTENT_DISPOSITION, disposition::header(false, &format!("message-{id}.eml"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, raw).into_response())
}

async fn message(desk: &Desk, by: &Viewer, id: EntryId) -> Result<Message> {
    let none = || Error::not_found("such mail");
    let entry = case_store::entry(desk.db(), id).await?.ok_or_else(none)?;
    cases::may_read(desk, by, entry.case_id).await.map_err(|error| match error {
        CasesError::NoCase(_) => none(),
        other => other.into(),
    })?;
    store::message(desk.db(), id).await?.ok_or_else(none)
}
