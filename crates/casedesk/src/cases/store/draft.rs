//! Drafts, templates, saved views, and how far each agent has read.
use crate::cases::{CaseId, EntryId};
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// What an agent is writing on a case. Recipients are the JSON of a list of `Person`; empty: as proposed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Draft {
    /// `reply` or `note`.
    pub kind: String,
    pub body: String,
    pub recipients_to: Option<String>,
    pub recipients_cc: Option<String>,
    pub recipients_bcc: Option<String>,
    /// The newest entry when writing began.
    pub based_on: EntryId,
    pub updated_at: Timestamp,
}

pub async fn drafts(on: impl Read, case: CaseId, agent: AgentId) -> Result<Vec<Draft>> {
    on.all(q!(
        "SELECT kind, body, recipients_to, recipients_cc, recipients_bcc, based_on, updated_at FROM drafts
         WHERE case_id = $1 AND agent_id = $2 ORDER BY kind",
        case,
        agent
    ))
    .await
}

/// That somebody is writing on a case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Writing {
    pub agent_id: AgentId,
    pub kind: String,
    pub updated_at: Timestamp,
}

/// Who is writing on a case, 50 at the most.
pub async fn drafts_on(on: impl Read, case: CaseId) -> Result<Vec<Writing>> {
    on.all(q!(
        "SELECT agent_id, kind, updated_at FROM drafts WHERE case_id = $1 ORDER BY agent_id, kind LIMIT 50",
        case
    ))
    .await
}

/// Keeps the draft, unless one newer than `replaces` holds other words (0). What it was based on stays as it was
/// when writing began.
pub async fn save_draft(tx: &mut Tx, case: CaseId, agent: AgentId, draft: &Draft, replaces: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO drafts (case_id, agent_id, kind, body, recipients_to, recipients_cc, recipients_bcc, based_on,
            updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (case_id, agent_id, kind) DO UPDATE SET body = excluded.body,
            recipients_to = excluded.recipients_to, recipients_cc = excluded.recipients_cc,
            recipients_bcc = excluded.recipients_bcc, updated_at = excluded.updated_at
         WHERE drafts.updated_at <= $10 OR drafts.body = excluded.body",
        case,
        agent,
        &draft.kind,
        &draft.body,
        draft.recipients_to.as_deref(),
        draft.recipients_cc.as_deref(),
        draft.recipients_bcc.as_deref(),
        draft.based_on,
        draft.updated_at,
        replaces,
    ))
    .await
}

/// The agent has seen what changed and goes on writing.
pub async fn rebase_draft(tx: &mut Tx, case: CaseId, agent: AgentId, on: EntryId) -> Result<u64> {
    tx.exec(q!("UPDATE drafts SET based_on = $3 WHERE case_id = $1 AND agent_id = $2", case, agent, on)).await
}

pub async fn delete_draft(tx: &mut Tx, case: CaseId, agent: AgentId, kind: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM drafts WHERE case_id = $1 AND agent_id = $2 AND kind = $3", case, agent, kind)).await
}

/// Deletes the draft, unless it is newer than `replaces`.
pub async fn forget_draft(tx: &mut Tx, case: CaseId, agent: AgentId, kind: &str, replaces: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "DELETE FROM drafts WHERE case_id = $1 AND agent_id = $2 AND kind = $3 AND updated_at <= $4",
        case,
        agent,
        kind,
        replaces
    ))
    .await
}

/// How far this agent has read the case.
pub async fn seen(on: impl Read, case: CaseId, agent: AgentId) -> Result<Option<EntryId>> {
    let row: Option<(EntryId,)> =
        on.opt(q!("SELECT entry_id FROM case_seen WHERE case_id = $1 AND agent_id = $2", case, agent)).await?;
    Ok(row.map(|(id,)| id))
}

pub async fn set_seen(tx: &mut Tx, case: CaseId, agent: AgentId, entry: EntryId) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO case_seen (case_id, agent_id, entry_id) VALUES ($1, $2, $3)
         ON CONFLICT (case_id, agent_id) DO UPDATE SET entry_id = excluded.entry_id
         WHERE case_seen.entry_id < excluded.entry_id",
        case,
        agent,
        entry
    ))
    .await
}

/// A text to reuse.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Template {
    pub id: i64,
    pub name: String,
    pub body: String,
    /// Sent as the acknowledgement of new cases; one is at the most.
    pub acknowledges: bool,
}

/// All templates by name, 500 at the most.
pub async fn templates(on: impl Read) -> Result<Vec<Template>> {
    on.all(q!("SELECT id, name, body, acknowledges FROM templates ORDER BY name LIMIT 500")).await
}

pub async fn template(on: impl Read, id: i64) -> Result<Option<Template>> {
    on.opt(q!("SELECT id, name, body, acknowledges FROM templates WHERE id = $1", id)).await
}

/// Adds the template, or rewrites the one of that name.
pub async fn save_template(tx: &mut Tx, name: &str, body: &str, now: Timestamp) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO templates (name, body, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at RETURNING id",
        name,
        body,
        now
    ))
    .await
}

pub async fn template_by_name(on: impl Read, name: &str) -> Result<Option<Template>> {
    on.opt(q!("SELECT id, name, body, acknowledges FROM templates WHERE name = $1", name)).await
}

/// The one that is sent as the acknowledgement of new cases.
pub async fn acknowledgement(on: impl Read) -> Result<Option<Template>> {
    on.opt(q!("SELECT id, name, body, acknowledges FROM templates WHERE acknowledges")).await
}

/// This one is sent as the acknowledgement from now on, and no other is; or it is not.
pub async fn set_acknowledges(tx: &mut Tx, id: i64, on: bool) -> Result<u64> {
    if on {
        tx.exec(q!("UPDATE templates SET acknowledges = FALSE WHERE acknowledges AND id <> $1", id)).await?;
    }
    tx.exec(q!("UPDATE templates SET acknowledges = $2 WHERE id = $1", id, on)).await
}

pub async fn update_template(tx: &mut Tx, id: i64, name: &str, body: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE templates SET name = $2, body = $3, updated_at = $4 WHERE id = $1", id, name, body, now)).await
}

pub async fn delete_template(tx: &mut Tx, id: i64) -> Result<u64> {
    tx.exec(q!("DELETE FROM templates WHERE id = $1", id)).await
}

/// A filter that somebody keeps at hand.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct SavedView {
    pub id: i64,
    pub agent_id: AgentId,
    pub name: String,
    pub shared: bool,
    pub query: String,
}

/// The agent's own saved views and the shared ones, 50 at the most.
pub async fn saved_views(on: impl Read, agent: AgentId) -> Result<Vec<SavedView>> {
    on.all(q!(
        "SELECT id, agent_id, name, shared, query FROM saved_views WHERE agent_id = $1 OR shared ORDER BY id LIMIT 50",
        agent
    ))
    .await
}

/// A saved view that this agent may use.
pub async fn saved_view(on: impl Read, agent: AgentId, id: i64) -> Result<Option<SavedView>> {
    on.opt(q!(
        "SELECT id, agent_id, name, shared, query FROM saved_views WHERE id = $2 AND (agent_id = $1 OR shared)",
        agent,
        id
    ))
    .await
}

pub async fn insert_view(tx: &mut Tx, agent: AgentId, name: &str, shared: bool, query: &str) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO saved_views (agent_id, name, shared, query) VALUES ($1, $2, $3, $4) RETURNING id",
        agent,
        name,
        shared,
        query
    ))
    .await
}

/// Rewrites a saved view of this agent's own.
pub async fn update_view(tx: &mut Tx, agent: AgentId, id: i64, name: &str, shared: bool, query: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE saved_views SET name = $3, shared = $4, query = $5 WHERE id = $2 AND agent_id = $1",
        agent,
        id,
        name,
        shared,
        query
    ))
    .await
}

pub async fn delete_view(tx: &mut Tx, agent: AgentId, id: i64) -> Result<u64> {
    tx.exec(q!("DELETE FROM saved_views WHERE id = $2 AND agent_id = $1", agent, id)).await
}
