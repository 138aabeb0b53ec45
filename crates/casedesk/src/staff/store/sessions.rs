//! Sessions: one row each, found by the digest of the id that the cookie carries.
use crate::db::{Db, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::{AgentId, Role};

pub struct NewSession<'a> {
    pub digest: &'a str,
    pub agent: AgentId,
    pub at: Timestamp,
    pub expires_at: Timestamp,
    pub ip: Option<String>,
    pub user_agent: &'a str,
    pub totp_passed: bool,
}

/// A session with its agent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Live {
    pub agent_id: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub time_zone: String,
    pub has_totp: bool,
    pub last_used_at: Timestamp,
    pub totp_passed: bool,
    pub totp_pending: Option<String>,
    /// The newest event.
    pub event: i64,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub digest: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub ip: Option<String>,
    pub user_agent: String,
}

impl Listed {
    /// Names the session on pages; its id cannot be found from it.
    pub fn handle(&self) -> &str {
        self.digest.get(..16).unwrap_or(&self.digest)
    }
}

pub async fn insert(tx: &mut Tx, new: &NewSession<'_>) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO sessions (digest, agent_id, created_at, last_used_at, expires_at, ip, user_agent, totp_passed)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7)",
        new.digest,
        new.agent,
        new.at,
        new.expires_at,
        new.ip.as_deref(),
        new.user_agent,
        new.totp_passed
    ))
    .await
}

/// The session of an agent who is not disabled, when it has neither run out nor idled since `idle_since`.
pub async fn live(from: impl Read, digest: &str, now: Timestamp, idle_since: Timestamp) -> Result<Option<Live>> {
    from.opt(q!(
        "SELECT s.agent_id, a.name, a.email, a.role, a.time_zone, a.totp_secret IS NOT NULL AS has_totp,
                s.last_used_at, s.totp_passed, s.totp_pending,
                (SELECT COALESCE(MAX(e.id), 0) FROM events e) AS event
         FROM sessions s JOIN agents a ON a.id = s.agent_id
         WHERE s.digest = $1 AND s.expires_at > $2 AND s.last_used_at > $3 AND a.disabled_at IS NULL",
        digest,
        now,
        idle_since
    ))
    .await
}

pub async fn touch(tx: &mut Tx, digest: &str, at: Timestamp, ip: Option<String>) -> Result<u64> {
    tx.exec(q!("UPDATE sessions SET last_used_at = $2, ip = $3 WHERE digest = $1", digest, at, ip)).await
}

pub async fn set_pending(tx: &mut Tx, digest: &str, secret: Option<&str>) -> Result<u64> {
    tx.exec(q!("UPDATE sessions SET totp_pending = $2 WHERE digest = $1", digest, secret)).await
}

pub async fn of_agent(db: &Db, agent: AgentId, now: Timestamp, idle_since: Timestamp) -> Result<Vec<Listed>> {
    db.all(q!(
        "SELECT digest, created_at, last_used_at, ip, user_agent FROM sessions
         WHERE agent_id = $1 AND totp_passed AND expires_at > $2 AND last_used_at > $3
         ORDER BY last_used_at DESC, digest",
        agent,
        now,
        idle_since
    ))
    .await
}

/// Ends a session; whose it was, and whether it was whole.
pub async fn end(tx: &mut Tx, digest: &str) -> Result<Option<(AgentId, bool)>> {
    tx.opt(q!("DELETE FROM sessions WHERE digest = $1 RETURNING agent_id, totp_passed", digest)).await
}

pub async fn end_by_handle(tx: &mut Tx, agent: AgentId, handle: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM sessions WHERE agent_id = $1 AND SUBSTR(digest, 1, 16) = $2", agent, handle)).await
}

/// Every session of an agent, but the one under `besides`.
pub async fn end_all(tx: &mut Tx, agent: AgentId, besides: Option<&str>) -> Result<u64> {
    tx.exec(q!("DELETE FROM sessions WHERE agent_id = $1 AND digest <> $2", agent, besides.unwrap_or(""))).await
}

pub async fn sweep(tx: &mut Tx, now: Timestamp, idle_since: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM sessions WHERE expires_at <= $1 OR last_used_at <= $2", now, idle_since)).await
}
