//! The template's questions found again in an answer.
use std::collections::HashSet;

use crate::text::{Token, cut, tokens};
use crate::{Context, Field};

pub(crate) struct Template {
    questions: Vec<(Vec<String>, Vec<Field>)>,
    /// Every run of three words of the template.
    runs: HashSet<String>,
}

/// What a line is to the template.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    /// A question, and the byte where words that are not its own begin.
    Question {
        number: usize,
        rest: Option<usize>,
    },
    /// More words of the question with this number, or of none of them.
    Part(Option<usize>),
    Other,
}

const RUN: usize = 3;
const MOST_QUESTIONS: usize = 60;
const MOST_BYTES: usize = 16_000;

impl Template {
    pub(crate) fn new(context: &Context) -> Self {
        let questions: Vec<(Vec<String>, Vec<Field>)> = context
            .questions
            .iter()
            .take(MOST_QUESTIONS)
            .map(|question| (words(cut(&question.text, MOST_BYTES)), question.fields.clone()))
            .collect();
        let whole = words(cut(&context.template, MOST_BYTES));
        let runs = questions.iter().map(|(words, _)| words.as_slice()).chain([whole.as_slice()]);
        let runs = runs.flat_map(|words| words.windows(RUN)).map(|run| run.join(" ")).collect();
        Template { questions, runs }
    }

    pub(crate) fn fields(&self, number: usize) -> &[Field] {
        self.questions.get(number).map_or(&[], |(_, fields)| fields)
    }

    pub(crate) fn len(&self) -> usize {
        self.questions.len()
    }

    /// What the line of these tokens is; its number or bullet is cut off already.
    pub(crate) fn line(&self, tokens: &[Token]) -> Line {
        let said: Vec<&Token> = tokens.iter().filter(|token| token.says_something()).collect();
        if said.is_empty() {
            return Line::Other;
        }
        let words: Vec<&str> = said.iter().map(|token| token.word.as_str()).collect();
        for (number, (question, _)) in
            self.questions.iter().enumerate().filter(|(_, (question, _))| !question.is_empty())
        {
            let same = question.iter().zip(&words).take_while(|(one, other)| one == other).count();
            if same == question.len() {
                let rest = said.get(same).map(|token| token.start);
                // A short question's words may begin a sentence: then it is the sentence that counts.
                let is_own = rest.is_none() || question.len() >= 2;
                if is_own {
                    return Line::Question { number, rest };
                }
            } else if same == words.len() && same >= RUN {
                return Line::Question { number, rest: None };
            }
        }
        if words.len() >= RUN && words.windows(RUN).all(|run| self.runs.contains(&run.join(" "))) {
            let of = self.questions.iter().position(|(question, _)| {
                question.windows(words.len()).any(|part| part.iter().zip(&words).all(|(one, other)| one == other))
            });
            return Line::Part(of);
        }
        let short_end = words.len() < RUN
            && self.questions.iter().any(|(question, _)| {
                question.len() > 6
                    && question.ends_with(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
            });
        if short_end { Line::Part(None) } else { Line::Other }
    }
}

fn words(text: &str) -> Vec<String> {
    let mut tokens = tokens(text, 0..text.len());
    tokens.retain(Token::says_something);
    tokens.into_iter().map(|token| token.word).collect()
}
