//! What stands before a colon, in a heading or at the head of a table, and what it asks for.
use std::ops::Range;

use crate::Field;
use crate::phrases::Phrases;
use crate::text::{Kind, Token, tokens};
use crate::words::cues::{Cue, cues};
use crate::words::headings::{Asks, corrected, headings};
use crate::words::roles::{NUMBERED, roles};
use crate::words::technology::things;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) fields: Vec<Field>,
    /// The installation that it names.
    pub(crate) label: Option<String>,
    /// Whether it is about clients.
    pub(crate) client: bool,
    /// Whether it asks for something that is no detail.
    pub(crate) nothing: bool,
    /// Whether it is a heading's words, and not a name such as `LDAP`.
    pub(crate) heading: bool,
    /// Whether it has a name beside a heading's words: a value, where no colon follows.
    pub(crate) names: bool,
    /// How much of it was understood, in percent.
    pub(crate) understood: usize,
}

const STOP_WORDS: &[&str] = &[
    "the",
    "of",
    "your",
    "our",
    "used",
    "name",
    "names",
    "and",
    "type",
    "details",
    "what",
    "which",
    "is",
    "are",
    "do",
    "you",
    "use",
    "a",
    "an",
    "in",
    "we",
    "verwendete",
    "utilises",
    "utilise",
    "der",
    "die",
    "das",
    "und",
    "et",
    "y",
    "e",
    "en",
    "le",
    "la",
    "les",
    "des",
    "du",
    "de",
    "del",
    "current",
    "currently",
    "aktuelle",
    "my",
    "any",
    "for",
    "with",
    "file",
    "transfer",
    "full",
    "exact",
    "nom",
    "nombre",
    "nome",
    "naam",
    "nazwa",
    "welche",
    "welches",
    "behind",
    "there",
    "side",
    "l",
    "d",
    "s",
    "unser",
    "unsere",
    "notre",
    "nuestro",
    "nasz",
    "i",
    "no",
    "to",
    "or",
    "info",
    "information",
    "system",
    "server",
    "environment",
    "setup",
    "set",
    "up",
    "usados",
    "utilizados",
    "utilizzati",
    "gebruikte",
    "名",
    "使",
    "用",
];

/// The longest key that is looked at, in bytes and words.
const LONGEST: usize = 140;
const MOST_WORDS: usize = 14;

pub(crate) fn meaning(text: &str, range: Range<usize>, products: &Phrases<usize>) -> Option<Meaning> {
    if range.len() > LONGEST {
        return None;
    }
    let mut tokens: Vec<Token> = tokens(text, range);
    tokens.retain(Token::says_something);
    if tokens.is_empty() || tokens.iter().filter(|token| token.kind != Kind::Cjk).count() > MOST_WORDS {
        return None;
    }
    for token in &mut tokens {
        if let Some(word) = corrected(&token.word) {
            token.word = word.to_owned();
        }
    }
    let mut understood = vec![false; tokens.len()];
    let mut mark = |first: usize, end: usize| understood[first..end].iter_mut().for_each(|one| *one = true);
    let asked = headings().all(&tokens);
    asked.iter().for_each(|(_, first, end)| mark(*first, *end));
    let named = things().all(&tokens);
    named.iter().for_each(|(_, first, end)| mark(*first, *end));
    let apart = |first: usize, end: usize| asked.iter().all(|(_, other, last)| end <= *other || *last <= first);
    let names = named.iter().any(|(_, first, end)| apart(*first, *end));
    let product = products.all(&tokens);
    product.iter().for_each(|(_, first, end)| mark(*first, *end));
    let label = label(&tokens, &mut mark);
    let clients = cues().all(&tokens).into_iter().filter(|(cue, ..)| *cue == Cue::Client).collect::<Vec<_>>();
    clients.iter().for_each(|(_, first, end)| mark(*first, *end));
    let asks: Vec<Asks> = asked.iter().map(|(asks, ..)| *asks).collect();
    let mut fields = fields(&asks, label.is_some());
    if fields.is_empty() && !product.is_empty() {
        fields.push(Field::ProductVersion);
    }
    let heading = !fields.is_empty();
    if fields.is_empty() {
        fields.extend(named.first().map(|(thing, ..)| thing.field));
    }
    let client = !clients.is_empty();
    let counted: Vec<bool> = tokens
        .iter()
        .zip(&understood)
        .filter(|(token, understood)| **understood || !token.is_one_of(STOP_WORDS))
        .map(|(_, understood)| *understood)
        .collect();
    let share = counted.iter().filter(|one| **one).count() * 100 / counted.len().max(1);
    let nothing = asks.contains(&Asks::Nothing) && !heading && share >= 70;
    if label.is_some() {
        fields.retain(|field| *field != Field::Role);
    }
    if fields.is_empty() && label.is_none() && !client && !nothing {
        return None;
    }
    Some(Meaning { fields, label, client, nothing, heading, names, understood: share })
}

/// "Version" and "system" give way to what else is named beside them.
fn fields(asks: &[Asks], has_label: bool) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for asked in asks {
        let more: &[Field] = match asked {
            Asks::Field(field) => &[*field],
            Asks::System if !has_label || asks.len() > 1 || asks.first() != Some(&Asks::System) => {
                &[Field::OsName, Field::OsVersion]
            }
            _ => &[],
        };
        more.iter().for_each(|field| {
            if !fields.contains(field) {
                fields.push(*field);
            }
        });
    }
    // "High availability architecture" and "database server version" are about the first of the two.
    if fields.len() > 1 {
        fields.retain(|field| *field != Field::OsArchitecture);
    }
    if fields.is_empty() && asks.contains(&Asks::Version) {
        fields.push(Field::ProductVersion);
    }
    fields
}

/// A role, or `Server 1`, where little else is said.
fn label(tokens: &[Token], mark: &mut impl FnMut(usize, usize)) -> Option<String> {
    let found = roles().all(tokens);
    if let [(role, first, end)] = found.as_slice() {
        mark(*first, *end);
        return Some((*role).to_owned());
    }
    if found.len() > 1 {
        return None;
    }
    let at = tokens.iter().position(|token| token.is_one_of(NUMBERED))?;
    let which = tokens.get(at + 1)?;
    let is_short = which.word.len() <= 2 && tokens.len() <= 3 && which.kind != Kind::Cjk;
    if !is_short || which.is_one_of(&["os", "is", "in", "on", "db", "no"]) {
        return None;
    }
    mark(at, at + 2);
    let mut name = tokens[at].word.clone();
    name[..1].make_ascii_uppercase();
    Some(format!("{name} {}", which.word.to_uppercase()))
}

/// Where the key of a line or sentence ends and its value begins.
pub(crate) fn split(text: &str, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let part = text.get(range.clone())?;
    for (at, c) in part.char_indices().take_while(|(at, _)| *at <= LONGEST) {
        let after = &part[at + c.len_utf8()..];
        let len = match c {
            ':' | '：' if !after.starts_with("//") && !after.starts_with('\\') => c.len_utf8(),
            '=' | '?' | '？' | '\t' | '|' | '→' => c.len_utf8(),
            ' ' if ["- ", "– ", "— ", "-> ", "=> ", "... "].iter().any(|mark| after.starts_with(mark)) => {
                1 + after.find(' ').unwrap_or(0)
            }
            _ => continue,
        };
        let is_time = matches!(c, ':') && part[..at].ends_with(|c: char| c.is_ascii_digit());
        if is_time && after.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        return Some((range.start..range.start + at, range.start + at + len..range.end));
    }
    None
}
