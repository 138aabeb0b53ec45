//! The line that introduces quoted text: `On … wrote:` in many languages and programs.

use super::Line;
use super::words::{MONTHS, OPENERS, VERBS, WEEKDAYS};
use crate::invisible::is_invisible;

/// Attributions are wrapped over at most this many lines.
const MAX_LINES: usize = 5;
const MAX_BYTES: usize = 600;

/// What an attribution has of the things that make one.
struct Features {
    verb: bool,
    date: bool,
    time: bool,
    address: bool,
    opener: bool,
    colon: bool,
    /// An address in angle brackets directly before the colon.
    closed: bool,
    /// `Ann via Support`: a list or forum passed it on.
    via: bool,
    /// A name stands in it, and not only words of a sentence.
    named: bool,
}

/// Where the attribution begins that stands directly above the quoted line `quoted`, not above
/// `floor`.
pub(crate) fn above(lines: &[Line], floor: usize, quoted: usize) -> Option<usize> {
    let last = lines.get(floor..quoted)?.iter().rposition(|line| !line.is_blank()).map(|at| at + floor)?;
    let mut best = None;
    let mut cut_at_name = false;
    for start in (floor..=last).rev().take(MAX_LINES) {
        if lines.get(start)?.is_blank() {
            break;
        }
        let Some(features) = features(lines, start, last + 1).filter(is_attribution) else {
            continue;
        };
        let cut_name = lines.get(start)?.text.trim_start().starts_with('<');
        // The name that belongs to a leading address stands on the line above.
        best = best.filter(|_| !cut_at_name).or(Some(start));
        cut_at_name = cut_name;
        if features.opener {
            return Some(start);
        }
    }
    best
}

/// The end of an attribution that begins at this line, if one does.
pub(crate) fn ending_after(lines: &[Line], start: usize) -> Option<usize> {
    let blank_above = start == 0 || lines.get(start - 1).is_some_and(Line::is_blank);
    for end in start + 1..=start + MAX_LINES {
        if lines.get(end - 1)?.is_blank() {
            return None;
        }
        let Some(features) = features(lines, start, end) else {
            continue;
        };
        let whole = blank_above && (end == start + 1 || opens_with_mailbox(lines, start));
        if is_attribution(&features) && (features.opener || whole) {
            return Some(end);
        }
    }
    None
}

/// `Ann Doe <ann@example.com> wrote on` and its like, wrapped behind the name.
fn opens_with_mailbox(lines: &[Line], start: usize) -> bool {
    lines.get(start).is_some_and(|line| line.text.contains('<'))
}

/// Whether it is an attribution even when nothing quoted follows: `On 5 May at 10:15 the service
/// wrote:` above a log is none.
pub(crate) fn is_strong(lines: &[Line], start: usize, end: usize) -> bool {
    features(lines, start, end).is_some_and(|found| {
        !found.colon
            || (found.verb && (found.address || found.via))
            || (found.verb && found.date && found.time && found.named)
            || (found.date && found.time && found.closed)
    })
}

fn is_attribution(found: &Features) -> bool {
    if !found.colon {
        return found.opener;
    }
    (found.verb && (found.date || found.address || found.time || found.via)) || (found.date && found.closed)
}

fn features(lines: &[Line], start: usize, end: usize) -> Option<Features> {
    let pieces = lines.get(start..end)?;
    if !may_be_one(pieces) {
        return None;
    }
    let mut text = String::new();
    for line in pieces {
        let piece = line.text.trim();
        if text.len() + piece.len() > MAX_BYTES {
            return None;
        }
        // Hebrew and Arabic programs wrap dates and addresses in direction marks.
        text.extend(piece.chars().filter(|c| !is_invisible(*c)));
        text.push(' ');
    }
    let text = text.trim();
    let lower = text.to_lowercase();
    let colon = lower.ends_with([':', '：']);
    let dated = !colon && (is_old_gmail(&lower) || is_forum_post(&lower));
    let before_colon = lower.trim_end_matches([':', '：', ' ', '\u{a0}']);
    Some(Features {
        verb: VERBS.iter().any(|verb| lower.contains(verb)),
        closed: before_colon.ends_with('>') && has_address(&lower),
        via: lower.contains(" via "),
        named: has_name(text),
        date: has_date(&lower),
        time: has_time(&lower),
        address: has_address(&lower),
        opener: dated || (colon && opens(&lower)),
        colon,
    })
}

/// The cheap part of the question, asked of every line: it ends in a colon or begins with a
/// date, and holds a number, an address or a `via`.
fn may_be_one(pieces: &[Line]) -> bool {
    let ends = pieces.last().is_some_and(|line| line.text.trim_end().ends_with([':', '：']));
    let begins = pieces.first().is_some_and(|line| {
        let start = line.text.trim_start();
        start.starts_with("20") || start.starts_with("Posted by ")
    });
    let holds = pieces.iter().any(|line| {
        let text = &line.text;
        text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@') || text.contains(" via ")
    });
    (ends || begins) && holds
}

/// `2016-03-03 17:21 GMT+01:00 Some One` and `2013/7/20 Some One <some@one.example>`: Gmail in
/// languages it had no sentence for.
fn is_old_gmail(lower: &str) -> bool {
    let mut words = lower.split_whitespace();
    let date = words.next().unwrap_or_default();
    let dated = date.len() >= 8
        && date.starts_with("20")
        && date.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/'));
    dated && (lower.contains(" gmt+") || lower.contains(" gmt-") || (lower.ends_with('>') && has_address(lower)))
}

/// `Posted by someone on 01/21/2016`: forums above the post that they mail.
fn is_forum_post(lower: &str) -> bool {
    lower.strip_prefix("posted by ").is_some_and(|rest| rest.contains(" on ") && has_numeric_date(rest))
}

/// A capital letter in a word behind the first that belongs to no date, or a script without
/// capitals.
fn has_name(text: &str) -> bool {
    text.split_whitespace().skip(1).any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = word.to_lowercase();
        let of_date = ["am", "pm", "uhr", "gmt", "utc", "cet", "cest", "est", "pst"].contains(&lower.as_str())
            || MONTHS.iter().chain(WEEKDAYS).any(|known| lower.starts_with(known.trim_end_matches(['.', ' '])));
        let capital = word.starts_with(char::is_uppercase);
        let caseless = word.chars().any(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase());
        !of_date && (capital || caseless)
    })
}

/// Whether it begins as a date or as words that lead to one.
fn opens(lower: &str) -> bool {
    let rest = lower.trim_start_matches(['"', '*', '_']);
    rest.starts_with(|c: char| c.is_ascii_digit())
        || WEEKDAYS.iter().any(|day| rest.starts_with(day)) && has_date(rest)
        || OPENERS.iter().any(|opener| {
            rest.strip_prefix(opener).is_some_and(|after| {
                let head: String = after.chars().take(40).collect();
                head.chars().any(|c| c.is_ascii_digit())
            })
        })
}

/// A year, a numeric date, or a month's name beside a number.
fn has_date(lower: &str) -> bool {
    let mut digits = 0;
    let mut year = false;
    for c in lower.chars().chain([' ']) {
        if c.is_ascii_digit() {
            digits += 1;
        } else {
            year |= digits == 4;
            digits = 0;
        }
    }
    let numbered = lower.bytes().any(|byte| byte.is_ascii_digit());
    let month = numbered && MONTHS.iter().any(|month| starts_a_word(lower, month));
    year || month || has_numeric_date(lower)
}

fn has_numeric_date(lower: &str) -> bool {
    lower.split(|c: char| c.is_whitespace() || c == ',').any(|word| {
        let parts: Vec<&str> = word.split(['/', '.', '-']).collect();
        parts.len() >= 3
            && parts
                .iter()
                .take(3)
                .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn starts_a_word(text: &str, needle: &str) -> bool {
    text.match_indices(needle)
        .any(|(at, _)| text.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|c| !c.is_alphabetic()))
}

/// `14:20`, `14.20`, `14h20`.
fn has_time(lower: &str) -> bool {
    lower.as_bytes().windows(4).any(|window| {
        matches!(window, [a, b':' | b'.' | b'h', b, c]
            if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_digit())
    })
}

fn has_address(lower: &str) -> bool {
    lower.split_once('@').is_some_and(|(before, after)| {
        before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'))
            && after.starts_with(|c: char| c.is_alphanumeric() || c == '[')
    })
}

/// Whether a quoted run begins with its attribution, as Apple Mail quotes it too.
pub(crate) fn inside(lines: &[Line], quoted: usize) -> bool {
    let inner: Vec<Line> = lines
        .iter()
        .skip(quoted)
        .take(MAX_LINES)
        .map(|line| Line::plain(line.text.trim_start_matches(['>', ' '])))
        .collect();
    ending_after(&inner, 0).is_some()
}
