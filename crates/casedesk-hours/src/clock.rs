//! The clock of one promise on one case: when it ran, folded from what happened; and what that means for a target.

use crate::hours::Hours;
use crate::walk::TooFar;
use jiff::Timestamp;
use std::time::Duration;

/// What moves a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<P> {
    /// Something is owed from now on. After [`Event::Met`] this is a new round; while one is owed it says nothing new.
    Started,
    /// The customer has to do something first.
    Paused,
    Resumed,
    /// Another priority, and so another target, which counts for the whole round.
    Priority(P),
    /// What was promised is done.
    Met,
    /// It was not done after all: the clock runs on from here, with what it had used.
    Reopened,
}

/// One round of a promise: the stretches of time in which its clock ran. `P` is the desk's priority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock<P> {
    started_at: Timestamp,
    priority: P,
    /// Stretches that are over, in order.
    ran: Vec<(Timestamp, Timestamp)>,
    running_since: Option<Timestamp>,
    met_at: Option<Timestamp>,
}

/// How much business time a promise leaves, and from which part of it on the end is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    time: Duration,
    warn_percent: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitTarget {
    #[error("A target of no time cannot be kept: give it at least a minute")]
    NoTime,
    #[error("A warning comes at 1 to 100 % of the target, not at {0} %")]
    Percent(u8),
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The clock runs; `remaining` is business time, and `soon` says that the warning's part of it is used.
    Running { due_at: Timestamp, remaining: Duration, soon: bool },
    /// The clock stands until the customer answers, with so much business time left.
    Paused { remaining: Duration },
    /// Not kept: it was due at `since`. `over` is the business time that the clock ran past it, up to now.
    Breached { since: Timestamp, over: Duration },
    /// Kept, with so much business time to spare.
    Met { at: Timestamp, left: Duration },
    /// Done after it was due. `over` is business time: none when the desk was closed all the while.
    MetLate { at: Timestamp, since: Timestamp, over: Duration },
}

impl Target {
    /// # Errors
    /// When nothing could keep it, or the warning's part is no part of it.
    pub fn new(time: Duration, warn_percent: u8) -> Result<Self, UnfitTarget> {
        if time.is_zero() {
            return Err(UnfitTarget::NoTime);
        }
        if !(1..=100).contains(&warn_percent) {
            return Err(UnfitTarget::Percent(warn_percent));
        }
        Ok(Self { time, warn_percent })
    }

    /// Business time.
    #[must_use]
    pub fn time(self) -> Duration {
        self.time
    }

    /// The business time after which the end is near.
    #[must_use]
    pub fn warns_after(self) -> Duration {
        // Dividing first cannot overflow, and loses less than a microsecond.
        self.time / 100 * u32::from(self.warn_percent)
    }
}

impl<P: Copy> Clock<P> {
    /// The rounds of a promise, oldest first, from its events in the order in which they happened; none before the first
    /// [`Event::Started`]. `priority` is that of the case at its beginning. An event that bears an earlier time than the
    /// one before it (clocks of two machines) happened when that one did.
    #[must_use]
    pub fn rounds(priority: P, events: &[(Timestamp, Event<P>)]) -> Vec<Self> {
        let mut rounds: Vec<Self> = Vec::new();
        let (mut priority, mut now) = (priority, Timestamp::MIN);
        for (at, event) in events {
            now = now.max(*at);
            if let Event::Priority(other) = event {
                priority = *other;
            }
            match (rounds.last_mut(), event) {
                (Some(round), event) if round.met_at.is_none() || matches!(event, Event::Reopened) => {
                    round.take_in(now, *event, priority);
                }
                (_, Event::Started) => rounds.push(Self::start(now, priority)),
                _ => {}
            }
        }
        rounds
    }

    fn start(at: Timestamp, priority: P) -> Self {
        Self { started_at: at, priority, ran: Vec::new(), running_since: Some(at), met_at: None }
    }

    fn take_in(&mut self, at: Timestamp, event: Event<P>, priority: P) {
        self.priority = priority;
        match event {
            Event::Paused => self.halt(at),
            Event::Met => {
                self.halt(at);
                self.met_at = Some(at);
            }
            Event::Resumed => {
                self.running_since.get_or_insert(at);
            }
            Event::Reopened if self.met_at.take().is_some() => self.running_since = Some(at),
            Event::Reopened | Event::Started | Event::Priority(_) => {}
        }
    }

    fn halt(&mut self, at: Timestamp) {
        if let Some(since) = self.running_since.take() {
            self.ran.push((since, at));
        }
    }

    /// Since when it is owed.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// By which to choose the target: the newest that the case had while this round was open.
    #[must_use]
    pub fn priority(&self) -> P {
        self.priority
    }

    /// Since when the clock runs, while it does.
    #[must_use]
    pub fn running_since(&self) -> Option<Timestamp> {
        self.running_since
    }

    #[must_use]
    pub fn met_at(&self) -> Option<Timestamp> {
        self.met_at
    }

    /// Business time in which the clock ran, up to `now`.
    #[must_use]
    pub fn used(&self, hours: &Hours, now: Timestamp) -> Duration {
        let open = self.running_since.map(|since| (since, now));
        self.ran.iter().copied().chain(open).map(|(from, to)| hours.elapsed(from, to)).sum()
    }

    /// When the promise is, or was, due: an instant that moves only with an event, and not with the time. None while the
    /// clock is paused before it was due, and none once the promise is kept.
    ///
    /// # Errors
    /// [`TooFar`] when the hours are too few for the target.
    pub fn due_at(&self, target: Target, hours: &Hours) -> Result<Option<Timestamp>, TooFar> {
        self.reaches(target.time, hours)
    }

    /// When the end is, or was, near; as [`Clock::due_at`].
    ///
    /// # Errors
    /// As [`Clock::due_at`].
    pub fn warn_at(&self, target: Target, hours: &Hours) -> Result<Option<Timestamp>, TooFar> {
        self.reaches(target.warns_after(), hours)
    }

    /// When the stretches, laid end to end, have used `amount`.
    fn reaches(&self, amount: Duration, hours: &Hours) -> Result<Option<Timestamp>, TooFar> {
        let mut left = amount;
        for (from, to) in &self.ran {
            let used = hours.elapsed(*from, *to);
            if used >= left {
                let at = hours.due(*from, left)?;
                // A stretch that ends at the very instant was not yet late.
                if at < *to {
                    return Ok(Some(at));
                }
            }
            left = left.saturating_sub(used);
        }
        self.running_since.map(|since| hours.due(since, left)).transpose()
    }

    /// How the promise stands at `now`, which is not before its newest event.
    ///
    /// # Errors
    /// As [`Clock::due_at`].
    pub fn state(&self, target: Target, hours: &Hours, now: Timestamp) -> Result<State, TooFar> {
        let due_at = self.due_at(target, hours)?;
        let used = self.used(hours, now);
        let (left, over) = (target.time.saturating_sub(used), used.saturating_sub(target.time));
        Ok(match (self.met_at, due_at) {
            (Some(at), None) => State::Met { at, left },
            (Some(at), Some(since)) => State::MetLate { at, since, over },
            (None, None) => State::Paused { remaining: left },
            (None, Some(since)) if since < now => State::Breached { since, over },
            (None, Some(due_at)) => {
                let soon = used >= target.warns_after();
                State::Running { due_at, remaining: left, soon }
            }
        })
    }
}
