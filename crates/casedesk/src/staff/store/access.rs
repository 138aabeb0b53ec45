//! API tokens, mailed links, recovery codes and the counts of tries. Digests alone are kept.
use crate::db::{Db, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::{AgentId, LinkKind, Role, Scope, TokenId};

pub struct NewToken<'a> {
    pub agent: AgentId,
    pub name: &'a str,
    pub digest: &'a str,
    pub scope: Scope,
    pub at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// A token with its agent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LiveToken {
    pub id: TokenId,
    pub scope: Scope,
    pub last_used_at: Option<Timestamp>,
    pub agent_id: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub time_zone: String,
}

/// A token as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub scope: Scope,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

pub async fn insert_token(tx: &mut Tx, new: &NewToken<'_>) -> Result<TokenId> {
    tx.insert(q!(
        "INSERT INTO api_tokens (agent_id, name, digest, scope, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        new.agent,
        new.name,
        new.digest,
        new.scope,
        new.at,
        new.expires_at
    ))
    .await
    .map(TokenId)
}

pub async fn live_token(db: &Db, digest: &str, now: Timestamp) -> Result<Option<LiveToken>> {
    db.opt(q!(
        "SELECT t.id, t.scope, t.last_used_at, t.agent_id, a.name, a.email, a.role, a.time_zone
         FROM api_tokens t JOIN agents a ON a.id = t.agent_id
         WHERE t.digest = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
           AND a.disabled_at IS NULL",
        digest,
        now
    ))
    .await
}

pub async fn token_is_live(db: &Db, id: TokenId, now: Timestamp) -> Result<bool> {
    let (live,): (i64,) = db
        .one(q!(
            "SELECT COUNT(*) FROM api_tokens t JOIN agents a ON a.id = t.agent_id
             WHERE t.id = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
               AND a.disabled_at IS NULL",
            id,
            now
        ))
        .await?;
    Ok(live > 0)
}

pub async fn touch_token(tx: &mut Tx, id: TokenId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1", id, at)).await
}

pub async fn tokens_of(db: &Db, agent: AgentId) -> Result<Vec<Token>> {
    db.all(q!(
        "SELECT id, name, scope, created_at, last_used_at, expires_at FROM api_tokens
         WHERE agent_id = $1 AND revoked_at IS NULL ORDER BY id DESC",
        agent
    ))
    .await
}

pub async fn revoke_token(tx: &mut Tx, agent: AgentId, id: TokenId, at: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE api_tokens SET revoked_at = $3 WHERE id = $2 AND agent_id = $1 AND revoked_at IS NULL",
        agent,
        id,
        at
    ))
    .await
}

pub async fn revoke_tokens(tx: &mut Tx, agent: AgentId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE api_tokens SET revoked_at = $2 WHERE agent_id = $1 AND revoked_at IS NULL", agent, at)).await
}

pub async fn insert_link(
    tx: &mut Tx,
    digest: &str,
    agent: AgentId,
    kind: LinkKind,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO links (digest, agent_id, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        digest,
        agent,
        kind,
        at,
        expires_at
    ))
    .await
}

/// Whose link this is, while it can be used.
pub async fn link(from: impl Read, digest: &str, kind: LinkKind, now: Timestamp) -> Result<Option<AgentId>> {
    let found: Option<(AgentId,)> = from
        .opt(q!(
            "SELECT l.agent_id FROM links l JOIN agents a ON a.id = l.agent_id
             WHERE l.digest = $1 AND l.kind = $2 AND l.used_at IS NULL AND l.expires_at > $3 AND a.disabled_at IS NULL",
            digest,
            kind,
            now
        ))
        .await?;
    Ok(found.map(|(id,)| id))
}

/// Marks the link used; no row when another did so first.
pub async fn use_link(tx: &mut Tx, digest: &str, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE links SET used_at = $2 WHERE digest = $1 AND used_at IS NULL", digest, at)).await
}

/// Makes every open link of an agent useless.
pub async fn use_links(tx: &mut Tx, agent: AgentId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE links SET used_at = $2 WHERE agent_id = $1 AND used_at IS NULL", agent, at)).await
}

pub async fn sweep_links(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM links WHERE expires_at <= $1", now)).await
}

pub async fn add_recovery_code(tx: &mut Tx, digest: &str, agent: AgentId) -> Result<u64> {
    tx.exec(q!("INSERT INTO recovery_codes (digest, agent_id) VALUES ($1, $2)", digest, agent)).await
}

/// A recovery code works once: no row when it is unknown or used.
pub async fn take_recovery_code(tx: &mut Tx, digest: &str, agent: AgentId) -> Result<u64> {
    tx.exec(q!("DELETE FROM recovery_codes WHERE digest = $1 AND agent_id = $2", digest, agent)).await
}

pub async fn clear_recovery_codes(tx: &mut Tx, agent: AgentId) -> Result<u64> {
    tx.exec(q!("DELETE FROM recovery_codes WHERE agent_id = $1", agent)).await
}

pub async fn recovery_codes_left(db: &Db, agent: AgentId) -> Result<i64> {
    let (left,): (i64,) = db.one(q!("SELECT COUNT(*) FROM recovery_codes WHERE agent_id = $1", agent)).await?;
    Ok(left)
}

/// Until when tries under `name` are spoken for.
pub async fn busy_until(db: &Db, name: &str) -> Result<Option<Timestamp>> {
    let found: Option<(Timestamp,)> = db.opt(q!("SELECT busy_until FROM throttles WHERE name = $1", name)).await?;
    Ok(found.map(|(at,)| at))
}

/// Books one try of `cost_us`, unless more than `ahead_us` are booked already; no row when so.
pub async fn book_try(tx: &mut Tx, name: &str, now: Timestamp, cost_us: i64, ahead_us: i64) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO throttles (name, busy_until) VALUES ($1, $2 + $3)
         ON CONFLICT (name) DO UPDATE
         SET busy_until = CASE WHEN throttles.busy_until > $2 THEN throttles.busy_until ELSE $2 END + $3
         WHERE throttles.busy_until <= $2 + $4",
        name,
        now,
        cost_us,
        ahead_us
    ))
    .await
}

pub async fn give_back_try(tx: &mut Tx, name: &str, cost_us: i64) -> Result<u64> {
    tx.exec(q!("UPDATE throttles SET busy_until = busy_until - $2 WHERE name = $1", name, cost_us)).await
}

pub async fn forget_tries(tx: &mut Tx, name: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM throttles WHERE name = $1", name)).await
}

pub async fn sweep_tries(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM throttles WHERE busy_until <= $1", now)).await
}
