//! All SQL of the room: its own rows here, what it reads and erases of other rooms in files of their own.
mod counts;
mod erase;
mod merges;
mod papers;
mod places;
mod read;
mod rest;

pub use counts::*;
pub use erase::*;
pub use merges::*;
pub use papers::*;
pub use places::*;
pub use read::*;
pub use rest::*;

use super::{RequestId, RequestKind, RequestState, Subject, SubjectKind};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// Something that was asked for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Request {
    pub id: RequestId,
    pub kind: RequestKind,
    pub subject_kind: SubjectKind,
    pub subject_id: i64,
    pub with_notes: bool,
    pub state: RequestState,
    pub archive: Option<String>,
    pub size: i64,
    pub outcome: String,
    pub agent_id: AgentId,
    pub agent_name: String,
    /// What the subject is called now; none when it is gone.
    pub subject_name: Option<String>,
    pub created_at: Timestamp,
    pub heard_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl Request {
    pub fn subject(&self) -> Subject {
        Subject::new(self.subject_kind, self.subject_id)
    }
}

const COLUMNS: &str = "SELECT r.id, r.kind, r.subject_kind, r.subject_id, r.with_notes, r.state, r.archive, r.size,
    r.outcome, r.agent_id, a.name AS agent_name, COALESCE(c.name, o.name) AS subject_name, r.created_at, r.heard_at,
    r.done_at, r.expires_at
    FROM privacy_requests r JOIN agents a ON a.id = r.agent_id
    LEFT JOIN contacts c ON r.subject_kind = 'contact' AND c.id = r.subject_id
    LEFT JOIN organisations o ON r.subject_kind = 'organisation' AND o.id = r.subject_id ";

pub async fn insert_request(
    tx: &mut Tx,
    kind: RequestKind,
    subject: Subject,
    with_notes: bool,
    agent: AgentId,
    now: Timestamp,
) -> Result<RequestId> {
    let id = tx
        .insert(q!(
            "INSERT INTO privacy_requests (kind, subject_kind, subject_id, with_notes, state, agent_id, created_at)
             VALUES ($1, $2, $3, $4, 'running', $5, $6) RETURNING id",
            kind,
            subject.kind(),
            subject.number(),
            with_notes,
            agent,
            now
        ))
        .await?;
    Ok(RequestId(id))
}

pub async fn request(on: impl Read, id: RequestId) -> Result<Option<Request>> {
    on.opt(Query::new(COLUMNS).push("WHERE r.id = ").bind(id)).await
}

/// The newest requests below `before`, about one subject when it is named.
pub async fn requests(
    on: impl Read,
    subject: Option<Subject>,
    before: Option<RequestId>,
    limit: i64,
) -> Result<Vec<Request>> {
    let mut query = Query::new(COLUMNS).push("WHERE r.id < ").bind(before.unwrap_or(RequestId(i64::MAX)));
    if let Some(subject) = subject {
        query = query.push(" AND r.subject_kind = ").bind(subject.kind());
        query = query.push(" AND r.subject_id = ").bind(subject.number());
    }
    on.all(query.push(" ORDER BY r.id DESC LIMIT ").bind(limit)).await
}

/// What the subject is called; none when it is gone or shown as part of another.
pub async fn name(on: impl Read, subject: Subject) -> Result<Option<String>> {
    let query = match subject {
        Subject::Contact(id) => q!("SELECT name FROM contacts WHERE merged_into IS NULL AND id = $1", id),
        Subject::Organisation(id) => q!("SELECT name FROM organisations WHERE merged_into IS NULL AND id = $1", id),
    };
    let row: Option<(String,)> = on.opt(query).await?;
    Ok(row.map(|(name,)| name))
}

/// Takes a request for a run of its own. 0: another one was heard of since `quiet_since`.
pub async fn take_run(tx: &mut Tx, id: RequestId, now: Timestamp, quiet_since: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE privacy_requests SET heard_at = $2
         WHERE id = $1 AND state = 'running' AND (heard_at IS NULL OR heard_at < $3)",
        id,
        now,
        quiet_since
    ))
    .await
}

pub async fn hear(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE privacy_requests SET heard_at = $2 WHERE id = $1", id, now)).await
}

/// The run broke off: the next one may begin at once.
pub async fn let_go(tx: &mut Tx, id: RequestId) -> Result<u64> {
    tx.exec(q!("UPDATE privacy_requests SET heard_at = NULL WHERE id = $1 AND state = 'running'", id)).await
}

pub async fn archive_is_ready(
    tx: &mut Tx,
    id: RequestId,
    archive: &str,
    size: i64,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE privacy_requests SET state = 'ready', archive = $2, size = $3, done_at = $4, expires_at = $5
         WHERE id = $1 AND state = 'running'",
        id,
        archive,
        size,
        now,
        expires_at
    ))
    .await
}

pub async fn end(tx: &mut Tx, id: RequestId, state: RequestState, outcome: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE privacy_requests SET state = $2, outcome = $3, done_at = $4 WHERE id = $1 AND state = 'running'",
        id,
        state,
        outcome,
        now
    ))
    .await
}

/// A request that was tried for long enough is under way again.
pub async fn revive(tx: &mut Tx, id: RequestId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE privacy_requests SET state = 'running', outcome = '', done_at = NULL, heard_at = NULL
         WHERE id = $1 AND state = 'failed'",
        id
    ))
    .await
}

/// The archive is no more. 0: there was none.
pub async fn archive_is_gone(tx: &mut Tx, id: RequestId) -> Result<u64> {
    tx.exec(q!("UPDATE privacy_requests SET state = 'removed', archive = NULL WHERE id = $1 AND state = 'ready'", id))
        .await
}

/// Archives that can still be downloaded and have something of a subject in them.
pub async fn archives_of(on: impl Read, subject: Subject) -> Result<Vec<(RequestId, String)>> {
    let query = Query::new("SELECT id, archive FROM privacy_requests WHERE archive IS NOT NULL AND ");
    on.all(with_something_of(query, subject).push(" LIMIT 1000")).await
}

/// Exports at work that would have something of a subject in them: what they write is thrown away.
pub async fn end_exports(tx: &mut Tx, subject: Subject, now: Timestamp) -> Result<u64> {
    let query = Query::new(
        "UPDATE privacy_requests SET state = 'failed', outcome = 'somebody in it was erased meanwhile', done_at = ",
    );
    let query = query.bind(now).push(" WHERE kind = 'export' AND state = 'running' AND ");
    tx.exec(with_something_of(query, subject)).await
}

/// Requests about the subject, its contacts, their organisations.
fn with_something_of(query: Query, subject: Subject) -> Query {
    let query = contacts_in(query.push("((subject_kind = 'contact' AND subject_id IN "), subject);
    let query = organisations_in(query.push(") OR (subject_kind = 'organisation' AND (subject_id IN "), subject);
    let theirs = " OR subject_id IN (SELECT organisation_id FROM contacts WHERE organisation_id IS NOT NULL AND id IN ";
    contacts_in(query.push(theirs), subject).push("))))")
}
