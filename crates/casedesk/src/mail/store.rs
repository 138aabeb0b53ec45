//! SQL of incoming and outgoing mail.
use super::{InboundId, InboundState};
use crate::cases::{CaseId, EntryId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// The notice that a message waits to be filed.
pub const WAKE: &str = "mail";

/// A message as it came in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Inbound {
    pub id: InboundId,
    pub source: String,
    pub envelope: String,
    pub received_at: Timestamp,
    pub size: i64,
    pub raw: Option<Vec<u8>>,
    pub digest: Option<String>,
    pub state: InboundState,
    pub reason: Option<String>,
    pub tries: i64,
    pub entry_id: Option<EntryId>,
}

const COLUMNS: &str =
    "SELECT id, source, envelope, received_at, size, raw, digest, state, reason, tries, entry_id FROM inbound ";

/// Stores a message; `None` when the same key was stored before.
pub async fn insert_inbound(
    tx: &mut Tx,
    source: &str,
    key: Option<&str>,
    envelope: &str,
    raw: &[u8],
    now: Timestamp,
) -> Result<Option<InboundId>> {
    let row: Option<(InboundId,)> = tx
        .opt(q!(
            "INSERT INTO inbound (source, source_key, envelope, received_at, size, raw, state)
             VALUES ($1, $2, $3, $4, $5, $6, 'new') ON CONFLICT (source_key) DO NOTHING RETURNING id",
            source,
            key,
            envelope,
            now,
            i64::try_from(raw.len()).unwrap_or(i64::MAX),
            raw,
        ))
        .await?;
    tx.notify(WAKE.into()).await?;
    Ok(row.map(|(id,)| id))
}

/// The oldest messages that wait to be filed, after `after`.
pub async fn waiting(on: impl Read, after: InboundId, limit: i64) -> Result<Vec<InboundId>> {
    let rows: Vec<(InboundId,)> =
        on.all(q!("SELECT id FROM inbound WHERE state = 'new' AND id > $1 ORDER BY id LIMIT $2", after, limit)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn inbound(on: impl Read, id: InboundId) -> Result<Option<Inbound>> {
    on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await
}

/// Marks a message as dealt with; its bytes are in the file store under `digest`. False: somebody was quicker.
pub async fn settle(
    tx: &mut Tx,
    id: InboundId,
    state: InboundState,
    reason: Option<&str>,
    entry: Option<EntryId>,
    digest: Option<&str>,
) -> Result<bool> {
    let changed = tx
        .exec(q!(
            "UPDATE inbound SET state = $2, reason = $3, entry_id = COALESCE($4, entry_id),
                digest = COALESCE($5, digest), raw = CASE WHEN $5 IS NULL THEN raw END
             WHERE id = $1 AND state = 'new'",
            id,
            state,
            reason,
            entry,
            digest
        ))
        .await?;
    Ok(changed == 1)
}

/// Counts a failed try; the message stays where it is.
pub async fn count_try(tx: &mut Tx, id: InboundId) -> Result<u64> {
    tx.exec(q!("UPDATE inbound SET tries = tries + 1 WHERE id = $1", id)).await
}

/// Gives a message that was set aside back to the filing.
pub async fn release(tx: &mut Tx, id: InboundId, to: InboundState, reason: Option<&str>) -> Result<bool> {
    let changed = tx
        .exec(q!(
            "UPDATE inbound SET state = $2, reason = $3, tries = 0
             WHERE id = $1 AND state IN ('quarantined', 'aside')",
            id,
            to,
            reason
        ))
        .await?;
    if to == InboundState::New {
        tx.notify(WAKE.into()).await?;
    }
    Ok(changed == 1)
}

/// A row of the quarantine.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct SetAside {
    pub id: InboundId,
    pub source: String,
    pub received_at: Timestamp,
    pub size: i64,
    pub state: InboundState,
    pub reason: Option<String>,
}

/// What people should look at, newest first.
pub async fn set_aside(
    on: impl Read,
    state: InboundState,
    before: Option<InboundId>,
    limit: i64,
) -> Result<Vec<SetAside>> {
    on.all(
        q!(
            "SELECT id, source, received_at, size, state, reason FROM inbound WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            state,
            before.unwrap_or(InboundId(i64::MAX)),
            limit
        ),
    )
    .await
}

/// How many messages are in this state, up to 1,000.
pub async fn count(on: impl Read, state: InboundState) -> Result<i64> {
    let (count,): (i64,) =
        on.one(q!("SELECT COUNT(*) FROM (SELECT 1 FROM inbound WHERE state = $1 LIMIT 1000) n", state)).await?;
    Ok(count)
}

/// When the oldest message that still waits came in.
pub async fn oldest_waiting(on: impl Read) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = on.one(q!("SELECT MIN(received_at) FROM inbound WHERE state = 'new'")).await?;
    Ok(at)
}

/// What mail knows of an entry.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    pub entry_id: EntryId,
    pub message_id: Option<String>,
    pub subject: String,
    /// The JSON of a list of Message-IDs, oldest first.
    pub reference_ids: String,
    pub raw_digest: Option<String>,
    pub html_digest: Option<String>,
}

const MESSAGE: &str =
    "SELECT entry_id, message_id, subject, reference_ids, raw_digest, html_digest FROM mail_messages ";

pub async fn message(on: impl Read, entry: EntryId) -> Result<Option<Message>> {
    on.opt(Query::new(MESSAGE).push("WHERE entry_id = ").bind(entry)).await
}

/// The newest message of the case, or of what is merged into it, that has a Message-ID and was sent.
pub async fn newest_message(on: impl Read, case: CaseId, before: EntryId) -> Result<Option<Message>> {
    on.opt(q!(
        "SELECT m.entry_id, m.message_id, m.subject, m.reference_ids, m.raw_digest, m.html_digest
         FROM entries e JOIN mail_messages m ON m.entry_id = e.id
         WHERE (e.case_id = $1 OR e.case_id IN (SELECT id FROM cases WHERE merged_into = $1)) AND e.id < $2
           AND m.message_id IS NOT NULL AND e.kind IN ('mail_in', 'mail_out')
           AND (e.delivery IS NULL OR e.delivery <> 'cancelled')
         ORDER BY CASE WHEN e.kind = 'mail_in' THEN 0 ELSE 1 END, e.id DESC LIMIT 1",
        case,
        before
    ))
    .await
}

/// The entry with this fingerprint, if the message was filed before.
pub async fn by_fingerprint(on: impl Read, fingerprint: &str) -> Result<Option<EntryId>> {
    let row: Option<(EntryId,)> =
        on.opt(q!("SELECT entry_id FROM mail_messages WHERE fingerprint = $1", fingerprint)).await?;
    Ok(row.map(|(id,)| id))
}

/// Whether a message with this fingerprint was erased.
pub async fn was_erased(on: impl Read, fingerprint: &str) -> Result<bool> {
    let row: Option<(i64,)> = on.opt(q!("SELECT at FROM mail_erased WHERE fingerprint = $1", fingerprint)).await?;
    Ok(row.is_some())
}

/// A message that was erased came again: its place in the mailbox is remembered, and nothing else of it.
pub async fn keep_away(tx: &mut Tx, id: InboundId, reason: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE inbound SET state = 'duplicate', reason = $2, raw = NULL, digest = NULL, envelope = '{}'
         WHERE id = $1 AND state = 'new'",
        id,
        reason
    ))
    .await
}

pub async fn insert_message(tx: &mut Tx, message: &Message, fingerprint: &str) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO mail_messages (entry_id, message_id, fingerprint, subject, reference_ids, raw_digest, html_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (entry_id) DO NOTHING",
        message.entry_id,
        message.message_id.as_deref(),
        fingerprint,
        &message.subject,
        &message.reference_ids,
        message.raw_digest.as_deref(),
        message.html_digest.as_deref(),
    ))
    .await
}

/// Which cases these Message-IDs were seen or heard of in.
pub async fn cases_of_ids(on: impl Read, ids: &[String]) -> Result<Vec<(String, i64)>> {
    on.all(q!("SELECT message_id, case_id FROM mail_ids WHERE message_id IN ").bind_list(ids.iter())).await
}

/// Remembers Message-IDs for the case, unless another case has them.
pub async fn remember_ids(tx: &mut Tx, ids: &[String], case: CaseId) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new("INSERT INTO mail_ids (message_id, case_id) VALUES ");
    for (i, id) in ids.iter().enumerate() {
        query = query.push(if i == 0 { "(" } else { ", (" }).bind(id).push(", ").bind(case).push(")");
    }
    tx.exec(query.push(" ON CONFLICT DO NOTHING")).await?;
    Ok(())
}

/// How much automatic mail this address has had since `since`, and on this case at all.
pub async fn automatic_to(on: impl Read, address: &str, case: CaseId, since: Timestamp) -> Result<(i64, i64)> {
    on.one(q!(
        "SELECT COUNT(CASE WHEN at >= $3 THEN 1 END), COUNT(CASE WHEN case_id = $2 THEN 1 END)
         FROM automatic_mail WHERE address = $1",
        address,
        case,
        since
    ))
    .await
}

pub async fn note_automatic(tx: &mut Tx, address: &str, case: CaseId, now: Timestamp) -> Result<u64> {
    tx.exec(q!("INSERT INTO automatic_mail (address, case_id, at) VALUES ($1, $2, $3)", address, case, now)).await
}

/// Every stored file that a message names, by its SHA-256.
pub async fn digests(on: impl Read) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on
        .all(q!("SELECT raw_digest FROM mail_messages WHERE raw_digest IS NOT NULL
             UNION SELECT html_digest FROM mail_messages WHERE html_digest IS NOT NULL
             UNION SELECT digest FROM inbound WHERE digest IS NOT NULL"))
        .await?;
    Ok(rows.into_iter().map(|(digest,)| digest).collect())
}
