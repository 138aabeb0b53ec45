//! Cases follow when organisations or contacts become one, and two again.
use crate::cases::store;
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Result, Tx};
use crate::events::Event;
use crate::kit::Timestamp;

/// In the transaction of the merge: at no moment does a customer see by one room what the other has moved already.
pub async fn follow_merge(tx: &mut Tx, event: &Event) -> Result<()> {
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
