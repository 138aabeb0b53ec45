//! Log files, read once and piece by piece, also packed ones: whether their lines say when.
use std::io::{self, Write};

use casedesk_details::logs::{Content, Format, Report, Sniffer, Zone};
use flate2::write::MultiGzDecoder;
use futures::StreamExt as _;

use super::tell;
use crate::cases::rules;
use crate::cases::store;
use crate::cases::{CaseId, CasesError, EntryId, LogReading};
use crate::customers::rules::Logs;
use crate::db::Read;
use crate::desk::Desk;
use crate::files::FilesError;
use crate::kit::unzip::{Limits, Piece, Unreadable, Unzip};
use crate::staff::Actor;

/// The version of the reader: with a new one, logs are read again.
const READER: i64 = 3;
/// How many logs of one message are read.
const MOST_LOGS: usize = 20;
/// How many pieces of a file may wait for the reader.
const AHEAD: usize = 4;
/// What a file begins with that gzip made (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What an archive begins with.
const ZIP: &[u8] = b"PK\x03\x04";
/// How many files of an archive are looked into.
const MOST_FILES: usize = 1000;
/// Logs are packed to a tenth of their size, and such as say one thing again and again to a hundredth.
const MOST_RATIO: u64 = 400;
/// How much of a packed file is read, in bytes as they were before.
const MOST_UNPACKED: u64 = 4 << 30;

/// What a log file says of time: as it was read before, or read now.
pub async fn log_reading(desk: &Desk, digest: &str) -> Result<LogReading, CasesError> {
    if let Some(known) = store::log_reading(desk.db(), digest, READER).await? {
        return Ok(known);
    }
    let reading = told(digest, sniffed(desk, digest).await?);
    let mut tx = desk.db().begin().await?;
    store::save_log_reading(&mut tx, &reading, READER, desk.now()).await?;
    tx.commit().await?;
    Ok(reading)
}

/// What the customer's logs say of time, as far as they were read.
pub(super) async fn known_logs(on: impl Read, case: CaseId) -> Result<Logs, CasesError> {
    let logs = store::read_logs_of_case(on, case).await?;
    Ok(rules::logs_say(logs.iter().map(|log| &log.reading)))
}

/// Reads a file on a thread of its own, where long lines keep nobody waiting, with a few pieces in memory at a time.
async fn sniffed(desk: &Desk, digest: &str) -> Result<Report, CasesError> {
    let mut pieces = desk.files().stream(digest).await?;
    let (give, mut take) = tokio::sync::mpsc::channel::<bytes::Bytes>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut reader = Reader::Begins;
        while let Some(piece) = take.blocking_recv() {
            if !reader.feed(&piece) {
                break;
            }
        }
        reader.finish()
    });
    while let Some(piece) = pieces.next().await {
        if give.send(piece?).await.is_err() {
            break;
        }
    }
    drop(give);
    reading.await.map_err(|broke| CasesError::Files(io::Error::other(broke).into()))
}

/// A log as it comes.
enum Reader {
    Begins,
    Plain(Box<Sniffer>),
    Packed(Box<MultiGzDecoder<Unpacked>>),
    Archive(Box<Archive>),
}

impl Reader {
    /// Whether more of it is wanted.
    fn feed(&mut self, piece: &[u8]) -> bool {
        if matches!(self, Self::Begins) {
            *self = match piece {
                _ if piece.starts_with(&GZIP) => Self::Packed(Box::new(MultiGzDecoder::new(Unpacked::new(piece)))),
                _ if piece.starts_with(ZIP) => Self::Archive(Box::new(Archive::new(piece))),
                _ => Self::Plain(Box::new(Sniffer::new())),
            };
        }
        match self {
            Self::Begins => true,
            Self::Plain(sniffer) => {
                sniffer.feed(piece);
                true
            }
            Self::Packed(decoder) => decoder.write_all(piece).is_ok(),
            Self::Archive(archive) => archive.feed(piece),
        }
    }

    /// Of a packed file that cannot be unpacked, that it is packed.
    fn finish(self) -> Report {
        match self {
            Self::Begins => Sniffer::new().finish(),
            Self::Plain(sniffer) => sniffer.finish(),
            Self::Packed(mut decoder) => {
                let _ = decoder.try_finish();
                let unpacked = decoder.get_mut();
                let read = unpacked.left < MOST_UNPACKED;
                std::mem::take(if read { &mut unpacked.lines } else { &mut unpacked.as_it_is }).finish()
            }
            Self::Archive(archive) => archive.finish(),
        }
    }
}

/// What comes out of a packed log.
struct Unpacked {
    lines: Sniffer,
    /// Has seen how the file begins, and nothing of what is in it.
    as_it_is: Sniffer,
    left: u64,
}

impl Unpacked {
    fn new(begins: &[u8]) -> Self {
        let mut as_it_is = Sniffer::new();
        as_it_is.feed(begins);
        Self { lines: Sniffer::new(), as_it_is, left: MOST_UNPACKED }
    }
}

impl Write for Unpacked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(size).ok_or_else(|| io::Error::other("it unpacks to too much"))?;
        self.lines.feed(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Of the files of an archive, the one that tells most of time.
struct Archive {
    unzip: Unzip,
    found: Found,
    as_it_is: Sniffer,
    locked: bool,
}

#[derive(Default)]
struct Found {
    reading: Option<Sniffer>,
    best: Option<Report>,
}

impl Archive {
    fn new(begins: &[u8]) -> Self {
        let mut as_it_is = Sniffer::new();
        as_it_is.feed(begins);
        let limits = Limits { files: MOST_FILES, bytes: MOST_UNPACKED, ratio: MOST_RATIO };
        Self { unzip: Unzip::new(limits), found: Found::default(), as_it_is, locked: false }
    }

    fn feed(&mut self, piece: &[u8]) -> bool {
        let read = self.unzip.feed(piece, &mut |piece| self.found.take(piece));
        self.locked |= read == Err(Unreadable::Locked);
        read.is_ok()
    }

    fn finish(mut self) -> Report {
        self.found.end();
        match self.found.best {
            Some(report) => report,
            None if self.locked => {
                Report { verdict: "The file cannot be read: it is locked.".into(), ..self.as_it_is.finish() }
            }
            None => self.as_it_is.finish(),
        }
    }
}

impl Found {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::File(_) => {
                self.end();
                self.reading = Some(Sniffer::new());
            }
            Piece::Bytes(bytes) => {
                if let Some(reading) = &mut self.reading {
                    reading.feed(bytes);
                }
            }
        }
    }

    fn end(&mut self) {
        let Some(report) = self.reading.take().map(Sniffer::finish) else { return };
        let tells = |report: &Report| (!report.ask_again, report.stamped, report.lines);
        let better = self.best.as_ref().is_none_or(|best| tells(&report) > tells(best));
        if report.content == Content::Text && better {
            self.best = Some(report);
        }
    }
}

fn told(digest: &str, report: Report) -> LogReading {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let stamped = report.format.filter(|format| !report.ask_again || *format == Format::TimeOnly);
    let of_stamps = |stamp: Option<casedesk_details::logs::Stamp>| stamp.filter(|_| stamped.is_some());
    LogReading {
        digest: digest.to_owned(),
        format: stamped.map(|format| format.name().to_owned()),
        zone: Some(&report.zone).filter(|zone| stamped.is_some() && **zone != Zone::None).map(Zone::to_string),
        first_stamp: of_stamps(report.first).map(|stamp| stamp.text),
        last_stamp: of_stamps(report.last).map(|stamp| stamp.text),
        lines: count(report.lines),
        stamped: count(report.stamped),
        verdict: report.verdict,
        ask_again: report.ask_again,
    }
}

/// Reads the logs that came with a message, and tells the page of its case.
pub async fn read_logs(desk: &Desk, entry: EntryId) -> Result<(), CasesError> {
    let files = store::files_of_entries(desk.db(), &[entry]).await?;
    for file in files.iter().filter(|file| rules::is_log(&file.name)).take(MOST_LOGS) {
        match log_reading(desk, &file.digest).await {
            Ok(_) | Err(CasesError::Files(FilesError::Missing(_))) => {}
            Err(error) => return Err(error),
        }
    }
    let mut tx = desk.db().begin().await?;
    let Some(row) = store::entry(&mut tx, entry).await? else { return Ok(()) };
    let Some(case) = store::case(&mut tx, row.case_id).await? else { return Ok(()) };
    tell(&mut tx, desk, &case, "logs_read", Actor::System, serde_json::json!({ "entry": entry })).await?;
    tx.commit().await?;
    Ok(())
}
