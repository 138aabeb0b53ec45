//! Links, merges and splits.
use crate::cases::{CaseId, CaseState, EntryId, LinkKind};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::{AgentId, TeamId};

/// A case that this one is linked to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Linked {
    pub id: CaseId,
    pub subject: String,
    pub state: CaseState,
    pub kind: LinkKind,
    /// Whether this case is the one that the link was made from.
    pub forward: bool,
}

/// Links from and to this case that the viewer may see, 100 at the most.
pub async fn links(on: impl Read, case: CaseId, hidden: &[TeamId]) -> Result<Vec<Linked>> {
    let query = q!(
        "SELECT c.id, c.subject, c.state, l.kind, l.case_id = $1 AS forward FROM case_links l
         JOIN cases c ON c.id = CASE WHEN l.case_id = $1 THEN l.other_id ELSE l.case_id END
         WHERE (l.case_id = $1 OR l.other_id = $1)",
        case
    );
    on.all(super::case::unhidden(query, "c.team_id", hidden).push(" ORDER BY c.id DESC LIMIT 100")).await
}

pub async fn link(tx: &mut Tx, case: CaseId, other: CaseId, kind: LinkKind) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO case_links (case_id, other_id, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        case,
        other,
        kind
    ))
    .await
}

pub async fn unlink(tx: &mut Tx, case: CaseId, other: CaseId) -> Result<u64> {
    tx.exec(q!(
        "DELETE FROM case_links WHERE (case_id = $1 AND other_id = $2) OR (case_id = $2 AND other_id = $1)",
        case,
        other
    ))
    .await
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Merge {
    pub id: i64,
    pub case_id: CaseId,
    pub into_id: CaseId,
    pub undone_at: Option<Timestamp>,
}

/// Whether somebody of the desk has written on the case or changed it.
pub async fn worked_on(on: impl Read, id: CaseId) -> Result<bool> {
    let found: Option<(EntryId,)> =
        on.opt(q!("SELECT id FROM entries WHERE case_id = $1 AND agent_id IS NOT NULL LIMIT 1", id)).await?;
    Ok(found.is_some())
}

/// Whether somebody has taken the two apart, or one of them from another.
pub async fn kept_apart(on: impl Read, both: [CaseId; 2]) -> Result<bool> {
    let [one, other] = both;
    let found: Option<(i64,)> = on
        .opt(q!(
            "SELECT id FROM merges WHERE undone_at IS NOT NULL AND case_id IN ($1, $2) AND into_id IN ($1, $2)
             UNION ALL SELECT id FROM splits WHERE case_id IN ($1, $2) OR new_id IN ($1, $2) LIMIT 1",
            one,
            other
        ))
        .await?;
    Ok(found.is_some())
}

pub async fn insert_merge(
    tx: &mut Tx,
    case: CaseId,
    into: CaseId,
    agent: Option<AgentId>,
    now: Timestamp,
) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO merges (case_id, into_id, agent_id, at) VALUES ($1, $2, $3, $4) RETURNING id",
        case,
        into,
        agent,
        now
    ))
    .await
}

pub async fn merge(on: impl Read, id: i64) -> Result<Option<Merge>> {
    on.opt(q!("SELECT id, case_id, into_id, undone_at FROM merges WHERE id = $1", id)).await
}

pub async fn undo_merge(tx: &mut Tx, id: i64, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE merges SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL", id, now)).await
}

/// Cases that are merged straight into this one.
pub async fn merged_straight_into(on: impl Read, case: CaseId) -> Result<Vec<CaseId>> {
    let rows: Vec<(CaseId,)> =
        on.all(q!("SELECT case_id FROM merges WHERE into_id = $1 AND undone_at IS NULL LIMIT 1000", case)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Shows these cases as part of `root`, or as themselves.
pub async fn set_merged_into(tx: &mut Tx, cases: &[CaseId], root: Option<CaseId>) -> Result<u64> {
    tx.exec(q!("UPDATE cases SET merged_into = $1 WHERE id IN ", root).bind_list(cases.iter().copied())).await
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Split {
    pub id: i64,
    pub case_id: CaseId,
    pub new_id: CaseId,
    pub undone_at: Option<Timestamp>,
}

pub async fn insert_split(
    tx: &mut Tx,
    case: CaseId,
    new: CaseId,
    agent: Option<AgentId>,
    now: Timestamp,
) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO splits (case_id, new_id, agent_id, at) VALUES ($1, $2, $3, $4) RETURNING id",
        case,
        new,
        agent,
        now
    ))
    .await
}

pub async fn split(on: impl Read, id: i64) -> Result<Option<Split>> {
    on.opt(q!("SELECT id, case_id, new_id, undone_at FROM splits WHERE id = $1", id)).await
}

pub async fn undo_split(tx: &mut Tx, id: i64, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE splits SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL", id, now)).await
}

/// Moves entries of one case to another, remembering the split that did it.
pub async fn move_entries(tx: &mut Tx, split: i64, from: CaseId, to: CaseId, entries: &[EntryId]) -> Result<u64> {
    tx.exec(
        q!("UPDATE entries SET case_id = $1, split_id = $2 WHERE case_id = $3 AND id IN ", to, split, from)
            .bind_list(entries.iter().copied()),
    )
    .await?;
    tx.exec(q!("UPDATE attachments SET case_id = $1 WHERE entry_id IN ", to).bind_list(entries.iter().copied())).await
}

/// The entries that a split moved.
pub async fn entries_of_split(on: impl Read, split: i64) -> Result<Vec<EntryId>> {
    let rows: Vec<(EntryId,)> =
        on.all(q!("SELECT id FROM entries WHERE split_id = $1 ORDER BY id LIMIT 1000", split)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many entries that people wrote stand on the case itself, without replies that were taken back.
pub async fn count_messages(on: impl Read, case: CaseId) -> Result<i64> {
    let (count,): (i64,) = on
        .one(
            Query::new(
                "SELECT COUNT(*) FROM entries WHERE kind IN ('mail_in', 'mail_out', 'note', 'call')
                 AND (delivery IS NULL OR delivery <> 'cancelled') AND case_id = ",
            )
            .bind(case),
        )
        .await?;
    Ok(count)
}
