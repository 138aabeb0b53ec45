//! Telling what is new in a mail from what it repeats.

pub(crate) mod headers;

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
        Line {
            text: text.to_owned(),
            ..Line::default()
        }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Cuts a body into segments that together hold every line.
pub(crate) fn segments(lines: &[Line]) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    let mut history = false;
    let mut signature = false;
    for line in lines {
        history |= line.starts_history;
        signature |= line.text == "-- ";
        let kind = if history || line.in_quote || line.text.starts_with('>') {
            SegmentKind::Quote
        } else if signature {
            SegmentKind::Signature
        } else {
            SegmentKind::New
        };
        match out.last_mut() {
            Some(last) if last.kind == kind => {
                last.text.push('\n');
                last.text.push_str(&line.text);
            }
            _ => out.push(Segment {
                kind,
                text: line.text.clone(),
            }),
        }
    }
    out
}
