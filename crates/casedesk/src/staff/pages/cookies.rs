//! The two cookies: the session, and the mark of a browser that logged in before.
use axum::http::HeaderMap;
use axum::response::{AppendHeaders, IntoResponseParts};

use crate::desk::Desk;
use crate::staff::actions::Opened;
use crate::web::cookies::{read, write};

const SESSION: &str = "casedesk";
const DEVICE: &str = "casedesk-device";
/// How long a browser is remembered.
const DEVICE_S: u64 = 365 * 24 * 3600;

/// The session's id, as the request brings it.
pub fn session(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    read(desk, headers, SESSION)
}

/// The mark of a browser that logged in before.
pub fn device(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    read(desk, headers, DEVICE)
}

/// Sets what a login gives.
pub fn set(desk: &Desk, opened: &Opened) -> impl IntoResponseParts + use<> {
    let life_s = desk.config().login.longest_h.saturating_mul(3600);
    let session = Some(write(desk, SESSION, &opened.session, life_s));
    let device = opened.device.as_ref().map(|device| write(desk, DEVICE, device, DEVICE_S));
    AppendHeaders(session.into_iter().chain(device).collect::<Vec<_>>())
}

/// Takes the session's cookie away.
pub fn clear(desk: &Desk) -> impl IntoResponseParts + use<> {
    AppendHeaders([write(desk, SESSION, "", 0)])
}
