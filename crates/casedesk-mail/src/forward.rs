//! A mail that a colleague forwarded: who wrote the original.

use crate::address::{self, Address};
use crate::body::{Body, SegmentKind};
use crate::cut::headers::{self, Label};

/// What the header block of a forwarded mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The writer of the original.
    pub from: Option<Address>,
    /// Its date as written.
    pub date_text: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Its body.
    pub text: String,
}

/// The first forwarded mail of a body.
pub(crate) fn read(body: &Body) -> Option<Forwarded> {
    let forward = body.segments.iter().find(|segment| segment.kind == SegmentKind::Forward)?;
    let lines = unquoted(&forward.text);
    let start = lines.iter().position(|line| headers::field(line).is_some())?;
    let mut found = Forwarded { from: None, date_text: None, subject: None, text: String::new() };
    let mut end = start;
    for line in lines.get(start..)? {
        let Some((label, value)) = headers::field(line) else {
            break;
        };
        end += 1;
        match label {
            Label::From => found.from = address::parse_list(value).into_iter().next(),
            Label::Date => found.date_text = Some(value.to_owned()),
            Label::Subject => found.subject = Some(value.to_owned()),
            Label::Recipient => {}
        }
    }
    found.text = lines.get(end..)?.join("\n").trim().to_owned();
    Some(found)
}

/// The lines without their quote marks when the whole forward is quoted; a forward that is not
/// keeps its indentation.
fn unquoted(text: &str) -> Vec<&str> {
    let below_mark = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let quoted = below_mark.clone().next().is_some() && below_mark.clone().all(|line| line.starts_with('>'));
    let strip = |line| {
        let line: &str = line;
        let inner = line.strip_prefix('>').unwrap_or(line);
        inner.strip_prefix(' ').unwrap_or(inner)
    };
    text.lines().map(|line| if quoted { strip(line) } else { line }).collect()
}
