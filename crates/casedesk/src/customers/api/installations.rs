//! Installations. Every reading of their details over the API is in the audit log.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::actions::{self, Given, Origin};
use crate::customers::store::{self, Installation};
use crate::customers::{CustomersError, FieldValue, InstallationId, InstallationTerms, OrganisationId, rules};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::api::{Json, Path};
use crate::web::{Error, Result};

/// The most values that one request writes.
const MOST_VALUES: usize = 50;

#[derive(Serialize, ToSchema)]
pub(super) struct InstallationInFull {
    #[serde(flatten)]
    installation: Installation,
    /// The newest value of each field.
    values: Vec<FieldValue>,
    /// What the details are kept for: the customer was told so, and they serve nothing else.
    purpose: &'static str,
}

#[derive(Serialize, ToSchema)]
pub(super) struct InstallationMade {
    id: InstallationId,
}

/// List the installations of an organisation.
#[utoipa::path(get, path = "/organisations/{id}/installations", tag = "customers",
    params(("id" = OrganisationId, Path)), responses((status = 200, body = Vec<Installation>)))]
pub(super) async fn list_installations(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Json<Vec<Installation>>> {
    store::organisation(desk.db(), id).await?.ok_or(CustomersError::Missing("organisation"))?;
    Ok(Json(store::installations(desk.db(), id).await?))
}

/// Add an installation.
#[utoipa::path(post, path = "/organisations/{id}/installations", tag = "customers",
    params(("id" = OrganisationId, Path)), responses((status = 201, body = InstallationMade)))]
pub(super) async fn add_installation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(of): Path<OrganisationId>,
    Json(terms): Json<InstallationTerms>,
) -> Result<(StatusCode, Json<InstallationMade>)> {
    let id = actions::add_installation(&desk, &by, of, &terms).await?;
    Ok((StatusCode::CREATED, Json(InstallationMade { id })))
}

/// Get an installation with its details.
///
/// The reading is in the audit log: details are there for support alone.
#[utoipa::path(get, path = "/installations/{id}", tag = "customers", params(("id" = InstallationId, Path)),
    responses((status = 200, body = InstallationInFull)))]
pub(super) async fn get_installation(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<InstallationId>,
) -> Result<Json<InstallationInFull>> {
    let installation = actions::note_reading(&desk, &by, id).await?;
    let values = store::current_values(desk.db(), id).await?;
    Ok(Json(InstallationInFull { installation, values, purpose: rules::PURPOSE }))
}

/// List every value that the details of an installation had.
///
/// The newest first, 300 at the most. The reading is in the audit log.
#[utoipa::path(get, path = "/installations/{id}/history", tag = "customers", params(("id" = InstallationId, Path)),
    responses((status = 200, body = Vec<FieldValue>)))]
pub(super) async fn list_installation_history(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<InstallationId>,
) -> Result<Json<Vec<FieldValue>>> {
    actions::note_reading(&desk, &by, id).await?;
    Ok(Json(store::value_history(desk.db(), id).await?))
}

/// Change an installation.
#[utoipa::path(put, path = "/installations/{id}", tag = "customers", params(("id" = InstallationId, Path)),
    responses((status = 204)))]
pub(super) async fn change_installation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
    Json(terms): Json<InstallationTerms>,
) -> Result<StatusCode> {
    actions::change_installation(&desk, &by, id, &terms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put an installation that is no more out of sight.
#[utoipa::path(put, path = "/installations/{id}/archive", tag = "customers", params(("id" = InstallationId, Path)),
    responses((status = 204)))]
pub(super) async fn archive_installation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
) -> Result<StatusCode> {
    actions::archive_installation(&desk, &by, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put an installation in use again.
#[utoipa::path(delete, path = "/installations/{id}/archive", tag = "customers", params(("id" = InstallationId, Path)),
    responses((status = 204)))]
pub(super) async fn restore_installation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
) -> Result<StatusCode> {
    actions::archive_installation(&desk, &by, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A value to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewValue {
    /// `product_version`, `os_name`, `os_version`, `protocols`, …
    field: String,
    /// Several of a set with commas between. Empty: not known any more.
    value: String,
    /// As the customer wrote it, where that differs.
    #[serde(default)]
    written: String,
}

/// What was sent, as an action takes it.
pub(crate) fn given(values: &[NewValue]) -> Result<Vec<Given>> {
    if values.is_empty() || values.len() > MOST_VALUES {
        return Err(Error::unprocessable(format!("Give 1 to {MOST_VALUES} values.")));
    }
    let one = |new: &NewValue| {
        let field = rules::field(&new.field)?;
        Ok(Given { field, value: new.value.clone(), written: new.written.clone() })
    };
    values.iter().map(one).collect()
}

#[derive(Serialize, ToSchema)]
pub(super) struct ValuesWritten {
    /// How many values were not so already.
    written: usize,
}

/// Write details of an installation.
#[utoipa::path(post, path = "/installations/{id}/values", tag = "customers", params(("id" = InstallationId, Path)),
    request_body = Vec<NewValue>, responses((status = 200, body = ValuesWritten)))]
pub(super) async fn set_values(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
    Json(values): Json<Vec<NewValue>>,
) -> Result<Json<ValuesWritten>> {
    let written = actions::set_values(&desk, &by, id, &given(&values)?, Origin::API).await?;
    Ok(Json(ValuesWritten { written }))
}
