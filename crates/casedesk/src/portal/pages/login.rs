//! Logging in by a mailed link, and out.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::SESSION;
use crate::desk::Desk;
use crate::portal::actions;
use crate::web::client::Client;
use crate::web::shell::Public;
use crate::web::{Html, Result, cookies};

#[derive(Template)]
#[template(path = "portal/login.html")]
pub(super) struct LoginPage {
    around: Public,
    /// The link is on its way, if the address is a contact's.
    asked: bool,
}

#[derive(Template)]
#[template(path = "portal/enter.html")]
pub(super) struct EnterPage {
    around: Public,
    token: String,
}

#[derive(Deserialize)]
pub(super) struct AskForm {
    address: String,
}

pub(super) fn page(desk: &Desk, asked: bool) -> Html<LoginPage> {
    Html(LoginPage { around: Public::new(desk, "portal"), asked })
}

/// `POST /portal/login`: the same answer whoever asks.
pub(super) async fn ask(
    State(desk): State<Desk>,
    client: Client,
    Form(form): Form<AskForm>,
) -> Result<Html<LoginPage>> {
    actions::ask_for_link(&desk, &form.address, &client).await?;
    Ok(page(&desk, true))
}

/// `GET /portal/login/{token}`: a button, since programs that look into mail follow links and would use this one up.
pub(super) async fn show(State(desk): State<Desk>, Path(token): Path<String>) -> Html<EnterPage> {
    Html(EnterPage { around: Public::new(&desk, "portal"), token })
}

/// `POST /portal/login/{token}`
pub(super) async fn enter(
    State(desk): State<Desk>,
    client: Client,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response> {
    let old = cookies::read(&desk, &headers, SESSION);
    let session = actions::log_in(&desk, &token, old.as_deref(), &client).await?;
    let life_s = desk.config().portal.longest_h.saturating_mul(3600);
    let cookie = AppendHeaders([cookies::write(&desk, SESSION, &session, life_s)]);
    Ok((cookie, Redirect::to("/portal")).into_response())
}

/// `POST /portal/logout`
pub(super) async fn leave(State(desk): State<Desk>, client: Client, headers: HeaderMap) -> Result<Response> {
    if let Some(session) = cookies::read(&desk, &headers, SESSION) {
        actions::log_out(&desk, &session, &client).await?;
    }
    let cookie = AppendHeaders([cookies::write(&desk, SESSION, "", 0)]);
    Ok((StatusCode::SEE_OTHER, cookie, Redirect::to("/portal")).into_response())
}
