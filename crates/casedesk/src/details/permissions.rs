//! Permission in the signature: who came by the link of a mail that asks for details.
use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::{Holder, actions};
use crate::desk::Desk;
use crate::web::client::Client;
use crate::web::{Error, Result};

/// Whoever came by the link in the path, as `{token}`.
pub struct FormHolder {
    pub holder: Holder,
    pub token: String,
    pub client: Client,
}

impl FromRequestParts<Desk> for FormHolder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, desk).await;
        let token = path.ok().and_then(|Path(mut path)| path.remove("token"));
        let token = token.ok_or_else(|| Error::not_found("such form"))?;
        let Ok(client) = Client::from_request_parts(parts, desk).await;
        let holder = actions::holder(desk, &token, &client).await?;
        Ok(Self { holder, token, client })
    }
}
