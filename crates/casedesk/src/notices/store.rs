//! SQL of notices.
use super::{NoticeId, NoticeKind};
use crate::cases::{CaseId, EntryId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::kit::paging::{Cursor, Page};
use crate::q;
use crate::staff::{AgentId, TeamId};

/// Counts stop here.
const MOST_COUNTED: i64 = 1000;
/// How many are tidied in one go.
const BATCH: i64 = 5000;

/// Somebody who works here and may see the case, and what they want by mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Reachable {
    pub id: AgentId,
    pub mail_mentioned: bool,
    pub mail_assigned: bool,
    pub mail_answered: bool,
    pub present_at: Option<Timestamp>,
}

/// A notice as it is shown: `case_id` is the case that its line lies on now, also after a split or a merge.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notice {
    pub id: NoticeId,
    pub agent_id: AgentId,
    pub case_id: CaseId,
    pub subject: String,
    pub entry_id: EntryId,
    pub kind: NoticeKind,
    pub by_agent_id: Option<AgentId>,
    /// Who did it, an agent or a customer; `None`: the desk itself.
    pub by_name: Option<String>,
    pub text: String,
    pub at: Timestamp,
    pub unread: bool,
    pub mailed_at: Option<Timestamp>,
}

pub struct NewNotice {
    pub agent: AgentId,
    pub case: CaseId,
    pub entry: EntryId,
    pub kind: NoticeKind,
    pub by: Option<AgentId>,
    pub at: Timestamp,
}

/// Of notices `n` with their case `c`: neither marked as read, nor has the case been read so far.
macro_rules! unread {
    () => {
        "n.read_at IS NULL AND NOT EXISTS (SELECT 1 FROM case_seen s WHERE s.agent_id = n.agent_id
            AND s.entry_id >= n.entry_id AND s.case_id IN (c.id, COALESCE(c.merged_into, c.id)))"
    };
}

const SHOWN: &str = concat!(
    "SELECT n.id, n.agent_id, r.id AS case_id, r.subject, n.entry_id, n.kind, n.by_agent_id,
         COALESCE(a.name, p.name) AS by_name, COALESCE(e.text, '') AS text, n.at, n.mailed_at,
         CASE WHEN ",
    unread!(),
    " THEN TRUE ELSE FALSE END AS unread
     FROM notices n LEFT JOIN entries e ON e.id = n.entry_id JOIN cases c ON c.id = COALESCE(e.case_id, n.case_id)
     JOIN cases r ON r.id = COALESCE(c.merged_into, c.id) LEFT JOIN agents a ON a.id = n.by_agent_id
     LEFT JOIN contacts p ON p.id = e.contact_id "
);

/// Those of `ids` who work here and may see the case.
pub async fn reachable(tx: &mut Tx, case: CaseId, ids: &[AgentId]) -> Result<Vec<Reachable>> {
    let query = q!(
        "SELECT a.id, a.mail_mentioned, a.mail_assigned, a.mail_answered, a.present_at FROM agents a
         WHERE a.disabled_at IS NULL AND (a.role = 'admin' OR NOT EXISTS
            (SELECT 1 FROM cases c JOIN cases r ON r.id = COALESCE(c.merged_into, c.id)
             JOIN teams t ON t.id = r.team_id AND t.members_only WHERE c.id = $1 AND NOT EXISTS
                (SELECT 1 FROM team_members m WHERE m.team_id = t.id AND m.agent_id = a.id)))
         AND a.id IN ",
        case
    );
    tx.all(query.bind_list(ids.iter().copied()).push(" ORDER BY a.id")).await
}

pub async fn insert(tx: &mut Tx, new: &NewNotice) -> Result<NoticeId> {
    let id = tx
        .insert(q!(
            "INSERT INTO notices (agent_id, case_id, entry_id, kind, by_agent_id, at)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            new.agent,
            new.case,
            new.entry,
            new.kind,
            new.by,
            new.at
        ))
        .await?;
    Ok(NoticeId(id))
}

/// The newest line of a case.
pub async fn newest_entry(tx: &mut Tx, case: CaseId) -> Result<EntryId> {
    let (id,): (EntryId,) = tx.one(q!("SELECT last_entry_id FROM cases WHERE id = $1", case)).await?;
    Ok(id)
}

/// Nobody is told of this line any more.
pub async fn forget_entry(tx: &mut Tx, entry: EntryId) -> Result<u64> {
    tx.exec(q!("DELETE FROM notices WHERE entry_id = $1", entry)).await
}

fn visible(query: Query, hidden: &[TeamId]) -> Query {
    if hidden.is_empty() {
        return query;
    }
    query.push(" AND (r.team_id IS NULL OR r.team_id NOT IN ").bind_list(hidden.iter().copied()).push(")")
}

/// On how many cases that the agent watches something happened that they have not seen.
pub async fn unread_cases(on: impl Read, agent: AgentId, hidden: &[TeamId]) -> Result<i64> {
    let query = q!(
        concat!(
            "SELECT COUNT(*) FROM (SELECT DISTINCT r.id FROM notices n LEFT JOIN entries e ON e.id = n.entry_id
             JOIN cases c ON c.id = COALESCE(e.case_id, n.case_id) JOIN cases r ON r.id = COALESCE(c.merged_into, c.id)
             WHERE n.agent_id = $1 AND n.kind <> 'assigned' AND ",
            unread!()
        ),
        agent
    );
    let (count,): (i64,) = on.one(visible(query, hidden).push(" LIMIT ").bind(MOST_COUNTED).push(") u")).await?;
    Ok(count)
}

/// The agent's notices, newest first, of cases that they may see.
pub async fn list(
    on: impl Read,
    agent: AgentId,
    hidden: &[TeamId],
    unread: bool,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<Notice>> {
    let mut query = visible(Query::new(SHOWN).push("WHERE n.agent_id = ").bind(agent), hidden);
    if unread {
        query = query.push(concat!(" AND ", unread!()));
    }
    if let Some(after) = after {
        query = query.push(" AND n.id < ").bind(after.id);
    }
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = on.all(query.push(" ORDER BY n.id DESC LIMIT ").bind(most)).await?;
    Ok(Page::cut(rows, limit, |row: &Notice| Cursor { key: 0, id: row.id.0 }))
}

pub async fn notice(on: impl Read, id: NoticeId) -> Result<Option<Notice>> {
    on.opt(Query::new(SHOWN).push("WHERE n.id = ").bind(id)).await
}

/// What the agent has not read on a case, the oldest first.
pub async fn unread_on(on: impl Read, agent: AgentId, case: CaseId) -> Result<Vec<Notice>> {
    let query = Query::new(SHOWN).push(concat!("WHERE ", unread!(), " AND n.agent_id = ")).bind(agent);
    on.all(query.push(" AND r.id = ").bind(case).push(" ORDER BY n.id LIMIT 200")).await
}

/// Those of these that the agent has not read.
pub async fn unread_of(on: impl Read, agent: AgentId, ids: &[NoticeId]) -> Result<Vec<Notice>> {
    let query = Query::new(SHOWN).push(concat!("WHERE ", unread!(), " AND n.agent_id = ")).bind(agent);
    on.all(query.push(" AND n.id IN ").bind_list(ids.iter().copied()).push(" ORDER BY n.id LIMIT 200")).await
}

/// When the agent was last written to about a case.
pub async fn last_mailed(tx: &mut Tx, agent: AgentId, case: CaseId) -> Result<Option<Timestamp>> {
    let (at,): (Option<Timestamp>,) = tx
        .one(q!(
            "SELECT MAX(n.mailed_at) FROM notices n JOIN cases c ON c.id = n.case_id
             WHERE n.agent_id = $1 AND COALESCE(c.merged_into, c.id) = $2",
            agent,
            case
        ))
        .await?;
    Ok(at)
}

pub async fn set_mailed(tx: &mut Tx, ids: &[NoticeId], at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE notices SET mailed_at = $1 WHERE id IN ", at).bind_list(ids.iter().copied())).await
}

/// Marks one as read; 0 where the agent has no such notice.
pub async fn set_read(tx: &mut Tx, agent: AgentId, id: NoticeId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE notices SET read_at = COALESCE(read_at, $3) WHERE id = $2 AND agent_id = $1", agent, id, at))
        .await
}

pub async fn set_all_read(tx: &mut Tx, agent: AgentId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE notices SET read_at = $2 WHERE agent_id = $1 AND read_at IS NULL", agent, at)).await
}

/// Marks all of a case as read, or of what it is part of.
pub async fn set_case_read(tx: &mut Tx, agent: AgentId, case: CaseId, at: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE notices SET read_at = $3 WHERE agent_id = $1 AND read_at IS NULL
            AND case_id IN (SELECT id FROM cases WHERE id = $2 OR merged_into = $2)",
        agent,
        case,
        at
    ))
    .await
}

/// Writes down which ones are read because their case was, so that counts look at few rows.
pub async fn settle(tx: &mut Tx, at: Timestamp) -> Result<u64> {
    tx.exec(q!(
        concat!(
            "UPDATE notices SET read_at = $1 WHERE id IN (SELECT n.id FROM notices n JOIN cases c ON c.id = n.case_id
             WHERE n.read_at IS NULL AND NOT (",
            unread!(),
            ") LIMIT $2)"
        ),
        at,
        BATCH
    ))
    .await
}

/// Forgets what is older.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE at < $1 LIMIT $2)", before, BATCH)).await
}
