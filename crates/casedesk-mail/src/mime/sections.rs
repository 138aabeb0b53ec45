//! Cutting a multipart at its delimiter lines (RFC 2046 section 5.1.1), those of mail that was
//! put together wrongly or cut off on its way included.

use super::header;

/// Boundaries that are remembered of multiparts that were never closed.
const MAX_LEFT: usize = 32;

/// The bytes between two delimiter lines.
pub(super) struct Section<'a> {
    pub(super) bytes: &'a [u8],
    /// No delimiter follows: the section ends because the multipart does.
    pub(super) runs_out: bool,
}

/// Gives out the sections of a multipart one by one, because what is found in one decides which
/// lines delimit the next.
pub(super) struct Sections<'a> {
    body: &'a [u8],
    boundary: Vec<u8>,
    /// Boundaries of inner multiparts that a delimiter of this one ended before they were closed.
    /// Their delimiters may still come and then separate parts here: a reader that took such a
    /// line for text would show the raw parts below it.
    left: Vec<Vec<u8>>,
    at: usize,
    open: Option<usize>,
    closed: bool,
}

enum Delimiter {
    Separates,
    Closes,
    /// It closes an inner multipart that was left already.
    ClosesLeft,
}

impl<'a> Sections<'a> {
    pub(super) fn new(body: &'a [u8], boundary: Vec<u8>) -> Sections<'a> {
        Sections { body, boundary, left: Vec::new(), at: 0, open: None, closed: false }
    }

    /// The next section without the line ending that belongs to its delimiter.
    pub(super) fn next(&mut self) -> Option<Section<'a>> {
        while !self.closed && self.at < self.body.len() {
            let start = self.at;
            let (line, after) = header::split_line(self.body.get(start..).unwrap_or_default());
            self.at = self.body.len() - after.len();
            let Some(delimiter) = self.delimiter(line) else {
                continue;
            };
            let ended = self.open.take();
            match delimiter {
                Delimiter::Separates => self.open = Some(self.at),
                Delimiter::Closes => self.closed = true,
                Delimiter::ClosesLeft => {}
            }
            if let Some(from) = ended {
                let bytes = without_line_end(self.body.get(from..start).unwrap_or_default());
                return Some(Section { bytes, runs_out: false });
            }
        }
        let rest = self.body.get(self.open.take()?..).unwrap_or_default();
        let glued = without_glued_end(rest, &self.boundary);
        self.closed = glued.is_some();
        Some(Section { bytes: glued.unwrap_or(rest), runs_out: glued.is_none() })
    }

    /// Remembers the multiparts that the last section left unclosed.
    pub(super) fn leave(&mut self, unclosed: Vec<Vec<u8>>) {
        for boundary in unclosed {
            if self.left.len() < MAX_LEFT && boundary != self.boundary && !self.left.contains(&boundary) {
                self.left.push(boundary);
            }
        }
    }

    /// The boundaries that a multipart around this one has to remember: none once this one was
    /// closed, because its closing delimiter ends all that is in it.
    pub(super) fn into_unclosed(self) -> Vec<Vec<u8>> {
        if self.closed {
            return Vec::new();
        }
        let mut out = self.left;
        out.insert(0, self.boundary);
        out
    }

    /// One boundary may begin with another, or end in dashes: the longest that fits is meant.
    fn delimiter(&self, line: &[u8]) -> Option<Delimiter> {
        let rest = line.strip_prefix(b"--")?;
        let own = fits(rest, &self.boundary)
            .map(|closes| (self.boundary.len(), if closes { Delimiter::Closes } else { Delimiter::Separates }));
        let left = self.left.iter().filter_map(|boundary| {
            fits(rest, boundary)
                .map(|closes| (boundary.len(), if closes { Delimiter::ClosesLeft } else { Delimiter::Separates }))
        });
        own.into_iter().chain(left).max_by_key(|(length, _)| *length).map(|(_, delimiter)| delimiter)
    }
}

/// Whether a line behind its dashes is a delimiter of this boundary, and if so, the closing one.
fn fits(line: &[u8], boundary: &[u8]) -> Option<bool> {
    match line.strip_prefix(boundary)?.trim_ascii_end() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// A closing delimiter that stands behind the last line instead of on its own.
fn without_glued_end<'a>(section: &'a [u8], boundary: &[u8]) -> Option<&'a [u8]> {
    let closing = [b"--", boundary, b"--"].concat();
    section.trim_ascii_end().strip_suffix(closing.as_slice())
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
