//! What Turbo asks for and how it is answered: streams instead of pages, a frame instead of a whole page.
use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::Error;

pub const STREAMS: &str = "text/vnd.turbo-stream.html";

/// How the request wants to be answered.
#[derive(Clone, Debug, Default)]
pub struct Turbo {
    pub streams: bool,
    /// The id of the frame that asks, when one does.
    pub frame: Option<String>,
    /// The newest timeline entry on the screen of the one who asks (`X-Newest-Entry`).
    pub newest_entry: i64,
}

impl FromRequestParts<crate::desk::Desk> for Turbo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &crate::desk::Desk) -> Result<Self, Infallible> {
        let text = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
        Ok(Self {
            streams: text("accept").is_some_and(|accept| accept.contains(STREAMS)),
            frame: text("turbo-frame").map(str::to_owned),
            newest_entry: text("x-newest-entry").and_then(|id| id.parse().ok()).unwrap_or(0),
        })
    }
}

/// A template whose text is turbo-streams.
pub struct Streams<T>(pub T);

impl<T: Template> IntoResponse for Streams<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(text) => {
                let kind = HeaderValue::from_static("text/vnd.turbo-stream.html; charset=utf-8");
                (StatusCode::OK, [(header::CONTENT_TYPE, kind)], text).into_response()
            }
            Err(error) => Error::ours(&error).into_response(),
        }
    }
}

/// A message at the lower edge of the page, with a way back where there is one.
#[derive(Clone, Debug, Default)]
pub struct Toast {
    /// A second toast of the same key takes the place of the first.
    pub key: String,
    pub icon: &'static str,
    pub text: String,
    pub undo_href: String,
    pub undo_fields: Vec<(&'static str, String)>,
}

/// Sends the browser on after a change; a GET follows (RFC 9110 section 15.4.4).
pub fn see_other(to: &str) -> Response {
    Redirect::to(to).into_response()
}
