//! Support options, contracts and licences.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::customers::store::{self, Contract, EndingContract, Licence, OptionRow};
use crate::customers::{
    ContractId, ContractTerms, CustomersError, LicenceId, LicenceTerms, OptionTerms, OrganisationId, SupportOptionId,
    actions,
};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Admin, Reader};
use crate::web::api::{Json, Path, Query, limit};
use crate::web::{Error, Result};

#[derive(Serialize, ToSchema)]
pub(super) struct SupportOption {
    id: SupportOptionId,
    /// Since when it is not on sale.
    archived_at: Option<Timestamp>,
    /// Counts where no contract is in force. One option at the most does.
    is_default: bool,
    /// Everybody may read about it at `/support-options`, as long as it is on sale.
    is_public: bool,
    #[serde(flatten)]
    terms: OptionTerms,
}

async fn in_full(desk: &Desk, row: OptionRow) -> Result<SupportOption> {
    let targets = store::targets(desk.db(), row.id).await?;
    Ok(SupportOption {
        id: row.id,
        archived_at: row.archived_at,
        is_default: row.is_default,
        is_public: row.is_public,
        terms: row.terms(targets),
    })
}

/// List support options.
#[utoipa::path(get, path = "/support-options", tag = "customers", responses((status = 200, body = Vec<SupportOption>)))]
pub(super) async fn list_support_options(State(desk): State<Desk>, _: Reader) -> Result<Json<Vec<SupportOption>>> {
    let mut options = Vec::new();
    for row in store::options(desk.db()).await? {
        options.push(in_full(&desk, row).await?);
    }
    Ok(Json(options))
}

#[derive(Serialize, ToSchema)]
pub(super) struct SupportOptionMade {
    id: SupportOptionId,
}

/// Add a support option.
#[utoipa::path(post, path = "/support-options", tag = "customers",
    responses((status = 201, body = SupportOptionMade)))]
pub(super) async fn add_support_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Json(terms): Json<OptionTerms>,
) -> Result<(StatusCode, Json<SupportOptionMade>)> {
    let id = actions::add_option(&desk, &by, &terms).await?;
    Ok((StatusCode::CREATED, Json(SupportOptionMade { id })))
}

/// Get a support option.
#[utoipa::path(get, path = "/support-options/{id}", tag = "customers", params(("id" = SupportOptionId, Path)),
    responses((status = 200, body = SupportOption)))]
pub(super) async fn get_support_option(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<SupportOptionId>,
) -> Result<Json<SupportOption>> {
    let row = store::option(desk.db(), id).await?.ok_or(CustomersError::Missing("support option"))?;
    Ok(Json(in_full(&desk, row).await?))
}

/// Change a support option.
///
/// It counts for every contract that has it.
#[utoipa::path(put, path = "/support-options/{id}", tag = "customers", params(("id" = SupportOptionId, Path)),
    responses((status = 204)))]
pub(super) async fn change_support_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
    Json(terms): Json<OptionTerms>,
) -> Result<StatusCode> {
    actions::change_option(&desk, &by, id, &terms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a support option off sale.
#[utoipa::path(put, path = "/support-options/{id}/archive", tag = "customers",
    params(("id" = SupportOptionId, Path)), responses((status = 204)))]
pub(super) async fn archive_support_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<StatusCode> {
    actions::archive_option(&desk, &by, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a support option on sale again.
#[utoipa::path(delete, path = "/support-options/{id}/archive", tag = "customers",
    params(("id" = SupportOptionId, Path)), responses((status = 204)))]
pub(super) async fn restore_support_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<StatusCode> {
    actions::archive_option(&desk, &by, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a support option count where no contract is in force.
///
/// Another one that did does no longer.
#[utoipa::path(put, path = "/support-options/{id}/default", tag = "customers",
    params(("id" = SupportOptionId, Path)), responses((status = 204)))]
pub(super) async fn make_default_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<StatusCode> {
    actions::set_default_option(&desk, &by, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a support option no longer count where no contract is in force.
#[utoipa::path(delete, path = "/support-options/{id}/default", tag = "customers",
    params(("id" = SupportOptionId, Path)), responses((status = 204)))]
pub(super) async fn unmake_default_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<StatusCode> {
    actions::set_default_option(&desk, &by, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let everybody read about a support option.
///
/// It stands at `/support-options` as long as it is on sale.
#[utoipa::path(put, path = "/support-options/{id}/public", tag = "customers",
    params(("id" = SupportOptionId, Path)), responses((status = 204)))]
pub(super) async fn publish_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<StatusCode> {
    actions::set_public_option(&desk, &by, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let only the team read about a support option.
#[utoipa::path(delete, path = "/support-options/{id}/public", tag = "customers",
    params(("id" = SupportOptionId, Path)), responses((status = 204)))]
pub(super) async fn unpublish_option(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<StatusCode> {
    actions::set_public_option(&desk, &by, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn known(desk: &Desk, id: OrganisationId) -> Result<()> {
    store::organisation(desk.db(), id).await?.ok_or(CustomersError::Missing("organisation"))?;
    Ok(())
}

/// List the contracts of an organisation.
#[utoipa::path(get, path = "/organisations/{id}/contracts", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Vec<Contract>)))]
pub(super) async fn list_contracts(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Json<Vec<Contract>>> {
    known(&desk, id).await?;
    Ok(Json(store::contracts(desk.db(), id).await?))
}

#[derive(Serialize, ToSchema)]
pub(super) struct ContractMade {
    id: ContractId,
}

/// Give an organisation a contract.
#[utoipa::path(post, path = "/organisations/{id}/contracts", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 201, body = ContractMade)))]
pub(super) async fn add_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(of): Path<OrganisationId>,
    Json(terms): Json<ContractTerms>,
) -> Result<(StatusCode, Json<ContractMade>)> {
    let id = actions::add_contract(&desk, &by, of, &terms).await?;
    Ok((StatusCode::CREATED, Json(ContractMade { id })))
}

/// Change a contract.
#[utoipa::path(put, path = "/organisations/{id}/contracts/{contract}", tag = "customers",
    params(("id" = OrganisationId, Path), ("contract" = ContractId, Path)), responses((status = 204)))]
pub(super) async fn change_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((of, id)): Path<(OrganisationId, ContractId)>,
    Json(terms): Json<ContractTerms>,
) -> Result<StatusCode> {
    actions::change_contract(&desk, &by, of, id, &terms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a contract.
#[utoipa::path(delete, path = "/organisations/{id}/contracts/{contract}", tag = "customers",
    params(("id" = OrganisationId, Path), ("contract" = ContractId, Path)), responses((status = 204)))]
pub(super) async fn remove_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((of, id)): Path<(OrganisationId, ContractId)>,
) -> Result<StatusCode> {
    actions::remove_contract(&desk, &by, of, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Renewal {
    /// The last day of the next term. Null: until somebody ends it.
    ends_on: Option<String>,
}

/// Renew a contract.
///
/// Another one with the same terms begins on the day after its end.
#[utoipa::path(post, path = "/organisations/{id}/contracts/{contract}/renewal", tag = "customers",
    params(("id" = OrganisationId, Path), ("contract" = ContractId, Path)),
    responses((status = 201, body = ContractMade)))]
pub(super) async fn renew_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((of, id)): Path<(OrganisationId, ContractId)>,
    Json(renewal): Json<Renewal>,
) -> Result<(StatusCode, Json<ContractMade>)> {
    let id = actions::renew_contract(&desk, &by, of, id, renewal.ends_on.as_deref().unwrap_or_default()).await?;
    Ok((StatusCode::CREATED, Json(ContractMade { id })))
}

/// List the licences of an organisation.
#[utoipa::path(get, path = "/organisations/{id}/licences", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Vec<Licence>)))]
pub(super) async fn list_licences(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Json<Vec<Licence>>> {
    known(&desk, id).await?;
    Ok(Json(store::licences(desk.db(), id).await?))
}

#[derive(Serialize, ToSchema)]
pub(super) struct LicenceMade {
    id: LicenceId,
}

/// Write a licence down.
#[utoipa::path(post, path = "/organisations/{id}/licences", tag = "customers", params(("id" = OrganisationId, Path)),
    responses((status = 201, body = LicenceMade)))]
pub(super) async fn add_licence(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(of): Path<OrganisationId>,
    Json(terms): Json<LicenceTerms>,
) -> Result<(StatusCode, Json<LicenceMade>)> {
    let id = actions::add_licence(&desk, &by, of, &terms).await?;
    Ok((StatusCode::CREATED, Json(LicenceMade { id })))
}

/// Change a licence.
#[utoipa::path(put, path = "/organisations/{id}/licences/{licence}", tag = "customers",
    params(("id" = OrganisationId, Path), ("licence" = LicenceId, Path)), responses((status = 204)))]
pub(super) async fn change_licence(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((of, id)): Path<(OrganisationId, LicenceId)>,
    Json(terms): Json<LicenceTerms>,
) -> Result<StatusCode> {
    actions::change_licence(&desk, &by, of, id, &terms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a licence.
#[utoipa::path(delete, path = "/organisations/{id}/licences/{licence}", tag = "customers",
    params(("id" = OrganisationId, Path), ("licence" = LicenceId, Path)), responses((status = 204)))]
pub(super) async fn remove_licence(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((of, id)): Path<(OrganisationId, LicenceId)>,
) -> Result<StatusCode> {
    actions::remove_licence(&desk, &by, of, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Within {
    /// 1 to 3650; 60 when it is not given.
    #[param(minimum = 1, maximum = 3650)]
    within_days: Option<u32>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// List contracts that end and that nothing follows.
#[utoipa::path(get, path = "/ending-contracts", tag = "customers",
    responses((status = 200, body = Vec<EndingContract>)))]
pub(super) async fn list_ending_contracts(
    State(desk): State<Desk>,
    _: Reader,
    Query(asked): Query<Within>,
) -> Result<Json<Vec<EndingContract>>> {
    let within = asked.within_days.unwrap_or(60);
    if !(1..=3650).contains(&within) {
        return Err(Error::unprocessable("“within_days” is between 1 and 3650."));
    }
    let limit = i64::try_from(limit(asked.limit)?).unwrap_or(i64::MAX);
    Ok(Json(actions::ending_contracts(&desk, within.into(), limit).await?))
}
