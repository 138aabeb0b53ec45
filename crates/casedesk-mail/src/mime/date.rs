//! Date-times as mail writes them (RFC 5322 sections 3.3 and 4.3), to Unix seconds.

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Unix seconds of a Date field; `None` when it names no moment.
pub(crate) fn parse(input: &str) -> Option<i64> {
    let text = without_comments(input).replace(',', " ");
    let mut day = None;
    let mut month = None;
    let mut year = None;
    let mut time = None;
    let mut zone = None;
    for word in text.split_whitespace() {
        if word.contains(':') && time.is_none() {
            time = clock(word);
        } else if let Some(found) = month_of(word).filter(|_| month.is_none()) {
            month = Some(found);
        } else if let Some(found) = offset(word).filter(|_| time.is_some() && zone.is_none()) {
            zone = Some(found);
        } else if let Ok(number) = word.parse::<i64>() {
            let slot = if day.is_none() { &mut day } else { &mut year };
            *slot = slot.or(Some(number));
        }
    }
    let (day, month, year) = (day?, month?, full_year(year?)?);
    if !(1..=31).contains(&day) {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + time?;
    Some(seconds - zone.unwrap_or(0))
}

/// RFC 5322 section 4.3: years of two and three digits.
fn full_year(year: i64) -> Option<i64> {
    match year {
        0..=49 => Some(year + 2000),
        50..=999 => Some(year + 1900),
        1000..=9999 => Some(year),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<i64> {
    let start = word.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == start)?;
    i64::try_from(at + 1).ok()
}

/// Seconds since midnight of `hh:mm` or `hh:mm:ss`.
fn clock(word: &str) -> Option<i64> {
    let mut parts = word.split(':').map(|part| part.trim().parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0);
    let sane = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    sane.then_some(hour * 3600 + minute * 60 + second)
}

/// Seconds east of Greenwich of `+hhmm` or a zone name.
fn offset(word: &str) -> Option<i64> {
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return named_offset(word),
    };
    let number: i64 = digits.replace(':', "").parse().ok()?;
    let seconds = number / 100 * 3600 + number % 100 * 60;
    (digits.len() >= 4 && seconds < 86_400).then_some(sign * seconds)
}

fn named_offset(word: &str) -> Option<i64> {
    let hours = match word.to_ascii_uppercase().as_str() {
        "UT" | "GMT" | "UTC" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "MET" => 1,
        "CEST" | "MEST" => 2,
        "JST" => 9,
        _ => return None,
    };
    Some(hours * 3600)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Text without its (nested) comments in parentheses (RFC 5322 section 3.2.2).
pub(crate) fn without_comments(input: &str) -> String {
    let mut depth = 0_usize;
    input
        .chars()
        .filter(|c| {
            depth += usize::from(*c == '(');
            let keep = depth == 0;
            depth -= usize::from(*c == ')' && depth > 0);
            keep
        })
        .collect()
}

/// A Date field body (UTC) for Unix seconds.
pub(crate) fn format(seconds: i64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = seconds.div_euclid(86_400);
    let clock = seconds.rem_euclid(86_400);
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let moved = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * moved + 2) / 5 + 1;
    let month = if moved < 10 { moved + 3 } else { moved - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let name = |names: &[&'static str], at: i64| {
        usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
    };
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} +0000",
        name(&WEEKDAYS, days.rem_euclid(7)),
        name(&NAMES, month - 1),
        clock / 3600,
        clock / 60 % 60,
        clock % 60
    )
}
