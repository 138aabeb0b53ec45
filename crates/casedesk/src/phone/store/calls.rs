//! Calls.
use crate::cases::{CaseId, EntryId};
use crate::customers::ContactId;
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::phone::{CallId, CallState, Direction};
use crate::q;
use crate::staff::{AgentId, TeamId};

/// A call as it stands, with the case that its entry stands on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallRow {
    pub id: CallId,
    pub external_id: Option<String>,
    pub agent_id: Option<AgentId>,
    pub contact_id: Option<ContactId>,
    pub entry_id: Option<EntryId>,
    pub caller_number: String,
    pub called_number: String,
    pub direction: Direction,
    pub started_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub summary: String,
    pub state: CallState,
    /// The JSON of what its agent has typed so far.
    pub draft: String,
    pub case_id: Option<CaseId>,
    pub case_team: Option<TeamId>,
    /// The case that the entry's case is shown as part of, and its team.
    pub root_id: Option<CaseId>,
    pub root_team: Option<TeamId>,
    pub contact_name: Option<String>,
    pub agent_name: Option<String>,
}

const COLUMNS: &str = "SELECT l.id, l.external_id, l.agent_id, l.contact_id, l.entry_id, l.caller_number,
    l.called_number, l.direction, l.started_at, l.answered_at, l.ended_at, l.summary, l.state, l.draft,
    e.case_id, k.team_id AS case_team, r.id AS root_id, r.team_id AS root_team, c.name AS contact_name,
    g.name AS agent_name
    FROM calls l LEFT JOIN entries e ON e.id = l.entry_id LEFT JOIN cases k ON k.id = e.case_id
    LEFT JOIN cases r ON r.id = k.merged_into LEFT JOIN contacts c ON c.id = l.contact_id
    LEFT JOIN agents g ON g.id = l.agent_id ";

pub async fn call(on: impl Read, id: CallId) -> Result<Option<CallRow>> {
    on.opt(Query::new(COLUMNS).push("WHERE l.id = ").bind(id)).await
}

/// Keeps the call as it is until the transaction ends.
pub async fn lock_call(tx: &mut Tx, id: CallId) -> Result<Option<CallRow>> {
    tx.lock("phone.call").await?;
    call(tx, id).await
}

/// What the telephone system calls this call.
pub async fn call_by_external_id(on: impl Read, external_id: &str) -> Result<Option<CallRow>> {
    on.opt(Query::new(COLUMNS).push("WHERE l.external_id = ").bind(external_id)).await
}

/// What this agent writes by hand, without the telephone system.
pub async fn draft_of(on: impl Read, agent: AgentId) -> Result<Option<CallRow>> {
    on.opt(
        Query::new(COLUMNS)
            .push("WHERE l.state = 'running' AND l.external_id IS NULL AND l.agent_id = ")
            .bind(agent)
            .push(" ORDER BY l.id DESC LIMIT 1"),
    )
    .await
}

/// The newest call that the telephone system has put through to this agent since then and that is not written down.
pub async fn newest_answered(on: impl Read, agent: AgentId, since: Timestamp) -> Result<Option<CallRow>> {
    on.opt(
        Query::new(COLUMNS)
            .push("WHERE l.state = 'running' AND l.external_id IS NOT NULL AND l.answered_at >= ")
            .bind(since)
            .push(" AND l.agent_id = ")
            .bind(agent)
            .push(" ORDER BY l.answered_at DESC, l.id DESC LIMIT 1"),
    )
    .await
}

/// Which calls to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub case: Option<CaseId>,
    pub contact: Option<ContactId>,
    pub unconfirmed: bool,
    pub before: Option<CallId>,
}

/// Calls that this agent may see, newest first: those on visible cases, and their own running ones.
pub async fn calls(on: impl Read, wanted: Wanted, me: AgentId, hidden: &[TeamId], limit: i64) -> Result<Vec<CallRow>> {
    let mut query = Query::new(COLUMNS).push("WHERE (l.entry_id IS NOT NULL OR l.agent_id = ").bind(me).push(")");
    if !hidden.is_empty() {
        query = query
            .push(" AND (k.team_id IS NULL OR k.team_id NOT IN ")
            .bind_list(hidden.iter().copied())
            .push(" OR (r.id IS NOT NULL AND (r.team_id IS NULL OR r.team_id NOT IN ")
            .bind_list(hidden.iter().copied())
            .push(")))");
    }
    if let Some(case) = wanted.case {
        query = query.push(" AND (k.id = ").bind(case).push(" OR k.merged_into = ").bind(case).push(")");
    }
    if let Some(contact) = wanted.contact {
        query = query
            .push(" AND l.contact_id IN (SELECT id FROM contacts WHERE id = ")
            .bind(contact)
            .push(" OR merged_into = ")
            .bind(contact)
            .push(")");
    }
    if wanted.unconfirmed {
        query = query.push(" AND l.state IN ('logged', 'asked', 'summary sent', 'unanswered')");
    }
    if let Some(before) = wanted.before {
        query = query.push(" AND l.id < ").bind(before);
    }
    on.all(query.push(" ORDER BY l.id DESC LIMIT ").bind(limit)).await
}

/// The calls on a case and on what is merged into it that await an answer of this contact, 50 at the most.
pub async fn awaiting(on: impl Read, case: CaseId, contact: ContactId) -> Result<Vec<CallId>> {
    let rows: Vec<(CallId,)> = on
        .all(q!(
            "SELECT l.id FROM calls l JOIN entries e ON e.id = l.entry_id JOIN cases k ON k.id = e.case_id
             WHERE (k.id = $1 OR k.merged_into = $1)
               AND l.contact_id IN (SELECT id FROM contacts WHERE id = $2 OR merged_into = $2)
               AND l.state IN ('asked', 'summary sent', 'unanswered') ORDER BY l.id LIMIT 50",
            case,
            contact
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Since when a call on this very case is unconfirmed, apart from `besides`.
pub async fn unconfirmed_since(on: impl Read, case: CaseId, besides: CallId) -> Result<Option<Timestamp>> {
    let (since,): (Option<Timestamp>,) = on
        .one(q!(
            "SELECT MIN(e.at) FROM calls l JOIN entries e ON e.id = l.entry_id
             WHERE e.case_id = $1 AND l.id <> $2 AND l.state IN ('logged', 'asked', 'summary sent', 'unanswered')",
            case,
            besides
        ))
        .await?;
    Ok(since)
}

/// How many calls stand on this very case.
pub async fn count_on_case(on: impl Read, case: CaseId) -> Result<i64> {
    let (count,): (i64,) = on
        .one(q!("SELECT COUNT(*) FROM calls l JOIN entries e ON e.id = l.entry_id WHERE e.case_id = $1", case))
        .await?;
    Ok(count)
}

/// A call that begins.
pub struct NewCall<'a> {
    pub external_id: Option<&'a str>,
    pub agent_id: Option<AgentId>,
    pub caller_number: &'a str,
    pub called_number: &'a str,
    pub direction: Direction,
    pub started_at: Timestamp,
    pub at: Timestamp,
}

/// A running call with nothing written yet.
pub async fn insert_call(tx: &mut Tx, new: &NewCall<'_>) -> Result<CallId> {
    let id = tx
        .insert(q!(
            "INSERT INTO calls (external_id, agent_id, caller_number, called_number, direction, started_at, summary,
                state, draft, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, '', 'running', '{}', $7) RETURNING id",
            new.external_id,
            new.agent_id,
            new.caller_number,
            new.called_number,
            new.direction,
            new.started_at,
            new.at
        ))
        .await?;
    Ok(CallId(id))
}

/// Writes what the telephone system has said so far.
pub async fn update_announced(tx: &mut Tx, call: &CallRow, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE calls SET agent_id = $2, caller_number = $3, called_number = $4, answered_at = $5, ended_at = $6,
            updated_at = $7 WHERE id = $1",
        call.id,
        call.agent_id,
        &call.caller_number,
        &call.called_number,
        call.answered_at,
        call.ended_at,
        now
    ))
    .await
}

/// Keeps what its agent has typed, while it is running.
pub async fn keep_draft(tx: &mut Tx, id: CallId, draft: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE calls SET draft = $2, updated_at = $3 WHERE id = $1 AND state = 'running'", id, draft, now))
        .await
}

pub async fn delete_running(tx: &mut Tx, id: CallId) -> Result<u64> {
    tx.exec(q!("DELETE FROM calls WHERE id = $1 AND state = 'running'", id)).await
}

/// A running call becomes one on a case.
pub struct Written<'a> {
    pub contact: ContactId,
    pub entry: EntryId,
    pub number: &'a str,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub summary: &'a str,
    pub at: Timestamp,
}

pub async fn put_on_case(tx: &mut Tx, id: CallId, written: &Written<'_>) -> Result<u64> {
    tx.exec(q!(
        "UPDATE calls SET contact_id = $2, entry_id = $3, caller_number = $4, started_at = $5, ended_at = $6,
            summary = $7, state = 'logged', draft = '{}', updated_at = $8
         WHERE id = $1 AND state = 'running'",
        id,
        written.contact,
        written.entry,
        written.number,
        written.started_at,
        written.ended_at,
        written.summary,
        written.at
    ))
    .await
}

pub async fn set_state(tx: &mut Tx, id: CallId, state: CallState, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE calls SET state = $2, updated_at = $3 WHERE id = $1", id, state, now)).await
}

/// Remembers an announcement of the telephone system. False: it came before.
pub async fn take_announcement(tx: &mut Tx, webhook_id: &str, now: Timestamp) -> Result<bool> {
    let rows = tx
        .exec(q!(
            "INSERT INTO phone_announcements (webhook_id, at) VALUES ($1, $2) ON CONFLICT (webhook_id) DO NOTHING",
            webhook_id,
            now
        ))
        .await?;
    Ok(rows == 1)
}

/// Forgets announcements that are too old to be taken again anyway.
pub async fn forget_announcements(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM phone_announcements WHERE at < $1", before)).await
}
