//! What people do with mail that was set aside.
use crate::desk::Desk;
use crate::mail::{InboundId, InboundState, MailError, store};

/// The reason that tells the filing to open a case whatever the message is.
pub(super) const WANTED: &str = "a person wants a case of it";

/// Tries again to read and file it, after whatever was in the way is mended.
pub async fn retry(desk: &Desk, id: InboundId) -> Result<(), MailError> {
    release(desk, id, InboundState::New, None).await
}

/// Makes a case of it, machine or not.
pub async fn make_case(desk: &Desk, id: InboundId) -> Result<(), MailError> {
    release(desk, id, InboundState::New, Some(WANTED)).await
}

/// Puts it away; the bytes stay.
pub async fn dismiss(desk: &Desk, id: InboundId) -> Result<(), MailError> {
    release(desk, id, InboundState::Dismissed, None).await
}

async fn release(desk: &Desk, id: InboundId, to: InboundState, reason: Option<&str>) -> Result<(), MailError> {
    let mut tx = desk.db().begin().await?;
    if !store::release(&mut tx, id, to, reason).await? {
        return Err(MailError::NotQuarantined(id));
    }
    tx.commit().await?;
    Ok(())
}
