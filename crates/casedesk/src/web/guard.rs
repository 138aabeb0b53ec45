//! What stands before every handler: security headers, and the refusal of requests from other sites.
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Error;
use crate::desk::Desk;

/// No inline script or style, nothing from elsewhere, framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; frame-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Marks a response that pages of these origins may show in a frame.
#[derive(Clone, Debug)]
struct Framed;

/// Lets pages of these origins show the response in a frame; of none when there are none.
pub fn allow_framing(response: &mut Response, origins: &[String]) {
    if origins.is_empty() {
        return;
    }
    let policy = POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors 'self' {}", origins.join(" ")));
    let Ok(policy) = HeaderValue::from_str(&policy) else { return };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response.extensions_mut().insert(Framed);
}

/// Sets the headers that a response has not set itself.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let framed = response.extensions().get::<Framed>().is_some();
    let defaults: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let headers = response.headers_mut();
    for (name, value) in defaults {
        if framed && name == header::X_FRAME_OPTIONS {
            // It knows no other site; frame-ancestors takes its place (CSP Level 3 section 6.4.2).
            continue;
        }
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Refuses changes that a page of another site asked for (CSRF). Browsers say where a request comes
/// from in `Sec-Fetch-Site` and `Origin`; programs send neither and carry no cookie of ours.
pub async fn same_origin(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let socket = request.headers().contains_key(header::UPGRADE);
    let open = is_from_anywhere(request.method(), request.uri().path());
    if (!safe || socket) && !open && !is_same_origin(&desk, &request) {
        return Error::forbidden("This request came from another site. Open the desk itself and try again.")
            .into_response();
    }
    next.run(request).await
}

/// Links of customers that are their own proof.
pub(super) const OWN_PROOF: [&str; 3] = ["/confirm/", "/details/", "/quote/"];

/// Whether every site may ask for this change. None of these reads a cookie: the form is everybody's, the telephone
/// system signs what it says, and a link to confirm, to fill in or to a quote is its own proof.
fn is_from_anywhere(method: &Method, path: &str) -> bool {
    *method == Method::POST
        && (matches!(path, "/support/new" | "/hooks/phone") || OWN_PROOF.iter().any(|begin| path.starts_with(begin)))
}

fn is_same_origin(desk: &Desk, request: &Request) -> bool {
    let text = |name: &HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let site = HeaderName::from_static("sec-fetch-site");
    // Pages that name themselves to nobody (Referrer-Policy: no-referrer) have no origin to tell either (Fetch section
    // 3.2): then only the browser's own word that it is the same site counts.
    if text(&header::ORIGIN) == Some("null") {
        return text(&site) == Some("same-origin");
    }
    if let Some(origin) = text(&header::ORIGIN) {
        let ours = desk.config().server.public_url.origin().ascii_serialization();
        // Behind no proxy the desk is also reached by its own address: the browser then names that as Host.
        let host =
            text(&header::HOST).is_some_and(|host| origin.split_once("://").is_some_and(|(_, rest)| rest == host));
        return origin == ours || host;
    }
    text(&site).is_none_or(|site| matches!(site, "same-origin" | "none"))
}
