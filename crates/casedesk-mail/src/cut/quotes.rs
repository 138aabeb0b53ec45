//! Passages quoted line by line, and the attributions above them.

use super::{Line, attribution, fill};
use crate::body::SegmentKind;

/// A longer passage is folded even when it is answered below: the reader knows the mail.
const MAX_ANSWERED_LINES: usize = 20;

/// A run of quoted lines.
struct Run {
    /// Where its attribution begins, or the run itself.
    start: usize,
    /// The first quoted line.
    quoted: usize,
    /// Behind the last quoted line.
    end: usize,
}

/// Marks quoted passages; `more_follows` says that a history comes behind these lines.
///
/// Passages between the writer's own lines are what the writer answers: they are shown. All
/// others are history.
pub(crate) fn mark(lines: &[Line], kinds: &mut [SegmentKind], more_follows: bool) {
    let runs = runs(lines, kinds);
    if let Some((start, end)) = orphan(lines, &runs) {
        fill(kinds, start, end, SegmentKind::Quote);
    }
    let text = own_text(lines, kinds, &runs);
    let first = text.first().copied();
    let last = text.last().copied();
    let answered = |run: &Run| !more_follows && last.is_some_and(|last| last >= run.end);
    let answered_count = runs.iter().filter(|run| answered(run)).count();
    let mut marks = Vec::new();
    for run in &runs {
        let below_text = first.is_some_and(|first| first < run.start);
        let attributed = run.start < run.quoted;
        let whole_mail = attribution::inside(lines, run.quoted);
        let chosen = (below_text || !attributed) && !whole_mail;
        let interleaved = chosen || answered_count > 1;
        let short = run.end - run.quoted <= MAX_ANSWERED_LINES;
        if answered(run) && interleaved && short {
            marks.push((run.start, run.quoted));
        } else {
            marks.push((run.start, run.end));
        }
    }
    for (start, end) in marks {
        fill(kinds, start, end, SegmentKind::Quote);
    }
}

/// The lines that are neither blank, folded nor in a run.
fn own_text(lines: &[Line], kinds: &[SegmentKind], runs: &[Run]) -> Vec<usize> {
    let mut in_run = vec![false; lines.len()];
    for run in runs {
        for slot in in_run.iter_mut().take(run.end).skip(run.start) {
            *slot = true;
        }
    }
    let free = lines.iter().zip(kinds).zip(in_run).enumerate();
    free.filter(|(_, ((line, kind), in_run))| !in_run && **kind == SegmentKind::New && !line.is_blank())
        .map(|(at, _)| at)
        .collect()
}

/// An attribution on top whose quote was deleted: what follows is the reply.
fn orphan(lines: &[Line], runs: &[Run]) -> Option<(usize, usize)> {
    let start = lines.iter().position(|line| !line.is_blank())?;
    let end = attribution::ending_after(lines, start)?;
    let below = lines.get(end..)?.iter().position(|line| !line.is_blank())? + end;
    let quoted = runs.iter().any(|run| (run.start..run.end).contains(&below));
    (!quoted && attribution::is_strong(lines, start, end)).then_some((start, end))
}

/// The quoted runs with their attributions; blank lines between quoted lines belong to the run.
fn runs(lines: &[Line], kinds: &[SegmentKind]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let folded = kinds.get(at) != Some(&SegmentKind::New);
        if !line.is_quoted() || line.is_blank() || folded {
            at += 1;
            continue;
        }
        let end = run_end(lines, at);
        let floor = out.last().map_or(0, |run| run.end);
        out.push(Run { start: attribution::above(lines, floor, at).unwrap_or(at), quoted: at, end });
        at = end;
    }
    out
}

fn run_end(lines: &[Line], start: usize) -> usize {
    let mut end = start;
    for (at, line) in lines.iter().enumerate().skip(start) {
        if line.is_blank() {
            continue;
        }
        if !line.is_quoted() {
            break;
        }
        end = at + 1;
    }
    end
}
