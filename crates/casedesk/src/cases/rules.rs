//! Decisions about a case: what a command changes, or why it may not. Pure.
pub mod answers;
pub mod hand_over;

use std::collections::{BTreeMap, BTreeSet};

use casedesk_details::{Confidence, Field, Proposal, Source};

use super::store::Case;
use super::{
    CaseKind, CaseState, CasesError, Changed, Incoming, LogReading, Priority, QuoteStep, ToldDetail, WaitingOn,
};
use crate::customers::rules::Logs;
use crate::customers::{ContactId, Person};
use crate::kit::Timestamp;
use crate::search::words_of;
use crate::staff::{AgentId, TeamId};

/// The longest subject, in characters.
pub const MOST_SUBJECT: usize = 500;

/// One thing that somebody wants changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Solve,
    Reopen,
    Close,
    /// Waits on somebody, or until a date.
    Wait {
        on: WaitingOn,
        until: Option<Timestamp>,
    },
    Priority(Priority),
    Kind(CaseKind),
    Assign(Option<AgentId>),
    Team(Option<TeamId>),
    Subject(String),
}

/// Applies the change to the case; what is to be told of it, or `None` when it was so already.
pub fn apply(case: &mut Case, change: &Change, now: Timestamp) -> Result<Option<Changed>, CasesError> {
    let before = case.clone();
    match change {
        Change::Solve => set_state(case, CaseState::Solved, now),
        Change::Reopen => set_state(case, CaseState::Open, now),
        Change::Close => set_state(case, CaseState::Closed, now),
        Change::Wait { on, until } => {
            if until.is_some_and(|until| until <= now) || (*on == WaitingOn::Date && until.is_none()) {
                return Err(CasesError::NotInFuture(until.map_or_else(|| "nothing".into(), Timestamp::rfc3339)));
            }
            set_state(case, CaseState::Waiting, now);
            case.waiting_on = Some(*on);
            case.wake_at = *until;
        }
        Change::Priority(priority) => case.priority = *priority,
        Change::Kind(kind) => case.kind = *kind,
        Change::Assign(agent) => {
            case.assignee_id = *agent;
            if agent.is_some() && case.state == CaseState::New {
                set_state(case, CaseState::Open, now);
            }
        }
        Change::Team(team) => case.team_id = *team,
        Change::Subject(subject) => case.subject = checked_subject(subject)?,
    }
    Ok((*case != before).then(|| describe(&before, case, change)))
}

/// Whether the desk may make one of two cases by itself, as a message of `writer` ties them: both are open, theirs, and
/// seen by the same team.
pub fn is_one(one: &Case, other: &Case, writer: Option<ContactId>) -> bool {
    one.id != other.id
        && one.state.is_open()
        && other.state.is_open()
        && one.team_id == other.team_id
        && writer.is_some()
        && one.contact_id == writer
        && other.contact_id == writer
}

fn set_state(case: &mut Case, state: CaseState, now: Timestamp) {
    if case.state == state && state != CaseState::Waiting {
        return;
    }
    case.state = state;
    case.waiting_on = None;
    case.wake_at = None;
    case.solved_at = match state {
        CaseState::Solved => Some(now),
        CaseState::Closed => case.solved_at.or(Some(now)),
        _ => None,
    };
    case.closed_at = (state == CaseState::Closed).then_some(now);
}

fn checked_subject(subject: &str) -> Result<String, CasesError> {
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    if subject.is_empty() {
        return Err(CasesError::Empty("subject"));
    }
    if subject.chars().count() > MOST_SUBJECT {
        return Err(CasesError::TooLong { field: "subject", most: MOST_SUBJECT });
    }
    Ok(subject)
}

/// The details that a case of this kind needs, and whether it needs a log.
pub fn required_details(kind: CaseKind) -> (&'static [Field], bool) {
    use Field as F;
    match kind {
        CaseKind::Problem => {
            let all = &[F::ProductVersion, F::OsName, F::OsVersion, F::Protocols, F::HighAvailability, F::Integrations];
            (all, true)
        }
        CaseKind::Question => (&[F::ProductVersion, F::OsName, F::OsVersion], false),
        CaseKind::FeatureRequest => (&[F::ProductVersion], false),
        CaseKind::Licence => (&[], false),
    }
}

/// What was read of a message, with the answers to questions that name a detail in the place of what was read of their
/// lines.
pub fn with_told(read: Vec<Proposal>, told: &[ToldDetail], text: &str) -> Vec<Proposal> {
    let answers: Vec<Proposal> = told
        .iter()
        .filter_map(|one| {
            let begin = text.rfind(&one.line).unwrap_or(0);
            Some(Proposal {
                field: Field::from_name(&one.field)?,
                value: one.value.clone(),
                key: None,
                present: true,
                as_written: one.value.clone(),
                source: Source { text: one.line.clone(), range: begin..begin + one.line.len() },
                confidence: Confidence::Sure,
                why: "the form asked for it",
                installation: None,
                product: None,
            })
        })
        .collect();
    let elsewhere = |proposal: &Proposal| {
        let within = |answer: &Proposal| {
            answer.source.range.contains(&proposal.source.range.start) && answer.field == proposal.field
        };
        !answers.iter().any(within)
    };
    let read: Vec<Proposal> = read.into_iter().filter(elsewhere).collect();
    read.into_iter().chain(answers).collect()
}

/// How many words of a case are looked for elsewhere.
const MOST_TELLING: usize = 12;

/// The words by which cases like this one are found: those of the subject first, then those of the message.
pub fn telling_words(subject: &str, message: &str) -> Vec<String> {
    let begin: String = message.chars().take(600).collect();
    let text = words_of(&format!("{subject} {begin}"));
    let telling = crate::customers::rules::words(&text);
    let mut found: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| telling.contains(*word)) {
        if found.len() < MOST_TELLING && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// The cases that share the rarest words, the likest first. `hits` are the cases with each word, of the newest `most`
/// texts: a word that is in as many is common. Two words have to be shared, and a third of the weight of all.
pub fn likest(hits: &[Vec<i64>], most: usize) -> Vec<i64> {
    let mut found: BTreeMap<i64, (usize, f64)> = BTreeMap::new();
    let mut whole = 0.0;
    for with_word in hits.iter().filter(|owners| !owners.is_empty()) {
        let share = most as f64 / with_word.len() as f64;
        let weight = (1.0 + share).ln();
        whole += weight;
        for owner in with_word.iter().collect::<BTreeSet<_>>() {
            let (shared, sum) = found.entry(*owner).or_default();
            (*shared, *sum) = (*shared + 1, *sum + weight);
        }
    }
    let mut likest: Vec<(i64, f64)> = found
        .into_iter()
        .filter(|(_, (shared, sum))| *shared >= 2 && *sum * 3.0 >= whole)
        .map(|(owner, (_, sum))| (owner, sum))
        .collect();
    likest.sort_by(|(one, a), (other, b)| b.total_cmp(a).then(other.cmp(one)));
    likest.into_iter().map(|(owner, _)| owner).collect()
}

/// Whether a file is a log, by its name, also one that is packed.
pub fn is_log(name: &str) -> bool {
    let name = name.to_lowercase();
    if let Some(archive) = name.strip_suffix(".zip")
        && archive.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "log" | "logs"))
    {
        return true;
    }
    let packed = [".gz", ".zip", ".bz2", ".xz", ".zst"];
    let name = packed.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    let rolled = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    [".log", ".trace", ".out"].iter().any(|ending| rolled.ends_with(ending))
        || (name.ends_with(".txt") && name.contains("log"))
}

/// What a case's logs say together. One that is packed so that it cannot be read says nothing.
pub fn logs_say<'a>(readings: impl Iterator<Item = &'a LogReading>) -> Logs {
    let mut all = Logs::None;
    for reading in readings {
        match (reading.ask_again, reading.format.is_some()) {
            (false, true) => return Logs::Stamped,
            (true, _) => all = Logs::Unstamped,
            (false, false) => {}
        }
    }
    all
}

/// The first field of a text that an acknowledgement has no value for: the sender's own words (name, subject) are left
/// out of it, since a receipt must not carry a stranger's text to a third.
pub fn unknown_to_acknowledgement(text: &str) -> Option<&str> {
    fields(text).find(|field| *field != "{{case}}")
}

/// A receipt for a case. A field without a value leaves nothing behind, nor the space before it.
pub fn acknowledgement(text: &str, key: &str) -> String {
    let text = filled(text, &[("case", key)]);
    let mut rest = text.clone();
    for field in fields(&text) {
        rest = rest.replace(&format!(" {field}"), "").replace(field, "");
    }
    rest
}

/// Every `{{name}}` of a text, with its braces.
fn fields(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("{{").filter_map(|(at, _)| {
        let rest = &text[at..];
        rest.find("}}").map(|end| &rest[..end + 2]).filter(|field| !field.contains('\n'))
    })
}

/// Puts values in the place of `{{name}}`. A field that is not known stays, so that it is seen before it is sent.
pub fn filled(text: &str, fields: &[(&str, &str)]) -> String {
    fields.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

fn describe(before: &Case, after: &Case, change: &Change) -> Changed {
    let (field, from, to) = match change {
        Change::Solve | Change::Reopen | Change::Close | Change::Wait { .. } => {
            ("state", Some(state_in_words(before)), Some(state_in_words(after)))
        }
        Change::Priority(_) => ("priority", Some(before.priority.to_string()), Some(after.priority.to_string())),
        Change::Kind(_) => ("kind", Some(before.kind.to_string()), Some(after.kind.to_string())),
        Change::Assign(_) => ("assignee", number(before.assignee_id), number(after.assignee_id)),
        Change::Team(_) => ("team", number(before.team_id), number(after.team_id)),
        Change::Subject(_) => ("subject", Some(before.subject.clone()), Some(after.subject.clone())),
    };
    Changed { field: field.into(), from, to, undo: None }
}

fn number(id: Option<impl ToString>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// `waiting on customer`, `waiting until 2026-12-01T08:00:00Z`, `open`.
pub fn state_in_words(case: &Case) -> String {
    match (case.state, case.waiting_on, case.wake_at) {
        (CaseState::Waiting, Some(WaitingOn::Date), Some(until)) => format!("waiting until {}", until.rfc3339()),
        (CaseState::Waiting, Some(on), _) => format!("waiting on {on}"),
        (state, _, _) => state.to_string(),
    }
}

/// Where an incoming message goes when its thread leads to this case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Onto the case; `reopens` it when it was waiting on the customer or solved.
    Joins { reopens: bool },
    /// The case is closed: a follow-up case is opened for it.
    FollowsUp,
}

/// Machines wake nobody and open nothing: their mail is only filed.
pub fn arrival(case: &Case, from_machine: bool) -> Arrival {
    match case.state {
        _ if from_machine => Arrival::Joins { reopens: false },
        CaseState::Closed => Arrival::FollowsUp,
        CaseState::Waiting | CaseState::Solved => Arrival::Joins { reopens: true },
        CaseState::New | CaseState::Open => Arrival::Joins { reopens: false },
    }
}

/// The state after one of us has answered: the customer has the next word.
pub fn after_reply(case: &mut Case, now: Timestamp) {
    if matches!(case.state, CaseState::New | CaseState::Open) {
        set_state(case, CaseState::Waiting, now);
        case.waiting_on = Some(WaitingOn::Customer);
    }
    case.last_agent_at = Some(now);
}

/// What a step of a quote does to its case: it waits on sales, then on the customer, and is open again once there is an
/// answer. An answer is work also where the case was solved or closed; a quote that has run out is none.
pub fn after_quote(case: &Case, step: QuoteStep) -> Option<Change> {
    use QuoteStep as S;
    let awaited =
        case.state == CaseState::Waiting && matches!(case.waiting_on, Some(WaitingOn::Sales | WaitingOn::Customer));
    match step {
        S::Drafted | S::Submitted | S::SentBack | S::Approved => {
            Some(Change::Wait { on: WaitingOn::Sales, until: None })
        }
        S::Sent => Some(Change::Wait { on: WaitingOn::Customer, until: None }),
        S::Accepted | S::Declined => Some(Change::Reopen),
        S::Expired | S::Withdrawn => awaited.then_some(Change::Reopen),
        S::LooksAccepted | S::LooksDeclined | S::Dismissed => None,
    }
}

/// The message with another of the people it names as its author, who that is, and who it was. `None` where it names
/// nobody of that address.
pub fn with_author(mut message: Incoming, address: &str, chosen_by: &str) -> Option<(Incoming, Person, Person)> {
    let before = message.from.clone()?;
    if before.address == address {
        return Some((message, before.clone(), before));
    }
    let other = message.alternatives.iter_mut().find(|person| person.address == address)?;
    let chosen = std::mem::replace(other, before.clone());
    message.from = Some(chosen.clone());
    message.author_reason = Some(format!("{chosen_by} chose so"));
    Some((message, chosen, before))
}

/// Opens what waited or was solved, as a customer's word does.
pub fn reopen(case: &mut Case, now: Timestamp) {
    set_state(case, CaseState::Open, now);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_fills_the_number_and_lets_no_field_stand() {
        let text = "Dear {{first name}},\n\nit is {{case}} ({{subject}}). {{ not closed";
        assert_eq!(acknowledgement(text, "CD-7"), "Dear,\n\nit is CD-7 (). {{ not closed");
        assert_eq!(unknown_to_acknowledgement(text), Some("{{first name}}"));
        assert_eq!(unknown_to_acknowledgement("It is {{case}}."), None);
    }

    #[test]
    fn a_known_field_is_filled_and_an_unknown_one_stays() {
        assert_eq!(filled("Dear {{customer}}, {{code}}", &[("customer", "Ann")]), "Dear Ann, {{code}}");
    }

    #[test]
    fn a_log_is_told_by_its_name_also_when_it_is_packed() {
        for name in [
            "server.log",
            "Server.LOG.1",
            "fts-2027.log.gz",
            "catalina.out",
            "log of today.txt",
            "a.trace.xz",
            "fts-logs_2027.zip",
        ] {
            assert!(is_log(name), "{name}");
        }
        for name in ["catalogue.pdf", "notes.txt", "photo.gz", "login.png", "catalogue.zip"] {
            assert!(!is_log(name), "{name}");
        }
    }

    const NOW: Timestamp = Timestamp(1_000_000);
    const LATER: Timestamp = Timestamp(2_000_000);

    fn case(state: CaseState) -> Case {
        Case { state, ..Case::for_tests() }
    }

    #[test]
    fn a_solved_case_is_reopened_by_a_customer_and_a_closed_one_is_followed_up() {
        assert_eq!(arrival(&case(CaseState::Solved), false), Arrival::Joins { reopens: true });
        assert_eq!(arrival(&case(CaseState::Waiting), false), Arrival::Joins { reopens: true });
        assert_eq!(arrival(&case(CaseState::Open), false), Arrival::Joins { reopens: false });
        assert_eq!(arrival(&case(CaseState::Closed), false), Arrival::FollowsUp);
    }

    #[test]
    fn cases_are_alike_by_the_rarer_words_that_they_share() {
        let words = telling_words("SFTP: no matching host key", "Hello,\nplease help, the host key is refused.");
        assert_eq!(words, ["sftp", "matching", "host", "help", "refused"]);
        let common: Vec<i64> = (1..=200).collect();
        let hits = [common.clone(), vec![7, 7], vec![7], vec![7, 9], vec![9], vec![200]];
        assert_eq!(likest(&hits, 200), [7, 9], "200 shares only one rare word and a common one");
        assert!(likest(&[common], 200).is_empty(), "one word is chance");
    }

    #[test]
    fn a_machine_reopens_nothing() {
        for &state in CaseState::ALL {
            assert_eq!(arrival(&case(state), true), Arrival::Joins { reopens: false });
        }
    }

    #[test]
    fn a_change_to_what_is_so_already_is_no_change() {
        let mut open = case(CaseState::Open);
        assert_eq!(apply(&mut open, &Change::Reopen, NOW).unwrap(), None);
        assert_eq!(apply(&mut open, &Change::Priority(Priority::Normal), NOW).unwrap(), None);
    }

    #[test]
    fn waiting_until_a_date_needs_one_in_the_future() {
        let mut open = case(CaseState::Open);
        let wait = |until| Change::Wait { on: WaitingOn::Date, until };
        assert!(apply(&mut open, &wait(None), NOW).is_err());
        assert!(apply(&mut open, &wait(Some(NOW)), NOW).is_err());
        let told = apply(&mut open, &wait(Some(LATER)), NOW).unwrap().unwrap();
        assert_eq!(told.to.as_deref(), Some("waiting until 1970-01-01T00:00:02Z"));
        assert_eq!(open.wake_at, Some(LATER));
    }

    #[test]
    fn taking_a_new_case_opens_it() {
        let mut new = case(CaseState::New);
        apply(&mut new, &Change::Assign(Some(AgentId(4))), NOW).unwrap();
        assert_eq!(new.state, CaseState::Open);
    }

    #[test]
    fn a_case_waits_on_sales_then_on_the_customer_and_is_open_once_they_answered() {
        let on = |on| Some(Change::Wait { on, until: None });
        let open = case(CaseState::Open);
        assert_eq!(after_quote(&open, QuoteStep::Drafted), on(WaitingOn::Sales));
        assert_eq!(after_quote(&open, QuoteStep::Sent), on(WaitingOn::Customer));
        let mut waits = case(CaseState::Waiting);
        waits.waiting_on = Some(WaitingOn::Customer);
        assert_eq!(after_quote(&waits, QuoteStep::Accepted), Some(Change::Reopen));
        assert_eq!(after_quote(&waits, QuoteStep::Expired), Some(Change::Reopen));
        waits.waiting_on = Some(WaitingOn::Engineering);
        assert_eq!(after_quote(&waits, QuoteStep::Expired), None, "it waits on somebody else by now");
        assert_eq!(after_quote(&case(CaseState::Solved), QuoteStep::Withdrawn), None);
        assert_eq!(after_quote(&case(CaseState::Closed), QuoteStep::Declined), Some(Change::Reopen));
        assert_eq!(after_quote(&open, QuoteStep::LooksAccepted), None, "an agent decides");
    }

    #[test]
    fn solving_and_reopening_keeps_no_stale_date() {
        let mut open = case(CaseState::Open);
        apply(&mut open, &Change::Solve, NOW).unwrap();
        assert_eq!(open.solved_at, Some(NOW));
        apply(&mut open, &Change::Reopen, LATER).unwrap();
        assert_eq!((open.solved_at, open.closed_at), (None, None));
    }

    #[test]
    fn a_subject_is_folded_and_bounded() {
        let mut open = case(CaseState::Open);
        apply(&mut open, &Change::Subject(" a \r\n b ".into()), NOW).unwrap();
        assert_eq!(open.subject, "a b");
        assert!(apply(&mut open, &Change::Subject(" \n".into()), NOW).is_err());
        assert!(apply(&mut open, &Change::Subject("x".repeat(501)), NOW).is_err());
    }
}
