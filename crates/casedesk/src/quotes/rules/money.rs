//! Money as whole numbers of a currency's smallest unit (ISO 4217), and how people write it.
use crate::quotes::QuotesError;

/// The largest sum, in the smallest unit.
pub const MOST_MINOR: i64 = 1_000_000_000_000_000;
/// The largest quantity, in thousandths.
const MOST_MILLI: i64 = 1_000_000_000;

/// A currency and how many decimals its amounts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Currency {
    pub code: &'static str,
    pub decimals: u32,
}

/// The active codes of ISO 4217 with two decimals; the others stand below. Funds, metals and test codes are left out.
const TWO: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD", "BND", "BOB", "BRL",
    "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP",
    "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL",
    "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN",
    "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB",
    "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "YER",
    "ZAR", "ZMW",
];
const NONE: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
const THREE: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// The currency of this code. `None`: there is none.
pub fn currency(code: &str) -> Option<Currency> {
    let code = code.trim().to_ascii_uppercase();
    [(TWO, 2), (NONE, 0), (THREE, 3)].into_iter().find_map(|(codes, decimals)| {
        codes.iter().find(|known| **known == code).map(|code| Currency { code, decimals })
    })
}

/// Every code, in the order of the alphabet.
pub fn codes() -> Vec<&'static str> {
    let mut all = [TWO, NONE, THREE].concat();
    all.sort_unstable();
    all
}

/// `EUR 1,234.50`.
pub fn money(minor: i64, code: &str) -> String {
    format!("{code} {}", amount(minor, decimals(code), true))
}

/// `1234.50`, as it stands in a field.
pub fn plain(minor: i64, code: &str) -> String {
    amount(minor, decimals(code), false)
}

fn decimals(code: &str) -> u32 {
    currency(code).map_or(2, |currency| currency.decimals)
}

fn amount(minor: i64, decimals: u32, grouped: bool) -> String {
    let unit = 10_u64.pow(decimals);
    let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let digits = whole.to_string();
    let mut text = String::from(if minor < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if grouped && at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals > 0 {
        text.push_str(&format!(".{part:0width$}", width = decimals as usize));
    }
    text
}

/// Reads `1234.5`, `1,234.50`, `1 234,50` or `1.234,50`. What could be meant in two ways is refused.
pub fn parse(typed: &str, currency: Currency) -> Result<i64, QuotesError> {
    let bad = || QuotesError::BadAmount(typed.chars().take(40).collect());
    let text: String = typed.trim().chars().filter(|c| !" '\u{a0}\u{202f}’".contains(*c)).collect();
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.to_owned()),
        None => (false, text),
    };
    let decimals = currency.decimals as usize;
    let (whole, part) = match text.rfind(['.', ',']) {
        None => (text.clone(), String::new()),
        Some(at) => {
            let (before, after) = (text[..at].to_owned(), text[at + 1..].to_owned());
            let comma = text[at..].starts_with(',');
            // `1,234`: only grouping, where the currency has no three decimals.
            let groups = after.len() == 3 && (comma || before.contains('.')) && decimals < 3;
            if groups { (text.clone(), String::new()) } else { (before, after) }
        }
    };
    let whole = ungrouped(&whole).ok_or_else(bad)?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if part.len() > decimals || !digits(&part) || (whole.is_empty() && part.is_empty()) {
        return Err(bad());
    }
    let number = format!("{whole}{part:0<decimals$}");
    let minor: i64 = number.parse().map_err(|_| QuotesError::TooLarge)?;
    if minor > MOST_MINOR {
        return Err(QuotesError::TooLarge);
    }
    Ok(if negative { -minor } else { minor })
}

/// The digits of a whole number whose groups of three stand apart by one kind of sign.
fn ungrouped(whole: &str) -> Option<String> {
    let sign = whole.chars().find(|c| !c.is_ascii_digit());
    let Some(sign) = sign else { return Some(whole.to_owned()) };
    let groups: Vec<&str> = whole.split(sign).collect();
    let digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    let right = matches!(sign, '.' | ',')
        && groups.iter().all(digits)
        && (1..=3).contains(&groups[0].len())
        && groups[1..].iter().all(|group| group.len() == 3);
    right.then(|| groups.concat())
}

/// Reads `2`, `1.5` or `0,25`, in thousandths. `1,000` is refused: it may mean one or a thousand.
pub fn parse_quantity(typed: &str) -> Result<i64, QuotesError> {
    let bad = || QuotesError::BadQuantity(typed.chars().take(40).collect());
    let text = typed.trim();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let doubtful = text.contains(',') && part.len() == 3;
    if !digits(whole) || !digits(part) || part.len() > 3 || whole.is_empty() || doubtful || text.ends_with(['.', ',']) {
        return Err(bad());
    }
    let milli: i64 = format!("{whole}{part:0<3}").parse().map_err(|_| bad())?;
    if (1..=MOST_MILLI).contains(&milli) { Ok(milli) } else { Err(bad()) }
}

/// `1.5`, without zeros that say nothing.
pub fn quantity(milli: i64) -> String {
    let text = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Quantity times price, rounded half away from zero.
pub fn line_total(quantity_milli: i64, unit_price_minor: i64) -> Result<i64, QuotesError> {
    if !(1..=MOST_MILLI).contains(&quantity_milli) {
        return Err(QuotesError::BadQuantity(quantity(quantity_milli.max(0))));
    }
    let product = i128::from(quantity_milli) * i128::from(unit_price_minor);
    let rounded = (product.abs() + 500) / 1_000 * product.signum();
    let total = i64::try_from(rounded).ok().filter(|total| total.abs() <= MOST_MINOR);
    total.ok_or(QuotesError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        currency("eur").unwrap()
    }

    #[test]
    fn a_currency_has_the_decimals_of_iso_4217() {
        assert_eq!(eur(), Currency { code: "EUR", decimals: 2 });
        assert_eq!(currency("JPY").unwrap().decimals, 0);
        assert_eq!(currency("KWD").unwrap().decimals, 3);
        for wrong in ["XXX", "BTC", "", "EU", "XAU", "ZWD"] {
            assert_eq!(currency(wrong), None, "{wrong}");
        }
        let all = codes();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "each code once");
    }

    #[test]
    fn amounts_are_written_with_their_own_decimals() {
        for (minor, code, written) in [
            (123_450, "EUR", "EUR 1,234.50"),
            (5, "EUR", "EUR 0.05"),
            (-100_000, "USD", "USD −1,000.00"),
            (1_234_567, "JPY", "JPY 1,234,567"),
            (1_234_567, "KWD", "KWD 1,234.567"),
            (0, "GBP", "GBP 0.00"),
        ] {
            assert_eq!(money(minor, code), written);
        }
        assert_eq!(plain(123_450, "EUR"), "1234.50");
    }

    #[test]
    fn amounts_are_read_as_people_write_them_and_doubt_is_refused() {
        for (typed, minor) in [
            ("1234.5", 123_450),
            ("1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("1 234,50", 123_450),
            ("1'234.50", 123_450),
            ("1,234", 123_400),
            ("1.234.567", 123_456_700),
            ("12", 1_200),
            ("0,5", 50),
            (".5", 50),
            ("-20", -2_000),
            ("−20.00", -2_000),
        ] {
            assert_eq!(parse(typed, eur()).unwrap(), minor, "{typed}");
        }
        for wrong in ["", "-", "1.234", "12.345", "1,23,4", "1.2.3", "EUR 5", "1e5", "٣", "1,,2", "1-2"] {
            assert!(parse(wrong, eur()).is_err(), "{wrong}");
        }
        assert_eq!(parse("1.234", currency("KWD").unwrap()).unwrap(), 1_234);
        assert_eq!(parse("1,234", currency("JPY").unwrap()).unwrap(), 1_234);
        assert!(parse("1.5", currency("JPY").unwrap()).is_err());
        assert!(matches!(parse("99999999999999999999", eur()), Err(QuotesError::TooLarge)));
        assert!(matches!(parse("10000000000000.01", eur()), Err(QuotesError::TooLarge)));
    }

    #[test]
    fn a_quantity_has_at_most_three_decimals() {
        for (typed, milli, written) in [
            ("2", 2_000, "2"),
            ("1.5", 1_500, "1.5"),
            ("0,25", 250, "0.25"),
            ("0.001", 1, "0.001"),
            ("100", 100_000, "100"),
        ] {
            assert_eq!(parse_quantity(typed).unwrap(), milli, "{typed}");
            assert_eq!(quantity(milli), written);
        }
        for wrong in ["0", "", "-1", "1,000", "1.2345", "1.", ",5", "two", "1000001"] {
            assert!(parse_quantity(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_is_rounded_half_away_from_zero() {
        assert_eq!(line_total(1_500, 3).unwrap(), 5);
        assert_eq!(line_total(1_500, -3).unwrap(), -5);
        assert_eq!(line_total(333, 100).unwrap(), 33);
        assert!(matches!(line_total(1_000_000_000, MOST_MINOR), Err(QuotesError::TooLarge)));
        assert!(line_total(0, 1).is_err());
        assert!(matches!(line_total(1_000_000_000, i64::MIN), Err(QuotesError::TooLarge)));
    }
}
