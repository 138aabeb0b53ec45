//! Products come, change their names, and go out of use.
use serde_json::json;

use super::{Told, held, room, tell};
use crate::db::Tx;
use crate::desk::Desk;
use crate::products::{ProductDraft, ProductId, ProductsError, Result, rules, store};
use crate::staff::Viewer;

pub async fn add_product(desk: &Desk, by: &Viewer, draft: &ProductDraft) -> Result<ProductId> {
    let draft = rules::checked_product(draft)?;
    let mut tx = desk.db().begin().await?;
    tx.lock("products").await?;
    room("products", store::count_products(&mut tx).await?, store::MOST_PRODUCTS)?;
    if store::product_by_slug(&mut tx, &draft.slug).await?.is_some() {
        return Err(ProductsError::SlugTaken(draft.slug));
    }
    let id = store::insert_product(&mut tx, &draft, desk.now()).await?;
    keep_names(&mut tx, id, &draft).await?;
    let detail = json!({ "name": draft.name, "kind": draft.kind });
    tell(&mut tx, desk, by, id, Told { kind: "added", action: "products.added", detail }).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_product(desk: &Desk, by: &Viewer, id: ProductId, draft: &ProductDraft) -> Result<()> {
    let draft = rules::checked_product(draft)?;
    let mut tx = desk.db().begin().await?;
    held(&mut tx, id).await?;
    if store::product_by_slug(&mut tx, &draft.slug).await?.is_some_and(|other| other.id != id) {
        return Err(ProductsError::SlugTaken(draft.slug));
    }
    store::update_product(&mut tx, id, &draft).await?;
    store::forget_names(&mut tx, id).await?;
    keep_names(&mut tx, id, &draft).await?;
    let detail = json!({ "name": draft.name, "kind": draft.kind });
    tell(&mut tx, desk, by, id, Told { kind: "changed", action: "products.changed", detail }).await?;
    tx.commit().await?;
    Ok(())
}

async fn keep_names(tx: &mut Tx, id: ProductId, draft: &ProductDraft) -> Result<()> {
    for name in std::iter::once(&draft.name).chain(&draft.aliases) {
        if store::insert_name(tx, id, name).await? == 0 {
            return Err(ProductsError::NameTaken(name.clone()));
        }
    }
    Ok(())
}

/// Takes a product out of use: it keeps everything, and nobody outside sees it.
pub async fn archive(desk: &Desk, by: &Viewer, id: ProductId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    held(&mut tx, id).await?;
    if store::set_archived(&mut tx, id, Some(desk.now())).await? == 1 {
        let told = Told { kind: "archived", action: "products.archived", detail: json!({}) };
        tell(&mut tx, desk, by, id, told).await?;
    }
    tx.commit().await?;
    Ok(())
}

pub async fn restore(desk: &Desk, by: &Viewer, id: ProductId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    held(&mut tx, id).await?;
    if store::set_archived(&mut tx, id, None).await? == 1 {
        let told = Told { kind: "restored", action: "products.restored", detail: json!({}) };
        tell(&mut tx, desk, by, id, told).await?;
    }
    tx.commit().await?;
    Ok(())
}
