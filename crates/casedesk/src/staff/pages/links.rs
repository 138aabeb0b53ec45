//! A forgotten password, and the links that lead to a new one.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::refusal;
use crate::desk::Desk;
use crate::kit::Secret;
use crate::staff::{Error, LinkKind, actions};
use crate::web::client::Client;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "staff/reset.html")]
pub(super) struct ResetPage {
    asked: bool,
}

#[derive(Template)]
#[template(path = "staff/new_password.html")]
pub(super) struct NewPasswordPage {
    fault: String,
    name: String,
    email: String,
    invited: bool,
}

#[derive(Deserialize)]
pub(super) struct AskForm {
    email: String,
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    password: Secret,
}

/// `GET /reset`
pub(super) async fn show_ask() -> Html<ResetPage> {
    Html(ResetPage { asked: false })
}

/// `POST /reset`
pub(super) async fn ask(
    State(desk): State<Desk>,
    client: Client,
    Form(form): Form<AskForm>,
) -> Result<Html<ResetPage>> {
    actions::ask_for_reset(&desk, &form.email, &client).await?;
    Ok(Html(ResetPage { asked: true }))
}

/// `GET /reset/{token}`
pub(super) async fn show_reset(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
) -> Result<Html<NewPasswordPage>> {
    page(&desk, LinkKind::Reset, &token, &client, String::new()).await
}

/// `POST /reset/{token}`
pub(super) async fn reset(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    choose(&desk, LinkKind::Reset, &token, form, &client).await
}

/// `GET /invitation/{token}`
pub(super) async fn show_invitation(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
) -> Result<Html<NewPasswordPage>> {
    page(&desk, LinkKind::Invitation, &token, &client, String::new()).await
}

/// `POST /invitation/{token}`
pub(super) async fn take_invitation(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    choose(&desk, LinkKind::Invitation, &token, form, &client).await
}

async fn page(
    desk: &Desk,
    kind: LinkKind,
    token: &str,
    client: &Client,
    fault: String,
) -> Result<Html<NewPasswordPage>> {
    let agent = actions::link_owner(desk, kind, token, client).await?;
    let invited = kind == LinkKind::Invitation;
    Ok(Html(NewPasswordPage { fault, name: agent.name, email: agent.email, invited }))
}

async fn choose(desk: &Desk, kind: LinkKind, token: &str, form: PasswordForm, client: &Client) -> Result<Response> {
    match actions::set_password_by_link(desk, kind, token, form.password, client).await {
        Ok(()) => Ok(Redirect::to("/login?changed=1").into_response()),
        Err(Error::DeadLink) => Err(Error::DeadLink.into()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, page(desk, kind, token, client, fault).await?).into_response())
        }
    }
}
