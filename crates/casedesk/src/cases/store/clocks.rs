//! The promises of cases as they stand, and what of a case's history they rest on.
use crate::cases::{CaseId, Delivery, DueState, EntryId, EntryKind, Promise, PromiseState};
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// The newest round of a promise.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseClock {
    pub promise: Promise,
    pub state: PromiseState,
    /// Since when it is owed.
    pub started_at: Timestamp,
    /// None: the clock stands before it was due, or the promise was kept.
    pub due_at: Option<Timestamp>,
    pub warn_at: Option<Timestamp>,
    pub met_at: Option<Timestamp>,
    /// Business seconds that are left while the clock stands.
    pub left_s: Option<i64>,
    pub target_min: i64,
    pub option_name: String,
    /// When it was told that the end is near, and that it is over.
    pub warning_told_at: Option<Timestamp>,
    pub breach_told_at: Option<Timestamp>,
}

/// What is due first on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    #[sqlx(rename = "due_at")]
    pub at: Timestamp,
    #[sqlx(rename = "due_promise")]
    pub promise: Promise,
    #[sqlx(rename = "due_state")]
    pub state: DueState,
}

/// An entry as far as promises care. `data` is that of what moves clocks, and empty for all else.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Happened {
    pub id: EntryId,
    pub case_id: CaseId,
    pub kind: EntryKind,
    pub at: Timestamp,
    pub agent_id: Option<AgentId>,
    pub delivery: Option<Delivery>,
    pub send_at: Option<Timestamp>,
    pub has_text: bool,
    pub data: String,
}

/// How many entries of a case are looked through, the newest of them.
const MOST_HAPPENED: i64 = 5_000;

pub async fn clocks(on: impl Read, id: CaseId) -> Result<Vec<CaseClock>> {
    on.all(q!(
        "SELECT promise, state, started_at, due_at, warn_at, met_at, left_s, target_min, option_name, warning_told_at,
             breach_told_at FROM case_clocks WHERE case_id = $1 ORDER BY promise LIMIT 10",
        id
    ))
    .await
}

pub async fn due(on: impl Read, id: CaseId) -> Result<Option<Due>> {
    on.opt(q!("SELECT due_at, due_promise, due_state FROM cases WHERE id = $1 AND due_state IS NOT NULL", id)).await
}

pub(in crate::cases) async fn delete_clocks(tx: &mut Tx, id: CaseId) -> Result<u64> {
    tx.exec(q!("DELETE FROM case_clocks WHERE case_id = $1", id)).await
}

pub(in crate::cases) async fn insert_clock(tx: &mut Tx, id: CaseId, clock: &CaseClock) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO case_clocks (case_id, promise, state, started_at, due_at, warn_at, met_at, left_s, target_min,
             option_name, warning_told_at, breach_told_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        clock.promise,
        clock.state,
        clock.started_at,
        clock.due_at,
        clock.warn_at,
        clock.met_at,
        clock.left_s,
        clock.target_min,
        &clock.option_name,
        clock.warning_told_at,
        clock.breach_told_at,
    ))
    .await
}

pub(in crate::cases) async fn set_due(tx: &mut Tx, id: CaseId, due: Option<Due>) -> Result<u64> {
    tx.exec(q!(
        "UPDATE cases SET due_at = $2, due_promise = $3, due_state = $4 WHERE id = $1",
        id,
        due.map(|due| due.at),
        due.map(|due| due.promise),
        due.map(|due| due.state),
    ))
    .await
}

/// What happened on the case and on all that is merged into it, in the order in which the desk heard of it. What was
/// taken back never happened.
pub async fn happened(on: impl Read, id: CaseId) -> Result<Vec<Happened>> {
    let mut rows: Vec<Happened> = on
        .all(q!(
            "SELECT id, case_id, kind, at, agent_id, delivery, send_at, text <> '' AS has_text,
                 CASE WHEN kind IN ('change', 'call', 'mail_out') THEN data ELSE '' END AS data
             FROM entries
             WHERE (case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1))
               AND kind IN ('mail_in', 'mail_out', 'change', 'call')
               AND (delivery IS NULL OR delivery NOT IN ('cancelled', 'failed'))
             ORDER BY id DESC LIMIT $2",
            id,
            MOST_HAPPENED
        ))
        .await?;
    rows.reverse();
    Ok(rows)
}

/// When the case, or the oldest of what is merged into it, was opened.
pub async fn began_at(on: impl Read, id: CaseId) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) =
        on.one(q!("SELECT MIN(created_at) FROM cases WHERE id = $1 OR merged_into = $1", id)).await?;
    Ok(at)
}
