//! Support options, contracts and licences.
use serde_json::json;

use super::merge::organisation_in_use;
use super::record;
use crate::customers::store::{self, MOST};
use crate::customers::{
    ContractId, ContractTerms, CustomersError, LicenceId, LicenceTerms, OptionTerms, OrganisationId, SupportOptionId,
    rules,
};
use crate::db::Tx;
use crate::desk::Desk;
use crate::products::{self, ProductId};
use crate::staff::Viewer;

/// Puts a support option on sale.
pub async fn add_option(desk: &Desk, by: &Viewer, terms: &OptionTerms) -> Result<SupportOptionId, CustomersError> {
    let terms = rules::checked_option(terms)?;
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.options").await?;
    if store::count_options(&mut tx).await? >= MOST {
        return Err(CustomersError::TooMany(MOST));
    }
    free_name(&mut tx, &terms.name, None).await?;
    let id = store::insert_option(&mut tx, &terms, desk.now()).await?;
    write_targets(&mut tx, id, &terms).await?;
    told(&mut tx, desk, by, "customers.option_added", id, &terms).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_option(
    desk: &Desk,
    by: &Viewer,
    id: SupportOptionId,
    terms: &OptionTerms,
) -> Result<(), CustomersError> {
    let terms = rules::checked_option(terms)?;
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.options").await?;
    free_name(&mut tx, &terms.name, Some(id)).await?;
    if store::update_option(&mut tx, id, &terms, desk.now()).await? == 0 {
        return Err(CustomersError::Missing("support option"));
    }
    store::delete_targets(&mut tx, id).await?;
    write_targets(&mut tx, id, &terms).await?;
    told(&mut tx, desk, by, "customers.option_changed", id, &terms).await?;
    Ok(tx.commit().await?)
}

/// Takes a support option off sale, or puts it back. Contracts that have it keep it.
pub async fn archive_option(desk: &Desk, by: &Viewer, id: SupportOptionId, on: bool) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    if store::archive_option(&mut tx, id, on.then(|| desk.now())).await? == 0 {
        return Err(CustomersError::Missing("support option"));
    }
    let action = if on { "customers.option_archived" } else { "customers.option_restored" };
    record(&mut tx, desk, by, action, ("support_option", id.0), json!({})).await?;
    Ok(tx.commit().await?)
}

/// Makes an option the one that counts where no contract is in force, or no longer.
pub async fn set_default_option(desk: &Desk, by: &Viewer, id: SupportOptionId, on: bool) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.options").await?;
    let option = store::option(&mut tx, id).await?.ok_or(CustomersError::Missing("support option"))?;
    if option.is_default == on {
        return Ok(());
    }
    store::set_default_option(&mut tx, on.then_some(id)).await?;
    let action = if on { "customers.option_made_default" } else { "customers.option_not_default" };
    record(&mut tx, desk, by, action, ("support_option", id.0), json!({})).await?;
    Ok(tx.commit().await?)
}

/// Lets everybody read about an option, or no longer.
pub async fn set_public_option(desk: &Desk, by: &Viewer, id: SupportOptionId, on: bool) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("customers.options").await?;
    let option = store::option(&mut tx, id).await?.ok_or(CustomersError::Missing("support option"))?;
    if option.is_public == on {
        return Ok(());
    }
    store::set_public_option(&mut tx, id, on, desk.now()).await?;
    let action = if on { "customers.option_published" } else { "customers.option_unpublished" };
    record(&mut tx, desk, by, action, ("support_option", id.0), json!({})).await?;
    Ok(tx.commit().await?)
}

async fn free_name(tx: &mut Tx, name: &str, own: Option<SupportOptionId>) -> Result<(), CustomersError> {
    match store::option_by_name(tx, name).await? {
        Some(other) if Some(other) != own => Err(CustomersError::OptionTaken(name.to_owned())),
        _ => Ok(()),
    }
}

async fn write_targets(tx: &mut Tx, id: SupportOptionId, terms: &OptionTerms) -> Result<(), CustomersError> {
    for target in &terms.targets {
        store::insert_target(tx, id, target).await?;
    }
    Ok(())
}

async fn told(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    action: &'static str,
    id: SupportOptionId,
    terms: &OptionTerms,
) -> Result<(), CustomersError> {
    Ok(record(tx, desk, by, action, ("support_option", id.0), json!({ "name": terms.name })).await?)
}

async fn owned(tx: &mut Tx, of: OrganisationId) -> Result<(), CustomersError> {
    organisation_in_use(tx, of).await.map(|_| ())
}

/// Refuses a product that is not there.
pub(super) async fn sold(tx: &mut Tx, product: Option<ProductId>) -> Result<(), CustomersError> {
    let Some(id) = product else { return Ok(()) };
    products::store::product(tx, id).await?.map(|_| ()).ok_or(CustomersError::Missing("product"))
}

/// Gives an organisation a contract.
pub async fn add_contract(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    terms: &ContractTerms,
) -> Result<ContractId, CustomersError> {
    let terms = rules::checked_contract(terms)?;
    let mut tx = desk.db().begin().await?;
    let id = insert_contract(&mut tx, desk, by, of, &terms, None).await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert_contract(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    terms: &ContractTerms,
    renews: Option<ContractId>,
) -> Result<ContractId, CustomersError> {
    owned(tx, of).await?;
    store::option(&mut *tx, terms.option_id).await?.ok_or(CustomersError::Missing("support option"))?;
    if i64::try_from(store::contracts(&mut *tx, of).await?.len()).is_ok_and(|count| count >= MOST) {
        return Err(CustomersError::TooMany(MOST));
    }
    let id = store::insert_contract(tx, of, terms, renews, desk.now()).await?;
    let detail = json!({ "contract": id, "renews": renews, "terms": terms });
    record(tx, desk, by, "customers.contract_added", ("organisation", of.0), detail).await?;
    Ok(id)
}

pub async fn change_contract(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    id: ContractId,
    terms: &ContractTerms,
) -> Result<(), CustomersError> {
    let terms = rules::checked_contract(terms)?;
    let mut tx = desk.db().begin().await?;
    store::contract(&mut tx, of, id).await?.ok_or(CustomersError::Missing("contract"))?;
    store::option(&mut tx, terms.option_id).await?.ok_or(CustomersError::Missing("support option"))?;
    store::update_contract(&mut tx, id, &terms).await?;
    let detail = json!({ "contract": id, "terms": terms });
    record(&mut tx, desk, by, "customers.contract_changed", ("organisation", of.0), detail).await?;
    Ok(tx.commit().await?)
}

/// Writes the contract that follows this one without a gap.
pub async fn renew_contract(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    id: ContractId,
    ends_on: &str,
) -> Result<ContractId, CustomersError> {
    let mut tx = desk.db().begin().await?;
    let old = store::contract(&mut tx, of, id).await?.ok_or(CustomersError::Missing("contract"))?;
    let terms = rules::renewed(&old.terms, ends_on)?;
    let next = insert_contract(&mut tx, desk, by, of, &terms, Some(id)).await?;
    tx.commit().await?;
    Ok(next)
}

pub async fn remove_contract(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    id: ContractId,
) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    let old = store::contract(&mut tx, of, id).await?.ok_or(CustomersError::Missing("contract"))?;
    store::delete_contract(&mut tx, id).await?;
    let detail = json!({ "contract": id, "terms": old.terms });
    record(&mut tx, desk, by, "customers.contract_removed", ("organisation", of.0), detail).await?;
    Ok(tx.commit().await?)
}

/// Writes a licence down.
pub async fn add_licence(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    terms: &LicenceTerms,
) -> Result<LicenceId, CustomersError> {
    let terms = rules::checked_licence(terms)?;
    let mut tx = desk.db().begin().await?;
    owned(&mut tx, of).await?;
    sold(&mut tx, terms.product_id).await?;
    if i64::try_from(store::licences(&mut tx, of).await?.len()).is_ok_and(|count| count >= MOST) {
        return Err(CustomersError::TooMany(MOST));
    }
    let id = store::insert_licence(&mut tx, of, &terms, desk.now()).await?;
    let detail = json!({ "licence": id, "terms": terms });
    record(&mut tx, desk, by, "customers.licence_added", ("organisation", of.0), detail).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn change_licence(
    desk: &Desk,
    by: &Viewer,
    of: OrganisationId,
    id: LicenceId,
    terms: &LicenceTerms,
) -> Result<(), CustomersError> {
    let terms = rules::checked_licence(terms)?;
    let mut tx = desk.db().begin().await?;
    store::licence(&mut tx, of, id).await?.ok_or(CustomersError::Missing("licence"))?;
    sold(&mut tx, terms.product_id).await?;
    store::update_licence(&mut tx, id, &terms).await?;
    let detail = json!({ "licence": id, "terms": terms });
    record(&mut tx, desk, by, "customers.licence_changed", ("organisation", of.0), detail).await?;
    Ok(tx.commit().await?)
}

pub async fn remove_licence(desk: &Desk, by: &Viewer, of: OrganisationId, id: LicenceId) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    let old = store::licence(&mut tx, of, id).await?.ok_or(CustomersError::Missing("licence"))?;
    store::delete_licence(&mut tx, id).await?;
    let detail = json!({ "licence": id, "terms": old.terms });
    record(&mut tx, desk, by, "customers.licence_removed", ("organisation", of.0), detail).await?;
    Ok(tx.commit().await?)
}
