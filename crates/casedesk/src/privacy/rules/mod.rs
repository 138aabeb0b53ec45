//! Decisions: whose a line of a case is, what goes and what stays, what a file is called in an archive. Pure.
mod fate;
mod lists;
mod scrub;
mod tables;

use std::collections::BTreeSet;

pub use fate::{Fate, QuoteFate, changed_in, fate, has_their_words, is_sole, quote_fate, renamed, without_source};
pub use lists::{Cases, Counts, Item, Kept, goes, stays};
pub use scrub::{ERASED, ERASED_ADDRESS, ERASED_NAME, Scrub};
pub use tables::{FILES, TABLES, WORDS};

use crate::cases::store::EntryRow;
use crate::cases::{Delivery, EntryData, EntryKind};
use crate::customers::{ContactId, Person};

/// The longest name of a file in an archive, in characters.
const MOST_NAME: usize = 100;

/// Who it is about, as their words and addresses are known by.
#[derive(Clone, Debug, Default)]
pub struct Circle {
    pub contacts: BTreeSet<ContactId>,
    /// In lower case.
    pub addresses: BTreeSet<String>,
}

impl Circle {
    pub fn has(&self, person: &Person) -> bool {
        self.addresses.contains(&person.address.to_lowercase())
    }
}

/// Whose a line of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// They wrote it, or said it on the telephone.
    Theirs,
    /// It was sent to them.
    Sent,
    /// An internal note.
    Note,
    /// Somebody else's, sent to others.
    Others,
    /// What the desk noted about its own work: states, assignees.
    Work,
}

/// An error means that the row was not written by this program.
pub fn whose(row: &EntryRow, circle: &Circle) -> crate::db::Result<Whose> {
    let by_them = row.contact_id.is_some_and(|id| circle.contacts.contains(&id));
    Ok(match (row.kind, row.data()?) {
        (EntryKind::Change, _) => Whose::Work,
        (EntryKind::Note, _) => Whose::Note,
        (_, EntryData::Incoming(details)) => {
            if by_them || details.from.as_ref().is_some_and(|from| circle.has(from)) {
                Whose::Theirs
            } else if details.to.iter().chain(&details.cc).any(|person| circle.has(person)) {
                Whose::Sent
            } else {
                Whose::Others
            }
        }
        (_, EntryData::Outgoing(details)) => {
            let to_them = details.to.iter().chain(&details.cc).chain(&details.bcc).any(|person| circle.has(person));
            if to_them && row.delivery.is_none_or(|delivery| delivery == Delivery::Sent) {
                Whose::Sent
            } else {
                Whose::Others
            }
        }
        _ if by_them => Whose::Theirs,
        _ => Whose::Others,
    })
}

/// The name in what a merge remembers.
pub fn name_in(json: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    value["name"].as_str().map(str::to_owned)
}

/// Whether a call that is being written down is one of theirs.
pub fn is_with(draft: &str, circle: &Circle) -> bool {
    let value: serde_json::Value = serde_json::from_str(draft).unwrap_or_default();
    value["contact"].as_i64().is_some_and(|id| circle.contacts.contains(&ContactId(id)))
}

/// What the bytes of a sheet say, in each encoding that it may be in.
pub fn texts_of(bytes: &[u8]) -> [String; 4] {
    let units = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    [
        String::from_utf8_lossy(bytes).into_owned(),
        bytes.iter().map(|byte| char::from(*byte)).collect(),
        units(u16::from_le_bytes),
        units(u16::from_be_bytes),
    ]
}

/// What a customer called a file, as a name that leads nowhere: no folders, no drives, no control signs, no device names
/// of Windows.
pub fn file_name(called: &str) -> String {
    let last = called.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| {
        let bad = c.is_control() || "<>:\"|?*".contains(c) || ('\u{202A}'..='\u{202E}').contains(&c);
        if bad || ('\u{2066}'..='\u{2069}').contains(&c) { '_' } else { c }
    };
    let name: String = last.chars().map(plain).take(MOST_NAME).collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "file".into() } else { name.into() }
}

/// The lines of a mail's header that say who wrote it (RFC 5322 sections 3.6.2 and 3.6.7), folded ones whole.
pub fn author_lines(raw: &str) -> String {
    const FIELDS: [&str; 4] = ["from:", "sender:", "reply-to:", "return-path:"];
    let (mut out, mut within) = (String::new(), false);
    for line in raw.lines().take_while(|line| !line.is_empty()) {
        if !line.starts_with([' ', '\t']) {
            within =
                FIELDS.iter().any(|field| line.get(..field.len()).is_some_and(|name| name.eq_ignore_ascii_case(field)));
        }
        if within {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Whether what was typed is the name that stands on the page, but for the space around it and between its words.
pub fn is_the_name(typed: &str, name: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    !words(name).is_empty() && words(typed) == words(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_an_archive_is_called_so_that_it_leads_nowhere() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\Users\\a\\server.log"), "server.log");
        assert_eq!(file_name("a\u{202E}gpj.exe"), "a_gpj.exe");
        assert_eq!(file_name("a:b|c\n.txt"), "a_b_c_.txt");
        for nothing in ["", "..", "/", "\\", " . "] {
            assert_eq!(file_name(nothing), "file", "{nothing:?}");
        }
        assert_eq!(file_name(&"x".repeat(500)).len(), 100);
        assert_eq!(file_name("Übersicht März.pdf"), "Übersicht März.pdf");
    }

    #[test]
    fn a_sheet_is_read_whatever_its_encoding() {
        let said = |bytes: &[u8]| texts_of(bytes).iter().any(|text| text.contains("Jörg"));
        assert!(said("name\nJörg".as_bytes()));
        assert!(said(b"name\nJ\xf6rg"));
        let wide = |unit: fn(u16) -> [u8; 2]| "name\nJörg".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        assert!(said(&wide(u16::to_le_bytes)) && said(&wide(u16::to_be_bytes)));
        assert!(!said(b"name\nJurg"));
    }

    #[test]
    fn the_name_is_typed_as_it_stands() {
        assert!(is_the_name(" Anna  Berg ", "Anna Berg"));
        assert!(!is_the_name("anna berg", "Anna Berg"));
        assert!(!is_the_name("", ""));
    }
}
