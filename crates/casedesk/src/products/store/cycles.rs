//! Lines of the life-cycle table.
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::products::{Cycle, CycleDraft, CycleId, ProductId};
use crate::q;

const COLUMNS: &str =
    "SELECT id, product_id, name, lts, released_on, support_ends_on, security_ends_on, ends_on, ended,
    latest, latest_on, link, updated_at FROM cycles ";

/// The life-cycle table of a product, newest first.
pub async fn cycles(on: impl Read, product: ProductId) -> Result<Vec<Cycle>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE product_id = ")
            .bind(product)
            .push(" ORDER BY COALESCE(released_on, '0') DESC, id DESC LIMIT ")
            .bind(super::MOST_CYCLES),
    )
    .await
}

pub async fn cycle(on: impl Read, product: ProductId, id: CycleId) -> Result<Option<Cycle>> {
    on.opt(Query::new(COLUMNS).push("WHERE product_id = ").bind(product).push(" AND id = ").bind(id)).await
}

pub async fn count_cycles(on: impl Read, product: ProductId) -> Result<i64> {
    let (count,): (i64,) = on.one(q!("SELECT COUNT(*) FROM cycles WHERE product_id = $1", product)).await?;
    Ok(count)
}

pub(in crate::products) async fn insert_cycle(
    tx: &mut Tx,
    product: ProductId,
    draft: &CycleDraft,
    now: Timestamp,
) -> Result<CycleId> {
    let id = tx
        .insert(q!(
            "INSERT INTO cycles (product_id, name, lts, released_on, support_ends_on, security_ends_on, ends_on, ended,
                latest, latest_on, link, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
            product,
            &draft.name,
            draft.lts,
            draft.released_on,
            draft.support_ends_on,
            draft.security_ends_on,
            draft.ends_on,
            draft.ended,
            draft.latest.as_deref(),
            draft.latest_on,
            draft.link.as_deref(),
            now
        ))
        .await?;
    Ok(CycleId(id))
}

pub(in crate::products) async fn update_cycle(
    tx: &mut Tx,
    id: CycleId,
    draft: &CycleDraft,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE cycles SET name = $2, lts = $3, released_on = $4, support_ends_on = $5, security_ends_on = $6,
            ends_on = $7, ended = $8, latest = $9, latest_on = $10, link = $11, updated_at = $12 WHERE id = $1",
        id,
        &draft.name,
        draft.lts,
        draft.released_on,
        draft.support_ends_on,
        draft.security_ends_on,
        draft.ends_on,
        draft.ended,
        draft.latest.as_deref(),
        draft.latest_on,
        draft.link.as_deref(),
        now
    ))
    .await
}

/// Its releases stay, of no cycle.
pub(in crate::products) async fn delete_cycle(tx: &mut Tx, id: CycleId) -> Result<u64> {
    tx.exec(q!("UPDATE releases SET cycle_id = NULL WHERE cycle_id = $1", id)).await?;
    tx.exec(q!("DELETE FROM cycles WHERE id = $1", id)).await
}
