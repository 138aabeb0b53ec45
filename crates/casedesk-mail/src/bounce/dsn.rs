//! The machine-readable part of a report (RFC 3464 section 2).

use super::{Recipient, part_of};
use crate::address;
use crate::mime::{Headers, Part};

const MAX_GROUPS: usize = 1_000;

/// The recipients of a delivery-status part.
pub(crate) struct Statuses {
    pub(crate) recipients: Vec<Recipient>,
    /// It says of every recipient that the mail arrived.
    pub(crate) only_success: bool,
}

impl From<Vec<Recipient>> for Statuses {
    fn from(recipients: Vec<Recipient>) -> Statuses {
        Statuses { recipients, only_success: false }
    }
}

/// Reads the delivery-status part, if there is one.
pub(crate) fn recipients(root: &Part<'_>) -> Option<Statuses> {
    let part = part_of(root, &["message/delivery-status", "message/global-delivery-status"])?;
    Some(groups(&part.bytes()))
}

/// Reads the fields where a gateway flattened the report into text.
pub(crate) fn in_text(text: &str) -> Option<Statuses> {
    let start = text.find("\nFinal-Recipient:")?;
    let above = text.get(..start)?;
    // The group may begin with Original-Recipient.
    let start = above.rfind("\n\n").map_or(start, |blank| blank + 1);
    let found = groups(text.get(start..)?.trim_start().as_bytes());
    (!found.recipients.is_empty()).then_some(found)
}

fn groups(body: &[u8]) -> Statuses {
    let mut recipients: Vec<Recipient> = Vec::new();
    let mut successes = 0_usize;
    let mut rest = body;
    for _ in 0..MAX_GROUPS {
        if rest.is_empty() {
            break;
        }
        let (group, after) = Headers::split(rest);
        rest = after;
        if is_success(&group) {
            successes += 1;
            continue;
        }
        let Some(address) = address_of(&group) else {
            continue;
        };
        let known = recipients.iter().any(|recipient| recipient.address.eq_ignore_ascii_case(&address));
        if !known {
            recipients.push(recipient(&group, address));
        }
    }
    Statuses { only_success: recipients.is_empty() && successes > 0, recipients }
}

fn recipient(group: &Headers<'_>, address: String) -> Recipient {
    let action = group.text("Action").unwrap_or_default().to_ascii_lowercase();
    Recipient {
        address,
        status: group.text("Status").and_then(|status| super::reason::status_code(&status)),
        diagnostic: group.text("Diagnostic-Code").map(|said| after_type(&said).to_owned()),
        delayed: action.starts_with("delayed"),
    }
}

/// RFC 3464 section 2.3.3, and reports whose code says that the mail arrived.
fn is_success(group: &Headers<'_>) -> bool {
    let action = group.text("Action").unwrap_or_default().to_ascii_lowercase();
    let arrived = ["delivered", "relayed", "expanded"].iter().any(|word| action.starts_with(word));
    arrived || group.text("Status").is_some_and(|status| status.starts_with("2."))
}

/// RFC 3464 section 2.3.2 and its neighbours: the first field with an address in it. Some
/// servers put an internal name into Final-Recipient.
fn address_of(group: &Headers<'_>) -> Option<String> {
    ["Final-Recipient", "Original-Recipient", "X-Actual-Recipient", "X-Original-Recipient"]
        .iter()
        .filter_map(|name| group.text(name))
        .find_map(|value| {
            let bare = after_type(&value).to_owned();
            address::normalise_address(&bare).map(|found| found.address)
        })
}

/// What follows `rfc822;` or `smtp;`.
fn after_type(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if kind.len() <= 16 && !kind.trim().contains(' ') => rest.trim(),
        _ => value.trim(),
    }
}
