//! Pages that everybody may see: the same for each reader, kept by caches, with JSON and Atom feeds (RFC 4287).
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::shell::Site;
use super::{Error, Result};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::prose::plain;
use crate::kit::secrets::sha256_hex;

/// Seconds a cache may keep a page before it asks again.
const FRESH_S: u32 = 300;
/// Entries of a feed.
const MOST: usize = 100;

/// An answer that caches may keep, and that is not sent again to who has it.
fn cacheable(asked: &HeaderMap, kind: &'static str, body: String) -> Response {
    let tag = format!("W/\"{}\"", &sha256_hex(body.as_bytes())[..32]);
    let has_it = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let mut answer = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    };
    let headers = answer.headers_mut();
    for (name, value) in [(header::ETAG, tag), (header::CACHE_CONTROL, format!("public, max-age={FRESH_S}"))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    answer
}

pub fn html(asked: &HeaderMap, page: &impl Template) -> Result<Response> {
    let body = page.render().map_err(|error| Error::ours(&error))?;
    Ok(cacheable(asked, "text/html; charset=utf-8", body))
}

pub fn json(asked: &HeaderMap, body: &impl Serialize) -> Result<Response> {
    let body = serde_json::to_string(body).map_err(|error| Error::ours(&error))?;
    Ok(cacheable(asked, "application/json", body))
}

/// What a feed tells of one thing.
pub struct Entry {
    pub id: String,
    pub title: String,
    pub updated: Timestamp,
    pub link: String,
    /// Plain text.
    pub summary: String,
    /// HTML, where there is more to say than the summary does.
    pub content: String,
}

#[derive(Template)]
#[template(path = "web/feed.xml")]
struct Feed {
    id: String,
    title: String,
    author: String,
    updated: String,
    own: String,
    entries: Vec<Entry>,
}

/// The feed of the page at `path`, newest first; when it changed is when its newest entry did, or `born` without one.
pub fn feed(
    desk: &Desk,
    asked: &HeaderMap,
    (title, path): (String, &str),
    born: Timestamp,
    mut entries: Vec<Entry>,
) -> Result<Response> {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated));
    entries.truncate(MOST);
    for entry in &mut entries {
        for text in [&mut entry.title, &mut entry.summary, &mut entry.content] {
            *text = plain(text);
        }
    }
    let updated = entries.first().map_or(born, |entry| entry.updated).rfc3339();
    let id = desk.link(path);
    let author = Site::new(desk, "").name;
    let feed = Feed { own: format!("{id}/feed.atom"), id, title, author, updated, entries };
    let body = feed.render().map_err(|error| Error::ours(&error))?;
    Ok(cacheable(asked, "application/atom+xml; charset=utf-8", body))
}
