//! `POST /hooks/phone`: announcements of the telephone system.
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::desk::Desk;
use crate::phone::PhoneError;
use crate::phone::actions::{self, Signed};
use crate::web::{Error, Result};

/// 204 also for an announcement that came before, so that it is not sent a third time.
pub(super) async fn announce(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Result<StatusCode> {
    if desk.config().phone.webhook_secret.is_empty() {
        return Err(Error::not_found("telephone door (phone.webhook_secret)"));
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(PhoneError::Unsigned);
    let signed = Signed {
        id: text("webhook-id")?,
        timestamp: text("webhook-timestamp")?,
        signature: text("webhook-signature")?,
        body: &body,
    };
    actions::announce(&desk, signed).await?;
    Ok(StatusCode::NO_CONTENT)
}
