//! Which happenings of a case move which clock.

use crate::{at, hours, minutes};
use casedesk_hours::{Clock, Goal, Happening, State, Target};
use jiff::Timestamp;

/// Happenings a minute apart, from noon on.
fn told(all: &[Happening<u8>]) -> Vec<(Timestamp, Happening<u8>)> {
    let minute = |count: usize| minutes(u64::try_from(count).expect("small"));
    all.iter().enumerate().map(|(count, happening)| (at("2026-01-15T12:00Z") + minute(count), *happening)).collect()
}

/// How each round of a goal stands in the minute after the last happening, when it has ten minutes.
fn rounds(goal: Goal, all: &[Happening<u8>]) -> Vec<String> {
    let happenings = told(all);
    let now = at("2026-01-15T12:00Z") + minutes(u64::try_from(all.len()).expect("small"));
    let target = Target::new(minutes(10), 80).expect("a target");
    let word = |clock: Clock<u8>| match clock.state(target, &hours("24/7"), now).expect("a state") {
        State::Running { remaining, .. } => format!("runs, {} left", remaining.as_secs() / 60),
        State::Paused { remaining } => format!("paused, {} left", remaining.as_secs() / 60),
        State::Met { left, .. } => format!("met, {} left", left.as_secs() / 60),
        other => format!("{other:?}"),
    };
    Clock::rounds(1, &goal.events(&happenings)).into_iter().map(word).collect()
}

use Goal::{FirstResponse, NextResponse, Resolve};
use Happening::{AgentReplied, CustomerWrote, Opened, PriorityChanged, Reopened, Solved, WaitsNoMore, WaitsOnCustomer};

#[test]
fn a_case_owes_a_first_response_and_then_one_to_each_later_message() {
    let none: [&str; 0] = [];
    let case = [Opened, CustomerWrote, CustomerWrote, AgentReplied, WaitsOnCustomer];
    assert_eq!(rounds(FirstResponse, &case[..2]), ["runs, 9 left"]);
    assert_eq!(rounds(FirstResponse, &case), ["met, 8 left"]);
    assert_eq!(rounds(NextResponse, &case), none);
    let case = [&case[..], &[CustomerWrote, WaitsNoMore, CustomerWrote]].concat();
    assert_eq!(rounds(FirstResponse, &case), ["met, 8 left"]);
    assert_eq!(rounds(NextResponse, &case), ["runs, 7 left"]);
    let case = [&case[..], &[AgentReplied, AgentReplied, WaitsOnCustomer, CustomerWrote]].concat();
    assert_eq!(rounds(NextResponse, &case), ["met, 7 left", "runs, 9 left"]);
}

#[test]
fn a_case_that_an_agent_began_owes_no_first_response() {
    let none: [&str; 0] = [];
    assert_eq!(rounds(FirstResponse, &[Opened, AgentReplied, CustomerWrote]), none);
    assert_eq!(rounds(NextResponse, &[Opened, AgentReplied, CustomerWrote]), ["runs, 9 left"]);
}

#[test]
fn resolving_stands_still_while_the_customer_is_asked_and_goes_on_when_reopened() {
    let case = [Opened, CustomerWrote, WaitsOnCustomer, AgentReplied];
    assert_eq!(rounds(Resolve, &case), ["paused, 8 left"]);
    let case = [&case[..], &[WaitsNoMore, CustomerWrote, Solved]].concat();
    assert_eq!(rounds(Resolve, &case), ["met, 6 left"]);
    let case = [&case[..], &[CustomerWrote, Reopened]].concat();
    assert_eq!(rounds(Resolve, &case), ["runs, 5 left"]);
    // Solved while it waited.
    assert_eq!(rounds(Resolve, &[Opened, WaitsOnCustomer, Solved]), ["met, 9 left"]);
}

#[test]
fn a_case_solved_without_an_answer_owes_one_again_when_it_is_reopened() {
    let case = [Opened, CustomerWrote, Solved];
    assert_eq!(rounds(FirstResponse, &case), ["paused, 9 left"]);
    assert_eq!(rounds(FirstResponse, &[&case[..], &[CustomerWrote, Reopened]].concat()), ["runs, 8 left"]);
}

#[test]
fn every_clock_hears_of_the_priority() {
    for goal in [FirstResponse, NextResponse, Resolve] {
        let all = [Opened, CustomerWrote, PriorityChanged(7), AgentReplied, CustomerWrote];
        let clocks = Clock::rounds(1, &goal.events(&told(&all)));
        assert_eq!(clocks.last().expect("a round").priority(), 7, "{goal:?}");
    }
}
