//! What a file is before it is text: its encoding, and whether it is packed.

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Empty,
    Text,
    /// Packed by this program, and to be unpacked first.
    Compressed(&'static str),
    /// Something else than text, such as a picture.
    Binary(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8WithMark,
    Utf16LittleEndian,
    Utf16BigEndian,
    /// Bytes that are no UTF-8: Windows-1252, Latin-1 or the like.
    EightBit,
}

const PACKED: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x9d", "compress"),
];

const OTHERS: &[(&[u8], &str)] = &[
    (b"ElfFile\x00", "a Windows event log (.evtx)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"\xd4\xc3\xb2\xa1", "a network capture"),
    (b"\x0a\x0d\x0d\x0a", "a network capture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
];

/// What the first bytes of a file say; None where it looks like text.
pub(super) fn packed(head: &[u8]) -> Option<Content> {
    let is = |(magic, _): &&(&[u8], &str)| head.starts_with(magic);
    let packed = PACKED.iter().find(is).map(|(_, name)| Content::Compressed(name));
    packed.or_else(|| OTHERS.iter().find(is).map(|(_, name)| Content::Binary(name)))
}

/// The encoding by the byte order mark, or by the zeros of UTF-16 without one; and the mark's length.
pub(super) fn marked(head: &[u8]) -> (Encoding, usize) {
    if head.starts_with(b"\xef\xbb\xbf") {
        return (Encoding::Utf8WithMark, 3);
    }
    if head.starts_with(b"\xff\xfe") {
        return (Encoding::Utf16LittleEndian, 2);
    }
    if head.starts_with(b"\xfe\xff") {
        return (Encoding::Utf16BigEndian, 2);
    }
    const ENOUGH: usize = 16;
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    if half >= ENOUGH && zeros(1) * 10 > half * 8 && zeros(0) * 10 < half {
        return (Encoding::Utf16LittleEndian, 0);
    }
    if half >= ENOUGH && zeros(0) * 10 > half * 8 && zeros(1) * 10 < half {
        return (Encoding::Utf16BigEndian, 0);
    }
    (Encoding::Utf8, 0)
}

/// Checks UTF-8 across chunks, without keeping them.
#[derive(Debug, Default)]
pub(super) struct Utf8Check {
    /// Continuation bytes that are still due.
    due: u8,
    pub(super) broken: bool,
}

impl Utf8Check {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (self.due, byte) {
                (0, 0x00..=0x7f) => {}
                (0, 0xc2..=0xdf) => self.due = 1,
                (0, 0xe0..=0xef) => self.due = 2,
                (0, 0xf0..=0xf4) => self.due = 3,
                (0, _) => self.broken = true,
                (_, 0x80..=0xbf) => self.due -= 1,
                _ => {
                    self.broken = true;
                    self.due = 0;
                }
            }
        }
    }
}
