//! Organisations and contacts are written by hand, with their notes and tags.
use serde_json::{Value, json};

use super::merge::{contact_in_use, organisation_in_use};
use super::record;
use crate::customers::{
    Contact, ContactId, CustomersError, NumberId, Organisation, OrganisationId, OrganisationKind, rules, store,
};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::staff::{AgentId, Viewer};

async fn known(tx: &mut Tx, id: OrganisationId) -> Result<Organisation, CustomersError> {
    organisation_in_use(tx, id).await
}

async fn changed(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    action: &'static str,
    id: OrganisationId,
    detail: Value,
) -> Result<(), CustomersError> {
    Ok(record(tx, desk, by, action, ("organisation", id.0), detail).await?)
}

/// Adds an organisation by hand.
pub async fn new_organisation(
    desk: &Desk,
    by: &Viewer,
    name: &str,
    kind: OrganisationKind,
    domains: &[String],
) -> Result<OrganisationId, CustomersError> {
    let name = rules::checked_name(name)?;
    let mut tx = desk.db().begin().await?;
    let id = store::insert_organisation(&mut tx, &name, kind, desk.now()).await?;
    for domain in domains {
        take_domain(&mut tx, id, domain).await?;
    }
    let detail = json!({ "name": name, "kind": kind, "domains": domains });
    changed(&mut tx, desk, by, "customers.organisation_added", id, detail).await?;
    tx.commit().await?;
    Ok(id)
}

async fn take_domain(tx: &mut Tx, id: OrganisationId, domain: &str) -> Result<String, CustomersError> {
    let domain = rules::checked_domain(domain)?;
    match store::organisation_by_domain(&mut *tx, &domain).await? {
        Some(owner) if owner.id != id => return Err(CustomersError::Taken(domain)),
        _ => store::insert_domain(tx, &domain, id).await?,
    };
    Ok(domain)
}

pub async fn change_organisation(
    desk: &Desk,
    by: &Viewer,
    id: OrganisationId,
    name: &str,
    kind: OrganisationKind,
) -> Result<(), CustomersError> {
    let name = rules::checked_name(name)?;
    let mut tx = desk.db().begin().await?;
    known(&mut tx, id).await?;
    store::update_organisation(&mut tx, id, &name, kind).await?;
    let detail = json!({ "name": name, "kind": kind });
    changed(&mut tx, desk, by, "customers.organisation_changed", id, detail).await?;
    Ok(tx.commit().await?)
}

/// Gives the organisation a mail domain, or takes it away.
pub async fn set_domain(
    desk: &Desk,
    by: &Viewer,
    id: OrganisationId,
    domain: &str,
    on: bool,
) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    known(&mut tx, id).await?;
    let domain = if on { take_domain(&mut tx, id, domain).await? } else { domain.trim().to_lowercase() };
    if !on && store::delete_domain(&mut tx, id, &domain).await? == 0 {
        return Err(CustomersError::Missing("domain"));
    }
    let action = if on { "customers.domain_added" } else { "customers.domain_removed" };
    changed(&mut tx, desk, by, action, id, json!({ "domain": domain })).await?;
    Ok(tx.commit().await?)
}

pub async fn set_tag(desk: &Desk, by: &Viewer, id: OrganisationId, tag: &str, on: bool) -> Result<(), CustomersError> {
    let tag = rules::checked_tag(tag)?;
    let mut tx = desk.db().begin().await?;
    known(&mut tx, id).await?;
    let changes =
        if on { store::insert_tag(&mut tx, id, &tag).await? } else { store::delete_tag(&mut tx, id, &tag).await? };
    if changes > 0 {
        let action = if on { "customers.tag_added" } else { "customers.tag_removed" };
        changed(&mut tx, desk, by, action, id, json!({ "tag": tag })).await?;
    }
    Ok(tx.commit().await?)
}

/// Keeps a note with the organisation; it is for the team alone.
pub async fn add_file_note(desk: &Desk, by: &Viewer, id: OrganisationId, text: &str) -> Result<i64, CustomersError> {
    let text = rules::checked_note(text)?;
    let mut tx = desk.db().begin().await?;
    known(&mut tx, id).await?;
    let note = store::insert_note(&mut tx, id, Some(by.id), &text, desk.now()).await?;
    changed(&mut tx, desk, by, "customers.note_added", id, json!({ "note": note })).await?;
    tx.commit().await?;
    Ok(note)
}

/// Writes a note anew. The audit log has who did and when; what it said before is not kept.
pub async fn change_file_note(
    desk: &Desk,
    by: &Viewer,
    id: OrganisationId,
    note: i64,
    text: &str,
) -> Result<(), CustomersError> {
    let text = rules::checked_note(text)?;
    let mut tx = desk.db().begin().await?;
    known(&mut tx, id).await?;
    if store::update_note(&mut tx, id, note, &text).await? == 0 {
        return Err(CustomersError::Missing("note"));
    }
    changed(&mut tx, desk, by, "customers.note_changed", id, json!({ "note": note })).await?;
    Ok(tx.commit().await?)
}

pub async fn remove_file_note(desk: &Desk, by: &Viewer, id: OrganisationId, note: i64) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    if store::delete_note(&mut tx, id, note).await? == 0 {
        return Err(CustomersError::Missing("note"));
    }
    changed(&mut tx, desk, by, "customers.note_removed", id, json!({ "note": note })).await?;
    Ok(tx.commit().await?)
}

/// Adds a contact by hand.
pub async fn add_contact(
    desk: &Desk,
    by: &Viewer,
    organisation: Option<OrganisationId>,
    name: &str,
    addresses: &[String],
) -> Result<ContactId, CustomersError> {
    let name = rules::checked_name(name)?;
    if addresses.is_empty() {
        return Err(CustomersError::LastAddress);
    }
    let mut tx = desk.db().begin().await?;
    if let Some(id) = organisation {
        known(&mut tx, id).await?;
    }
    let id = store::insert_contact(&mut tx, &name, organisation, desk.now()).await?;
    for address in addresses {
        take_address(&mut tx, id, address).await?;
    }
    let detail = json!({ "name": name, "organisation": organisation });
    record(&mut tx, desk, by, "customers.contact_added", ("contact", id.0), detail).await?;
    tx.commit().await?;
    Ok(id)
}

async fn take_address(tx: &mut Tx, id: ContactId, address: &str) -> Result<String, CustomersError> {
    let address = rules::checked_address(address)?;
    match store::contact_by_address(&mut *tx, &address).await? {
        Some(owner) if owner.id != id => return Err(CustomersError::Taken(address)),
        _ => store::insert_address(tx, &address, id).await?,
    };
    Ok(address)
}

async fn known_contact(tx: &mut Tx, id: ContactId) -> Result<Contact, CustomersError> {
    contact_in_use(tx, id).await
}

/// Writes a contact's name and organisation. Which of their cases go along is told in the same transaction.
pub(super) async fn move_contact(
    tx: &mut Tx,
    desk: &Desk,
    by: Option<AgentId>,
    id: ContactId,
    name: &str,
    organisation: Option<OrganisationId>,
) -> Result<(), CustomersError> {
    let before = store::contact(&mut *tx, id).await?.ok_or(CustomersError::Missing("contact"))?.organisation_id;
    store::move_contact(tx, id, name, organisation).await?;
    if before != organisation {
        let data = json!({ "from": before, "to": organisation });
        let agent = by.map(|by| by.0);
        let event = Event { topic: "contact", id: id.0, kind: "moved", team: None, agent, at: desk.now(), data };
        desk.tell(tx, &event).await?;
    }
    Ok(())
}

/// Renames a contact, or moves them to another organisation.
pub async fn change_contact(
    desk: &Desk,
    by: &Viewer,
    id: ContactId,
    name: &str,
    organisation: Option<OrganisationId>,
) -> Result<(), CustomersError> {
    let name = rules::checked_name(name)?;
    let mut tx = desk.db().begin().await?;
    let before = known_contact(&mut tx, id).await?;
    if let Some(organisation) = organisation {
        known(&mut tx, organisation).await?;
    }
    move_contact(&mut tx, desk, Some(by.id), id, &name, organisation).await?;
    let detail = json!({ "name": name, "organisation": organisation, "from": before.organisation_id });
    record(&mut tx, desk, by, "customers.contact_changed", ("contact", id.0), detail).await?;
    Ok(tx.commit().await?)
}

/// Notes something about a contact, for the team; empty: nothing.
pub async fn set_contact_note(desk: &Desk, by: &Viewer, id: ContactId, text: &str) -> Result<(), CustomersError> {
    let text = if text.trim().is_empty() { String::new() } else { rules::checked_note(text)? };
    let mut tx = desk.db().begin().await?;
    known_contact(&mut tx, id).await?;
    if store::contact_note(&mut tx, id).await? != text {
        store::set_contact_note(&mut tx, id, &text).await?;
        record(&mut tx, desk, by, "customers.contact_noted", ("contact", id.0), json!({})).await?;
    }
    Ok(tx.commit().await?)
}

/// Tags a contact, or takes a tag off.
pub async fn set_contact_tag(
    desk: &Desk,
    by: &Viewer,
    id: ContactId,
    tag: &str,
    on: bool,
) -> Result<(), CustomersError> {
    let tag = rules::checked_tag(tag)?;
    let mut tx = desk.db().begin().await?;
    known_contact(&mut tx, id).await?;
    let changes = match on {
        true => store::insert_contact_tag(&mut tx, id, &tag).await?,
        false => store::delete_contact_tag(&mut tx, id, &tag).await?,
    };
    if changes > 0 {
        let action = if on { "customers.contact_tag_added" } else { "customers.contact_tag_removed" };
        record(&mut tx, desk, by, action, ("contact", id.0), json!({ "tag": tag })).await?;
    }
    Ok(tx.commit().await?)
}

/// Makes one of a contact's addresses the one that is written to first.
pub async fn choose_main_address(desk: &Desk, by: &Viewer, id: ContactId, address: &str) -> Result<(), CustomersError> {
    let address = address.trim().to_lowercase();
    let mut tx = desk.db().begin().await?;
    known_contact(&mut tx, id).await?;
    if store::contact_by_address(&mut tx, &address).await?.is_none_or(|owner| owner.id != id) {
        return Err(CustomersError::Missing("address"));
    }
    store::set_main_address(&mut tx, id, &address).await?;
    record(&mut tx, desk, by, "customers.main_address_chosen", ("contact", id.0), json!({ "address": address }))
        .await?;
    Ok(tx.commit().await?)
}

/// Gives a contact a telephone number.
pub async fn add_number(desk: &Desk, by: &Viewer, id: ContactId, number: &str) -> Result<(), CustomersError> {
    let number = rules::e164(number, &desk.config().phone.country_code)?;
    let mut tx = desk.db().begin().await?;
    known_contact(&mut tx, id).await?;
    if store::insert_number(&mut tx, id, &number, "", desk.now()).await?.is_none() {
        return Err(CustomersError::NumberTaken);
    }
    record(&mut tx, desk, by, "customers.number_added", ("contact", id.0), json!({ "number": number })).await?;
    Ok(tx.commit().await?)
}

/// Takes a telephone number away.
pub async fn remove_number(desk: &Desk, by: &Viewer, id: ContactId, number: NumberId) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    known_contact(&mut tx, id).await?;
    if store::delete_number(&mut tx, id, number).await? == 0 {
        return Err(CustomersError::Missing("number"));
    }
    record(&mut tx, desk, by, "customers.number_removed", ("contact", id.0), json!({ "number": number })).await?;
    Ok(tx.commit().await?)
}

/// Gives a contact one more address, or takes one away; the last one stays.
pub async fn set_address(
    desk: &Desk,
    by: &Viewer,
    id: ContactId,
    address: &str,
    on: bool,
) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    known_contact(&mut tx, id).await?;
    let address = if on { take_address(&mut tx, id, address).await? } else { address.trim().to_lowercase() };
    if !on {
        let others = store::addresses(&mut tx, id).await?.into_iter().filter(|(known, _)| *known != address).count();
        if others == 0 {
            return Err(CustomersError::LastAddress);
        }
        if store::delete_address(&mut tx, id, &address).await? == 0 {
            return Err(CustomersError::Missing("address"));
        }
    }
    let action = if on { "customers.address_added" } else { "customers.address_removed" };
    record(&mut tx, desk, by, action, ("contact", id.0), json!({ "address": address })).await?;
    Ok(tx.commit().await?)
}
