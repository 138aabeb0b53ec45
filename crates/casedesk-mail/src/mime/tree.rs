//! The tree of MIME parts (RFC 2046 section 5.1), bounded in depth and number.

use std::borrow::Cow;

use super::{Headers, Params, encoding, header};

/// Deeper parts stay one undivided part: no mail program writes such mail.
const MAX_DEPTH: usize = 24;
/// Further parts stay together in the last one.
const MAX_PARTS: usize = 20_000;

/// One node of the tree.
#[derive(Debug, Clone)]
pub(crate) struct Part<'a> {
    pub(crate) headers: Headers<'a>,
    pub(crate) content_type: Params,
    pub(crate) disposition: Params,
    /// The body as sent, its transfer encoding still in place.
    pub(crate) raw_body: &'a [u8],
    pub(crate) children: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    /// The decoded body.
    pub(crate) fn bytes(&self) -> Cow<'a, [u8]> {
        let encoding = self.headers.structured("Content-Transfer-Encoding");
        encoding::decode(self.raw_body, encoding.as_deref().unwrap_or_default())
    }

    /// Whether this is the given lower-case type, as `text/plain`.
    pub(crate) fn is(&self, content_type: &str) -> bool {
        self.content_type.value == content_type
    }

    /// The decoded text of a text part; the flag says that its charset had to be repaired.
    pub(crate) fn text(&self) -> (String, bool) {
        let bytes = self.bytes();
        let (text, repaired) = super::charset::decode(&bytes, self.content_type.get("charset"));
        let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() };
        (text, repaired)
    }
}

/// What is found wrong while the tree is built.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) words: Vec<String>,
    parts: usize,
}

impl Notes {
    fn add(&mut self, words: &str) {
        if !self.words.iter().any(|known| known == words) {
            self.words.push(words.to_owned());
        }
    }
}

/// Reads a whole message.
pub(crate) fn parse<'a>(raw: &'a [u8], notes: &mut Notes) -> Part<'a> {
    let part = parse_part(raw, "text/plain", 0, notes);
    if part.headers.junk_lines > 0 {
        notes.add("the header had lines that are no header field");
    }
    if part.headers.dropped > 0 {
        notes.add("the header had more fields than are kept");
    }
    part
}

fn parse_part<'a>(input: &'a [u8], default_type: &str, depth: usize, notes: &mut Notes) -> Part<'a> {
    notes.parts += 1;
    let (headers, raw_body) = Headers::split(input);
    let content_type = content_type(&headers, default_type);
    let disposition = headers.structured("Content-Disposition").map(|value| Params::parse(&value)).unwrap_or_default();
    let mut part = Part { headers, content_type, disposition, raw_body, children: Vec::new() };
    if part.content_type.main_type() == "multipart" {
        split_multipart(&mut part, depth, notes);
    }
    part
}

/// The Content-Type, or the default of RFC 2045 section 5.2 when it is missing or no type.
fn content_type(headers: &Headers<'_>, default_type: &str) -> Params {
    let declared = headers.structured("Content-Type").map(|value| Params::parse(&value)).unwrap_or_default();
    if declared.value.contains('/') {
        return declared;
    }
    match declared.value.as_str() {
        "text" | "" => declared.with_value(default_type),
        _ => declared,
    }
}

fn split_multipart<'a>(part: &mut Part<'a>, depth: usize, notes: &mut Notes) {
    if depth >= MAX_DEPTH {
        notes.add("parts are nested deeper than is read");
        return;
    }
    let declared = part.content_type.get("boundary").map(str::to_owned);
    let boundary = declared
        .filter(|boundary| !boundary.is_empty())
        .map(String::into_bytes)
        .or_else(|| guess_boundary(part.raw_body, notes));
    let Some(boundary) = boundary else {
        return;
    };
    let default_type = if part.is("multipart/digest") { "message/rfc822" } else { "text/plain" };
    for section in sections(part.raw_body, &boundary) {
        if notes.parts >= MAX_PARTS {
            notes.add("there are more parts than are read");
            break;
        }
        part.children.push(parse_part(section, default_type, depth + 1, notes));
    }
}

/// The boundary of a multipart that forgot to declare it: its first line that looks like one.
fn guess_boundary(body: &[u8], notes: &mut Notes) -> Option<Vec<u8>> {
    let mut rest = body;
    while !rest.is_empty() {
        let (line, after) = header::split_line(rest);
        if let Some(boundary) = line.strip_prefix(b"--")
            && boundary.len() > 4
            && boundary.iter().all(u8::is_ascii_graphic)
        {
            notes.add("a multipart did not declare its boundary");
            return Some(boundary.to_vec());
        }
        rest = after;
    }
    None
}

/// The bytes between the delimiter lines, without the line ending that belongs to the delimiter.
fn sections<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut out = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let rest = body.get(at..).unwrap_or_default();
        let (line, after) = header::split_line(rest);
        let next = body.len() - after.len();
        if let Some(closes) = delimiter(line, boundary) {
            if let Some(start) = open {
                out.push(without_line_end(body.get(start..at).unwrap_or_default()));
            }
            open = (!closes).then_some(next);
            if closes {
                return out;
            }
        }
        at = next;
    }
    if let Some(start) = open {
        out.push(without_glued_end(body.get(start..).unwrap_or_default(), boundary));
    }
    out
}

/// A closing delimiter that stands behind the last line instead of on its own.
fn without_glued_end<'a>(section: &'a [u8], boundary: &[u8]) -> &'a [u8] {
    let closing = [b"--", boundary, b"--"].concat();
    section.trim_ascii_end().strip_suffix(closing.as_slice()).unwrap_or(section)
}

/// Whether the line is a delimiter of this boundary, and if so, whether it is the closing one.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Mail saved with bare carriage returns (classic Mac OS) gets line feeds; other mail is left as
/// it is.
pub(crate) fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}
