//! Time: UTC in whole microseconds everywhere, and a clock that tests can hold still.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z. In JSON an RFC 3339 string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(micros(by)))
    }

    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(micros(by)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC, to the second.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.seconds()).map_or_else(|_| "invalid".into(), |t| t.to_string())
    }

    /// `1 Mar 2027, 09:00 UTC`, for pages that no script writes in the reader's zone.
    pub fn in_words(self) -> String {
        jiff::Timestamp::from_second(self.seconds())
            .map_or_else(|_| "invalid".into(), |t| t.strftime("%-d %b %Y, %H:%M UTC").to_string())
    }

    /// A day such as `2027-03-15` at a full hour in a zone such as `Europe/Dublin`. `None`: one of them is none.
    pub fn on_day(day: &str, hour: i8, zone: &str) -> Option<Self> {
        let day: jiff::civil::Date = day.parse().ok()?;
        let at = day.at(hour, 0, 0, 0).in_tz(zone).ok()?;
        Some(Self(at.timestamp().as_microsecond()))
    }

    /// A day and time of a zone as a browser's field writes them, such as `2027-03-15T09:30`. `None`: it is none.
    pub fn from_local(text: &str, zone: &str) -> Option<Self> {
        let at: jiff::civil::DateTime = text.trim().parse().ok()?;
        Some(Self(at.in_tz(zone).ok()?.timestamp().as_microsecond()))
    }

    /// The same back, to the minute; empty where the zone is none.
    pub fn to_local(self, zone: &str) -> String {
        let at = jiff::Timestamp::from_second(self.seconds()).ok().and_then(|at| at.in_tz(zone).ok());
        at.map_or_else(String::new, |at| at.strftime("%Y-%m-%dT%H:%M").to_string())
    }

    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }
}

fn micros(by: Duration) -> i64 {
    i64::try_from(by.as_micros()).unwrap_or(i64::MAX)
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse_rfc3339(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("“{text}” is not a time such as 2026-11-01T09:00:00Z")))
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

/// Where "now" comes from: the machine, or a test's hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until `advance` moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }

    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(fixed) => Timestamp(fixed.load(SeqCst)),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(micros(since))
            }
        }
    }

    /// Moves a fixed clock; a system clock moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(fixed) = &self.0 {
            fixed.fetch_add(micros(by), SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_comes_back_as_it_was_written() {
        let at = Timestamp::from_local("2027-07-15T09:30", "Europe/Dublin").unwrap();
        assert_eq!(at.rfc3339(), "2027-07-15T08:30:00Z");
        assert_eq!(at.to_local("Europe/Dublin"), "2027-07-15T09:30");
        for (text, zone) in [("", "UTC"), ("nine", "UTC"), ("2027-13-01T00:00", "UTC"), ("2027-07-15T09:30", "Mars")] {
            assert_eq!(Timestamp::from_local(text, zone), None, "{text} {zone}");
        }
    }

    #[test]
    fn a_morning_is_one_of_its_zone_in_winter_and_in_summer() {
        for (day, zone, at) in [
            ("2027-01-15", "UTC", "2027-01-15T08:00:00Z"),
            ("2027-01-15", "Europe/Dublin", "2027-01-15T08:00:00Z"),
            ("2027-07-15", "Europe/Dublin", "2027-07-15T07:00:00Z"),
            ("2027-03-14", "America/New_York", "2027-03-14T12:00:00Z"),
            ("2027-03-15", "Asia/Tokyo", "2027-03-14T23:00:00Z"),
            ("2027-03-15", "Asia/Kathmandu", "2027-03-15T02:15:00Z"),
        ] {
            assert_eq!(Timestamp::on_day(day, 8, zone).map(Timestamp::rfc3339).as_deref(), Some(at), "{day} {zone}");
        }
        for (day, zone) in [("2027-02-30", "UTC"), ("tomorrow", "UTC"), ("", "UTC"), ("2027-01-15", "Mars/Olympus")] {
            assert_eq!(Timestamp::on_day(day, 8, zone), None, "{day} {zone}");
        }
    }
}
