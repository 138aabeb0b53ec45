//! Header fields that nothing can break out of.

use crate::address::{Address, one_line};

/// RFC 2047 section 2 allows 75 characters; 45 bytes make 60 in base64.
const WORD_BYTES: usize = 42;
const LINE_CHARS: usize = 76;

/// A header being written.
#[derive(Default)]
pub(crate) struct Fields {
    out: String,
}

impl Fields {
    /// A field of free text.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        let words = if needs_encoding(value) {
            encoded_words(&one_line(value))
        } else {
            one_line(value).split(' ').map(str::to_owned).collect()
        };
        self.fold(name, &words);
    }

    /// A field of ours whose value is plain ASCII; anything else in it is dropped.
    pub(crate) fn plain(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
        self.fold(name, &value.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    }

    /// A field of mailboxes; those that are no addresses are left out.
    pub(crate) fn addresses(&mut self, name: &str, addresses: &[Address]) {
        let written: Vec<Vec<String>> = addresses.iter().filter_map(mailbox).collect();
        let last = written.len().saturating_sub(1);
        let mut words = Vec::new();
        for (at, mut mailbox) in written.into_iter().enumerate() {
            if at < last
                && let Some(end) = mailbox.last_mut()
            {
                end.push(',');
            }
            words.append(&mut mailbox);
        }
        if !words.is_empty() {
            self.fold(name, &words);
        }
    }

    /// A field of message ids.
    pub(crate) fn ids(&mut self, name: &str, ids: &[String]) {
        let words: Vec<String> = ids.iter().filter_map(|id| message_id(id)).collect();
        if !words.is_empty() {
            self.fold(name, &words);
        }
    }

    /// A field named by the caller; a name that is none is left out.
    pub(crate) fn extra(&mut self, name: &str, value: &str) {
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_name {
            self.text(name, value);
        }
    }

    /// The header as written so far.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Writes words, folding between them (RFC 5322 section 2.2.3).
    fn fold(&mut self, name: &str, words: &[String]) {
        self.out.push_str(name);
        self.out.push(':');
        let mut column = name.len() + 1;
        for (at, word) in words.iter().enumerate() {
            if at > 0 && column + 1 + word.len() > LINE_CHARS {
                self.out.push_str("\r\n");
                column = 0;
            }
            self.out.push(' ');
            self.out.push_str(word);
            column += 1 + word.len();
        }
        self.out.push_str("\r\n");
    }
}

/// Anything that is no printable ASCII, and text that a reader would take for an encoded word.
fn needs_encoding(value: &str) -> bool {
    value.contains("=?")
        || value.chars().any(|c| !c.is_ascii_graphic() && c != ' ')
        || value.split(' ').any(|word| word.len() > LINE_CHARS)
}

/// RFC 2047 words of UTF-8 in base64, never cutting a character (section 5).
fn encoded_words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len() + c.len_utf8() > WORD_BYTES {
            out.push(encoded_word(&chunk));
            chunk.clear();
        }
        chunk.push(c);
    }
    if !chunk.is_empty() {
        out.push(encoded_word(&chunk));
    }
    out
}

fn encoded_word(chunk: &str) -> String {
    format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(chunk.as_bytes()))
}

/// The words of one mailbox: its name quoted or encoded, and its address.
fn mailbox(address: &Address) -> Option<Vec<String>> {
    let spec = addr_spec(&address.address)?;
    let name = address.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let Some(name) = name else {
        return Some(vec![spec]);
    };
    let mut words = if needs_encoding(&name) {
        encoded_words(&name)
    } else if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') {
        name.split(' ').map(str::to_owned).collect()
    } else {
        vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
    };
    words.push(format!("<{spec}>"));
    Some(words)
}

/// An address that can stand in a header: one `@`, nothing that ends an address or a line.
fn addr_spec(address: &str) -> Option<String> {
    let address = address.trim();
    let ends_something = |c: char| c.is_control() || c.is_whitespace() || "<>(),;:\\\"[]".contains(c);
    if address.contains(ends_something) {
        return None;
    }
    crate::normalise_address(address).map(|clean| clean.address)
}

fn message_id(id: &str) -> Option<String> {
    let id: String = id
        .trim()
        .trim_matches(['<', '>'])
        .chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'))
        .collect();
    (!id.is_empty()).then(|| format!("<{id}>"))
}
