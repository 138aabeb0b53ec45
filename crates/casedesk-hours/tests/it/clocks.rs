//! Clocks of promises: by hand on office hours, and by laws on made-up days.

use crate::{at, hours, minutes};
use casedesk_hours::{Clock, Event, Hours, State, Target, TooFar, UnfitTarget};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Priority {
    Normal,
    Critical,
}
use Priority::{Critical, Normal};

/// Four business hours, with a warning after three; one hour when it is critical.
fn target(priority: Priority) -> Target {
    let time = match priority {
        Normal => minutes(240),
        Critical => minutes(60),
    };
    Target::new(time, 75).expect("a target")
}

fn office() -> Hours {
    hours("zone UTC\nMon-Fri 09:00-17:00")
}

/// An instant of Thursday 15 January 2026, or of a later day: `16T09:30`.
fn on(day_and_time: &str) -> Timestamp {
    at(&format!("2026-01-{day_and_time}Z"))
}

fn events(all: &[(&str, Event<Priority>)]) -> Vec<(Timestamp, Event<Priority>)> {
    all.iter().map(|(time, event)| (on(time), *event)).collect()
}

fn clock(all: &[(&str, Event<Priority>)]) -> Clock<Priority> {
    Clock::rounds(Normal, &events(all)).pop().expect("a round")
}

fn state(clock: &Clock<Priority>, now: &str) -> State {
    clock.state(target(clock.priority()), &office(), on(now)).expect("a state")
}

fn due_at(clock: &Clock<Priority>) -> Option<Timestamp> {
    clock.due_at(target(clock.priority()), &office()).expect("a due instant")
}

#[test]
fn a_clock_runs_in_business_time_and_its_due_instant_stands_still() {
    let clock = clock(&[("15T15:00", Event::Started)]);
    let due = on("16T11:00");
    assert_eq!(due_at(&clock), Some(due));
    assert_eq!(clock.warn_at(target(Normal), &office()), Ok(Some(on("16T10:00"))));
    assert_eq!(clock.running_since(), Some(on("15T15:00")));
    for (now, remaining, soon) in [
        ("15T15:00", 240, false),
        ("15T16:00", 180, false),
        ("15T23:00", 120, false),
        ("16T09:59", 61, false),
        ("16T10:00", 60, true),
        ("16T11:00", 0, true),
    ] {
        assert_eq!(state(&clock, now), State::Running { due_at: due, remaining: minutes(remaining), soon }, "{now}");
    }
    assert_eq!(state(&clock, "16T11:01"), State::Breached { since: due, over: minutes(1) });
    assert_eq!(state(&clock, "19T09:00"), State::Breached { since: due, over: minutes(360) });
}

#[test]
fn waiting_for_the_customer_takes_none_of_the_time() {
    let paused = [("15T09:00", Event::Started), ("15T10:00", Event::Paused)];
    let clock_paused = clock(&paused);
    assert_eq!(due_at(&clock_paused), None);
    assert_eq!(state(&clock_paused, "30T12:00"), State::Paused { remaining: minutes(180) });
    let resumed = clock(&[paused[0], paused[1], ("19T16:00", Event::Resumed)]);
    assert_eq!(due_at(&resumed), Some(on("20T11:00")));
    let again =
        [paused[0], paused[1], ("19T16:00", Event::Resumed), ("20T09:30", Event::Paused), ("20T12:00", Event::Resumed)];
    assert_eq!(due_at(&clock(&again)), Some(on("20T13:30")));
    // Paused or resumed twice is as once.
    let twice =
        [paused[0], paused[1], ("15T12:00", Event::Paused), ("19T16:00", Event::Resumed), ("20T09:30", Event::Resumed)];
    assert_eq!(due_at(&clock(&twice)), Some(on("20T11:00")));
}

#[test]
fn what_is_done_at_the_due_instant_is_in_time_and_later_is_late() {
    let met = |time| clock(&[("15T09:00", Event::Started), (time, Event::Met)]);
    assert_eq!(state(&met("15T10:00"), "30T12:00"), State::Met { at: on("15T10:00"), left: minutes(180) });
    assert_eq!(state(&met("15T13:00"), "30T12:00"), State::Met { at: on("15T13:00"), left: minutes(0) });
    let late = |time, over| State::MetLate { at: on(time), since: on("15T13:00"), over: minutes(over) };
    assert_eq!(state(&met("15T13:01"), "30T12:00"), late("15T13:01", 1));
    assert_eq!(state(&met("16T10:00"), "30T12:00"), late("16T10:00", 300));
    assert_eq!(met("16T10:00").met_at(), Some(on("16T10:00")));
}

#[test]
fn a_promise_due_at_closing_is_late_that_night_though_no_business_time_passed() {
    let started = ("15T13:00", Event::Started);
    let breached = State::Breached { since: on("15T17:00"), over: minutes(0) };
    assert_eq!(state(&clock(&[started]), "15T20:00"), breached);
    assert_eq!(
        state(&clock(&[started, ("15T20:00", Event::Met)]), "16T12:00"),
        State::MetLate { at: on("15T20:00"), since: on("15T17:00"), over: minutes(0) }
    );
    // A pause after it was due does not undo that; a pause at the very instant leaves nothing over.
    assert_eq!(state(&clock(&[started, ("15T20:00", Event::Paused)]), "16T12:00"), breached);
    let at_the_instant = [started, ("15T17:00", Event::Paused)];
    assert_eq!(state(&clock(&at_the_instant), "16T12:00"), State::Paused { remaining: minutes(0) });
    let resumed = clock(&[at_the_instant[0], at_the_instant[1], ("16T12:00", Event::Resumed)]);
    assert_eq!(state(&resumed, "16T12:30"), State::Breached { since: on("16T12:00"), over: minutes(30) });
}

#[test]
fn another_priority_brings_its_target_for_the_whole_round() {
    let started = ("15T09:00", Event::Started);
    let raised = clock(&[started, ("15T11:00", Event::Priority(Critical))]);
    assert_eq!(raised.priority(), Critical);
    assert_eq!(state(&raised, "15T11:00"), State::Breached { since: on("15T10:00"), over: minutes(60) });
    let lowered = clock(&[started, ("15T09:10", Event::Priority(Critical)), ("15T11:00", Event::Priority(Normal))]);
    assert_eq!(due_at(&lowered), Some(on("15T13:00")));
    // One from before the start counts, and one from after the end does not, unless the case opens again.
    let before = clock(&[("15T08:00", Event::Priority(Critical)), started]);
    assert_eq!(due_at(&before), Some(on("15T10:00")));
    let met = [started, ("15T12:00", Event::Met), ("15T12:30", Event::Priority(Critical))];
    assert_eq!(state(&clock(&met), "16T12:00"), State::Met { at: on("15T12:00"), left: minutes(60) });
    let reopened = clock(&[met[0], met[1], met[2], ("15T14:00", Event::Reopened)]);
    assert_eq!(reopened.priority(), Critical);
}

#[test]
fn what_is_reopened_runs_on_with_what_it_had_used() {
    let all = [("15T09:00", Event::Started), ("15T12:00", Event::Met), ("16T15:30", Event::Reopened)];
    let reopened = clock(&all);
    assert_eq!(due_at(&reopened), Some(on("16T16:30")));
    assert_eq!(
        state(&reopened, "16T16:00"),
        State::Running { due_at: on("16T16:30"), remaining: minutes(30), soon: true }
    );
    assert_eq!(Clock::rounds(Normal, &events(&all)).len(), 1);
    // Met again, now late.
    let again = clock(&[all[0], all[1], all[2], ("16T16:45", Event::Met)]);
    let late = State::MetLate { at: on("16T16:45"), since: on("16T16:30"), over: minutes(15) };
    assert_eq!(state(&again, "20T12:00"), late);
}

#[test]
fn each_start_after_the_end_is_a_round_of_its_own() {
    let all = events(&[
        ("15T09:00", Event::Started),
        ("15T09:30", Event::Started),
        ("15T10:00", Event::Met),
        ("15T11:00", Event::Paused),
        ("15T11:30", Event::Met),
        ("15T12:00", Event::Started),
    ]);
    let rounds = Clock::rounds(Normal, &all);
    assert_eq!(rounds.len(), 2);
    assert_eq!(state(&rounds[0], "16T12:00"), State::Met { at: on("15T10:00"), left: minutes(180) });
    assert_eq!(due_at(&rounds[1]), Some(on("15T16:00")));
    // Before its first start a promise is owed to nobody.
    assert!(Clock::rounds(Normal, &events(&[("15T09:00", Event::Resumed), ("15T10:00", Event::Met)])).is_empty());
}

#[test]
fn an_event_from_a_clock_that_is_behind_happened_with_the_one_before_it() {
    let all = [
        ("15T09:00", Event::Started),
        ("15T11:00", Event::Paused),
        ("15T10:00", Event::Resumed),
        ("15T10:30", Event::Paused),
        ("15T12:00", Event::Resumed),
    ];
    assert_eq!(due_at(&clock(&all)), Some(on("15T14:00")));
}

#[test]
fn other_hours_and_other_targets_count_at_once() {
    let clock = clock(&[("15T15:00", Event::Started)]);
    let always = hours("24/7");
    assert_eq!(clock.due_at(target(Normal), &always), Ok(Some(on("15T19:00"))));
    assert_eq!(clock.used(&always, on("16T15:00")), minutes(1440));
    assert_eq!(clock.used(&office(), on("16T15:00")), minutes(480));
    let longer = Target::new(minutes(600), 50).expect("a target");
    assert_eq!(clock.due_at(longer, &office()), Ok(Some(on("16T17:00"))));
    let unreachable = Target::new(minutes(60 * 24 * 365 * 20), 50).expect("a target");
    assert_eq!(clock.state(unreachable, &office(), on("16T15:00")), Err(TooFar));
}

#[test]
fn a_target_that_nothing_could_keep_is_refused() {
    assert_eq!(Target::new(Duration::ZERO, 75), Err(UnfitTarget::NoTime));
    assert_eq!(Target::new(minutes(1), 0), Err(UnfitTarget::Percent(0)));
    assert_eq!(Target::new(minutes(1), 101), Err(UnfitTarget::Percent(101)));
    assert_eq!(Target::new(minutes(60), 75).expect("a target").warns_after(), minutes(45));
    assert_eq!(Target::new(Duration::MAX, 100).expect("a target").time(), Duration::MAX);
}

/// Any events, each up to two days after the one before it, often within the hour.
fn days_of_a_case() -> impl Strategy<Value = Vec<(Timestamp, Event<Priority>)>> {
    let event = prop::sample::select(vec![
        Event::Started,
        Event::Paused,
        Event::Paused,
        Event::Resumed,
        Event::Resumed,
        Event::Met,
        Event::Reopened,
        Event::Priority(Normal),
        Event::Priority(Critical),
    ]);
    prop::collection::vec((prop_oneof![0..60_i64, 0..2880_i64], event), 0..16).prop_map(|steps| {
        let mut now = at("2026-03-27T09:00Z");
        let start = (now, Event::Started);
        let later = |(minutes, event)| {
            now += SignedDuration::from_mins(minutes);
            (now, event)
        };
        std::iter::once(start).chain(steps.into_iter().map(later)).collect()
    })
}

/// The slow model of the newest round: what a stopwatch shows that a minute hand moves while clock and desk run.
struct Stopwatch {
    used: i64,
    /// The first minute at whose start nothing was left while the watch ran.
    passed: Option<Timestamp>,
    runs: bool,
    met: bool,
}

fn stopwatch(
    events: &[(Timestamp, Event<Priority>)],
    hours: &Hours,
    allowed: i64,
    now: Timestamp,
) -> Option<Stopwatch> {
    let mut watch: Option<Stopwatch> = None;
    let mut minute = at("2026-03-27T09:00Z");
    let mut next = 0;
    loop {
        while let Some((_, event)) = events.get(next).filter(|(time, _)| *time <= minute) {
            next += 1;
            match (&mut watch, event) {
                (slot, Event::Started) if slot.as_ref().is_none_or(|watch| watch.met) => {
                    *slot = Some(Stopwatch { used: 0, passed: None, runs: true, met: false });
                }
                (Some(watch), Event::Reopened) if watch.met => (watch.runs, watch.met) = (true, false),
                (Some(watch), Event::Met) if !watch.met => (watch.runs, watch.met) = (false, true),
                (Some(watch), Event::Paused) => watch.runs = false,
                (Some(watch), Event::Resumed) if !watch.met => watch.runs = true,
                _ => {}
            }
        }
        if minute >= now {
            return watch;
        }
        if let Some(watch) = watch.as_mut().filter(|watch| watch.runs) {
            if watch.used >= allowed {
                watch.passed.get_or_insert(minute);
            }
            watch.used += i64::from(hours.is_open(minute));
        }
        minute += SignedDuration::from_mins(1);
    }
}

proptest! {
    #![proptest_config(crate::laws::config())]

    #[test]
    fn clocks_agree_with_a_stopwatch(events in days_of_a_case(), wait in 0..2880_i64) {
        // Clocks go forward in this week.
        let hours = hours("zone Europe/Berlin\nMon-Sat 08:30-12:00, 13:00-18:15\nSun 01:00-04:00");
        let now = events.last().map_or(at("2026-03-27T09:00Z"), |(time, _)| *time) + SignedDuration::from_mins(wait);
        let clock = Clock::rounds(Normal, &events).pop();
        let allowed = clock.as_ref().map_or(240, |clock| if clock.priority() == Critical { 60 } else { 240 });
        let watch = stopwatch(&events, &hours, allowed, now);
        prop_assert!(clock.is_some() && watch.is_some());
        if let (Some(clock), Some(watch)) = (clock, watch) {
            let span = |count: i64| minutes(u64::try_from(count.max(0)).expect("minutes"));
            let (left, over) = (span(allowed - watch.used), span(watch.used - allowed));
            prop_assert_eq!(clock.used(&hours, now), span(watch.used));
            let state = clock.state(target(clock.priority()), &hours, now);
            let state = state.expect("a state");
            let agrees = match (state, watch.passed) {
                (State::Running { due_at, remaining, soon }, None) => {
                    let then = stopwatch(&events, &hours, allowed, due_at + SignedDuration::from_mins(1));
                    let due = then.and_then(|watch| watch.passed);
                    due == Some(due_at) && remaining == left && soon == (watch.used * 4 >= allowed * 3)
                }
                (State::Paused { remaining }, None) => !watch.runs && !watch.met && remaining == left,
                (State::Met { left: spare, .. }, None) => watch.met && spare == left,
                (State::Breached { since, over: by }, Some(passed)) => !watch.met && since == passed && by == over,
                (State::MetLate { since, over: by, .. }, Some(passed)) => watch.met && since == passed && by == over,
                _ => false,
            };
            prop_assert!(agrees, "{:?}, used {}, passed {:?}, met {}", state, watch.used, watch.passed, watch.met);
        }
    }

    #[test]
    fn a_pause_moves_the_due_instant_as_a_walk_by_minutes_says(
        (model, start) in crate::laws::desks(), target_min in 1..600_u64, before in 0..2880_i64, pause in 0..2880_i64,
    ) {
        let (hours, time) = (model.hours(), minutes(target_min));
        let target = Target::new(time, 75).expect("a target");
        let paused = start + SignedDuration::from_mins(before);
        let resumed = paused + SignedDuration::from_mins(pause);
        let events = [(start, Event::Started), (paused, Event::Paused), (resumed, Event::Resumed)];
        let clock = Clock::rounds(Normal, &events).pop().expect("a round");
        prop_assert_eq!(clock.started_at(), start);
        let (wanted, within) = (i128::try_from(time.as_nanos()).expect("small"), 20 * 24 * 60);
        let used = model.elapsed(start, paused);
        let at_once = model.due(start, wanted, within).filter(|due| *due < paused);
        if let Some(due) = at_once.or_else(|| model.due(resumed, (wanted - used).max(0), within)) {
            prop_assert_eq!(clock.due_at(target, &hours), Ok(Some(due)));
            let warns = clock.warn_at(target, &hours).expect("sooner than due").expect("while it runs");
            prop_assert!(start <= warns && warns <= due);
            // Whenever it is asked, the instant is the same, and the promise is broken just after it.
            let now = due.max(resumed) + SignedDuration::from_nanos(1);
            let state = clock.state(target, &hours, now).expect("a state");
            prop_assert!(matches!(state, State::Breached { since, .. } if since == due), "{:?}", state);
            if due >= resumed {
                let state = clock.state(target, &hours, due).expect("a state");
                prop_assert!(matches!(state, State::Running { due_at, .. } if due_at == due), "{:?}", state);
            }
        }
    }
}
