//! Support options in customers' words.
use casedesk_hours::{Hours, On, Span};
use jiff::civil::{Date, Weekday};

use crate::customers::{Priority, SupportTarget};
use crate::kit::Day;

/// Opening hours as people read them.
pub struct OpenHours {
    /// Empty where it is open at all hours.
    pub zone: String,
    /// Weekdays with the same hours share a line.
    pub week: Vec<HoursLine>,
    /// Dates with hours of their own that are not over.
    pub special: Vec<HoursLine>,
}

pub struct HoursLine {
    /// `Monday to Friday`, or `25 December, every year`.
    pub when: String,
    /// `09:00 to 17:30`, or `closed`.
    pub hours: String,
    /// What a date is called; may be empty.
    pub name: String,
}

/// What is promised at one priority, in words; `–` where nothing is.
pub struct Promised {
    pub priority: Priority,
    pub first: String,
    pub next: String,
    pub solved: String,
}

pub fn open_hours(hours: &Hours, today: Day) -> OpenHours {
    if hours.is_round_the_clock() {
        let always = HoursLine { when: "Every day".into(), hours: "at all hours".into(), name: String::new() };
        return OpenHours { zone: String::new(), week: vec![always], special: Vec::new() };
    }
    let (year, month, day) = today.parts();
    let special = hours.special_days().filter(|(on, _)| match on {
        On::Date(date) => {
            (i32::from(date.year()), date.month(), date.day()) >= (i32::from(year), small(month), small(day))
        }
        On::EveryYear { .. } => true,
    });
    OpenHours {
        zone: zone_words(hours.zone()),
        week: week(hours),
        special: special.map(|(on, day)| line(on_words(on), day.spans(), day.name())).collect(),
    }
}

fn small(number: u8) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

fn line(when: String, spans: &[Span], name: &str) -> HoursLine {
    let words: Vec<String> = spans.iter().map(|span| span.to_string().replace('-', " to ")).collect();
    let hours = if words.is_empty() { "closed".into() } else { words.join(", ") };
    HoursLine { when, hours, name: name.into() }
}

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Monday, "Monday"),
    (Weekday::Tuesday, "Tuesday"),
    (Weekday::Wednesday, "Wednesday"),
    (Weekday::Thursday, "Thursday"),
    (Weekday::Friday, "Friday"),
    (Weekday::Saturday, "Saturday"),
    (Weekday::Sunday, "Sunday"),
];

fn week(hours: &Hours) -> Vec<HoursLine> {
    WEEK.chunk_by(|(one, _), (next, _)| hours.spans_of(*one) == hours.spans_of(*next))
        .filter_map(|days| {
            let ((first, from), (_, to)) = (days.first()?, days.last()?);
            let when = match days.len() {
                1 => (*from).to_owned(),
                2 => format!("{from} and {to}"),
                _ => format!("{from} to {to}"),
            };
            Some(line(when, hours.spans_of(*first), ""))
        })
        .collect()
}

fn on_words(on: On) -> String {
    match on {
        On::Date(date) => date.strftime("%-d %B %Y").to_string(),
        On::EveryYear { month, day } => {
            // A leap year has every day.
            let date = Date::new(2024, month, day).map(|date| date.strftime("%-d %B").to_string());
            format!("{}, every year", date.unwrap_or_default())
        }
    }
}

/// `Dublin (Europe/Dublin)`, or `UTC`.
fn zone_words(zone: &str) -> String {
    match zone.rsplit_once('/') {
        Some((_, place)) => format!("{} ({zone})", place.replace('_', " ")),
        None => zone.into(),
    }
}

/// The most urgent first.
pub fn promised(targets: &[SupportTarget], hours: &Hours) -> Vec<Promised> {
    let words = |minutes: Option<i64>| minutes.map_or_else(|| "–".into(), |m| minutes_words(m, hours));
    let of = |priority: &Priority| targets.iter().find(|target| target.priority == *priority);
    let found = Priority::ALL.iter().rev().filter_map(of);
    found
        .map(|target| Promised {
            priority: target.priority,
            first: words(target.first_response_min),
            next: words(target.next_response_min),
            solved: words(target.resolve_min),
        })
        .collect()
}

/// `8 hours 30 minutes`. Days are said only where every day has 24 hours.
fn minutes_words(minutes: i64, hours: &Hours) -> String {
    const DAY: i64 = 24 * 60;
    if hours.is_round_the_clock() && minutes > DAY && minutes % DAY == 0 {
        return counted(minutes / DAY, "day");
    }
    match (minutes / 60, minutes % 60) {
        (0, rest) => counted(rest, "minute"),
        (whole, 0) => counted(whole, "hour"),
        (whole, rest) => format!("{} {}", counted(whole, "hour"), counted(rest, "minute")),
    }
}

fn counted(number: i64, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[HoursLine]) -> Vec<String> {
        lines.iter().map(|line| format!("{}: {} {}", line.when, line.hours, line.name).trim().to_owned()).collect()
    }

    #[test]
    fn hours_are_said_by_day_place_and_date() {
        let hours: Hours = "zone America/New_York\nMon-Thu 09:00-12:30, 13:30-17:30\nFri 09:00-16:00\n\
            *-12-25 closed Christmas Day\n2027-12-24 09:00-12:00\n2027-02-28 closed Over"
            .parse()
            .unwrap();
        let open = open_hours(&hours, Day::parse("2027-03-01").unwrap());
        assert_eq!(open.zone, "New York (America/New_York)");
        let week = [
            "Monday to Thursday: 09:00 to 12:30, 13:30 to 17:30",
            "Friday: 09:00 to 16:00",
            "Saturday and Sunday: closed",
        ];
        assert_eq!(lines(&open.week), week);
        let special = ["24 December 2027: 09:00 to 12:00", "25 December, every year: closed Christmas Day"];
        assert_eq!(lines(&open.special), special, "what is over is not told");
        let same_day = open_hours(&hours, Day::parse("2027-02-28").unwrap());
        assert_eq!(same_day.special.len(), 3, "today is not over");
        let always = open_hours(&"24/7".parse().unwrap(), Day::parse("2027-03-01").unwrap());
        assert_eq!((always.zone.as_str(), lines(&always.week)), ("", vec!["Every day: at all hours".into()]));
    }

    #[test]
    fn promises_are_said_in_hours_and_in_days_where_a_day_has_them_all() {
        let (office, always): (Hours, Hours) =
            ("zone Europe/Dublin\nMon-Fri 09:00-17:30".parse().unwrap(), "24/7".parse().unwrap());
        for (minutes, in_office, at_all_hours) in [
            (1, "1 minute", "1 minute"),
            (60, "1 hour", "1 hour"),
            (510, "8 hours 30 minutes", "8 hours 30 minutes"),
            (1440, "24 hours", "24 hours"),
            (4320, "72 hours", "3 days"),
        ] {
            assert_eq!(minutes_words(minutes, &office), in_office);
            assert_eq!(minutes_words(minutes, &always), at_all_hours);
        }
        let target = |priority, first| SupportTarget {
            priority,
            first_response_min: Some(first),
            next_response_min: None,
            resolve_min: None,
        };
        let said = promised(&[target(Priority::Normal, 120), target(Priority::Critical, 60)], &office);
        let said: Vec<_> = said.iter().map(|row| (row.priority, row.first.as_str(), row.next.as_str())).collect();
        assert_eq!(said, [(Priority::Critical, "1 hour", "–"), (Priority::Normal, "2 hours", "–")]);
    }
}
