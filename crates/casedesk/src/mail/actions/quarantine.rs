//! What people do with mail that was set aside.
use bytes::Bytes;

use crate::cases::actions::{self as cases, OpenByAgent};
use crate::cases::store::{self as case_store, Attachment};
use crate::cases::{AttachmentId, CaseId, CaseKind, Priority};
use crate::customers::Person;
use crate::desk::Desk;
use crate::mail::{InboundId, InboundState, MailError, store};
use crate::staff::Viewer;

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

/// Makes a case of a message that cannot be read, for the address that somebody found in it: a note says why it was set
/// aside, and has the message as it came as its file.
pub async fn make_case_of_unread(desk: &Desk, by: &Viewer, id: InboundId, address: &str) -> Result<CaseId, MailError> {
    let row = store::inbound(desk.db(), id).await?.ok_or(MailError::NoMessage(id))?;
    let raw = match (row.raw, &row.digest) {
        (Some(raw), _) => Bytes::from(raw),
        (None, Some(digest)) => desk.files().get(digest).await?,
        (None, None) => return Err(MailError::NoMessage(id)),
    };
    let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
    let digest = desk.files().put(raw).await?;
    let why = row.reason.unwrap_or_default();
    let mut tx = desk.db().begin().await?;
    // One thing at a time becomes of a message.
    tx.lock("mail.filing").await?;
    if row.state != InboundState::Quarantined || !store::release(&mut tx, id, InboundState::New, None).await? {
        return Err(MailError::NotQuarantined(id));
    }
    let wanted = OpenByAgent {
        requester: Person { name: None, address: address.to_owned() },
        subject: "A mail that could not be read".into(),
        note: format!(
            "This mail came {} and could not be read: {why}. It is attached as it came.",
            row.received_at.rfc3339()
        ),
        kind: CaseKind::Question,
        priority: Priority::Normal,
        team: by.teams.first().copied(),
    };
    let (case, entry) = cases::open_by_agent_in(&mut tx, desk, by, wanted).await?;
    let file = Attachment {
        id: AttachmentId(0),
        case_id: case,
        entry_id: Some(entry),
        agent_id: Some(by.id),
        name: format!("message-{id}.eml"),
        content_type: "message/rfc822".into(),
        size,
        digest: digest.clone(),
        shows_inline: false,
        content_id: None,
    };
    case_store::insert_attachment(&mut tx, &file, desk.now()).await?;
    let reason = Some("a person made a case of it");
    store::settle(&mut tx, id, InboundState::Filed, reason, Some(entry), Some(&digest)).await?;
    tx.commit().await?;
    Ok(case)
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
