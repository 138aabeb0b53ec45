//! Permission in the signature: who is a customer that has logged in, and who holds a private link.
use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::pages::SESSION;
use super::{Guest, actions};
use crate::cases::CaseId;
use crate::desk::Desk;
use crate::web::client::Client;
use crate::web::{Error, Result, cookies};

/// A customer who has logged in.
pub struct Customer(pub Guest);

/// Whoever came by the private link in the path, as `{token}`.
pub struct LinkHolder {
    pub guest: Guest,
    pub case: CaseId,
    pub token: String,
}

impl FromRequestParts<Desk> for Customer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let session = cookies::read(desk, &parts.headers, SESSION).ok_or_else(Error::customer_login_needed)?;
        let guest = actions::guest_by_session(desk, &session).await?;
        guest.map(Self).ok_or_else(Error::customer_login_needed)
    }
}

impl FromRequestParts<Desk> for LinkHolder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let nothing = || Error::not_found("such case");
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, desk).await;
        let token = path.ok().and_then(|Path(mut path)| path.remove("token")).ok_or_else(nothing)?;
        let Ok(client) = Client::from_request_parts(parts, desk).await;
        let (guest, case) = actions::guest_by_link(desk, &token, &client).await?;
        Ok(Self { guest, case, token })
    }
}
