//! The forms of time stamps, and their time zones.

/// How time stamps are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `2024-05-01T12:00:00Z`
    Iso8601,
    /// `2024-05-01 12:00:00`
    IsoWithSpace,
    /// `20240501T120000Z`
    IsoBasic,
    /// `2024-05-01 12:00:00,123`
    Log4j,
    /// `2024/05/01 12:00:00`
    YearSlash,
    /// `May  1 12:00:00`
    SyslogRfc3164,
    /// `<165>1 2024-05-01T12:00:00Z`
    SyslogRfc5424,
    /// `[01/May/2024:12:00:00 +0200]`
    CommonLog,
    /// `Wed May  1 12:00:00 2024`
    Ctime,
    /// `Wed, 01 May 2024 12:00:00 +0200`
    Rfc1123,
    /// `01-May-2024 12:00:00`
    DayNamedMonth,
    /// `May 01, 2024 12:00:00 PM`
    JavaLogging,
    /// `01.05.2024 12:00:00`
    EuropeanDots,
    /// `01/05/2024 12:00:00`, day or month first
    SlashDate,
    /// `Information 5/1/2024 12:00:00 PM`
    WindowsEvent,
    /// `#Fields: date time …`
    W3cExtended,
    /// `1714557600`
    EpochSeconds,
    /// `1714557600123`
    EpochMilliseconds,
    /// `12:00:00`, without a date
    TimeOnly,
}

impl Format {
    pub(super) const COUNT: usize = 19;

    /// Its name in plain words.
    pub fn name(self) -> &'static str {
        match self {
            Format::Iso8601 => "ISO 8601 / RFC 3339",
            Format::IsoWithSpace => "ISO 8601 with a space",
            Format::IsoBasic => "ISO 8601 basic",
            Format::Log4j => "log4j",
            Format::YearSlash => "year/month/day",
            Format::SyslogRfc3164 => "syslog (RFC 3164)",
            Format::SyslogRfc5424 => "syslog (RFC 5424)",
            Format::CommonLog => "Apache common log",
            Format::Ctime => "ctime",
            Format::Rfc1123 => "RFC 1123",
            Format::DayNamedMonth => "day and named month",
            Format::JavaLogging => "java.util.logging",
            Format::EuropeanDots => "day.month.year",
            Format::SlashDate => "day/month/year or month/day/year",
            Format::WindowsEvent => "Windows event text",
            Format::W3cExtended => "W3C extended",
            Format::EpochSeconds => "seconds since 1970",
            Format::EpochMilliseconds => "milliseconds since 1970",
            Format::TimeOnly => "time of day without a date",
        }
    }
}

/// The time zone of the stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// Minutes east of UTC.
    Offset(i16),
    Utc,
    /// `CEST`
    Named(String),
    /// The stamps do not say.
    None,
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Zone::Utc => f.write_str("UTC"),
            Zone::Offset(minutes) => {
                let (sign, minutes) = (if *minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
                write!(f, "UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            Zone::Named(name) => f.write_str(name),
            Zone::None => f.write_str("without a time zone"),
        }
    }
}
