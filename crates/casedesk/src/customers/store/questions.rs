//! The words in which details are asked for, where they are the desk's own.
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

pub async fn own_words(on: impl Read) -> Result<Vec<(String, String)>> {
    on.all(q!("SELECT name, body FROM details_words ORDER BY name LIMIT 100")).await
}

pub(in crate::customers) async fn set_words(
    tx: &mut Tx,
    name: &str,
    body: &str,
    by: AgentId,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO details_words (name, body, agent_id, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET body = $2, agent_id = $3, updated_at = $4",
        name,
        body,
        by,
        now
    ))
    .await
}

pub(in crate::customers) async fn forget_words(tx: &mut Tx, name: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM details_words WHERE name = $1", name)).await
}
