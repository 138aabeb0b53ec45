//! `/setup/{token}`: the first administrator.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{cookies, refusal};
use crate::desk::Desk;
use crate::kit::Secret;
use crate::staff::actions::{self, NewColleague};
use crate::staff::{Error, Role};
use crate::web::client::Client;
use crate::web::{Html, Result};

#[derive(Template, Default)]
#[template(path = "staff/setup.html")]
pub(super) struct SetupPage<'a> {
    fault: String,
    full_name: &'a str,
    email: &'a str,
}

#[derive(Deserialize)]
pub(super) struct SetupForm {
    name: String,
    email: String,
    password: Secret,
}

/// `GET /setup/{token}`
pub(super) async fn show(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
) -> Result<Html<SetupPage<'static>>> {
    if actions::setup_token_is_valid(&desk, &token, &client).await? {
        Ok(Html(SetupPage::default()))
    } else {
        Err(Error::DeadLink.into())
    }
}

/// `POST /setup/{token}`
pub(super) async fn make(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
    Form(form): Form<SetupForm>,
) -> Result<Response> {
    let new = NewColleague { name: form.name, email: form.email, role: Role::Admin, teams: Vec::new() };
    match actions::set_up(&desk, &token, &new, form.password, &client).await {
        Ok(opened) => Ok((cookies::set(&desk, &opened), Redirect::to("/login")).into_response()),
        Err(Error::DeadLink) => Err(Error::DeadLink.into()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, Html(SetupPage { fault, full_name: &new.name, email: &new.email })).into_response())
        }
    }
}
