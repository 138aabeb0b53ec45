//! SQL of installations and the history of their fields.
use crate::customers::{
    ContactId, FieldSource, FieldValue, InstallationId, InstallationRole, InstallationTerms, OrganisationId,
};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::products::ProductId;
use crate::q;
use crate::staff::AgentId;

use super::MOST;

/// How many values of one installation's history are shown.
pub const MOST_HISTORY: i64 = 300;
/// As many fields as an installation can have, and some more.
const MOST_FIELDS: i64 = 50;

/// An installation with the name of its product.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Installation {
    pub id: InstallationId,
    pub organisation_id: OrganisationId,
    pub product_name: Option<String>,
    pub archived_at: Option<Timestamp>,
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub terms: InstallationTerms,
}

/// A value to be written.
#[derive(Clone, Debug)]
pub struct NewValue<'a> {
    pub field: &'static str,
    pub value: &'a str,
    pub written: &'a str,
    pub source: FieldSource,
    pub entry_id: Option<i64>,
    pub agent_id: Option<AgentId>,
    pub contact_id: Option<ContactId>,
    pub at: Timestamp,
}

pub(super) const COLUMNS: &str =
    "SELECT i.id, i.organisation_id, i.product_id, p.name AS product_name, i.label, i.role,
    i.archived_at FROM installations i LEFT JOIN products p ON p.id = i.product_id ";

/// An organisation's installations, those in use first.
pub async fn installations(on: impl Read, of: OrganisationId) -> Result<Vec<Installation>> {
    let query = Query::new(COLUMNS).push("WHERE i.organisation_id = ").bind(of);
    let order = " ORDER BY (CASE WHEN i.archived_at IS NULL THEN 0 ELSE 1 END), i.id LIMIT ";
    on.all(query.push(order).bind(MOST)).await
}

pub async fn installation(on: impl Read, id: InstallationId) -> Result<Option<Installation>> {
    on.opt(Query::new(COLUMNS).push("WHERE i.id = ").bind(id)).await
}

/// The installation, when it is this organisation's.
pub async fn installation_of(on: impl Read, of: OrganisationId, id: InstallationId) -> Result<Option<Installation>> {
    on.opt(Query::new(COLUMNS).push("WHERE i.organisation_id = ").bind(of).push(" AND i.id = ").bind(id)).await
}

pub(in crate::customers) async fn insert_installation(
    tx: &mut Tx,
    of: OrganisationId,
    terms: &InstallationTerms,
    now: Timestamp,
) -> Result<InstallationId> {
    let id = tx
        .insert(q!(
            "INSERT INTO installations (organisation_id, product_id, label, role, created_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            of,
            terms.product_id,
            &terms.label,
            terms.role,
            now
        ))
        .await?;
    Ok(InstallationId(id))
}

pub(in crate::customers) async fn update_installation(
    tx: &mut Tx,
    id: InstallationId,
    terms: &InstallationTerms,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE installations SET product_id = $2, label = $3, role = $4 WHERE id = $1",
        id,
        terms.product_id,
        &terms.label,
        terms.role
    ))
    .await
}

pub(in crate::customers) async fn set_role(tx: &mut Tx, id: InstallationId, role: InstallationRole) -> Result<u64> {
    tx.exec(q!("UPDATE installations SET role = $2 WHERE id = $1", id, role)).await
}

pub(in crate::customers) async fn archive_installation(
    tx: &mut Tx,
    id: InstallationId,
    at: Option<Timestamp>,
) -> Result<u64> {
    tx.exec(q!("UPDATE installations SET archived_at = $2 WHERE id = $1", id, at)).await
}

pub(in crate::customers) async fn insert_value(tx: &mut Tx, of: InstallationId, new: &NewValue<'_>) -> Result<i64> {
    tx.insert(q!(
        "INSERT INTO installation_fields (installation_id, field, value, written, source, entry_id, agent_id,
            contact_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        of,
        new.field,
        new.value,
        new.written,
        new.source,
        new.entry_id,
        new.agent_id,
        new.contact_id,
        new.at
    ))
    .await
}

/// Before the first change of what nobody wrote a history of: what it was from the beginning.
pub(in crate::customers) async fn keep_first_value(
    tx: &mut Tx,
    of: InstallationId,
    field: &str,
    value: &str,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO installation_fields (installation_id, field, value, written, source, at)
         SELECT id, $2, $3, $3, 'agent', created_at FROM installations WHERE id = $1 AND $3 <> ''
           AND NOT EXISTS (SELECT 1 FROM installation_fields WHERE installation_id = $1 AND field = $2)",
        of,
        field,
        value
    ))
    .await
}

const VALUES: &str = "SELECT f.field, f.value, f.written, f.source, f.entry_id, f.agent_id, a.name AS agent_name,
    f.contact_id, c.name AS contact_name, f.at FROM installation_fields f
    LEFT JOIN agents a ON a.id = f.agent_id LEFT JOIN contacts c ON c.id = f.contact_id ";

/// The newest value of each detail, also where that is empty. What the installation is called and of which product it is
/// stands in its own row.
pub async fn current_values(on: impl Read, of: InstallationId) -> Result<Vec<FieldValue>> {
    on.all(
        Query::new(VALUES)
            .push("WHERE f.id IN (SELECT MAX(id) FROM installation_fields WHERE installation_id = ")
            .bind(of)
            .push(" GROUP BY field) AND f.field NOT IN ('label', 'product') ORDER BY f.id LIMIT ")
            .bind(MOST_FIELDS),
    )
    .await
}

/// The newest value of each field of several installations: installation, field, value.
pub async fn current_values_of_many(
    on: impl Read,
    ids: &[InstallationId],
) -> Result<Vec<(InstallationId, String, String)>> {
    let most = MOST_FIELDS * i64::try_from(ids.len()).unwrap_or(1);
    on.all(
        Query::new(
            "SELECT installation_id, field, value FROM installation_fields WHERE id IN
             (SELECT MAX(id) FROM installation_fields WHERE installation_id IN ",
        )
        .bind_list(ids.iter().copied())
        .push(" GROUP BY installation_id, field) ORDER BY id LIMIT ")
        .bind(most),
    )
    .await
}

/// Which product each of these is an installation of.
pub async fn products_of_installations(
    on: impl Read,
    ids: &[InstallationId],
) -> Result<Vec<(InstallationId, Option<ProductId>)>> {
    let query = Query::new("SELECT id, product_id FROM installations WHERE id IN ").bind_list(ids.iter().copied());
    on.all(query.push(" ORDER BY id LIMIT ").bind(i64::try_from(ids.len()).unwrap_or(0))).await
}

/// The installations in use of several organisations: organisation and installation.
pub async fn installations_in_use(
    on: impl Read,
    ids: &[OrganisationId],
) -> Result<Vec<(OrganisationId, InstallationId)>> {
    let most = MOST * i64::try_from(ids.len()).unwrap_or(1);
    let query =
        Query::new("SELECT organisation_id, id FROM installations WHERE archived_at IS NULL AND organisation_id IN ")
            .bind_list(ids.iter().copied());
    on.all(query.push(" ORDER BY id LIMIT ").bind(most)).await
}

/// Every value that a field had, the newest first.
pub async fn value_history(on: impl Read, of: InstallationId) -> Result<Vec<FieldValue>> {
    let query = Query::new(VALUES).push("WHERE f.installation_id = ").bind(of);
    on.all(query.push(" ORDER BY f.id DESC LIMIT ").bind(MOST_HISTORY)).await
}

/// Whether there is anything in the file that a case can be held against.
pub async fn keeps_file(on: impl Read) -> Result<bool> {
    let row: Option<(bool,)> = on
        .opt(q!("SELECT TRUE FROM (SELECT 1 AS one) o WHERE EXISTS (SELECT 1 FROM support_options)
                OR EXISTS (SELECT 1 FROM installations)"))
        .await?;
    Ok(row.is_some())
}
