//! Decisions about the customer file: what may be written down, and what it means for a case. Pure.
pub mod duplicates;
mod numbers;
mod on_sale;
mod questions;
mod recommend;
mod reminders;
pub mod sheet;
mod verdicts;

use std::collections::BTreeSet;

use casedesk_details::Field;
use casedesk_hours::Hours;
use jiff::civil::Date;

pub use numbers::{DIGITS, NoNumber, e164, reversed};
pub use on_sale::{OpenHours, Promised, open_hours, promised};
pub use questions::{
    LOG, Lacks, MAIL, PURPOSE, QUESTIONS, Question, Questionnaire, asked_words, checked_words, questionnaire,
};
pub use recommend::{Recommended, recommendation};
pub use reminders::{due, next_end};
pub use verdicts::{
    Agreement, Known, Logs, Newer, Planned, Words, completeness, contract, in_force, life_cycle, life_cycle_as_told,
    required_words, roadmap, upgrade, words,
};

use super::{
    ContractTerms, CustomersError, InstallationRole, InstallationTerms, LicenceTerms, OptionTerms, SupportTarget,
};

/// What an installation is called and its product, by their names among the values that it had.
pub const LABEL: &str = "label";
pub const PRODUCT: &str = "product";
const MOST_NAME: usize = 200;
const MOST_WORDS: usize = 10_000;
const MOST_TAG: usize = 50;
/// The longest value of a field, in characters.
pub const MOST_VALUE: usize = 1_000;

/// Reads a day such as `2027-03-15`.
pub fn day(written: &str) -> Result<Date, CustomersError> {
    let written = written.trim();
    let plain = written.len() == 10;
    written.parse().ok().filter(|_| plain).ok_or_else(|| CustomersError::NoDay(written.chars().take(40).collect()))
}

fn name(text: &str, field: &'static str) -> Result<String, CustomersError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(CustomersError::Empty(field));
    }
    within(&text, field, MOST_NAME)?;
    Ok(text)
}

fn within(text: &str, field: &'static str, most: usize) -> Result<(), CustomersError> {
    if text.chars().count() > most { Err(CustomersError::TooLong { field, most }) } else { Ok(()) }
}

fn at_least_one(number: Option<i64>, field: &'static str) -> Result<(), CustomersError> {
    if number.is_some_and(|number| number < 1) { Err(CustomersError::TooSmall(field)) } else { Ok(()) }
}

/// The name of an organisation or a contact.
pub fn checked_name(text: &str) -> Result<String, CustomersError> {
    name(text, "name")
}

/// A note, without the space around it.
pub fn checked_note(text: &str) -> Result<String, CustomersError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CustomersError::Empty("note"));
    }
    within(text, "note", MOST_WORDS)?;
    Ok(text.to_owned())
}

/// A tag as it is kept: in lower case, one word.
pub fn checked_tag(tag: &str) -> Result<String, CustomersError> {
    let tag = tag.trim().to_lowercase();
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '"';
    if tag.is_empty() || tag.contains(bad) || tag.chars().count() > MOST_TAG {
        return Err(CustomersError::BadTag(MOST_TAG));
    }
    Ok(tag)
}

/// A mail domain in lower case.
pub fn checked_domain(domain: &str) -> Result<String, CustomersError> {
    let domain = domain.trim().trim_start_matches('@').to_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    let fits = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    if labels.len() < 2 || !labels.iter().all(fits) || domain.len() > 253 {
        return Err(CustomersError::BadDomain(domain.chars().take(100).collect()));
    }
    Ok(domain)
}

/// A mail address in lower case.
pub fn checked_address(address: &str) -> Result<String, CustomersError> {
    let address = address.trim().to_lowercase();
    let bad = || CustomersError::BadAddress(address.chars().take(100).collect());
    let (local, domain) = address.rsplit_once('@').ok_or_else(bad)?;
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@');
    if local.is_empty() || domain.is_empty() || address.contains(' ') || local.contains(odd) || domain.contains(odd) {
        return Err(bad());
    }
    within(&address, "address", 254)?;
    Ok(address)
}

/// A support option that can be kept: its hours can be read, and its targets be met.
pub fn checked_option(terms: &OptionTerms) -> Result<OptionTerms, CustomersError> {
    let hours: Hours = terms.hours.parse()?;
    let channels: BTreeSet<_> = terms.channels.iter().copied().collect();
    if channels.is_empty() {
        return Err(CustomersError::NoChannel);
    }
    within(&terms.covers, "covers", MOST_WORDS)?;
    let mut targets: Vec<SupportTarget> = Vec::new();
    for target in &terms.targets {
        at_least_one(target.first_response_min, "first response")?;
        at_least_one(target.next_response_min, "next response")?;
        at_least_one(target.resolve_min, "resolve")?;
        if targets.iter().any(|known| known.priority == target.priority) {
            return Err(CustomersError::TargetTwice(target.priority));
        }
        targets.push(*target);
    }
    Ok(OptionTerms {
        name: name(&terms.name, "name")?,
        channels: channels.into_iter().collect(),
        hours: hours.to_string(),
        covers: terms.covers.trim().to_owned(),
        targets,
    })
}

pub fn checked_contract(terms: &ContractTerms) -> Result<ContractTerms, CustomersError> {
    let starts = day(&terms.starts_on)?;
    let ends = terms.ends_on.as_deref().map(day).transpose()?;
    if ends.is_some_and(|ends| ends < starts) {
        return Err(CustomersError::Backwards);
    }
    at_least_one(terms.seats, "seats")?;
    at_least_one(terms.renews_months, "months")?;
    if terms.renews_months.is_some() && ends.is_none() {
        return Err(CustomersError::NoTerm);
    }
    within(&terms.reference, "reference", MOST_NAME)?;
    Ok(ContractTerms {
        reference: terms.reference.trim().to_owned(),
        starts_on: starts.to_string(),
        ends_on: ends.map(|day| day.to_string()),
        ..terms.clone()
    })
}

/// The terms that follow when a contract is renewed: from the day after its end, for as long again.
pub fn renewed(terms: &ContractTerms, ends_on: &str) -> Result<ContractTerms, CustomersError> {
    let end = day(terms.ends_on.as_deref().ok_or(CustomersError::NoTerm)?)?;
    let next = end.tomorrow().map_err(|_| CustomersError::NoDay(end.to_string()))?;
    checked_contract(&ContractTerms {
        starts_on: next.to_string(),
        ends_on: Some(ends_on.to_owned()).filter(|day| !day.trim().is_empty()),
        ..terms.clone()
    })
}

pub fn checked_licence(terms: &LicenceTerms) -> Result<LicenceTerms, CustomersError> {
    at_least_one(terms.seats, "seats")?;
    within(&terms.key_id, "key id", MOST_NAME)?;
    Ok(LicenceTerms {
        edition: name(&terms.edition, "edition")?,
        key_id: terms.key_id.trim().to_owned(),
        expires_on: terms.expires_on.as_deref().map(day).transpose()?.map(|day| day.to_string()),
        ..terms.clone()
    })
}

pub fn checked_installation(terms: &InstallationTerms) -> Result<InstallationTerms, CustomersError> {
    Ok(InstallationTerms { label: name(&terms.label, "label")?, ..terms.clone() })
}

/// A field by its name.
pub fn field(name: &str) -> Result<Field, CustomersError> {
    Field::from_name(name).ok_or_else(|| CustomersError::NoField(name.chars().take(40).collect()))
}

/// A value on one line. Empty: not known any more.
pub fn checked_value(text: &str) -> Result<String, CustomersError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    within(&text, "value", MOST_VALUE)?;
    Ok(text)
}

/// A contract as it is held against a day. `None`: its days were not written by this program.
pub fn agreement(option: &str, terms: &ContractTerms) -> Option<Agreement> {
    Some(Agreement {
        option_id: terms.option_id,
        option: option.to_owned(),
        starts_on: day(&terms.starts_on).ok()?,
        ends_on: terms.ends_on.as_deref().map(day).transpose().ok()?,
        renews_months: terms.renews_months,
    })
}

/// What a role is called in a details answer, as the role of an installation.
pub fn role_named(value: &str) -> Option<InstallationRole> {
    value.trim().to_lowercase().parse().ok()
}

/// A field in the words of the page.
pub const fn label(field: Field) -> &'static str {
    match field {
        Field::ProductVersion => "Version",
        Field::OsName => "Operating system",
        Field::OsVersion => "OS version",
        Field::OsArchitecture => "Architecture",
        Field::Protocols => "Protocols",
        Field::Role => "Role",
        Field::HighAvailability => "Availability",
        Field::Integrations => "Integrations",
        Field::Database => "Database",
        Field::Runtime => "Runtime",
        Field::Security => "Security",
        Field::Other => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::{Priority, SupportChannel, SupportOptionId};

    fn option() -> OptionTerms {
        OptionTerms {
            name: " Premier  24x7 ".into(),
            channels: vec![SupportChannel::Phone, SupportChannel::Mail, SupportChannel::Phone],
            hours: "24/7".into(),
            ..OptionTerms::default()
        }
    }

    fn contract() -> ContractTerms {
        ContractTerms {
            option_id: SupportOptionId(1),
            reference: String::new(),
            starts_on: "2027-01-01".into(),
            ends_on: Some("2027-12-31".into()),
            seats: None,
            renews_months: None,
        }
    }

    #[test]
    fn an_option_is_kept_in_one_form_and_its_hours_are_read() {
        let kept = checked_option(&option()).unwrap();
        assert_eq!((kept.name.as_str(), kept.hours.as_str()), ("Premier 24x7", "zone UTC\n24/7"));
        assert_eq!(kept.channels, [SupportChannel::Mail, SupportChannel::Phone]);
        let wrong = checked_option(&OptionTerms { hours: "Mon-Fri 9-5".into(), ..option() }).unwrap_err().to_string();
        assert!(wrong.contains("Line 1") && wrong.contains("time zone is missing"), "{wrong}");
        let target = SupportTarget {
            priority: Priority::High,
            first_response_min: Some(0),
            next_response_min: None,
            resolve_min: None,
        };
        let wrong = checked_option(&OptionTerms { targets: vec![target], ..option() });
        assert!(matches!(wrong, Err(CustomersError::TooSmall(_))));
    }

    #[test]
    fn a_contract_ends_after_it_starts_and_its_renewal_begins_the_day_after() {
        let backwards = ContractTerms { ends_on: Some("2026-12-31".into()), ..contract() };
        assert!(matches!(checked_contract(&backwards), Err(CustomersError::Backwards)));
        let endless = ContractTerms { ends_on: None, renews_months: Some(12), ..contract() };
        assert!(matches!(checked_contract(&endless), Err(CustomersError::NoTerm)));
        for written in ["2027-02-30", "20270101", "tomorrow", ""] {
            let odd = ContractTerms { starts_on: written.into(), ..contract() };
            assert!(matches!(checked_contract(&odd), Err(CustomersError::NoDay(_))), "{written}");
        }
        let next = renewed(&contract(), "2028-12-31").unwrap();
        assert_eq!((next.starts_on.as_str(), next.ends_on.as_deref()), ("2028-01-01", Some("2028-12-31")));
    }

    #[test]
    fn domains_and_addresses_are_told_from_other_text() {
        assert_eq!(checked_domain(" @Example.COM ").unwrap(), "example.com");
        assert_eq!(checked_address(" Ann@Example.com").unwrap(), "ann@example.com");
        for odd in ["localhost", "a b.example", "x..example", "http://example.com/"] {
            assert!(checked_domain(odd).is_err(), "{odd}");
        }
        for odd in ["ann", "@example.com", "Ann <ann@example.com>", "a@b,c@d"] {
            assert!(checked_address(odd).is_err(), "{odd}");
        }
    }
}
