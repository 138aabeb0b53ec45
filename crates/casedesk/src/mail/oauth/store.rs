//! SQL of the stored tokens.
use crate::db::{Read, Result, Tx};
use crate::kit::{Secret, Timestamp};
use crate::q;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) refresh_token: String,
    pub(super) access_token: String,
    pub(super) expires_at: Timestamp,
}

pub(super) async fn row(on: impl Read, name: &str) -> Result<Row> {
    on.one(q!("SELECT refresh_token, access_token, expires_at FROM oauth_tokens WHERE name = $1", name)).await
}

/// Forgets this access token, unless there is a newer one.
pub(super) async fn forget(tx: &mut Tx, name: &str, token: &Secret) -> Result<u64> {
    tx.exec(q!("UPDATE oauth_tokens SET access_token = '' WHERE name = $1 AND access_token = $2", name, token)).await
}

/// Begins with the settings' refresh token, where other settings were in force.
pub(super) async fn prepare(tx: &mut Tx, name: &str, origin: &str, refresh_token: &Secret) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO oauth_tokens (name, origin, refresh_token) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET origin = excluded.origin, refresh_token = excluded.refresh_token,
             access_token = '', expires_at = 0, refreshing_until = 0
         WHERE oauth_tokens.origin <> excluded.origin",
        name,
        origin,
        refresh_token
    ))
    .await
}

/// Takes the turn to ask the endpoint until `until`; 0 when another node has it.
pub(super) async fn take_turn(tx: &mut Tx, name: &str, until: Timestamp, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE oauth_tokens SET refreshing_until = $1 WHERE name = $2 AND refreshing_until < $3",
        until,
        name,
        now
    ))
    .await
}

pub(super) async fn end_turn(tx: &mut Tx, name: &str) -> Result<u64> {
    tx.exec(q!("UPDATE oauth_tokens SET refreshing_until = 0 WHERE name = $1", name)).await
}

pub(super) async fn keep(tx: &mut Tx, name: &str, refresh: &str, access: &str, until: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE oauth_tokens SET refresh_token = $1, access_token = $2, expires_at = $3 WHERE name = $4",
        refresh,
        access,
        until,
        name
    ))
    .await
}
