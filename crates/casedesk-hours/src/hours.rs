//! The opening hours of a desk as data.

use crate::fault::Faults;
use crate::text;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// When a desk is open: spans for each weekday in one time zone, and dates that have their own. Some weekday is open.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hours {
    pub(crate) zone: TimeZone,
    /// The zone's name as the database spells it.
    pub(crate) zone_name: String,
    /// Monday first; sorted, apart, and never touching each other.
    pub(crate) week: [Vec<Span>; 7],
    pub(crate) days: BTreeMap<On, SpecialDay>,
}

/// Open from one minute of the day up to, and without, another: `0 <= from < to <= 1440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// Which date a special day is; a full date stands before, and overrules, one of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// One date.
    Date(Date),
    /// The same day of every year.
    EveryYear {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
}

/// A date with its own spans; without any it is a holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    pub(crate) spans: Vec<Span>,
    pub(crate) name: String,
}

pub(crate) const MINUTES_A_DAY: u16 = 24 * 60;
pub(crate) const ALL_DAY: Span = Span { from: 0, to: MINUTES_A_DAY };

impl Hours {
    /// The IANA name of the time zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone_name
    }

    /// The spans of a local date, in order; none when it is closed all day.
    #[must_use]
    pub fn spans_on(&self, date: Date) -> &[Span] {
        match self.special(date) {
            Some(day) => &day.spans,
            None => self.spans_of(date.weekday()),
        }
    }

    /// The spans of a weekday that is no special day.
    #[must_use]
    pub fn spans_of(&self, weekday: Weekday) -> &[Span] {
        usize::try_from(weekday.to_monday_zero_offset())
            .ok()
            .and_then(|at| self.week.get(at))
            .map_or(&[], Vec::as_slice)
    }

    /// What a local date is called when it is a special day with a name, such as `Christmas Day`.
    #[must_use]
    pub fn name_of(&self, date: Date) -> Option<&str> {
        self.special(date).map(|day| day.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The dates that have their own hours instead of their weekday's: those of one year in order, then those of every year.
    pub fn special_days(&self) -> impl Iterator<Item = (On, &SpecialDay)> {
        self.days.iter().map(|(on, day)| (*on, day))
    }

    /// Whether it is open at every instant.
    #[must_use]
    pub fn is_round_the_clock(&self) -> bool {
        self.days.is_empty() && self.week.iter().all(|spans| spans.as_slice() == [ALL_DAY])
    }

    fn special(&self, date: Date) -> Option<&SpecialDay> {
        let every_year = On::EveryYear { month: date.month(), day: date.day() };
        self.days.get(&On::Date(date)).or_else(|| self.days.get(&every_year))
    }
}

impl SpecialDay {
    /// In order; none when it is closed all day.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Such as `Christmas Day`; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for Hours {
    type Err = Faults;

    /// Reads the lines that the crate's documentation shows; tells all that is wrong at once.
    fn from_str(text: &str) -> Result<Self, Faults> {
        text::read(text)
    }
}

impl TryFrom<String> for Hours {
    type Error = Faults;

    fn try_from(text: String) -> Result<Self, Faults> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl fmt::Display for Hours {
    /// Writes lines that read back as the same hours; weekdays in a row with the same spans share a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}
