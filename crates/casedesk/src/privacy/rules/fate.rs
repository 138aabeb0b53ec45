//! What becomes of a line of a case when somebody on it is erased.
use serde_json::Value;

use super::{Circle, Whose, whose};
use crate::cases::store::EntryRow;
use crate::cases::{CaseId, Changed, Delivery, EntryData, EntryKind};
use crate::quotes::QuoteState;

/// What is done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its words, files and source go; that it was there, when, and who of us wrote it stays.
    Emptied,
    /// Somebody else's: it stays, without the name and the address, without what it quotes, and without its source.
    Scrubbed,
    /// What the desk noted of its own work stays; words of customers in it go.
    Stripped,
}

/// `sole`: nobody else outside takes part in the case.
pub fn fate(row: &EntryRow, circle: &Circle, sole: bool) -> crate::db::Result<Fate> {
    Ok(match whose(row, circle)? {
        Whose::Work => Fate::Stripped,
        Whose::Theirs => Fate::Emptied,
        // Whoever else wrote or rang has a say of their own in it, also when they take no part any more.
        Whose::Others if matches!(row.kind, EntryKind::MailIn | EntryKind::Call) => Fate::Scrubbed,
        // What we wrote about them alone is about them; a colleague's own mail stays a colleague's.
        Whose::Sent | Whose::Others | Whose::Note if sole && row.kind != EntryKind::Change => Fate::Emptied,
        Whose::Sent | Whose::Others | Whose::Note => Fate::Scrubbed,
    })
}

/// Takes the source and, of a mail that is not sent yet, the recipients away: how far it is then. `circle` is erased.
pub fn without_source(data: &mut EntryData, delivery: Option<Delivery>, circle: &Circle) -> Option<Delivery> {
    match data {
        EntryData::Incoming(details) => {
            (details.has_html, details.has_remote_images, details.raw) = (false, false, false);
            delivery
        }
        EntryData::Outgoing(details) => {
            (details.has_html, details.raw) = (false, false);
            if !matches!(delivery, Some(Delivery::Pending | Delivery::Sending)) {
                return delivery;
            }
            for people in [&mut details.to, &mut details.cc, &mut details.bcc] {
                people.retain(|person| !circle.has(person));
            }
            if details.to.is_empty() { Some(Delivery::Cancelled) } else { delivery }
        }
        EntryData::Note { .. } | EntryData::Change(_) | EntryData::Call(_) | EntryData::Quote(_) => delivery,
    }
}

/// What is done with a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteFate {
    /// It was agreed upon: bookkeeping has to show it.
    Stays,
    /// Its sum, its days and where it stands are left.
    Emptied,
    /// Somebody else's: it stays without them.
    Scrubbed,
}

/// `sole`: nobody else outside takes part in the case.
pub fn quote_fate(state: QuoteState, to_them: bool, sole: bool) -> QuoteFate {
    if state == QuoteState::Accepted {
        QuoteFate::Stays
    } else if to_them || sole {
        QuoteFate::Emptied
    } else {
        QuoteFate::Scrubbed
    }
}

/// Changes whose values are words of ours.
const OURS: [&str; 11] = [
    "state",
    "priority",
    "kind",
    "assignee",
    "team",
    "link",
    "link removed",
    "promise due soon",
    "promise broken",
    "roadmap",
    "by mail",
];
/// Changes that name another case, whose subject goes with that case.
const BESIDE: [&str; 6] = ["merged", "merged into", "unmerged", "split", "split from", "split undone"];

/// Whether a change of this field holds words of those who are erased: on a case about nobody else, on one that is theirs,
/// or on one whose form for details they filled in.
pub fn has_their_words(field: &str, (sole, theirs, answered): (bool, bool, bool)) -> bool {
    match field {
        "subject" => sole || theirs,
        "details from the form" => sole || theirs || answered,
        field => sole && !OURS.contains(&field) && !BESIDE.contains(&field),
    }
}

/// The change that an event tells.
pub fn changed_in(event: &str) -> Option<Changed> {
    let mut value: Value = serde_json::from_str(event).ok()?;
    serde_json::from_value(value["changed"].take()).ok()
}

/// A change as an entry or an event has it, when it names this case, with what the case is called now.
pub fn renamed(data: &str, case: CaseId, subject: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(data).ok()?;
    let at = ["change", "changed"].into_iter().find(|key| value[*key].is_object());
    let changed = match at {
        Some(key) => &mut value[key],
        None => &mut value,
    };
    let names = changed["field"].as_str().is_some_and(|field| BESIDE.contains(&field));
    if !names || changed["from"] != case.to_string() {
        return None;
    }
    changed["to"] = subject.into();
    Some(value.to_string())
}

/// Whether a case is about nobody else. `others`: the addresses of those who take part and are not erased.
pub fn is_sole(others: &[(String, Option<String>)], its_contact_is_theirs: bool, it_has_a_contact: bool) -> bool {
    others.is_empty() && (its_contact_is_theirs || !it_has_a_contact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_names_another_says_what_that_one_is_called_now() {
        let changed = |field: &str| {
            let changed =
                Changed { field: field.into(), from: Some("7".into()), to: Some("Petunia".into()), undo: Some(3) };
            serde_json::to_string(&EntryData::Change(changed)).unwrap()
        };
        let merged = changed("merged");
        let left = renamed(&merged, CaseId(7), "[erased]").unwrap();
        assert!(left.contains("[erased]") && !left.contains("Petunia"), "{left}");
        assert!(serde_json::from_str::<EntryData>(&left).is_ok(), "{left}");
        assert!(renamed(&merged, CaseId(8), "[erased]").is_none());
        assert!(renamed(&changed("state"), CaseId(7), "[erased]").is_none());
        let event = format!("{{\"changed\":{}}}", r#"{"field":"merged into","from":"7","to":"Petunia"}"#);
        assert!(renamed(&event, CaseId(7), "[erased]").unwrap().contains("[erased]"));
    }

    #[test]
    fn what_the_desk_noted_of_its_own_work_stays() {
        for field in ["state", "assignee", "merged"] {
            assert!(!has_their_words(field, (true, true, true)), "{field}");
        }
        assert!(has_their_words("participant", (true, false, false)));
        assert!(!has_their_words("participant", (false, true, true)), "it is scrubbed");
        assert!(has_their_words("subject", (false, true, false)));
        assert!(has_their_words("details from the form", (false, false, true)));
    }
}
