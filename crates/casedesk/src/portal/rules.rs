//! Decisions about what customers see. Pure.
use std::collections::BTreeSet;

use crate::cases::{CaseState, Delivery, EntryData, EntryKind, WaitingOn};
use crate::customers::Person;

/// The longest answer, in characters.
pub const MOST_TEXT: usize = 100_000;

/// Whether an entry is a message that somebody of this circle (their addresses, in lower case) wrote or was sent. Blind
/// copies do not count: that they were made is told to nobody.
pub fn may_see(kind: EntryKind, delivery: Option<Delivery>, data: &EntryData, circle: &BTreeSet<String>) -> bool {
    let knows = |person: &Person| circle.contains(&person.address.to_lowercase());
    match (kind, data) {
        (EntryKind::MailIn, EntryData::Incoming(details)) => {
            details.from.as_ref().is_some_and(knows) || details.to.iter().chain(&details.cc).any(knows)
        }
        (EntryKind::MailOut, EntryData::Outgoing(details)) => {
            delivery == Some(Delivery::Sent) && details.to.iter().chain(&details.cc).any(knows)
        }
        _ => false,
    }
}

/// How a case stands, in words for its customer, and the sign for it. Whom else we wait for is our own affair.
pub fn standing(state: CaseState, on: Option<WaitingOn>) -> (&'static str, &'static str) {
    match (state, on) {
        (CaseState::New, _) => ("new", "Received"),
        (CaseState::Waiting, Some(WaitingOn::Customer)) => ("waiting", "Waits for your answer"),
        (CaseState::Open | CaseState::Waiting, _) => ("open", "We are on it"),
        (CaseState::Solved, _) => ("solved", "Solved"),
        (CaseState::Closed, _) => ("solved", "Closed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{Incoming, Outgoing};

    fn people(all: &[&str]) -> Vec<Person> {
        all.iter().map(|address| Person { name: None, address: (*address).into() }).collect()
    }

    fn circle() -> BTreeSet<String> {
        ["ann@example.com".to_owned()].into()
    }

    fn incoming(from: &str, to: &[&str]) -> EntryData {
        EntryData::Incoming(Box::new(Incoming { from: people(&[from]).pop(), to: people(to), ..Incoming::default() }))
    }

    #[test]
    fn a_message_is_for_those_who_wrote_it_or_were_openly_sent_it() {
        let sees = |kind, delivery, data: &EntryData| may_see(kind, delivery, data, &circle());
        assert!(sees(EntryKind::MailIn, None, &incoming("Ann@Example.com", &["support@desk.example"])));
        assert!(sees(EntryKind::MailIn, None, &incoming("supplier@other.example", &["ann@example.com"])));
        assert!(!sees(EntryKind::MailIn, None, &incoming("supplier@other.example", &["support@desk.example"])));
        let reply = |to: &[&str], bcc: &[&str]| {
            EntryData::Outgoing(Outgoing { to: people(to), bcc: people(bcc), ..Outgoing::default() })
        };
        let ann = reply(&["ann@example.com"], &[]);
        assert!(sees(EntryKind::MailOut, Some(Delivery::Sent), &ann));
        for delivery in [None, Some(Delivery::Pending), Some(Delivery::Sending), Some(Delivery::Failed)] {
            assert!(!sees(EntryKind::MailOut, delivery, &ann), "{delivery:?}");
        }
        let supplier = reply(&["supplier@other.example"], &["ann@example.com"]);
        assert!(!sees(EntryKind::MailOut, Some(Delivery::Sent), &supplier));
        assert!(!sees(EntryKind::Note, None, &EntryData::Note { mentions: vec![] }));
        assert!(!sees(EntryKind::Machine, None, &incoming("ann@example.com", &[])));
        assert!(!sees(EntryKind::Note, None, &incoming("ann@example.com", &[])));
    }
}
