//! Decisions about the form: its fields, what typed words mean, and what may go into the file. Pure.
use casedesk_details::{Confidence, Context, Field, Proposal, read};

use super::DetailsError;
use super::store::Answer;
use crate::customers::rules::{LOG, MOST_VALUE, label};
use crate::customers::{ContactId, FieldSource, FieldValue, InstallationRole};

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Line,
    /// Several lines of room; line ends are kept as spaces.
    Text,
    /// One of the roles.
    Role,
}

/// A field as the form shows it.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    pub field: Field,
    pub label: &'static str,
    pub hint: &'static str,
    pub shape: Shape,
}

const fn input(field: Field, label: &'static str, hint: &'static str, shape: Shape) -> Input {
    Input { field, label, hint, shape }
}

/// The fields of the form, in its order.
pub const INPUTS: [Input; 12] = [
    input(Field::ProductVersion, "Version of our product", "As it shows it, such as 5.8.3.", Shape::Line),
    input(Field::Role, "What this installation is for", "", Shape::Role),
    input(Field::OsName, "Operating system", "Such as Windows Server or Red Hat Enterprise Linux.", Shape::Line),
    input(Field::OsVersion, "Version of the operating system", "Such as 2022 or 9.4.", Shape::Line),
    input(Field::OsArchitecture, "Architecture", "Such as x86-64.", Shape::Line),
    input(Field::Protocols, "File transfer protocols used", "Such as SFTP, FTPS, AS2.", Shape::Line),
    input(
        Field::HighAvailability,
        "High availability",
        "Clusters, load balancers, a standby, a second site; “none” when there is none.",
        Shape::Text,
    ),
    input(
        Field::Integrations,
        "What it works together with",
        "LDAP, Active Directory, single sign-on, management software; “none” when there is nothing.",
        Shape::Text,
    ),
    input(Field::Security, "Security around it", "Firewalls, proxies, virus scanners.", Shape::Text),
    input(Field::Database, "Database", "", Shape::Line),
    input(Field::Runtime, "Runtime", "Such as OpenJDK 17.", Shape::Line),
    input(Field::Other, "Anything else", "", Shape::Text),
];

/// The field of this name as the form has it.
pub fn input_named(name: &str) -> Option<Input> {
    INPUTS.into_iter().find(|input| input.field.name() == name)
}

/// A value on one line, as the file takes it.
pub fn checked(input: Input, typed: &str) -> Result<String, DetailsError> {
    let value = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if value.chars().count() > MOST_VALUE {
        return Err(DetailsError::TooLong(input.label, MOST_VALUE));
    }
    let is_role = value.is_empty() || value.parse::<InstallationRole>().is_ok();
    if input.shape == Shape::Role && !is_role { Err(DetailsError::Missing("role")) } else { Ok(value) }
}

/// The file's value of a field, when it has one.
pub fn known(values: &[FieldValue], field: Field) -> Option<&FieldValue> {
    values.iter().find(|value| value.field == field.name() && !value.value.is_empty())
}

/// Where a value comes from, for the customer: who of us or of them wrote it is not told.
pub fn told_from(value: &FieldValue, me: ContactId) -> &'static str {
    match (value.source, value.contact_id) {
        (FieldSource::Form | FieldSource::Mail, Some(who)) if who == me => "from your answer",
        (FieldSource::Form | FieldSource::Mail, Some(_)) => "from a colleague’s answer",
        _ => "from our file",
    }
}

/// How a typed value is understood: as the reader of answers writes it when it is sure, else as it was typed.
pub fn understood(field: Field, typed: &str, context: &Context) -> String {
    if typed.is_empty() || matches!(field, Field::Role | Field::Other) {
        return typed.to_owned();
    }
    let text = format!("{}: {typed}", heading(field));
    let found: Vec<Proposal> = read(&text, context).into_iter().filter(|proposal| proposal.field == field).collect();
    let sure = |one: &Proposal| one.confidence == Confidence::Sure && one.present;
    let whole = !found.is_empty() && found.iter().all(sure) && (field.is_set() || found.len() == 1);
    let left_out = field.is_set() && found.iter().map(|one| one.as_written.len()).sum::<usize>() * 2 < typed.len();
    if !whole || left_out {
        return typed.to_owned();
    }
    found.into_iter().map(|one| one.value).collect::<Vec<_>>().join(", ")
}

/// What the reader knows a field by at the beginning of a line.
fn heading(field: Field) -> &'static str {
    match field {
        Field::ProductVersion => "Product version",
        Field::OsName => "Operating system",
        Field::OsVersion => "OS version",
        Field::OsArchitecture => "Architecture",
        Field::Protocols => "Protocols",
        Field::HighAvailability => "High availability",
        Field::Integrations => "Integrations",
        Field::Database => "Database",
        Field::Runtime => "Java version",
        Field::Security => "Security",
        Field::Role => "Environment",
        Field::Other => "Other",
    }
}

/// What is to be done with a field that the customer sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes into the file.
    Kept { value: String, before: Option<String> },
    /// The file says so already.
    Same,
    /// The file's value is newer than what was typed: an agent decides.
    Waits { newer: String },
}

/// What becomes of an answer, given what the file has now.
pub fn fate(answer: &Answer, value: String, now: Option<&FieldValue>) -> Fate {
    let before = now.map(|known| known.value.clone()).filter(|known| !known.is_empty());
    if before.as_deref().unwrap_or_default() == value {
        return Fate::Same;
    }
    match now.filter(|known| known.at > answer.changed_at) {
        Some(newer) => Fate::Waits { newer: newer.value.clone() },
        None => Fate::Kept { value, before },
    }
}

/// How many of the details that were asked for are there, and how many were asked for. A log counts when one came.
pub fn progress(asked: &[&str], answers: &[Answer], values: &[FieldValue], files: usize) -> (usize, usize) {
    let done = |name: &&&str| match Field::from_name(name) {
        Some(field) => match answers.iter().find(|answer| answer.field == **name) {
            Some(answer) => !answer.value.is_empty(),
            None => known(values, field).is_some(),
        },
        None => **name == LOG && files > 0,
    };
    (asked.iter().filter(done).count(), asked.len())
}

/// A line of what the customer sent, for the timeline.
pub fn line(field: Field, typed: &str, fate: &Fate) -> String {
    let name = label(field);
    let as_typed = |value: &str| if value == typed { String::new() } else { format!(" (typed: {typed})") };
    match fate {
        Fate::Kept { value, before } => {
            let shown = if value.is_empty() { "not known any more" } else { value };
            let before = before.as_ref().map_or_else(String::new, |before| format!("; before: {before}"));
            format!("{name}: {shown}{}{before}", as_typed(value))
        }
        Fate::Same => format!("{name}: {typed} (as we have it)"),
        Fate::Waits { newer } => format!("{name}: {typed} (not taken over: the file has the newer “{newer}”)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Timestamp;

    fn answer(value: &str, changed_at: i64) -> Answer {
        let changed_at = Timestamp(changed_at);
        Answer { field: "os_name".into(), value: value.into(), version: 1, sent: 0, kept: 0, changed_at }
    }

    fn in_file(value: &str, source: FieldSource, contact: Option<i64>, at: i64) -> FieldValue {
        FieldValue {
            field: "os_name".into(),
            value: value.into(),
            written: value.into(),
            source,
            entry_id: None,
            agent_id: None,
            agent_name: None,
            contact_id: contact.map(ContactId),
            contact_name: None,
            at: Timestamp(at),
        }
    }

    #[test]
    fn an_answer_goes_into_the_file_unless_that_is_newer() {
        let old = in_file("Debian", FieldSource::Agent, None, 10);
        let typed = answer("Ubuntu", 20);
        let kept = Fate::Kept { value: "Ubuntu".into(), before: Some("Debian".into()) };
        assert_eq!(fate(&typed, "Ubuntu".into(), Some(&old)), kept);
        assert_eq!(fate(&typed, "Debian".into(), Some(&old)), Fate::Same);
        let newer = in_file("AIX", FieldSource::Agent, None, 30);
        assert_eq!(fate(&typed, "Ubuntu".into(), Some(&newer)), Fate::Waits { newer: "AIX".into() });
        assert_eq!(fate(&typed, "Ubuntu".into(), None), Fate::Kept { value: "Ubuntu".into(), before: None });
        // That it is not known any more is a newer word too.
        let forgotten = in_file("", FieldSource::Agent, None, 30);
        assert!(matches!(fate(&typed, "Ubuntu".into(), Some(&forgotten)), Fate::Waits { .. }));
    }

    #[test]
    fn where_a_value_comes_from_is_told_without_a_name() {
        let me = ContactId(1);
        assert_eq!(told_from(&in_file("x", FieldSource::Form, Some(1), 0), me), "from your answer");
        assert_eq!(told_from(&in_file("x", FieldSource::Mail, Some(2), 0), me), "from a colleague’s answer");
        assert_eq!(told_from(&in_file("x", FieldSource::Agent, None, 0), me), "from our file");
    }

    #[test]
    fn every_field_has_its_place_in_the_form_and_a_value_is_one_line() {
        for field in Field::ALL {
            assert_eq!(INPUTS.iter().filter(|input| input.field == field).count(), 1, "{field}");
        }
        let [role, other] = ["role", "other"].map(|name| input_named(name).unwrap());
        assert_eq!(checked(other, " two\r\n lines ").unwrap(), "two lines");
        assert!(matches!(checked(other, &"x".repeat(1001)), Err(DetailsError::TooLong(..))));
        assert!(checked(role, "test").is_ok() && checked(role, "").is_ok() && checked(role, "king").is_err());
    }

    #[test]
    fn a_detail_is_there_when_it_was_typed_or_is_known_and_a_log_when_a_file_came() {
        let known = [in_file("Debian", FieldSource::Agent, None, 10)];
        let asked = ["os_name", "other", LOG];
        assert_eq!(progress(&asked, &[], &known, 0), (1, 3));
        assert_eq!(progress(&asked, &[answer("", 20)], &known, 1), (1, 3), "emptied is not there");
    }
}
