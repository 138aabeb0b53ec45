//! A call and its steps as the timeline shows them. Pure.
use super::views::Entry;
use super::{prose, words};
use crate::cases::store::EntryRow;
use crate::cases::{Call, CallStep};
use crate::kit::{Timestamp, markdown};
use crate::web::shell::Person;

pub(super) fn entry(base: Entry, row: &EntryRow, call: &Call) -> Entry {
    let contact = row.contact_name.as_deref().unwrap_or("somebody");
    match call.step {
        CallStep::Logged => logged(base, row, call, contact),
        CallStep::Corrected => said(base, call, row, format!("Call corrected by {contact}")),
        CallStep::Written if call.by_mail.is_none() => said(base, call, row, format!("Call written down by {contact}")),
        step => Entry { kind: "change", icon: icon(step), author: who(row, step), html: phrase(step, call), ..base },
    }
}

/// The summary, and who spoke with whom for how long.
fn logged(base: Entry, row: &EntryRow, call: &Call, contact: &str) -> Entry {
    let agent = row.agent_name.as_deref().unwrap_or("The desk");
    let lasted = lasted(call.started_at, call.ended_at).map_or_else(String::new, |time| format!(", {time}"));
    Entry {
        kind: "box",
        icon: "phone-in",
        title: format!("Call of {contact}, taken by {agent}{lasted}"),
        html: format!("{}{}", markdown::to_html(&row.text), link(call, "This call")),
        ..base
    }
}

fn said(base: Entry, call: &Call, row: &EntryRow, title: String) -> Entry {
    let html = format!("{}{}", prose::to_html(&row.text), link(call, "This call"));
    Entry { kind: "box", icon: "phone-in", title, html, ..base }
}

fn who(row: &EntryRow, step: CallStep) -> Person {
    let name = match step {
        CallStep::Confirmed | CallStep::Written => row.contact_name.as_deref(),
        _ => row.agent_name.as_deref(),
    };
    Person::new(0, name.unwrap_or("The desk"), "")
}

const fn icon(step: CallStep) -> &'static str {
    match step {
        CallStep::Unanswered => "alert",
        _ => "phone-in",
    }
}

fn phrase(step: CallStep, call: &Call) -> String {
    let it = anchor(call, "the call");
    match step {
        CallStep::Confirmed => format!("confirmed the summary of {it}"),
        CallStep::Written => format!("confirmed {it} by mail"),
        CallStep::Unanswered => format!("has had no answer about {it}: let it stand, or ask again"),
        CallStep::Accepted => format!("let {it} stand without an answer"),
        CallStep::Logged | CallStep::Corrected => it,
    }
}

fn link(call: &Call, label: &str) -> String {
    format!("<p>{}</p>", anchor(call, label))
}

fn anchor(call: &Call, label: &str) -> String {
    format!("<a href=\"/calls/{}\" data-turbo-frame=\"_top\">{label}</a>", call.call)
}

/// `6 min`; nothing while it is not known.
fn lasted(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<String> {
    Some(words::minutes(to?.since(from?)))
}
