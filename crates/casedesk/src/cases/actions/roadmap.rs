//! What a case asks for, as an item of the roadmap: its organisation's vote counts there.
use serde_json::json;

use super::{change_entry, locked, record};
use crate::cases::store::{self, Case, NewCaseItem};
use crate::cases::{CaseId, CasesError, Changed};
use crate::db::Tx;
use crate::desk::Desk;
use crate::products::{self, Item, ItemId, VoterId};
use crate::staff::{Actor, Viewer};

/// Says that a case asks for an item of the roadmap, and notes the vote of its organisation. `Ok(false)`: it was so
/// already.
pub async fn link_item(desk: &Desk, by: &Viewer, id: CaseId, item: ItemId) -> Result<bool, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let of = case.organisation_id.ok_or(CasesError::NoVoter)?;
    let item = found(&mut tx, item).await?;
    if store::case_item(&mut tx, case.id, item.id).await?.is_some() {
        return Ok(false);
    }
    let voted = products::actions::vote_in(&mut tx, desk, by, item.product_id, item.id, VoterId(of.0)).await?;
    let new = NewCaseItem { case: case.id, item: item.id, organisation: of, agent: by.id, voted };
    store::insert_case_item(&mut tx, &new, desk.now()).await?;
    write(&mut tx, desk, by, &mut case, (None, Some(item.title))).await?;
    tx.commit().await?;
    Ok(true)
}

/// Says that a case does not ask for it. A vote that the link noted goes with the last case of the organisation that
/// asks for the item. `Ok(false)`: it was so already.
pub async fn unlink_item(desk: &Desk, by: &Viewer, id: CaseId, item: ItemId) -> Result<bool, CasesError> {
    let mut tx = desk.db().begin().await?;
    let mut case = locked(&mut tx, id, &by.hidden_teams).await?;
    let item = found(&mut tx, item).await?;
    let Some(link) = store::case_item(&mut tx, case.id, item.id).await? else { return Ok(false) };
    store::delete_case_item(&mut tx, case.id, item.id).await?;
    if link.voted && store::hand_vote_on(&mut tx, item.id, link.organisation_id).await? == 0 {
        let voter = VoterId(link.organisation_id.0);
        products::actions::take_vote_back_in(&mut tx, desk, by, item.product_id, item.id, voter).await?;
    }
    write(&mut tx, desk, by, &mut case, (Some(item.title), None)).await?;
    tx.commit().await?;
    Ok(true)
}

async fn found(tx: &mut Tx, id: ItemId) -> Result<Item, CasesError> {
    products::store::item_by_id(tx, id).await?.ok_or(CasesError::Missing("roadmap item"))
}

async fn write(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    case: &mut Case,
    (from, to): (Option<String>, Option<String>),
) -> Result<(), CasesError> {
    let changed = Changed { field: "roadmap".into(), from, to, undo: None };
    let data = json!({ "changed": changed });
    let entry = change_entry(tx, case.id, Actor::Agent(by.id), changed, desk.now()).await?;
    record(tx, desk, case, entry, "changed", Actor::Agent(by.id), data).await?;
    Ok(())
}
