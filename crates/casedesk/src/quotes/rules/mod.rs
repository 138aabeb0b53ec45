//! Decisions about quotes: what may be done with one as it stands, what a customer is told, what a mail says. Pure.
pub mod answer;
pub mod money;

use super::{Line, QuoteState, QuotesError, Terms};
use crate::kit::Day;
use crate::staff::AgentId;
use money::{Currency, currency, line_total};

pub const MOST_TITLE: usize = 200;
pub const MOST_TEXT: usize = 20_000;
pub const MOST_NOTE: usize = 1_000;
pub const MOST_DESCRIPTION: usize = 1_000;
pub const MOST_LINES: usize = 100;
/// The most lines of a text and of a description: they bound the pages of the paper.
const MOST_BREAKS: usize = 300;
const MOST_DESCRIPTION_BREAKS: usize = 20;
/// The longest name that somebody types who answers, and the longest reason.
pub const MOST_NAME: usize = 200;
pub const MOST_REASON: usize = 5_000;
const MOST_DAYS: i64 = 5 * 366;

/// Terms that may be kept, with their sums.
#[derive(Clone, Debug)]
pub struct Checked {
    pub terms: Terms,
    pub currency: Currency,
    pub totals_minor: Vec<i64>,
    pub total_minor: i64,
}

/// Whether the terms may be kept on this day. Lines may still be missing, and the one it goes to.
pub fn checked(terms: Terms, today: Day) -> Result<Checked, QuotesError> {
    let terms = Terms {
        title: terms.title.split_whitespace().collect::<Vec<_>>().join(" "),
        to: terms.to.trim().to_lowercase(),
        text: lines_of(&terms.text),
        vat_note: lines_of(&terms.vat_note),
        lines: terms.lines.into_iter().map(|line| Line { description: lines_of(&line.description), ..line }).collect(),
        ..terms
    };
    if terms.title.is_empty() {
        return Err(QuotesError::Empty("title"));
    }
    for (field, text, most) in [
        ("title", &terms.title, MOST_TITLE),
        ("text", &terms.text, MOST_TEXT),
        ("note on taxes", &terms.vat_note, MOST_NOTE),
    ] {
        short(field, text, most)?;
    }
    few_lines("text", &terms.text, MOST_BREAKS)?;
    few_lines("note on taxes", &terms.vat_note, MOST_DESCRIPTION_BREAKS)?;
    let currency = currency(&terms.currency).ok_or_else(|| QuotesError::NoCurrency(cut(&terms.currency)))?;
    valid(terms.valid_until, today)?;
    if today.days_until(terms.valid_until) > MOST_DAYS {
        return Err(QuotesError::DayIsTooFar);
    }
    let (totals_minor, total_minor) = sums(&terms.lines)?;
    Ok(Checked { terms, currency, totals_minor, total_minor })
}

/// The total of each line, and of all.
pub fn sums(lines: &[Line]) -> Result<(Vec<i64>, i64), QuotesError> {
    if lines.len() > MOST_LINES {
        return Err(QuotesError::TooManyLines(MOST_LINES));
    }
    let mut totals = Vec::with_capacity(lines.len());
    for line in lines {
        if line.description.is_empty() {
            return Err(QuotesError::Empty("description"));
        }
        short("description", &line.description, MOST_DESCRIPTION)?;
        few_lines("description", &line.description, MOST_DESCRIPTION_BREAKS)?;
        totals.push(line_total(line.quantity_milli, line.unit_price_minor)?);
    }
    let sum = totals.iter().try_fold(0_i64, |sum, total| sum.checked_add(*total));
    let sum = sum.filter(|sum| *sum <= money::MOST_MINOR).ok_or(QuotesError::TooLarge)?;
    if sum < 0 { Err(QuotesError::BelowZero) } else { Ok((totals, sum)) }
}

fn short(field: &'static str, text: &str, most: usize) -> Result<(), QuotesError> {
    if text.chars().count() > most { Err(QuotesError::TooLong { field, most }) } else { Ok(()) }
}

fn few_lines(field: &'static str, text: &str, most: usize) -> Result<(), QuotesError> {
    if text.lines().count() > most { Err(QuotesError::TooManyBreaks { field, most }) } else { Ok(()) }
}

/// Without empty lines around it, and with one kind of line ends.
fn lines_of(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

fn valid(until: Day, today: Day) -> Result<(), QuotesError> {
    if until < today { Err(QuotesError::DayIsOver) } else { Ok(()) }
}

/// What somebody wants to do with a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Edit,
    Submit,
    Approve,
    SendBack,
    Send,
    Withdraw,
    Decide,
    NewVersion,
}

/// Whether it may be done with a quote that stands so.
pub fn may(step: Step, state: QuoteState) -> Result<(), QuotesError> {
    use QuoteState as S;
    let (allowed, needs) = match step {
        Step::Edit => (state == S::Draft, "only a draft can be changed"),
        Step::Submit => (state == S::Draft, "only a draft can be submitted"),
        Step::Approve => (state == S::Submitted, "only one that was submitted can be approved"),
        Step::SendBack => (matches!(state, S::Submitted | S::Approved), "it cannot become a draft again"),
        Step::Send => (matches!(state, S::Approved | S::Sent), "sales has to approve it before it is sent"),
        Step::Withdraw => (state.is_in_work() || state == S::Sent, "it cannot be withdrawn any more"),
        Step::Decide => (state == S::Sent, "only one that is with the customer can be answered"),
        Step::NewVersion => (
            matches!(state, S::Sent | S::Declined | S::Expired | S::Withdrawn),
            "a new version follows one that was sent or is over",
        ),
    };
    if allowed { Ok(()) } else { Err(QuotesError::WrongState { is: state, needs }) }
}

/// Whether it is complete enough to be approved or sent on this day.
pub fn complete(lines: &[Line], to: &str, valid_until: Day, today: Day) -> Result<(), QuotesError> {
    if lines.is_empty() {
        return Err(QuotesError::NoLines);
    }
    if to.is_empty() {
        return Err(QuotesError::NoRecipient);
    }
    valid(valid_until, today)
}

/// Whether this agent may approve what these two wrote.
pub fn other_eyes(four_eyes: bool, drafted_by: AgentId, edited_by: AgentId, by: AgentId) -> Result<(), QuotesError> {
    if four_eyes && (drafted_by == by || edited_by == by) { Err(QuotesError::OwnQuote) } else { Ok(()) }
}

/// How a quote stands today: one whose last day is over has run out, also before the job has said so.
pub fn standing(state: QuoteState, valid_until: Day, today: Day) -> QuoteState {
    if state == QuoteState::Sent && valid_until < today { QuoteState::Expired } else { state }
}

/// What its customer is told when it cannot be answered any more; nothing while it can.
pub const fn over(state: QuoteState) -> Option<&'static str> {
    match state {
        QuoteState::Sent => None,
        QuoteState::Accepted => Some("This quote was accepted."),
        QuoteState::Declined => Some("This quote was declined."),
        QuoteState::Expired => Some("This quote has run out. Ask us for a new one."),
        QuoteState::Superseded => Some("A newer version of this quote was sent; this one no longer holds."),
        _ => Some("This quote was withdrawn; it no longer holds."),
    }
}

/// Its number, as people say it.
pub fn key(prefix: &str, series: i64, version: i64) -> String {
    if version > 1 { format!("{prefix}-{series} version {version}") } else { format!("{prefix}-{series}") }
}

/// The name of its file.
pub fn file_name(prefix: &str, series: i64, version: i64) -> String {
    if version > 1 { format!("{prefix}-{series}-v{version}.pdf") } else { format!("{prefix}-{series}.pdf") }
}

/// The words of the mail, when the desk has no template of this name.
pub const TEMPLATE: (&str, &str) = (
    "Quote",
    "Here is our quote {{quote}}: {{title}}.\n\nIt is for {{total}} and is valid until {{valid}}. The paper is attached.\
     \n\nLook at it, and accept or decline it, here: {{link}}\n\nOr answer to this mail. The number of your case is {{case}}.",
);

/// What the fields of the template are filled with.
pub struct Filling<'a> {
    pub quote: &'a str,
    pub title: &'a str,
    pub total: &'a str,
    pub valid: &'a str,
    pub link: &'a str,
    pub case: &'a str,
}

pub fn mail(template: &str, filling: &Filling<'_>) -> String {
    let filled = template
        .replace("{{quote}}", filling.quote)
        .replace("{{total}}", filling.total)
        .replace("{{valid}}", filling.valid)
        .replace("{{link}}", filling.link)
        .replace("{{case}}", filling.case);
    // Last, so that a field that somebody wrote into the title stays as it is; and as text, not as Markdown.
    filled.replace("{{title}}", &plain(filling.title))
}

fn plain(text: &str) -> String {
    text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn line(quantity_milli: i64, unit_price_minor: i64) -> Line {
        Line { description: "Work".into(), quantity_milli, unit_price_minor }
    }

    fn terms() -> Terms {
        Terms {
            title: " Cloud\n sources ".into(),
            to: "Anna@Northbay.example".into(),
            currency: "EUR".into(),
            valid_until: day("2027-03-31"),
            lines: vec![line(2_500, 12_050), line(1_000, -5_000)],
            text: String::new(),
            vat_note: String::new(),
        }
    }

    #[test]
    fn sums_are_made_of_the_lines_and_never_below_zero() {
        let kept = checked(terms(), day("2027-03-01")).unwrap();
        assert_eq!((kept.totals_minor, kept.total_minor), (vec![30_125, -5_000], 25_125));
        assert_eq!((kept.terms.title.as_str(), kept.terms.to.as_str()), ("Cloud sources", "anna@northbay.example"));
        let sums_of = |lines: &[Line]| sums(lines).map(|(_, total)| total);
        assert!(matches!(sums_of(&[line(1_000, -1)]), Err(QuotesError::BelowZero)));
        assert!(matches!(sums_of(&[line(1_000, money::MOST_MINOR), line(1_000, 1)]), Err(QuotesError::TooLarge)));
        assert!(matches!(sums_of(&vec![line(1_000, 1); 101]), Err(QuotesError::TooManyLines(100))));
        assert_eq!(sums_of(&[]).unwrap(), 0);
    }

    #[test]
    fn a_day_counts_itself_and_a_quote_does_not_last_for_ever() {
        assert!(checked(terms(), day("2027-03-31")).is_ok());
        assert!(matches!(checked(terms(), day("2027-04-01")), Err(QuotesError::DayIsOver)));
        assert!(matches!(checked(terms(), day("2020-01-01")), Err(QuotesError::DayIsTooFar)));
        assert_eq!(standing(QuoteState::Sent, day("2027-03-31"), day("2027-03-31")), QuoteState::Sent);
        assert_eq!(standing(QuoteState::Sent, day("2027-03-31"), day("2027-04-01")), QuoteState::Expired);
        assert_eq!(standing(QuoteState::Accepted, day("2027-03-31"), day("2027-04-01")), QuoteState::Accepted);
    }

    #[test]
    fn only_a_draft_is_written_and_only_what_was_sent_is_answered() {
        let allowed = |step: Step| -> Vec<&str> {
            QuoteState::ALL.iter().filter(|state| may(step, **state).is_ok()).map(|state| state.as_str()).collect()
        };
        assert_eq!(allowed(Step::Edit), ["draft"]);
        assert_eq!(allowed(Step::Submit), ["draft"]);
        assert_eq!(allowed(Step::Approve), ["submitted"]);
        assert_eq!(allowed(Step::Send), ["approved", "sent"]);
        assert_eq!(allowed(Step::Decide), ["sent"]);
        assert_eq!(allowed(Step::Withdraw), ["draft", "submitted", "approved", "sent"]);
        assert_eq!(allowed(Step::NewVersion), ["sent", "declined", "expired", "withdrawn"]);
    }

    #[test]
    fn nobody_approves_what_they_wrote_unless_the_desk_allows_it() {
        let (ann, ben, cara) = (AgentId(1), AgentId(2), AgentId(3));
        assert!(other_eyes(true, ann, ben, cara).is_ok());
        assert!(matches!(other_eyes(true, ann, ben, ann), Err(QuotesError::OwnQuote)));
        assert!(matches!(other_eyes(true, ann, ben, ben), Err(QuotesError::OwnQuote)));
        assert!(other_eyes(false, ann, ann, ann).is_ok());
    }

    #[test]
    fn a_title_is_words_in_the_mail_whatever_it_holds() {
        let filling =
            Filling { quote: "Q-1", title: "*a* {{link}}", total: "EUR 1.00", valid: "1 May", link: "L", case: "CD-1" };
        assert_eq!(mail("{{title}} {{link}}", &filling), "\\*a\\* \\{\\{link\\}\\} L");
    }
}
