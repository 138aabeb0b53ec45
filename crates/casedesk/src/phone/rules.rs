//! Decisions about calls: how a number is written, what is looked for, what the contact is asked. Pure.
use super::{CallState, PhoneError, Question};
use crate::customers::rules::DIGITS;
pub use crate::customers::rules::{e164, reversed};
use crate::kit::Timestamp;

/// So many digits at the end of a number tell who it may be.
pub const LEAST_SUFFIX: usize = 4;

pub const MOST_NAME: usize = 200;
pub const MOST_LABEL: usize = 50;
/// The longest summary or correction, in characters: it is sent by mail and shown on a page.
pub const MOST_SUMMARY: usize = 20_000;

/// What a search is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// The end of a number, from its last digit on, in each way that it may be meant.
    NumberEnds(Vec<String>),
    /// Part of a name, address or organisation.
    Name(String),
}

/// Reads what was typed into the field of the caller. `None`: too little to look for.
pub fn sought(typed: &str, country: &str) -> Option<Sought> {
    let typed = typed.trim();
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let number_like = typed.chars().all(|c| c.is_ascii_digit() || " +-./()\u{a0}\u{202f}".contains(c));
    if number_like {
        if digits < LEAST_SUFFIX {
            return None;
        }
        let mut ends = vec![reversed(typed)];
        ends.extend(e164(typed, country).ok().filter(|_| typed.starts_with('0')).map(|whole| reversed(&whole)));
        // A whole number as it is dialled inside its country.
        ends.extend(typed.strip_prefix('0').filter(|_| digits >= *DIGITS.start()).map(reversed));
        return Some(Sought::NumberEnds(ends));
    }
    (typed.chars().count() >= 2).then(|| Sought::Name(typed.chars().take(MOST_NAME).collect::<String>().to_lowercase()))
}

/// What follows a question that had no answer in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    SendSummary,
    GiveUp,
    Nothing,
}

/// `newest`: whether the question is the last that was asked about the call.
pub fn after_silence(state: CallState, asked: Question, newest: bool) -> Next {
    match (state, asked) {
        _ if !newest => Next::Nothing,
        (CallState::Asked, Question::Written) => Next::SendSummary,
        (CallState::SummarySent, Question::Summary) => Next::GiveUp,
        _ => Next::Nothing,
    }
}

/// Whether an agent may ask this now.
pub fn may_ask(state: CallState) -> Result<(), PhoneError> {
    match state {
        CallState::Running => Err(PhoneError::NotLogged),
        state if state.is_unconfirmed() => Ok(()),
        _ => Err(PhoneError::Settled),
    }
}

pub fn checked_times(started: Timestamp, ended: Option<Timestamp>) -> Result<(), PhoneError> {
    if ended.is_some_and(|ended| ended < started) { Err(PhoneError::EndsBeforeStart) } else { Ok(()) }
}

/// The words of a mail that asks, when the desk has no template of this name.
pub const fn template(asked: Question) -> (&'static str, &'static str) {
    match asked {
        Question::Written => (
            "Confirm in writing",
            "Thank you for your call. So that nothing is lost, please confirm in writing what it was about.\n\n\
             Answer to this mail, or write it here: {{link}}\n\nThe number of your case is {{case}}.",
        ),
        Question::Summary => (
            "Confirm the summary",
            "Thank you for your call. This is what we wrote down:\n\n{{summary}}\n\nIs it right? \
             Confirm it or correct it here: {{link}}\n\nOr answer to this mail. The number of your case is {{case}}.",
        ),
    }
}

/// The mail: the agent's words stand as a quotation, so that none of them is taken for the desk's.
pub fn mail(template: &str, case: &str, link: &str, summary: &str) -> String {
    let quoted: Vec<String> = summary.lines().map(|line| format!("> {line}")).collect();
    let filled = template.replace("{{case}}", case).replace("{{link}}", link);
    // Last, so that a field that somebody wrote into the summary stays as it is.
    filled.replace("{{summary}}", &quoted.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_are_sought_at_the_end_of_numbers_and_words_in_names() {
        let ends = |all: &[&str]| Some(Sought::NumberEnds(all.iter().map(|end| (*end).to_owned()).collect()));
        assert_eq!(sought("5678", "353"), ends(&["8765"]));
        assert_eq!(sought("0018", "353"), ends(&["8100"]));
        assert_eq!(sought("+353 1 234 5678", ""), ends(&["87654321353"]));
        assert_eq!(sought("01 234 5678", "353"), ends(&["876543210", "87654321353", "87654321"]));
        assert_eq!(sought("01 234 5678", ""), ends(&["876543210", "87654321"]));
        assert_eq!(sought("678", "353"), None);
        assert_eq!(sought("Anna", "353"), Some(Sought::Name("anna".into())));
        assert_eq!(sought("a", "353"), None);
    }

    #[test]
    fn silence_leads_on_from_the_newest_question_alone() {
        use Next::{GiveUp, Nothing, SendSummary};
        assert_eq!(after_silence(CallState::Asked, Question::Written, true), SendSummary);
        assert_eq!(after_silence(CallState::SummarySent, Question::Summary, true), GiveUp);
        assert_eq!(after_silence(CallState::Asked, Question::Written, false), Nothing);
        for state in [CallState::Confirmed, CallState::Corrected, CallState::Written, CallState::Accepted] {
            assert_eq!(after_silence(state, Question::Written, true), Nothing);
        }
    }

    #[test]
    fn a_summary_is_quoted_and_its_braces_stay() {
        let text = mail("{{summary}}\nat {{link}}", "CD-1", "https://x.example", "one\n{{link}}");
        assert_eq!(text, "> one\n> {{link}}\nat https://x.example");
    }
}
