//! How a telephone number is written.

/// E.164: a country code and a number of at most 15 digits; fewer than 7 are no subscriber's.
pub const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Why something is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    #[error("“{0}” is no telephone number")]
    Unreadable(String),
    #[error("“{0}” has no country code: write it as in +353 1 234 5678, or set phone.country_code")]
    NoCountry(String),
}

/// A number as E.164 writes it. `country` is the code of numbers without one; it may be empty.
pub fn e164(typed: &str, country: &str) -> Result<String, NoNumber> {
    let bad = || NoNumber::Unreadable(typed.chars().take(50).collect());
    let number = typed.trim().trim_start_matches("tel:");
    let (plus, rest) = match number.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    // The `(0)` of `+44 (0)20 …` is dialled inside the country alone.
    let rest = if plus { rest.replace("(0)", "") } else { rest.to_owned() };
    if rest.chars().any(|c| !c.is_ascii_digit() && !" -./()\u{a0}\u{202f}".contains(c)) {
        return Err(bad());
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let whole = match (plus, digits.strip_prefix("00"), digits.strip_prefix('0')) {
        (true, ..) => digits,
        (false, Some(international), _) => international.to_owned(),
        (false, None, _) if country.is_empty() => return Err(NoNumber::NoCountry(typed.chars().take(50).collect())),
        (false, None, Some(national)) => format!("{country}{national}"),
        (false, None, None) => format!("{country}{digits}"),
    };
    if DIGITS.contains(&whole.len()) && !whole.starts_with('0') { Ok(format!("+{whole}")) } else { Err(bad()) }
}

/// The digits of a number from the last one on.
pub fn reversed(number: &str) -> String {
    number.chars().rev().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_e164_however_it_was_written() {
        for (typed, country, kept) in [
            ("+353 1 234 5678", "", "+35312345678"),
            ("00353-1-234-5678", "", "+35312345678"),
            ("01 234 5678", "353", "+35312345678"),
            ("(01) 234.5678", "353", "+35312345678"),
            ("+44 (0)20 7946 0018", "", "+442079460018"),
            ("2079460018", "44", "+442079460018"),
            ("tel:+442079460018", "", "+442079460018"),
        ] {
            assert_eq!(e164(typed, country).unwrap(), kept, "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_in_words() {
        for bad in ["", "+", "anna", "+12", "+1234567890123456", "+353 1 CALL ME", "+0012345678", "12;34567890"] {
            assert!(matches!(e164(bad, "353"), Err(NoNumber::Unreadable(_))), "{bad}");
        }
        assert!(matches!(e164("01 234 5678", ""), Err(NoNumber::NoCountry(_))));
    }
}
