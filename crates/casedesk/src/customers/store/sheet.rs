//! SQL that walks the whole file, page by page, for an export and for holding an import against it.
use futures::future::BoxFuture;

use crate::customers::{ContactId, InstallationId, Organisation, OrganisationId};
use crate::db::{Db, Query, Read, Result, Rows, Tx};
use crate::q;

use super::agreements::{CONTRACTS, Contract, LICENCES, Licence};
use super::installations::{COLUMNS as INSTALLATIONS, Installation};

/// Where the file is read from: an export reads beside everything else, an import within its transaction.
pub enum Source<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Read for &mut Source<'_> {
    fn rows<'a>(self, query: Query) -> BoxFuture<'a, Result<Rows>>
    where
        Self: 'a,
    {
        match self {
            Source::Db(db) => (*db).rows(query),
            Source::Tx(tx) => (&mut **tx).rows(query),
        }
    }
}

/// A contact with their note.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ContactRow {
    pub id: ContactId,
    pub organisation_id: Option<OrganisationId>,
    pub name: String,
    pub note: String,
}

pub async fn organisations_after(on: impl Read, after: OrganisationId, limit: i64) -> Result<Vec<Organisation>> {
    on.all(q!(
        "SELECT id, name, kind FROM organisations WHERE id > $1 AND merged_into IS NULL ORDER BY id LIMIT $2",
        after,
        limit
    ))
    .await
}

/// Names of organisations by id.
pub async fn organisation_names(
    on: impl Read,
    ids: impl IntoIterator<Item = OrganisationId>,
) -> Result<Vec<(OrganisationId, String)>> {
    on.all(Query::new("SELECT id, name FROM organisations WHERE id IN ").bind_list(ids)).await
}

/// What belongs to the organisations from one id to another; here and below, by id of the owner.
pub async fn domains_between(
    on: impl Read,
    first: OrganisationId,
    last: OrganisationId,
) -> Result<Vec<(OrganisationId, String)>> {
    on.all(q!(
        "SELECT organisation_id, domain FROM organisation_domains WHERE organisation_id >= $1 AND organisation_id <= $2
         ORDER BY organisation_id, domain",
        first,
        last
    ))
    .await
}

pub async fn tags_between(
    on: impl Read,
    first: OrganisationId,
    last: OrganisationId,
) -> Result<Vec<(OrganisationId, String)>> {
    on.all(q!(
        "SELECT organisation_id, tag FROM organisation_tags WHERE organisation_id >= $1 AND organisation_id <= $2
         ORDER BY organisation_id, tag",
        first,
        last
    ))
    .await
}

pub async fn contact_tags_between(
    on: impl Read,
    first: ContactId,
    last: ContactId,
) -> Result<Vec<(ContactId, String)>> {
    on.all(q!(
        "SELECT contact_id, tag FROM contact_tags WHERE contact_id >= $1 AND contact_id <= $2 ORDER BY contact_id, tag",
        first,
        last
    ))
    .await
}

pub async fn notes_between(
    on: impl Read,
    first: OrganisationId,
    last: OrganisationId,
) -> Result<Vec<(OrganisationId, String)>> {
    on.all(q!(
        "SELECT organisation_id, text FROM organisation_notes WHERE organisation_id >= $1 AND organisation_id <= $2
         ORDER BY organisation_id, id",
        first,
        last
    ))
    .await
}

pub async fn contacts_after(on: impl Read, after: ContactId, limit: i64) -> Result<Vec<ContactRow>> {
    on.all(q!(
        "SELECT id, organisation_id, name, note FROM contacts WHERE id > $1 AND merged_into IS NULL
         ORDER BY id LIMIT $2",
        after,
        limit
    ))
    .await
}

pub async fn addresses_between(on: impl Read, first: ContactId, last: ContactId) -> Result<Vec<(ContactId, String)>> {
    on.all(q!(
        "SELECT contact_id, address FROM contact_addresses WHERE contact_id >= $1 AND contact_id <= $2
         ORDER BY contact_id, is_main DESC, address",
        first,
        last
    ))
    .await
}

pub async fn numbers_between(on: impl Read, first: ContactId, last: ContactId) -> Result<Vec<(ContactId, String)>> {
    on.all(q!(
        "SELECT contact_id, number_e164 FROM contact_numbers WHERE contact_id >= $1 AND contact_id <= $2
         ORDER BY contact_id, id",
        first,
        last
    ))
    .await
}

pub async fn contracts_after(on: impl Read, after: i64, limit: i64) -> Result<Vec<Contract>> {
    on.all(Query::new(CONTRACTS).push("WHERE c.id > ").bind(after).push(" ORDER BY c.id LIMIT ").bind(limit)).await
}

pub async fn licences_after(on: impl Read, after: i64, limit: i64) -> Result<Vec<Licence>> {
    on.all(Query::new(LICENCES).push("WHERE l.id > ").bind(after).push(" ORDER BY l.id LIMIT ").bind(limit)).await
}

pub async fn installations_after(on: impl Read, after: i64, limit: i64) -> Result<Vec<Installation>> {
    on.all(Query::new(INSTALLATIONS).push("WHERE i.id > ").bind(after).push(" ORDER BY i.id LIMIT ").bind(limit)).await
}

/// The newest value of each field.
pub async fn values_between(
    on: impl Read,
    first: InstallationId,
    last: InstallationId,
) -> Result<Vec<(InstallationId, String, String)>> {
    on.all(q!(
        "SELECT installation_id, field, value FROM installation_fields WHERE id IN (
            SELECT MAX(id) FROM installation_fields WHERE installation_id >= $1 AND installation_id <= $2
            GROUP BY installation_id, field) ORDER BY installation_id, id",
        first,
        last
    ))
    .await
}

/// Sets what a contact's page says of them.
pub(in crate::customers) async fn set_contact_note(tx: &mut Tx, id: ContactId, note: &str) -> Result<u64> {
    tx.exec(q!("UPDATE contacts SET note = $2 WHERE id = $1", id, note)).await
}
