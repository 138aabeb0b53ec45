//! The one way in: whole, synced, then acknowledged.
use bytes::Bytes;

use crate::desk::Desk;
use crate::mail::{InboundState, MailError, Source, Taken, store};

/// Stores the message. When this returns `Ok`, it is on the disk and will be filed, whatever dies.
pub async fn take_in(desk: &Desk, source: Source<'_>, raw: Bytes) -> Result<Taken, MailError> {
    let limit = desk.config().mail.max_size;
    if raw.len() > limit {
        return Err(MailError::TooLarge { size: raw.len(), limit });
    }
    let envelope = serde_json::to_string(&source).unwrap_or_default();
    let mut tx = desk.db().begin().await?;
    let key = source.key();
    let id = store::insert_inbound(&mut tx, source.word(), key.as_deref(), &envelope, &raw, desk.now()).await?;
    tx.commit().await?;
    metrics::counter!("casedesk_mail_in_total", "source" => source.word()).increment(1);
    Ok(id.map_or(Taken::Again, Taken::Stored))
}

/// Puts a message that is too large to take in where people see it: its header alone, and why.
pub async fn note_oversized(desk: &Desk, source: Source<'_>, header: Bytes, size: u64) -> Result<Taken, MailError> {
    let envelope = serde_json::to_string(&source).unwrap_or_default();
    let limit = desk.config().mail.max_size;
    let mut tx = desk.db().begin().await?;
    let key = source.key();
    let id = store::insert_inbound(&mut tx, source.word(), key.as_deref(), &envelope, &header, desk.now()).await?;
    if let Some(id) = id {
        let reason =
            format!("it has {size} bytes, more than the {limit} of mail.max_size; only its header was fetched");
        store::settle(&mut tx, id, InboundState::Quarantined, Some(&reason), None, None).await?;
    }
    tx.commit().await?;
    Ok(id.map_or(Taken::Again, Taken::Stored))
}
