//! Splitting a header into fields (RFC 5322 section 2.2) without trusting it.

use super::{charset, words};

/// More fields than this are counted but not kept: real mail has at most a few hundred.
const MAX_FIELDS: usize = 4_000;
/// A longer field body is cut: ten thousand recipients still fit.
const MAX_FIELD_BYTES: usize = 512 * 1024;

/// How far the fields are looked for that tell a stray line from the beginning of the body.
const LOOK_AHEAD_LINES: usize = 40;

/// One header field, still in its raw bytes.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

/// The header of a message or of a part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers<'a> {
    fields: Vec<Field<'a>>,
    /// Lines that were no header field and were passed over.
    pub(crate) junk_lines: usize,
    /// Fields beyond the bound.
    pub(crate) dropped: usize,
}

impl<'a> Headers<'a> {
    /// Reads fields up to the blank line; returns them and what follows.
    pub(crate) fn split(input: &'a [u8]) -> (Headers<'a>, &'a [u8]) {
        let mut headers = Headers::default();
        let mut rest = input;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            if line.is_empty() {
                return (headers, after);
            }
            let Some(colon) = field_name_end(line) else {
                if !headers.fields.is_empty() && starts_body(line, after) {
                    headers.junk_lines += 1;
                    return (headers, rest);
                }
                headers.junk_lines += usize::from(!line.starts_with(b"From "));
                rest = after;
                continue;
            };
            let end = field_end(rest);
            headers.push(line.get(..colon), rest.get(colon + 1..end));
            rest = rest.get(end..).unwrap_or_default();
        }
        (headers, rest)
    }

    fn push(&mut self, name: Option<&'a [u8]>, value: Option<&'a [u8]>) {
        let (Some(name), Some(value)) = (name, value) else {
            return;
        };
        if self.fields.len() >= MAX_FIELDS {
            self.dropped += 1;
            return;
        }
        self.fields.push(Field { name: name.trim_ascii(), value: value.get(..MAX_FIELD_BYTES).unwrap_or(value) });
    }

    /// Whether there was no field at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The raw bodies of every field of this name, in order.
    pub(crate) fn raw_all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
            .map(|field| field.value)
    }

    /// The unfolded body of the first field of this name, decoded to characters but with its
    /// encoded words (RFC 2047) still in place, as structured fields need it.
    pub(crate) fn structured(&self, name: &str) -> Option<String> {
        self.structured_all(name).next()
    }

    /// As [`Headers::structured`], for every field of this name.
    pub(crate) fn structured_all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = String> + 's {
        self.raw_all(name).map(unfold)
    }

    /// The readable text of the first field of this name (RFC 2047 section 5, case 1).
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.structured(name).map(|value| words::decode(&value).trim().to_owned())
    }

    /// Whether a field of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.raw_all(name).next().is_some()
    }

    /// How many fields of this name there are.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.raw_all(name).count()
    }
}

/// The next line without its ending, and what follows it.
pub(crate) fn split_line(input: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
        return (input, &[]);
    };
    let (line, rest) = input.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
}

/// Where the name ends when this line begins a field: printable ASCII without spaces inside,
/// spaces before the colon allowed as old mail has them (RFC 5322 section 4.5).
fn field_name_end(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    let well_formed = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
    well_formed.then_some(colon)
}

/// The offset behind this field and its continuation lines.
fn field_end(input: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let rest = input.get(end..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        end += length;
        let next = input.get(end..).unwrap_or_default();
        if !matches!(next.first(), Some(b' ' | b'\t')) || is_blank(next) {
            return end;
        }
    }
}

/// Whether the next line has nothing but white space: it then ends the header although it begins
/// like a continuation.
fn is_blank(input: &[u8]) -> bool {
    let (line, _) = split_line(input);
    line.iter().all(u8::is_ascii_whitespace)
}

/// Whether a line that is no field begins the body, the blank line having been forgotten: it is a
/// boundary, or no field of a message follows it.
fn starts_body(line: &[u8], after: &[u8]) -> bool {
    if line.starts_with(b"--") {
        return true;
    }
    let mut rest = after;
    for _ in 0..LOOK_AHEAD_LINES {
        let (next, tail) = split_line(rest);
        if next.is_empty() {
            break;
        }
        if field_name_end(next).is_some_and(|colon| is_known(next.get(..colon).unwrap_or_default())) {
            return false;
        }
        rest = tail;
    }
    true
}

/// Names that do not begin a line of a text.
fn is_known(name: &[u8]) -> bool {
    const NAMES: [&str; 16] = [
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "sender",
        "reply-to",
        "message-id",
        "in-reply-to",
        "references",
        "received",
        "return-path",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "delivered-to",
    ];
    let name = name.trim_ascii();
    let known = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    known || name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"x-"))
}

/// One line of text out of a folded field body (RFC 5322 section 2.2.3), in whatever charset.
fn unfold(raw: &[u8]) -> String {
    let text = charset::guess(raw);
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        let line = line.trim_end_matches('\r');
        out.push_str(&line.replace(['\r', '\0'], ""));
    }
    out.trim().to_owned()
}
