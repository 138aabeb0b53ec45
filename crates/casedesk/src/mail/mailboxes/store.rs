//! SQL of the mailboxes' state.
use super::{MailboxId, Trouble};
use crate::db::{Db, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// How many gaps of one mailbox are tried again in one go.
const GAPS_AT_ONCE: i64 = 100;

/// A mailbox's row, without its lease.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) created_at: Timestamp,
    pub(super) last_ok_at: Option<Timestamp>,
    pub(super) failing_since: Option<Timestamp>,
    pub(super) trouble: Option<String>,
    pub(super) last_error: Option<String>,
    pub(super) behind: i64,
    pub(super) gaps: i64,
    pub(super) alarmed: bool,
}

/// Where reading stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Position {
    #[sqlx(rename = "id")]
    pub mailbox: i64,
    pub uid_validity: Option<i64>,
    pub last_uid: i64,
    pub window_uid: i64,
    pub window_since: Option<Timestamp>,
    /// The JSON of a list of days, from before `window_since`, that are read too.
    pub window_days: String,
    pub last_ok_at: Option<Timestamp>,
}

/// Makes the row; a new one with a new id when the settings name another place.
pub(super) async fn register(tx: &mut Tx, name: &str, origin: &str, now: Timestamp) -> Result<i64> {
    tx.exec(q!("DELETE FROM mailboxes WHERE name = $1 AND origin <> $2", name, origin)).await?;
    tx.insert(q!(
        "INSERT INTO mailboxes (name, origin, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
        name,
        origin,
        now
    ))
    .await
}

/// Takes or renews the lease; whether it is ours now.
pub(super) async fn lease(tx: &mut Tx, id: MailboxId, node: &str, until: Timestamp, now: Timestamp) -> Result<bool> {
    let rows = tx
        .exec(q!(
            "UPDATE mailboxes SET lease_node = $1, lease_until = $2
             WHERE id = $3 AND (lease_node IS NULL OR lease_node = $1 OR lease_until < $4)",
            node,
            until,
            id,
            now
        ))
        .await?;
    Ok(rows == 1)
}

pub(super) async fn release(tx: &mut Tx, id: MailboxId, node: &str) -> Result<()> {
    tx.exec(q!("UPDATE mailboxes SET lease_node = NULL, lease_until = 0 WHERE id = $1 AND lease_node = $2", id, node))
        .await
        .map(|_| ())
}

pub(super) async fn position(db: &Db, id: MailboxId) -> Result<Position> {
    db.one(q!(
        "SELECT id, uid_validity, last_uid, window_uid, window_since, window_days, last_ok_at FROM mailboxes WHERE id = $1",
        id
    ))
    .await
}

/// The days on which messages arrived that were put off.
pub(super) async fn gap_days(db: &Db, id: MailboxId) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = db
        .all(q!(
            "SELECT DISTINCT arrived_on FROM mailbox_gaps WHERE mailbox_id = $1 AND arrived_on IS NOT NULL ORDER BY arrived_on",
            id
        ))
        .await?;
    Ok(rows.into_iter().map(|(day,)| day).collect())
}

/// Begins a numbering of the server's: everything up to `window_uid` is read from `since` on, and on these days.
pub(super) async fn renumber(
    tx: &mut Tx,
    id: MailboxId,
    uid_validity: u32,
    window_uid: u32,
    since: Option<Timestamp>,
    days: &str,
) -> Result<()> {
    tx.exec(q!("DELETE FROM mailbox_gaps WHERE mailbox_id = $1", id)).await?;
    tx.exec(q!(
        "UPDATE mailboxes SET uid_validity = $1, last_uid = 0, window_uid = $2, window_since = $3, window_days = $4
         WHERE id = $5",
        i64::from(uid_validity),
        i64::from(window_uid),
        since,
        days,
        id
    ))
    .await
    .map(|_| ())
}

/// Ends every lease: of a process that died, where there is only one at a time.
pub(super) async fn release_all(tx: &mut Tx) -> Result<u64> {
    tx.exec(q!("UPDATE mailboxes SET lease_node = NULL, lease_until = 0 WHERE lease_node IS NOT NULL")).await
}

/// Moves the place on; whether the lease was still ours.
pub(super) async fn advance(
    tx: &mut Tx,
    id: MailboxId,
    node: &str,
    last_uid: u32,
    behind: i64,
    now: Timestamp,
) -> Result<bool> {
    let rows = tx
        .exec(q!(
            "UPDATE mailboxes SET last_uid = $1, behind = $2, last_ok_at = $3 WHERE id = $4 AND lease_node = $5",
            i64::from(last_uid),
            behind,
            now,
            id,
            node
        ))
        .await?;
    Ok(rows == 1)
}

pub(super) async fn well(tx: &mut Tx, id: MailboxId, now: Timestamp) -> Result<()> {
    tx.exec(q!(
        "UPDATE mailboxes SET last_ok_at = $1, behind = 0, failing_since = NULL, trouble = NULL, last_error = NULL
         WHERE id = $2",
        now,
        id
    ))
    .await
    .map(|_| ())
}

pub(super) async fn failed(tx: &mut Tx, id: MailboxId, trouble: Trouble, says: &str, now: Timestamp) -> Result<()> {
    tx.exec(q!(
        "UPDATE mailboxes SET failing_since = COALESCE(failing_since, $1), trouble = $2, last_error = $3 WHERE id = $4",
        now,
        trouble,
        says,
        id
    ))
    .await
    .map(|_| ())
}

/// A message that is left for later.
pub(in crate::mail) struct Gap<'a> {
    pub(in crate::mail) uid: u32,
    pub(in crate::mail) reason: &'a str,
    /// The beginning of the day on which the server got it, when it told.
    pub(in crate::mail) arrived_on: Option<Timestamp>,
}

/// Remembers a message that is left for later.
pub(super) async fn add_gap(tx: &mut Tx, id: MailboxId, gap: &Gap<'_>, next_try_at: Timestamp) -> Result<()> {
    tx.exec(q!(
        "INSERT INTO mailbox_gaps (mailbox_id, uid, reason, attempts, next_try_at, arrived_on)
         VALUES ($1, $2, $3, 1, $4, $5)
         ON CONFLICT (mailbox_id, uid) DO UPDATE
         SET reason = excluded.reason, attempts = mailbox_gaps.attempts + 1, next_try_at = excluded.next_try_at,
             arrived_on = COALESCE(excluded.arrived_on, mailbox_gaps.arrived_on)",
        id,
        i64::from(gap.uid),
        gap.reason,
        next_try_at,
        gap.arrived_on
    ))
    .await
    .map(|_| ())
}

pub(super) async fn close_gap(tx: &mut Tx, id: MailboxId, uid: u32) -> Result<()> {
    tx.exec(q!("DELETE FROM mailbox_gaps WHERE mailbox_id = $1 AND uid = $2", id, i64::from(uid))).await.map(|_| ())
}

/// Uid and number of attempts of the gaps that are due.
pub(super) async fn due_gaps(db: &Db, id: MailboxId, now: Timestamp) -> Result<Vec<(i64, i64)>> {
    db.all(q!(
        "SELECT uid, attempts FROM mailbox_gaps WHERE mailbox_id = $1 AND next_try_at <= $2 ORDER BY uid LIMIT $3",
        id,
        now,
        GAPS_AT_ONCE
    ))
    .await
}

pub(super) async fn all(read: impl Read) -> Result<Vec<Row>> {
    read.all(q!("SELECT m.id, m.name, m.created_at, m.last_ok_at, m.failing_since, m.trouble, m.last_error, m.behind,
             (SELECT count(*) FROM mailbox_gaps g WHERE g.mailbox_id = m.id) AS gaps, m.alarmed
         FROM mailboxes m ORDER BY m.name LIMIT 1000"))
        .await
}

/// Sets the alarm on or off; whether that was a change.
pub(super) async fn set_alarm(tx: &mut Tx, id: MailboxId, alarmed: bool) -> Result<bool> {
    let rows = tx.exec(q!("UPDATE mailboxes SET alarmed = $1 WHERE id = $2 AND alarmed <> $1", alarmed, id)).await?;
    Ok(rows == 1)
}
