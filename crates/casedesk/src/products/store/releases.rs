//! Released versions.
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::products::{CycleId, ProductId, Release, ReleaseDraft, ReleaseId};
use crate::q;

const COLUMNS: &str =
    "SELECT id, product_id, cycle_id, version, released_on, channel, notes, updated_at FROM releases ";

/// The releases of a product in the order in which they came out, newest first; `rules` knows their order by version.
pub async fn releases(on: impl Read, product: ProductId) -> Result<Vec<Release>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE product_id = ")
            .bind(product)
            .push(" ORDER BY COALESCE(released_on, '0') DESC, id DESC LIMIT ")
            .bind(super::MOST_RELEASES),
    )
    .await
}

pub async fn release(on: impl Read, product: ProductId, id: ReleaseId) -> Result<Option<Release>> {
    on.opt(Query::new(COLUMNS).push("WHERE product_id = ").bind(product).push(" AND id = ").bind(id)).await
}

pub async fn release_by_version(on: impl Read, product: ProductId, version: &str) -> Result<Option<Release>> {
    on.opt(Query::new(COLUMNS).push("WHERE product_id = ").bind(product).push(" AND version = ").bind(version)).await
}

pub async fn count_releases(on: impl Read, product: ProductId) -> Result<i64> {
    let (count,): (i64,) = on.one(q!("SELECT COUNT(*) FROM releases WHERE product_id = $1", product)).await?;
    Ok(count)
}

pub(in crate::products) async fn insert_release(
    tx: &mut Tx,
    product: ProductId,
    draft: &ReleaseDraft,
    now: Timestamp,
) -> Result<ReleaseId> {
    let id = tx
        .insert(q!(
            "INSERT INTO releases (product_id, cycle_id, version, released_on, channel, notes, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            product,
            draft.cycle_id,
            &draft.version,
            draft.released_on,
            draft.channel,
            &draft.notes,
            now
        ))
        .await?;
    Ok(ReleaseId(id))
}

pub(in crate::products) async fn update_release(
    tx: &mut Tx,
    id: ReleaseId,
    draft: &ReleaseDraft,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE releases SET cycle_id = $2, version = $3, released_on = $4, channel = $5, notes = $6, updated_at = $7
         WHERE id = $1",
        id,
        draft.cycle_id,
        &draft.version,
        draft.released_on,
        draft.channel,
        &draft.notes,
        now
    ))
    .await
}

pub(in crate::products) async fn set_cycle(tx: &mut Tx, id: ReleaseId, cycle: CycleId) -> Result<u64> {
    tx.exec(q!("UPDATE releases SET cycle_id = $2 WHERE id = $1", id, cycle)).await
}

pub(in crate::products) async fn delete_release(tx: &mut Tx, id: ReleaseId) -> Result<u64> {
    tx.exec(q!("DELETE FROM releases WHERE id = $1", id)).await
}
