//! A cycle's line of life, as it is drawn: full support, security fixes, what is over, and today.
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kit::Day;
use crate::products::Cycle;

/// How much longer than a life its line is when that is over: today has to stand on it, and behind it some room.
const ROOM: i64 = 20;

/// The days of a cycle that its line is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lifespan {
    pub released_on: Option<Day>,
    /// The last day of full support; without one it lasts as long as the cycle.
    pub support_ends_on: Option<Day>,
    /// The last day of all.
    pub ends_on: Option<Day>,
}

/// A line of life in hundredths: where full support ends, where everything ends, and where today is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    pub supported: i64,
    pub fixed: i64,
    pub today: i64,
}

impl Lifespan {
    pub fn of(cycle: &Cycle) -> Self {
        Self {
            released_on: cycle.released_on,
            support_ends_on: cycle.support_ends_on,
            ends_on: cycle.ends_on.or(cycle.security_ends_on),
        }
    }

    /// `None`: its beginning or its end is not known, or they are the wrong way round.
    pub fn track(&self, today: Day) -> Option<Track> {
        let (begin, end) = (self.released_on?, self.ends_on?);
        let life = begin.days_until(end);
        let lived = begin.days_until(today);
        if life <= 0 {
            return None;
        }
        let whole = if lived > life { lived + life.max(lived - life) / ROOM } else { life };
        let at = |days: i64| (days * 100 / whole).clamp(0, 100);
        let supported = self.support_ends_on.map_or(life, |over| begin.days_until(over).min(life));
        Some(Track { supported: at(supported), fixed: at(life), today: at(lived) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{cycle, day};
    use super::*;

    fn drawn(days: [&str; 4], today: &str) -> Option<(i64, i64, i64)> {
        let track = Lifespan::of(&cycle("5.1", days)).track(day(today).unwrap());
        track.map(|track| (track.supported, track.fixed, track.today))
    }

    #[test]
    fn a_line_ends_with_the_life_or_shortly_after_today() {
        let life = ["2020-01-01", "2022-07-01", "", "2025-01-01"];
        assert_eq!(drawn(life, "2021-01-01"), Some((49, 100, 20)));
        assert_eq!(drawn(life, "2025-01-01"), Some((49, 100, 100)));
        let (supported, fixed, today) = drawn(life, "2030-01-01").unwrap();
        assert!(supported < fixed && fixed < today && today < 100, "{supported} {fixed} {today}");
        assert_eq!(drawn(life, "2019-01-01").unwrap().2, 0, "of what is still to come");
    }

    #[test]
    fn without_an_end_of_full_support_it_lasts_for_the_whole_life() {
        assert_eq!(drawn(["2020-01-01", "", "2025-01-01", ""], "2021-01-01"), Some((100, 100, 20)));
        assert_eq!(drawn(["2020-01-01", "2026-01-01", "", "2025-01-01"], "2021-01-01").unwrap().0, 100);
    }

    #[test]
    fn nothing_is_drawn_of_days_that_are_not_known() {
        for days in
            [["", "", "", "2025-01-01"], ["2020-01-01", "2022-01-01", "", ""], ["2025-01-02", "", "", "2025-01-01"]]
        {
            assert_eq!(drawn(days, "2024-01-01"), None, "{days:?}");
        }
    }
}
