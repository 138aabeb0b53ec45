//! What is done to products, one transaction each: who did it is in the audit log, and it is told as an event.
mod cycles;
mod product;
mod releases;
mod roadmap;

pub use cycles::{add_cycle, change_cycle, import_cycles, preview_import, remove_cycle};
pub use product::{add_product, archive, change_product, restore};
pub use releases::{add_release, change_release, remove_release};
pub use roadmap::{
    MovedVote, add_item, change_item, move_votes, remove_item, return_votes, take_vote_back, take_vote_back_in, vote,
    vote_in, voter_called,
};

use serde_json::Value;

use super::{Product, ProductId, ProductsError, Result, store};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::staff::{self, Audit, Viewer};

/// A line of the audit log and its event.
struct Told {
    /// As `changed`.
    kind: &'static str,
    /// As `products.changed`.
    action: &'static str,
    detail: Value,
}

async fn tell(tx: &mut Tx, desk: &Desk, by: &Viewer, product: ProductId, told: Told) -> Result<()> {
    let audit = Audit::by(desk.now(), by, told.action).on("product", product.0).with(told.detail.clone());
    staff::actions::audit(tx, &audit).await?;
    let event = Event {
        topic: "product",
        id: product.0,
        kind: told.kind,
        team: None,
        agent: Some(by.id.0),
        at: desk.now(),
        data: told.detail,
    };
    desk.tell(tx, &event).await?;
    Ok(())
}

/// The product, while nobody else changes what belongs to any.
async fn held(tx: &mut Tx, id: ProductId) -> Result<Product> {
    tx.lock("products").await?;
    store::product(tx, id).await?.ok_or(ProductsError::Unknown("product"))
}

fn room(what: &'static str, count: i64, most: i64) -> Result<()> {
    if count < most { Ok(()) } else { Err(ProductsError::Full(what, most)) }
}
