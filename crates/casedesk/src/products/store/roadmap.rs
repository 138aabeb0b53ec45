//! Roadmap items and their votes. An organisation is known here by its id and its name alone.
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::products::{Item, ItemDraft, ItemId, ProductId, VoterId};
use crate::q;
use crate::staff::AgentId;

const COLUMNS: &str = "SELECT id, product_id, title, body, status, target, link, public, created_at, updated_at,
    (SELECT COUNT(*) FROM roadmap_votes v WHERE v.item_id = roadmap_items.id) AS votes FROM roadmap_items ";

/// An organisation's vote.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Vote {
    pub organisation_id: VoterId,
    pub organisation: String,
    pub at: Timestamp,
    /// Who noted it.
    pub agent: Option<String>,
}

/// The roadmap of a product: the most wanted first.
pub async fn items(on: impl Read, product: ProductId) -> Result<Vec<Item>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE product_id = ")
            .bind(product)
            .push(" ORDER BY votes DESC, id LIMIT ")
            .bind(super::MOST_ITEMS),
    )
    .await
}

/// The items that everybody may see.
pub async fn public_items(on: impl Read, product: ProductId) -> Result<Vec<Item>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE public AND product_id = ")
            .bind(product)
            .push(" ORDER BY votes DESC, id LIMIT ")
            .bind(super::MOST_ITEMS),
    )
    .await
}

pub async fn item(on: impl Read, product: ProductId, id: ItemId) -> Result<Option<Item>> {
    on.opt(Query::new(COLUMNS).push("WHERE product_id = ").bind(product).push(" AND id = ").bind(id)).await
}

/// The item, of whichever product.
pub async fn item_by_id(on: impl Read, id: ItemId) -> Result<Option<Item>> {
    on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await
}

pub async fn count_items(on: impl Read, product: ProductId) -> Result<i64> {
    let (count,): (i64,) = on.one(q!("SELECT COUNT(*) FROM roadmap_items WHERE product_id = $1", product)).await?;
    Ok(count)
}

pub(in crate::products) async fn insert_item(
    tx: &mut Tx,
    product: ProductId,
    draft: &ItemDraft,
    now: Timestamp,
) -> Result<ItemId> {
    let id = tx
        .insert(q!(
            "INSERT INTO roadmap_items (product_id, title, body, status, target, link, public, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id",
            product,
            &draft.title,
            &draft.body,
            draft.status,
            draft.target.as_deref(),
            draft.link.as_deref(),
            draft.public,
            now
        ))
        .await?;
    Ok(ItemId(id))
}

pub(in crate::products) async fn update_item(
    tx: &mut Tx,
    id: ItemId,
    draft: &ItemDraft,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE roadmap_items SET title = $2, body = $3, status = $4, target = $5, link = $6, public = $7,
            updated_at = $8 WHERE id = $1",
        id,
        &draft.title,
        &draft.body,
        draft.status,
        draft.target.as_deref(),
        draft.link.as_deref(),
        draft.public,
        now
    ))
    .await
}

pub(in crate::products) async fn delete_item(tx: &mut Tx, id: ItemId) -> Result<u64> {
    tx.exec(q!("DELETE FROM roadmap_votes WHERE item_id = $1", id)).await?;
    tx.exec(q!("DELETE FROM roadmap_items WHERE id = $1", id)).await
}

pub async fn votes(on: impl Read, item: ItemId) -> Result<Vec<Vote>> {
    on.all(q!(
        "SELECT v.organisation_id, o.name AS organisation, v.at, a.name AS agent FROM roadmap_votes v
         JOIN organisations o ON o.id = v.organisation_id LEFT JOIN agents a ON a.id = v.agent_id
         WHERE v.item_id = $1 ORDER BY v.at, v.organisation_id LIMIT $2",
        item,
        super::MOST_VOTES
    ))
    .await
}

/// Organisations of this name, two at the most: the second says that the name is not enough.
pub async fn voters_called(on: impl Read, name: &str) -> Result<Vec<VoterId>> {
    let rows: Vec<(VoterId,)> = on
        .all(q!(
            "SELECT id FROM organisations WHERE LOWER(name) = LOWER($1) AND merged_into IS NULL ORDER BY id LIMIT 2",
            name
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn voter_exists(on: impl Read, id: VoterId) -> Result<bool> {
    let row: Option<(i64,)> =
        on.opt(q!("SELECT id FROM organisations WHERE id = $1 AND merged_into IS NULL", id)).await?;
    Ok(row.is_some())
}

pub async fn item_exists(on: impl Read, id: ItemId) -> Result<bool> {
    let row: Option<(ItemId,)> = on.opt(q!("SELECT id FROM roadmap_items WHERE id = $1", id)).await?;
    Ok(row.is_some())
}

/// What an organisation has voted for: the item, when, and by which agent.
pub async fn votes_by(on: impl Read, voter: VoterId) -> Result<Vec<(ItemId, Timestamp, Option<AgentId>)>> {
    on.all(q!("SELECT item_id, at, agent_id FROM roadmap_votes WHERE organisation_id = $1 ORDER BY item_id", voter))
        .await
}

/// 0: it has voted already.
pub(in crate::products) async fn insert_vote(
    tx: &mut Tx,
    item: ItemId,
    voter: VoterId,
    by: Option<AgentId>,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO roadmap_votes (item_id, organisation_id, at, agent_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        item,
        voter,
        now,
        by
    ))
    .await
}

/// 0: it has not voted.
pub(in crate::products) async fn delete_vote(tx: &mut Tx, item: ItemId, voter: VoterId) -> Result<u64> {
    tx.exec(q!("DELETE FROM roadmap_votes WHERE item_id = $1 AND organisation_id = $2", item, voter)).await
}
