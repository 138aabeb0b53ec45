//! Going through time by the pieces in which the wall clock runs evenly, which is where hours can be laid out.

use crate::hours::Hours;
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Days, of 24 hours, that a search forward goes: ten years.
pub const SEARCH_DAYS: i64 = 3653;

/// What was asked for does not come within [`SEARCH_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The hours leave too little open time: this would not come within ten years")]
pub struct TooFar;

/// Up to when a desk stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    At(Timestamp),
    /// It does not close within [`SEARCH_DAYS`], as with 24/7.
    Onwards,
}

impl Hours {
    /// The earliest instant, not before `start`, at which `amount` of business time has passed since `start`.
    ///
    /// # Errors
    /// [`TooFar`] when that is more than [`SEARCH_DAYS`] after `start`, or beyond the calendar.
    pub fn due(&self, start: Timestamp, amount: Duration) -> Result<Timestamp, TooFar> {
        let mut left = SignedDuration::try_from(amount).map_err(|_| TooFar)?;
        if left.is_zero() {
            return Ok(start);
        }
        for open in self.open_times(start, horizon(start)) {
            if left <= open.length() {
                return open.from.checked_add(left).map_err(|_| TooFar);
            }
            left -= open.length();
        }
        Err(TooFar)
    }

    /// Business time from one instant to another; none when `to` is not after `from`. Its cost grows with the days
    /// in between.
    #[must_use]
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> Duration {
        let open: SignedDuration = self.open_times(from, to).map(|open| open.length()).sum();
        open.unsigned_abs()
    }

    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let a_little_later = at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(at);
        self.open_times(at, a_little_later).next().is_some()
    }

    /// The first instant, not before `at`, at which the desk is open: `at` itself when it is open then.
    ///
    /// # Errors
    /// [`TooFar`] when it does not open within [`SEARCH_DAYS`].
    pub fn next_open(&self, at: Timestamp) -> Result<Timestamp, TooFar> {
        self.open_times(at, horizon(at)).next().map(|open| open.from).ok_or(TooFar)
    }

    /// Until when the desk stays open without a break; `None` when it is closed at `at`.
    #[must_use]
    pub fn open_until(&self, at: Timestamp) -> Option<Until> {
        let horizon = horizon(at);
        let mut until = at;
        for open in self.open_times(at, horizon) {
            if open.from > until {
                break;
            }
            until = open.to;
        }
        match until {
            until if until == at => None,
            until if until == horizon => Some(Until::Onwards),
            until => Some(Until::At(until)),
        }
    }

    /// The open times between two instants, in order, apart or touching, none of them empty.
    fn open_times(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Open> {
        self.pieces(from, to).flat_map(|piece| {
            self.spans_on(piece.date).iter().filter_map(move |span| {
                let from = instant(piece.midnight_s + i64::from(span.from) * 60).max(piece.from);
                let to = instant(piece.midnight_s + i64::from(span.to) * 60).min(piece.to);
                (from < to).then_some(Open { from, to })
            })
        })
    }

    fn pieces(&self, from: Timestamp, to: Timestamp) -> Pieces<'_> {
        Pieces { hours: self, at: from, end: to, offset: Offset::UTC, offset_until: from }
    }
}

struct Open {
    from: Timestamp,
    to: Timestamp,
}

impl Open {
    fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }
}

/// A piece of time, at most a day long, in which the zone's offset and the local date stay the same.
struct Piece {
    from: Timestamp,
    to: Timestamp,
    date: Date,
    /// The second of the Unix epoch at which the date would start with this offset; the piece may start later.
    midnight_s: i64,
}

/// Cuts the time from `at` to `end` into pieces. Each is longer than nothing, so that the walk ends.
struct Pieces<'a> {
    hours: &'a Hours,
    at: Timestamp,
    end: Timestamp,
    offset: Offset,
    /// When the zone changes its offset next; looked up when `at` gets there.
    offset_until: Timestamp,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.at >= self.end {
            return None;
        }
        if self.at >= self.offset_until {
            self.offset = self.hours.zone.to_offset(self.at);
            let change = self.hours.zone.following(self.at).next();
            self.offset_until = change.map_or(Timestamp::MAX, |change| change.timestamp());
        }
        let date = self.offset.to_datetime(self.at).date();
        let midnight_s = days_since_epoch(date) * SECONDS_A_DAY - i64::from(self.offset.seconds());
        let tomorrow = instant(midnight_s + SECONDS_A_DAY);
        // All three lie after `at`; that none is taken that does not, ends the walk whatever the database says.
        let to = [tomorrow, self.offset_until, self.end].into_iter().filter(|to| *to > self.at).min()?;
        let piece = Piece { from: self.at, to, date, midnight_s };
        self.at = to;
        Some(piece)
    }
}

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

fn days_since_epoch(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_secs() / SECONDS_A_DAY
}

/// The instant of a second of the Unix epoch, or the end of the calendar nearest to it.
fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn horizon(start: Timestamp) -> Timestamp {
    start.checked_add(SignedDuration::from_secs(SEARCH_DAYS * SECONDS_A_DAY)).unwrap_or(Timestamp::MAX)
}
