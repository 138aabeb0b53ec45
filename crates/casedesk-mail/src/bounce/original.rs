//! The mail that a report is about, as far as the report repeats it.

use super::{BounceReport, part_of};
use crate::mime::{Headers, Part};
use crate::{address, ids};

/// What is known of the returned mail.
pub(crate) struct Original {
    pub(crate) report: BounceReport,
    /// Its recipient, when it had exactly one.
    pub(crate) only_recipient: Option<String>,
}

/// Reads the returned message or header; `tail` is what a notice in prose repeats below its text.
pub(crate) fn read(root: &Part<'_>, tail: &str) -> Original {
    let types =
        ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial"];
    if let Some(part) = part_of(root, &types) {
        let bytes = part.bytes();
        return from_headers(&Headers::split(&bytes).0);
    }
    // The line that announces the mail, and the blank line behind it.
    let below = tail.split_once('\n').map_or("", |(_, below)| below);
    from_headers(&Headers::split(below.trim_start().as_bytes()).0)
}

fn from_headers(headers: &Headers<'_>) -> Original {
    let to = headers.structured("To").map(|value| address::parse_list(&value)).unwrap_or_default();
    let only = match to.as_slice() {
        [only] => Some(only.address.clone()),
        _ => None,
    };
    Original {
        report: BounceReport {
            failures: Vec::new(),
            original_message_id: headers.structured("Message-ID").and_then(|id| ids::parse_one(&id)),
            original_references: headers.structured("References").map(|value| ids::parse(&value)).unwrap_or_default(),
            original_subject: headers.text("Subject"),
        },
        only_recipient: only,
    }
}
