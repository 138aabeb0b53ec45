//! What the desk found about cases, which cases are to be looked at again, and what is read of them for that.
use super::case::COLUMNS;
use crate::cases::CaseId;
use crate::cases::store::Case;
use crate::customers::{OrganisationId, Verdict, VerdictKind, VerdictState};
use crate::db::{Dialect, Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::kit::paging::Cursor;
use crate::q;
use crate::staff::AgentId;

/// What one walk over all open cases waits for before the next may begin.
const WALKS: &str = "cases.judge_walks";
/// As many verdicts as a case can have, and some more.
const MOST: i64 = 20;
/// How many files of one case are looked at.
const MOST_FILES: i64 = 50;
/// How many rows one statement writes.
const ROWS: usize = 500;

/// The verdicts of a case.
pub async fn verdicts(on: impl Read, id: CaseId) -> Result<Vec<Verdict>> {
    on.all(q!(
        "SELECT kind, state, reason, label, action, item_id, lives
         FROM case_verdicts WHERE case_id = $1 ORDER BY kind LIMIT $2",
        id,
        MOST
    ))
    .await
}

/// A verdict with its case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct VerdictOfCase {
    pub case_id: CaseId,
    #[sqlx(flatten)]
    pub verdict: Verdict,
}

/// The verdicts of several cases.
pub async fn verdicts_of_many(on: impl Read, ids: &[CaseId]) -> Result<Vec<VerdictOfCase>> {
    let query = Query::new(
        "SELECT case_id, kind, state, reason, label, action, item_id, lives FROM case_verdicts WHERE case_id IN ",
    )
    .bind_list(ids.iter().copied());
    on.all(query.push(" ORDER BY case_id, kind LIMIT ").bind(MOST * many(ids))).await
}

/// Those of several cases that a list shows: that a version has ended always, and of these kinds any.
pub async fn verdicts_in_list(on: impl Read, ids: &[CaseId], kinds: &[VerdictKind]) -> Result<Vec<VerdictOfCase>> {
    let query =
        Query::new("SELECT case_id, kind, state, reason, label, action, item_id FROM case_verdicts WHERE case_id IN ")
            .bind_list(ids.iter().copied());
    let query =
        query.push(" AND (state = ").bind(VerdictState::Ended).push(" OR kind IN ").bind_list(kinds.iter().copied());
    on.all(query.push(") ORDER BY case_id LIMIT ").bind(MOST * many(ids))).await
}

fn many(ids: &[CaseId]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX / 1000)
}

/// What the case's own row says of its verdicts, for lists.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct VerdictColumns {
    pub id: CaseId,
    verdict_contract: Option<VerdictState>,
    verdict_life_cycle: Option<VerdictState>,
    verdict_upgrade: Option<VerdictState>,
    verdict_roadmap: Option<VerdictState>,
    verdict_completeness: Option<VerdictState>,
}

impl VerdictColumns {
    pub fn state(&self, kind: VerdictKind) -> Option<VerdictState> {
        match kind {
            VerdictKind::Contract => self.verdict_contract,
            VerdictKind::LifeCycle => self.verdict_life_cycle,
            VerdictKind::Upgrade => self.verdict_upgrade,
            VerdictKind::Roadmap => self.verdict_roadmap,
            VerdictKind::Completeness => self.verdict_completeness,
        }
    }
}

pub async fn verdict_columns(on: impl Read, ids: &[CaseId]) -> Result<Vec<VerdictColumns>> {
    let query = Query::new(
        "SELECT id, verdict_contract, verdict_life_cycle, verdict_upgrade, verdict_roadmap, verdict_completeness
         FROM cases WHERE id IN ",
    )
    .bind_list(ids.iter().copied());
    on.all(query.push(" ORDER BY id LIMIT ").bind(many(ids))).await
}

/// Begins a walk over all open cases in the place of the one under way. One transaction after the other does, so that a
/// newer walk sees whatever an older one was begun for.
pub async fn begin_walk(tx: &mut Tx, now: Timestamp) -> Result<i64> {
    tx.lock(WALKS).await?;
    tx.exec(q!("DELETE FROM judge_walks")).await?;
    tx.insert(q!("INSERT INTO judge_walks (begun_at) VALUES ($1) RETURNING id", now)).await
}

/// Whether no newer walk has begun.
pub async fn is_newest_walk(on: impl Read, walk: i64) -> Result<bool> {
    let newer: Option<(i64,)> = on.opt(q!("SELECT id FROM judge_walks WHERE id > $1 LIMIT 1", walk)).await?;
    Ok(newer.is_none())
}

/// Narrows a list to the cases of which the desk found this.
pub(super) fn found(query: Query, kind: VerdictKind, state: VerdictState) -> Query {
    let column = match kind {
        VerdictKind::Contract => " AND c.verdict_contract = ",
        VerdictKind::LifeCycle => " AND c.verdict_life_cycle = ",
        VerdictKind::Upgrade => " AND c.verdict_upgrade = ",
        VerdictKind::Roadmap => " AND c.verdict_roadmap = ",
        VerdictKind::Completeness => " AND c.verdict_completeness = ",
    };
    query.push(column).bind(state)
}

/// Writes the verdicts of these cases in the place of those that they have.
pub async fn replace_verdicts(tx: &mut Tx, ids: &[CaseId], rows: &[(CaseId, &Verdict)], now: Timestamp) -> Result<()> {
    tx.exec(Query::new("DELETE FROM case_verdicts WHERE case_id IN ").bind_list(ids.iter().copied())).await?;
    for some in rows.chunks(ROWS) {
        let mut query = Query::new(
            "INSERT INTO case_verdicts (case_id, kind, state, reason, label, action, item_id, lives, at) VALUES ",
        );
        for (at, (id, verdict)) in some.iter().enumerate() {
            query = query.push(if at == 0 { "(" } else { ", (" }).bind(*id);
            query = query.push(", ").bind(verdict.kind).push(", ").bind(verdict.state);
            query = query.push(", ").bind(&verdict.reason).push(", ").bind(&verdict.label);
            query = query.push(", ").bind(verdict.action).push(", ").bind(verdict.item_id);
            query = query.push(", ").bind(verdict.lives.json()).push(", ").bind(now).push(")");
        }
        tx.exec(query).await?;
    }
    let query = Query::new(
        "UPDATE cases SET
            verdict_contract = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'contract'),
            verdict_life_cycle = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'life_cycle'),
            verdict_upgrade = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'upgrade'),
            verdict_roadmap = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'roadmap'),
            verdict_completeness = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'completeness')
         WHERE id IN ",
    );
    tx.exec(query.bind_list(ids.iter().copied())).await?;
    Ok(())
}

/// Open cases behind `after` in the order of activity, of one organisation when it is named.
pub async fn open_cases(
    on: impl Read,
    organisation: Option<OrganisationId>,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Case>> {
    let mut query = Query::new(COLUMNS).push("WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting')");
    if let Some(id) = organisation {
        query = query.push(" AND organisation_id = ").bind(id);
    }
    if let Some(cursor) = after {
        query = query.push(" AND (updated_at, id) > (").bind(cursor.key).push(", ").bind(cursor.id).push(")");
    }
    on.all(query.push(" ORDER BY updated_at, id LIMIT ").bind(limit)).await
}

/// Keeps these cases as they are until the transaction ends; of several those that nobody else keeps, since waiting
/// for one while holding another may be waiting for each other.
pub async fn lock_cases(tx: &mut Tx, ids: &[CaseId]) -> Result<Vec<Case>> {
    let lock = match (tx.dialect(), ids.len()) {
        (Dialect::Sqlite, _) => "",
        (Dialect::Postgres, 0 | 1) => " FOR UPDATE",
        (Dialect::Postgres, _) => " FOR UPDATE SKIP LOCKED",
    };
    let query = Query::new(COLUMNS).push("WHERE id IN ").bind_list(ids.iter().copied());
    tx.all(query.push(" ORDER BY id LIMIT ").bind(many(ids)).push(lock)).await
}

/// What was said first on each case, or on one that is merged into it, by the customer or on the telephone; of several
/// the oldest comes first.
pub async fn first_words(on: impl Read, ids: &[CaseId]) -> Result<Vec<(CaseId, String)>> {
    let query = Query::new(
        "SELECT COALESCE(c.merged_into, c.id), SUBSTR(e.text, 1, 5000) FROM cases c JOIN entries e ON e.id =
            (SELECT f.id FROM entries f WHERE f.case_id = c.id AND f.kind IN ('mail_in', 'call') ORDER BY f.id LIMIT 1)
         WHERE ",
    );
    on.all(whole(query, ids).push(" ORDER BY e.id LIMIT ").bind(MOST * many(ids))).await
}

/// What was said first on each of these cases, with what the desk noted of it: JSON.
pub async fn first_data(on: impl Read, ids: &[CaseId]) -> Result<Vec<(CaseId, String)>> {
    let query = Query::new(
        "SELECT c.id, e.data FROM cases c JOIN entries e ON e.id =
            (SELECT f.id FROM entries f WHERE f.case_id = c.id AND f.kind = 'mail_in' ORDER BY f.id LIMIT 1) WHERE c.id IN ",
    );
    on.all(query.bind_list(ids.iter().copied()).push(" LIMIT ").bind(many(ids))).await
}

/// The cases themselves and what is merged into them.
fn whole(query: Query, ids: &[CaseId]) -> Query {
    let query = query.push("(c.id IN ").bind_list(ids.iter().copied());
    query.push(" OR c.merged_into IN ").bind_list(ids.iter().copied()).push(")")
}

/// A file that a customer sent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SentFile {
    /// The case that it is shown on.
    pub owner: CaseId,
    pub name: String,
    pub size: i64,
    pub digest: String,
}

/// What customers sent on these cases, the newest first.
pub async fn customers_files(on: impl Read, ids: &[CaseId]) -> Result<Vec<SentFile>> {
    let query = Query::new(
        "SELECT COALESCE(c.merged_into, c.id) AS owner, a.name, a.size, a.digest FROM cases c
         JOIN entries e ON e.case_id = c.id AND e.kind = 'mail_in' JOIN attachments a ON a.entry_id = e.id WHERE ",
    );
    on.all(whole(query, ids).push(" ORDER BY a.id DESC LIMIT ").bind(MOST_FILES * many(ids))).await
}

/// The verdicts that this agent sees in every row of a list.
pub async fn list_columns(on: impl Read, agent: AgentId) -> Result<Vec<VerdictKind>> {
    let row: Option<(String,)> = on.opt(q!("SELECT kinds FROM list_columns WHERE agent_id = $1", agent)).await?;
    Ok(row.map(|(kinds,)| kinds.split(' ').filter_map(|kind| kind.parse().ok()).collect()).unwrap_or_default())
}

pub async fn set_list_columns(tx: &mut Tx, agent: AgentId, kinds: &[VerdictKind]) -> Result<u64> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    tx.exec(q!(
        "INSERT INTO list_columns (agent_id, kinds) VALUES ($1, $2)
         ON CONFLICT (agent_id) DO UPDATE SET kinds = excluded.kinds",
        agent,
        kinds.join(" ")
    ))
    .await
}
