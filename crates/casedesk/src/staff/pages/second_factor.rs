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

const PROFILE: &str = "/settings/profile";

#[derive(Template)]
#[template(path = "staff/second_factor.html")]
struct EnrolPage<'a> {
    fault: String,
    /// The secret in groups of four, to type.
    secret: String,
    uri: String,
    qr: String,
    /// Asked for at login; else chosen in the profile, where the password is asked for again.
    at_login: bool,
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

#[derive(Deserialize)]
pub(super) struct OwnCodeForm {
    code: String,
    password: Secret,
}

fn page(enrolment: Enrolment, at_login: bool, next: &str, fault: String) -> Html<EnrolPage<'_>> {
    let letters: Vec<char> = enrolment.secret.chars().collect();
    let secret = letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let qr = qr::svg(&enrolment.uri).unwrap_or_default();
    Html(EnrolPage { fault, secret, uri: enrolment.uri, qr, at_login, next })
}

/// The secret again, with what was wrong.
async fn again(desk: &Desk, digest: &str, at_login: bool, next: &str, error: Error) -> Result<Response> {
    let (status, fault) = refusal(error)?;
    Ok((status, page(actions::begin_totp(desk, digest).await?, at_login, next, fault)).into_response())
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
    Ok(page(enrolment, true, safe_next(&query.next), String::new()).into_response())
}

/// `POST /login/second-factor`
pub(super) async fn confirm_at_login(
    State(desk): State<Desk>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let next = safe_next(&form.next);
    let Some(half) = begun(&desk, &headers).await?.filter(|half| !half.has_totp) else {
        return Ok(Redirect::to(&with_next("/login", next)).into_response());
    };
    match actions::confirm_totp(&desk, &half.digest, &form.code, &client).await {
        Ok((opened, codes)) => Ok((cookies::set(&desk, &opened), Html(CodesPage { codes, next })).into_response()),
        Err(error) => again(&desk, &half.digest, true, next, error).await,
    }
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
    Ok(page(enrolment, false, PROFILE, String::new()).into_response())
}

/// `POST /settings/second-factor`
pub(super) async fn confirm(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<OwnCodeForm>,
) -> Result<Response> {
    match actions::set_up_totp(&desk, &viewer, &form.code, form.password).await {
        Ok((opened, codes)) => {
            Ok((cookies::set(&desk, &opened), Html(CodesPage { codes, next: PROFILE })).into_response())
        }
        Err(error) => again(&desk, session(&viewer)?, false, PROFILE, error).await,
    }
}

/// `POST /settings/second-factor/remove`
pub(super) async fn remove(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    match actions::remove_totp(&desk, &viewer, form.password).await {
        Ok(()) => Ok(Redirect::to(PROFILE).into_response()),
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
        Ok(codes) => Ok(Html(CodesPage { codes, next: PROFILE }).into_response()),
        Err(error) => super::profile::again(&desk, &viewer, error).await,
    }
}
