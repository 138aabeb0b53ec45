//! The slow and obvious model: look at the wall clock in every minute.

use casedesk_hours::Hours;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Hours as a test made them up, apart from what the crate makes of their text.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) zone: &'static str,
    /// Monday first; minutes of the day.
    pub(crate) week: Vec<Vec<(u32, u32)>>,
    /// By date as it is written.
    pub(crate) days: BTreeMap<String, Vec<(u32, u32)>>,
}

/// Nanoseconds of a minute.
const MINUTE: i128 = 60_000_000_000;

impl Model {
    pub(crate) fn text(&self) -> String {
        let mut text = format!("zone {}\n", self.zone);
        for (name, spans) in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().zip(&self.week) {
            writeln!(text, "{name} {}", written(spans)).expect("text");
        }
        for (date, spans) in &self.days {
            writeln!(text, "{date} {} A day of its own", written(spans)).expect("text");
        }
        text
    }

    pub(crate) fn hours(&self) -> Hours {
        crate::hours(&self.text())
    }

    pub(crate) fn tz(&self) -> TimeZone {
        TimeZoneDatabase::bundled().get(self.zone).expect("a zone")
    }

    fn shows_open(&self, wall: DateTime) -> bool {
        let minute = u32::try_from(i32::from(wall.hour()) * 60 + i32::from(wall.minute())).expect("a minute");
        let date = wall.date().to_string();
        let yearly = format!("*{}", &date[4..]);
        let weekday = usize::try_from(wall.weekday().to_monday_zero_offset()).expect("a weekday");
        let spans = self.days.get(&date).or_else(|| self.days.get(&yearly)).unwrap_or(&self.week[weekday]);
        spans.iter().any(|(from, to)| (*from..*to).contains(&minute))
    }

    pub(crate) fn is_open(&self, tz: &TimeZone, at: Timestamp) -> bool {
        self.shows_open(tz.to_datetime(at))
    }

    /// Nanoseconds of open time. Offsets of the zones tried are whole minutes, so no minute is open in part.
    pub(crate) fn elapsed(&self, from: Timestamp, to: Timestamp) -> i128 {
        let tz = self.tz();
        let mut open = 0;
        let mut minute = start_of_minute(from);
        while minute < to.as_nanosecond() {
            if self.is_open(&tz, instant(minute)) {
                open += (minute + MINUTE).min(to.as_nanosecond()) - minute.max(from.as_nanosecond());
            }
            minute += MINUTE;
        }
        open
    }

    /// The earliest instant by which `amount` nanoseconds were open, within so many minutes.
    pub(crate) fn due(&self, from: Timestamp, amount: i128, within: usize) -> Option<Timestamp> {
        let tz = self.tz();
        let mut left = amount;
        let mut minute = start_of_minute(from);
        for _ in 0..within {
            if left == 0 {
                break;
            }
            let start = minute.max(from.as_nanosecond());
            if self.is_open(&tz, instant(minute)) {
                let used = left.min(minute + MINUTE - start);
                left -= used;
                if left == 0 {
                    return Some(instant(start + used));
                }
            }
            minute += MINUTE;
        }
        (left == 0).then_some(from)
    }

    /// The first instant in which the desk is open, or closed.
    pub(crate) fn next(&self, open: bool, from: Timestamp, within: usize) -> Option<Timestamp> {
        let tz = self.tz();
        let minutes = (0..within).map(|count| start_of_minute(from) + MINUTE * i128::try_from(count).expect("small"));
        let mut starts = minutes.map(|minute| instant(minute.max(from.as_nanosecond())));
        starts.find(|at| self.is_open(&tz, *at) == open)
    }
}

fn written(spans: &[(u32, u32)]) -> String {
    if spans.is_empty() {
        return "closed".into();
    }
    let time = |minute: &u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    spans.iter().map(|(from, to)| format!("{}-{}", time(from), time(to))).collect::<Vec<_>>().join(", ")
}

fn start_of_minute(at: Timestamp) -> i128 {
    at.as_nanosecond().div_euclid(MINUTE) * MINUTE
}

fn instant(nanosecond: i128) -> Timestamp {
    Timestamp::from_nanosecond(nanosecond).expect("an instant")
}
