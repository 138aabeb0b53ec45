//! `/settings/tokens`: programs that act for the agent.
use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::refusal;
use crate::desk::Desk;
use crate::staff::store::access::{self, Token};
use crate::staff::{Myself, Scope, TokenId, Viewer, actions};
use crate::web::shell::Shell;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "staff/tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<Token>,
    scopes: &'static [Scope],
    /// The text of a token just made, shown this once.
    made: Option<String>,
    fault: String,
}

#[derive(Deserialize)]
pub(super) struct TokenForm {
    name: String,
    scope: Scope,
    /// Days it is good for; 0: until revoked.
    #[serde(default)]
    days: u16,
}

async fn page(desk: &Desk, viewer: &Viewer) -> Result<TokensPage> {
    Ok(TokensPage {
        shell: viewer.shell("settings", "tokens"),
        tokens: access::tokens_of(desk.db(), viewer.id).await?,
        scopes: Scope::ALL,
        made: None,
        fault: String::new(),
    })
}

/// `GET /settings/tokens`
pub(super) async fn show(State(desk): State<Desk>, Myself(viewer): Myself) -> Result<Response> {
    Ok(Html(page(&desk, &viewer).await?).into_response())
}

/// `POST /settings/tokens`
pub(super) async fn make(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<TokenForm>,
) -> Result<Response> {
    let days = Duration::from_hours(u64::from(form.days) * 24);
    let expires_at = (form.days > 0).then(|| desk.now().plus(days));
    match actions::make_token(&desk, &viewer, &form.name, form.scope, expires_at).await {
        Ok(made) => Ok(Html(TokensPage { made: Some(made.text), ..page(&desk, &viewer).await? }).into_response()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, Html(TokensPage { fault, ..page(&desk, &viewer).await? })).into_response())
        }
    }
}

/// `POST /settings/tokens/{id}/revoke`
pub(super) async fn revoke(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Path(id): Path<TokenId>,
) -> Result<Redirect> {
    actions::revoke_token(&desk, &viewer, id).await?;
    Ok(Redirect::to("/settings/tokens"))
}
