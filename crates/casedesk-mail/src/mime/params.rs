//! `value; name=value` fields: Content-Type and Content-Disposition (RFC 2045 section 5.1,
//! RFC 2183) with the continuations and charsets of RFC 2231.

use std::collections::BTreeMap;

use super::{charset, encoding, words};

/// A parameter counted higher than this is not continued any more.
const MAX_SECTIONS: u32 = 200;

/// The value of a structured MIME field with its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    /// The value before the first `;`, lower case.
    pub(crate) value: String,
    params: Vec<(String, String)>,
}

/// The pieces of one RFC 2231 parameter.
#[derive(Default)]
struct Sections {
    charset: Option<String>,
    pieces: BTreeMap<u32, Vec<u8>>,
}

impl Params {
    /// Reads an unfolded field body.
    pub(crate) fn parse(input: &str) -> Params {
        let mut segments = split_unquoted(input, ';').into_iter();
        let value = strip_comments(segments.next().unwrap_or_default());
        let mut plain = Vec::new();
        let mut extended: BTreeMap<String, Sections> = BTreeMap::new();
        for segment in segments {
            let Some((name, value)) = segment.split_once('=') else {
                continue;
            };
            let name = name.trim().to_ascii_lowercase();
            let value = unquote(value.trim());
            match name.split_once('*') {
                Some((base, rest)) => add_section(extended.entry(base.to_owned()).or_default(), rest, &value),
                None => plain.push((name, words::decode(&value))),
            }
        }
        let mut params: Vec<(String, String)> =
            extended.into_iter().map(|(name, sections)| (name, sections.join())).collect();
        params.extend(plain);
        Params { value: value.trim().to_ascii_lowercase(), params }
    }

    /// The parameter of this (lower-case) name; the RFC 2231 form wins over the plain one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same parameters under another value.
    pub(crate) fn with_value(self, value: &str) -> Params {
        Params { value: value.to_owned(), ..self }
    }

    /// The part of the value before the slash.
    pub(crate) fn main_type(&self) -> &str {
        self.value.split('/').next().unwrap_or_default()
    }
}

impl Sections {
    fn join(self) -> String {
        let bytes: Vec<u8> = self.pieces.into_values().flatten().collect();
        charset::decode(&bytes, self.charset.as_deref()).0.into_owned()
    }
}

/// Takes `name*0*=`, `name*1=` or `name*=`; `rest` is what stood behind the first star.
fn add_section(sections: &mut Sections, rest: &str, value: &str) {
    let encoded = rest.is_empty() || rest.ends_with('*');
    let number: u32 = rest.trim_end_matches('*').parse().unwrap_or(0);
    if number > MAX_SECTIONS {
        return;
    }
    let mut text = value;
    if encoded && number == 0 {
        let mut parts = value.splitn(3, '\'');
        if let (Some(charset), Some(_), Some(body)) = (parts.next(), parts.next(), parts.next()) {
            sections.charset = (!charset.is_empty()).then(|| charset.to_owned());
            text = body;
        }
    }
    let bytes = if encoded { percent(text) } else { text.as_bytes().to_vec() };
    sections.pieces.insert(number, bytes);
}

fn percent(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%'
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (encoding::hex(*high), encoding::hex(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

/// Splits at a separator that stands outside of quotes.
pub(crate) fn split_unquoted(input: &str, separator: char) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in input.char_indices() {
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            out.push(input.get(start..at).unwrap_or_default());
            start = at + c.len_utf8();
        }
    }
    out.push(input.get(start..).unwrap_or_default());
    out
}

/// The content of a quoted string, or the token itself.
fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        let apostrophes = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        return apostrophes.unwrap_or(value).to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => break,
            _ => {
                escaped = false;
                out.push(c);
            }
        }
    }
    out
}

fn strip_comments(value: &str) -> String {
    value.split_once('(').map_or(value, |(before, _)| before).to_owned()
}
