//! When a contract's end is told, and how the next one goes on. Pure.
use jiff::{Span, ToSpan as _};

use super::day;
use crate::customers::{ContractTerms, CustomersError};

/// The reminder that is due: of those that the days left have come down to, the latest, unless it or a later one went
/// out. So after a standstill one mail goes out and not three, and none for a contract that is over.
pub fn due(days_left: i64, reminders: &[i64], sent: &[i64]) -> Option<i64> {
    let now = reminders.iter().copied().filter(|days| *days >= days_left).min().filter(|_| days_left >= 0)?;
    sent.iter().all(|before| *before > now).then_some(now)
}

/// The last day of the contract that follows and is as long as this one: in whole months where this one is.
pub fn next_end(terms: &ContractTerms) -> Result<String, CustomersError> {
    let (start, end) = (day(&terms.starts_on)?, day(terms.ends_on.as_deref().ok_or(CustomersError::NoTerm)?)?);
    let no_day = |_| CustomersError::NoDay(end.to_string());
    let next = end.tomorrow().map_err(no_day)?;
    let months = i32::from(next.year() - start.year()) * 12 + i32::from(next.month() - start.month());
    let whole = start.checked_add(months.months()).map_err(no_day)? == next && months > 0;
    let length: Span = if whole { months.months() } else { (next - start).get_days().days() };
    let after = next.checked_add(length).map_err(no_day)?;
    Ok(after.yesterday().map_err(no_day)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::SupportOptionId;

    #[test]
    fn one_reminder_goes_out_at_each_of_its_days_and_none_too_late() {
        let days = [60, 30, 7];
        assert_eq!((due(61, &days, &[]), due(60, &days, &[]), due(45, &days, &[])), (None, Some(60), Some(60)));
        assert_eq!((due(45, &days, &[60]), due(30, &days, &[60]), due(29, &days, &[60, 30])), (None, Some(30), None));
        // A desk that stood still tells the nearest alone, and what is over not at all.
        assert_eq!(
            (due(5, &days, &[]), due(5, &days, &[7]), due(0, &days, &[60]), due(-1, &days, &[])),
            (Some(7), None, Some(7), None)
        );
        assert_eq!(due(3, &[], &[]), None);
    }

    #[test]
    fn the_next_contract_is_as_long_as_the_one_before() {
        let end = |starts: &str, ends: &str| {
            let terms = ContractTerms {
                option_id: SupportOptionId(1),
                reference: String::new(),
                starts_on: starts.into(),
                ends_on: Some(ends.into()),
                seats: None,
                renews_months: None,
            };
            next_end(&terms).unwrap()
        };
        assert_eq!(end("2027-01-01", "2027-12-31"), "2028-12-31");
        assert_eq!(end("2027-03-01", "2028-02-29"), "2029-02-28");
        assert_eq!(end("2027-03-15", "2027-06-14"), "2027-09-14");
        assert_eq!(end("2027-03-01", "2027-03-10"), "2027-03-20");
    }
}
