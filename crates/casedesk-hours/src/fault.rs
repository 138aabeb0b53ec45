//! What can be wrong with written hours, in words for the administrator who wrote them.

use std::fmt;

/// All that is wrong with a text, in the order of its lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

/// One thing that is wrong, and on which line, counted from 1; none where a line is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: Option<usize>,
    pub wrong: Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("The time zone is missing: write it on a line of its own, such as: zone Europe/Dublin")]
    NoZone,
    #[error("No time zone is called “{0}”: write a place of the IANA time zone database, such as Europe/Dublin{like}", like = like(.1))]
    UnknownZone(String, Option<String>),
    #[error("A second time zone: hours have one")]
    ZoneTwice,
    #[error("“{0}” is no day: write Mon, Tue, Wed, Thu, Fri, Sat or Sun, or a date such as 2026-12-25 or *-12-25")]
    Day(String),
    #[error("“{0}” is no date of the calendar: write year-month-day, such as 2026-12-25, or *-12-25 for every year")]
    Date(String),
    #[error("{0} stands here a second time: write all its hours on one line, with commas between them")]
    DayTwice(String),
    #[error("“{0}” is no time: write hours and minutes of a day of 24 hours, such as 09:00 or 17:30")]
    Time(String),
    #[error("The hours are missing: write them as 09:00-17:30, or write closed")]
    NoSpans,
    #[error("A time and its end belong together: write 09:00-17:30, with commas between such pairs, not “{0}”")]
    NoEnd(String),
    #[error("Hours have commas between them: write one before “{0}”")]
    NoComma(String),
    #[error("{0} ends where it starts: write 00:00-24:00 for the whole day, or closed")]
    Empty(String),
    #[error("{0} ends before it starts: hours over midnight are two, as 22:00-24:00 and, on the next day, 00:00-02:00")]
    Backwards(String),
    #[error("{0} and {1} overlap: make one of them, or end the first where the second starts")]
    Overlap(String, String),
    #[error("“{0}” was not expected here: a weekday's line ends with its hours")]
    Leftover(String),
    #[error("The name is longer than {limit} characters: shorten it", limit = MOST_NAME)]
    LongName,
    #[error("More than {limit} lines: take out dates that are past", limit = MOST_LINES)]
    TooManyLines,
    #[error("No weekday is open, so nothing would ever fall due: write one, such as: Mon-Fri 09:00-17:30")]
    NeverOpen,
}

/// Lines that a text may have: the special days of many years.
pub(crate) const MOST_LINES: usize = 1000;
/// Characters of a special day's name.
pub(crate) const MOST_NAME: usize = 100;

fn like(zone: &Option<String>) -> String {
    zone.as_ref().map_or_else(String::new, |zone| format!(" (is {zone} meant?)"))
}

impl fmt::Display for Faults {
    /// One line for each fault.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "Line {line}: {}", self.wrong),
            None => write!(f, "{}", self.wrong),
        }
    }
}
