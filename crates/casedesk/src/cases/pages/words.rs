//! The desk's words and signs for states, doors and changes. Pure.
use super::prose::escaped;
use super::views::{Badge, Choice};
use crate::cases::store::ListedCase;
use crate::cases::{CaseKind, CaseState, Changed, Door, Priority, WaitingOn};

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The sign of a state: the class of its circle.
pub(super) const fn sign(state: CaseState) -> &'static str {
    match state {
        CaseState::New => "new",
        CaseState::Open => "open",
        CaseState::Waiting => "waiting",
        CaseState::Solved | CaseState::Closed => "solved",
    }
}

pub(super) fn state(state: CaseState, on: Option<WaitingOn>) -> String {
    match (state, on) {
        (CaseState::Waiting, Some(WaitingOn::Customer)) => "Waiting on the customer".into(),
        (CaseState::Waiting, Some(WaitingOn::Date)) => "Waiting until a date".into(),
        (CaseState::Waiting, Some(on)) => format!("Waiting on {on}"),
        (state, _) => capital(state.as_str()),
    }
}

/// Icon and words of the way something came in.
pub(super) const fn door(door: Door) -> (&'static str, &'static str) {
    match door {
        Door::Mail => ("mail", "by mail"),
        Door::Form => ("form", "by form"),
        Door::Phone => ("phone-in", "by phone"),
        Door::Chat => ("chat", "by chat"),
        Door::Api => ("code", "by the API"),
        Door::Agent => ("user", "by an agent"),
    }
}

pub(super) const fn priority_icon(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "down",
        Priority::Normal => "tmv",
        Priority::High | Priority::Critical => "up2",
    }
}

pub(super) fn priorities(now: Priority) -> Vec<Choice> {
    Priority::ALL.iter().rev().map(|&p| choice(p.as_str(), priority_icon(p), p == now)).collect()
}

pub(super) fn kinds(now: CaseKind) -> Vec<Choice> {
    CaseKind::ALL.iter().map(|&kind| choice(kind.as_str(), "form", kind == now)).collect()
}

fn choice(word: &str, icon: &'static str, chosen: bool) -> Choice {
    Choice { value: word.into(), label: capital(word), icon, chosen }
}

/// What a row says besides its subject: only what is out of the ordinary.
pub(super) fn row_badges(row: &ListedCase) -> Vec<Badge> {
    let mut badges = Vec::new();
    if matches!(row.priority, Priority::High | Priority::Critical) {
        badges.push(Badge { tone: "bad", icon: "up2", text: row.priority.to_string() });
    }
    if matches!(row.kind, CaseKind::FeatureRequest | CaseKind::Licence) {
        badges.push(Badge { tone: "line", icon: "", text: row.kind.to_string() });
    }
    badges
}

/// One line of the timeline about a change, with the names of those it speaks of. `who` did it.
pub(super) fn changed(who: &str, changed: &Changed, named: impl Fn(&str, &str) -> String) -> (&'static str, String) {
    let b = |text: &str| format!("<b>{}</b>", escaped(text));
    let name = |value: &Option<String>| value.as_deref().map(|id| named(&changed.field, id));
    let (from, to) = (name(&changed.from), name(&changed.to));
    let shown = |value: &Option<String>| value.as_deref().map_or_else(|| b("nobody"), b);
    let case = |id: &Option<String>, subject: &Option<String>| {
        let id = id.as_deref().unwrap_or_default();
        let subject = subject.as_deref().map_or_else(String::new, |subject| format!(" {}", escaped(subject)));
        format!(
            "<a href=\"/cases/{}\" data-turbo-frame=\"_top\">{}</a>{subject}",
            escaped(changed.from.as_deref().unwrap_or_default()),
            escaped(id)
        )
    };
    let who = b(who);
    match changed.field.as_str() {
        "state" => ("refresh", format!("{who} set it from {} to {}", shown(&from), shown(&to))),
        "assignee" if to.is_none() => ("none", format!("{who} gave it back, nobody has it")),
        "assignee" => ("user", format!("{who} gave it to {}", shown(&to))),
        "team" => ("users", format!("{who} moved it to {}", to.as_deref().map_or_else(|| b("no team"), b))),
        "tag" => (
            "tag",
            match (&from, &to) {
                (_, Some(tag)) => format!("{who} added the tag {}", b(tag)),
                (Some(tag), _) => format!("{who} took off the tag {}", b(tag)),
                _ => who,
            },
        ),
        "participant" => (
            "users",
            match (&from, &to) {
                (_, Some(address)) => format!("{who} added {}", b(address)),
                (Some(address), _) => format!("{who} removed {}", b(address)),
                _ => who,
            },
        ),
        "subject" => ("form", format!("{who} changed the subject; it was {}", shown(&from))),
        "merged" => ("merged", format!("{who} merged {} into this one", case(&from, &to))),
        "unmerged" => ("merged", format!("{who} took the merge of {} back", case(&from, &to))),
        "split" => ("swap", format!("{who} moved messages to {}", case(&from, &to))),
        "split from" => ("swap", format!("{who} moved these messages here from {}", case(&from, &to))),
        "split undone" => ("swap", format!("{who} brought the messages of {} back", case(&from, &to))),
        "link" => (
            "link",
            format!(
                "{who} linked {}{}",
                case(&from, &None),
                to.as_deref().map_or_else(String::new, |kind| format!(" as {}", escaped(kind)))
            ),
        ),
        "link removed" => ("link", format!("{who} removed the link to {}", case(&from, &None))),
        field => (
            "refresh",
            match (&from, &to) {
                (Some(from), Some(to)) => format!("{who} changed {} from {} to {}", escaped(field), b(from), b(to)),
                (None, Some(to)) => format!("{who} set {} to {}", escaped(field), b(to)),
                (Some(from), None) => format!("{who} took away {} {}", escaped(field), b(from)),
                (None, None) => format!("{who} changed {}", escaped(field)),
            },
        ),
    }
}

/// `12 B`, `4 KB`, `1.2 MB`, as `words.ts` writes it.
pub(super) fn bytes(size: i64) -> String {
    match size {
        ..1_000 => format!("{size} B"),
        ..1_000_000 => format!("{} KB", size / 1_000),
        _ => format!("{}.{} MB", size / 1_000_000, size / 100_000 % 10),
    }
}
