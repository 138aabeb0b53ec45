//! Setting up a second factor, in the profile or because the desk asks for one at login.
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::login::{CodeForm, Next, begun};
use super::{cookies, refusal, safe_next, with_next};
use crate::desk::Desk;
use crate::kit::{Secret, qr};
use crate::staff::actions::{self, Enrolment};
use crate::staff::{Error, Myself, Proof, Viewer};
use crate::web::client::Client;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "staff/second_factor.html")]
struct EnrolPage<'a> {
    fault: String,
    /// The secret in groups of four, to type.
    secret: String,
    uri: String,
    qr: String,
    action: &'static str,
    next: &'a str,
}

#[derive(Template)]
#[template(path = "staff/recovery_codes.html")]
struct CodesPage<'a> {
    codes: Vec<String>,
    next: &'a str,
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    password: Secret,
}

fn page<'a>(enrolment: Enrolment, action: &'static str, next: &'a str, fault: String) -> Html<EnrolPage<'a>> {
    let letters: Vec<char> = enrolment.secret.chars().collect();
    let secret = letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let qr = qr::svg(&enrolment.uri).unwrap_or_default();
    Html(EnrolPage { fault, secret, uri: enrolment.uri, qr, action, next })
}

/// Takes the code, or shows the secret again with what was wrong.
async fn take(desk: &Desk, digest: &str, form: &CodeForm, client: &Client, action: &'static str) -> Result<Response> {
    let next = safe_next(&form.next);
    match actions::confirm_totp(desk, digest, &form.code, client).await {
        Ok((opened, codes)) => Ok((cookies::set(desk, &opened), Html(CodesPage { codes, next })).into_response()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, page(actions::begin_totp(desk, digest).await?, action, next, fault)).into_response())
        }
    }
}

/// `GET /login/second-factor`
pub(super) async fn show_at_login(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Result<Response> {
    let Some(half) = begun(&desk, &headers).await?.filter(|half| !half.has_totp) else {
        return Ok(Redirect::to(&with_next("/login", &query.next)).into_response());
    };
    let enrolment = actions::begin_totp(&desk, &half.digest).await?;
    Ok(page(enrolment, "/login/second-factor", safe_next(&query.next), String::new()).into_response())
}

/// `POST /login/second-factor`
pub(super) async fn confirm_at_login(
    State(desk): State<Desk>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let Some(half) = begun(&desk, &headers).await?.filter(|half| !half.has_totp) else {
        return Ok(Redirect::to(&with_next("/login", &form.next)).into_response());
    };
    take(&desk, &half.digest, &form, &client, "/login/second-factor").await
}

fn session(viewer: &Viewer) -> Result<&str, Error> {
    match &viewer.proof {
        Proof::Session(digest) => Ok(digest),
        Proof::Token(..) => Err(Error::LoginOver),
    }
}

/// `GET /settings/second-factor`
pub(super) async fn show(State(desk): State<Desk>, Myself(viewer): Myself) -> Result<Response> {
    let enrolment = actions::begin_totp(&desk, session(&viewer)?).await?;
    Ok(page(enrolment, "/settings/second-factor", "/settings/profile", String::new()).into_response())
}

/// `POST /settings/second-factor`
pub(super) async fn confirm(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    take(&desk, session(&viewer)?, &form, &viewer.client, "/settings/second-factor").await
}

/// `POST /settings/second-factor/remove`
pub(super) async fn remove(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    match actions::remove_totp(&desk, &viewer, form.password).await {
        Ok(()) => Ok(Redirect::to("/settings/profile").into_response()),
        Err(error) => super::profile::again(&desk, &viewer, error).await,
    }
}

/// `POST /settings/recovery-codes`
pub(super) async fn replace_codes(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    match actions::new_recovery_codes(&desk, &viewer, form.password).await {
        Ok(codes) => Ok(Html(CodesPage { codes, next: "/settings/profile" }).into_response()),
        Err(error) => super::profile::again(&desk, &viewer, error).await,
    }
}
