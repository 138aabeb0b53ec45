//! Encoded words in header text (RFC 2047), joined before their charset is decoded.

use super::{charset, encoding};

/// One `=?charset?B?text?=`.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Readable text out of an unfolded field body.
///
/// Neighbouring words of one charset are joined as bytes first, because many mailers cut a
/// multi-byte character in two between words (forbidden by RFC 2047 section 5, seen daily).
pub(crate) fn decode(input: &str) -> String {
    let mut out = String::with_capacity(input.len());
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = input;
    while let Some(at) = rest.find("=?") {
        let (before, candidate) = rest.split_at(at);
        let Some((word, after)) = parse_word(candidate) else {
            flush(&mut pending, &mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = candidate.get(2..).unwrap_or_default();
            continue;
        };
        let joined = pending.is_some() && before.trim().is_empty();
        if !joined {
            flush(&mut pending, &mut out);
            out.push_str(before);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => {
                bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((word.charset.to_owned(), word.bytes));
            }
        }
        rest = after;
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, Some(&charset)).0);
    }
}

/// The word at the start of `input` and what follows it.
fn parse_word(input: &str) -> Option<(Word<'_>, &str)> {
    let body = input.strip_prefix("=?")?;
    let (charset, body) = body.split_once('?')?;
    let (method, body) = body.split_once('?')?;
    let (text, after) = body.split_once("?=")?;
    // RFC 2231 section 5 puts a language behind the charset.
    let charset = charset.split_once('*').map_or(charset, |(name, _)| name);
    if charset.is_empty() || charset.len() > 40 || charset.contains(char::is_whitespace) {
        return None;
    }
    let bytes = match method {
        "B" | "b" => encoding::base64(text.as_bytes()),
        "Q" | "q" => encoding::quoted_word(text.as_bytes()),
        _ => return None,
    };
    Some((Word { charset, bytes }, after))
}
