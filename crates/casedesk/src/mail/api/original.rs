//! A mail as it came: its HTML, made safe, for a sandboxed frame; and its source.
use std::collections::HashMap;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::cases::store as case_store;
use crate::cases::{EntryId, actions as cases};
use crate::desk::Desk;
use crate::mail::store::Message;
use crate::mail::{MailError, rules, store};
use crate::staff::{Reader, Viewer};
use crate::web::api::{Path, Query};
use crate::web::{Error, Result, disposition};

/// No script, no form, no font; the frame is framed by the desk alone.
const QUIET: &str = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; \
    base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'";
/// The same with pictures from elsewhere, which somebody asked for.
const WITH_IMAGES: &str = "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; form-action 'none'; \
    base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'";

/// Mail is written for white paper.
const HEAD: &str = "<!doctype html><html><head><meta charset=\"utf-8\"><style>:root{color-scheme:light}\
    body{margin:0;padding:12px;background:#fff;color:#1a1a1a;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
    img{max-width:100%;height:auto}pre{white-space:pre-wrap}</style></head><body>";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `1`: also show pictures that are fetched from elsewhere.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1)]
    images: u8,
}

/// Get the HTML of a mail, made safe.
#[utoipa::path(get, path = "/entries/{id}/html", tag = "mail", params(("id" = EntryId, Path)),
    responses((status = 200, description = "A page for a sandboxed frame", content_type = "text/html")))]
pub(super) async fn get_html(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<EntryId>,
    Query(Asked { images }): Query<Asked>,
) -> Result<Response> {
    let message = message(&desk, &by, id).await?;
    let digest = message.html_digest.ok_or_else(|| Error::not_found("HTML in this message"))?;
    let html = desk.files().get(&digest).await.map_err(MailError::from)?;
    let files: HashMap<String, i64> = case_store::files_of_entries(desk.db(), &[id])
        .await?
        .into_iter()
        .filter(|file| file.shows_inline)
        .filter_map(|file| Some((file.content_id?, file.id.0)))
        .collect();
    let local = |cid: &str| files.get(cid).map(|id| format!("/attachments/{id}"));
    let body = rules::resolve_images(&String::from_utf8_lossy(&html), images == 1, local);
    let policy = if images == 1 { WITH_IMAGES } else { QUIET };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    Ok((headers, format!("{HEAD}{body}</body></html>")).into_response())
}

/// Get the source of a mail.
#[utoipa::path(get, path = "/entries/{id}/raw", tag = "mail", params(("id" = EntryId, Path)),
    responses((status = 200, description = "The message", content_type = "message/rfc822")))]
pub(super) async fn get_raw(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<EntryId>) -> Result<Response> {
    let message = message(&desk, &by, id).await?;
    let digest = message.raw_digest.ok_or_else(|| Error::not_found("source of this entry"))?;
    let raw = desk.files().get(&digest).await.map_err(MailError::from)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822")),
        (header::CONTENT_DISPOSITION, disposition::header(false, &format!("message-{id}.eml"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, raw).into_response())
}

async fn message(desk: &Desk, by: &Viewer, id: EntryId) -> Result<Message> {
    let none = || Error::not_found("such mail");
    let entry = case_store::entry(desk.db(), id).await?.ok_or_else(none)?;
    cases::may_read(desk, by, entry.case_id).await?;
    store::message(desk.db(), id).await?.ok_or_else(none)
}
