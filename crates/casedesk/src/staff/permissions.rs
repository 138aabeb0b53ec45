//! Permission in the signature: a handler that takes one of these runs only for those who may.
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::{Proof, Scope, Viewer, actions, pages};
use crate::desk::Desk;
use crate::web::client::Client;
use crate::web::{Error, Result};

/// Anybody who works here, in whatever role. A token also needs the scope `write` to change anything.
pub struct Reader(pub Viewer);
/// Who may change cases.
pub struct Worker(pub Viewer);
/// Who may change the desk and its people.
pub struct Admin(pub Viewer);
/// Anybody who works here, in person: no token may change its agent's password, sessions or tokens.
pub struct Myself(pub Viewer);

impl FromRequestParts<Desk> for Reader {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        viewer(parts, desk).await.map(Self)
    }
}

impl FromRequestParts<Desk> for Worker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let viewer = viewer(parts, desk).await?;
        let scoped = !matches!(viewer.proof, Proof::Token(_, Scope::Read));
        if viewer.role.can_work() && scoped { Ok(Self(viewer)) } else { Err(refused()) }
    }
}

impl FromRequestParts<Desk> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let viewer = viewer(parts, desk).await?;
        let scoped = matches!(viewer.proof, Proof::Session(_) | Proof::Token(_, Scope::Admin));
        if viewer.role.is_admin() && scoped { Ok(Self(viewer)) } else { Err(refused()) }
    }
}

impl FromRequestParts<Desk> for Myself {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let viewer = viewer(parts, desk).await?;
        if matches!(viewer.proof, Proof::Session(_)) { Ok(Self(viewer)) } else { Err(refused()) }
    }
}

fn refused() -> Error {
    Error::forbidden("Your role or your token does not allow this. Ask an administrator.")
}

async fn viewer(parts: &mut Parts, desk: &Desk) -> Result<Viewer> {
    let Ok(client) = Client::from_request_parts(parts, desk).await;
    if let Some(header) = parts.headers.get(header::AUTHORIZATION) {
        let token = header.to_str().ok().and_then(bearer).ok_or_else(|| unknown(parts))?;
        let viewer = actions::viewer_by_token(desk, token, client).await?.ok_or_else(|| unknown(parts))?;
        let writes = matches!(viewer.proof, Proof::Token(_, scope) if scope.can_write());
        return if parts.method.is_safe() || writes { Ok(viewer) } else { Err(refused()) };
    }
    let Some(id) = pages::cookies::session(desk, &parts.headers) else { return Err(unknown(parts)) };
    actions::viewer_by_session(desk, &id, client).await?.ok_or_else(|| unknown(parts))
}

/// RFC 6750 section 2.1; the scheme's case does not matter (RFC 9110 section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unknown(parts: &Parts) -> Error {
    let back_to = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    Error::login_needed(if parts.method.is_safe() { back_to } else { "/" })
}
