//! Finding the phrases of a table in tokens, the longest first.
use std::collections::HashMap;

use crate::text::{Kind, Token, tokens};

struct Phrase<T> {
    /// Words, and whether each must be glued to the one before (`f5`, not `f 5`).
    words: Vec<(String, bool)>,
    means: T,
}

pub(crate) struct Phrases<T> {
    by_first: HashMap<String, Vec<Phrase<T>>>,
}

impl<T: Copy> Phrases<T> {
    /// Each row: spellings parted by `|`, and what they mean.
    pub(crate) fn new(rows: impl IntoIterator<Item = (impl AsRef<str>, T)>) -> Self {
        let mut by_first: HashMap<String, Vec<Phrase<T>>> = HashMap::new();
        for (spellings, means) in rows {
            for spelling in spellings.as_ref().split('|') {
                let words: Vec<(String, bool)> = tokens(spelling, 0..spelling.len())
                    .into_iter()
                    .filter(Token::says_something)
                    .map(|token| (token.word, token.glued && token.kind != Kind::Cjk))
                    .collect();
                if let Some((first, _)) = words.first() {
                    by_first.entry(first.clone()).or_default().push(Phrase { words, means });
                }
            }
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        Phrases { by_first }
    }

    /// The longest phrase that begins at token `at`: what it means, and the token after it.
    pub(crate) fn at(&self, tokens: &[Token], at: usize) -> Option<(T, usize)> {
        let first = tokens.get(at)?;
        if !first.says_something() || is_inside_identifier(tokens, at) {
            return None;
        }
        let known = self.by_first.get(&first.word).map_or(&[][..], Vec::as_slice).iter().find_map(|phrase| {
            let end = matched(&phrase.words, tokens, at)?;
            (!continues(tokens, end)).then_some((phrase.means, end))
        });
        known.or_else(|| self.plural(first, at)).filter(|(_, end)| !continues(tokens, *end))
    }

    /// "FortiGates"
    fn plural(&self, token: &Token, at: usize) -> Option<(T, usize)> {
        const SHORTEST: usize = 6;
        let one = token.word.strip_suffix('s').filter(|one| one.len() >= SHORTEST)?;
        let phrase = self.by_first.get(one)?.iter().find(|phrase| phrase.words.len() == 1)?;
        Some((phrase.means, at + 1))
    }

    /// All phrases from left to right, none overlapping: meaning, first token, token after.
    pub(crate) fn all(&self, tokens: &[Token]) -> Vec<(T, usize, usize)> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < tokens.len() {
            match self.at(tokens, at) {
                Some((means, end)) => {
                    found.push((means, at, end));
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }
}

fn matched(words: &[(String, bool)], tokens: &[Token], at: usize) -> Option<usize> {
    let mut next = at + 1;
    for (word, glued) in &words[1..] {
        let mut token = tokens.get(next)?;
        let mut joined = token.glued;
        if token.is_one_of(&["-", "_", "/", ".", "'", "®", "™", "+", "("]) {
            next += 1;
            token = tokens.get(next)?;
            joined = joined && token.glued;
        }
        if token.word != *word || (*glued && !joined) {
            return None;
        }
        next += 1;
    }
    Some(next)
}

/// `my_ftp`: a part of a name that somebody chose.
fn is_inside_identifier(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return false };
    tokens[at].glued && (before.is("_") || (before.is(".") && at >= 2 && before.glued && word_at(tokens, at - 2)))
}

/// `java.lang`, `ftp_root`.
fn continues(tokens: &[Token], end: usize) -> bool {
    let (Some(mark), Some(after)) = (tokens.get(end), tokens.get(end + 1)) else { return false };
    mark.glued && after.glued && (mark.is("_") || (mark.is(".") && after.kind == Kind::Word))
}

fn word_at(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
}
