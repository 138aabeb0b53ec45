//! The life-cycle table is kept, by hand and by import.
use serde_json::{Value, json};

use super::{Told, held, room, tell};
use crate::db::Tx;
use crate::desk::Desk;
use crate::products::rules::import::{Fate, Plan, plan};
use crate::products::{CycleDraft, CycleId, ProductId, ProductsError, Result, rules, store};
use crate::staff::Viewer;

pub async fn add_cycle(desk: &Desk, by: &Viewer, product: ProductId, draft: &CycleDraft) -> Result<CycleId> {
    let draft = rules::checked_cycle(draft)?;
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    room("cycles", store::count_cycles(&mut tx, product).await?, store::MOST_CYCLES)?;
    free(&mut tx, product, None, &draft.name).await?;
    let id = store::insert_cycle(&mut tx, product, &draft, desk.now()).await?;
    place_releases(&mut tx, product).await?;
    let detail = json!({ "cycle": id, "name": draft.name });
    tell(&mut tx, desk, by, product, Told { kind: "cycle_added", action: "products.cycle_added", detail }).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_cycle(desk: &Desk, by: &Viewer, product: ProductId, id: CycleId, draft: &CycleDraft) -> Result<()> {
    let draft = rules::checked_cycle(draft)?;
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    store::cycle(&mut tx, product, id).await?.ok_or(ProductsError::Unknown("cycle"))?;
    free(&mut tx, product, Some(id), &draft.name).await?;
    store::update_cycle(&mut tx, id, &draft, desk.now()).await?;
    place_releases(&mut tx, product).await?;
    let detail = json!({ "cycle": id, "name": draft.name, "ends_on": draft.ends_on });
    tell(&mut tx, desk, by, product, Told { kind: "cycle_changed", action: "products.cycle_changed", detail }).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a line of the table; its releases stay, of no cycle.
pub async fn remove_cycle(desk: &Desk, by: &Viewer, product: ProductId, id: CycleId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    let cycle = store::cycle(&mut tx, product, id).await?.ok_or(ProductsError::Unknown("cycle"))?;
    store::delete_cycle(&mut tx, id).await?;
    let detail = json!({ "cycle": id, "name": cycle.name });
    tell(&mut tx, desk, by, product, Told { kind: "cycle_removed", action: "products.cycle_removed", detail }).await?;
    tx.commit().await?;
    Ok(())
}

/// What an import of endoflife.date's JSON would do; nothing is changed.
pub async fn preview_import(desk: &Desk, product: ProductId, file: &Value) -> Result<Plan> {
    store::product(desk.db(), product).await?.ok_or(ProductsError::Unknown("product"))?;
    Ok(plan(file, &store::cycles(desk.db(), product).await?)?)
}

/// Does what the preview says; lines that cannot be taken are left out.
pub async fn import_cycles(desk: &Desk, by: &Viewer, product: ProductId, file: &Value) -> Result<Plan> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    let table = store::cycles(&mut tx, product).await?;
    let plan = plan(file, &table)?;
    let after = i64::try_from(table.len() + plan.count(Fate::Added)).unwrap_or(i64::MAX);
    if after > store::MOST_CYCLES {
        return Err(ProductsError::Full("cycles", store::MOST_CYCLES));
    }
    for step in &plan.steps {
        match (step.fate, step.cycle) {
            (Fate::Changed, Some(cycle)) => {
                store::update_cycle(&mut tx, cycle, &step.draft, now).await?;
            }
            (Fate::Added, _) => {
                store::insert_cycle(&mut tx, product, &step.draft, now).await?;
            }
            _ => {}
        }
    }
    if plan.does_something() {
        place_releases(&mut tx, product).await?;
        let detail = json!({
            "added": plan.count(Fate::Added), "changed": plan.count(Fate::Changed), "not_taken": plan.bad.len(),
        });
        tell(&mut tx, desk, by, product, Told { kind: "imported", action: "products.imported", detail }).await?;
    }
    tx.commit().await?;
    Ok(plan)
}

/// Whether no other cycle of the product has this name, in whatever spelling.
async fn free(tx: &mut Tx, product: ProductId, own: Option<CycleId>, name: &str) -> Result<()> {
    let taken = |cycle: &crate::products::Cycle| Some(cycle.id) != own && rules::fold(&cycle.name) == rules::fold(name);
    if store::cycles(tx, product).await?.iter().any(taken) {
        return Err(ProductsError::CycleTaken(name.to_owned()));
    }
    Ok(())
}

/// Releases that were of no cycle find theirs, now that the table has changed.
async fn place_releases(tx: &mut Tx, product: ProductId) -> Result<()> {
    let cycles = store::cycles(&mut *tx, product).await?;
    let releases = store::releases(&mut *tx, product).await?;
    for release in releases.iter().filter(|release| release.cycle_id.is_none()) {
        if let Some(cycle) = rules::cycle_of(&release.version, &cycles) {
            store::set_cycle(tx, release.id, cycle.id).await?;
        }
    }
    Ok(())
}
