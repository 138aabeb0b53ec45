//! A stored entry as the timeline shows it. Pure, but for the names that it is given.
use std::collections::BTreeMap;

use super::views::{Badge, Choice, Entry, File, Fold, Log, Original};
use super::{call, prose, quote, words};
use crate::cases::rules;
use crate::cases::store::{Attachment, EntryRow};
use crate::cases::{Changed, Delivery, EntryData, EntryId, Incoming, LogReading, Outgoing, PrivateLink};
use crate::customers::Person as Writer;
use crate::kit::markdown;
use crate::web::shell::Person;

/// Names by id, for changes that speak of agents and teams.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) agents: BTreeMap<i64, String>,
    /// Those of them who have not left, by their names.
    pub(super) present: Vec<(i64, String)>,
    pub(super) teams: BTreeMap<i64, String>,
    pub(super) prefix: String,
}

impl Names {
    /// What a change's value is called; a value that is no id stands for itself.
    fn of(&self, field: &str, value: &str) -> String {
        let id = value.parse::<i64>().ok();
        let known = match field {
            "assignee" => id.and_then(|id| self.agents.get(&id)).cloned(),
            "team" => id.and_then(|id| self.teams.get(&id)).cloned(),
            "merged" | "merged into" | "unmerged" | "split" | "split from" | "split undone" | "link"
            | "link removed" => id.map(|id| format!("{}-{id}", self.prefix)),
            _ => None,
        };
        known.unwrap_or_else(|| value.to_owned())
    }
}

/// What stands for a link that only the recipients have.
pub(super) const PRIVATE_LINK: &str = "(a private link)";

/// The files of entries, and what was read of the logs among them.
pub(super) struct Files {
    pub(super) all: Vec<Attachment>,
    pub(super) readings: Vec<LogReading>,
}

/// `None` for what is no longer shown: a reply that was taken back.
pub(super) fn entry(row: &EntryRow, files: &Files, names: &Names) -> crate::db::Result<Option<Entry>> {
    if row.delivery == Some(Delivery::Cancelled) {
        return Ok(None);
    }
    let base = Entry {
        id: row.id.0,
        at: row.at.rfc3339(),
        files: files.all.iter().filter(|file| file.entry_id == Some(row.id)).map(|file| files.shown(file)).collect(),
        ..Entry::default()
    };
    Ok(Some(match row.data()? {
        EntryData::Incoming(details) => incoming(base, row, &details),
        EntryData::Outgoing(details) => outgoing(base, row, &details),
        EntryData::Note { .. } => {
            Entry { kind: "note", author: agent(row), html: markdown::to_html(&row.text), ..base }
        }
        EntryData::Change(changed) => change(base, row, &changed, names),
        EntryData::Call(details) => call::entry(base, row, &details),
        EntryData::Quote(details) => quote::entry(base, row, &details),
    }))
}

fn agent(row: &EntryRow) -> Person {
    let id = row.agent_id.map_or(0, |id| id.0);
    Person::new(id, row.agent_name.as_deref().unwrap_or("The desk"), "")
}

fn incoming(base: Entry, row: &EntryRow, details: &Incoming) -> Entry {
    let address = details.from.as_ref().map_or("", |from| from.address.as_str());
    let name = row.contact_name.as_deref().or_else(|| details.from.as_ref().map(Writer::shown)).unwrap_or(address);
    let mut badges = Vec::new();
    if let Some(verdict) = &details.verdict {
        badges.push(Badge { tone: "line", icon: "", text: verdict.clone() });
    }
    if details.unproven {
        badges.push(Badge { tone: "warn", icon: "", text: "address not proven".into() });
    }
    Entry {
        kind: "mail",
        author: Person::new(row.contact_id.map_or(0, |id| id.0), name, address),
        address: address.into(),
        to: people(details.to.iter().chain(&details.cc)),
        author_source: details.author_reason.clone().unwrap_or_default(),
        why: why(details),
        authors: details.alternatives.iter().map(choice).collect(),
        author_href: format!("/cases/{}/entries/{}/author", row.case_id, row.id),
        html: prose::to_html(&row.text),
        badges,
        folds: folds(&details.folds),
        original: details.has_html.then(|| Original {
            src: format!("/entries/{}/html", row.id),
            height_px: guessed_height_px(&row.text),
            blocked_images: details.has_remote_images,
        }),
        source_href: if details.raw { format!("/entries/{}/raw", row.id) } else { String::new() },
        ..base
    }
}

/// Why the mail is here and what was seen in it, for whoever doubts it.
fn why(details: &Incoming) -> Vec<(&'static str, String)> {
    let repaired = details.defects.join("; ");
    let read_as = details.verdict_reason.clone().filter(|_| details.verdict.is_some()).unwrap_or_default();
    let all = [("On this case", details.place_reason.clone()), ("Not a person", read_as), ("Repaired", repaired)];
    all.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

fn choice(person: &Writer) -> Choice {
    let label = match &person.name {
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address.clone(),
    };
    Choice { value: person.address.clone(), label, ..Choice::default() }
}

fn outgoing(base: Entry, row: &EntryRow, details: &Outgoing) -> Entry {
    let mut badges = Vec::new();
    if details.automatic {
        badges.push(Badge { tone: "line", icon: "", text: "automatic".into() });
    }
    if let Some(asks) = &details.asks {
        let text = match (asks.sent_at, asks.done) {
            (Some(_), _) => "form answered".to_owned(),
            (None, 0) => "asks for details".to_owned(),
            (None, done) => format!("{done} of {} details typed", asks.details.len()),
        };
        badges.push(Badge { tone: if asks.sent_at.is_some() { "ok" } else { "acc" }, icon: "form", text });
    }
    if details.elsewhere {
        badges.push(Badge { tone: "line", icon: "", text: "from their own mail program".into() });
    }
    let (sent, sent_words) = match row.delivery {
        Some(Delivery::Pending) => ("waits", "Not sent yet".to_owned()),
        Some(Delivery::Sending) => ("waits", "On its way to the mail server".to_owned()),
        Some(Delivery::Sent) => ("delivered", "Taken by the mail server".to_owned()),
        Some(Delivery::Failed) => {
            ("failed", format!("Not sent: {}", row.failure.as_deref().unwrap_or("no reason was given")))
        }
        Some(Delivery::Cancelled) | None => ("", String::new()),
    };
    let (sent, sent_words) = match &details.notice {
        Some(notice) => ("failed", notice.clone()),
        None => (sent, sent_words),
    };
    let html =
        if details.elsewhere { prose::to_html(&row.text) } else { markdown::to_html(&PrivateLink::hidden(&row.text)) };
    let to = people(details.to.iter().chain(&details.cc));
    Entry {
        kind: "reply",
        author: agent(row),
        to,
        bcc: people(details.bcc.iter()),
        html,
        badges,
        folds: folds(&details.folds),
        sent,
        sent_words,
        ..base
    }
}

fn change(base: Entry, row: &EntryRow, changed: &Changed, names: &Names) -> Entry {
    let who = row.agent_name.as_deref().unwrap_or("The desk");
    let (icon, html) = words::changed(who, changed, |field, value| names.of(field, value));
    let undo_href = match (changed.field.as_str(), changed.undo) {
        ("merged", Some(id)) => format!("/merges/{id}/undo"),
        ("split" | "split from", Some(id)) => format!("/splits/{id}/undo"),
        _ => String::new(),
    };
    Entry { kind: "change", icon, author: agent(row), html, undo_href, ..base }
}

/// `Ingvild, ops@example.com and 2 more`.
fn people<'a>(all: impl Iterator<Item = &'a Writer>) -> String {
    let all: Vec<&str> = all.map(Writer::shown).collect();
    match all.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

fn folds(folds: &[crate::cases::Fold]) -> Vec<Fold> {
    let titled = |fold: &crate::cases::Fold| Fold {
        title: match fold.kind.as_str() {
            "quote" => "Quoted history".into(),
            "forward" => "Forwarded message".into(),
            kind => words::capital(kind),
        },
        html: prose::to_html(&fold.text),
    };
    folds.iter().filter(|fold| !fold.text.trim().is_empty()).map(titled).collect()
}

impl Files {
    fn shown(&self, file: &Attachment) -> File {
        let reading = self.readings.iter().find(|reading| reading.digest == file.digest);
        let log = reading.filter(|_| rules::is_log(&file.name)).map(log);
        File { href: format!("/attachments/{}", file.id), name: file.name.clone(), size: words::bytes(file.size), log }
    }
}

/// What was read of a log, in words.
pub(super) fn log(reading: &LogReading) -> Log {
    let (tone, badge) = match (reading.ask_again, reading.format.is_some()) {
        (true, _) => ("warn", "no time stamps"),
        (false, true) => ("ok", "time stamps"),
        (false, false) => ("line", "packed"),
    };
    let lines = (reading.lines > 0).then(|| match reading.stamped {
        0 => reading.lines.to_string(),
        stamped => format!("{}, {stamped} with a stamp", reading.lines),
    });
    let zone = reading.zone.clone().or_else(|| reading.format.as_ref().map(|_| "not written".into()));
    let facts = [
        ("Format", reading.format.clone()),
        ("Zone", zone),
        ("First", reading.first_stamp.clone()),
        ("Last", reading.last_stamp.clone()),
        ("Lines", lines),
    ];
    Log {
        tone,
        badge,
        words: reading.verdict.clone(),
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        again: reading.ask_again,
    }
}

/// The frame cannot be measured from outside: about 24 px for each line of 90 characters, and some for the style.
fn guessed_height_px(text: &str) -> u32 {
    let lines: usize = text.lines().map(|line| line.len() / 90 + 1).sum();
    u32::try_from(lines.saturating_mul(24).saturating_add(80)).unwrap_or(640)
}

/// The line above the first entry that the viewer has not seen.
pub(super) fn mark_new(entries: &mut [Entry], seen: Option<EntryId>) {
    let Some(seen) = seen else { return };
    let fresh = |entry: &&mut Entry| entry.id > seen.0 && entry.kind != "change";
    if let Some(first) = entries.iter_mut().find(fresh) {
        first.new_above = true;
    }
}

/// Changes that one person made one after the other are one line.
pub(super) fn gathered(entries: Vec<Entry>) -> Vec<Entry> {
    let mut gathered: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match gathered.last_mut() {
            Some(last) if goes_with(last, &entry) => {
                last.html = format!("{}, {}", last.html, entry.html);
                (last.id, last.at) = (entry.id, entry.at);
            }
            _ => gathered.push(entry),
        }
    }
    gathered
}

fn goes_with(last: &Entry, next: &Entry) -> bool {
    let plain = |entry: &Entry| entry.kind == "change" && entry.undo_href.is_empty();
    // To the minute: `2026-11-23T14:02` is the same in both.
    let minute = |entry: &Entry| entry.at.get(..16).map(str::to_owned);
    plain(last) && plain(next) && last.author.name == next.author.name && minute(last) == minute(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: i64, who: &str, at: &str, html: &str) -> Entry {
        Entry {
            id,
            kind: "change",
            author: Person::new(1, who, ""),
            at: at.into(),
            html: html.into(),
            ..Entry::default()
        }
    }

    #[test]
    fn changes_of_one_minute_and_one_person_are_one_line() {
        let entries = gathered(vec![
            change(1, "Ann", "2026-11-23T14:02:01Z", "a"),
            change(2, "Ann", "2026-11-23T14:02:09Z", "b"),
            change(3, "Ben", "2026-11-23T14:02:10Z", "c"),
            change(4, "Ben", "2026-11-23T14:09:10Z", "d"),
        ]);
        let lines: Vec<(i64, &str)> = entries.iter().map(|entry| (entry.id, entry.html.as_str())).collect();
        assert_eq!(lines, [(2, "a, b"), (3, "c"), (4, "d")]);
    }
}
