//! SQL of contracts that end, and of the reminders that went out.
use super::agreements::Contract;
use crate::customers::{ContractId, OrganisationId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// A contract that ends, whose it is, and who looks after them.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct EndingContract {
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub contract: Contract,
    pub organisation_name: String,
    pub account_manager_id: Option<AgentId>,
    pub account_manager: Option<String>,
}

/// Contracts that end between two days and that nothing follows: no renewal, and none that lasts longer.
pub async fn ending_contracts(on: impl Read, from: &str, to: &str, limit: i64) -> Result<Vec<EndingContract>> {
    let query = Query::new(
        "SELECT c.id, c.organisation_id, c.option_id, o.name AS option_name, c.reference, c.starts_on, c.ends_on,
            c.seats, c.renews_months, c.renews_id, g.name AS organisation_name, g.account_manager_id,
            a.name AS account_manager
         FROM contracts c JOIN support_options o ON o.id = c.option_id JOIN organisations g ON g.id = c.organisation_id
         LEFT JOIN agents a ON a.id = g.account_manager_id AND a.disabled_at IS NULL
         WHERE c.renews_months IS NULL AND c.ends_on >= ",
    );
    let query = query.bind(from).push(" AND c.ends_on <= ").bind(to).push(
        " AND NOT EXISTS (SELECT 1 FROM contracts n WHERE n.organisation_id = c.organisation_id AND n.id <> c.id
            AND (n.renews_id = c.id OR n.ends_on IS NULL OR n.ends_on > c.ends_on OR n.renews_months IS NOT NULL))
         ORDER BY c.ends_on, c.id LIMIT ",
    );
    on.all(query.bind(limit)).await
}

/// How many days before this end a reminder went out.
pub async fn reminders(on: impl Read, id: ContractId, ends_on: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = on
        .all(q!("SELECT days FROM contract_reminders WHERE contract_id = $1 AND ends_on = $2 LIMIT 100", id, ends_on))
        .await?;
    Ok(rows.into_iter().map(|(days,)| days).collect())
}

/// 0: it went out before.
pub(in crate::customers) async fn insert_reminder(
    tx: &mut Tx,
    id: ContractId,
    ends_on: &str,
    days: i64,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO contract_reminders (contract_id, ends_on, days, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        id,
        ends_on,
        days,
        now
    ))
    .await
}

/// Who looks after an organisation.
pub async fn account_manager(on: impl Read, id: OrganisationId) -> Result<Option<AgentId>> {
    let row: Option<(Option<AgentId>,)> =
        on.opt(q!("SELECT account_manager_id FROM organisations WHERE id = $1", id)).await?;
    Ok(row.and_then(|(agent,)| agent))
}

pub(in crate::customers) async fn set_account_manager(
    tx: &mut Tx,
    id: OrganisationId,
    agent: Option<AgentId>,
) -> Result<u64> {
    tx.exec(q!("UPDATE organisations SET account_manager_id = $2 WHERE id = $1", id, agent)).await
}
