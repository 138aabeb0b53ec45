//! The bytes of one message as they come in: where it ends, what it may weigh.
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use bytes::{Bytes, BytesMut};

/// What one permit of the memory budget stands for.
pub(super) const UNIT: usize = 1 << 20;

/// Why a message is read to its end but not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    TooLarge,
    NoMemory,
}

/// A message that grows up to a limit, within the memory that all connections share.
pub(super) struct Body {
    bytes: BytesMut,
    seen: usize,
    limit: usize,
    refused: Option<Refused>,
    budget: Arc<Semaphore>,
    held: Vec<OwnedSemaphorePermit>,
}

impl Body {
    pub(super) fn new(limit: usize, budget: Arc<Semaphore>) -> Self {
        Self { bytes: BytesMut::new(), seen: 0, limit, refused: None, budget, held: Vec::new() }
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        self.seen = self.seen.saturating_add(piece.len());
        if self.refused.is_none() && self.seen > self.limit {
            self.refuse(Refused::TooLarge);
        }
        while self.refused.is_none() && self.held.len() * UNIT < self.seen {
            match self.budget.clone().try_acquire_owned() {
                Ok(permit) => self.held.push(permit),
                Err(_) => self.refuse(Refused::NoMemory),
            }
        }
        if self.refused.is_none() {
            self.bytes.extend_from_slice(piece);
        }
    }

    /// Whether so much came beyond the limit that reading on is no courtesy any more.
    pub(super) fn is_flood(&self) -> bool {
        self.seen > self.limit.saturating_mul(4).max(64 * UNIT)
    }

    /// The message, and the hold on the memory it takes.
    pub(super) fn finish(self) -> Result<(Bytes, Vec<OwnedSemaphorePermit>), Refused> {
        match self.refused {
            Some(refused) => Err(refused),
            None => Ok((self.bytes.freeze(), self.held)),
        }
    }

    fn refuse(&mut self, why: Refused) {
        self.refused = Some(why);
        self.bytes = BytesMut::new();
        self.held.clear();
    }
}

/// Reads the text after DATA: undoes dot-stuffing and finds the end, which is CRLF `.` CRLF alone.
///
/// A bare CR or LF is content like any other byte. It neither ends a line nor the message, so a
/// mail that hides `LF . LF` or `CR LF . CR CR LF` in its text stays one mail (SMTP smuggling).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// After CRLF, or at the very beginning.
    LineStart,
    /// After a dot at the start of a line; the dot is held back.
    Dot,
    /// After a dot and CR at the start of a line; both are held back.
    DotCr,
    Middle,
    Cr,
}

impl Text {
    /// Reads `input` into `out`; how many bytes it used, and whether the message ended with them.
    pub(super) fn read(&mut self, input: &[u8], out: &mut Body) -> (usize, bool) {
        let mut from = 0;
        for (at, &byte) in input.iter().enumerate() {
            let next = match (*self, byte) {
                (Self::LineStart, b'.') => {
                    out.push(&input[from..at]);
                    from = at + 1;
                    Self::Dot
                }
                (Self::Dot, b'\r') => {
                    from = at + 1;
                    Self::DotCr
                }
                (Self::DotCr, b'\n') => {
                    *self = Self::LineStart;
                    return (at + 1, true);
                }
                (Self::DotCr, b'\r') => {
                    out.push(b"\r");
                    Self::Cr
                }
                (Self::DotCr, _) => {
                    out.push(b"\r");
                    Self::Middle
                }
                (Self::Cr, b'\n') => Self::LineStart,
                (_, b'\r') => Self::Cr,
                _ => Self::Middle,
            };
            *self = next;
        }
        out.push(&input[from.min(input.len())..]);
        (input.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut body = Body::new(1 << 20, Arc::new(Semaphore::new(4)));
        let mut text = Text::LineStart;
        for (number, piece) in pieces.iter().enumerate() {
            let (used, end) = text.read(piece, &mut body);
            if end {
                let mut rest = piece[used..].to_vec();
                rest.extend(pieces[number + 1..].concat());
                return Some((body.finish().unwrap().0.to_vec(), rest));
            }
        }
        None
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message_however_it_is_cut_up() {
        for (sent, message) in [
            (&b".\r\nQUIT\r\n"[..], Some(&b""[..])),
            (b"a\r\n.\r\nQUIT\r\n", Some(b"a\r\n")),
            (b"..a\r\n..\r\n.b\r\n.\r\nQUIT\r\n", Some(b".a\r\n.\r\nb\r\n")),
            (b"a\n.\nQUIT\r\n", None),
            (b"a\n.\r\nQUIT\r\n", None),
            (b"a\r.\r\nQUIT\r\n", None),
            (b"a\r\n.\nQUIT\r\n", None),
            (b"a\r\n.\rQUIT\r\n", None),
            (b"a\r\n.\r\r\nQUIT\r\n", None),
            (b"a\r\n.\r\n.\r\n", Some(b"a\r\n")),
        ] {
            for cut in 0..sent.len() {
                let (left, right) = sent.split_at(cut);
                let got = read(&[left, right]);
                assert_eq!(got.as_ref().map(|(m, _)| &m[..]), message, "{:?} cut at {cut}", sent.escape_ascii());
            }
            let bytes: Vec<&[u8]> = sent.chunks(1).collect();
            assert_eq!(read(&bytes).map(|(m, _)| m).as_deref(), message, "{:?} by bytes", sent.escape_ascii());
        }
        assert_eq!(read(&[b"a\r\n.\r\nQUIT\r\n"]).unwrap().1, b"QUIT\r\n");
    }

    #[test]
    fn what_is_too_large_or_beyond_the_shared_memory_is_let_go() {
        let budget = Arc::new(Semaphore::new(2));
        let mut first = Body::new(3 * UNIT, budget.clone());
        first.push(&vec![0; 2 * UNIT]);
        let mut second = Body::new(3 * UNIT, budget.clone());
        second.push(b"x");
        assert_eq!(second.finish().unwrap_err(), Refused::NoMemory);
        first.push(&vec![0; 2 * UNIT]);
        assert_eq!(first.finish().unwrap_err(), Refused::TooLarge);
        assert_eq!(budget.available_permits(), 2);
    }
}
