//! Cases follow when organisations or contacts become one, and two again, and when a contact is given an organisation.
use serde_json::json;

use super::tell;
use crate::cases::store;
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::Timestamp;
use crate::staff::{Actor, AgentId};

/// Of so many open cases what the desk found is found anew at once, of others in the morning.
const MOST_TOLD: i64 = 500;

/// In the transaction of the change: at no moment does a customer see by one room what the other has moved already.
pub async fn follow(tx: &mut Tx, desk: &Desk, event: &Event) -> Result<()> {
    match (event.topic, event.kind) {
        ("contact", "moved") => follow_contact(tx, desk, event).await,
        ("organisation" | "contact", "merged" | "merge_undone") => follow_merge(tx, event).await,
        _ => Ok(()),
    }
}

/// Cases without an organisation take the one that their contact is given, and lose it when the contact has none again.
/// What belongs to the organisation that a contact leaves stays there.
async fn follow_contact(tx: &mut Tx, desk: &Desk, event: &Event) -> Result<()> {
    let contact = ContactId(event.id);
    let organisation = |end: &str| event.data[end].as_i64().map(OrganisationId);
    let moved = match (organisation("from"), organisation("to")) {
        (_, Some(to)) => store::give_organisation(tx, contact, to).await?,
        (Some(from), None) => store::take_organisation(tx, contact, from).await?,
        (None, None) => 0,
    };
    if moved == 0 {
        return Ok(());
    }
    let actor = event.agent.map_or(Actor::System, |agent| Actor::Agent(AgentId(agent)));
    for case in store::open_cases_of_contact(&mut *tx, contact, &[], MOST_TOLD).await? {
        tell(tx, desk, &case, "followed", actor, json!({ "organisation": case.organisation_id })).await?;
    }
    Ok(())
}

async fn follow_merge(tx: &mut Tx, event: &Event) -> Result<()> {
    let (Some(merge), Some(merged)) = (event.data["merge"].as_i64(), event.data["merged"].as_i64()) else {
        return Ok(());
    };
    let since = Timestamp(event.data["at"].as_i64().unwrap_or(i64::MAX));
    let (organisations, contacts) =
        ((OrganisationId(event.id), OrganisationId(merged)), (ContactId(event.id), ContactId(merged)));
    match (event.topic, event.kind) {
        ("organisation", "merged") => store::follow_organisation(tx, merge, organisations.1, organisations.0).await,
        ("organisation", "merge_undone") => {
            store::return_to_organisation(tx, merge, organisations.0, organisations.1, since).await
        }
        ("contact", "merged") => store::follow_contact(tx, merge, contacts.1, contacts.0).await,
        ("contact", "merge_undone") => {
            let addresses: Vec<String> = serde_json::from_value(event.data["addresses"].clone()).unwrap_or_default();
            store::return_to_contact(tx, merge, contacts, since, &addresses).await
        }
        _ => Ok(()),
    }
}
