//! Bounces that Amazon SES reports through an SNS notification: JSON as the text of a mail.
//!
//! The notification is JSON inside of a JSON string; the few values needed are searched for,
//! wrapped lines included, instead of being parsed twice.

use super::Recipient;

/// The recipients of a bounce notification.
pub(crate) fn recipients(text: &str) -> Option<Vec<Recipient>> {
    if !text.trim_start().starts_with('{') || !text.contains("notificationType") {
        return None;
    }
    let plain: String = text.replace("\\\"", "\"").replace(['\n', '\r'], "");
    if value(&plain, "notificationType")? != "Bounce" {
        return None;
    }
    let (_, list) = plain.split_once("\"bouncedRecipients\":[")?;
    let (list, _) = list.split_once(']')?;
    let recipients = list
        .split("},")
        .filter_map(|entry| {
            Some(Recipient {
                address: value(entry, "emailAddress")?.to_owned(),
                status: value(entry, "status").map(str::to_owned),
                diagnostic: value(entry, "diagnosticCode").map(str::to_owned),
                delayed: value(entry, "action") == Some("delayed"),
            })
        })
        .collect();
    Some(recipients)
}

fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"').map(|(value, _)| value)
}
