//! What may come, and who wants it.
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Told, held, room, tell};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::products::{ItemDraft, ItemId, ProductId, ProductsError, Result, VoterId, rules, store};
use crate::staff::{AgentId, Viewer};

pub async fn add_item(desk: &Desk, by: &Viewer, product: ProductId, draft: &ItemDraft) -> Result<ItemId> {
    let draft = rules::checked_item(draft)?;
    let mut tx = desk.db().begin().await?;
    held(&mut tx, product).await?;
    room("roadmap items", store::count_items(&mut tx, product).await?, store::MOST_ITEMS)?;
    let id = store::insert_item(&mut tx, product, &draft, desk.now()).await?;
    let detail = json!({ "item": id, "title": draft.title, "public": draft.public });
    tell(&mut tx, desk, by, product, Told { kind: "item_added", action: "products.item_added", detail }).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_item(desk: &Desk, by: &Viewer, product: ProductId, id: ItemId, draft: &ItemDraft) -> Result<()> {
    let draft = rules::checked_item(draft)?;
    let mut tx = desk.db().begin().await?;
    item(&mut tx, product, id).await?;
    store::update_item(&mut tx, id, &draft, desk.now()).await?;
    let detail = json!({ "item": id, "title": draft.title, "status": draft.status, "public": draft.public });
    tell(&mut tx, desk, by, product, Told { kind: "item_changed", action: "products.item_changed", detail }).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an item with its votes.
pub async fn remove_item(desk: &Desk, by: &Viewer, product: ProductId, id: ItemId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    let title = item(&mut tx, product, id).await?;
    store::delete_item(&mut tx, id).await?;
    let detail = json!({ "item": id, "title": title });
    tell(&mut tx, desk, by, product, Told { kind: "item_removed", action: "products.item_removed", detail }).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that an organisation wants it. False: it has said so before.
pub async fn vote(desk: &Desk, by: &Viewer, product: ProductId, id: ItemId, voter: VoterId) -> Result<bool> {
    let mut tx = desk.db().begin().await?;
    let is_new = vote_in(&mut tx, desk, by, product, id, voter).await?;
    tx.commit().await?;
    Ok(is_new)
}

/// The same within a larger change.
pub async fn vote_in(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    id: ItemId,
    voter: VoterId,
) -> Result<bool> {
    item(tx, product, id).await?;
    if !store::voter_exists(&mut *tx, voter).await? {
        return Err(ProductsError::Unknown("organisation"));
    }
    let is_new = store::insert_vote(tx, id, voter, Some(by.id), desk.now()).await? == 1;
    if is_new {
        let detail = json!({ "item": id, "organisation": voter });
        tell(tx, desk, by, product, Told { kind: "voted", action: "products.voted", detail }).await?;
    }
    Ok(is_new)
}

/// Takes an organisation's vote back. False: it has none.
pub async fn take_vote_back(desk: &Desk, by: &Viewer, product: ProductId, id: ItemId, voter: VoterId) -> Result<bool> {
    let mut tx = desk.db().begin().await?;
    let had = take_vote_back_in(&mut tx, desk, by, product, id, voter).await?;
    tx.commit().await?;
    Ok(had)
}

/// The same within a larger change.
pub async fn take_vote_back_in(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    id: ItemId,
    voter: VoterId,
) -> Result<bool> {
    item(tx, product, id).await?;
    let had = store::delete_vote(tx, id, voter).await? == 1;
    if had {
        let detail = json!({ "item": id, "organisation": voter });
        let told = Told { kind: "vote_taken_back", action: "products.vote_taken_back", detail };
        tell(tx, desk, by, product, told).await?;
    }
    Ok(had)
}

/// A vote that went from one organisation to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MovedVote {
    item: ItemId,
    /// In microseconds, as it is stored.
    at: i64,
    agent: Option<AgentId>,
    /// The other had voted for the item itself.
    had: bool,
}

/// Gives an organisation the votes of another; one that it has itself is counted once.
pub async fn move_votes(tx: &mut Tx, from: VoterId, to: VoterId) -> crate::db::Result<Vec<MovedVote>> {
    let mut moved = Vec::new();
    for (item, at, agent) in store::votes_by(&mut *tx, from).await? {
        store::delete_vote(tx, item, from).await?;
        let had = store::insert_vote(tx, item, to, agent, at).await? == 0;
        moved.push(MovedVote { item, at: at.0, agent, had });
    }
    Ok(moved)
}

/// Gives the votes back to the organisation that they are from.
pub async fn return_votes(tx: &mut Tx, votes: &[MovedVote], from: VoterId, had_by: VoterId) -> crate::db::Result<()> {
    for vote in votes {
        if !vote.had {
            store::delete_vote(tx, vote.item, had_by).await?;
        }
        if store::item_exists(&mut *tx, vote.item).await? {
            store::insert_vote(tx, vote.item, from, vote.agent, Timestamp(vote.at)).await?;
        }
    }
    Ok(())
}

/// The one organisation of this name.
pub async fn voter_called(desk: &Desk, name: &str) -> Result<VoterId> {
    match store::voters_called(desk.db(), name.trim()).await?[..] {
        [one] => Ok(one),
        _ => Err(ProductsError::NoOrganisation(name.trim().chars().take(100).collect())),
    }
}

/// The title of an item of this product, while nobody else changes it.
async fn item(tx: &mut Tx, product: ProductId, id: ItemId) -> Result<String> {
    held(tx, product).await?;
    let item = store::item(tx, product, id).await?.ok_or(ProductsError::Unknown("roadmap item"))?;
    Ok(item.title)
}
