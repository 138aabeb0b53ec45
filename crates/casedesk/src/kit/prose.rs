//! Plain text as people write it in mail, to safe HTML: paragraphs, line breaks, indented blocks, links. Pure.
use std::fmt::Write as _;

/// Every character of `text` that HTML reads as its own is escaped; only what is made here is markup.
pub fn to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for block in blocks(text) {
        match block {
            Block::Indented(lines) => {
                html.push_str("<pre>");
                escape(&mut html, &lines.join("\n"));
                html.push_str("</pre>");
            }
            Block::Paragraph(lines) => {
                html.push_str("<p>");
                for (at, line) in lines.iter().enumerate() {
                    if at > 0 {
                        html.push_str("<br>");
                    }
                    linked(&mut html, line);
                }
                html.push_str("</p>");
            }
        }
    }
    html
}

/// Text that every reader takes, XML too: without control characters but the end of a line and the tab.
pub fn plain(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() && !matches!(*c, '\u{FFFE}' | '\u{FFFF}') || matches!(*c, '\n' | '\t');
    text.replace("\r\n", "\n").chars().filter(allowed).collect()
}

enum Block<'a> {
    Paragraph(Vec<&'a str>),
    Indented(Vec<&'a str>),
}

/// Cuts at empty lines; a block whose lines are mostly indented, as pasted logs are, keeps its form.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            lines.push(line.trim_end());
            continue;
        }
        let indented = lines.iter().filter(|line| line.starts_with("    ") || line.starts_with('\t')).count();
        let whole = std::mem::take(&mut lines);
        if whole.is_empty() {
            continue;
        }
        blocks.push(if indented * 2 > whole.len() { Block::Indented(whole) } else { Block::Paragraph(whole) });
    }
    blocks
}

/// Writes one line with its web addresses as links.
fn linked(html: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = next_address(rest) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(from.len());
        let address = from[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        escape(html, before);
        html.push_str("<a rel=\"noreferrer\" target=\"_blank\" href=\"");
        escape(html, address);
        html.push_str("\">");
        escape(html, address);
        html.push_str("</a>");
        rest = &from[address.len()..];
    }
    escape(html, rest);
}

fn next_address(text: &str) -> Option<usize> {
    ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min()
}

pub fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => {
                let _ = html.write_char(c);
            }
        }
    }
}

pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(&mut html, text);
    html
}

/// The beginning of a text on one line, for previews.
pub fn peek(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= most {
        return flat;
    }
    let cut: String = flat.chars().take(most).collect();
    format!("{}…", cut.trim_end())
}

/// `12 B`, `4 KB`, `1.2 MB`, `1.0 GB`, as `words.ts` writes it.
pub fn bytes(size: i64) -> String {
    if size < 1_000 {
        return format!("{size} B");
    }
    if size < 1_000_000 {
        format!("{} KB", size / 1_000)
    } else if size < 1_000_000_000 {
        format!("{}.{} MB", size / 1_000_000, size / 100_000 % 10)
    } else {
        format!("{}.{} GB", size / 1_000_000_000, size / 100_000_000 % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_feed_may_hold_is_dropped() {
        assert_eq!(plain("a\u{0}b\u{1b}\r\nc\td\u{FFFE}\u{85}"), "ab\nc\td");
    }

    #[test]
    fn text_is_never_markup() {
        assert_eq!(to_html("<b>\"&'"), "<p>&lt;b&gt;&quot;&amp;&#39;</p>");
    }

    #[test]
    fn paragraphs_and_lines_are_kept() {
        assert_eq!(to_html("a\nb\n\n\nc"), "<p>a<br>b</p><p>c</p>");
    }

    #[test]
    fn an_indented_block_keeps_its_form() {
        assert_eq!(to_html("see:\n\n    $ sftp\n    <denied>"), "<p>see:</p><pre>    $ sftp\n    &lt;denied&gt;</pre>");
    }

    #[test]
    fn an_address_becomes_a_link_without_the_full_stop_after_it() {
        let html = to_html("(see https://x.example/a?b=1&c=2).");
        assert!(
            html.contains("href=\"https://x.example/a?b=1&amp;c=2\">https://x.example/a?b=1&amp;c=2</a>)."),
            "{html}"
        );
        assert!(!to_html("javascript:alert(1)").contains("<a"));
    }

    #[test]
    fn a_size_is_told_in_few_letters_and_never_as_more_than_it_is() {
        let told = [999, 4_200, 1_250_000, 999_999_999, 1 << 30].map(bytes);
        assert_eq!(told, ["999 B", "4 KB", "1.2 MB", "999.9 MB", "1.0 GB"]);
    }

    #[test]
    fn a_peek_is_one_line() {
        assert_eq!(peek("a\n b", 10), "a b");
        assert_eq!(peek("abcdef", 3), "abc…");
    }
}
