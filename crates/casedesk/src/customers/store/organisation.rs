//! Changes of organisations and contacts, their notes and tags.
use crate::customers::{Contact, ContactId, Organisation, OrganisationId, OrganisationKind};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// A note of the file.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct FileNote {
    pub id: i64,
    pub agent_id: Option<AgentId>,
    pub agent_name: Option<String>,
    pub text: String,
    pub at: Timestamp,
}

/// One page of organisations by name, behind the one with this name and id.
pub async fn organisations_by_name(
    on: impl Read,
    text: &str,
    tag: Option<&str>,
    after: Option<(&str, OrganisationId)>,
    limit: i64,
) -> Result<Vec<Organisation>> {
    let text = text.to_lowercase();
    let pattern = format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let mut query =
        Query::new("SELECT id, name, kind FROM organisations WHERE merged_into IS NULL AND (LOWER(name) LIKE ")
            .bind(pattern)
            .push(" ESCAPE '\\' OR id IN (SELECT organisation_id FROM organisation_domains WHERE domain = ")
            .bind(text)
            .push("))");
    if let Some(tag) = tag {
        query =
            query.push(" AND id IN (SELECT organisation_id FROM organisation_tags WHERE tag = ").bind(tag).push(")");
    }
    if let Some((name, id)) = after {
        query = query.push(" AND (LOWER(name), id) > (LOWER(").bind(name).push("), ").bind(id).push(")");
    }
    on.all(query.push(" ORDER BY LOWER(name), id LIMIT ").bind(limit)).await
}

pub(in crate::customers) async fn update_organisation(
    tx: &mut Tx,
    id: OrganisationId,
    name: &str,
    kind: OrganisationKind,
) -> Result<u64> {
    tx.exec(q!("UPDATE organisations SET name = $2, kind = $3 WHERE id = $1", id, name, kind)).await
}

pub(in crate::customers) async fn delete_domain(tx: &mut Tx, id: OrganisationId, domain: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM organisation_domains WHERE organisation_id = $1 AND domain = $2", id, domain)).await
}

pub(in crate::customers) async fn move_contact(
    tx: &mut Tx,
    id: ContactId,
    name: &str,
    organisation: Option<OrganisationId>,
) -> Result<u64> {
    tx.exec(q!("UPDATE contacts SET name = $2, organisation_id = $3 WHERE id = $1", id, name, organisation)).await
}

pub(in crate::customers) async fn delete_address(tx: &mut Tx, id: ContactId, address: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM contact_addresses WHERE contact_id = $1 AND address = $2", id, address)).await
}

/// The newest notes, 100 at the most.
pub async fn file_notes(on: impl Read, id: OrganisationId) -> Result<Vec<FileNote>> {
    on.all(q!(
        "SELECT n.id, n.agent_id, a.name AS agent_name, n.text, n.at FROM organisation_notes n
         LEFT JOIN agents a ON a.id = n.agent_id WHERE n.organisation_id = $1 ORDER BY n.id DESC LIMIT 100",
        id
    ))
    .await
}

pub(in crate::customers) async fn insert_note(
    tx: &mut Tx,
    id: OrganisationId,
    agent: Option<AgentId>,
    text: &str,
    now: Timestamp,
) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO organisation_notes (organisation_id, agent_id, text, at) VALUES ($1, $2, $3, $4) RETURNING id",
        id,
        agent,
        text,
        now
    ))
    .await
}

pub(in crate::customers) async fn update_note(tx: &mut Tx, id: OrganisationId, note: i64, text: &str) -> Result<u64> {
    tx.exec(q!("UPDATE organisation_notes SET text = $3 WHERE organisation_id = $1 AND id = $2", id, note, text)).await
}

pub(in crate::customers) async fn delete_note(tx: &mut Tx, id: OrganisationId, note: i64) -> Result<u64> {
    tx.exec(q!("DELETE FROM organisation_notes WHERE organisation_id = $1 AND id = $2", id, note)).await
}

/// An organisation's tags, 50 at the most.
pub async fn organisation_tags(on: impl Read, id: OrganisationId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        on.all(q!("SELECT tag FROM organisation_tags WHERE organisation_id = $1 ORDER BY tag LIMIT 50", id)).await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

/// A contact's tags, 50 at the most.
pub async fn contact_tags(on: impl Read, id: ContactId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        on.all(q!("SELECT tag FROM contact_tags WHERE contact_id = $1 ORDER BY tag LIMIT 50", id)).await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

/// Contacts that have this tag, by name.
pub async fn contacts_tagged(on: impl Read, tag: &str, limit: i64) -> Result<Vec<Contact>> {
    on.all(q!(
        "SELECT c.id, c.organisation_id, c.name FROM contact_tags t JOIN contacts c ON c.id = t.contact_id
         WHERE t.tag = $1 AND c.merged_into IS NULL ORDER BY LOWER(c.name), c.id LIMIT $2",
        tag,
        limit
    ))
    .await
}

pub(in crate::customers) async fn insert_contact_tag(tx: &mut Tx, id: ContactId, tag: &str) -> Result<u64> {
    tx.exec(q!("INSERT INTO contact_tags (contact_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, tag)).await
}

pub(in crate::customers) async fn delete_contact_tag(tx: &mut Tx, id: ContactId, tag: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM contact_tags WHERE contact_id = $1 AND tag = $2", id, tag)).await
}

pub(in crate::customers) async fn insert_tag(tx: &mut Tx, id: OrganisationId, tag: &str) -> Result<u64> {
    tx.exec(q!("INSERT INTO organisation_tags (organisation_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, tag))
        .await
}

pub(in crate::customers) async fn delete_tag(tx: &mut Tx, id: OrganisationId, tag: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM organisation_tags WHERE organisation_id = $1 AND tag = $2", id, tag)).await
}
