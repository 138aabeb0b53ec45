//! A day of the calendar, without an hour or a zone. In JSON and in the database it is text: `2027-03-31`.
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Timestamp;

/// Between 1900 and 2199; other years are slips of the pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

impl Day {
    /// Reads `2027-03-31`, and nothing else. `None`: there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let day: jiff::civil::Date = text.parse().ok().filter(|_| shaped)?;
        (1900..=2199).contains(&day.year()).then_some(Self(day))
    }

    /// The day that it is at this moment in a zone such as `Europe/Dublin`; in UTC where there is no such zone.
    pub fn of(at: Timestamp, zone: &str) -> Self {
        let at = jiff::Timestamp::from_second(at.seconds()).unwrap_or_default();
        let there = at.in_tz(zone).unwrap_or_else(|_| at.to_zoned(jiff::tz::TimeZone::UTC));
        Self(there.date())
    }

    /// How many days later `other` is; below zero when it is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        self.0.duration_until(other.0).as_hours() / 24
    }

    /// The day that lies so many days later; the last day that there is where it would be none.
    pub fn plus_days(self, days: i64) -> Self {
        let last = jiff::civil::date(2199, 12, 31);
        let sum = self.0.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(last);
        Self(sum.clamp(jiff::civil::date(1900, 1, 1), last))
    }

    /// Year, month and day.
    pub fn parts(self) -> (u16, u8, u8) {
        let small = |number: i8| u8::try_from(number).unwrap_or(1);
        (u16::try_from(self.0.year()).unwrap_or(1900), small(self.0.month()), small(self.0.day()))
    }

    /// As people write it: `31 March 2027`.
    pub fn words(self) -> String {
        self.0.strftime("%-d %B %Y").to_string()
    }

    /// As a narrow column has it: `31 Mar 2027`.
    pub fn short(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }

    /// Its first moment in UTC.
    pub fn begins(self) -> Timestamp {
        self.0
            .at(0, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(Timestamp(0), |at| Timestamp(at.timestamp().as_microsecond()))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("“{text}” is not a day such as 2027-03-31")))
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).into()
    }
}

impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_read() {
        assert_eq!(Day::parse("2027-03-31").unwrap().words(), "31 March 2027");
        assert_eq!(Day::parse("2028-02-29").unwrap().to_string(), "2028-02-29");
        for wrong in [
            "2025-02-30",
            "2025-2-3",
            "2025-13-01",
            "20250203",
            "2025-02-03T10:00",
            "0001-01-01",
            "9999-12-31",
            "",
            "soon",
            "+02025-02-03",
            "2025–02–03",
        ] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_day_depends_on_where_one_is() {
        let at = Timestamp::parse_rfc3339("2027-03-31T23:30:00Z").unwrap();
        assert_eq!(Day::of(at, "UTC").to_string(), "2027-03-31");
        assert_eq!(Day::of(at, "Asia/Tokyo").to_string(), "2027-04-01");
        assert_eq!(Day::of(at, "Mars/Olympus").to_string(), "2027-03-31");
    }

    #[test]
    fn days_are_added_over_leap_days_and_not_beyond_the_last() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("2028-02-28").plus_days(2), day("2028-03-01"));
        assert_eq!(day("2199-12-30").plus_days(9), day("2199-12-31"));
        assert_eq!(day("2199-12-30").plus_days(i64::MAX), day("2199-12-30"));
        assert_eq!(day("2027-03-31").parts(), (2027, 3, 31));
    }

    #[test]
    fn days_are_counted_over_leap_days() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("2028-02-28").days_until(day("2028-03-01")), 2);
        assert_eq!(day("2028-03-01").days_until(day("2028-02-28")), -2);
    }
}
