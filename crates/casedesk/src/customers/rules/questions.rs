//! How customers are asked for the details of an installation: the questions, and the text around them. What stands
//! here is what ships; a desk may use its own words.
use std::collections::BTreeMap;

use casedesk_details::Field;

use super::{Known, Logs, label, within};
use crate::customers::CustomersError;

/// The name of the text around the questions, among the words that a desk may change.
pub const MAIL: &str = "mail";
/// The name by which a log is asked for, beside the names of fields.
pub const LOG: &str = "log";
/// Where the questions stand in the text.
pub const QUESTIONS: &str = "{{questions}}";
/// The fields that the text has to have.
const NEEDED: [&str; 2] = [QUESTIONS, "{{private link}}"];
const MOST_TEXT: usize = 10_000;
const MOST_QUESTION: usize = 500;

/// The text that ships.
const SHIPPED: &str = "Hello {{first name}},

to help you well, we need to know more about your installation:

{{questions}}

You can answer on this page, which keeps what you type, and takes log files of up to {{largest file}}:

{{private link}}

Or reply to this mail: what you write there arrives here too.

Why we ask: before a release an automated test suite runs, and knowing your set-up lets it run against a similar one. The details are not shared with any third party and serve only to improve support and the product.";

/// What details of installations are kept for, as the text that asks for them says it.
pub const PURPOSE: &str = "Before a release an automated test suite runs, and knowing a set-up lets it run against a similar \
    one. The details are not shared with any third party and serve only to improve support and the product.";

/// A question as customers read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub key: &'static str,
    pub words: String,
    /// What it asks for; empty: a log.
    pub fields: &'static [Field],
}

impl Question {
    pub fn is_log(&self) -> bool {
        self.fields.is_empty()
    }
}

/// The questions in their order, and the text around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questionnaire {
    pub mail: String,
    pub questions: Vec<Question>,
}

/// Key, words, and the fields that it asks for.
const QUESTIONS_SHIPPED: [(&str, &str, &[Field]); 6] = [
    ("version", "Product version", &[Field::ProductVersion]),
    ("system", "Operating system name and version", &[Field::OsName, Field::OsVersion, Field::OsArchitecture]),
    ("protocols", "File transfer protocols used", &[Field::Protocols]),
    (LOG, "A time-stamped server-side log and, where relevant, the client-side log", &[]),
    (
        "technology",
        "Any integration, software, resilience, redundancy or high availability architecture, security or other \
         technology that touches the product (firewalls, proxy, LDAP, Active Directory, single sign-on, management \
         software)",
        &[Field::HighAvailability, Field::Integrations, Field::Security, Field::Database, Field::Runtime],
    ),
    ("other", "Other information", &[Field::Other]),
];

/// What ships, with a desk's own words in place of it.
pub fn questionnaire(own: &BTreeMap<String, String>) -> Questionnaire {
    let words = |name: &str, shipped: &str| own.get(name).map_or_else(|| shipped.to_owned(), Clone::clone);
    let question = |(key, shipped, fields)| Question { key, words: words(key, shipped), fields };
    Questionnaire { mail: words(MAIL, SHIPPED), questions: QUESTIONS_SHIPPED.map(question).into() }
}

/// Words that may be kept under a name; `None`: they are what ships.
pub fn checked_words(name: &str, body: &str) -> Result<Option<String>, CustomersError> {
    let body = body.replace("\r\n", "\n");
    let shipped = questionnaire(&BTreeMap::new());
    if name == MAIL {
        let text = body.trim().to_owned();
        within(&text, "text", MOST_TEXT)?;
        if let Some(lost) = NEEDED.iter().find(|needed| !text.contains(**needed)) {
            return Err(CustomersError::NoPlace(lost));
        }
        return Ok(Some(text).filter(|text| *text != shipped.mail));
    }
    let question = shipped.questions.iter().find(|question| question.key == name);
    let question = question.ok_or(CustomersError::Missing("question"))?;
    let words = body.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return Err(CustomersError::Empty("question"));
    }
    within(&words, "question", MOST_QUESTION)?;
    Ok(Some(words).filter(|words| *words != question.words))
}

/// What a case lacks.
#[derive(Clone, Debug, Default)]
pub struct Lacks {
    pub fields: Vec<Field>,
    /// The logs that it needs and does not have as it should. `None`: nothing is lacking there.
    pub log: Option<Logs>,
    /// What is known of the installation.
    pub known: Vec<Known>,
}

impl Lacks {
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.log.is_none()
    }

    /// The names of all that is lacking.
    pub fn names(&self) -> Vec<String> {
        let fields = self.fields.iter().map(|field| field.name().to_owned());
        fields.chain(self.log.map(|_| LOG.to_owned())).collect()
    }

    fn value(&self, field: Field) -> Option<&str> {
        let found = self.known.iter().find(|known| known.field == field && !known.value.trim().is_empty());
        found.map(|known| known.value.as_str())
    }
}

impl Questionnaire {
    /// The questions for what is lacking, as lines of Markdown.
    pub fn lines(&self, lacks: &Lacks) -> String {
        let asked = |question: &&Question| {
            if question.is_log() {
                return lacks.log.is_some();
            }
            let other = question.fields == [Field::Other] && !lacks.fields.is_empty();
            other && lacks.value(Field::Other).is_none() || question.fields.iter().any(|one| lacks.fields.contains(one))
        };
        let line = |question: &Question| format!("- {}{}", question.words, known(question, lacks));
        self.questions.iter().filter(asked).map(line).collect::<Vec<_>>().join("\n")
    }

    /// What a text asks for: the lacking details of each question whose words stand in it. One that was reworded as a
    /// whole asks for all that is lacking.
    pub fn asked_in(&self, text: &str, lacks: &Lacks) -> Vec<String> {
        let text = plain(text);
        let mut asked = Vec::new();
        for question in self.questions.iter().filter(|question| text.contains(&plain(&question.words))) {
            if question.is_log() {
                asked.push(LOG.to_owned());
                continue;
            }
            let lacking: Vec<Field> =
                question.fields.iter().filter(|field| lacks.fields.contains(field)).copied().collect();
            let fields = if lacking.is_empty() { question.fields.to_vec() } else { lacking };
            asked.extend(fields.iter().map(|field| field.name().to_owned()));
        }
        if asked.is_empty() { lacks.names() } else { asked }
    }
}

/// What is known of a question that is asked all the same, or what was wrong with the log that came.
fn known(question: &Question, lacks: &Lacks) -> String {
    if question.is_log() {
        let unstamped = lacks.log == Some(Logs::Unstamped);
        return if unstamped { " (the one that came has no time stamps)".into() } else { String::new() };
    }
    let values: Vec<&str> = question.fields.iter().filter_map(|field| lacks.value(*field)).collect();
    if values.is_empty() { String::new() } else { format!(" (we know: {})", values.join(", ")) }
}

/// Words without what Markdown and line ends do to them.
fn plain(text: &str) -> String {
    let kept = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' });
    kept.collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Details that were asked for, in the words of agents' pages.
pub fn asked_words(names: &[String]) -> String {
    let word = |name: &String| match Field::from_name(name) {
        Some(field) => label(field).to_owned(),
        None => "Server log".to_owned(),
    };
    names.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Questionnaire {
        questionnaire(&BTreeMap::new())
    }

    fn lacks(fields: &[Field], log: Option<Logs>) -> Lacks {
        let known = vec![Known { field: Field::OsName, value: "Debian".into() }];
        Lacks { fields: fields.into(), log, known }
    }

    #[test]
    fn only_what_is_lacking_is_asked() {
        let lines = shipped().lines(&lacks(&[Field::OsVersion], None));
        assert_eq!(lines, "- Operating system name and version (we know: Debian)\n- Other information");
        let lines = shipped().lines(&lacks(&[], Some(Logs::Unstamped)));
        assert!(lines.starts_with("- A time-stamped server-side log") && lines.ends_with("has no time stamps)"));
        assert_eq!(lines.lines().count(), 1);
        assert_eq!(shipped().lines(&lacks(&[], None)), "");
    }

    #[test]
    fn what_a_text_asks_is_told_by_the_questions_that_stand_in_it() {
        let lacking = lacks(&[Field::ProductVersion, Field::OsVersion], Some(Logs::None));
        let questions = shipped();
        let whole = questions.mail.replace(QUESTIONS, &questions.lines(&lacking));
        assert_eq!(questions.asked_in(&whole, &lacking), ["product_version", "os_version", "log", "other"]);
        let edited = "Hi,\n\n* **Operating system\nname and version**, please";
        assert_eq!(questions.asked_in(edited, &lacking), ["os_version"]);
        assert_eq!(questions.asked_in("What do you run?", &lacking), ["product_version", "os_version", "log"]);
    }

    #[test]
    fn a_text_keeps_its_places_and_what_ships_is_not_kept_twice() {
        assert!(matches!(checked_words(MAIL, "Hello {{questions}}"), Err(CustomersError::NoPlace("{{private link}}"))));
        assert_eq!(checked_words(MAIL, SHIPPED).unwrap(), None);
        assert_eq!(checked_words("version", " Which  version? ").unwrap().as_deref(), Some("Which version?"));
        assert_eq!(checked_words("version", "Product version").unwrap(), None);
        assert!(checked_words("version", " ").is_err() && checked_words("colour", "Which?").is_err());
    }

    #[test]
    fn every_field_but_the_role_has_its_question_once() {
        let mut asked: Vec<Field> =
            QUESTIONS_SHIPPED.iter().flat_map(|(_, _, fields)| fields.iter().copied()).collect();
        asked.push(Field::Role);
        assert_eq!(asked.len(), Field::ALL.len());
        assert!(Field::ALL.iter().all(|field| asked.contains(field)));
    }
}
