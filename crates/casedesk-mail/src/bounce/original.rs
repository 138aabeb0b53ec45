//! The mail that a report is about, as far as the report repeats it.

use super::{BounceReport, part_of};
use crate::ids;
use crate::mime::{Headers, Part};

/// Reads the returned message or header; `tail` is what a notice in prose repeats below its text.
pub(crate) fn read(root: &Part<'_>, tail: &str) -> BounceReport {
    let types = [
        "message/rfc822",
        "text/rfc822-headers",
        "message/global",
        "message/global-headers",
        "message/partial",
    ];
    if let Some(part) = part_of(root, &types) {
        let bytes = part.bytes();
        return from_headers(&Headers::split(&bytes).0);
    }
    let start = tail.trim_start_matches(|c: char| !c.is_alphabetic());
    from_headers(&Headers::split(start.as_bytes()).0)
}

fn from_headers(headers: &Headers<'_>) -> BounceReport {
    BounceReport {
        failures: Vec::new(),
        original_message_id: headers
            .structured("Message-ID")
            .and_then(|id| ids::parse_one(&id)),
        original_references: headers
            .structured("References")
            .map(|value| ids::parse(&value))
            .unwrap_or_default(),
        original_subject: headers.text("Subject"),
    }
}
