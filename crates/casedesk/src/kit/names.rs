//! People's names, as pages show them.

/// First letters of the first and the last word, whatever the script.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split([' ', '.', '@', '-']).filter(|w| !w.is_empty()).collect();
    let first = words.first().and_then(|w| w.chars().next());
    let last = words.get(1..).and_then(<[&str]>::last).and_then(|w| w.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        assert_eq!(initials("Aoife Ní Bhriain"), "AB");
        assert_eq!(initials("ops@example.com"), "OC");
        assert_eq!(initials("田中"), "田");
        assert_eq!(initials(""), "");
    }
}
