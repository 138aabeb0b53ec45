//! Permission in the signature: who may approve quotes.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::actions;
use crate::desk::Desk;
use crate::staff::{Proof, Scope, Viewer, Worker};
use crate::web::{Error, Result};

/// A member of the team that approves quotes, or an administrator in person or by a token of that scope.
pub struct Approver(pub Viewer);

impl FromRequestParts<Desk> for Approver {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let Worker(viewer) = Worker::from_request_parts(parts, desk).await?;
        if may_approve(desk, &viewer).await? {
            return Ok(Self(viewer));
        }
        let team = &desk.config().quotes.team;
        Err(Error::forbidden(format!("Quotes are approved by the team “{team}” or an administrator.")))
    }
}

/// The same for a page that shows what can be done.
pub async fn may_approve(desk: &Desk, viewer: &Viewer) -> Result<bool> {
    let admin = viewer.role.is_admin() && matches!(viewer.proof, Proof::Session(_) | Proof::Token(_, Scope::Admin));
    Ok(admin || (viewer.role.can_work() && actions::is_in_sales(desk, viewer).await?))
}
