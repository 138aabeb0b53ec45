//! Laws that hold for all hours, tried on made-up ones and near the days on which clocks change.
//! More cases than the usual: `PROPTEST_CASES=10000 cargo test -p casedesk-hours laws`.

use crate::model::Model;
use casedesk_hours::{Hours, Until};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// Both hemispheres, half and quarter hours, a half-hour summer time, zones that gave it up, that change at midnight,
/// that skipped or repeated a date, and none at all. All have offsets of whole minutes since 1972.
const ZONES: [&str; 18] = [
    "UTC",
    "Europe/Dublin",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Santiago",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Pacific/Chatham",
];

const MINUTES_A_DAY: usize = 24 * 60;
/// How far a walk of the model goes.
const DAYS: i64 = 21;

fn spans() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let free = prop::collection::btree_set(0..=1440_u32, 0..8);
    // The hours around which clocks change, to the half hour.
    let night = prop::collection::btree_set((0..=10_u32).prop_map(|half| half * 30), 0..6);
    let late = prop::collection::btree_set((38..=48_u32).prop_map(|half| half * 30), 0..6);
    let pairs = |minutes: std::collections::BTreeSet<u32>| {
        let minutes: Vec<u32> = minutes.into_iter().collect();
        minutes.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let some = prop_oneof![4 => free, 3 => night, 3 => late].prop_map(pairs);
    prop_oneof![9 => some, 1 => Just(vec![(0, 1440)])]
}

/// An instant from 1972 to 2047, half of them within a day and a half of a change of the zone's offset.
fn instants(zone: &'static str) -> impl Strategy<Value = Timestamp> {
    let tz = jiff::tz::TimeZoneDatabase::bundled().get(zone).expect("a zone");
    let nanosecond = prop_oneof![Just(0), Just(1), 0..60_000_000_000_i64];
    (63_072_000..2_430_000_000_i64, any::<bool>(), -2160..2160_i64, nanosecond).prop_map(
        move |(second, near_change, minutes, nanosecond)| {
            let free = Timestamp::from_second(second - second % 60).expect("an instant");
            let change = if near_change { change_near(&tz, free) } else { None };
            change.unwrap_or(free) + SignedDuration::from_mins(minutes) + SignedDuration::from_nanos(nanosecond)
        },
    )
}

fn change_near(tz: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let next = tz.following(at).next().or_else(|| tz.preceding(at).next())?;
    Some(next.timestamp()).filter(|change| *change > Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 800))
}

/// Hours, with special days around an instant, and the instant.
pub(crate) fn desks() -> impl Strategy<Value = (Model, Timestamp)> {
    prop::sample::select(&ZONES[..]).prop_flat_map(|zone| {
        let week = prop::collection::vec(spans(), 7)
            .prop_filter("some weekday is open", |week| week.iter().any(|spans| !spans.is_empty()));
        let days = prop::collection::vec((-2..DAYS, any::<bool>(), prop_oneof![Just(vec![]), spans()]), 0..4);
        (week, days, instants(zone)).prop_map(move |(week, days, start)| {
            let mut model = Model { zone, week, days: BTreeMap::new() };
            let today = model.tz().to_datetime(start).date();
            for (offset, every_year, spans) in days {
                let date = today.saturating_add(offset.days()).to_string();
                model.days.insert(if every_year { format!("*{}", &date[4..]) } else { date }, spans);
            }
            (model, start)
        })
    })
}

/// Up to a day's length, often to the half hour, at times to the nanosecond.
fn amounts() -> impl Strategy<Value = Duration> {
    let half_hours = (0..48_u64).prop_map(|count| Duration::from_secs(count * 1800));
    prop_oneof![half_hours, (0..86_400_000_000_000_u64).prop_map(Duration::from_nanos)]
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).expect("an instant")
}

fn nanos(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).expect("small")
}

/// Few enough for every run; `PROPTEST_CASES` overrides it. What failed is printed, and kept by nobody.
pub(crate) fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(160);
    ProptestConfig { cases, failure_persistence: None, max_global_rejects: 100_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn elapsed_is_what_a_walk_by_minutes_counts((model, from) in desks(), length in 0..DAYS * 86_400_000_000_000) {
        let to = from + SignedDuration::from_nanos(length);
        prop_assert_eq!(nanos(model.hours().elapsed(from, to)), model.elapsed(from, to));
    }

    #[test]
    fn due_is_where_a_walk_by_minutes_ends((model, from) in desks(), amount in amounts()) {
        let walked = model.due(from, nanos(amount), 20 * MINUTES_A_DAY);
        let due = model.hours().due(from, amount);
        match walked {
            Some(walked) => prop_assert_eq!(due, Ok(walked)),
            None => prop_assert!(due.map_or(true, |due| due > from + SignedDuration::from_hours(20 * 24 - 1))),
        }
    }

    #[test]
    fn doors_open_and_close_when_a_walk_by_minutes_says((model, at) in desks()) {
        let hours = model.hours();
        let within = 10 * MINUTES_A_DAY;
        prop_assert_eq!(hours.is_open(at), model.is_open(&model.tz(), at));
        if let Some(opens) = model.next(true, at, within) {
            prop_assert_eq!(hours.next_open(at), Ok(opens));
        }
        match (hours.open_until(at), model.next(false, at, within)) {
            (None, closed) => prop_assert_eq!(closed, Some(at)),
            (Some(Until::At(until)), Some(closed)) => prop_assert_eq!(until, closed),
            (Some(Until::At(until)), None) => prop_assert!(until > at + SignedDuration::from_hours(10 * 24 - 1)),
            (Some(Until::Onwards), closed) => prop_assert_eq!(closed, None),
        }
    }

    #[test]
    fn what_elapsed_until_due_is_the_amount((model, start) in desks(), amount in amounts(), times in 1..40_u32) {
        let hours = model.hours();
        if let Ok(due) = hours.due(start, amount * times) {
            prop_assert_eq!(hours.elapsed(start, due), amount * times);
            // And no instant before it would do.
            if let Some(before) = due.checked_sub(SignedDuration::from_nanos(1)).ok().filter(|at| *at >= start) {
                prop_assert!(hours.elapsed(start, before) < amount * times);
            }
        }
    }

    #[test]
    fn more_is_due_later_and_the_later_start_is_never_due_sooner(
        (model, start) in desks(), one in amounts(), more in amounts(), wait in amounts(),
    ) {
        let hours = model.hours();
        if let Ok(due) = hours.due(start, one + more) {
            let first = hours.due(start, one).expect("sooner than what is due");
            prop_assert!(first <= due);
            prop_assert_eq!(hours.due(first, more), Ok(due).map(|due| if more.is_zero() { first } else { due }));
        }
        if let (Ok(due), Ok(later)) = (hours.due(start, one), hours.due(later(start, wait), one)) {
            prop_assert!(due <= later);
        }
    }

    #[test]
    fn elapsed_adds_up_and_never_exceeds_real_time(
        (model, from) in desks(), first in amounts(), second in amounts(), times in 1..200_u32,
    ) {
        let hours = model.hours();
        let middle = later(from, first * times);
        let to = later(middle, second * times);
        prop_assert_eq!(hours.elapsed(from, middle) + hours.elapsed(middle, to), hours.elapsed(from, to));
        prop_assert!(hours.elapsed(from, to) <= (first + second) * times);
        prop_assert_eq!(hours.elapsed(to, from), Duration::ZERO);
    }

    #[test]
    fn hours_read_back_as_they_were_written((model, _) in desks()) {
        let hours = model.hours();
        prop_assert_eq!(hours.to_string().parse::<Hours>(), Ok(hours));
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "(zone|24/7|Mon|Fri|closed|[*0-9:, \n–-]|\\PC){0,40}") {
        if let Ok(hours) = text.parse::<Hours>() {
            prop_assert_eq!(hours.to_string().parse::<Hours>(), Ok(hours));
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_no_trap((model, _) in desks(), amount in amounts(), back in amounts()) {
        let hours = model.hours();
        for at in [Timestamp::MAX.checked_sub(back).expect("an instant"), later(Timestamp::MIN, back)] {
            if let Ok(due) = hours.due(at, amount) {
                prop_assert_eq!(hours.elapsed(at, due), amount);
            }
            prop_assert_eq!(hours.is_open(at), hours.open_until(at).is_some());
            prop_assert!(hours.next_open(at).is_ok_and(|opens| opens >= at) || !hours.is_open(at));
        }
    }
}

#[test]
fn the_made_up_instants_are_near_many_changes_of_clocks() {
    let changes: usize = ZONES
        .iter()
        .map(|zone| {
            let tz = jiff::tz::TimeZoneDatabase::bundled().get(zone).expect("a zone");
            let since = date(1972, 3, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).expect("an instant").timestamp();
            let until = date(2047, 1, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).expect("an instant").timestamp();
            let all: Vec<_> =
                tz.following(since).map(|change| change.timestamp()).take_while(|at| *at < until).collect();
            assert!(all.iter().all(|at| at.as_second() % 60 == 0), "{zone} changes within a minute");
            all.len()
        })
        .sum();
    assert!(changes > 1000, "only {changes} changes");
}
