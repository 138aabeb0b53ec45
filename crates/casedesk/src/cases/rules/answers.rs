//! What a message says anew: its own words, and of the mail that it quotes only what nobody has said before.
use std::collections::HashSet;
use std::ops::Range;

use casedesk_details::{MOST_BYTES, Proposal};

use crate::cases::{Fold, LINK_TO_FORM};
use crate::customers::FieldValue;
use crate::kit::Timestamp;

/// So many words in a row that stood in an earlier mail are that mail's.
const RUN: usize = 3;
/// So many of them are remembered of the mails before.
const MOST_RUNS: usize = 200_000;
/// How the reader is told that what follows is an earlier mail: there only answers to the questions count.
const HISTORY: &str = "\n-----Original Message-----\n";

/// A message with the history that is folded away below it.
pub struct Whole {
    pub text: String,
    /// Where the history begins.
    history: usize,
}

/// What was said on the case before a message.
#[derive(Default)]
pub struct Said {
    runs: HashSet<String>,
    lines: HashSet<String>,
}

impl Whole {
    /// Mail programs quote as a whole what is answered between the lines: one level of quoting is taken off.
    pub fn new(text: &str, folds: &[Fold]) -> Self {
        let mut whole = text.to_owned();
        let history = whole.len();
        for fold in folds.iter().filter(|fold| matches!(fold.kind.as_str(), "quote" | "forward")) {
            whole.push_str(HISTORY);
            for line in fold.text.lines() {
                let bare = line.trim_start().strip_prefix('>');
                whole.push_str(bare.map_or(line, |bare| bare.strip_prefix(' ').unwrap_or(bare)));
                whole.push('\n');
            }
        }
        Self { text: whole, history }
    }

    /// What was read of it, less what only repeats an earlier mail.
    pub fn anew(&self, read: Vec<Proposal>, said: &Said) -> Vec<Proposal> {
        let all = words(&self.text);
        let mut repeated = vec![false; all.len()];
        for (at, run) in all.windows(RUN).enumerate() {
            if said.runs.contains(&joined(run)) {
                repeated[at..at + RUN].fill(true);
            }
        }
        let is_new = |proposal: &Proposal| {
            let range = &proposal.source.range;
            let start = self.text[..range.start].rfind('\n').map_or(0, |end| end + 1);
            let line = self.text[start..].lines().next().unwrap_or_default();
            if range.start < self.history && !line.trim_start().starts_with('>') {
                return !said.lines.contains(&joined(&words(line)));
            }
            let value = written(&self.text, range, &proposal.as_written);
            let mut within = all.iter().zip(&repeated).filter(|((place, _), _)| overlaps(place, &value));
            !line.contains(LINK_TO_FORM) && within.any(|(_, repeated)| !repeated)
        };
        read.into_iter().filter(is_new).collect()
    }
}

impl Said {
    /// By us or by the customer: it may come back in quotes.
    pub fn add(&mut self, text: &str) {
        let left = MOST_RUNS.saturating_sub(self.runs.len());
        if left > 0 {
            self.runs.extend(words(text).windows(RUN).map(joined).take(left));
        }
    }

    /// By us: mail programs that quote without a mark repeat it line by line.
    pub fn add_ours(&mut self, text: &str) {
        self.add(text);
        let lines = text.lines().map(|line| joined(&words(line))).filter(|line| !line.is_empty());
        self.lines.extend(lines);
    }
}

/// What is kept of a proposal: what is not there is said so.
pub fn kept(proposal: &Proposal) -> String {
    match (proposal.present, proposal.value.as_str()) {
        (true, value) | (false, value @ "none") => value.to_owned(),
        (false, value) => format!("no {value}"),
    }
}

/// Whether a proposal of a message of this time still waits for somebody: the file has nothing newer of its field.
pub fn is_open(proposal: &Proposal, said_at: Timestamp, values: &[FieldValue]) -> bool {
    let of_it = values.iter().filter(|value| value.field == proposal.field.name());
    !of_it.into_iter().any(|value| value.at >= said_at || value.value == kept(proposal))
}

/// Where the value stands in the sentence that it was read from; the whole sentence, when it was put together.
fn written(text: &str, sentence: &Range<usize>, value: &str) -> Range<usize> {
    let found = text.get(sentence.clone()).filter(|_| !value.is_empty()).and_then(|sentence| sentence.rfind(value));
    found.map_or_else(|| sentence.clone(), |at| sentence.start + at..sentence.start + at + value.len())
}

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

type Word = (Range<usize>, String);

/// The words of a text with their places, as they are compared.
fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (at, c) in text.char_indices().take(MOST_BYTES).filter(|(_, c)| c.is_alphanumeric()) {
        let end = at + c.len_utf8();
        match words.last_mut().filter(|(place, _)| place.end == at) {
            Some((place, word)) => {
                place.end = end;
                word.extend(c.to_lowercase());
            }
            None => words.push((at..end, c.to_lowercase().collect())),
        }
    }
    words
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use casedesk_details::{Context, Field, Question, read};

    use super::*;

    const ASKED: &str = "Hello Anna,\n\n- Product version\n- Operating system name and version (we know: Debian)\n\
                         - File transfer protocols used\n\nWhy we ask: a test suite runs.";

    fn found(text: &str, quote: &str, before: &[&str]) -> Vec<String> {
        let question = |text: &str, fields: &[Field]| Question { text: text.into(), fields: fields.into() };
        let questions = vec![
            question("Product version", &[Field::ProductVersion]),
            question("Operating system name and version", &[Field::OsName, Field::OsVersion]),
            question("File transfer protocols used", &[Field::Protocols]),
        ];
        let context = Context { questions, template: ASKED.into(), ..Context::default() };
        let fold = Fold { kind: "quote".into(), text: quote.into() };
        let whole = Whole::new(text, &[fold]);
        let mut said = Said::default();
        said.add_ours(ASKED);
        before.iter().for_each(|text| said.add(text));
        let proposals = whole.anew(read(&whole.text, &context), &said);
        proposals.iter().map(|one| format!("{} {}", one.field, one.value)).collect()
    }

    fn quoted(text: &str) -> String {
        text.lines().map(|line| format!("> {line}\n")).collect()
    }

    #[test]
    fn a_template_that_comes_back_untouched_says_nothing() {
        for quote in [ASKED.to_owned(), quoted(ASKED), quoted(&quoted(ASKED))] {
            assert_eq!(found("See below.", &quote, &[]), [""; 0], "{quote}");
            assert_eq!(found(&quote, "", &[]), [""; 0], "{quote}");
        }
    }

    #[test]
    fn answers_in_the_history_are_read_whether_marked_or_not() {
        let typed = ASKED.replace("version\n", "version: 5.2\n").replace("used\n", "used\nSFTP and HTTPS\n");
        let all = ["product_version 5.2", "protocols SFTP", "protocols HTTPS"];
        for quote in [typed.clone(), quoted(&typed)] {
            assert_eq!(found("See below.", &quote, &[]), all, "{quote}");
        }
    }

    #[test]
    fn an_answer_of_an_older_mail_is_not_read_again() {
        let older = ASKED.replace("version\n", "version: 5.1\n");
        let quote = older.replace("used\n", "used\nSFTP\n");
        assert_eq!(found("And the rest.", &quote, &[&older]), ["protocols SFTP"]);
        assert_eq!(
            found("We run Debian 12.", &quote, &[&quote, "We run Debian 12."]).len(),
            2,
            "what is typed anew counts"
        );
    }

    #[test]
    fn the_link_to_the_form_is_no_answer() {
        let quote = format!("{ASKED}\n- Other information\nhttps://desk.example{LINK_TO_FORM}0123456789abcdef\n");
        assert_eq!(found("Hello.", &quote, &[]), [""; 0]);
    }
}
