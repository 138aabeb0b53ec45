//! Installations, and the values of their fields.
use casedesk_details::Field;
use serde_json::json;

use super::agreements::sold;
use super::merge::organisation_in_use;
use super::{product_called, record, record_line};
use crate::customers::store::{self, Installation, MOST, NewValue};
use crate::customers::{
    ContactId, CustomersError, FieldSource, InstallationId, InstallationRole, InstallationTerms, OrganisationId, rules,
};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::products;
use crate::staff::actions::audit;
use crate::staff::{Actor, AgentId, Audit, Viewer};

/// A value that somebody gave, and where it comes from.
#[derive(Clone, Debug)]
pub struct Given {
    pub field: Field,
    pub value: String,
    /// As the customer wrote it; empty: as the value says.
    pub written: String,
}

/// Where the values come from, all of them.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    pub source: FieldSource,
    pub entry_id: Option<i64>,
    pub contact_id: Option<ContactId>,
}

impl Origin {
    /// An agent's own hand.
    pub const AGENT: Self = Self { source: FieldSource::Agent, entry_id: None, contact_id: None };
    pub const API: Self = Self { source: FieldSource::Api, entry_id: None, contact_id: None };
}

pub async fn add_installation(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    terms: &InstallationTerms,
) -> Result<InstallationId, CustomersError> {
    let mut tx = desk.db().begin().await?;
    let id = add_installation_in(&mut tx, desk, by, of, terms).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same within a larger change.
pub async fn add_installation_in(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    terms: &InstallationTerms,
) -> Result<InstallationId, CustomersError> {
    let terms = rules::checked_installation(terms)?;
    organisation_in_use(tx, of).await?;
    sold(tx, terms.product_id).await?;
    if i64::try_from(store::installations(&mut *tx, of).await?.len()).is_ok_and(|count| count >= MOST) {
        return Err(CustomersError::TooMany(MOST));
    }
    let id = store::insert_installation(tx, of, &terms, desk.now()).await?;
    let detail = json!({ "organisation": of, "terms": terms });
    record(tx, desk, by, "customers.installation_added", ("installation", id.0), detail).await?;
    Ok(id)
}

/// The installation that details are of which a customer gives without saying: the only one, or a first one where there
/// is none. `None`: there are several, so that somebody has to say which is meant.
pub async fn obvious_installation_in(
    tx: &mut Tx,
    desk: &Desk,
    of: OrganisationId,
    role: Option<InstallationRole>,
) -> Result<Option<InstallationId>, CustomersError> {
    let mut all = store::installations(&mut *tx, of).await?;
    all.retain(|installation| installation.archived_at.is_none());
    match all.as_slice() {
        [] => {}
        [one] => return Ok(Some(one.id)),
        _ => return Ok(None),
    }
    let terms = InstallationTerms {
        label: "Main installation".into(),
        role: role.unwrap_or(InstallationRole::Production),
        product_id: product_called(desk, None).await?,
    };
    let id = store::insert_installation(tx, of, &terms, desk.now()).await?;
    let line = Audit::new(desk.now(), Actor::System, "customers.installation_added");
    record_line(tx, desk, line, ("installation", id.0), json!({ "organisation": of, "terms": terms })).await?;
    Ok(Some(id))
}

async fn known(tx: &mut Tx, id: InstallationId) -> Result<Installation, CustomersError> {
    store::installation(tx, id).await?.ok_or(CustomersError::Missing("installation"))
}

pub async fn change_installation(
    desk: &Desk,
    by: &Viewer,
    id: InstallationId,
    terms: &InstallationTerms,
) -> Result<(), CustomersError> {
    let terms = rules::checked_installation(terms)?;
    let mut tx = desk.db().begin().await?;
    let old = known(&mut tx, id).await?;
    sold(&mut tx, terms.product_id).await?;
    write_terms(&mut tx, id, &terms, (FieldSource::Agent, Some(by.id)), desk.now()).await?;
    let detail = json!({ "organisation": old.organisation_id, "terms": terms });
    record(&mut tx, desk, by, "customers.installation_changed", ("installation", id.0), detail).await?;
    Ok(tx.commit().await?)
}

/// Writes what an installation is called, what it is for and of which product it is; what of that is other than before
/// stands in its history.
pub(super) async fn write_terms(
    tx: &mut Tx,
    id: InstallationId,
    terms: &InstallationTerms,
    (source, agent_id): (FieldSource, Option<AgentId>),
    at: Timestamp,
) -> Result<(), CustomersError> {
    let old = known(tx, id).await?;
    let product = match terms.product_id {
        Some(product) => products::store::product(&mut *tx, product).await?.map(|found| found.name),
        None => None,
    };
    let changes = [
        (rules::LABEL, old.terms.label, terms.label.clone()),
        (Field::Role.name(), old.terms.role.to_string(), terms.role.to_string()),
        (rules::PRODUCT, old.product_name.unwrap_or_default(), product.unwrap_or_default()),
    ];
    for (field, before, after) in changes.iter().filter(|(_, before, after)| before != after) {
        store::keep_first_value(tx, id, field, before).await?;
        let (value, written) = (after.as_str(), after.as_str());
        let new = NewValue { field, value, written, source, entry_id: None, agent_id, contact_id: None, at };
        store::insert_value(tx, id, &new).await?;
    }
    store::update_installation(tx, id, terms).await?;
    Ok(())
}

/// Puts an installation that is no more out of sight, or back.
pub async fn archive_installation(
    desk: &Desk,
    by: &Viewer,
    id: InstallationId,
    on: bool,
) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    let old = known(&mut tx, id).await?;
    store::archive_installation(&mut tx, id, on.then(|| desk.now())).await?;
    let action = if on { "customers.installation_archived" } else { "customers.installation_restored" };
    let detail = json!({ "organisation": old.organisation_id });
    record(&mut tx, desk, by, action, ("installation", id.0), detail).await?;
    Ok(tx.commit().await?)
}

/// The installation, for a program that reads its details; the audit log has it.
pub async fn note_reading(desk: &Desk, by: &Viewer, id: InstallationId) -> Result<Installation, CustomersError> {
    let mut tx = desk.db().begin().await?;
    let found = known(&mut tx, id).await?;
    audit(&mut tx, &Audit::by(desk.now(), by, "customers.details_read").on("installation", id.0)).await?;
    tx.commit().await?;
    Ok(found)
}

/// Writes values of an installation's fields; how many were not so already.
pub async fn set_values(
    desk: &Desk,
    by: &Viewer,
    id: InstallationId,
    given: &[Given],
    origin: Origin,
) -> Result<usize, CustomersError> {
    let mut tx = desk.db().begin().await?;
    let written = set_values_in(&mut tx, desk, by, id, given, origin).await?;
    tx.commit().await?;
    Ok(written)
}

/// The same within a larger change.
pub async fn set_values_in(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    id: InstallationId,
    given: &[Given],
    origin: Origin,
) -> Result<usize, CustomersError> {
    write_values(tx, desk, Audit::by(desk.now(), by, DETAILS_CHANGED), id, given, origin).await
}

/// The same of what a customer gives without an agent.
pub async fn set_values_by_customer_in(
    tx: &mut Tx,
    desk: &Desk,
    id: InstallationId,
    given: &[Given],
    origin: Origin,
) -> Result<usize, CustomersError> {
    write_values(tx, desk, Audit::new(desk.now(), Actor::System, DETAILS_CHANGED), id, given, origin).await
}

const DETAILS_CHANGED: &str = "customers.details_changed";

async fn write_values(
    tx: &mut Tx,
    desk: &Desk,
    line: Audit,
    id: InstallationId,
    given: &[Given],
    origin: Origin,
) -> Result<usize, CustomersError> {
    let old = known(tx, id).await?;
    let current = store::current_values(&mut *tx, id).await?;
    let mut changed = Vec::new();
    for one in given {
        let value = rules::checked_value(&one.value)?;
        let before = current.iter().find(|known| known.field == one.field.name()).map_or("", |known| &known.value);
        if before == value {
            continue;
        }
        let written = rules::checked_value(&one.written)?;
        let new = NewValue {
            field: one.field.name(),
            value: &value,
            written: if written.is_empty() { &value } else { &written },
            source: origin.source,
            entry_id: origin.entry_id,
            agent_id: line.actor.agent(),
            contact_id: origin.contact_id,
            at: desk.now(),
        };
        store::insert_value(tx, id, &new).await?;
        if let Some(role) =
            Some(one.field).filter(|field| *field == Field::Role).and_then(|_| rules::role_named(&value))
        {
            store::set_role(tx, id, role).await?;
        }
        changed.push(one.field.name());
    }
    if !changed.is_empty() {
        let detail = json!({ "organisation": old.organisation_id, "fields": changed, "source": origin.source });
        record_line(tx, desk, line, ("installation", id.0), detail).await?;
    }
    Ok(changed.len())
}
