//! `/organisations/{id}/portal`: how much the contacts of an organisation see on their own pages. The organisation's page
//! fetches it as a frame.
use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::customers::OrganisationId;
use crate::desk::Desk;
use crate::portal::{PortalScope, actions};
use crate::staff::{Admin, Reader};
use crate::web::api::Path;
use crate::web::fields::Fields;
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

#[derive(Template)]
#[template(path = "portal/of_organisation.html")]
struct ScopeFrame {
    id: OrganisationId,
    scope: PortalScope,
    /// Customers have pages of their own.
    enabled: bool,
    /// Whether whoever looks may set it.
    admin: bool,
}

/// `GET /organisations/{id}/portal`
pub(super) async fn show(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Html<impl Template>> {
    let scope = actions::scope(&desk, id).await?.ok_or_else(|| Error::not_found("such organisation"))?;
    Ok(Html(ScopeFrame { id, scope, enabled: desk.config().portal.enabled, admin: by.role.is_admin() }))
}

/// `POST /organisations/{id}/portal`
pub(super) async fn set(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let scope = sent.one("scope").parse().map_err(|_| Error::unprocessable("Choose what contacts see."))?;
    let known = actions::set_scope(&desk, &by, id, scope).await?;
    if known { Ok(see_other(&format!("/organisations/{id}"))) } else { Err(Error::not_found("such organisation")) }
}
