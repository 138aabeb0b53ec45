//! What one cell says: a day, a number, a list. And how a cell is written so that no spreadsheet takes it for a formula.
use jiff::civil::Date;

/// What a cell may begin with that makes a spreadsheet compute it (OWASP, CSV injection).
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// Between the notes in one cell.
const RULE: &str = "\n---\n";
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// A cell for a spreadsheet: what would be a formula begins with an apostrophe.
pub(super) fn defused(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Takes back just what `defused` does.
pub(super) fn undefused(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Words with spaces, commas, semicolons or lines between.
pub(super) fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty())
}

/// Telephone numbers, which have spaces of their own.
pub(super) fn numbers(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([',', ';', '\n']).map(str::trim).filter(|number| !number.is_empty())
}

/// The notes of one cell.
pub(super) fn notes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(RULE).map(str::trim).filter(|note| !note.is_empty())
}

/// Notes as one cell.
pub(super) fn joined_notes<'a>(notes: impl Iterator<Item = &'a str>) -> String {
    notes.map(|note| note.trim().replace("\r\n", "\n")).collect::<Vec<_>>().join(RULE)
}

/// A whole number of at least 1.
pub(super) fn count(cell: &str, what: &str) -> Result<i64, String> {
    let number = cell.parse().ok().filter(|number| *number >= 1);
    number.ok_or_else(|| format!("“{}” is no number of at least 1 for “{what}”", shortened(cell)))
}

/// A day in year-month-day: `2027-03-31`, `31.03.2027`, `31/03/2027`, `31 March 2027`. What may be another day too is
/// refused.
pub(super) fn day(cell: &str) -> Result<String, String> {
    let date = cell.split(['T', ' ']).next().filter(|_| cell.ends_with(":00")).unwrap_or(cell).trim();
    let parts: Vec<&str> = date.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts[..] else { return Err(no_day(cell)) };
    if first.len() == 4 {
        return made(first, second, third, cell);
    }
    if third.len() != 4 {
        return Err(no_day(cell));
    }
    if let Some(month) = month_named(second) {
        return made(third, &month.to_string(), first, cell);
    }
    let numbers: (u8, u8) = first.parse().ok().zip(second.parse().ok()).ok_or_else(|| no_day(cell))?;
    match numbers {
        (day, month) if date.contains('.') || day > 12 || day == month => {
            made(third, &month.to_string(), &day.to_string(), cell)
        }
        (_, 13..) => Err(format!("“{}” has its month first: write it as 2027-03-31", shortened(cell))),
        _ => Err(format!("“{}” may be one of two days: write it as 2027-03-31", shortened(cell))),
    }
}

fn month_named(text: &str) -> Option<usize> {
    let name = text.trim_end_matches('.').to_lowercase();
    let begins = name.get(..3).filter(|_| name.chars().all(char::is_alphabetic))?;
    MONTHS.iter().position(|month| *month == begins).map(|at| at + 1)
}

fn made(year: &str, month: &str, day: &str, cell: &str) -> Result<String, String> {
    let date = || Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    let date = date().filter(|date| (1900..=2199).contains(&date.year())).ok_or_else(|| no_day(cell))?;
    Ok(date.to_string())
}

fn no_day(cell: &str) -> String {
    format!("“{}” is no day: write it as 2027-03-31", shortened(cell))
}

pub(super) fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_comes_back_as_it_was() {
        for formula in ["=1+1", "+353 1 555", "-2", "@SUM(A1)", "\tx", "\rx", "'=1", "''+1"] {
            assert!(defused(formula).starts_with('\''), "{formula}");
        }
        assert_eq!((defused("O'Neill"), defused("'tis")), ("O'Neill".into(), "'tis".into()));
        use proptest::prelude::*;
        proptest!(|(text in "['=+@\t\r a-]{0,6}")| {
            let defused = defused(&text);
            prop_assert!(!defused.starts_with(STARTS));
            prop_assert_eq!(undefused(&defused), text);
        });
    }

    #[test]
    fn a_day_is_read_when_it_can_be_one_day_alone() {
        for written in [
            "2027-03-31",
            "2027/3/31",
            "31.03.2027",
            "31/03/2027",
            "31-3-2027",
            "31 March 2027",
            "31-Mar-2027",
            "2027-03-31 00:00:00",
            "2027-03-31T00:00:00",
        ] {
            assert_eq!(day(written).as_deref(), Ok("2027-03-31"), "{written}");
        }
        assert_eq!(day("05/05/2027").as_deref(), Ok("2027-05-05"));
        assert_eq!(day("03.04.2027").as_deref(), Ok("2027-04-03"));
        assert!(day("03/04/2027").unwrap_err().contains("one of two days"));
        assert!(day("03/31/2027").unwrap_err().contains("month first"));
        for odd in ["31/03/27", "2027-02-30", "soon", "", "1.2", "46112", "31 Foo 2027", "-5-3-2027x"] {
            assert!(day(odd).is_err(), "{odd}");
        }
    }
}
