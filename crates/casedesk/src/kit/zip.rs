//! ZIP archives written in one go, to wherever bytes can be written (APPNOTE 6.3.10). Each file is compressed as it comes;
//! its size stands behind it (section 4.3.9), and again in the directory at the end. Files and archives may be larger than
//! 4 GiB (section 4.3.14, 4.5.3).
use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// Sizes follow the data; names are UTF-8 (section 4.4.4).
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATED: u16 = 8;
/// The version that knows sizes of 64 bits, made on Unix.
const VERSION: u16 = 45;
const MADE_BY: u16 = 3 << 8 | VERSION;
/// A plain file that its owner may change and all may read.
const MODE: u32 = 0o100_644 << 16;
/// 1980-01-01, the first day that there is: the time of day that an archive was written says nothing.
const FIRST_DAY: u16 = 1 << 5 | 1;

/// What the directory says of a file.
struct Entry {
    name: String,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// Counts what goes through.
struct Counted<W> {
    out: W,
    written: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.written += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

enum State<W: Write> {
    Between(Counted<W>),
    Within {
        packer: Box<DeflateEncoder<Counted<W>>>,
        crc: Crc,
        begun: u64,
    },
    /// An error has taken the writer.
    Broken,
}

/// An archive that is being written.
pub struct Zip<W: Write> {
    state: State<W>,
    entries: Vec<Entry>,
}

impl<W: Write> Zip<W> {
    pub fn new(out: W) -> Self {
        Self { state: State::Between(Counted { out, written: 0 }), entries: Vec::new() }
    }

    /// Begins a file; what is written from then on is its own. The name is at most 65,535 bytes, with `/` between folders.
    pub fn start(&mut self, name: &str) -> io::Result<()> {
        let mut out = self.end_file()?;
        let offset = out.written;
        let length = u16::try_from(name.len()).map_err(io::Error::other)?;
        let mut header = Vec::with_capacity(64 + name.len());
        numbers(&mut header, &[Four(LOCAL), Two(VERSION), Two(FLAGS), Two(DEFLATED), Two(0), Two(FIRST_DAY)]);
        numbers(&mut header, &[Four(0), Four(u32::MAX), Four(u32::MAX), Two(length), Two(20)]);
        header.extend(name.as_bytes());
        // That its sizes will be of 64 bits.
        numbers(&mut header, &[Two(1), Two(16), Eight(0), Eight(0)]);
        out.write_all(&header)?;
        let begun = out.written;
        self.entries.push(Entry { name: name.into(), crc: 0, packed: 0, size: 0, offset });
        self.state = State::Within {
            packer: Box::new(DeflateEncoder::new(out, Compression::default())),
            crc: Crc::new(),
            begun,
        };
        Ok(())
    }

    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        let State::Within { packer, crc, .. } = &mut self.state else { return Err(broken()) };
        crc.update(bytes);
        packer.write_all(bytes)?;
        let Some(entry) = self.entries.last_mut() else { return Err(broken()) };
        entry.size += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(())
    }

    fn end_file(&mut self) -> io::Result<Counted<W>> {
        let (packer, crc, begun) = match std::mem::replace(&mut self.state, State::Broken) {
            State::Between(out) => return Ok(out),
            State::Broken => return Err(broken()),
            State::Within { packer, crc, begun } => (packer, crc, begun),
        };
        let mut out = packer.finish()?;
        let Some(entry) = self.entries.last_mut() else { return Err(broken()) };
        (entry.crc, entry.packed) = (crc.sum(), out.written - begun);
        let mut descriptor = Vec::with_capacity(24);
        numbers(&mut descriptor, &[Four(DESCRIPTOR), Four(entry.crc), Eight(entry.packed), Eight(entry.size)]);
        out.write_all(&descriptor)?;
        Ok(out)
    }

    /// Writes the directory: the writer, and how many bytes it was given.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        let mut out = self.end_file()?;
        let begin = out.written;
        for entry in &self.entries {
            out.write_all(&directory_line(entry))?;
        }
        let (count, length) = (u64::try_from(self.entries.len()).unwrap_or(0), out.written - begin);
        let end = out.written;
        let mut tail = Vec::with_capacity(98);
        numbers(&mut tail, &[Four(END_64), Eight(44), Two(MADE_BY), Two(VERSION), Four(0), Four(0)]);
        numbers(&mut tail, &[Eight(count), Eight(count), Eight(length), Eight(begin)]);
        numbers(&mut tail, &[Four(LOCATOR_64), Four(0), Eight(end), Four(1)]);
        let few = u16::try_from(count).unwrap_or(u16::MAX);
        numbers(
            &mut tail,
            &[Four(END), Two(0), Two(0), Two(few), Two(few), Four(short(length)), Four(short(begin)), Two(0)],
        );
        out.write_all(&tail)?;
        out.flush()?;
        Ok((out.out, out.written))
    }
}

fn directory_line(entry: &Entry) -> Vec<u8> {
    let mut line = Vec::with_capacity(80 + entry.name.len());
    let length = u16::try_from(entry.name.len()).unwrap_or(0);
    numbers(&mut line, &[Four(CENTRAL), Two(MADE_BY), Two(VERSION), Two(FLAGS), Two(DEFLATED), Two(0), Two(FIRST_DAY)]);
    numbers(
        &mut line,
        &[Four(entry.crc), Four(u32::MAX), Four(u32::MAX), Two(length), Two(28), Two(0), Two(0), Two(0)],
    );
    numbers(&mut line, &[Four(MODE), Four(u32::MAX)]);
    line.extend(entry.name.as_bytes());
    numbers(&mut line, &[Two(1), Two(24), Eight(entry.size), Eight(entry.packed), Eight(entry.offset)]);
    line
}

/// A number of 32 bits; where it does not fit, the one of 64 bits counts.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

use Number::{Eight, Four, Two};

/// A number by its length in bytes, little-endian.
enum Number {
    Two(u16),
    Four(u32),
    Eight(u64),
}

fn numbers(to: &mut Vec<u8>, all: &[Number]) {
    for number in all {
        match number {
            Two(number) => to.extend(number.to_le_bytes()),
            Four(number) => to.extend(number.to_le_bytes()),
            Eight(number) => to.extend(number.to_le_bytes()),
        }
    }
}

fn broken() -> io::Error {
    io::Error::other("nothing can be added to the archive here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_before_a_file_begins_has_no_place() {
        assert!(Zip::new(Vec::new()).add(b"x").is_err());
    }

    #[test]
    fn an_archive_ends_in_its_directory_and_counts_its_bytes() {
        let mut zip = Zip::new(Vec::new());
        for name in ["a.txt", "b/ü.txt"] {
            zip.start(name).unwrap();
            zip.add(b"hello ").unwrap();
            zip.add(name.as_bytes()).unwrap();
        }
        let (bytes, size) = zip.finish().unwrap();
        assert_eq!(u64::try_from(bytes.len()).unwrap(), size);
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        assert_eq!(&bytes[bytes.len() - 22..][..4], b"PK\x05\x06");
    }
}
