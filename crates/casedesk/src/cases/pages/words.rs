//! The desk's words and signs for states, doors and changes. Pure.
use super::views::{Badge, Choice};
use crate::cases::store::ListedCase;
use crate::cases::{CaseKind, CaseState, Changed, Door, Priority, Promise, WaitingOn};
use crate::kit::prose::escaped;

pub(super) use crate::kit::prose::bytes;

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
        Door::Portal => ("globe", "on the customer’s pages"),
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
    if row.unconfirmed {
        badges.push(Badge { tone: "warn", icon: "phone-in", text: "unconfirmed".into() });
    }
    if matches!(row.kind, CaseKind::FeatureRequest | CaseKind::Licence) {
        badges.push(Badge { tone: "line", icon: "", text: row.kind.to_string() });
    }
    badges
}

/// The words before the instant at which a promise is due.
pub(super) const fn promise_due(promise: Promise) -> &'static str {
    match promise {
        Promise::FirstResponse => "First reply due",
        Promise::NextResponse => "Reply due",
        Promise::Resolve => "Solution due",
    }
}

/// What somebody changed, as a phrase behind their name, with the names of those it speaks of.
pub(super) fn changed(who: &str, changed: &Changed, named: impl Fn(&str, &str) -> String) -> (&'static str, String) {
    let b = |text: &str| format!("<b>{}</b>", escaped(text));
    let name = |value: &Option<String>| value.as_deref().map(|id| named(&changed.field, id));
    let (from, to) = (name(&changed.from), name(&changed.to));
    let shown = |value: &Option<String>| value.as_deref().map_or_else(|| b("nobody"), b);
    let added_or_not = |add: &str, remove: &str| match (&from, &to) {
        (_, Some(to)) => format!("{add} {}", b(to)),
        (from, None) => format!("{remove} {}", shown(from)),
    };
    let icon = match changed.field.as_str() {
        "assignee" => "user",
        "team" | "participant" => "users",
        "tag" => "tag",
        "subject" | "kind" | "details" | "details from the form" => "form",
        "roadmap" => "link",
        "installation" => "screen",
        "merged" | "unmerged" => "merged",
        "split" | "split from" | "split undone" => "swap",
        "link" | "link removed" => "link",
        "by mail" => "mail",
        "solved by the customer" => "okc",
        "promise due soon" | "promise broken" => "clock",
        _ => "refresh",
    };
    let phrase = match changed.field.as_str() {
        "state" => format!("set it from {} to {}", state_phrase(from.as_deref()), state_phrase(to.as_deref())),
        "assignee" if to.is_none() => "gave it back, nobody has it".into(),
        "assignee" if to.as_deref() == Some(who) => "took the case".into(),
        "assignee" => format!("gave it to {}", shown(&to)),
        "team" => format!("moved it to {}", to.as_deref().map_or_else(|| b("no team"), b)),
        "tag" => added_or_not("added the tag", "took off the tag"),
        "participant" => added_or_not("added", "removed"),
        "subject" => format!("changed the subject; it was {}", shown(&from)),
        "merged" => format!("merged {} into this one", case_phrase(changed, &from, &to)),
        "unmerged" => format!("took the merge of {} back", case_phrase(changed, &from, &to)),
        "split" => format!("moved messages to {}", case_phrase(changed, &from, &to)),
        "split from" => format!("moved these messages here from {}", case_phrase(changed, &from, &to)),
        "split undone" => format!("brought the messages of {} back", case_phrase(changed, &from, &to)),
        "link" => format!(
            "linked {}{}",
            case_phrase(changed, &from, &None),
            to.map_or_else(String::new, |kind| format!(" as {}", escaped(&kind)))
        ),
        "roadmap" => match (&from, &to) {
            (_, Some(to)) => format!("linked it to the roadmap item {}", b(to)),
            (from, None) => format!("unlinked the roadmap item {}", shown(from)),
        },
        "details from the form" => format!("took details over from the form: {}", shown(&to)),
        "details" => format!("took details over from the mail: {}", shown(&to)),
        "by mail" => to.as_deref().map_or_else(|| "answered by mail".into(), |to| format!("sent by mail {}", b(to))),
        "solved by the customer" => format!("heard from {} that it is solved", shown(&to)),
        "promise due soon" => format!("reminds that the {}", promise_phrase(from.as_deref(), to.as_deref(), "is due")),
        "promise broken" => format!("saw no {}", promise_phrase(from.as_deref(), to.as_deref(), "by")),
        "link removed" => format!("removed the link to {}", case_phrase(changed, &from, &None)),
        field => match (&from, &to) {
            (Some(from), Some(to)) => format!("changed the {} from {} to {}", escaped(field), b(from), b(to)),
            _ => added_or_not(&format!("set the {} to", escaped(field)), &format!("took away the {}", escaped(field))),
        },
    };
    (icon, phrase)
}

/// A link to the case that a change speaks of.
fn case_phrase(changed: &Changed, key: &Option<String>, subject: &Option<String>) -> String {
    let number = escaped(changed.from.as_deref().unwrap_or_default());
    let subject = subject.as_deref().map_or_else(String::new, |subject| format!(" <bdi>{}</bdi>", escaped(subject)));
    let key = escaped(key.as_deref().unwrap_or_default());
    format!("<a href=\"/cases/{number}\" data-turbo-frame=\"_top\">{key}</a>{subject}")
}

/// `<b>first reply</b> is due 15:20`.
fn promise_phrase(promise: Option<&str>, at: Option<&str>, due: &str) -> String {
    let what = match promise.and_then(|word| word.parse().ok()) {
        Some(Promise::FirstResponse) => "first reply",
        Some(Promise::NextResponse) => "reply",
        Some(Promise::Resolve) => "solution",
        None => "promise",
    };
    format!("<b>{what}</b> {due} {}", until(at.unwrap_or_default()))
}

/// An instant that the page writes in the reader's zone.
fn until(at: &str) -> String {
    let at = escaped(at);
    format!("<desk-time data-form=\"until\"><time datetime=\"{at}\">{at}</time></desk-time>")
}

/// A state in words; its date, when it has one, in the reader's zone.
fn state_phrase(words: Option<&str>) -> String {
    let words = words.unwrap_or("nothing");
    match words.strip_prefix("waiting until ") {
        Some(at) => format!("<b>waiting</b> until {}", until(at)),
        None => format!("<b>{}</b>", escaped(words)),
    }
}

/// Business minutes as hours: `40 min`, `4 h`, `36 h 5 min`. No days, since a day of business is not one of the calendar.
pub(super) fn span(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// `under a minute`, `6 min`, `1 h 5 min`.
pub(super) fn minutes(time: std::time::Duration) -> String {
    match time.as_secs() / 60 {
        0 => "under a minute".into(),
        minutes @ 1..60 => format!("{minutes} min"),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn told(field: &str, from: Option<&str>, to: Option<&str>) -> String {
        let changed =
            Changed { field: field.into(), from: from.map(str::to_owned), to: to.map(str::to_owned), undo: None };
        super::changed("Ann", &changed, |_, value| value.to_owned()).1
    }

    #[test]
    fn a_change_is_a_phrase_and_its_values_are_text() {
        assert_eq!(told("tag", None, Some("<b>")), "added the tag <b>&lt;b&gt;</b>");
        assert_eq!(told("assignee", Some("Ben"), Some("Ann")), "took the case");
        assert_eq!(told("assignee", Some("Ben"), None), "gave it back, nobody has it");
        assert_eq!(told("priority", Some("low"), Some("high")), "changed the priority from <b>low</b> to <b>high</b>");
    }

    #[test]
    fn a_date_of_a_state_is_written_by_the_page() {
        assert!(
            told("state", Some("open"), Some("waiting until 2026-12-01T08:00:00Z"))
                .contains("datetime=\"2026-12-01T08:00:00Z\"")
        );
    }
}
