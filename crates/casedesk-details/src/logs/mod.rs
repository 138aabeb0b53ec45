//! Whether a log file has time stamps, in which form, and from when to when.
//!
//! The caller feeds the file in chunks of any size; memory does not grow with the file.
//!
//! ```
//! use casedesk_details::logs::{Format, Sniffer, Zone};
//!
//! let mut sniffer = Sniffer::new();
//! sniffer.feed(b"2024-05-01 12:00:00,123 INFO started\n2024-05-01 12:0");
//! sniffer.feed(b"0:05,001 WARN slow\n");
//! let report = sniffer.finish();
//! assert_eq!(report.format, Some(Format::Log4j));
//! assert_eq!(report.zone, Zone::None);
//! assert_eq!(report.first.unwrap().text, "2024-05-01 12:00:00,123");
//! assert!(!report.ask_again);
//! ```
mod content;
mod format;
mod stamp;

pub use content::{Content, Encoding};
use content::{Utf8Check, marked, packed};
pub use format::{Format, Zone};
use stamp::{Date, Found, find};

/// Whether a line of a mail begins as lines of logs do: with the time, to the second, and more.
pub(crate) fn begins_with_time(line: &str) -> bool {
    const FIRST: usize = 6;
    const MORE: usize = 6;
    find(line.as_bytes()).is_some_and(|found| found.seconds && found.start <= FIRST && found.end + MORE <= line.len())
}

/// A time as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub text: String,
    /// Year, month, day; None where the year is not written, or day and month cannot be told apart.
    pub date: Option<(u16, u8, u8)>,
    /// Hour, minute, second.
    pub time: (u8, u8, u8),
}

/// What a file is, once it was read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub content: Content,
    pub encoding: Encoding,
    /// The form of most stamps.
    pub format: Option<Format>,
    /// Whether day and month cannot be told apart anywhere in the file.
    pub ambiguous: bool,
    pub zone: Zone,
    /// The first and last stamp in the order of the file.
    pub first: Option<Stamp>,
    pub last: Option<Stamp>,
    /// Lines with words on them.
    pub lines: u64,
    pub stamped: u64,
    /// Stamped lines among those that do not continue another, such as lines of a stack trace.
    pub share: f64,
    /// In plain words.
    pub verdict: String,
    /// Whether to ask: "please send it with time stamps".
    pub ask_again: bool,
}

/// What of a line is looked at, in bytes.
const LONGEST: usize = 1_024;
/// What of a file tells its kind, in bytes.
const HEAD: usize = 512;

#[derive(Debug, Default, Clone)]
struct Tally {
    count: u64,
    first: Option<(Found, String)>,
    last: Option<(Found, String)>,
}

/// Reads a log file chunk by chunk.
#[derive(Debug)]
pub struct Sniffer {
    head: Vec<u8>,
    started: bool,
    content: Content,
    encoding: Encoding,
    utf8: Utf8Check,
    line: Vec<u8>,
    /// Half of a character of UTF-16.
    odd: Option<u8>,
    lines: u64,
    continued: u64,
    stamped: u64,
    zeros: u64,
    bytes: u64,
    tallies: Vec<Tally>,
    day_first: bool,
    month_first: bool,
    w3c: Option<W3c>,
}

/// What `#Fields:` and `#Date:` of the W3C's extended format say.
#[derive(Debug, Clone)]
struct W3c {
    dated: bool,
    date: Option<String>,
}

impl Default for Sniffer {
    fn default() -> Self {
        Self::new()
    }
}

impl Sniffer {
    pub fn new() -> Self {
        Sniffer {
            head: Vec::new(),
            started: false,
            content: Content::Empty,
            encoding: Encoding::Utf8,
            utf8: Utf8Check::default(),
            line: Vec::new(),
            odd: None,
            lines: 0,
            continued: 0,
            stamped: 0,
            zeros: 0,
            bytes: 0,
            tallies: vec![Tally::default(); Format::COUNT],
            day_first: false,
            month_first: false,
            w3c: None,
        }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8]) {
        if self.started {
            self.body(chunk);
            return;
        }
        let room = HEAD - self.head.len();
        let (head, rest) = chunk.split_at(room.min(chunk.len()));
        self.head.extend_from_slice(head);
        if self.head.len() == HEAD {
            self.start();
            self.body(rest);
        }
    }

    fn start(&mut self) {
        self.started = true;
        let head = std::mem::take(&mut self.head);
        if head.is_empty() {
            return;
        }
        self.content = packed(&head).unwrap_or(Content::Text);
        let (encoding, mark) = marked(&head);
        self.encoding = encoding;
        self.body(&head[mark..]);
    }

    fn body(&mut self, bytes: &[u8]) {
        if self.content != Content::Text {
            return;
        }
        self.bytes += bytes.len() as u64;
        match self.encoding {
            Encoding::Utf16LittleEndian => self.wide(bytes, false),
            Encoding::Utf16BigEndian => self.wide(bytes, true),
            _ => {
                self.utf8.feed(bytes);
                self.narrow(bytes);
            }
        }
    }

    /// UTF-16: all that stamps are made of is ASCII.
    fn wide(&mut self, bytes: &[u8], big: bool) {
        let mut ascii = Vec::with_capacity(bytes.len() / 2 + 1);
        for byte in bytes {
            match self.odd.take() {
                None => self.odd = Some(*byte),
                Some(first) => {
                    let (high, low) = if big { (first, *byte) } else { (*byte, first) };
                    ascii.push(if high == 0 && low < 0x80 { low } else { b'?' });
                }
            }
        }
        self.narrow(&ascii);
    }

    fn narrow(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = part.strip_suffix(b"\n").map_or((part, false), |text| (text, true));
            self.zeros += text.iter().filter(|byte| **byte == 0).count() as u64;
            let room = LONGEST - self.line.len();
            self.line.extend_from_slice(&text[..room.min(text.len())]);
            if ends {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let trimmed = line.trim_ascii();
        if !trimmed.is_empty() {
            self.take_line(trimmed, line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')));
        }
        self.line = line;
        self.line.clear();
    }

    fn take_line(&mut self, line: &[u8], indented: bool) {
        if line.starts_with(b"#") && self.directive(line) {
            return;
        }
        self.lines += 1;
        let Some(mut found) = find(line) else {
            let continues =
                indented || line.starts_with(b"Caused by:") || line.starts_with(b"at ") || line.starts_with(b"...");
            self.continued += u64::from(continues);
            return;
        };
        let mut text = String::from_utf8_lossy(&line[found.start..found.end]).into_owned();
        if let Some(w3c) = &self.w3c {
            let fits = matches!(found.format, Format::IsoWithSpace | Format::TimeOnly);
            if fits && (w3c.dated || w3c.date.is_some()) {
                (found.format, found.zone) = (Format::W3cExtended, Zone::Utc);
                if let (false, Some(date)) = (w3c.dated, &w3c.date) {
                    text = format!("{date} {text}");
                    found.date = find(text.as_bytes()).map_or(Date::None, |found| found.date);
                }
            }
        }
        if let Date::EitherWay { one, two, .. } = found.date {
            self.day_first |= one > 12;
            self.month_first |= two > 12;
        }
        self.stamped += 1;
        let tally = &mut self.tallies[found.format as usize];
        tally.count += 1;
        tally.first.get_or_insert_with(|| (found.clone(), text.clone()));
        tally.last = Some((found, text));
    }

    /// A line of the W3C's extended format that tells of the others.
    fn directive(&mut self, line: &[u8]) -> bool {
        let text = String::from_utf8_lossy(line);
        let (name, value) = text.split_once(':').unwrap_or((&text, ""));
        let w3c = self.w3c.get_or_insert(W3c { dated: false, date: None });
        match name {
            "#Fields" => w3c.dated = value.split_whitespace().any(|field| field == "date"),
            "#Date" => w3c.date = value.split_whitespace().next().map(str::to_owned),
            "#Software" | "#Version" | "#Start-Date" | "#End-Date" | "#Remark" => {}
            _ => {
                if w3c.date.is_none() && !w3c.dated {
                    self.w3c = None;
                }
                return false;
            }
        }
        true
    }

    /// What the file is.
    pub fn finish(mut self) -> Report {
        if !self.started {
            self.start();
        }
        self.end_line();
        let many_zeros = self.content == Content::Text && self.zeros * 100 > self.bytes && self.zeros > 0;
        if many_zeros {
            self.content = Content::Binary("no text");
        }
        if self.utf8.broken && self.encoding == Encoding::Utf8 {
            self.encoding = Encoding::EightBit;
        }
        self.report()
    }

    fn report(self) -> Report {
        let is_text = self.content == Content::Text;
        let tally = self.tallies.iter().max_by_key(|tally| tally.count).filter(|tally| tally.count > 0 && is_text);
        let format = tally.and_then(|tally| tally.first.as_ref()).map(|(found, _)| found.format);
        let slashed = matches!(format, Some(Format::SlashDate | Format::WindowsEvent));
        let ambiguous = slashed && self.day_first == self.month_first;
        let stamp = |one: &Option<(Found, String)>| {
            let (found, text) = one.as_ref()?;
            let date = date(found.date, self.day_first, ambiguous);
            Some(Stamp { text: text.clone(), date, time: found.time })
        };
        let zone = tally.and_then(|tally| tally.first.as_ref()).map_or(Zone::None, |(found, _)| found.zone.clone());
        let own = self.lines.saturating_sub(self.continued);
        let share = if own == 0 || !is_text { 0.0 } else { self.stamped as f64 / own as f64 };
        let first = tally.and_then(|tally| stamp(&tally.first));
        let last = tally.and_then(|tally| stamp(&tally.last));
        let mut report = Report {
            content: self.content,
            encoding: self.encoding,
            format,
            ambiguous,
            zone,
            first,
            last,
            lines: self.lines,
            stamped: if is_text { self.stamped } else { 0 },
            share,
            verdict: String::new(),
            ask_again: false,
        };
        (report.verdict, report.ask_again) = verdict(&report);
        report
    }
}

fn date(date: Date, day_first: bool, ambiguous: bool) -> Option<(u16, u8, u8)> {
    match date {
        Date::Full { year, month, day } => Some((year, month, day)),
        Date::EitherWay { .. } if ambiguous => None,
        Date::EitherWay { one, two, year } => Some(if day_first { (year, two, one) } else { (year, one, two) }),
        Date::Epoch(seconds) => Some(of_epoch(seconds)),
        Date::NoYear { .. } | Date::None => None,
    }
}

/// The day of a second since 1970, in UTC.
fn of_epoch(seconds: u64) -> (u16, u8, u8) {
    // Days are counted from 1 March of the year 0, so that leap days end a year.
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let small = |value: u64| u8::try_from(value).unwrap_or(0);
    (u16::try_from(year).unwrap_or(u16::MAX), small(month), small(day))
}

/// The verdict in plain words, and whether to ask for the file again.
fn verdict(report: &Report) -> (String, bool) {
    const FEW: f64 = 0.1;
    const MOST: f64 = 0.5;
    match report.content {
        Content::Empty => return ("The file is empty.".into(), true),
        Content::Compressed(name) => {
            return (format!("The file is packed ({name}); unpack it to see its time stamps."), false);
        }
        Content::Binary(what) => return (format!("The file is {what} and not a text log."), true),
        Content::Text => {}
    }
    let Some(format) = report.format.filter(|_| report.share >= FEW) else {
        return ("No time stamps. Please send it with time stamps.".into(), true);
    };
    if format == Format::TimeOnly {
        return ("Times of day without dates. Please send it with full time stamps.".into(), true);
    }
    let how_many = if report.share >= MOST { "Time stamps" } else { "Time stamps on some lines only" };
    let mut words = format!("{how_many} ({}, {})", format.name(), report.zone);
    if let (Some(first), Some(last)) = (&report.first, &report.last) {
        words.push_str(&format!(", from {} to {}.", first.text, last.text));
    }
    if report.ambiguous {
        words.push_str(" Day and month cannot be told apart.");
    }
    if format == Format::SyslogRfc3164 && report.first.as_ref().is_some_and(|first| first.date.is_none()) {
        words.push_str(" The year is not written.");
    }
    (words, false)
}
