//! Errors as people and programs get them: RFC 9457 `application/problem+json` under `/api`, a page
//! elsewhere. A failure of ours shows only the request's id; its cause is logged once, here.
use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html as Page, IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use super::guard::OWN_PROOF;
use super::turbo::Toast;
use crate::kit::secrets::random_token;

/// What a handler gives: a response, or an error in one shape.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// RFC 4918 section 11.5.
const FULL: &str = "The desk has no space left, so nothing was saved. Everything can still be read. Tell whoever runs \
    the desk; once there is space, do it again.";

/// An error with its HTTP status and words for the one who asked.
#[derive(Debug)]
pub struct Error {
    status: StatusCode,
    /// What went wrong and what to do, for people.
    detail: String,
    /// Where to go instead of an error page.
    instead: Option<String>,
    /// Seconds to wait, with 429.
    retry_after_s: Option<u64>,
    /// What a program needs besides the words (RFC 9457 section 3.2).
    more: Map<String, Value>,
}

impl Error {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), instead: None, retry_after_s: None, more: Map::new() }
    }

    /// Tells programs one thing more, as a member of the problem.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.more.insert(member.to_owned(), value.into());
        self
    }

    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no {what} here, or it is not yours to see."))
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The input was understood and is not acceptable (RFC 9110 section 15.5.21).
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// Nobody is logged in: a page sends to the login and comes back, the API answers 401.
    pub fn login_needed(back_to: &str) -> Self {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", back_to).finish();
        Self { instead: Some(format!("/login?{query}")), ..Self::new(StatusCode::UNAUTHORIZED, "Log in first.") }
    }

    /// Somebody is not logged in to the customers' pages: they are sent there to do so.
    pub fn customer_login_needed() -> Self {
        Self { instead: Some("/portal".into()), ..Self::new(StatusCode::UNAUTHORIZED, "Log in first.") }
    }

    pub fn too_many(retry_after_s: u64) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("Too many tries. Wait {retry_after_s} s, then try again."),
            )
        }
    }

    /// A failure of ours: logged here with its id, which is all that is shown. That the disk is full is told in words.
    pub fn ours(error: &(dyn std::error::Error + 'static)) -> Self {
        if crate::db::is_full(error) {
            tracing::error!(error = %chain(error), "a request was refused: there is no space left");
            return Self::new(StatusCode::INSUFFICIENT_STORAGE, FULL);
        }
        let id = random_token();
        tracing::error!(error_id = %id, error = %chain(error), "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("Something failed on our side. It is in the log under {id}."),
        )
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }
}

/// An error and its causes, each once.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl From<crate::db::Error> for Error {
    fn from(error: crate::db::Error) -> Self {
        match error {
            crate::db::Error::RowNotFound => Self::not_found("such thing"),
            other => Self::ours(&other),
        }
    }
}

/// A rendered template.
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(text) => Page(text).into_response(),
            Err(error) => Error::ours(&error).into_response(),
        }
    }
}

#[derive(Clone)]
struct Shown {
    detail: String,
    instead: Option<String>,
    more: Map<String, Value>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Shown { detail: self.detail, instead: self.instead, more: self.more });
        response
    }
}

/// The body of an error under `/api` (RFC 9457 section 3.1).
#[derive(Serialize, utoipa::ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "about:blank")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    pub status: u16,
    /// What went wrong and what to do.
    pub detail: String,
    /// More members of some errors, as `newest_entry` of a reply that was stopped.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[derive(Template)]
#[template(path = "web/error.html")]
struct ErrorPage<'a> {
    status: u16,
    title: &'a str,
    detail: &'a str,
    /// Where the link below leads: agents to the desk, customers to their own pages.
    home: &'static str,
}

/// What customers reach without a login to the desk, beside links that are their own proof.
const FOR_CUSTOMERS: [&str; 6] = ["/portal", "/case/", "/support/", "/support-options", "/life-cycle", "/roadmap"];

#[derive(Template)]
#[template(path = "web/toast_stream.html")]
struct ErrorToast {
    toast: Toast,
}

/// Gives every error response its body: a page for people, a problem for programs.
pub async fn render(request: Request, next: Next) -> Response {
    let for_program = request.uri().path().starts_with("/api/")
        || request.headers().contains_key(header::AUTHORIZATION)
        || request.headers().get(header::ACCEPT).is_some_and(|a| a.as_bytes().starts_with(b"application/json"));
    let path = request.uri().path();
    let for_customers = FOR_CUSTOMERS.iter().chain(&OWN_PROOF).any(|begin| path.starts_with(begin));
    let home = if for_customers { "/portal" } else { "/" };
    let read_only = request.method().is_safe();
    let for_streams = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains(super::turbo::STREAMS));
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let shown = response.extensions().get::<Shown>().cloned();
    if shown.is_none() && response.headers().contains_key(header::CONTENT_TYPE) && !is_plain(&response) {
        return response;
    }
    let title = status.canonical_reason().unwrap_or("Error");
    let detail = shown.as_ref().map_or_else(|| words(status, title), |s| s.detail.clone());
    let mut rendered = if for_program {
        let more = shown.map(|s| s.more).unwrap_or_default();
        let problem = Problem { kind: "about:blank", title: title.into(), status: status.as_u16(), detail, more };
        let mut body = axum::Json(problem).into_response();
        body.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        body
    } else if let Some(instead) = shown.and_then(|s| s.instead).filter(|_| read_only) {
        return axum::response::Redirect::to(&instead).into_response();
    } else if for_streams && !read_only {
        // What was refused is told beside the page, which stays as it is with everything typed into it.
        super::turbo::Streams(ErrorToast {
            toast: Toast { key: "refused".into(), icon: "alert", text: detail, ..Toast::default() },
        })
        .into_response()
    } else {
        Html(ErrorPage { status: status.as_u16(), title, detail: &detail, home }).into_response()
    };
    *rendered.status_mut() = status;
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        rendered.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    rendered
}

/// What is said of a refusal of axum's own, which says nothing to the one who reads it.
fn words(status: StatusCode, title: &str) -> String {
    match status {
        StatusCode::NOT_FOUND => "There is nothing at this address. It may be mistyped, or have moved.".into(),
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take what was sent to it.".into(),
        _ => title.to_owned(),
    }
}

/// axum's own rejections are plain text: they get our shape too.
fn is_plain(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/plain"))
}
