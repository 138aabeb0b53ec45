//! What log files say of time, each read once.
use crate::cases::{AttachmentId, CaseId, LogReading};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// How many logs of a case are shown.
const MOST_LOGS: i64 = 20;

const COLUMNS: &str =
    "r.digest, r.format, r.zone, r.first_stamp, r.last_stamp, r.lines, r.stamped, r.verdict, r.ask_again";

/// A log file of a case, and what it says.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReadLog {
    pub id: AttachmentId,
    pub name: String,
    pub size: i64,
    #[sqlx(flatten)]
    pub reading: LogReading,
}

/// What this version of the reader said of a file.
pub async fn log_reading(on: impl Read, digest: &str, reader: i64) -> Result<Option<LogReading>> {
    let query = Query::new("SELECT ").push(COLUMNS).push(" FROM log_readings r WHERE r.digest = ").bind(digest);
    on.opt(query.push(" AND r.reader = ").bind(reader)).await
}

pub async fn log_readings(on: impl Read, digests: &[&str]) -> Result<Vec<LogReading>> {
    let query = Query::new("SELECT ").push(COLUMNS).push(" FROM log_readings r WHERE r.digest IN ");
    on.all(query.bind_list(digests.iter().copied())).await
}

/// The logs that came with the customer's messages, on the case or on what is merged into it, newest first.
pub async fn read_logs_of_case(on: impl Read, id: CaseId) -> Result<Vec<ReadLog>> {
    let query = Query::new("SELECT f.id, f.name, f.size, ")
        .push(COLUMNS)
        .push(
            " FROM entries e JOIN attachments f ON f.entry_id = e.id JOIN log_readings r ON r.digest = f.digest
              WHERE e.kind = 'mail_in' AND (e.case_id = ",
        )
        .bind(id)
        .push(" OR e.case_id IN (SELECT id FROM cases WHERE merged_into = ")
        .bind(id)
        .push(")) ORDER BY f.id DESC LIMIT ");
    on.all(query.bind(MOST_LOGS)).await
}

pub async fn save_log_reading(tx: &mut Tx, reading: &LogReading, reader: i64, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO log_readings (digest, reader, format, zone, first_stamp, last_stamp, lines, stamped, verdict,
            ask_again, read_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (digest) DO UPDATE SET reader = $2, format = $3, zone = $4, first_stamp = $5, last_stamp = $6,
            lines = $7, stamped = $8, verdict = $9, ask_again = $10, read_at = $11",
        &reading.digest,
        reader,
        reading.format.as_deref(),
        reading.zone.as_deref(),
        reading.first_stamp.as_deref(),
        reading.last_stamp.as_deref(),
        reading.lines,
        reading.stamped,
        &reading.verdict,
        reading.ask_again,
        now
    ))
    .await
}
