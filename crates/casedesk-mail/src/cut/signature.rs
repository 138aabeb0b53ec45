//! Signatures and footers.

use super::{Line, attribution, fill, markers};
use crate::body::SegmentKind;

/// A longer text below `--` is no signature but a part of the mail.
const MAX_SIGNATURE_LINES: usize = 30;
/// What stands below a drawn line at the end of a mail.
const MAX_FOOTER_LINES: usize = 8;

/// Marks signatures and footers among lines that have no history behind them.
pub(crate) fn mark(lines: &[Line], kinds: &mut [SegmentKind]) {
    let outline = Outline::of(lines);
    let mut at = 0;
    while at < lines.len() {
        let Some((end, kind)) = outline.begins_at(at) else {
            at += 1;
            continue;
        };
        fill(kinds, at, end, kind);
        at = end.max(at + 1);
    }
}

/// What is asked of many lines, worked out once from the end.
struct Outline<'l> {
    lines: &'l [Line],
    /// Where the next quoted line stands, at or behind each line.
    next_quoted: Vec<usize>,
    /// Where the next line stands that is neither blank nor drawn, at or behind each line.
    next_text: Vec<usize>,
}

impl<'l> Outline<'l> {
    fn of(lines: &'l [Line]) -> Outline<'l> {
        let mut next_quoted = vec![lines.len(); lines.len() + 1];
        let mut next_text = vec![lines.len(); lines.len() + 1];
        for (at, line) in lines.iter().enumerate().rev() {
            let quoted = line.is_quoted() && !line.is_blank();
            let text = !line.is_blank() && !is_delimiter(&line.text);
            set(&mut next_quoted, at, quoted);
            set(&mut next_text, at, text);
        }
        Outline { lines, next_quoted, next_text }
    }

    /// The end and the kind of the signature or footer that begins here.
    fn begins_at(&self, at: usize) -> Option<(usize, SegmentKind)> {
        let line = self.lines.get(at)?;
        if line.is_quoted() || line.is_blank() {
            return None;
        }
        let text = line.text.as_str();
        if is_delimiter(text) {
            return self.below_delimiter(at);
        }
        if markers::is_mobile_signature(text) || (markers::is_dashed_name(text) && self.ends_text(at + 1)) {
            return Some((at + 1, SegmentKind::Signature));
        }
        if markers::is_list_footer(text) || markers::is_disclaimer(text) {
            return Some((self.block_end(at), SegmentKind::Footer));
        }
        None
    }

    fn below_delimiter(&self, at: usize) -> Option<(usize, SegmentKind)> {
        let end = self.block_end(at);
        let text = &self.lines.get(at)?.text;
        let below: Vec<&Line> =
            self.lines.get(at + 1..end)?.iter().filter(|line| !line.is_blank()).take(MAX_SIGNATURE_LINES + 1).collect();
        let has_contact = || below.iter().any(|line| markers::has_contact(&line.text));
        let limit = if markers::is_signature_delimiter(text) {
            MAX_SIGNATURE_LINES
        } else if text.trim_start().starts_with('_') || has_contact() {
            MAX_FOOTER_LINES
        } else {
            0
        };
        let only_rules = self.next_text(at + 1) >= end;
        if !only_rules && below.len() > limit {
            return None;
        }
        let by_list = below.iter().any(|line| markers::is_list_footer(&line.text));
        let kind = if by_list { SegmentKind::Footer } else { SegmentKind::Signature };
        Some((end, kind))
    }

    /// Where the run of unquoted lines ends: at a quote, its attribution, or the end.
    fn block_end(&self, at: usize) -> usize {
        let quoted = self.next_quoted.get(at + 1).copied().unwrap_or(self.lines.len());
        attribution::above(self.lines, at + 1, quoted).filter(|_| quoted < self.lines.len()).unwrap_or(quoted)
    }

    fn next_text(&self, at: usize) -> usize {
        self.next_text.get(at).copied().unwrap_or(self.lines.len())
    }

    /// Whether only quotes, delimiters and footers follow.
    fn ends_text(&self, at: usize) -> bool {
        let next = self.next_text(at);
        next >= self.block_end(at.saturating_sub(1))
            || self
                .lines
                .get(next)
                .is_some_and(|line| markers::is_list_footer(&line.text) || markers::is_mobile_signature(&line.text))
    }
}

/// Fills in from the end: this line when it counts, else what stands behind it.
fn set(next: &mut [usize], at: usize, counts: bool) {
    let behind = next.get(at + 1).copied().unwrap_or(at);
    if let Some(slot) = next.get_mut(at) {
        *slot = if counts { at } else { behind };
    }
}

fn is_delimiter(text: &str) -> bool {
    markers::is_rule(text) || markers::is_signature_delimiter(text)
}
