//! Examples by hand. Changes of clocks are as the IANA database and the laws behind it give them.

use crate::{at, hours, minutes};
use casedesk_hours::{SEARCH_DAYS, TooFar, Until};
use jiff::civil::date;
use std::time::Duration;

const OFFICE: &str = "zone Europe/Dublin\nMon-Fri 09:00-17:30\nSat 10:00-14:00";

/// Asserts that the hours of a whole local day are so many minutes.
fn assert_minutes(text: &str, from: &str, to: &str, open: u64) {
    assert_eq!(hours(text).elapsed(at(from), at(to)), minutes(open), "{text} from {from} to {to}");
}

#[test]
fn work_stops_for_the_night_and_the_weekend() {
    let office = hours(OFFICE);
    // Thursday 16:30 and two hours: one today, one tomorrow.
    assert_eq!(office.due(at("2026-01-15T16:30Z"), minutes(120)), Ok(at("2026-01-16T10:00Z")));
    // Saturday 13:00 and two hours: one today, one on Monday.
    assert_eq!(office.due(at("2026-01-17T13:00Z"), minutes(120)), Ok(at("2026-01-19T10:00Z")));
    // What comes in at night counts from the morning.
    assert_eq!(office.due(at("2026-01-15T03:00Z"), minutes(30)), Ok(at("2026-01-15T09:30Z")));
    // A week of five days of 8½ hours and one of 4.
    assert_minutes(OFFICE, "2026-01-12T00:00Z", "2026-01-19T00:00Z", 5 * 510 + 240);
}

#[test]
fn time_that_ends_with_the_day_is_due_at_closing_and_not_next_morning() {
    let office = hours(OFFICE);
    assert_eq!(office.due(at("2026-01-15T16:30Z"), minutes(60)), Ok(at("2026-01-15T17:30Z")));
    let a_nanosecond_more = minutes(60) + Duration::from_nanos(1);
    assert_eq!(office.due(at("2026-01-15T16:30Z"), a_nanosecond_more), Ok(at("2026-01-16T09:00:00.000000001Z")));
}

#[test]
fn no_time_is_due_at_once_even_at_night() {
    assert_eq!(hours(OFFICE).due(at("2026-01-15T03:00Z"), Duration::ZERO), Ok(at("2026-01-15T03:00Z")));
}

#[test]
fn a_span_holds_its_start_and_not_its_end() {
    let office = hours(OFFICE);
    assert!(!office.is_open(at("2026-01-15T08:59:59.999999999Z")));
    assert!(office.is_open(at("2026-01-15T09:00Z")));
    assert!(office.is_open(at("2026-01-15T17:29:59.999999999Z")));
    assert!(!office.is_open(at("2026-01-15T17:30Z")));
    assert_eq!(office.next_open(at("2026-01-15T17:30Z")), Ok(at("2026-01-16T09:00Z")));
    assert_eq!(office.next_open(at("2026-01-16T11:00Z")), Ok(at("2026-01-16T11:00Z")));
    assert_eq!(office.open_until(at("2026-01-15T09:00Z")), Some(Until::At(at("2026-01-15T17:30Z"))));
    assert_eq!(office.open_until(at("2026-01-15T17:30Z")), None);
}

#[test]
fn hours_over_midnight_are_one_stretch_for_those_who_ask() {
    let night = hours("zone Asia/Kolkata\nFri 22:00-24:00\nSat 00:00-02:00");
    assert_eq!(night.open_until(at("2026-01-16T23:15+05:30")), Some(Until::At(at("2026-01-17T02:00+05:30"))));
    assert_eq!(night.due(at("2026-01-16T23:30+05:30"), minutes(60)), Ok(at("2026-01-17T00:30+05:30")));
    assert_eq!(night.elapsed(at("2026-01-16T12:00+05:30"), at("2026-01-17T12:00+05:30")), minutes(240));
}

#[test]
fn round_the_clock_is_real_time_and_never_closes() {
    let always = hours("24/7");
    let start = at("2026-03-29T00:30:00.5Z");
    assert_eq!(always.due(start, minutes(60 * 24 * 30)), Ok(at("2026-04-28T00:30:00.5Z")));
    assert_eq!(always.open_until(start), Some(Until::Onwards));
    // Across both changes of clocks.
    let berlin = hours("zone Europe/Berlin\n24/7");
    assert_eq!(berlin.elapsed(at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")), minutes(365 * 1440));
}

#[test]
fn holidays_close_and_special_days_have_their_own_hours() {
    let office = hours(
        "zone Europe/Dublin\nMon-Fri 09:00-17:30\n2026-12-24 09:00-12:00 Christmas Eve\n*-12-25 closed Christmas Day\n\
         2026-12-26 10:00-11:00 Stocktaking",
    );
    assert_eq!(office.name_of(date(2026, 12, 25)), Some("Christmas Day"));
    assert_eq!(office.name_of(date(2027, 12, 25)), Some("Christmas Day"));
    assert_eq!(office.name_of(date(2026, 12, 23)), None);
    assert!(office.spans_on(date(2026, 12, 25)).is_empty());
    assert_eq!(
        office.spans_on(date(2026, 12, 24)).iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["09:00-12:00"]
    );
    // Thursday 11:00 and three hours: one on the Eve, one on Saturday, which is else closed, one on Monday.
    assert_eq!(office.due(at("2026-12-24T11:00Z"), minutes(180)), Ok(at("2026-12-28T10:00Z")));
    assert_eq!(office.next_open(at("2026-12-25T12:00Z")), Ok(at("2026-12-26T10:00Z")));
}

#[test]
fn a_full_date_overrules_the_day_of_every_year() {
    let office = hours("zone UTC\n24/7\n*-05-01 closed\n2026-05-01 10:00-11:00 Release\n*-02-29 closed");
    assert_eq!(office.spans_on(date(2026, 5, 1)).len(), 1);
    assert!(office.spans_on(date(2027, 5, 1)).is_empty());
    assert!(office.spans_on(date(2028, 2, 29)).is_empty());
    assert_eq!(office.elapsed(at("2027-02-28T00:00Z"), at("2027-03-01T00:00Z")), minutes(1440));
}

#[test]
fn a_night_on_which_clocks_go_forward_is_shorter() {
    let night = "zone Europe/Berlin\nSun 01:00-04:00";
    assert_minutes(night, "2026-03-29T00:00+01", "2026-03-30T00:00+02", 120);
    assert_minutes(night, "2026-03-22T00:00+01", "2026-03-23T00:00+01", 180);
    assert_eq!(hours(night).due(at("2026-03-29T01:30+01"), minutes(60)), Ok(at("2026-03-29T03:30+02")));
    // A span that is skipped whole, and spans of which the skipped hour takes a part.
    assert_minutes("zone Europe/Berlin\nSun 02:00-03:00", "2026-03-29T00:00+01", "2026-03-30T00:00+02", 0);
    assert_minutes("zone Europe/Berlin\nSun 02:30-04:00", "2026-03-29T00:00+01", "2026-03-30T00:00+02", 60);
    assert_minutes("zone Europe/Berlin\nSun 01:00-02:30", "2026-03-29T00:00+01", "2026-03-30T00:00+02", 60);
    // The week after it is there again.
    let skipped = hours("zone Europe/Berlin\nSun 02:00-03:00");
    assert_eq!(skipped.next_open(at("2026-03-29T00:00+01")), Ok(at("2026-04-05T02:00+02")));
}

#[test]
fn a_night_on_which_clocks_go_back_is_longer() {
    let night = "zone Europe/Berlin\nSun 01:00-04:00";
    assert_minutes(night, "2026-10-25T00:00+02", "2026-10-26T00:00+01", 240);
    assert_eq!(hours(night).due(at("2026-10-25T02:30+02"), minutes(60)), Ok(at("2026-10-25T02:30+01")));
    assert_minutes("zone Europe/Berlin\nSun 02:00-03:00", "2026-10-25T00:00+02", "2026-10-26T00:00+01", 120);
}

#[test]
fn a_span_that_begins_in_the_repeated_hour_is_open_twice() {
    let late = hours("zone Europe/Berlin\nSun 02:30-04:00");
    let first = at("2026-10-25T02:30+02");
    assert_eq!(late.next_open(at("2026-10-25T00:00+02")), Ok(first));
    assert_eq!(late.open_until(first), Some(Until::At(at("2026-10-25T02:00+01"))));
    assert_eq!(late.next_open(at("2026-10-25T02:00+01")), Ok(at("2026-10-25T02:30+01")));
    assert_eq!(late.due(first, minutes(45)), Ok(at("2026-10-25T02:45+01")));
}

#[test]
fn the_southern_summer_begins_in_october() {
    // Lord Howe moves by half an hour: 02:00 to 02:30 on 4 October 2026, and back on 5 April 2026.
    let night = "zone Australia/Lord_Howe\nSun 01:00-04:00";
    assert_minutes(night, "2026-10-04T00:00+10:30", "2026-10-05T00:00+11", 150);
    assert_minutes(night, "2026-04-05T00:00+11", "2026-04-06T00:00+10:30", 210);
    // São Paulo moved at midnight, so a Sunday began at 01:00, and a Saturday had its last hour twice.
    let sunday = "zone America/Sao_Paulo\nSun 00:00-08:00";
    assert_minutes(sunday, "2018-11-03T12:00-03", "2018-11-04T12:00-02", 420);
    assert_minutes(sunday, "2019-11-02T12:00-03", "2019-11-03T12:00-03", 480);
    let saturday = "zone America/Sao_Paulo\nSat 20:00-24:00";
    assert_minutes(saturday, "2019-02-16T12:00-02", "2019-02-17T12:00-03", 300);
    assert_eq!(
        hours(saturday).open_until(at("2019-02-16T23:30-02")),
        Some(Until::At(at("2019-02-17T00:00-03"))),
        "the first midnight never shows"
    );
}

#[test]
fn a_date_that_a_zone_skipped_has_no_hours() {
    // Samoa went from Thursday 29 to Saturday 31 December 2011.
    let shop = hours("zone Pacific/Apia\nMon-Sat 09:00-17:00");
    assert_eq!(shop.elapsed(at("2011-12-29T00:00-10"), at("2012-01-01T00:00+14")), minutes(2 * 480));
    assert_eq!(shop.due(at("2011-12-29T16:00-10"), minutes(120)), Ok(at("2011-12-31T10:00+14")));
    let fridays = hours("zone Pacific/Apia\nFri 00:00-24:00");
    assert_eq!(fridays.next_open(at("2011-12-29T12:00-10")), Ok(at("2012-01-06T00:00+14")));
}

#[test]
fn zones_of_half_and_quarter_hours_keep_their_minutes() {
    let desk = hours("zone Asia/Kolkata\nMon-Fri 09:00-18:00");
    assert_eq!(desk.next_open(at("2026-01-15T00:00Z")), Ok(at("2026-01-15T03:30Z")));
    let desk = hours("zone Asia/Kathmandu\nMon-Fri 09:00-18:00");
    assert_eq!(desk.next_open(at("2026-01-15T00:00Z")), Ok(at("2026-01-15T03:15Z")));
}

#[test]
fn hours_too_few_for_a_target_end_the_search_with_an_error() {
    let rare = hours("zone UTC\nMon 09:00-09:01");
    let start = at("2026-01-15T00:00Z");
    // A minute a week, on 522 Mondays.
    assert_eq!(rare.due(start, minutes(522)), Ok(at("2036-01-14T09:01Z")));
    assert_eq!(rare.due(start, minutes(523)), Err(TooFar));
    assert_eq!(hours("24/7").due(start, Duration::MAX), Err(TooFar));
    assert_eq!(TooFar.to_string(), "The hours leave too little open time: this would not come within ten years");
}

#[test]
fn hours_that_holidays_take_whole_end_the_search_with_an_error() {
    let mut text = String::from("zone UTC\nMon-Sun 09:00-10:00\n");
    for (month, days) in [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
        for day in 1..=days {
            text.push_str(&format!("*-{:02}-{day:02} closed\n", month + 1));
        }
    }
    let never = hours(&text);
    let start = at("2026-01-15T00:00Z");
    assert_eq!(never.next_open(start), Err(TooFar));
    assert_eq!(never.due(start, minutes(1)), Err(TooFar));
    assert_eq!(never.open_until(start), None);
}

#[test]
fn the_search_goes_as_far_as_it_says() {
    let start = at("2026-01-15T00:00Z");
    let all = Duration::from_secs(u64::try_from(SEARCH_DAYS).expect("days") * 86400);
    assert_eq!(hours("24/7").due(start, all), Ok(at("2036-01-16T00:00Z")));
    assert_eq!(hours("24/7").due(start, all + Duration::from_nanos(1)), Err(TooFar));
}
