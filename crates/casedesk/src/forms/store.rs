//! SQL of the form: what came by it, private links, and what it asks besides.
mod questions;

pub use questions::*;

use super::{PrivateLinkId, SubmissionId, SubmissionState};
use crate::cases::CaseId;
use crate::cases::actions::ReceivedFile;
use crate::customers::ContactId;
use crate::db::{Dialect, Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// A message of the form, to be remembered.
pub struct NewSubmission<'a> {
    pub nonce: Option<&'a str>,
    pub digest: &'a str,
    pub state: SubmissionState,
    pub reason: Option<&'a str>,
    /// The JSON of a `Typed` while it is held.
    pub typed: &'a str,
    pub at: Timestamp,
}

/// `None`: a form with this nonce was sent before.
pub async fn insert_submission(tx: &mut Tx, new: &NewSubmission<'_>) -> Result<Option<SubmissionId>> {
    let row: Option<(SubmissionId,)> = tx
        .opt(q!(
            "INSERT INTO form_submissions (nonce, digest, state, reason, typed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (nonce) DO NOTHING RETURNING id",
            new.nonce,
            new.digest,
            new.state,
            new.reason,
            new.typed,
            new.at
        ))
        .await?;
    Ok(row.map(|(id,)| id))
}

pub async fn set_case(tx: &mut Tx, id: SubmissionId, case: CaseId) -> Result<u64> {
    tx.exec(q!("UPDATE form_submissions SET case_id = $2 WHERE id = $1", id, case)).await
}

/// What was sent before with the same stamp.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Earlier {
    pub digest: String,
    pub state: SubmissionState,
    pub case_id: Option<CaseId>,
}

pub async fn by_nonce(on: impl Read, nonce: &str) -> Result<Option<Earlier>> {
    on.opt(q!("SELECT digest, state, case_id FROM form_submissions WHERE nonce = $1", nonce)).await
}

/// A message that waits for a look.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    pub id: SubmissionId,
    pub reason: Option<String>,
    pub typed: String,
    pub created_at: Timestamp,
    pub files: i64,
}

const HELD: &str = "SELECT s.id, s.reason, s.typed, s.created_at,
    (SELECT COUNT(*) FROM form_files f WHERE f.submission_id = s.id) AS files
    FROM form_submissions s WHERE s.state = 'held'";

/// What waits, newest first.
pub async fn held(on: impl Read, before: Option<SubmissionId>, limit: i64) -> Result<Vec<Held>> {
    let before = before.unwrap_or(SubmissionId(i64::MAX));
    on.all(Query::new(HELD).push(" AND s.id < ").bind(before).push(" ORDER BY s.id DESC LIMIT ").bind(limit)).await
}

/// One that waits, kept until the transaction ends.
pub async fn lock_held(tx: &mut Tx, id: SubmissionId) -> Result<Option<Held>> {
    let lock = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE OF s",
    };
    tx.opt(Query::new(HELD).push(" AND s.id = ").bind(id).push(lock)).await
}

/// How many wait, up to `most`.
pub async fn count_held(on: impl Read, most: i64) -> Result<i64> {
    let (count,): (i64,) = on
        .one(q!("SELECT COUNT(*) FROM (SELECT 1 FROM form_submissions WHERE state = 'held' LIMIT $1) n", most))
        .await?;
    Ok(count)
}

/// Nothing of what was typed stays here once it is decided.
pub async fn settle_held(
    tx: &mut Tx,
    id: SubmissionId,
    state: SubmissionState,
    case: Option<CaseId>,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!("DELETE FROM form_files WHERE submission_id = $1", id)).await?;
    tx.exec(q!(
        "UPDATE form_submissions SET state = $2, case_id = $3, typed = '', created_at = $4 WHERE id = $1",
        id,
        state,
        case,
        now
    ))
    .await
}

/// Forgets what was decided before this time.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM form_submissions WHERE state <> 'held' AND created_at < $1", before)).await
}

pub async fn insert_file(tx: &mut Tx, id: SubmissionId, file: &ReceivedFile) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO form_files (submission_id, name, content_type, size, digest, shows_inline)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        &file.name,
        &file.content_type,
        file.size,
        &file.digest,
        file.shows_inline
    ))
    .await
}

/// The files of a held message, 100 at the most.
pub async fn files(on: impl Read, id: SubmissionId) -> Result<Vec<ReceivedFile>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        name: String,
        content_type: String,
        size: i64,
        digest: String,
        shows_inline: bool,
    }
    let rows: Vec<Row> = on
        .all(q!(
            "SELECT name, content_type, size, digest, shows_inline FROM form_files WHERE submission_id = $1
             ORDER BY id LIMIT 100",
            id
        ))
        .await?;
    let file = |row: Row| ReceivedFile {
        name: row.name,
        content_type: row.content_type,
        size: row.size,
        digest: row.digest,
        shows_inline: row.shows_inline,
        content_id: None,
    };
    Ok(rows.into_iter().map(file).collect())
}

/// Every stored file that a held message names, by its SHA-256.
pub async fn digests(on: impl Read) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on.all(q!("SELECT DISTINCT digest FROM form_files")).await?;
    Ok(rows.into_iter().map(|(digest,)| digest).collect())
}

/// Whose case a link shows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LiveLink {
    pub case_id: CaseId,
    pub contact_id: ContactId,
    pub address: String,
    /// As it was typed.
    pub name: String,
}

pub async fn insert_link(tx: &mut Tx, digest: &str, link: &LiveLink, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO private_links (digest, case_id, contact_id, address, name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        digest,
        link.case_id,
        link.contact_id,
        &link.address,
        &link.name,
        now
    ))
    .await
}

pub async fn live_link(on: impl Read, digest: &str) -> Result<Option<LiveLink>> {
    on.opt(q!(
        "SELECT case_id, contact_id, address, name FROM private_links WHERE digest = $1 AND revoked_at IS NULL",
        digest
    ))
    .await
}

/// A link as agents see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PrivateLink {
    pub id: PrivateLinkId,
    pub address: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// The links to a case, newest first, 100 at the most.
pub async fn links(on: impl Read, case: CaseId) -> Result<Vec<PrivateLink>> {
    on.all(q!(
        "SELECT id, address, created_at, revoked_at FROM private_links WHERE case_id = $1 ORDER BY id DESC LIMIT 100",
        case
    ))
    .await
}

pub async fn revoke_link(tx: &mut Tx, case: CaseId, id: PrivateLinkId, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE private_links SET revoked_at = $3 WHERE id = $2 AND case_id = $1 AND revoked_at IS NULL",
        case,
        id,
        now
    ))
    .await
}
