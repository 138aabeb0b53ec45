//! Takes names and addresses out of what others wrote.
use serde_json::Value;

/// What stands in the place of a name or an address.
pub const ERASED: &str = "[erased]";
/// The person in the place of one who was erased.
pub const ERASED_NAME: &str = "Erased person";
/// An address that leads nowhere (RFC 2606).
pub const ERASED_ADDRESS: &str = "erased@erased.invalid";
/// Words of a name that are shorter are words of every text.
const SHORTEST: usize = 3;

/// What may stand between the digits of a telephone number.
const GAPS: [char; 9] = [' ', '\u{a0}', '-', '.', '/', '(', ')', '\u{2011}', '\u{2013}'];
/// Fields of stored JSON whose values are words of the desk, by which it is read again.
const WORDS_OF_OURS: [&str; 6] = ["is", "field", "step", "kind", "state_before", "nonce"];
/// A number without its country has at least so many digits.
const FEWEST: usize = 6;

/// What is looked for. Addresses and numbers are found everywhere; names as whole words.
#[derive(Clone, Debug, Default)]
pub struct Scrub {
    /// In lower case, longest first.
    addresses: Vec<String>,
    /// The digits of telephone numbers in the ways in which people write them, longest first.
    numbers: Vec<String>,
    /// Names of at least two words, in lower case, longest first.
    names: Vec<String>,
    /// Single words of names, as they are written.
    words: Vec<String>,
}

impl Scrub {
    /// Looks for addresses and telephone numbers alone.
    pub fn addresses(addresses: impl IntoIterator<Item = String>) -> Self {
        let mut scrub = Self::default();
        for word in addresses.into_iter().filter(|word| !word.is_empty()) {
            match word.strip_prefix('+').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit())) {
                Some(digits) => scrub.numbers.extend(written(digits)),
                None => scrub.addresses.push(word.to_lowercase()),
            }
        }
        for list in [&mut scrub.addresses, &mut scrub.numbers] {
            list.sort_by(|one, other| (other.len(), one).cmp(&(one.len(), other)));
            list.dedup();
        }
        scrub
    }

    /// Also for these names, each way round, as a whole alone.
    #[must_use]
    pub fn with_whole_names<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut scrub = self.with_names(names, []);
        scrub.words.clear();
        scrub
    }

    /// Also for these names, each way round, and for their single words, unless one of the `others` is called so too.
    #[must_use]
    pub fn with_names<'a>(
        mut self,
        names: impl IntoIterator<Item = &'a str>,
        others: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let others: Vec<String> = others.into_iter().flat_map(words_of).collect();
        for name in names.into_iter().filter(|name| !name.contains('@')) {
            let words = words_of(name);
            if words.len() > 1 {
                let last = words.len() - 1;
                let ahead = format!("{}, {}", words[last], words[..last].join(" "));
                let turned = format!("{} {}", words[last], words[..last].join(" "));
                self.names.extend([words.join(" "), name.trim().to_owned(), ahead, turned].map(|n| n.to_lowercase()));
            }
            let own = |word: &String| word.chars().count() >= SHORTEST && !others.contains(word);
            self.words.extend(words.into_iter().filter(own));
        }
        for list in [&mut self.names, &mut self.words] {
            list.sort_by(|one, other| (other.len(), one).cmp(&(one.len(), other)));
            list.dedup();
        }
        self
    }

    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for address in &self.addresses {
            text = replaced(&text, address, true, is_an_address);
        }
        if !self.numbers.is_empty() {
            text = without_numbers(&text, &self.numbers);
        }
        for name in &self.names {
            text = replaced(&text, name, true, is_a_word);
        }
        for word in &self.words {
            text = replaced(&text, word, false, is_a_word);
        }
        text
    }

    /// Whether a tag is one of them: tags are in lower case.
    pub fn is_in_tag(&self, tag: &str) -> bool {
        self.finds_in(tag) || self.words.iter().any(|word| word.to_lowercase() == tag.to_lowercase())
    }

    /// A text, or JSON, without them; none when they are not in it.
    pub fn rewritten(&self, text: &str) -> Option<String> {
        let left = if text.starts_with(['{', '[']) { self.stored(text) } else { self.text(text) };
        (left != text).then_some(left)
    }

    pub fn finds_in(&self, text: &str) -> bool {
        self.text(text) != text
    }

    /// Every text of a JSON value; a person with one of the addresses becomes nobody.
    pub fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.json(value)),
            Value::Object(fields) => {
                let address = fields.get("address").and_then(Value::as_str).map(str::to_lowercase);
                if address.is_some_and(|address| self.addresses.contains(&address)) {
                    fields.insert("address".into(), ERASED_ADDRESS.into());
                    if fields.contains_key("name") {
                        fields.insert("name".into(), ERASED_NAME.into());
                    }
                }
                let said = fields.iter_mut().filter(|(key, _)| !WORDS_OF_OURS.contains(&key.as_str()));
                said.for_each(|(_, value)| self.json(value));
            }
            _ => {}
        }
    }

    /// The same for JSON as it is stored; what is none is a text.
    pub fn stored(&self, json: &str) -> String {
        match serde_json::from_str::<Value>(json) {
            Ok(mut value) => {
                self.json(&mut value);
                value.to_string()
            }
            Err(_) => self.text(json),
        }
    }
}

fn words_of(name: &str) -> Vec<String> {
    name.split(|c: char| c.is_whitespace() || ",;()\"".contains(c))
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A number as it is dialled from elsewhere, and from within its country, however long that country's code is.
fn written(digits: &str) -> Vec<String> {
    let mut ways = vec![digits.to_owned(), format!("00{digits}")];
    for code in 1..=3 {
        ways.extend(digits.get(code..).filter(|rest| rest.len() >= FEWEST).map(|rest| format!("0{rest}")));
    }
    ways
}

fn without_numbers(text: &str, numbers: &[String]) -> String {
    let (mut out, mut rest, mut before) = (String::with_capacity(text.len()), text, ' ');
    while let Some(next) = rest.chars().next() {
        let begins = (next == '+' || next.is_ascii_digit()) && !before.is_alphanumeric();
        let found = if begins { numbers.iter().find_map(|number| digits_at(rest, number)) } else { None };
        let step = found.unwrap_or(next.len_utf8());
        out.push_str(if found.is_some() { ERASED } else { &rest[..step] });
        before = rest[..step].chars().next_back().unwrap_or(' ');
        rest = &rest[step..];
    }
    out
}

/// How many bytes of the text's beginning are these digits, with gaps between them and nothing after them.
fn digits_at(text: &str, digits: &str) -> Option<usize> {
    let (mut wanted, mut length) = (digits.chars().peekable(), 0);
    for (at, c) in text.char_indices() {
        match wanted.peek() {
            None => return (!c.is_ascii_digit()).then_some(length),
            Some(digit) if *digit == c => {
                wanted.next();
                length = at + c.len_utf8();
            }
            Some(_) if (at == 0 && c == '+') || (at > 0 && GAPS.contains(&c)) => {}
            Some(_) => return None,
        }
    }
    wanted.peek().is_none().then_some(length)
}

/// Whether what stands before and behind it leaves a word whole.
fn is_a_word(before: char, after: &str) -> bool {
    !before.is_alphanumeric() && !after.starts_with(char::is_alphanumeric)
}

/// The same for an address: `berg@firma.example` is not in `anna.berg@firma.example`, nor in `berg@firma.example.net`.
fn is_an_address(before: char, after: &str) -> bool {
    let goes_on = after.strip_prefix(['.', '-']).unwrap_or(after).starts_with(char::is_alphanumeric);
    !(before.is_alphanumeric() || "._%+-".contains(before) || goes_on)
}

/// The text with every place of `wanted` replaced; where letters are folded, `wanted` is in lower case.
fn replaced(text: &str, wanted: &str, folds: bool, whole: fn(char, &str) -> bool) -> String {
    if wanted.is_empty() {
        return text.to_owned();
    }
    let (mut out, mut rest, mut before) = (String::with_capacity(text.len()), text, ' ');
    while let Some(next) = rest.chars().next() {
        let found = length_at(rest, wanted, folds).filter(|length| whole(before, &rest[*length..]));
        let step = found.unwrap_or(next.len_utf8());
        out.push_str(if found.is_some() { ERASED } else { &rest[..step] });
        before = rest[..step].chars().next_back().unwrap_or(' ');
        rest = &rest[step..];
    }
    out
}

/// How many bytes of the text's beginning are the wanted words, when they are.
fn length_at(text: &str, wanted: &str, folds: bool) -> Option<usize> {
    if !folds {
        return text.starts_with(wanted).then_some(wanted.len());
    }
    let (mut length, mut wanted) = (0, wanted);
    for c in text.chars() {
        if wanted.is_empty() {
            break;
        }
        for folded in c.to_lowercase() {
            wanted = wanted.strip_prefix(folded)?;
        }
        length += c.len_utf8();
    }
    wanted.is_empty().then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna() -> Scrub {
        Scrub::addresses(["Anna.Berg@northbay.example".into(), "+35312345678".into()])
            .with_names(["Anna Berg"], ["Bo Berg"])
    }

    #[test]
    fn addresses_are_found_anywhere_and_names_as_whole_words() {
        let said = |text: &str| anna().text(text);
        assert_eq!(said("Ask <ANNA.berg@Northbay.example>."), "Ask <[erased]>.");
        for other in ["joanna.berg@northbay.example", "x-anna.berg@northbay.example", "anna.berg@northbay.example.net"]
        {
            assert_eq!(Scrub::addresses(["anna.berg@northbay.example".into()]).text(other), other);
        }
        assert_eq!(said("Dear Anna, (anna berg)"), "Dear [erased], ([erased])");
        assert_eq!(said("Berg, Anna rang from +35312345678"), "[erased] rang from [erased]");
        assert_eq!(said("Annas Hannah Bergen"), "Annas Hannah Bergen");
        assert_eq!(said("Mr Berg said so"), "Mr Berg said so", "another one on the case is called so");
        assert_eq!(said("ÄÖ anna BERG İ"), "ÄÖ [erased] İ");
    }

    #[test]
    fn a_number_is_found_as_people_write_it() {
        let said = |text: &str| anna().text(text);
        for number in ["+353 1 234 5678", "0035312345678", "(01) 234-5678", "353-1-234.5678", "012345678"] {
            let expected = if number.starts_with('(') { "Ring ([erased], now" } else { "Ring [erased], now" };
            assert_eq!(said(&format!("Ring {number}, now")), expected, "{number}");
        }
        for other in ["+353 1 234 56789", "2027-03-01 12:34:56", "234 5678", "build 1353123456780"] {
            assert_eq!(said(other), other);
        }
    }

    #[test]
    fn a_person_in_json_becomes_nobody() {
        let json = r#"{"to":[{"name":"A.","address":"anna.berg@northbay.example"},{"address":"bo@x.example"}],"n":1}"#;
        let expected =
            r#"{"n":1,"to":[{"address":"erased@erased.invalid","name":"Erased person"},{"address":"bo@x.example"}]}"#;
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&anna().stored(json)), read(expected));
        assert_eq!(anna().stored("no json, Anna Berg"), "no json, [erased]");
    }

    #[test]
    fn nothing_to_look_for_changes_nothing() {
        assert!(!Scrub::default().finds_in("Anna Berg"));
    }
}
