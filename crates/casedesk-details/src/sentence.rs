//! Cutting a piece of text into sentences.
use std::ops::Range;

const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "z.b", "ver", "vers", "v", "no", "nr", "bzw", "approx", "ca", "incl", "inkl", "etc", "resp", "st",
    "rel", "vs", "p.ex",
];

/// The sentences of a part of the text, each without the space around it.
pub(crate) fn sentences(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let part = text.get(range.clone()).unwrap_or_default();
    let (mut found, mut start) = (Vec::new(), 0);
    let mut chars = part.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '！' | '？' => true,
            '!' => next.is_none_or(char::is_whitespace),
            '.' | '?' => next.is_none_or(char::is_whitespace) && !is_abbreviation(&part[start..at], c),
            _ => false,
        };
        if ends {
            push(&mut found, part, start..at + c.len_utf8(), range.start);
            start = at + c.len_utf8();
        }
    }
    push(&mut found, part, start..part.len(), range.start);
    found
}

fn is_abbreviation(before: &str, mark: char) -> bool {
    const LONGEST: usize = 6;
    let last = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    mark == '.' && last.len() <= LONGEST && ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

fn push(found: &mut Vec<Range<usize>>, part: &str, within: Range<usize>, offset: usize) {
    let text = &part[within.clone()];
    let trimmed = text.trim();
    if trimmed.chars().any(char::is_alphanumeric) || trimmed.contains(['☑', '☐', '✓', '✗']) {
        let start = offset + within.start + (text.len() - text.trim_start().len());
        found.push(start..start + trimmed.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_marks_and_not_within_versions() {
        let text = "We run 5.1.2, e.g. here. ver. 5 it is! バージョン5.1。LDAPなし。";
        let cut: Vec<&str> = sentences(text, 0..text.len()).into_iter().map(|range| &text[range]).collect();
        assert_eq!(cut, ["We run 5.1.2, e.g. here.", "ver. 5 it is!", "バージョン5.1。", "LDAPなし。"]);
    }
}
