//! Telling what is new in a mail from what it repeats.
//!
//! Hand-written line classifiers instead of regular expressions: every line is looked at a
//! bounded number of times, so no input is slow. The order of decisions:
//!
//! 1. where the history begins that lasts to the end of the mail ([`history`]),
//! 2. what of the rest is signature or footer ([`signature`]),
//! 3. which quoted passages are answered where they stand ([`quotes`]).

pub(crate) mod attribution;
pub(crate) mod headers;
mod history;
pub(crate) mod markers;
mod quotes;
mod signature;
mod words;

use crate::body::{Segment, SegmentKind};

/// A line of a body, with what the HTML said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Inside an element that holds quoted text.
    pub(crate) in_quote: bool,
    /// From here to the end the mail program shows the earlier mail.
    pub(crate) starts_history: bool,
}

impl Line {
    pub(crate) fn plain(text: &str) -> Line {
        Line { text: text.to_owned(), ..Line::default() }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether the line is quoted, by markup or by a `>` in front.
    pub(crate) fn is_quoted(&self) -> bool {
        self.in_quote || has_quote_prefix(&self.text)
    }
}

/// `> text`, `>text`, ` > text`, and the initials of `AB> text`.
fn has_quote_prefix(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t']);
    let Some((before, rest)) = text.split_once('>') else {
        return false;
    };
    // A lone `>:` closes an address that the mail program wrapped.
    let initials = before.len() <= 3 && before.bytes().all(|byte| byte.is_ascii_uppercase());
    initials && rest.trim() != ":"
}

/// More lines than this are a pasted log; what follows them is shown as it is.
const MAX_LINES: usize = 20_000;

/// Cuts a body into segments that together hold every line.
pub(crate) fn segments(lines: &[Line]) -> Vec<Segment> {
    let (looked_at, rest) = lines.split_at(lines.len().min(MAX_LINES));
    let mut kinds = kinds(looked_at);
    kinds.extend(rest.iter().map(|_| SegmentKind::New));
    join_blank_lines(lines, &mut kinds);
    merge(lines, &kinds)
}

fn kinds(lines: &[Line]) -> Vec<SegmentKind> {
    let mut kinds = vec![SegmentKind::New; lines.len()];
    let end = match history::find(lines) {
        Some(found) => {
            fill(&mut kinds, found.start, lines.len(), found.kind);
            found.start
        }
        None => lines.len(),
    };
    let shown = lines.get(..end).unwrap_or(lines);
    signature::mark(shown, &mut kinds);
    quotes::mark(shown, &mut kinds, end < lines.len());
    kinds
}

/// Sets the kind of the lines from `start` to before `end`.
fn fill(kinds: &mut [SegmentKind], start: usize, end: usize, kind: SegmentKind) {
    for slot in kinds.iter_mut().take(end).skip(start) {
        *slot = kind;
    }
}

/// Blank lines go with what stands above them.
fn join_blank_lines(lines: &[Line], kinds: &mut [SegmentKind]) {
    let mut above = None;
    for (line, kind) in lines.iter().zip(kinds) {
        match above {
            Some(above) if line.is_blank() => *kind = above,
            _ => above = (!line.is_blank()).then_some(*kind),
        }
    }
}

fn merge(lines: &[Line], kinds: &[SegmentKind]) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for (line, kind) in lines.iter().zip(kinds) {
        match out.last_mut() {
            Some(last) if last.kind == *kind => {
                last.text.push('\n');
                last.text.push_str(&line.text);
            }
            _ => out.push(Segment { kind: *kind, text: line.text.clone() }),
        }
    }
    out
}
