//! Mail over the API: take a message in, look after what was set aside, give a mail as it came.
mod original;
mod quarantine;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::{InboundId, Source, Taken, actions};
use crate::desk::Desk;
use crate::staff::Admin;
use crate::web::api::Json;
use crate::web::routing::routes;
use crate::web::{Error, Result};

/// `most`: the largest mail, in bytes.
pub fn routes(most: usize) -> OpenApiRouter<Desk> {
    let intake = OpenApiRouter::new().routes(routes!(take_in)).layer(DefaultBodyLimit::max(most));
    OpenApiRouter::new()
        .merge(intake)
        .routes(routes!(quarantine::list_quarantine))
        .routes(routes!(quarantine::get_quarantined))
        .routes(routes!(quarantine::retry))
        .routes(routes!(quarantine::make_case))
        .routes(routes!(quarantine::dismiss))
}

/// What is served outside of `/api`, for pages and programs alike.
pub fn files() -> OpenApiRouter<Desk> {
    OpenApiRouter::new().routes(routes!(original::get_raw))
}

/// A message that is stored and will be filed.
#[derive(Serialize, ToSchema)]
struct TakenIn {
    inbound_id: InboundId,
}

/// Take a mail in.
///
/// The body is the whole message (RFC 5322). When 202 comes back it is on the disk; it is filed in the order of
/// arrival, and a message that is here already is recognised then. Takes an administrator's token.
#[utoipa::path(post, path = "/mail", tag = "mail",
    request_body(content = String, content_type = "message/rfc822"),
    responses((status = 202, description = "Stored", body = TakenIn)))]
async fn take_in(State(desk): State<Desk>, _: Admin, raw: Bytes) -> Result<(StatusCode, Json<TakenIn>)> {
    if raw.is_empty() {
        return Err(Error::unprocessable("The body holds no message."));
    }
    match actions::take_in(&desk, Source::Api, raw).await? {
        Taken::Stored(inbound_id) => Ok((StatusCode::ACCEPTED, Json(TakenIn { inbound_id }))),
        Taken::Again => Err(Error::conflict("This message was taken in before.")),
    }
}
