//! One time stamp in a line, in the forms that programs write.
use super::format::{Format, Zone};

/// The date of a stamp. Two numbers before a year may be day and month or the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Date {
    Full { year: u16, month: u8, day: u8 },
    NoYear { month: u8, day: u8 },
    EitherWay { one: u8, two: u8, year: u16 },
    Epoch(u64),
    None,
}

#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) format: Format,
    pub(super) date: Date,
    pub(super) time: (u8, u8, u8),
    pub(super) zone: Zone,
    /// Whether seconds are written.
    pub(super) seconds: bool,
    /// Bytes of the line.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How far into a line a stamp may begin.
const REACH: usize = 160;

/// The first stamp of a line.
pub(super) fn find(line: &[u8]) -> Option<Found> {
    (0..line.len().min(REACH)).filter(|at| begins_word(line, *at)).find_map(|at| read(line, at))
}

/// A letter or digit that is not the middle of a number, a name or an address.
fn begins_word(line: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(b' ', |before| line[before]);
    let joined = match before {
        b'.' | b'-' | b'/' => true,
        b':' => at >= 2 && line[at - 2].is_ascii_digit(),
        before => before.is_ascii_alphanumeric(),
    };
    line[at].is_ascii_alphanumeric() && !joined
}

fn read(line: &[u8], at: usize) -> Option<Found> {
    if line[at].is_ascii_digit() { dated(line, at).or_else(|| epoch(line, at)) } else { named(line, at) }
}

/// A place in a line that is read from left to right.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The number of this many digits, and not more.
    fn number(&mut self, least: usize, most: usize) -> Option<u64> {
        let rest = &self.line[self.at.min(self.line.len())..];
        let digits = rest.iter().take(most + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if digits < least || digits > most {
            return None;
        }
        let value = rest[..digits].iter().fold(0u64, |value, byte| value * 10 + u64::from(byte - b'0'));
        self.at += digits;
        Some(value)
    }

    fn small(&mut self, least: usize, range: std::ops::RangeInclusive<u64>) -> Option<u8> {
        self.number(least, 2).filter(|value| range.contains(value)).and_then(|value| u8::try_from(value).ok())
    }

    fn peek(&self) -> u8 {
        self.line.get(self.at).copied().unwrap_or(0)
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.peek();
        bytes.contains(&byte).then(|| self.at += 1).map(|()| byte)
    }

    fn spaces(&mut self) -> Option<()> {
        const MOST: usize = 3;
        let start = self.at;
        while self.peek() == b' ' && self.at - start < MOST {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn word(&self) -> &'a [u8] {
        let rest = &self.line[self.at.min(self.line.len())..];
        &rest[..rest.iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count()]
    }

    fn month(&mut self) -> Option<u8> {
        const MONTHS: [&[u8]; 12] =
            [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
        let word = self.word();
        let start = word.get(..3)?.to_ascii_lowercase();
        let month = MONTHS.iter().position(|month| *month == start.as_slice())?;
        (word.len() == 3 || word.len() > 4 || word.eq_ignore_ascii_case(b"june") || word.eq_ignore_ascii_case(b"july"))
            .then_some(())?;
        self.at += word.len();
        u8::try_from(month + 1).ok()
    }

    fn weekday(&mut self) -> Option<()> {
        const DAYS: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
        let word = self.word().to_ascii_lowercase();
        (word.len() == 3 && DAYS.contains(&word.as_slice())).then(|| self.at += 3)
    }

    /// `12:00[:00][.123][ PM]`; whether seconds and whether a comma before the fraction were written.
    fn time(&mut self) -> Option<((u8, u8, u8), bool, bool)> {
        let mut hour = self.small(1, 0..=24)?;
        self.one_of(b":")?;
        let minute = self.small(2, 0..=59)?;
        let (mut second, mut seconds, mut comma) = (0, false, false);
        let mut ahead = *self;
        if ahead.one_of(b":").is_some() {
            second = ahead.small(2, 0..=60)?;
            seconds = true;
            *self = ahead;
            if let Some(mark) = ahead.one_of(b".,:")
                && ahead.number(1, 9).is_some()
            {
                comma = mark == b',';
                *self = ahead;
            }
        }
        let mut ahead = *self;
        let _ = ahead.one_of(b" ");
        let half = ahead.word().to_ascii_lowercase();
        if half == b"pm" || half == b"am" {
            hour = match (half == b"pm", hour) {
                (true, 1..=11) => hour + 12,
                (false, 12) => 0,
                (_, hour) => hour,
            };
            ahead.at += 2;
            *self = ahead;
        }
        (!self.peek().is_ascii_digit()).then_some(((hour, minute, second), seconds, comma))
    }

    /// `Z`, `+02:00`, ` +0200`, ` CEST`.
    fn zone(&mut self) -> Zone {
        let mut ahead = *self;
        let _ = ahead.one_of(b" ");
        match ahead.peek() {
            b'Z' if !ahead.line.get(ahead.at + 1).is_some_and(u8::is_ascii_alphanumeric) => {
                ahead.at += 1;
                *self = ahead;
                Zone::Utc
            }
            sign @ (b'+' | b'-') => {
                ahead.at += 1;
                match ahead.offset() {
                    Some(minutes) => {
                        *self = ahead;
                        Zone::Offset(if sign == b'-' { -minutes } else { minutes })
                    }
                    None => Zone::None,
                }
            }
            _ => {
                let word = ahead.word();
                if !ZONES.contains(&word) {
                    return Zone::None;
                }
                ahead.at += word.len();
                *self = ahead;
                match word {
                    b"UTC" | b"GMT" => Zone::Utc,
                    _ => Zone::Named(String::from_utf8_lossy(word).into_owned()),
                }
            }
        }
    }

    fn offset(&mut self) -> Option<i16> {
        let whole = *self;
        if let Some(both) = self.number(4, 4) {
            return i16::try_from(both / 100 * 60 + both % 100).ok().filter(|minutes| *minutes <= 14 * 60);
        }
        *self = whole;
        let hours = self.small(2, 0..=14)?;
        let mut ahead = *self;
        let minutes = ahead.one_of(b":").and_then(|_| ahead.small(2, 0..=59));
        if minutes.is_some() {
            *self = ahead;
        }
        Some(i16::from(hours) * 60 + i16::from(minutes.unwrap_or(0)))
    }
}

const ZONES: &[&[u8]] = &[
    b"UTC", b"GMT", b"CET", b"CEST", b"MEZ", b"MESZ", b"EST", b"EDT", b"CST", b"CDT", b"MST", b"MDT", b"PST", b"PDT",
    b"BST", b"WET", b"WEST", b"EET", b"EEST", b"MSK", b"IST", b"JST", b"SGT", b"HKT", b"AEST", b"AEDT", b"ACST",
    b"AWST", b"NZST", b"NZDT", b"BRT", b"ART", b"SAST", b"KST",
];

/// Stamps that begin with a digit.
fn dated(line: &[u8], at: usize) -> Option<Found> {
    let start = Cursor { line, at };
    year_first(start).or_else(|| basic(start)).or_else(|| day_first(start)).or_else(|| time_only(start))
}

fn found(
    start: Cursor<'_>,
    mut end: Cursor<'_>,
    format: Format,
    date: Date,
    time: (u8, u8, u8),
    seconds: bool,
) -> Option<Found> {
    let zone = end.zone();
    Some(Found { format, date, time, zone, seconds, start: start.at, end: end.at })
}

/// A day of the calendar.
fn full(year: u64, month: u64, day: u64) -> Option<Date> {
    let is_date = (1970..=2199).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let small = |value: u64| u8::try_from(value).ok();
    is_date.then_some(Date::Full { year: u16::try_from(year).ok()?, month: small(month)?, day: small(day)? })
}

fn year_first(start: Cursor<'_>) -> Option<Found> {
    let mut here = start;
    let year = here.number(4, 4)?;
    let mark = here.one_of(b"-/.")?;
    let month = here.number(1, 2)?;
    here.one_of(&[mark])?;
    let day = here.number(1, 2)?;
    let date = full(year, month, day)?;
    let between = here.one_of(b"T t,_\t-")?;
    let _ = here.spaces();
    let (time, seconds, comma) = here.time()?;
    let format = match (mark, between) {
        (b'/', _) => Format::YearSlash,
        (_, b'T') if is_rfc5424(start) => Format::SyslogRfc5424,
        (_, b'T') => Format::Iso8601,
        _ if comma => Format::Log4j,
        _ => Format::IsoWithSpace,
    };
    found(start, here, format, date, time, seconds)
}

/// `<165>1 ` before the stamp.
fn is_rfc5424(start: Cursor<'_>) -> bool {
    let before = &start.line[..start.at];
    before.first() == Some(&b'<') && before.ends_with(b">1 ") && before.len() <= 7
}

fn basic(start: Cursor<'_>) -> Option<Found> {
    let mut here = start;
    let day = here.number(8, 8)?;
    here.one_of(b"T -_")?;
    let date = full(day / 10_000, day / 100 % 100, day % 100)?;
    let split = here;
    let time = match here.number(6, 6) {
        Some(time) if time / 10_000 < 24 && time / 100 % 100 < 60 && time % 100 < 61 => {
            let part = |value: u64| u8::try_from(value).unwrap_or(0);
            (part(time / 10_000), part(time / 100 % 100), part(time % 100))
        }
        _ => {
            here = split;
            here.time()?.0
        }
    };
    found(start, here, Format::IsoBasic, date, time, true)
}

fn day_first(start: Cursor<'_>) -> Option<Found> {
    let mut here = start;
    let one = here.number(1, 2)?;
    let mark = here.one_of(b"/.- ")?;
    if let Some(month) = here.month() {
        here.one_of(&[mark])?;
        let date = full(here.number(4, 4)?, u64::from(month), one)?;
        let between = here.one_of(b": ,T")?;
        let _ = here.spaces();
        let (time, seconds, _) = here.time()?;
        let format = if mark == b'/' && between == b':' { Format::CommonLog } else { Format::DayNamedMonth };
        return found(start, here, format, date, time, seconds);
    }
    let two = here.number(1, 2)?;
    here.one_of(&[mark]).filter(|mark| *mark != b' ')?;
    let split = here;
    let year = match here.number(4, 4) {
        Some(year) => year,
        None => {
            here = split;
            2000 + here.number(2, 2)?
        }
    };
    here.one_of(b" ,T;\t-")?;
    let _ = here.spaces();
    let (time, seconds, _) = here.time()?;
    let (format, date) = match mark {
        b'.' => (Format::EuropeanDots, full(year, two, one)?),
        _ => {
            full(year, one, two).or_else(|| full(year, two, one))?;
            let small = |value: u64| u8::try_from(value).ok();
            let date = Date::EitherWay { one: small(one)?, two: small(two)?, year: u16::try_from(year).ok()? };
            (if is_event(start) { Format::WindowsEvent } else { Format::SlashDate }, date)
        }
    };
    found(start, here, format, date, time, seconds)
}

/// `Information<tab>`, `Date:          `
fn is_event(start: Cursor<'_>) -> bool {
    const LEVELS: [&[u8]; 7] =
        [b"information", b"warning", b"error", b"critical", b"verbose", b"audit success", b"audit failure"];
    let before: Vec<u8> = start.line[..start.at].to_ascii_lowercase();
    let trimmed = before.strip_prefix(b"\"").unwrap_or(&before);
    let is_level = LEVELS.iter().any(|level| {
        trimmed
            .strip_prefix(*level)
            .is_some_and(|rest| rest.iter().all(|byte| matches!(byte, b'\t' | b',' | b'"')) && !rest.is_empty())
    });
    is_level || trimmed.strip_prefix(b"date:").is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace))
}

fn time_only(start: Cursor<'_>) -> Option<Found> {
    let mut here = start;
    let (time, seconds, _) = here.time()?;
    let is_first = start.line[..start.at].iter().all(|byte| matches!(byte, b'[' | b' ' | b'(' | b'"'));
    if !seconds || !is_first {
        return None;
    }
    found(start, here, Format::TimeOnly, Date::None, time, seconds)
}

/// Stamps that begin with the name of a day or month.
fn named(line: &[u8], at: usize) -> Option<Found> {
    let start = Cursor { line, at };
    let mut here = start;
    if here.weekday().is_some() {
        let comma = here.one_of(b",").is_some();
        here.spaces()?;
        if comma || here.peek().is_ascii_digit() {
            let day = here.number(1, 2)?;
            here.one_of(b" -")?;
            let month = here.month()?;
            here.one_of(b" -")?;
            let date = full(here.number(4, 4)?, u64::from(month), day)?;
            here.spaces()?;
            let (time, seconds, _) = here.time()?;
            return found(start, here, Format::Rfc1123, date, time, seconds);
        }
        let month = here.month()?;
        here.spaces()?;
        let day = here.number(1, 2)?;
        here.spaces()?;
        let (time, seconds, _) = here.time()?;
        let zone = here.zone();
        here.spaces()?;
        let date = full(here.number(4, 4)?, u64::from(month), day)?;
        return Some(Found { format: Format::Ctime, date, time, zone, seconds, start: at, end: here.at });
    }
    let month = here.month()?;
    here.spaces()?;
    let day = here.small(1, 1..=31)?;
    if here.one_of(b",").is_some() {
        here.spaces()?;
        let date = full(here.number(4, 4)?, u64::from(month), u64::from(day))?;
        let _ = here.one_of(b",");
        here.spaces()?;
        let (time, seconds, _) = here.time()?;
        return found(start, here, Format::JavaLogging, date, time, seconds);
    }
    here.spaces()?;
    let mut with_year = here;
    if let Some(year) = with_year.number(4, 4) {
        with_year.spaces()?;
        let date = full(year, u64::from(month), u64::from(day))?;
        let (time, seconds, _) = with_year.time()?;
        return found(start, with_year, Format::SyslogRfc3164, date, time, seconds);
    }
    let (time, seconds, _) = here.time()?;
    found(start, here, Format::SyslogRfc3164, Date::NoYear { month, day }, time, seconds)
}

/// Seconds or milliseconds since 1970, at the beginning of a line or as the value of a key for times.
fn epoch(line: &[u8], at: usize) -> Option<Found> {
    const KEYS: [&[u8]; 7] = [b"ts", b"time", b"timestamp", b"t", b"@timestamp", b"date", b"msg=audit("];
    let before = &line[..at];
    let opens = before.iter().all(|byte| matches!(byte, b'[' | b' ' | b'"' | b'('));
    let is_mark = |byte: &u8| matches!(byte, b'"' | b':' | b'=' | b' ' | b'\'');
    let key_end = before.iter().rposition(|byte| !is_mark(byte)).map_or(0, |last| last + 1);
    let key = &before[..key_end];
    let keyed = before.len() > key_end
        && KEYS.iter().any(|name| {
            key.ends_with(name)
                && key.len().checked_sub(name.len() + 1).is_none_or(|at| !key[at].is_ascii_alphanumeric())
        });
    if !opens && !keyed && !before.ends_with(b"audit(") {
        return None;
    }
    let mut here = Cursor { line, at };
    let (format, seconds) = match here.number(10, 13)? {
        seconds @ 946_684_800..=4_102_444_800 if here.at - at == 10 => (Format::EpochSeconds, seconds),
        millis if here.at - at == 13 && millis / 1_000 > 946_684_800 => (Format::EpochMilliseconds, millis / 1_000),
        _ => return None,
    };
    if here.one_of(b".").is_some() {
        let _ = here.number(1, 9);
    }
    if here.peek().is_ascii_alphanumeric() {
        return None;
    }
    let part = |value: u64| u8::try_from(value).unwrap_or(0);
    let time = (part(seconds / 3_600 % 24), part(seconds / 60 % 60), part(seconds % 60));
    Some(Found { format, date: Date::Epoch(seconds), time, zone: Zone::Utc, seconds: true, start: at, end: here.at })
}
