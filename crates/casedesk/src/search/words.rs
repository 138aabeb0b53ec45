//! Cutting text into words: letters and digits, folded to lower case without accents. Scripts that
//! write without spaces are cut into single characters, and found as a run of them.
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The most text of one document that is indexed, in bytes.
const MOST: usize = 200_000;
/// The most words of one search.
const MOST_WORDS: usize = 12;

/// The words of a text, separated by single spaces.
pub fn words_of(text: &str) -> String {
    let mut cut = text.len().min(MOST);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut out = String::with_capacity(cut + cut / 8);
    let mut gap = false;
    for c in text[..cut].nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        let single = is_unspaced(c);
        if !c.is_alphanumeric() {
            gap = true;
            continue;
        }
        if (gap || single) && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push(c);
        gap = single;
    }
    out
}

fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0E7F | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// What a search asks for: runs of words that all must be there. The last run may be unfinished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub phrases: Vec<String>,
    pub last_is_prefix: bool,
}

impl Wanted {
    /// Reads what somebody typed; `"quoted words"` are looked for as a run. `None` when no word is in it.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut phrases = Vec::new();
        for (i, piece) in typed.split('"').enumerate() {
            let quoted = i % 2 == 1;
            let runs: Vec<&str> = if quoted { vec![piece] } else { piece.split_whitespace().collect() };
            phrases.extend(runs.into_iter().map(words_of).filter(|run| !run.is_empty()));
        }
        phrases.truncate(MOST_WORDS);
        let last: &String = phrases.last()?;
        // A single letter is the beginning of half of all words, and nothing that anybody looks for.
        let one_letter = last.rsplit(' ').next().is_some_and(|word| word.chars().count() < 2);
        let last_is_prefix = !typed.ends_with(['"', ' ']) && !last.ends_with(is_unspaced) && !one_letter;
        Some(Self { phrases, last_is_prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_into_folded_words() {
        assert_eq!(words_of("Ärger: CD-1042, café_au lait!"), "arger cd 1042 cafe au lait");
        assert_eq!(words_of("SFTP接続エラー x"), "sftp 接 続 エ ラ ー x");
    }

    #[test]
    fn a_search_keeps_runs_together_and_the_last_word_open() {
        let wanted = Wanted::parse("host \"no matching\" key.ty").unwrap();
        assert_eq!(wanted.phrases, ["host", "no matching", "key ty"]);
        assert!(wanted.last_is_prefix);
        assert!(!Wanted::parse("done ").unwrap().last_is_prefix);
        assert!(!Wanted::parse("plan b").unwrap().last_is_prefix);
        assert_eq!(Wanted::parse(" \" -- "), None);
        assert_eq!(Wanted::parse("\""), None);
    }
}
