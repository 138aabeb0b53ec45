//! `/case/{token}`: one case, for whoever has its private link.
use axum::extract::{Query, Request, State};
use axum::response::{AppendHeaders, IntoResponse as _, Response};

use super::NO_REFERRER;
use super::case::{self, Place};
use super::cases::AskedOfCase;
use crate::cases::AttachmentId;
use crate::desk::Desk;
use crate::portal::store;
use crate::portal::{LinkHolder, PortalError, actions};
use crate::web::api::Path;
use crate::web::client::Client;
use crate::web::shell::Public;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

fn place(desk: &Desk, token: &str) -> Place {
    Place { around: Public::new(desk, ""), href: format!("/case/{token}"), files: format!("/case/{token}/files") }
}

fn quietly(response: Response) -> Response {
    (AppendHeaders([NO_REFERRER]), response).into_response()
}

/// `GET /case/{token}`
pub(super) async fn show(
    State(desk): State<Desk>,
    holder: LinkHolder,
    Query(asked): Query<AskedOfCase>,
) -> Result<Response> {
    let seen = store::case(desk.db(), &holder.guest.sight, holder.case).await?.ok_or(PortalError::NoCase)?;
    let page = case::page(&desk, &holder.guest, place(&desk, &holder.token), seen, asked.before).await?;
    Ok(quietly(Html(page).into_response()))
}

/// `POST /case/{token}/answers`
pub(super) async fn answer(
    State(desk): State<Desk>,
    holder: LinkHolder,
    client: Client,
    request: Request,
) -> Result<Response> {
    let place = place(&desk, &holder.token);
    Ok(quietly(case::answer(&desk, &holder.guest, holder.case, place, &client, request).await?))
}

/// `POST /case/{token}/solution`
pub(super) async fn solve(State(desk): State<Desk>, holder: LinkHolder) -> Result<Response> {
    actions::solve(&desk, &holder.guest, holder.case).await?;
    Ok(quietly(see_other(&format!("/case/{}", holder.token))))
}

/// `GET /case/{token}/files/{file}`
pub(super) async fn file(
    State(desk): State<Desk>,
    holder: LinkHolder,
    Path((_, file)): Path<(String, AttachmentId)>,
) -> Result<Response> {
    Ok(quietly(case::file(&desk, &holder.guest, file).await?))
}
