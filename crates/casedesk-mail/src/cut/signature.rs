//! Signatures and footers.

use super::{Line, attribution, fill, markers};
use crate::body::SegmentKind;

/// A longer text below `--` is no signature but a part of the mail.
const MAX_SIGNATURE_LINES: usize = 30;
/// What stands below a drawn line at the end of a mail.
const MAX_FOOTER_LINES: usize = 8;

/// Marks signatures and footers among lines that have no history behind them.
pub(crate) fn mark(lines: &[Line], kinds: &mut [SegmentKind]) {
    let mut at = 0;
    while at < lines.len() {
        let Some((end, kind)) = begins_at(lines, at) else {
            at += 1;
            continue;
        };
        fill(kinds, at, end, kind);
        at = end.max(at + 1);
    }
}

/// The end and the kind of the signature or footer that begins here.
fn begins_at(lines: &[Line], at: usize) -> Option<(usize, SegmentKind)> {
    let line = lines.get(at)?;
    if line.is_quoted() || line.is_blank() {
        return None;
    }
    let text = line.text.as_str();
    if markers::is_signature_delimiter(text) || markers::is_rule(text) {
        return below_delimiter(lines, at);
    }
    if markers::is_mobile_signature(text) {
        return Some((at + 1, SegmentKind::Signature));
    }
    if markers::is_list_footer(text) || markers::is_disclaimer(text) {
        let end = block_end(lines, at);
        return (ends_text(lines, end)).then_some((end, SegmentKind::Footer));
    }
    let end = block_end(lines, at);
    let last_line = ends_text(lines, at + 1);
    (markers::is_dashed_name(text) && last_line && end > at)
        .then_some((at + 1, SegmentKind::Signature))
}

fn below_delimiter(lines: &[Line], at: usize) -> Option<(usize, SegmentKind)> {
    let end = block_end(lines, at);
    let below: Vec<&Line> = lines
        .get(at + 1..end)?
        .iter()
        .filter(|line| !line.is_blank())
        .collect();
    let only_rules = below
        .iter()
        .all(|line| markers::is_rule(&line.text) || markers::is_signature_delimiter(&line.text));
    let text = &lines.get(at)?.text;
    let limit = if markers::is_signature_delimiter(text) {
        MAX_SIGNATURE_LINES
    } else if text.trim_start().starts_with('_')
        || below.iter().any(|line| markers::has_contact(&line.text))
    {
        MAX_FOOTER_LINES
    } else {
        0
    };
    if !only_rules && below.len() > limit {
        return None;
    }
    let by_list = below.iter().any(|line| markers::is_list_footer(&line.text));
    let kind = if by_list {
        SegmentKind::Footer
    } else {
        SegmentKind::Signature
    };
    Some((end, kind))
}

/// Where the run of unquoted lines ends: at a quote, its attribution, or the end.
fn block_end(lines: &[Line], start: usize) -> usize {
    let quoted = lines
        .iter()
        .enumerate()
        .skip(start + 1)
        .find(|(_, line)| line.is_quoted() && !line.is_blank())
        .map(|(at, _)| at);
    match quoted {
        Some(quoted) => attribution::above(lines, start + 1, quoted).unwrap_or(quoted),
        None => lines.len(),
    }
}

/// Whether only quotes, delimiters and footers follow.
fn ends_text(lines: &[Line], end: usize) -> bool {
    let quoted = block_end(lines, end.saturating_sub(1));
    lines
        .get(end..quoted)
        .unwrap_or_default()
        .iter()
        .find(|line| !line.is_blank())
        .is_none_or(|line| {
            let text = line.text.as_str();
            markers::is_rule(text)
                || markers::is_signature_delimiter(text)
                || markers::is_list_footer(text)
                || markers::is_mobile_signature(text)
        })
}
