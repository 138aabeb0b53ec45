//! A mail as it was sent, for a sandboxed frame.
use std::collections::HashMap;
use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::cases::actions::may_read;
use crate::cases::store::{self as cases, Attachment};
use crate::cases::{CasesError, EntryId};
use crate::desk::Desk;
use crate::mail::rules;
use crate::mail::store::{self, Message};
use crate::staff::{Reader, Viewer};
use crate::web::{Error, Html, Result};

/// Pictures of a mail are put into its HTML, since the frame may ask nobody for anything; up to so many bytes.
const PICTURES_BYTES: i64 = 12_000_000;
const SHUT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox";
/// After the reader has asked for the images from elsewhere.
const WITH_IMAGES: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https: http:; \
    frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    images: String,
}

#[derive(Template)]
#[template(path = "mail/frame.html")]
struct Frame {
    html: String,
}

/// `GET /entries/{id}/html`
pub(super) async fn html(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<EntryId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let digest = message(&desk, &by, id).await?.html_digest.ok_or_else(|| Error::not_found("such HTML"))?;
    let bytes = desk.files().get(&digest).await.map_err(CasesError::from)?;
    let images = asked.images == "yes";
    let pictures = pictures(&desk, id).await?;
    let html = rules::resolve_images(&String::from_utf8_lossy(&bytes), images, |cid| pictures.get(cid).cloned());
    let mut response = Html(Frame { html }).into_response();
    let headers = response.headers_mut();
    let policy = if images { WITH_IMAGES } else { SHUT };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// What mail knows of an entry that the viewer may see.
async fn message(desk: &Desk, by: &Viewer, id: EntryId) -> Result<Message> {
    let entry = cases::entry(desk.db(), id).await?.ok_or(CasesError::NoEntry(id))?;
    may_read(desk, by, entry.case_id).await?;
    Ok(store::message(desk.db(), id).await?.ok_or(CasesError::NoEntry(id))?)
}

/// The pictures that came with the mail, by the id that its HTML names them by, as `data:` addresses.
async fn pictures(desk: &Desk, id: EntryId) -> Result<HashMap<String, String>> {
    let (mut pictures, mut room) = (HashMap::new(), PICTURES_BYTES);
    for file in cases::files_of_entries(desk.db(), &[id]).await?.into_iter().filter(|file| file.shows_inline) {
        let Some(cid) = file.content_id.clone().filter(|_| file.size <= room) else { continue };
        room -= file.size;
        pictures.insert(cid, data_url(desk, &file).await?);
    }
    Ok(pictures)
}

async fn data_url(desk: &Desk, file: &Attachment) -> Result<String> {
    let bytes = desk.files().get(&file.digest).await.map_err(CasesError::from)?;
    let mut url = format!("data:{};base64,", file.content_type);
    let _ = write!(url, "{}", STANDARD.encode(&bytes));
    Ok(url)
}
