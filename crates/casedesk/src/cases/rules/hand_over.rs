//! A case written up as one note: who, what runs where, what was tried, what is open. The same case gives the same words.
use std::fmt::Write as _;

use crate::cases::store::{Case, EntryRow};
use crate::cases::{CallStep, CaseState, Delivery, EntryData, EntryKind, WaitingOn};
use crate::kit::{Timestamp, prose};

/// How much of one message is quoted, in characters.
const PEEK: usize = 200;
/// How many of the newest steps are told.
const MOST_STEPS: usize = 12;
/// How many names of files are told at once.
const MOST_FILES: usize = 10;

/// What is known of a case besides its row and its entries.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// `CD-1042`.
    pub key: String,
    /// Name and addresses of the contact; empty: nobody.
    pub contact: String,
    pub organisation: Option<String>,
    pub assignee: Option<String>,
    pub team: Option<String>,
    /// The others who take part.
    pub others: Vec<String>,
    /// Title, state and reason of each verdict.
    pub verdicts: Vec<(String, String, String)>,
    /// What the installation is called, with its role and product.
    pub installation: Option<String>,
    /// Name and value of each detail that is known.
    pub details: Vec<(String, String)>,
    /// What the organisation's installations are called, where the case names none.
    pub choices: Vec<String>,
    /// The details that a case of this kind needs and that are not there.
    pub missing: Vec<String>,
    /// Who is writing what since when: `reply` or `note`.
    pub drafts: Vec<(String, String, Timestamp)>,
    /// Names of files by the entry that they came with.
    pub files: Vec<(i64, String)>,
    /// The names behind the numbers of agents and teams.
    pub names: Vec<(String, String)>,
}

/// The note. `entries` are the case's newest, oldest first.
pub fn note(case: &Case, entries: &[EntryRow], known: &Known) -> String {
    let mut out = format!("**Hand-over of {}: {}**\n", known.key, case.subject);
    section(&mut out, "Who", who(case, known));
    section(&mut out, "What runs where", runs(known));
    section(&mut out, "What the desk found", verdicts(known));
    section(&mut out, "What was tried", tried(entries, known));
    section(&mut out, "What is open", open(case, entries, known));
    out.trim_end().to_owned()
}

fn section(out: &mut String, title: &str, lines: Vec<String>) {
    let _ = write!(out, "\n**{title}**\n\n");
    for line in lines {
        let _ = writeln!(out, "- {line}");
    }
}

fn who(case: &Case, known: &Known) -> Vec<String> {
    let mut lines = Vec::new();
    match (known.contact.as_str(), &known.organisation) {
        ("", None) => lines.push("No contact is known".into()),
        ("", Some(organisation)) => lines.push(organisation.clone()),
        (contact, None) => lines.push(format!("{contact}, at no organisation")),
        (contact, Some(organisation)) => lines.push(format!("{contact}, at {organisation}")),
    }
    if !known.others.is_empty() {
        lines.push(format!("Also: {}", known.others.join(", ")));
    }
    let article = if case.kind.as_str().starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    lines.push(format!(
        "{article} {}, priority {}, since {} by {}",
        case.kind,
        case.priority,
        case.created_at.in_words(),
        case.door
    ));
    let assignee = known.assignee.as_deref().unwrap_or("nobody");
    let team = known.team.as_deref().map_or_else(String::new, |team| format!(", team {team}"));
    lines.push(format!("With {assignee}{team}"));
    lines
}

fn runs(known: &Known) -> Vec<String> {
    let Some(installation) = &known.installation else {
        return vec![if known.choices.is_empty() {
            "No installation is known".into()
        } else {
            format!("No installation is chosen; there are {}", known.choices.join(", "))
        }];
    };
    let details = known.details.iter().map(|(name, value)| format!("{name}: {}", prose::peek(value, PEEK)));
    std::iter::once(installation.clone()).chain(details).collect()
}

fn verdicts(known: &Known) -> Vec<String> {
    let line = |(title, state, reason): &(String, String, String)| format!("{title}: {state}. {reason}");
    let lines: Vec<String> = known.verdicts.iter().map(line).collect();
    if lines.is_empty() { vec!["Nothing: this desk keeps no file that the case is held against".into()] } else { lines }
}

/// What we did and what came, without the talk of the customer: that is read on the case.
fn tried(entries: &[EntryRow], known: &Known) -> Vec<String> {
    let mut lines: Vec<String> = entries.iter().filter_map(|entry| step(entry, known)).collect();
    let surplus = lines.len().saturating_sub(MOST_STEPS);
    if surplus > 0 {
        lines.drain(..surplus);
        lines.insert(0, format!("{surplus} earlier steps are on the case"));
    }
    if lines.is_empty() { vec!["Nothing yet".into()] } else { lines }
}

fn step(entry: &EntryRow, known: &Known) -> Option<String> {
    let at = entry.at.in_words();
    let agent = entry.agent_name.as_deref().unwrap_or("the desk");
    let customer = entry.contact_name.as_deref().unwrap_or("the customer");
    let words = prose::peek(&entry.text, PEEK);
    Some(match (entry.kind, entry.data().ok()?) {
        (EntryKind::MailOut, _) if entry.delivery == Some(Delivery::Cancelled) => return None,
        (EntryKind::MailOut, _) => format!("{at}, {agent} replied: “{words}”"),
        (EntryKind::Note, _) if entry.text.starts_with("**Hand-over of ") => {
            format!("{at}, {agent} handed it over")
        }
        (EntryKind::Note, _) => format!("{at}, {agent} noted: “{words}”"),
        (EntryKind::Call, EntryData::Call(call)) if call.step == CallStep::Logged => {
            format!("{at}, {agent} spoke with {customer}: “{words}”")
        }
        (EntryKind::MailIn, _) => {
            let files: Vec<&str> =
                known.files.iter().filter(|(of, _)| *of == entry.id.0).map(|(_, name)| name.as_str()).collect();
            if files.is_empty() {
                return None;
            }
            let more = files.len().saturating_sub(MOST_FILES);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{at}, {customer} sent {}{rest}", files[..files.len() - more].join(", "))
        }
        (EntryKind::Change, EntryData::Change(changed)) => {
            let named = |value: &Option<String>| {
                let value = value.as_deref().unwrap_or("nobody");
                let wanted = format!("{} {value}", changed.field);
                let found = known.names.iter().find(|(key, _)| *key == wanted);
                found.map_or_else(|| value.to_owned(), |(_, name)| name.clone())
            };
            match changed.field.as_str() {
                field @ ("state" | "priority" | "kind" | "installation" | "team" | "assignee") => {
                    format!("{at}, {agent} changed the {field} to {}", named(&changed.to))
                }
                "details" => format!("{at}, {agent} took details over: {}", changed.to.unwrap_or_default()),
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn open(case: &Case, entries: &[EntryRow], known: &Known) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(question) = unanswered(entries) {
        let who = question.contact_name.as_deref().unwrap_or("The customer");
        let words = prose::peek(&question.text, PEEK);
        lines.push(format!("Not answered: {who}, {}: “{words}”", question.at.in_words()));
    }
    if !known.missing.is_empty() {
        lines.push(format!("Missing: {}", known.missing.join("; ")));
    }
    match (case.state, case.waiting_on, case.wake_at) {
        (CaseState::Waiting, Some(WaitingOn::Date), Some(until)) => {
            lines.push(format!("Waits until {}", until.in_words()))
        }
        (CaseState::Waiting, Some(WaitingOn::Customer), _) => lines.push("Waits on the customer".into()),
        (CaseState::Waiting, Some(on), _) => lines.push(format!("Waits on {on}")),
        _ => {}
    }
    if let Some(since) = case.unconfirmed_since {
        lines.push(format!("A call is not confirmed in writing, since {}", since.in_words()));
    }
    for entry in entries {
        match (entry.delivery, entry.send_at) {
            (Some(Delivery::Pending), Some(at)) => lines.push(format!("A reply leaves at {}", at.in_words())),
            (Some(Delivery::Failed), _) => {
                lines.push(format!("The reply of {} was not delivered", entry.at.in_words()))
            }
            _ => {}
        }
    }
    for (agent, kind, since) in &known.drafts {
        lines.push(format!("{agent} has a {kind} that is not sent, of {}", since.in_words()));
    }
    if lines.is_empty() { vec!["Nothing that the desk knows of".into()] } else { lines }
}

/// The customer's last message, when nobody has replied since.
fn unanswered(entries: &[EntryRow]) -> Option<&EntryRow> {
    let live = |entry: &&EntryRow| entry.delivery != Some(Delivery::Cancelled);
    let last = entries.iter().rev().filter(live).find(|e| matches!(e.kind, EntryKind::MailIn | EntryKind::MailOut))?;
    (last.kind == EntryKind::MailIn).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{CaseId, Changed, EntryId};

    const MINUTE: i64 = 60_000_000;

    fn entry(id: i64, kind: EntryKind, text: &str, data: &EntryData) -> EntryRow {
        EntryRow {
            id: EntryId(id),
            case_id: CaseId(1042),
            kind,
            agent_id: None,
            contact_id: None,
            at: Timestamp(id * MINUTE),
            text: text.into(),
            data: serde_json::to_string(data).unwrap(),
            delivery: (kind == EntryKind::MailOut).then_some(Delivery::Sent),
            send_at: None,
            failure: None,
            agent_name: matches!(kind, EntryKind::MailOut | EntryKind::Note | EntryKind::Change).then(|| "Ben".into()),
            contact_name: (kind == EntryKind::MailIn).then(|| "Anna Berg".into()),
        }
    }

    fn incoming() -> EntryData {
        EntryData::Incoming(Box::default())
    }

    fn known() -> Known {
        Known {
            key: "CD-1042".into(),
            contact: "Anna Berg, anna@northbay.example".into(),
            organisation: Some("Northbay (customer)".into()),
            assignee: Some("Ben".into()),
            team: Some("Support".into()),
            ..Known::default()
        }
    }

    #[test]
    fn a_case_with_everything_is_one_note() {
        let case = Case {
            subject: "No login over SFTP".into(),
            state: CaseState::Waiting,
            waiting_on: Some(WaitingOn::Engineering),
            unconfirmed_since: Some(Timestamp(3 * MINUTE)),
            ..Case::for_tests()
        };
        let change =
            EntryData::Change(Changed { field: "assignee".into(), from: None, to: Some("7".into()), undo: None });
        let entries = [
            entry(1, EntryKind::MailIn, "It refuses\nmy key.", &incoming()),
            entry(2, EntryKind::Change, "", &change),
            entry(3, EntryKind::MailOut, "Please send the log.", &EntryData::Outgoing(Default::default())),
            entry(4, EntryKind::MailIn, "Here it is.", &incoming()),
            entry(
                5,
                EntryKind::Note,
                "The key is of a kind that 5.1 does not know.",
                &EntryData::Note { mentions: vec![] },
            ),
        ];
        let known = Known {
            others: vec!["Bo Lind".into()],
            verdicts: vec![("Life cycle".into(), "ended".into(), "Transfer 5.1 had its last fixes in 2025.".into())],
            installation: Some("Main (production), Ferrywell Transfer".into()),
            details: vec![("Version".into(), "5.1".into()), ("Operating system".into(), "Debian 12".into())],
            missing: vec!["whether there is high availability".into()],
            drafts: vec![("Cleo".into(), "reply".into(), Timestamp(6 * MINUTE))],
            files: vec![(4, "server.log".into()), (4, "client.log".into())],
            names: vec![("assignee 7".into(), "Cleo".into())],
            ..known()
        };
        insta::assert_snapshot!(note(&case, &entries, &known), @r"
        **Hand-over of CD-1042: No login over SFTP**

        **Who**

        - Anna Berg, anna@northbay.example, at Northbay (customer)
        - Also: Bo Lind
        - A question, priority normal, since 1 Jan 1970, 00:00 UTC by mail
        - With Ben, team Support

        **What runs where**

        - Main (production), Ferrywell Transfer
        - Version: 5.1
        - Operating system: Debian 12

        **What the desk found**

        - Life cycle: ended. Transfer 5.1 had its last fixes in 2025.

        **What was tried**

        - 1 Jan 1970, 00:02 UTC, Ben changed the assignee to Cleo
        - 1 Jan 1970, 00:03 UTC, Ben replied: “Please send the log.”
        - 1 Jan 1970, 00:04 UTC, Anna Berg sent server.log, client.log
        - 1 Jan 1970, 00:05 UTC, Ben noted: “The key is of a kind that 5.1 does not know.”

        **What is open**

        - Not answered: Anna Berg, 1 Jan 1970, 00:04 UTC: “Here it is.”
        - Missing: whether there is high availability
        - Waits on engineering
        - A call is not confirmed in writing, since 1 Jan 1970, 00:03 UTC
        - Cleo has a reply that is not sent, of 1 Jan 1970, 00:06 UTC
        ");
    }

    #[test]
    fn a_case_of_which_nothing_is_known_says_so() {
        let case = Case { subject: "Hello".into(), ..Case::for_tests() };
        let known = Known { key: "CD-1042".into(), ..Known::default() };
        insta::assert_snapshot!(note(&case, &[], &known), @r"
        **Hand-over of CD-1042: Hello**

        **Who**

        - No contact is known
        - A question, priority normal, since 1 Jan 1970, 00:00 UTC by mail
        - With nobody

        **What runs where**

        - No installation is known

        **What the desk found**

        - Nothing: this desk keeps no file that the case is held against

        **What was tried**

        - Nothing yet

        **What is open**

        - Nothing that the desk knows of
        ");
    }

    #[test]
    fn a_reply_that_was_taken_back_answers_nothing_and_is_no_step() {
        let case = Case::for_tests();
        let back = EntryRow {
            delivery: Some(Delivery::Cancelled),
            ..entry(2, EntryKind::MailOut, "Try this.", &EntryData::Outgoing(Default::default()))
        };
        let text = note(&case, &[entry(1, EntryKind::MailIn, "Help.", &incoming()), back], &known());
        assert!(text.contains("Not answered: Anna Berg, 1 Jan 1970, 00:01 UTC: “Help.”"), "{text}");
        assert!(!text.contains("Try this."), "{text}");
    }

    #[test]
    fn of_a_long_case_the_newest_steps_are_told_and_the_rest_is_counted() {
        let note_of = |id| entry(id, EntryKind::Note, &format!("step {id}."), &EntryData::Note { mentions: vec![] });
        let entries: Vec<EntryRow> = (1..=20).map(note_of).collect();
        let text = note(&Case::for_tests(), &entries, &known());
        assert!(text.contains("- 8 earlier steps are on the case\n"), "{text}");
        assert!(!text.contains("step 8.") && text.contains("step 9.") && text.contains("step 20."), "{text}");
    }

    #[test]
    fn a_message_in_is_told_by_its_files_alone() {
        let message = entry(1, EntryKind::MailIn, "Words.", &EntryData::Incoming(Box::default()));
        let files = (0..12).map(|at| (1, format!("f{at}.log"))).collect();
        let text = note(&Case::for_tests(), &[message], &Known { files, ..known() });
        assert!(text.contains("Anna Berg sent f0.log") && text.contains("f9.log and 2 more"), "{text}");
    }
}
