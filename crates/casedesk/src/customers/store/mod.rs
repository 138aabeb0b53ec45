//! All SQL of the room; here that of organisations and contacts.
mod agreements;
mod find;
mod imports;
mod installations;
mod merges;
mod numbers;
mod organisation;
mod questions;
mod reminders;
mod sheet;

pub use agreements::*;
pub use find::{contacts_like, contacts_named};
pub use imports::*;
pub use installations::*;
pub use merges::*;
pub use numbers::*;
pub use organisation::*;
pub use questions::*;
pub use reminders::*;
pub use sheet::*;

use super::{Contact, ContactId, Organisation, OrganisationId, OrganisationKind};
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

pub async fn contact_by_address(on: impl Read, address: &str) -> Result<Option<Contact>> {
    on.opt(q!(
        "SELECT c.id, c.organisation_id, c.name FROM contact_addresses a JOIN contacts c ON c.id = a.contact_id
         WHERE a.address = $1",
        address
    ))
    .await
}

pub async fn contact(on: impl Read, id: ContactId) -> Result<Option<Contact>> {
    on.opt(q!("SELECT id, organisation_id, name FROM contacts WHERE id = $1", id)).await
}

/// What a contact is shown as part of.
pub async fn contact_merged_into(on: impl Read, id: ContactId) -> Result<Option<ContactId>> {
    let row: Option<(Option<ContactId>,)> = on.opt(q!("SELECT merged_into FROM contacts WHERE id = $1", id)).await?;
    Ok(row.and_then(|(into,)| into))
}

/// The contact, or the one that they were merged into.
pub async fn contact_today(on: impl Read, id: ContactId) -> Result<Option<Contact>> {
    on.opt(q!(
        "SELECT k.id, k.organisation_id, k.name FROM contacts c JOIN contacts k ON k.id = COALESCE(c.merged_into, c.id)
         WHERE c.id = $1",
        id
    ))
    .await
}

/// What is noted of a contact.
pub async fn contact_note(on: impl Read, id: ContactId) -> Result<String> {
    let row: Option<(String,)> = on.opt(q!("SELECT note FROM contacts WHERE id = $1", id)).await?;
    Ok(row.map_or_else(String::new, |(note,)| note))
}

pub async fn organisation(on: impl Read, id: OrganisationId) -> Result<Option<Organisation>> {
    on.opt(q!("SELECT id, name, kind FROM organisations WHERE id = $1", id)).await
}

/// What an organisation is shown as part of.
pub async fn organisation_merged_into(on: impl Read, id: OrganisationId) -> Result<Option<OrganisationId>> {
    let row: Option<(Option<OrganisationId>,)> =
        on.opt(q!("SELECT merged_into FROM organisations WHERE id = $1", id)).await?;
    Ok(row.and_then(|(into,)| into))
}

pub async fn organisation_by_domain(on: impl Read, domain: &str) -> Result<Option<Organisation>> {
    on.opt(q!(
        "SELECT o.id, o.name, o.kind FROM organisation_domains d JOIN organisations o ON o.id = d.organisation_id
         WHERE d.domain = $1",
        domain
    ))
    .await
}

/// The organisation of this name, however its letters are written; the oldest where there are several. SQLite knows the
/// two cases of ASCII letters only, so a name with others is found as it is written.
pub async fn organisation_named(on: impl Read, name: &str) -> Result<Option<OrganisationId>> {
    let row: Option<(OrganisationId,)> = on
        .opt(q!(
            "SELECT id FROM organisations WHERE (LOWER(name) = $1 OR name = $2) AND merged_into IS NULL
             ORDER BY id LIMIT 1",
            name.to_lowercase(),
            name
        ))
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Organisations after `after` by name whose name holds this text or one of whose domains is it.
pub async fn organisations_like(
    on: impl Read,
    text: &str,
    after: OrganisationId,
    limit: i64,
) -> Result<Vec<Organisation>> {
    let text = text.to_lowercase();
    let pattern = format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    on.all(q!(
        "SELECT id, name, kind FROM organisations WHERE id > $1 AND merged_into IS NULL AND (LOWER(name) LIKE $2 ESCAPE '\\'
            OR id IN (SELECT organisation_id FROM organisation_domains WHERE domain = $3)) ORDER BY id LIMIT $4",
        after,
        pattern,
        text,
        limit
    ))
    .await
}

/// The contacts of an organisation, 500 at the most.
pub async fn contacts_of(on: impl Read, id: OrganisationId) -> Result<Vec<Contact>> {
    on.all(q!(
        "SELECT id, organisation_id, name FROM contacts WHERE organisation_id = $1 AND merged_into IS NULL
         ORDER BY name, id LIMIT 500",
        id
    ))
    .await
}

/// The domains of an organisation, 100 at the most.
pub async fn domains(on: impl Read, id: OrganisationId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on
        .all(q!("SELECT domain FROM organisation_domains WHERE organisation_id = $1 ORDER BY domain LIMIT 100", id))
        .await?;
    Ok(rows.into_iter().map(|(domain,)| domain).collect())
}

/// A contact's addresses, the main one first, with why mail to one is paused.
pub async fn addresses(on: impl Read, id: ContactId) -> Result<Vec<(String, Option<String>)>> {
    on.all(q!(
        "SELECT address, paused_reason FROM contact_addresses WHERE contact_id = $1
         ORDER BY is_main DESC, address LIMIT 50",
        id
    ))
    .await
}

/// Why mail to this address is paused; `None` when it is not.
pub async fn paused(on: impl Read, address: &str) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        on.opt(q!("SELECT paused_reason FROM contact_addresses WHERE address = $1", address)).await?;
    Ok(row.and_then(|(reason,)| reason))
}

pub(super) async fn insert_organisation(
    tx: &mut Tx,
    name: &str,
    kind: OrganisationKind,
    now: Timestamp,
) -> Result<OrganisationId> {
    let id = tx
        .insert(q!(
            "INSERT INTO organisations (name, kind, created_at) VALUES ($1, $2, $3) RETURNING id",
            name,
            kind,
            now
        ))
        .await?;
    Ok(OrganisationId(id))
}

pub(super) async fn insert_domain(tx: &mut Tx, domain: &str, id: OrganisationId) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO organisation_domains (domain, organisation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        domain,
        id
    ))
    .await
}

pub(super) async fn insert_contact(
    tx: &mut Tx,
    name: &str,
    organisation: Option<OrganisationId>,
    now: Timestamp,
) -> Result<ContactId> {
    let id = tx
        .insert(q!(
            "INSERT INTO contacts (organisation_id, name, created_at) VALUES ($1, $2, $3) RETURNING id",
            organisation,
            name,
            now
        ))
        .await?;
    Ok(ContactId(id))
}

pub(super) async fn insert_address(tx: &mut Tx, address: &str, id: ContactId) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO contact_addresses (address, contact_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        address,
        id
    ))
    .await
}

/// Makes one address of a contact the main one.
pub(super) async fn set_main_address(tx: &mut Tx, id: ContactId, address: &str) -> Result<u64> {
    tx.exec(q!("UPDATE contact_addresses SET is_main = (address = $2) WHERE contact_id = $1", id, address)).await
}

pub(super) async fn rename_contact(tx: &mut Tx, id: ContactId, name: &str) -> Result<u64> {
    tx.exec(q!("UPDATE contacts SET name = $2 WHERE id = $1", id, name)).await
}

pub(super) async fn set_paused(tx: &mut Tx, address: &str, pause: Option<(&str, Timestamp)>) -> Result<u64> {
    tx.exec(q!(
        "UPDATE contact_addresses SET paused_reason = $2, paused_at = $3 WHERE address = $1",
        address,
        pause.map(|(reason, _)| reason),
        pause.map(|(_, at)| at)
    ))
    .await
}
