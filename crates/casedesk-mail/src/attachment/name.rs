//! File names of strangers, made harmless.

use crate::invisible;

const MAX_NAME_BYTES: usize = 120;
const MAX_EXTENSION_BYTES: usize = 16;

/// Names that Windows takes for devices, whatever their extension.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The last component of a declared name without anything invisible or special; empty when
/// nothing is left.
pub(crate) fn safe_name(declared: &str) -> String {
    let component = declared.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = component
        .chars()
        .filter(|c| !invisible::is_invisible(*c))
        .map(|c| if is_special(c) { '_' } else { c })
        .collect();
    let collapsed = crate::address::one_line(&visible);
    let trimmed = collapsed.trim_matches(['.', ' ', '~']);
    let stem = trimmed.split('.').next().unwrap_or_default().trim();
    let named =
        if DEVICES.contains(&stem.to_lowercase().as_str()) { format!("_{trimmed}") } else { trimmed.to_owned() };
    shorten(&named, MAX_NAME_BYTES)
}

/// Characters with a meaning in shells, headers, HTML or file systems.
fn is_special(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '`' | '\u{FFFD}')
}

/// Cuts the stem, keeps the extension.
fn shorten(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    let kept = cut(stem, limit.saturating_sub(extension.len()));
    format!("{}{extension}", kept.trim_end_matches([' ', '.']))
}

/// The name with a number before its extension, still within the limit.
pub(crate) fn numbered(name: &str, number: usize) -> String {
    let (stem, extension) = split_extension(name);
    let suffix = format!("-{number}{extension}");
    format!("{}{suffix}", cut(stem, MAX_NAME_BYTES.saturating_sub(suffix.len())))
}

/// A name for a part that declared none.
pub(crate) fn default_name(content_type: &str, sniffed: Option<&str>) -> String {
    let extension = match sniffed.unwrap_or(content_type) {
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/csv" => "csv",
        "message/rfc822" | "message/global" => "eml",
        "message/delivery-status" | "message/feedback-report" | "text/rfc822-headers" => "txt",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/gzip" => "gz",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        _ => "bin",
    };
    format!("attachment.{extension}")
}

fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= MAX_EXTENSION_BYTES => name.split_at(at),
        _ => (name, ""),
    }
}

fn cut(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
