//! `/login`, its second step, and the way out.
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{cookies, refusal, safe_next, with_next};
use crate::desk::Desk;
use crate::kit::Secret;
use crate::staff::actions::{self, Half};
use crate::web::client::Client;
use crate::web::{Html, Result};

#[derive(Template, Default)]
#[template(path = "staff/login.html")]
struct LoginPage<'a> {
    fault: String,
    notice: &'a str,
    email: &'a str,
    next: &'a str,
}

#[derive(Template)]
#[template(path = "staff/code.html")]
struct CodePage<'a> {
    fault: String,
    next: &'a str,
}

#[derive(Deserialize, Default)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
    /// Set after a new password was chosen.
    #[serde(default)]
    changed: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct LoginForm {
    email: String,
    password: Secret,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    pub(super) code: String,
    #[serde(default)]
    pub(super) next: String,
}

/// `GET /login`
pub(super) async fn show(
    State(desk): State<Desk>,
    client: Client,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Result<Response> {
    let next = safe_next(&query.next);
    if let Some(id) = cookies::session(&desk, &headers) {
        if let Some(half) = actions::half_session(&desk, &id).await? {
            return Ok(Redirect::to(&second_step(&half, next)).into_response());
        }
        if actions::viewer_by_session(&desk, &id, client).await?.is_some() {
            return Ok(Redirect::to(next).into_response());
        }
    }
    let notice = if query.changed.is_some() { "The new password is set. Log in with it." } else { "" };
    Ok(Html(LoginPage { notice, next, ..LoginPage::default() }).into_response())
}

/// `POST /login`
pub(super) async fn enter(
    State(desk): State<Desk>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Result<Response> {
    let (device, old) = (cookies::device(&desk, &headers), cookies::session(&desk, &headers));
    let attempt = actions::Attempt {
        email: &form.email,
        password: form.password,
        device: device.as_deref(),
        old: old.as_deref(),
        client: &client,
    };
    match actions::log_in(&desk, attempt).await {
        Ok(opened) => {
            Ok((cookies::set(&desk, &opened), Redirect::to(&with_next("/login", &form.next))).into_response())
        }
        Err(error) => {
            let (status, fault) = refusal(error)?;
            let page = LoginPage { fault, email: &form.email, next: safe_next(&form.next), ..LoginPage::default() };
            Ok((status, Html(page)).into_response())
        }
    }
}

fn second_step(half: &Half, next: &str) -> String {
    with_next(if half.has_totp { "/login/code" } else { "/login/second-factor" }, next)
}

/// The login that this browser began, when it still owes its second step.
pub(super) async fn begun(desk: &Desk, headers: &HeaderMap) -> Result<Option<Half>> {
    let Some(id) = cookies::session(desk, headers) else { return Ok(None) };
    Ok(actions::half_session(desk, &id).await?)
}

/// `GET /login/code`
pub(super) async fn show_code(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Result<Response> {
    let Some(half) = begun(&desk, &headers).await? else {
        return Ok(Redirect::to(&with_next("/login", &query.next)).into_response());
    };
    if !half.has_totp {
        return Ok(Redirect::to(&second_step(&half, &query.next)).into_response());
    }
    Ok(Html(CodePage { fault: String::new(), next: safe_next(&query.next) }).into_response())
}

/// `POST /login/code`
pub(super) async fn enter_code(
    State(desk): State<Desk>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let Some(half) = begun(&desk, &headers).await? else {
        return Ok(Redirect::to(&with_next("/login", &form.next)).into_response());
    };
    match actions::enter_code(&desk, &half, &form.code, &client).await {
        Ok(opened) => Ok((cookies::set(&desk, &opened), Redirect::to(safe_next(&form.next))).into_response()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, Html(CodePage { fault, next: safe_next(&form.next) })).into_response())
        }
    }
}

/// `POST /logout`
pub(super) async fn leave(State(desk): State<Desk>, client: Client, headers: HeaderMap) -> Result<Response> {
    if let Some(id) = cookies::session(&desk, &headers) {
        actions::log_out(&desk, &id, &client).await?;
    }
    Ok((StatusCode::SEE_OTHER, cookies::clear(&desk), Redirect::to("/login")).into_response())
}
