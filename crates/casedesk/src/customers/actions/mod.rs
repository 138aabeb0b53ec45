//! What is done to the customer file.
mod agreements;
mod facts;
mod installations;
mod merge;
mod organisation;
mod questions;
mod reminders;
mod sheet;

pub use agreements::*;
pub use facts::*;
pub use installations::*;
pub use merge::*;
pub use organisation::*;
pub use questions::*;
pub use reminders::*;
pub use sheet::*;

use super::{Contact, ContactId, OrganisationId, OrganisationKind, Person, domain_of, store};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::Timestamp;
use crate::staff::{Audit, Viewer, actions::audit};

/// Writes the change to the audit log, and tells everybody which part of the file changed.
async fn record(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    action: &'static str,
    on: (&'static str, i64),
    detail: serde_json::Value,
) -> Result<()> {
    record_line(tx, desk, Audit::by(desk.now(), by, action), on, detail).await
}

/// The same when nobody of us did it.
async fn record_line(
    tx: &mut Tx,
    desk: &Desk,
    line: Audit,
    on: (&'static str, i64),
    detail: serde_json::Value,
) -> Result<()> {
    let agent = line.actor.agent().map(|agent| agent.0);
    audit(tx, &line.on(on.0, on.1).with(detail.clone())).await?;
    let event = Event { topic: on.0, id: on.1, kind: "changed", team: None, agent, at: desk.now(), data: detail };
    desk.tell(tx, &event).await?;
    Ok(())
}

/// Finds the contact of an address, or adds one at the organisation of its domain. An unknown domain
/// becomes a prospect, unless strangers share it.
pub async fn contact_for(tx: &mut Tx, desk: &Desk, person: &Person, now: Timestamp) -> Result<Contact> {
    if let Some(mut found) = store::contact_by_address(&mut *tx, &person.address).await? {
        // Somebody we knew only by address has told us their name.
        if let Some(name) = person.name.as_deref().filter(|name| found.name.contains('@') && !name.is_empty()) {
            store::rename_contact(tx, found.id, name).await?;
            found.name = name.to_owned();
        }
        return Ok(found);
    }
    let organisation_id = organisation_for(tx, desk, &person.address, now).await?;
    let name = person.shown().to_owned();
    let id = store::insert_contact(tx, &name, organisation_id, now).await?;
    store::insert_address(tx, &person.address, id).await?;
    Ok(Contact { id, organisation_id, name })
}

async fn organisation_for(tx: &mut Tx, desk: &Desk, address: &str, now: Timestamp) -> Result<Option<OrganisationId>> {
    let domain = domain_of(address);
    if domain.is_empty() || desk.config().desk.public_domains.contains(domain) {
        return Ok(None);
    }
    if let Some(found) = store::organisation_by_domain(&mut *tx, domain).await? {
        return Ok(Some(found.id));
    }
    let id = store::insert_organisation(tx, domain, OrganisationKind::Prospect, now).await?;
    store::insert_domain(tx, domain, id).await?;
    Ok(Some(id))
}

/// Adds a contact that has no mail address, at the organisation of this name; an unknown name becomes a prospect.
pub async fn add_contact_without_address(
    tx: &mut Tx,
    name: &str,
    organisation: Option<&str>,
    now: Timestamp,
) -> Result<Contact> {
    let organisation_id = match organisation {
        None => None,
        Some(organisation) => Some(match store::organisation_named(&mut *tx, organisation).await? {
            Some(known) => known,
            None => store::insert_organisation(tx, organisation, OrganisationKind::Prospect, now).await?,
        }),
    };
    let id = store::insert_contact(tx, name, organisation_id, now).await?;
    Ok(Contact { id, organisation_id, name: name.to_owned() })
}

/// Adds an organisation with its domains.
pub async fn add_organisation(
    tx: &mut Tx,
    name: &str,
    kind: OrganisationKind,
    domains: &[&str],
    now: Timestamp,
) -> Result<OrganisationId> {
    let id = store::insert_organisation(tx, name, kind, now).await?;
    for domain in domains {
        store::insert_domain(tx, domain, id).await?;
    }
    Ok(id)
}

/// Sends nothing automatic to this address any more, and says why; `None` lets mail flow again.
pub async fn pause_address(
    tx: &mut Tx,
    desk: &Desk,
    contact: ContactId,
    address: &str,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    store::set_paused(tx, address, reason.map(|reason| (reason, now))).await?;
    let kind = if reason.is_some() { "address_paused" } else { "address_resumed" };
    let event = Event {
        topic: "contact",
        id: contact.0,
        kind,
        team: None,
        agent: None,
        at: now,
        data: serde_json::json!({ "address": address }),
    };
    desk.tell(tx, &event).await?;
    Ok(())
}

/// The same by hand, for an address of this contact. False: the contact has no such address.
pub async fn set_pause(desk: &Desk, contact: ContactId, address: &str, reason: Option<&str>) -> Result<bool> {
    let address = address.to_lowercase();
    let mut tx = desk.db().begin().await?;
    if store::contact_by_address(&mut tx, &address).await?.is_none_or(|found| found.id != contact) {
        return Ok(false);
    }
    pause_address(&mut tx, desk, contact, &address, reason, desk.now()).await?;
    tx.commit().await?;
    Ok(true)
}
