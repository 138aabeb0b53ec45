//! Where the repeated mail begins that fills the rest of the text.

use super::{Line, attribution, headers, markers};
use crate::body::SegmentKind;

/// The beginning of the history.
pub(crate) struct History {
    pub(crate) start: usize,
    pub(crate) kind: SegmentKind,
}

/// The first line from which on everything is an earlier mail.
///
/// Quotes that are marked line by line are not meant here: text may follow them.
pub(crate) fn find(lines: &[Line]) -> Option<History> {
    let mut has_text = false;
    for (at, line) in lines.iter().enumerate() {
        if let Some(found) = begins_at(lines, at, has_text) {
            return Some(found);
        }
        has_text |= !line.is_blank() && !line.is_quoted() && !markers::is_rule(&line.text);
    }
    None
}

fn begins_at(lines: &[Line], at: usize, has_text: bool) -> Option<History> {
    let line = lines.get(at)?;
    if markers::is_forward(&line.text) && !line.text.trim_start().starts_with('>') {
        return Some(History { start: at, kind: SegmentKind::Forward });
    }
    if line.is_quoted() && !line.starts_history {
        return None;
    }
    if line.starts_history {
        return Some(history(start_above(lines, at), forward_or_quote(lines, at, has_text)));
    }
    if markers::is_original(&line.text) && followed_by_more(lines, at) {
        return Some(history(at, SegmentKind::Quote));
    }
    if headers::block_at(lines, at).is_some() {
        return Some(history(start_above(lines, at), forward_or_quote(lines, at, has_text)));
    }
    let end = attribution::ending_after(lines, at)?;
    let next = lines.get(end..)?.iter().find(|line| !line.is_blank());
    // Without text of its own above, what follows an attribution is the reply after all.
    let unmarked = next.is_some_and(|next| !next.is_quoted());
    (has_text && unmarked && attribution::is_strong(lines, at, end)).then(|| history(at, SegmentKind::Quote))
}

fn history(start: usize, kind: SegmentKind) -> History {
    History { start, kind }
}

fn followed_by_more(lines: &[Line], at: usize) -> bool {
    lines.iter().skip(at + 1).any(|line| !line.is_blank())
}

/// A mail that has nothing but an earlier one is a forward.
fn forward_or_quote(lines: &[Line], at: usize, has_text: bool) -> SegmentKind {
    let marked = lines.get(at).is_some_and(|line| markers::is_forward(&line.text));
    if marked || !has_text { SegmentKind::Forward } else { SegmentKind::Quote }
}

/// The rule or title that mail programs draw above a header block belongs to it.
fn start_above(lines: &[Line], at: usize) -> usize {
    let above = lines.get(..at).unwrap_or_default();
    let rule = above.iter().rposition(|line| !line.is_blank());
    let belongs = |line: &Line| markers::is_rule(&line.text) || markers::is_title(&line.text);
    rule.filter(|rule| lines.get(*rule).is_some_and(belongs)).unwrap_or(at)
}
