//! Decisions about a case: what a command changes, or why it may not. Pure.
pub mod hand_over;

use super::store::Case;
use casedesk_details::Field;

use super::{CaseKind, CaseState, CasesError, Changed, Incoming, Priority, WaitingOn};
use crate::customers::Person;
use crate::kit::Timestamp;
use crate::staff::{AgentId, TeamId};

/// The longest subject, in characters.
pub const MOST_SUBJECT: usize = 500;

/// The longest tag, in characters.
const MOST_TAG: usize = 50;

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

/// Whether a file is a log, by its name.
pub fn is_log(name: &str) -> bool {
    let name = name.to_lowercase();
    let rolled = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    [".log", ".trace", ".out"].iter().any(|ending| rolled.ends_with(ending))
        || (name.ends_with(".txt") && name.contains("log"))
}

/// A tag as it is kept: in lower case, one word.
pub fn checked_tag(tag: &str) -> Result<String, CasesError> {
    let tag = tag.trim().to_lowercase();
    if tag.is_empty() {
        return Err(CasesError::Empty("tag"));
    }
    if tag.chars().count() > MOST_TAG || tag.contains(|c: char| c.is_whitespace() || c.is_control() || c == '"') {
        return Err(CasesError::TooLong { field: "tag", most: MOST_TAG });
    }
    Ok(tag)
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
