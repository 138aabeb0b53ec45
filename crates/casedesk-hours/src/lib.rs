//! Business time of a support desk, purely: when it is open, when a promise falls due, how long a case has waited.
//!
//! There is no clock, no network, no file and no database in here: the time is a parameter, and the rules of the time
//! zones are compiled in, so that one version of the desk gives one answer on every machine. A country that changes its
//! clocks' rules is a reason for a new version.
//!
//! ```
//! use casedesk_hours::Hours;
//! use std::time::Duration;
//!
//! let hours: Hours = "zone Europe/Dublin
//!     Mon-Fri 09:00-17:30
//!     2026-12-25 closed Christmas Day"
//!     .parse()?;
//! let thursday_at_five = "2026-12-24T17:00:00Z".parse()?;
//! let due = hours.due(thursday_at_five, Duration::from_secs(3600))?;
//! assert_eq!(due, "2026-12-28T09:30:00Z".parse()?); // after Christmas Day and the weekend
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Opening hours
//!
//! [`Hours`] are written as lines; the order of the lines means nothing, and `#` starts a line of remarks.
//!
//! ```text
//! zone Europe/Dublin
//! Mon-Thu 09:00-12:30, 13:30-17:30
//! Fri 09:00-16:00
//! 2026-12-24 09:00-12:00 Christmas Eve
//! 2027-03-29 closed Easter Monday
//! *-12-25 closed Christmas Day
//! ```
//!
//! `zone` names a place of the [IANA time zone database][tz]. A weekday that no line names is closed. A time is the local
//! one, and a span may end at 24:00, so hours over midnight are two spans. `24/7` is every weekday 00:00-24:00, and is
//! the one form that may go without a zone (it is UTC then). A date has its own hours instead of its weekday's: `closed`,
//! or spans; `*-12-25` is that day of every year, which a full date overrules. In JSON, hours are this text as a string.
//!
//! # When it is open
//!
//! **The desk is open at an instant when the wall clock of its zone shows, at that instant, a time within a span of the
//! date shown.** A span holds its start and not its end. All else follows from that one sentence:
//!
//! - Clocks go forward: wall times that are skipped are never shown. 01:00-04:00 is two hours long on the day on which
//!   02:00 becomes 03:00, and 02:00-03:00 is no time at all.
//! - Clocks go back: wall times that come twice count twice. 01:00-04:00 is four hours long on the day on which 03:00
//!   becomes 02:00, and a span from 02:30 to 04:00 opens at the first 02:30, closes when the clock goes back, and
//!   opens again at the second 02:30.
//! - A date that a zone skipped (Samoa, 30 December 2011) has no hours, and a date of 25 hours has them all.
//!
//! So durations are always real elapsed time, the accurate durations of [RFC 5545, section 3.3.6][rfc5545], and never
//! differences of wall times.
//!
//! # Arithmetic
//!
//! [`Hours::due`] gives the earliest instant by which so much business time has passed; that is the end of a day's
//! hours rather than the start of the next day's. [`Hours::elapsed`] is its inverse: `elapsed(start, due(start, d)) == d`.
//! A search forward ends after [`SEARCH_DAYS`] with [`TooFar`].
//!
//! # Promises
//!
//! A [`Goal`] (first response, next response, resolve) turns what happened on a case into [`Event`]s of a clock, and
//! [`Clock::rounds`] folds these into clocks. A clock knows only when it ran. The target of the priority and the hours
//! come in with each question ([`Clock::state`]), so changed hours or targets count at once, and for the whole
//! case, as though they had always been so. The same holds when the priority changes.
//!
//! A promise is kept when it is met at or before the instant at which it was due; after that it is breached, whether or
//! not the desk is open. A clock that waits for the customer is paused and has no due instant, unless that had passed.
//!
//! [tz]: https://www.iana.org/time-zones
//! [rfc5545]: https://www.rfc-editor.org/rfc/rfc5545#section-3.3.6

mod clock;
mod fault;
mod goal;
mod hours;
mod text;
mod walk;

pub use clock::{Clock, Event, State, Target, UnfitTarget};
pub use fault::{Fault, Faults, Wrong};
pub use goal::{Goal, Happening};
pub use hours::{Hours, On, Span, SpecialDay};
pub use walk::{SEARCH_DAYS, TooFar, Until};
