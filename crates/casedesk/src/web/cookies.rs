//! Cookies of ours: read by no script, sent by no other site, and under https only to this host.
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::desk::Desk;

/// The value of our cookie of this name, as the request brings it.
pub fn read(desk: &Desk, headers: &HeaderMap, word: &str) -> Option<String> {
    let name = name(desk, word);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// The line that sets it for so many seconds; 0 takes it away.
pub fn write(desk: &Desk, word: &str, value: &str, life_s: u64) -> (HeaderName, HeaderValue) {
    let secure = if is_https(desk) { "; Secure" } else { "" };
    let name = name(desk, word);
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}");
    (header::SET_COOKIE, HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static("")))
}

fn is_https(desk: &Desk) -> bool {
    desk.config().server.public_url.scheme() == "https"
}

/// Under https no other host and no plain connection can set a cookie of this name.
fn name(desk: &Desk, word: &str) -> String {
    if is_https(desk) { format!("__Host-{word}") } else { word.to_owned() }
}
