//! The tests of this crate, through its public door.

#![expect(clippy::expect_used, reason = "what a test cannot do without should end it, also in its helpers")]

mod clocks;
mod examples;
mod goals;
mod laws;
mod model;
mod text;

use casedesk_hours::Hours;
use jiff::Timestamp;
use std::time::Duration;

fn hours(text: &str) -> Hours {
    text.parse().expect("hours")
}

/// An instant, with the offset that the wall clock has there: `2026-03-29T03:30+02`.
fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}
