//! ZIP archives read as they come, from front to back and in bounded memory (APPNOTE 6.3.10). Each file has a header of its
//! own in front (section 4.3.7); the directory at the end is not asked. What is not deflated or stored is not read.
use flate2::{Decompress, FlushDecompress, Status};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// The end of an archive that has no files.
const END: [u8; 4] = *b"PK\x05\x06";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// The part of a header that is always there.
const HEADER: usize = 30;
/// The longest descriptor, and the signature behind it.
const BEHIND: usize = 28;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Strong encryption is told by a method of its own (section 4.4.5).
const AES: u16 = 99;
const ZIP_64: u16 = 1;
const BUFFER: usize = 32 << 10;
/// So much may come out before it counts how much went in.
const FREE: u64 = 16 << 20;

/// Why an archive is read no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is locked")]
    Locked,
    #[error("it is packed in a way that is not read")]
    Method,
    #[error("it is damaged")]
    Damaged,
    #[error("too much comes out of it")]
    TooMuch,
}

/// What may come out of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub files: usize,
    pub bytes: u64,
    /// How many bytes come out for each that goes in.
    pub ratio: u64,
}

/// What comes out: a file begins, and then its bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    File(&'a str),
    Bytes(&'a [u8]),
}

enum State {
    /// The header of a file, or the beginning of the directory, as far as it has come.
    Header(Vec<u8>),
    /// So many bytes are left of a file that was not packed.
    Stored(u64),
    Deflated(Box<Decompress>),
    /// What stands behind a file whose size its header did not know (section 4.3.9).
    Behind(Vec<u8>),
    /// Only the directory comes now.
    Over,
}

/// An archive that is being read.
pub struct Unzip {
    state: State,
    /// Whether a descriptor stands behind the file.
    described: bool,
    limits: Limits,
    files: usize,
    read: u64,
    made: u64,
    buffer: Vec<u8>,
}

impl Unzip {
    pub fn new(limits: Limits) -> Self {
        let state = State::Header(Vec::new());
        Self { state, described: false, limits, files: 0, read: 0, made: 0, buffer: vec![0; BUFFER] }
    }

    /// Takes the next bytes of the archive and gives what comes out of them.
    pub fn feed(&mut self, mut bytes: &[u8], give: &mut impl FnMut(Piece<'_>)) -> Result<(), Unreadable> {
        while !bytes.is_empty() {
            let used = self.step(bytes, give)?;
            self.read += count(used);
            bytes = bytes.get(used..).unwrap_or_default();
            let ratio = self.made / self.read.max(1);
            if self.made > self.limits.bytes || (self.made > FREE && ratio > self.limits.ratio) {
                return Err(Unreadable::TooMuch);
            }
        }
        Ok(())
    }

    /// How many of the bytes were used.
    fn step(&mut self, bytes: &[u8], give: &mut impl FnMut(Piece<'_>)) -> Result<usize, Unreadable> {
        match &mut self.state {
            State::Over => Ok(bytes.len()),
            State::Header(header) => {
                let wanted = length(header)?.saturating_sub(header.len());
                let used = wanted.min(bytes.len());
                header.extend(bytes.iter().take(used));
                if header.len() == length(header)? {
                    let header = std::mem::take(header);
                    self.begin(&header, give)?;
                }
                Ok(used)
            }
            State::Stored(left) => {
                let used = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= count(used);
                let over = *left == 0;
                self.made += count(used);
                give(Piece::Bytes(bytes.get(..used).unwrap_or_default()));
                if over {
                    self.end();
                }
                Ok(used)
            }
            State::Deflated(packed) => {
                let before = (packed.total_in(), packed.total_out());
                let status = packed.decompress(bytes, &mut self.buffer, FlushDecompress::None);
                let status = status.map_err(|_| Unreadable::Damaged)?;
                let used = usize::try_from(packed.total_in() - before.0).unwrap_or(usize::MAX);
                let made = usize::try_from(packed.total_out() - before.1).unwrap_or(usize::MAX);
                self.made += count(made);
                give(Piece::Bytes(self.buffer.get(..made).unwrap_or_default()));
                match status {
                    Status::StreamEnd => self.end(),
                    _ if used == 0 && made == 0 => return Err(Unreadable::Damaged),
                    _ => {}
                }
                Ok(used)
            }
            State::Behind(behind) => {
                let used = bytes.len().min(BEHIND - behind.len());
                behind.extend(bytes.iter().take(used));
                if behind.len() == BEHIND {
                    let rest = without_descriptor(behind)?;
                    self.state = State::Header(rest);
                    self.directory();
                }
                Ok(used)
            }
        }
    }

    /// A whole header has come.
    fn begin(&mut self, header: &[u8], give: &mut impl FnMut(Piece<'_>)) -> Result<(), Unreadable> {
        if !header.starts_with(&LOCAL) {
            self.state = State::Over;
            return Ok(());
        }
        let (flags, method) = (two(header, 6), two(header, 8));
        if flags & 1 != 0 || method == AES {
            return Err(Unreadable::Locked);
        }
        self.files += 1;
        if self.files > self.limits.files {
            return Err(Unreadable::TooMuch);
        }
        self.described = flags & (1 << 3) != 0;
        let name = header.get(HEADER..HEADER + usize::from(two(header, 26))).unwrap_or_default();
        give(Piece::File(&String::from_utf8_lossy(name)));
        let size = packed_size(header);
        match method {
            // Where it ends stands only behind it.
            STORED if self.described => return Err(Unreadable::Method),
            STORED if size == 0 => self.end(),
            STORED => self.state = State::Stored(size),
            DEFLATED => self.state = State::Deflated(Box::new(Decompress::new(false))),
            _ => return Err(Unreadable::Method),
        }
        Ok(())
    }

    fn end(&mut self) {
        self.state = if self.described { State::Behind(Vec::new()) } else { State::Header(Vec::new()) };
    }

    /// The directory has no header of a file: what has come of it is enough.
    fn directory(&mut self) {
        if let State::Header(header) = &self.state
            && header.starts_with(&CENTRAL)
        {
            self.state = State::Over;
        }
    }
}

/// How long this header is, as far as that is known by now.
fn length(header: &[u8]) -> Result<usize, Unreadable> {
    if header.len() < LOCAL.len() {
        return Ok(LOCAL.len());
    }
    if header.starts_with(&CENTRAL) || header.starts_with(&END) {
        return Ok(header.len());
    }
    if !header.starts_with(&LOCAL) {
        return Err(Unreadable::Damaged);
    }
    if header.len() < HEADER {
        return Ok(HEADER);
    }
    Ok(HEADER + usize::from(two(header, 26)) + usize::from(two(header, 28)))
}

/// What follows a descriptor, of which there are four forms: with a signature or without, with sizes of 32 bits or of 64.
fn without_descriptor(behind: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let forms = if behind.starts_with(&DESCRIPTOR) { [16, 24] } else { [12, 20] };
    let rests = forms.iter().filter_map(|length| behind.get(*length..));
    let mut rests = rests.filter(|rest| rest.starts_with(&LOCAL) || rest.starts_with(&CENTRAL));
    rests.next().map(<[u8]>::to_vec).ok_or(Unreadable::Damaged)
}

/// The size as it is packed; where 32 bits do not hold it, it stands among the extra fields (section 4.5.3).
fn packed_size(header: &[u8]) -> u64 {
    let size = u64::from(two(header, 18)) | u64::from(two(header, 20)) << 16;
    let mut extra = header.get(HEADER + usize::from(two(header, 26))..).unwrap_or_default();
    while size == u64::from(u32::MAX) && extra.len() >= 4 {
        let (id, length) = (two(extra, 0), usize::from(two(extra, 2)));
        if id == ZIP_64 {
            let at = |at: usize| u64::from(two(extra, at));
            return at(12) | at(14) << 16 | at(16) << 32 | at(18) << 48;
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
    size
}

fn two(bytes: &[u8], at: usize) -> u16 {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    u16::from_le_bytes([byte(at), byte(at + 1)])
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;
    use crate::kit::zip::Zip;

    const LIMITS: Limits = Limits { files: 3, bytes: 64 << 20, ratio: 200 };

    /// Its name and its content.
    type File = (String, Vec<u8>);

    /// The files, read in pieces of this size, and how it ended.
    fn read(archive: &[u8], size: usize, limits: Limits) -> (Vec<File>, Result<(), Unreadable>) {
        let mut files: Vec<File> = Vec::new();
        let mut unzip = Unzip::new(limits);
        let mut give = |piece: Piece<'_>| match piece {
            Piece::File(name) => files.push((name.to_owned(), Vec::new())),
            Piece::Bytes(bytes) => files.last_mut().unwrap().1.extend(bytes),
        };
        let ended = archive.chunks(size).try_for_each(|piece| unzip.feed(piece, &mut give));
        (files, ended)
    }

    fn written(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = Zip::new(Vec::new());
        for (name, content) in files {
            zip.start(name).unwrap();
            zip.add(content).unwrap();
        }
        zip.finish().unwrap().0
    }

    /// A file with its size in its header, as most programs write it.
    fn plain(name: &str, flags: u16, method: u16, packed: &[u8], size: usize) -> Vec<u8> {
        let mut out = LOCAL.to_vec();
        for number in [20, flags, method, 0, 33, 0, 0] {
            out.extend(number.to_le_bytes());
        }
        for number in [packed.len(), size] {
            out.extend(u32::try_from(number).unwrap().to_le_bytes());
        }
        out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        out.extend([0, 0]);
        out.extend(name.as_bytes());
        out.extend(packed);
        out
    }

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read_again_in_pieces_of_any_size() {
        let long: Vec<u8> =
            (0..200_000_u32).flat_map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()).collect();
        let archive = written(&[("a.log", b"one"), ("folder/b.log", &long), ("empty", b"")]);
        for size in [1, 7, 4096, archive.len()] {
            let (files, ended) = read(&archive, size, LIMITS);
            assert_eq!(ended, Ok(()), "{size}");
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["a.log", "folder/b.log", "empty"], "{size}");
            assert!(files[0].1 == b"one" && files[1].1 == long && files[2].1.is_empty(), "{size}");
        }
    }

    #[test]
    fn archives_of_other_programs_are_read_too() {
        let mut archive = plain("folder/", 0, STORED, b"", 0);
        archive.extend(plain("stored.log", 0, STORED, b"as it is", 8));
        archive.extend(plain("packed.log", 0, DEFLATED, &deflated(b"shorter"), 7));
        archive.extend(CENTRAL);
        let (files, ended) = read(&archive, 5, LIMITS);
        assert_eq!((files[1].1.as_slice(), files[2].1.as_slice(), ended), (&b"as it is"[..], &b"shorter"[..], Ok(())));
    }

    #[test]
    fn what_is_locked_damaged_or_strange_is_told() {
        let ended = |archive: &[u8]| read(archive, 11, LIMITS).1;
        assert_eq!(ended(&plain("a.log", 1, DEFLATED, b"secret", 6)), Err(Unreadable::Locked));
        assert_eq!(ended(&plain("a.log", 0, AES, b"secret", 6)), Err(Unreadable::Locked));
        assert_eq!(ended(&plain("a.log", 0, 14, b"lzma", 4)), Err(Unreadable::Method));
        assert_eq!(ended(&plain("a.log", 0, DEFLATED, b"\xff\xff\xff\xff\xff\xff", 4)), Err(Unreadable::Damaged));
        assert_eq!(ended(b"PK\x03\x05 and more of it"), Err(Unreadable::Damaged));
        let mut archive = written(&[("a.log", b"one")]);
        let at = archive.windows(4).position(|four| four == DESCRIPTOR).unwrap();
        archive.drain(at..at + 9);
        assert_eq!(ended(&archive), Err(Unreadable::Damaged));
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_left() {
        let zeros = vec![0; 40 << 20];
        let bomb = written(&[("zeros.log", &zeros)]);
        assert_eq!(read(&bomb, 4096, LIMITS).1, Err(Unreadable::TooMuch), "for each byte more than a thousand");
        assert_eq!(read(&bomb, 4096, Limits { ratio: 2000, ..LIMITS }).1, Ok(()));
        assert_eq!(read(&bomb, 4096, Limits { ratio: 2000, bytes: 1 << 20, ..LIMITS }).1, Err(Unreadable::TooMuch));
        let many = written(&[("a", b""), ("b", b""), ("c", b""), ("d", b"")]);
        assert_eq!(read(&many, 4096, LIMITS).1, Err(Unreadable::TooMuch));
    }
}
