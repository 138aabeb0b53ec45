//! SQL of the job table.
use crate::db::{Db, Read as _, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Claimed {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) payload: String,
    pub(super) attempts: i64,
    pub(super) created_at: Timestamp,
}

/// A job that is tried no more until somebody asks for it.
#[derive(Debug, sqlx::FromRow)]
pub struct Parked {
    pub id: i64,
    pub kind: String,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    /// It asks for itself again and again, and would end for good without its row.
    pub recurs: bool,
}

pub(super) async fn insert(tx: &mut Tx, kind: &str, payload: &str, key: Option<&str>, at: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO jobs (kind, payload, unique_key, state, run_at, created_at)
         VALUES ($1, $2, $3, 'ready', $4, $4) ON CONFLICT (unique_key) DO NOTHING",
        kind,
        payload,
        key,
        at
    ))
    .await
}

/// Inserts the job, or makes the one under its key anew; 0 where it waits for the same time already.
pub(super) async fn replace(tx: &mut Tx, kind: &str, payload: &str, key: &str, at: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO jobs (kind, payload, unique_key, state, run_at, created_at)
         VALUES ($1, $2, $3, 'ready', $4, $4)
         ON CONFLICT (unique_key) DO UPDATE SET payload = excluded.payload, state = 'ready', run_at = excluded.run_at,
             created_at = excluded.created_at, locked_until = NULL, attempts = 0
         WHERE jobs.run_at <> excluded.run_at OR jobs.state <> 'ready'",
        kind,
        payload,
        key,
        at
    ))
    .await
}

pub(super) async fn delete_key(tx: &mut Tx, key: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM jobs WHERE unique_key = $1", key)).await
}

/// Takes up to `limit` jobs that are due, or whose worker was not heard of again.
pub(super) async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Claimed>> {
    let locked = match tx.dialect() {
        crate::db::Dialect::Sqlite => "",
        crate::db::Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    tx.all(
        q!(
            "UPDATE jobs SET state = 'running', locked_until = $2, attempts = attempts + 1
             WHERE id IN (SELECT id FROM jobs WHERE state <> 'parked' AND run_at <= $1
                          AND (locked_until IS NULL OR locked_until < $1) ORDER BY run_at, id LIMIT $3",
            now,
            until,
            limit
        )
        .push(locked)
        .push(") RETURNING id, kind, payload, attempts, created_at"),
    )
    .await
}

/// Removes a finished job, unless another worker has taken it over since.
pub(super) async fn finish(tx: &mut Tx, id: i64, attempts: i64) -> Result<u64> {
    tx.exec(q!("DELETE FROM jobs WHERE id = $1 AND attempts = $2", id, attempts)).await
}

/// Puts a running job back for a later time, as if it were new; its finish then finds nothing to remove.
pub(super) async fn again(tx: &mut Tx, key: &str, at: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE jobs SET state = 'ready', run_at = $2, created_at = $2, locked_until = NULL, attempts = 0
         WHERE unique_key = $1",
        key,
        at
    ))
    .await
}

pub(super) async fn fail(tx: &mut Tx, job: &Claimed, state: &str, run_at: Timestamp, error: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE jobs SET state = $3, run_at = $4, locked_until = NULL, last_error = $5
         WHERE id = $1 AND attempts = $2",
        job.id,
        job.attempts,
        state,
        run_at,
        error
    ))
    .await
}

/// Gives back what a worker of this process held when it died; only where there is one process.
pub(super) async fn release_all(tx: &mut Tx) -> Result<u64> {
    tx.exec(q!("UPDATE jobs SET state = 'ready', locked_until = NULL WHERE state = 'running'")).await
}

pub(super) async fn next_due(db: &Db) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = db
        .one(q!("SELECT MIN(CASE WHEN locked_until > run_at THEN locked_until ELSE run_at END) FROM jobs WHERE state <> 'parked'"))
        .await?;
    Ok(at)
}

/// How many jobs wait and how many are parked.
pub async fn counts(db: &Db) -> Result<(i64, i64)> {
    db.one(q!(
        "SELECT (SELECT COUNT(*) FROM jobs WHERE state <> 'parked'), (SELECT COUNT(*) FROM jobs WHERE state = 'parked')"
    ))
    .await
}

/// The newest parked jobs, 100 at the most.
pub async fn parked(db: &Db) -> Result<Vec<Parked>> {
    db.all(q!("SELECT id, kind, attempts, last_error, created_at, unique_key IS NOT NULL AS recurs FROM jobs
         WHERE state = 'parked' ORDER BY id DESC LIMIT 100"))
        .await
}

/// Lets a parked job start over: its kind and what it says, or `None` when there is no such job.
pub async fn retry_parked(tx: &mut Tx, id: i64, now: Timestamp) -> Result<Option<(String, String)>> {
    let job = tx
        .opt(q!(
            "UPDATE jobs SET state = 'ready', run_at = $2, created_at = $2, locked_until = NULL, attempts = 0
             WHERE id = $1 AND state = 'parked' RETURNING kind, payload",
            id,
            now
        ))
        .await?;
    tx.notify(super::WAKE.into()).await?;
    Ok(job)
}

/// Removes a parked job that does not recur: its kind, or `None` when there is no such job.
pub async fn delete_parked(tx: &mut Tx, id: i64) -> Result<Option<String>> {
    let kind: Option<(String,)> = tx
        .opt(q!("DELETE FROM jobs WHERE id = $1 AND state = 'parked' AND unique_key IS NULL RETURNING kind", id))
        .await?;
    Ok(kind.map(|(kind,)| kind))
}
