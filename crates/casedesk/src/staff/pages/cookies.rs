//! The two cookies: the session, and the mark of a browser that logged in before.
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponseParts};

use crate::desk::Desk;
use crate::staff::actions::Opened;

/// How long a browser is remembered.
const DEVICE_S: u64 = 365 * 24 * 3600;

/// The session's id, as the request brings it.
pub fn session(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    read(headers, &name(desk, "casedesk"))
}

/// The mark of a browser that logged in before.
pub fn device(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    read(headers, &name(desk, "casedesk-device"))
}

/// Sets what a login gives.
pub fn set(desk: &Desk, opened: &Opened) -> impl IntoResponseParts + use<> {
    let life_s = desk.config().login.longest_h.saturating_mul(3600);
    let session = Some(write(desk, "casedesk", &opened.session, life_s));
    let device = opened.device.as_ref().map(|device| write(desk, "casedesk-device", device, DEVICE_S));
    AppendHeaders(session.into_iter().chain(device).collect::<Vec<_>>())
}

/// Takes the session's cookie away.
pub fn clear(desk: &Desk) -> impl IntoResponseParts + use<> {
    AppendHeaders([write(desk, "casedesk", "", 0)])
}

fn is_https(desk: &Desk) -> bool {
    desk.config().server.public_url.scheme() == "https"
}

/// Under https no other host and no plain connection can set a cookie of this name.
fn name(desk: &Desk, name: &str) -> String {
    if is_https(desk) { format!("__Host-{name}") } else { name.to_owned() }
}

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

fn write(desk: &Desk, word: &str, value: &str, life_s: u64) -> (header::HeaderName, HeaderValue) {
    let secure = if is_https(desk) { "; Secure" } else { "" };
    let name = name(desk, word);
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}");
    (header::SET_COOKIE, HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static("")))
}
