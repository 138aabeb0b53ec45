//! Hours as lines of text, read and written. The crate's documentation has the form.

use crate::fault::{Fault, Faults, MOST_LINES, MOST_NAME, Wrong};
use crate::hours::{ALL_DAY, Hours, MINUTES_A_DAY, On, Span, SpecialDay};
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// The rules that are compiled in, and none of the machine's.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// A leap year, by which the days of every year are checked.
const LEAP_YEAR: i16 = 2024;
/// Characters of what was written that a fault repeats.
const MOST_QUOTED: usize = 40;

pub(crate) fn read(text: &str) -> Result<Hours, Faults> {
    let mut draft = Draft::default();
    let mut faults = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line_number = Some(at + 1);
        if at == MOST_LINES {
            faults.push(Fault { line: line_number, wrong: Wrong::TooManyLines });
            break;
        }
        if let Err(wrong) = draft.take_in(line.trim()) {
            faults.push(Fault { line: line_number, wrong });
        }
    }
    draft.finish(faults)
}

/// What the lines so far have said.
#[derive(Default)]
struct Draft {
    /// Outer: whether a line named a zone; inner: the zone, unless it was unknown.
    zone: Option<Option<(TimeZone, String)>>,
    week: [Option<Vec<Span>>; 7],
    days: BTreeMap<On, SpecialDay>,
}

impl Draft {
    fn take_in(&mut self, line: &str) -> Result<(), Wrong> {
        let mut rest = Rest(line);
        match line.chars().next() {
            None | Some('#') => Ok(()),
            _ if line == "24/7" => self.put_week(&[0, 1, 2, 3, 4, 5, 6], &[ALL_DAY]),
            Some('0'..='9' | '*') => self.take_date(&mut rest),
            Some(_) if rest.word_is("zone") || rest.word_is("zone:") => self.take_zone(rest.0.trim()),
            Some(_) => self.take_weekdays(&mut rest),
        }
    }

    fn take_zone(&mut self, name: &str) -> Result<(), Wrong> {
        if self.zone.is_some() {
            return Err(Wrong::ZoneTwice);
        }
        let zone = ZONES.get(name).ok().filter(|zone| !zone.is_unknown());
        let named = zone.map(|zone| {
            let name = zone.iana_name().unwrap_or(name).to_owned();
            (zone, name)
        });
        let wrong = named.is_none().then(|| Wrong::UnknownZone(quoted(name), zone_like(name)));
        self.zone = Some(named);
        wrong.map_or(Ok(()), Err)
    }

    fn take_weekdays(&mut self, rest: &mut Rest<'_>) -> Result<(), Wrong> {
        let mut named = Vec::new();
        loop {
            let first = weekday(rest.word())?;
            let last = if rest.dash() { weekday(rest.word())? } else { first };
            // Fri-Mon goes over the end of the week.
            let count = (last + 7 - first) % 7 + 1;
            named.extend((first..first + count).map(|day| day % 7));
            if !rest.comma() {
                break;
            }
        }
        let spans = rest.spans()?;
        rest.no_more_spans()?;
        if !rest.0.is_empty() {
            return Err(Wrong::Leftover(quoted(rest.0)));
        }
        self.put_week(&named, &spans)
    }

    fn put_week(&mut self, days: &[usize], spans: &[Span]) -> Result<(), Wrong> {
        for (day, name) in days.iter().filter_map(|day| Some((*day, WEEKDAYS.get(*day)?))) {
            match self.week.get_mut(day) {
                Some(slot @ None) => *slot = Some(spans.to_vec()),
                _ => return Err(Wrong::DayTwice((*name).into())),
            }
        }
        Ok(())
    }

    fn take_date(&mut self, rest: &mut Rest<'_>) -> Result<(), Wrong> {
        let word = rest.until_space();
        let on = date(word).ok_or_else(|| Wrong::Date(quoted(word)))?;
        let spans = rest.spans()?;
        rest.no_more_spans()?;
        let name = rest.0.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.chars().count() > MOST_NAME {
            return Err(Wrong::LongName);
        }
        match self.days.insert(on, SpecialDay { spans, name }) {
            None => Ok(()),
            Some(_) => Err(Wrong::DayTwice(on.to_string())),
        }
    }

    fn finish(self, mut faults: Vec<Fault>) -> Result<Hours, Faults> {
        let week = self.week.map(Option::unwrap_or_default);
        let needs_no_zone = self.days.is_empty() && is_round_the_clock(&week);
        let zone = self.zone.unwrap_or_else(|| {
            if !needs_no_zone {
                faults.push(Fault { line: None, wrong: Wrong::NoZone });
            }
            Some((TimeZone::UTC, "UTC".into()))
        });
        // Of a week with a fault nobody can say whether it was never open.
        if faults.iter().all(|fault| fault.wrong == Wrong::NoZone) && week.iter().all(Vec::is_empty) {
            faults.push(Fault { line: None, wrong: Wrong::NeverOpen });
        }
        match zone {
            Some((zone, zone_name)) if faults.is_empty() => Ok(Hours { zone, zone_name, week, days: self.days }),
            _ => Err(Faults(faults)),
        }
    }
}

/// What is left of a line; reading takes the spaces after a thing with it.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest.trim_start();
        taken
    }

    fn until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        self.take(self.0.find(stop).unwrap_or(self.0.len()))
    }

    fn until_space(&mut self) -> &'a str {
        self.until(char::is_whitespace)
    }

    /// Up to a space, comma or dash.
    fn word(&mut self) -> &'a str {
        self.until(|c| c.is_whitespace() || c == ',' || is_dash(c))
    }

    fn word_is(&mut self, wanted: &str) -> bool {
        let mut ahead = Rest(self.0);
        let is = ahead.word().eq_ignore_ascii_case(wanted);
        if is {
            self.0 = ahead.0;
        }
        is
    }

    fn dash(&mut self) -> bool {
        let dash = self.0.chars().next().filter(|c| is_dash(*c));
        dash.map(|c| self.take(c.len_utf8())).is_some()
    }

    fn comma(&mut self) -> bool {
        let is = self.0.starts_with(',');
        is.then(|| self.take(1)).is_some()
    }

    /// `closed`, or spans with commas between them: sorted, apart, and joined where they touch.
    fn spans(&mut self) -> Result<Vec<Span>, Wrong> {
        if self.word_is("closed") {
            return Ok(Vec::new());
        }
        if !self.0.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Wrong::NoSpans);
        }
        let mut spans = vec![self.span()?];
        while self.comma() {
            spans.push(self.span()?);
        }
        spans.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.from < last.to => return Err(Wrong::Overlap(last.to_string(), span.to_string())),
                Some(last) if span.from == last.to => last.to = span.to,
                _ => joined.push(span),
            }
        }
        Ok(joined)
    }

    /// That no span follows without its comma, which would be taken for a name.
    fn no_more_spans(&self) -> Result<(), Wrong> {
        let next = Rest(self.0).word();
        if minute(next).is_ok() { Err(Wrong::NoComma(quoted(self.0))) } else { Ok(()) }
    }

    fn span(&mut self) -> Result<Span, Wrong> {
        let written = self.word();
        let from = minute(written)?;
        if !self.dash() {
            return Err(Wrong::NoEnd(quoted(written)));
        }
        let span = Span { from, to: minute(self.word())? };
        match span.from.cmp(&span.to) {
            std::cmp::Ordering::Less => Ok(span),
            std::cmp::Ordering::Equal => Err(Wrong::Empty(span.to_string())),
            std::cmp::Ordering::Greater => Err(Wrong::Backwards(span.to_string())),
        }
    }
}

/// Hyphens and dashes, as word processors make them.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// 0 is Monday. English names, whole or cut to three letters or more.
fn weekday(word: &str) -> Result<usize, Wrong> {
    let is_named =
        |name: &str| word.len() >= 3 && name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    WEEKDAYS.iter().position(|name| is_named(name)).ok_or_else(|| Wrong::Day(quoted(word)))
}

/// Minutes since midnight, of `9:00`, `09:00` or `24:00`.
fn minute(word: &str) -> Result<u16, Wrong> {
    let number = |digits: &str, lengths: std::ops::RangeInclusive<usize>| {
        let fits = lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| digits.parse::<u16>().ok()).flatten()
    };
    let read = || {
        let (hours, minutes) = word.split_once(':')?;
        let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
        Some(hours * 60 + minutes).filter(|minute| minutes < 60 && *minute <= MINUTES_A_DAY)
    };
    read().ok_or_else(|| Wrong::Time(quoted(word)))
}

/// `2026-12-25` or `*-12-25`, of which 29 February is one.
fn date(word: &str) -> Option<On> {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let (year, month_and_day) = word.split_once('-')?;
    let (month, day) = month_and_day.split_once('-')?;
    if !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    if year == "*" {
        return Date::new(LEAP_YEAR, month, day).ok().map(|_| On::EveryYear { month, day });
    }
    let year = digits(year, 4).then(|| year.parse().ok())??;
    Date::new(year, month, day).ok().map(On::Date)
}

/// A zone of the same last name, such as Europe/Dublin for `Dublin` or `Eire/Dublin`.
fn zone_like(name: &str) -> Option<String> {
    let place = |zone: &str| zone.rsplit('/').next().unwrap_or(zone).replace(' ', "_").to_lowercase();
    let wanted = place(name);
    ZONES.available().map(|zone| zone.to_string()).find(|zone| zone.contains('/') && place(zone) == wanted)
}

fn quoted(text: &str) -> String {
    let mut cut: String = text.chars().take(MOST_QUOTED).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

fn is_round_the_clock(week: &[Vec<Span>; 7]) -> bool {
    week.iter().all(|spans| spans.as_slice() == [ALL_DAY])
}

pub(crate) fn write(hours: &Hours, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "zone {}", hours.zone_name)?;
    if is_round_the_clock(&hours.week) {
        write!(f, "\n24/7")?;
    } else {
        write_week(&hours.week, f)?;
    }
    for (on, day) in &hours.days {
        write!(f, "\n{on} {}", listed(&day.spans))?;
        if !day.name.is_empty() {
            write!(f, " {}", day.name)?;
        }
    }
    Ok(())
}

fn write_week(week: &[Vec<Span>; 7], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut days = week.iter().zip(WEEKDAYS).peekable();
    while let Some((spans, first)) = days.next() {
        let mut last = first;
        while let Some((_, day)) = days.next_if(|(same, _)| *same == spans) {
            last = day;
        }
        match (&first[..3], &last[..3]) {
            _ if spans.is_empty() => {}
            (first, last) if first == last => write!(f, "\n{first} {}", listed(spans))?,
            (first, last) => write!(f, "\n{first}-{last} {}", listed(spans))?,
        }
    }
    Ok(())
}

fn listed(spans: &[Span]) -> String {
    match spans {
        [] => "closed".into(),
        spans => spans.iter().map(Span::to_string).collect::<Vec<_>>().join(", "),
    }
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::EveryYear { month, day } => write!(f, "*-{month:02}-{day:02}"),
        }
    }
}
