//! A mail as it was sent, for a sandboxed frame; and its source.
use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::quarantine::as_text;
use crate::cases::store::{self as cases, Attachment};
use crate::cases::{CasesError, EntryId};
use crate::desk::Desk;
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
    let html = with_pictures(&desk, id, &String::from_utf8_lossy(&bytes)).await?;
    let images = asked.images == "yes";
    let html = if images { with_remote_images(&html) } else { html };
    let mut response = Html(Frame { html }).into_response();
    let headers = response.headers_mut();
    let policy = if images { WITH_IMAGES } else { SHUT };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// `GET /entries/{id}/source`
pub(super) async fn source(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<EntryId>) -> Result<Response> {
    let digest = message(&desk, &by, id).await?.raw_digest.ok_or_else(|| Error::not_found("such source"))?;
    Ok(as_text(desk.files().get(&digest).await.map_err(CasesError::from)?.to_vec()))
}

/// What mail knows of an entry that the viewer may see.
async fn message(desk: &Desk, by: &Viewer, id: EntryId) -> Result<Message> {
    let entry = cases::entry(desk.db(), id).await?.ok_or(CasesError::NoEntry(id))?;
    cases::visible_case(desk.db(), entry.case_id, &by.hidden_teams).await?.ok_or(CasesError::NoEntry(id))?;
    Ok(store::message(desk.db(), id).await?.ok_or(CasesError::NoEntry(id))?)
}

/// Puts the pictures that came with the mail in the places that name them.
async fn with_pictures(desk: &Desk, id: EntryId, html: &str) -> Result<String> {
    let files = cases::files_of_entries(desk.db(), &[id]).await?;
    let mut html = html.to_owned();
    let mut room = PICTURES_BYTES;
    for file in files.iter().filter(|file| file.shows_inline) {
        let Some(name) = file.content_id.as_deref().map(|id| format!("cid:{id}")) else { continue };
        if !html.contains(&name) || file.size > room {
            continue;
        }
        room -= file.size;
        html = html.replace(&name, &data_url(desk, file).await?);
    }
    Ok(html)
}

async fn data_url(desk: &Desk, file: &Attachment) -> Result<String> {
    let bytes = desk.files().get(&file.digest).await.map_err(CasesError::from)?;
    let mut url = format!("data:{};base64,", file.content_type);
    let _ = write!(url, "{}", STANDARD.encode(&bytes));
    Ok(url)
}

/// The sanitiser left a placeholder in `src` and the address in the `data-src` behind it: the address takes its place.
fn with_remote_images(html: &str) -> String {
    const BETWEEN: &str = "\" data-src=\"";
    let mut shown = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(BETWEEN) {
        let before = &rest[..at];
        let cut = before.rfind(" src=\"").unwrap_or(at);
        shown.push_str(&before[..cut]);
        shown.push_str(" src=\"");
        rest = &rest[at + BETWEEN.len()..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_images_come_back_when_asked_for() {
        let safe =
            casedesk_mail::sanitise("<p>a</p><img src=\"https://t.example/p.gif\" alt=\"x\"><img src=\"cid:1\">");
        let html = with_remote_images(&safe.html);
        assert!(html.contains(" src=\"https://t.example/p.gif\""), "{html}");
        assert!(html.contains(" src=\"cid:1\""), "{html}");
        assert!(!html.contains(" src=\"data:image"), "{html}");
    }
}
