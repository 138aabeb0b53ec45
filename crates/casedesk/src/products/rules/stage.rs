//! Where a cycle stands in its life on a given day.
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kit::Day;
use crate::products::Cycle;
use crate::words;

words!(
    /// A part of a cycle's life.
    Stage {
        /// Not released yet.
        Upcoming = "upcoming",
        Supported = "supported",
        SecurityOnly = "security_only",
        /// Its end is near, or nothing but its end is left.
        Ending = "ending",
        Ended = "ended",
        Unknown = "unknown",
    }
);

/// Where a cycle stands, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    pub stage: Stage,
    /// The day on which the stage ends; of what has ended, the day it did.
    pub until: Option<Day>,
    /// Days until the end of life, where that is near.
    pub days_left: Option<i64>,
    /// As `ends in 34 days`.
    pub words: String,
    /// A sentence.
    pub reason: String,
}

/// Where the cycle stands today. Its end is near when it is at most `soon_days` away.
pub fn standing(cycle: &Cycle, today: Day, soon_days: i64) -> Standing {
    let last = cycle.ends_on.or(cycle.security_ends_on);
    if cycle.ended && last.is_none_or(|last| last >= today) {
        return say(Stage::Ended, None, "ended".into(), "It has ended; the day is not known.".into());
    }
    if let Some(last) = last.filter(|last| *last < today) {
        return ended(cycle, last);
    }
    if let Some(on) = cycle.released_on.filter(|on| *on > today) {
        let reason = format!("It is to be released on {}.", on.words());
        return say(Stage::Upcoming, Some(on), format!("due on {}", on.words()), reason);
    }
    let support_over = cycle.support_ends_on.filter(|end| *end < today);
    let security_over = cycle.security_ends_on.filter(|end| *end < today);
    if let Some(last) = last
        && (today.days_until(last) <= soon_days || security_over.is_some())
    {
        return ending(today, last, support_over, security_over);
    }
    match (support_over, cycle.support_ends_on.or(last)) {
        (Some(over), _) => security_only(over, cycle.security_ends_on.or(last)),
        (None, Some(until)) => supported(until, cycle.support_ends_on.and(last)),
        (None, None) if cycle.released_on.is_some() => {
            say(Stage::Supported, None, "supported".into(), "No end of its support is set.".into())
        }
        (None, None) => say(Stage::Unknown, None, "unknown".into(), "No day of its life cycle is known.".into()),
    }
}

fn say(stage: Stage, until: Option<Day>, words: String, reason: String) -> Standing {
    Standing { stage, until, days_left: None, words, reason }
}

fn ended(cycle: &Cycle, last: Day) -> Standing {
    let reason = if cycle.ends_on.is_some() {
        format!("Its life ended on {}.", last.words())
    } else {
        format!("Its last security fixes came until {}, and nothing is promised after them.", last.words())
    };
    say(Stage::Ended, Some(last), format!("ended on {}", last.words()), reason)
}

fn ending(today: Day, last: Day, support_over: Option<Day>, security_over: Option<Day>) -> Standing {
    let days = today.days_until(last);
    let words = match days {
        0 => "ends today".to_owned(),
        1 => "ends tomorrow".to_owned(),
        days => format!("ends in {days} days"),
    };
    let before = match (support_over, security_over) {
        (_, Some(over)) => format!("Security fixes ended on {}. ", over.words()),
        (Some(over), None) => format!("Full support ended on {}. ", over.words()),
        (None, None) => String::new(),
    };
    let reason = format!("{before}Its life ends on {}.", last.words());
    Standing { days_left: Some(days), ..say(Stage::Ending, Some(last), words, reason) }
}

fn security_only(over: Day, until: Option<Day>) -> Standing {
    let over = over.words();
    match until {
        Some(until) => say(
            Stage::SecurityOnly,
            Some(until),
            format!("security fixes only until {}", until.words()),
            format!("Full support ended on {over}; security fixes come until {}.", until.words()),
        ),
        None => say(
            Stage::SecurityOnly,
            None,
            "security fixes only".into(),
            format!("Full support ended on {over}; no end of the security fixes is set."),
        ),
    }
}

fn supported(until: Day, last: Option<Day>) -> Standing {
    let mut reason = format!("Full support lasts until {}", until.words());
    if let Some(last) = last.filter(|last| *last != until) {
        reason.push_str(&format!(", and its life ends on {}", last.words()));
    }
    reason.push('.');
    say(Stage::Supported, Some(until), format!("supported until {}", until.words()), reason)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{cycle, day};
    use super::*;

    const TODAY: &str = "2027-03-01";

    fn stands(days: [&str; 4]) -> (Stage, String) {
        let standing = standing(&cycle("5.1", days), day(TODAY).unwrap(), 180);
        assert!(standing.reason.ends_with('.'), "{}", standing.reason);
        (standing.stage, standing.words)
    }

    #[test]
    fn every_stage_is_told_by_its_days() {
        for (days, stage, words) in [
            (["2027-03-02", "", "", ""], Stage::Upcoming, "due on 2 March 2027"),
            (
                ["2025-01-01", "2028-01-01", "2029-01-01", "2030-01-01"],
                Stage::Supported,
                "supported until 1 January 2028",
            ),
            (["2025-01-01", "", "", "2030-01-01"], Stage::Supported, "supported until 1 January 2030"),
            (["2025-01-01", "", "", ""], Stage::Supported, "supported"),
            (
                ["2025-01-01", "2027-02-28", "2029-01-01", "2030-01-01"],
                Stage::SecurityOnly,
                "security fixes only until 1 January 2029",
            ),
            (
                ["2025-01-01", "2027-02-28", "", "2030-01-01"],
                Stage::SecurityOnly,
                "security fixes only until 1 January 2030",
            ),
            (["2025-01-01", "2027-02-28", "", ""], Stage::SecurityOnly, "security fixes only"),
            (["2025-01-01", "2026-01-01", "2027-02-28", "2030-01-01"], Stage::Ending, "ends in 1037 days"),
            (["2025-01-01", "2026-01-01", "2027-02-28", ""], Stage::Ended, "ended on 28 February 2027"),
            (["2025-01-01", "2026-01-01", "", "2027-02-28"], Stage::Ended, "ended on 28 February 2027"),
            (["", "", "", ""], Stage::Unknown, "unknown"),
        ] {
            assert_eq!(stands(days), (stage, words.to_owned()), "{days:?}");
        }
    }

    #[test]
    fn a_day_counts_itself_and_the_end_is_near_for_as_long_as_is_set() {
        let ends = |on| stands(["2025-01-01", "2026-01-01", "2026-06-01", on]);
        assert_eq!(ends(TODAY), (Stage::Ending, "ends today".into()));
        assert_eq!(ends("2027-03-02").1, "ends tomorrow");
        let until = |on| stands(["2025-01-01", "2026-01-01", on, on]);
        assert_eq!(until("2027-08-28"), (Stage::Ending, "ends in 180 days".into()));
        assert_eq!(until("2027-08-29").0, Stage::SecurityOnly);
        assert_eq!(stands(["2025-01-01", TODAY, "", "2030-01-01"]).0, Stage::Supported);
        assert_eq!(stands([TODAY, "", "", ""]).0, Stage::Supported);
    }

    #[test]
    fn what_ended_on_an_unknown_day_has_ended() {
        let over = Cycle { ended: true, ..cycle("4", ["2010-01-01", "", "", ""]) };
        let standing = standing(&over, day(TODAY).unwrap(), 180);
        assert_eq!((standing.stage, standing.until), (Stage::Ended, None));
        assert_eq!(standing.reason, "It has ended; the day is not known.");
    }

    #[test]
    fn the_reason_names_the_days_behind_it() {
        let reason = |days| standing(&cycle("5.1", days), day(TODAY).unwrap(), 180).reason;
        assert_eq!(
            reason(["2025-01-01", "2027-01-31", "2027-06-30", "2027-06-30"]),
            "Full support ended on 31 January 2027. Its life ends on 30 June 2027."
        );
        assert_eq!(
            reason(["2025-01-01", "2028-01-31", "2029-01-31", "2029-06-30"]),
            "Full support lasts until 31 January 2028, and its life ends on 30 June 2029."
        );
    }
}
