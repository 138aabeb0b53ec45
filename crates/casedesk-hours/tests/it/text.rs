//! Hours as an administrator writes them, and what they hear when it cannot be read.

use crate::hours;
use casedesk_hours::Hours;
use jiff::civil::Weekday;

/// What reading says is wrong, line by line.
fn faults(text: &str) -> Vec<String> {
    text.parse::<Hours>().expect_err("faults").to_string().lines().map(str::to_owned).collect()
}

#[test]
fn hours_are_written_back_in_one_form() {
    let text = "# Our desk\n  zone: europe/dublin\nsaturday 10:00 – 14:00\n\nMON - thu 13:30-17:30,9:00-12:30\n\
                Fri,Sun 09:00-11:00,11:00-12:00\n*-12-25 closed  Christmas   Day\n2026-12-24 9:00-12:00 Christmas Eve\n\
                2026-06-01 CLOSED";
    let written = "zone Europe/Dublin\nMon-Thu 09:00-12:30, 13:30-17:30\nFri 09:00-12:00\nSat 10:00-14:00\n\
                   Sun 09:00-12:00\n2026-06-01 closed\n2026-12-24 09:00-12:00 Christmas Eve\n*-12-25 closed Christmas Day";
    assert_eq!(hours(text).to_string(), written);
    assert_eq!(hours(written), hours(text));
}

#[test]
fn a_range_of_days_may_go_over_the_end_of_the_week() {
    let weekend = hours("zone UTC\nSat-Mon 10:00-12:00");
    let open = [Weekday::Saturday, Weekday::Sunday, Weekday::Monday];
    for day in Weekday::Monday.cycle_forward().take(7) {
        assert_eq!(!weekend.spans_of(day).is_empty(), open.contains(&day), "{day:?}");
    }
}

#[test]
fn round_the_clock_is_written_short_and_needs_no_zone_unless_dates_do() {
    assert_eq!(hours("24/7").zone(), "UTC");
    assert_eq!(hours("24/7").to_string(), "zone UTC\n24/7");
    assert_eq!(hours("zone Asia/Tokyo\nMon-Sun 00:00-24:00").to_string(), "zone Asia/Tokyo\n24/7");
    let missing = "The time zone is missing: write it on a line of its own, such as: zone Europe/Dublin";
    assert_eq!(faults("24/7\n*-12-25 closed"), [missing]);
    assert_eq!(faults("Mon-Fri 09:00-17:30"), [missing]);
}

#[test]
fn in_json_hours_are_their_text() {
    let office = hours("zone Europe/Dublin\nMon 09:00-17:30");
    let json = serde_json::to_string(&office).expect("JSON");
    assert_eq!(json, r#""zone Europe/Dublin\nMon 09:00-17:30""#);
    assert_eq!(serde_json::from_str::<Hours>(&json).expect("hours"), office);
    let error = serde_json::from_str::<Hours>(r#""zone Europe/Dublin""#).expect_err("no hours").to_string();
    assert!(error.starts_with("No weekday is open"), "{error}");
}

#[test]
fn all_that_is_wrong_is_said_at_once_with_its_line() {
    assert_eq!(
        faults("zone Europe/Dubln\nMon 9am-5pm\nTue 17:30-09:00\nFri"),
        [
            "Line 1: No time zone is called “Europe/Dubln”: write a place of the IANA time zone database, such as Europe/Dublin",
            "Line 2: “9am” is no time: write hours and minutes of a day of 24 hours, such as 09:00 or 17:30",
            "Line 3: 17:30-09:00 ends before it starts: hours over midnight are two, as 22:00-24:00 and, on the next day, 00:00-02:00",
            "Line 4: The hours are missing: write them as 09:00-17:30, or write closed",
        ]
    );
}

#[test]
fn each_mistake_is_told_in_plain_words() {
    let tell = |line: &str| {
        let mut faults = faults(&format!("zone UTC\nSun 10:00-11:00\n{line}"));
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.remove(0).split_once("Line 3: ").expect("the line").1.to_owned()
    };
    for (line, start) in [
        ("zone UTC", "A second time zone"),
        ("Mondey 09:00-17:00", "“Mondey” is no day: write Mon"),
        ("Mo 09:00-17:00", "“Mo” is no day"),
        ("Tues-Weds 09:00-17:00", "“Weds” is no day"),
        ("Mon-Fry 09:00-17:00", "“Fry” is no day"),
        ("Mon 09:00-17:00 lunch", "“lunch” was not expected here"),
        ("Mon 09:00-12:00 13:00-17:00", "Hours have commas between them: write one before “13:00-17:00”"),
        ("2026-12-24 09:00-10:00 11:00-12:00", "Hours have commas between them"),
        ("Mon 09:00", "A time and its end belong together"),
        ("Mon 09:00-25:00", "“25:00” is no time"),
        ("Mon 09:00-24:01", "“24:01” is no time"),
        ("Mon 09:60-12:00", "“09:60” is no time"),
        ("Mon 9-17", "“9” is no time"),
        ("Mon 09:00-09:00", "09:00-09:00 ends where it starts"),
        ("Mon 22:00-02:00", "22:00-02:00 ends before it starts"),
        ("Mon 09:00-13:00, 12:00-17:00", "09:00-13:00 and 12:00-17:00 overlap"),
        ("Sun closed", "Sunday stands here a second time"),
        ("Fri-Sun 09:00-10:00", "Sunday stands here a second time"),
        ("24/7", "Sunday stands here a second time"),
        ("2026-02-30 closed", "“2026-02-30” is no date of the calendar"),
        ("*-02-30 closed", "“*-02-30” is no date of the calendar"),
        ("25.12.2026 closed", "“25.12.2026” is no date of the calendar"),
        ("2026-12-25", "The hours are missing"),
        ("2026-12-25 Christmas", "The hours are missing"),
        ("always", "“always” is no day"),
    ] {
        assert!(tell(line).starts_with(start), "{line}: {}", tell(line));
    }
    assert!(tell(&format!("2026-12-25 closed {}", "x".repeat(101))).starts_with("The name is longer than 100"));
    assert!(tell(&"y".repeat(9000)).chars().count() < 200, "a fault repeats only the start of what was written");
    assert!(
        faults("zone UTC\n2026-12-25 closed\n2026-12-25 closed\nMon 09:00-10:00")[0].contains("2026-12-25 stands here")
    );
}

#[test]
fn a_zone_of_the_same_place_is_offered() {
    assert!(faults("zone Dublin\n24/7")[0].ends_with("(is Europe/Dublin meant?)"));
    assert!(faults("zone US/New York\n24/7")[0].ends_with("(is America/New_York meant?)"));
    assert!(faults("zone Etc/Unknown\n24/7")[0].starts_with("Line 1: No time zone is called “Etc/Unknown”"));
    assert!(faults("zone\n24/7")[0].starts_with("Line 1: No time zone is called “”"));
}

#[test]
fn hours_that_are_never_open_are_refused() {
    let never = "No weekday is open, so nothing would ever fall due: write one, such as: Mon-Fri 09:00-17:30";
    assert_eq!(faults("zone UTC"), [never]);
    assert_eq!(faults("zone UTC\nMon-Sun closed\n2026-12-24 09:00-12:00"), [never]);
    assert_eq!(faults("").len(), 2, "no zone, no weekday");
}

#[test]
fn a_text_without_end_is_refused() {
    let text = "# a remark\n".repeat(1_000_000);
    assert_eq!(faults(&text)[0], "Line 1001: More than 1000 lines: take out dates that are past");
}
