//! The audit log: lines are added, never changed.
use serde_json::Value;

use crate::db::{Db, Result, Tx};
use crate::kit::Timestamp;
use crate::kit::paging::{Cursor, Page};
use crate::q;
use crate::staff::{AgentId, Audit};

/// A line with the name of who did it.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Line {
    pub id: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Absent when the desk itself did it.
    pub agent_id: Option<AgentId>,
    pub agent_name: Option<String>,
    pub action: String,
    pub subject_kind: Option<String>,
    pub subject_id: Option<i64>,
    /// What changed, as JSON.
    pub detail: String,
    pub ip: Option<String>,
}

impl Line {
    /// The detail in words: `name Night shift, members_only false`.
    pub fn words(&self) -> String {
        let Ok(Value::Object(detail)) = serde_json::from_str(&self.detail) else { return self.detail.clone() };
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        detail.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
    }
}

pub async fn insert(tx: &mut Tx, line: &Audit) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO audit (at, agent_id, action, subject_kind, subject_id, detail, ip)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        line.at,
        line.actor.agent(),
        line.action,
        line.subject.map(|(kind, _)| kind),
        line.subject.map(|(_, id)| id),
        line.detail.to_string(),
        line.ip.map(|ip| ip.to_string())
    ))
    .await
}

/// The newest lines before `before`, of one agent when given.
pub async fn audit_page(db: &Db, agent: Option<AgentId>, before: Option<Cursor>, limit: usize) -> Result<Page<Line>> {
    use crate::db::Read as _;
    let mut query = q!(
        "SELECT u.id, u.at, u.agent_id, a.name AS agent_name, u.action, u.subject_kind, u.subject_id, u.detail, u.ip
         FROM audit u LEFT JOIN agents a ON a.id = u.agent_id WHERE u.id < $1",
        before.map_or(i64::MAX, |cursor| cursor.id)
    );
    if let Some(agent) = agent {
        query = query.push(" AND u.agent_id = ").bind(agent);
    }
    let rows = db.all(query.push(" ORDER BY u.id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101))).await?;
    Ok(Page::cut(rows, limit, |line: &Line| Cursor { key: 0, id: line.id }))
}
