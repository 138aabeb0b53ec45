//! Versions come out.
use serde_json::json;

use super::{Told, held, room, tell};
use crate::db::Tx;
use crate::desk::Desk;
use crate::products::{ProductId, ProductsError, ReleaseDraft, ReleaseId, Result, rules, store};
use crate::staff::Viewer;

pub async fn add_release(desk: &Desk, by: &Viewer, product: ProductId, draft: &ReleaseDraft) -> Result<ReleaseId> {
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    room("releases", store::count_releases(&mut tx, product).await?, store::MOST_RELEASES)?;
    let draft = placed(&mut tx, product, None, draft).await?;
    let id = store::insert_release(&mut tx, product, &draft, desk.now()).await?;
    let detail = json!({ "release": id, "version": draft.version });
    tell(&mut tx, desk, by, product, Told { kind: "release_added", action: "products.release_added", detail }).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_release(
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    id: ReleaseId,
    draft: &ReleaseDraft,
) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    store::release(&mut tx, product, id).await?.ok_or(ProductsError::Unknown("release"))?;
    let draft = placed(&mut tx, product, Some(id), draft).await?;
    store::update_release(&mut tx, id, &draft, desk.now()).await?;
    let detail = json!({ "release": id, "version": draft.version });
    let told = Told { kind: "release_changed", action: "products.release_changed", detail };
    tell(&mut tx, desk, by, product, told).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn remove_release(desk: &Desk, by: &Viewer, product: ProductId, id: ReleaseId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    let release = store::release(&mut tx, product, id).await?.ok_or(ProductsError::Unknown("release"))?;
    store::delete_release(&mut tx, id).await?;
    let detail = json!({ "release": id, "version": release.version });
    let told = Told { kind: "release_removed", action: "products.release_removed", detail };
    tell(&mut tx, desk, by, product, told).await?;
    tx.commit().await?;
    Ok(())
}

/// The release with its cycle: the one that is named, or else the one that its version belongs to.
async fn placed(tx: &mut Tx, product: ProductId, own: Option<ReleaseId>, draft: &ReleaseDraft) -> Result<ReleaseDraft> {
    let draft = rules::checked_release(draft)?;
    let known = store::release_by_version(&mut *tx, product, &draft.version).await?;
    if known.is_some_and(|known| Some(known.id) != own) {
        return Err(ProductsError::ReleaseTaken(draft.version));
    }
    let cycles = store::cycles(tx, product).await?;
    let cycle = match draft.cycle_id {
        Some(id) => Some(cycles.iter().find(|cycle| cycle.id == id).ok_or(ProductsError::Unknown("cycle"))?),
        None => rules::cycle_of(&draft.version, &cycles),
    };
    Ok(ReleaseDraft { cycle_id: cycle.map(|cycle| cycle.id), ..draft })
}
