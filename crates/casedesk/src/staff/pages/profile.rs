//! `/settings/profile`: name, signature, time zone, password, second factor.
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::refusal;
use crate::desk::Desk;
use crate::kit::Secret;
use crate::staff::actions::{self, Profile};
use crate::staff::store::{self, Agent, MailMe, access};
use crate::staff::{Error, Myself, Viewer};
use crate::web::shell::Shell;
use crate::web::{self, Html, Result};

#[derive(Template)]
#[template(path = "staff/profile.html")]
struct ProfilePage {
    shell: Shell,
    agent: Agent,
    codes_left: i64,
    totp_required: bool,
    away_min: u64,
    saved: bool,
    fault: String,
}

#[derive(Deserialize)]
pub(super) struct Saved {
    saved: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ProfileForm {
    name: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    time_zone: String,
    phone_extension: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ZoneForm {
    zone: String,
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    old: Secret,
    new: Secret,
}

async fn page(desk: &Desk, viewer: &Viewer) -> Result<ProfilePage> {
    let agent = store::agent(desk.db(), viewer.id).await?.ok_or_else(|| web::Error::not_found("such agent"))?;
    Ok(ProfilePage {
        shell: viewer.shell("settings", "profile"),
        codes_left: access::recovery_codes_left(desk.db(), viewer.id).await?,
        totp_required: desk.config().login.require_totp,
        away_min: desk.config().notices.away_min,
        agent,
        saved: false,
        fault: String::new(),
    })
}

/// The page with what was refused.
pub(super) async fn again(desk: &Desk, viewer: &Viewer, error: Error) -> Result<Response> {
    let (status, fault) = refusal(error)?;
    Ok((status, Html(ProfilePage { fault, ..page(desk, viewer).await? })).into_response())
}

/// `GET /settings/profile`
pub(super) async fn show(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Query(query): Query<Saved>,
) -> Result<Response> {
    Ok(Html(ProfilePage { saved: query.saved.is_some(), ..page(&desk, &viewer).await? }).into_response())
}

/// `POST /settings/profile`
pub(super) async fn change(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<ProfileForm>,
) -> Result<Response> {
    let profile = Profile {
        name: form.name,
        signature: form.signature,
        time_zone: form.time_zone,
        phone_extension: form.phone_extension,
    };
    match actions::change_profile(&desk, &viewer, &profile).await {
        Ok(()) => Ok(Redirect::to("/settings/profile?saved=1").into_response()),
        Err(error) => again(&desk, &viewer, error).await,
    }
}

/// A box that is not ticked is not sent.
#[derive(Deserialize)]
pub(super) struct MailForm {
    mentioned: Option<String>,
    assigned: Option<String>,
    answered: Option<String>,
}

/// `POST /settings/mail`
pub(super) async fn choose_mail(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<MailForm>,
) -> Result<Redirect> {
    let mail = MailMe {
        mail_mentioned: form.mentioned.is_some(),
        mail_assigned: form.assigned.is_some(),
        mail_answered: form.answered.is_some(),
    };
    actions::choose_mail(&desk, &viewer, mail).await?;
    Ok(Redirect::to("/settings/profile?saved=1"))
}

/// `POST /settings/time-zone`: what `zone.ts` tells of an agent whose zone is not known.
pub(super) async fn find_time_zone(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<ZoneForm>,
) -> Result<StatusCode> {
    actions::find_time_zone(&desk, &viewer, &form.zone).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /settings/password`
pub(super) async fn change_password(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    match actions::change_password(&desk, &viewer, form.old, form.new).await {
        Ok(()) => Ok(Redirect::to("/settings/profile?saved=1").into_response()),
        Err(error) => again(&desk, &viewer, error).await,
    }
}
