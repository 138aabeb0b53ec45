//! Words of a text with their places: folded to lower case without accents, addresses left out.
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of letters.
    Word,
    /// Digits, with dots between: `5.1.0.2`.
    Number,
    /// One Chinese or Japanese character.
    Cjk,
    /// One character of punctuation, or `§` for an address, path or file name.
    Mark,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
    /// Folded.
    pub(crate) word: String,
    /// Whether nothing stands between it and the token before.
    pub(crate) glued: bool,
    /// Whether it began with a capital.
    pub(crate) capital: bool,
}

impl Token {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.word == word
    }

    pub(crate) fn is_one_of(&self, words: &[&str]) -> bool {
        words.contains(&self.word.as_str())
    }

    pub(crate) fn says_something(&self) -> bool {
        self.kind != Kind::Mark
    }
}

/// The most tokens of one piece of text; the rest of it is not read.
const MOST_TOKENS: usize = 400;
/// The longest run of letters or digits that is taken for a word.
const LONGEST_WORD: usize = 60;

/// The tokens of a part of the text, with places in the whole text.
pub(crate) fn tokens(text: &str, range: Range<usize>) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let part = text.get(range.clone()).unwrap_or_default();
    let mut at = 0;
    while at < part.len() && found.len() < MOST_TOKENS {
        let rest = &part[at..];
        let chunk = rest.split(char::is_whitespace).next().unwrap_or_default();
        if chunk.is_empty() {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        if is_address(chunk) {
            let (start, end) = (range.start + at, range.start + at + chunk.len());
            let glued = false;
            found.push(Token { start, end, kind: Kind::Mark, word: "§".into(), glued, capital: false });
            push_closing_mark(chunk, end, &mut found);
        } else {
            push_words(chunk, range.start + at, &mut found);
        }
        at += chunk.len();
    }
    found.truncate(MOST_TOKENS);
    found
}

/// The comma or bracket after an address still parts the sentence.
fn push_closing_mark(chunk: &str, end: usize, found: &mut Vec<Token>) {
    if let Some(last @ (',' | ';' | ')' | '.' | ':')) = chunk.chars().last() {
        let kind = Kind::Mark;
        found.push(Token { start: end - 1, end, kind, word: last.to_string(), glued: true, capital: false });
    }
}

fn push_words(chunk: &str, offset: usize, found: &mut Vec<Token>) {
    let mut at = 0;
    let mut glued = false;
    while let Some(first) = chunk[at..].chars().next() {
        let (kind, len) = run(&chunk[at..], first);
        let written = &chunk[at..at + len];
        if len <= LONGEST_WORD {
            let word: String = fold(written);
            let (start, end) = (offset + at, offset + at + len);
            found.push(Token { start, end, kind, word, glued, capital: first.is_uppercase() });
        }
        if found.len() >= MOST_TOKENS {
            return;
        }
        glued = len <= LONGEST_WORD;
        at += len;
    }
}

/// The kind and length in bytes of what begins here.
fn run(rest: &str, first: char) -> (Kind, usize) {
    if is_cjk(first) {
        return (Kind::Cjk, first.len_utf8());
    }
    if is_digit(first) {
        let mut len = 0;
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            let dot = matches!(c, '.' | '．') && chars.peek().is_some_and(|next| is_digit(*next));
            if !is_digit(c) && !dot {
                break;
            }
            len += c.len_utf8();
        }
        return (Kind::Number, len);
    }
    if first.is_alphabetic() {
        let is_letter = |c: char| (c.is_alphabetic() && !is_cjk(c)) || is_accent(c);
        let len = rest.chars().take_while(|c| is_letter(*c)).map(char::len_utf8).sum();
        return (Kind::Word, len);
    }
    (Kind::Mark, first.len_utf8())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// A combining accent, as written by those whose keyboards compose.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_cjk(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F)
}

/// Lower case, no accents, full-width forms as ASCII.
pub(crate) fn fold(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    for c in written.chars().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ā' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ē' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' => out.push('n'),
            'ł' => out.push('l'),
            'ś' | 'š' => out.push('s'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ý' | 'ÿ' => out.push('y'),
            'ß' => out.push_str("ss"),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            '’' | '‘' | '`' | '´' => out.push('\''),
            '–' | '—' | '‐' | '‑' | '−' => out.push('-'),
            c if ('\u{ff01}'..='\u{ff5e}').contains(&c) => {
                let ascii = char::from_u32(c as u32 - 0xfee0).unwrap_or(c);
                out.extend(ascii.to_lowercase());
            }
            c => out.push(c),
        }
    }
    out
}

/// Endings of files and hosts that are no words of a sentence.
const ENDINGS: &[&str] = &[
    "log",
    "txt",
    "zip",
    "gz",
    "cfg",
    "conf",
    "config",
    "xml",
    "json",
    "ini",
    "exe",
    "jar",
    "dll",
    "java",
    "properties",
    "html",
    "pdf",
    "csv",
    "sh",
    "bat",
    "pem",
    "key",
    "crt",
    "example",
    "com",
    "org",
    "local",
    "internal",
    "lan",
    "corp",
];

/// URLs, mail addresses, paths, host and file names: what stands in them is no statement.
fn is_address(chunk: &str) -> bool {
    const LONGEST: usize = 2_000;
    if chunk.len() > LONGEST {
        return true;
    }
    let inner = chunk.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '\\' | '~')));
    if inner.len() < 4 || chunk.chars().any(is_cjk) {
        return false;
    }
    if inner.contains("://") || inner.contains('\\') {
        return true;
    }
    if let Some((_, host)) = inner.split_once('@') {
        return host.contains('.');
    }
    if let Some(path) = inner.strip_prefix('/') {
        return path.contains('/');
    }
    let labels: Vec<&str> = inner.split('.').collect();
    let is_label =
        |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let last = labels.last().map_or(String::new(), |last| last.to_ascii_lowercase());
    let is_name = labels.iter().all(is_label)
        && last.len() >= 2
        && last.chars().all(|c| c.is_ascii_alphabetic())
        && labels[0].chars().any(|c| c.is_ascii_alphabetic());
    is_name && (labels.len() >= 3 || (labels.len() == 2 && ENDINGS.contains(&last.as_str())))
}

/// The longest beginning of at most `most` bytes that ends between characters.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text, 0..text.len()).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn letters_and_digits_part_where_people_write_them_together() {
        assert_eq!(words("RHEL8, 2012R2 v5.1.0.2."), ["rhel", "8", ",", "2012", "r", "2", "v", "5.1.0.2", "."]);
    }

    #[test]
    fn addresses_say_nothing() {
        assert_eq!(words("https://a.example/ftp, x@ftp.example C:\\FTP\\x sftp.log"), ["§", ",", "§", "§", "§"]);
        assert_eq!(words("/var/log/ftp and SFTP/FTPS"), ["§", "and", "sftp", "/", "ftps"]);
    }

    #[test]
    fn accents_and_full_width_forms_fold() {
        assert_eq!(words("Système：Ｗｉｎ"), ["systeme", ":", "win"]);
        assert_eq!(fold("Größe"), "grosse");
    }
}
