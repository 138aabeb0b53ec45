//! Products and their names.
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::products::rules::fold;
use crate::products::{Product, ProductDraft, ProductId};
use crate::q;

const COLUMNS: &str = "SELECT id, slug, name, kind, archived_at, created_at FROM products ";

/// All products, those in use first.
pub async fn products(on: impl Read) -> Result<Vec<Product>> {
    on.all(Query::new(COLUMNS).push("ORDER BY archived_at IS NOT NULL, name, id LIMIT ").bind(super::MOST_PRODUCTS))
        .await
}

/// Those that everybody may see.
pub async fn public_products(on: impl Read) -> Result<Vec<Product>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE kind = 'own' AND archived_at IS NULL ORDER BY name, id LIMIT ")
            .bind(super::MOST_PRODUCTS),
    )
    .await
}

pub async fn product(on: impl Read, id: ProductId) -> Result<Option<Product>> {
    on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await
}

pub async fn product_by_slug(on: impl Read, slug: &str) -> Result<Option<Product>> {
    on.opt(Query::new(COLUMNS).push("WHERE slug = ").bind(slug)).await
}

/// The product that people call by this name, whatever the spelling.
pub async fn product_by_name(on: impl Read, name: &str) -> Result<Option<Product>> {
    on.opt(
        Query::new(COLUMNS)
            .push("WHERE id = (SELECT product_id FROM product_names WHERE name_folded = ")
            .bind(fold(name))
            .push(")"),
    )
    .await
}

/// What people call a product besides its own name.
pub async fn aliases(on: impl Read, product: &Product) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on
        .all(q!(
            "SELECT name FROM product_names WHERE product_id = $1 AND name_folded <> $2 ORDER BY name LIMIT 100",
            product.id,
            fold(&product.name)
        ))
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

pub async fn count_products(on: impl Read) -> Result<i64> {
    let (count,): (i64,) = on.one(q!("SELECT COUNT(*) FROM products")).await?;
    Ok(count)
}

pub(in crate::products) async fn insert_product(
    tx: &mut Tx,
    draft: &ProductDraft,
    now: Timestamp,
) -> Result<ProductId> {
    let id = tx
        .insert(q!(
            "INSERT INTO products (slug, name, kind, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
            &draft.slug,
            &draft.name,
            draft.kind,
            now
        ))
        .await?;
    Ok(ProductId(id))
}

pub(in crate::products) async fn update_product(tx: &mut Tx, id: ProductId, draft: &ProductDraft) -> Result<u64> {
    tx.exec(q!(
        "UPDATE products SET slug = $2, name = $3, kind = $4 WHERE id = $1",
        id,
        &draft.slug,
        &draft.name,
        draft.kind
    ))
    .await
}

/// 0: it is so already.
pub(in crate::products) async fn set_archived(tx: &mut Tx, id: ProductId, at: Option<Timestamp>) -> Result<u64> {
    tx.exec(q!(
        "UPDATE products SET archived_at = $2 WHERE id = $1 AND (archived_at IS NULL) = $3",
        id,
        at,
        at.is_some()
    ))
    .await
}

pub(in crate::products) async fn forget_names(tx: &mut Tx, id: ProductId) -> Result<u64> {
    tx.exec(q!("DELETE FROM product_names WHERE product_id = $1", id)).await
}

/// 0: another product has that name.
pub(in crate::products) async fn insert_name(tx: &mut Tx, id: ProductId, name: &str) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO product_names (name_folded, product_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        fold(name),
        id,
        name
    ))
    .await
}
