//! The tree of MIME parts (RFC 2046 section 5.1), bounded in depth and number.

use std::borrow::Cow;

use super::sections::Sections;
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
    /// The mail ends in the midst of this part: no delimiter of any multipart around it follows.
    pub(crate) is_cut_short: bool,
    /// Boundaries of this multipart and of those in it that were never closed.
    unclosed: Vec<Vec<u8>>,
}

/// Where in the mail a part stands.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// Its bytes reach to the end of the mail.
    runs_out: bool,
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
    let part = parse_part(raw, "text/plain", Place { depth: 0, runs_out: true }, notes);
    if part.headers.junk_lines > 0 {
        notes.add("the header had lines that are no header field");
    }
    if part.headers.dropped > 0 {
        notes.add("the header had more fields than are kept");
    }
    part
}

fn parse_part<'a>(input: &'a [u8], default_type: &str, place: Place, notes: &mut Notes) -> Part<'a> {
    notes.parts += 1;
    let (headers, raw_body) = Headers::split(input);
    let content_type = content_type(&headers, default_type);
    let disposition = headers.structured("Content-Disposition").map(|value| Params::parse(&value)).unwrap_or_default();
    let mut part = Part {
        headers,
        content_type,
        disposition,
        raw_body,
        children: Vec::new(),
        is_cut_short: place.runs_out && place.depth > 0,
        unclosed: Vec::new(),
    };
    if part.content_type.main_type() == "multipart" {
        split_multipart(&mut part, place, notes);
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

fn split_multipart<'a>(part: &mut Part<'a>, place: Place, notes: &mut Notes) {
    if place.depth >= MAX_DEPTH {
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
    let mut sections = Sections::new(part.raw_body, boundary);
    while let Some(section) = sections.next() {
        if notes.parts >= MAX_PARTS {
            notes.add("there are more parts than are read");
            break;
        }
        let inner = Place { depth: place.depth + 1, runs_out: section.runs_out && place.runs_out };
        let mut child = parse_part(section.bytes, default_type, inner, notes);
        sections.leave(std::mem::take(&mut child.unclosed));
        part.children.push(child);
    }
    part.unclosed = sections.into_unclosed();
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

/// Mail saved with bare carriage returns (classic Mac OS) gets line feeds; other mail is left as
/// it is.
pub(crate) fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}
