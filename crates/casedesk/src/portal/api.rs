//! The customers' pages over the API: how much the contacts of an organisation see there.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::{PortalScope, actions};
use crate::customers::OrganisationId;
use crate::desk::Desk;
use crate::staff::{Admin, Reader};
use crate::web::api::{Json, Path};
use crate::web::routing::routes;
use crate::web::{Error, Result};

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(get_portal_scope, set_portal_scope))
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PortalSetting {
    /// `own`: each contact sees the cases that they opened. `organisation`: each sees all cases of the organisation, and
    /// the messages that any of its contacts wrote or was sent.
    scope: PortalScope,
}

/// Get how much the contacts of an organisation see on their own pages.
#[utoipa::path(get, path = "/organisations/{id}/portal-scope", tag = "portal", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = PortalSetting)))]
async fn get_portal_scope(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Json<PortalSetting>> {
    let scope = actions::scope(&desk, id).await?.ok_or_else(|| Error::not_found("such organisation"))?;
    Ok(Json(PortalSetting { scope }))
}

/// Set how much the contacts of an organisation see on their own pages.
#[utoipa::path(put, path = "/organisations/{id}/portal-scope", tag = "portal", params(("id" = OrganisationId, Path)),
    responses((status = 204)))]
async fn set_portal_scope(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    Json(new): Json<PortalSetting>,
) -> Result<StatusCode> {
    let known = actions::set_scope(&desk, &by, id, new.scope).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(Error::not_found("such organisation")) }
}
