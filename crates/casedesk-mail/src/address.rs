//! Mail addresses (RFC 5322 section 3.4), read from what people and programs really write.

use crate::invisible::is_invisible;
use crate::mime::words;

/// More mailboxes than this in one field are not read: a reply to all of them is never wanted.
const MAX_MAILBOXES: usize = 5_000;
/// RFC 5321 section 4.5.3.1 allows 64 + 1 + 255 bytes; real addresses are shorter.
const MAX_ADDRESS_BYTES: usize = 320;

/// A mailbox: an address and, when given, the name shown with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// The display name, decoded, on one line.
    pub name: Option<String>,
    /// The addr-spec, trimmed, its domain in lower case.
    pub address: String,
}

impl Address {
    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.address.rsplit_once('@').map_or(&self.address, |(local, _)| local)
    }

    /// The lower-case domain, empty when the address has none.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether both are the same mailbox; local parts are compared without case as all large
    /// mail systems do.
    #[must_use]
    pub fn is(&self, address: &str) -> bool {
        self.address.to_lowercase() == address.trim().to_lowercase()
    }

    /// Whether the address is one of the given ones.
    #[must_use]
    pub fn is_one_of(&self, addresses: &[String]) -> bool {
        addresses.iter().any(|address| self.is(address))
    }
}

/// Reads one address as a person types it (`Ann <ann@example.com>`, `mailto:ann@example.com`).
///
/// ```
/// let ann = casedesk_mail::normalise_address(" Ann Doe <Ann@Example.COM> ").expect("an address");
/// assert_eq!(ann.address, "Ann@example.com");
/// assert!(casedesk_mail::normalise_address("not an address").is_none());
/// ```
#[must_use]
pub fn normalise_address(input: &str) -> Option<Address> {
    let input = input.trim();
    let input = input.strip_prefix("mailto:").unwrap_or(input);
    parse_list(input).into_iter().next()
}

/// Reads an address list; what is no address is left out.
pub(crate) fn parse_list(input: &str) -> Vec<Address> {
    mailboxes(input).iter().filter_map(|text| parse_mailbox(text)).take(MAX_MAILBOXES).collect()
}

/// The pieces between commas (and the `;` and `name:` of groups), quotes, comments and angle
/// brackets respected.
fn mailboxes(input: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut piece = String::new();
    let mut scan = Scan::default();
    for c in input.chars() {
        let free = scan.is_free();
        scan.step(c);
        match c {
            ',' | ';' if free => out.push(std::mem::take(&mut piece)),
            ':' if free && is_group_name(&piece) => piece.clear(),
            _ => piece.push(c),
        }
    }
    out.push(piece);
    out
}

/// A phrase before a colon names a group; `mailto:` and the like are taken off as well.
fn is_group_name(piece: &str) -> bool {
    !piece.contains('@') && !piece.contains('<')
}

/// Where a character of an address field stands.
#[derive(Default)]
struct Scan {
    quoted: bool,
    escaped: bool,
    angle: bool,
    comment: usize,
}

impl Scan {
    fn is_free(&self) -> bool {
        !self.quoted && !self.angle && self.comment == 0
    }

    fn step(&mut self, c: char) {
        if self.escaped {
            self.escaped = false;
            return;
        }
        match c {
            '\\' if self.quoted || self.comment > 0 => self.escaped = true,
            '"' if self.comment == 0 => self.quoted = !self.quoted,
            '(' if !self.quoted => self.comment += 1,
            ')' if !self.quoted => self.comment = self.comment.saturating_sub(1),
            '<' if self.is_free() => self.angle = true,
            '>' if !self.quoted => self.angle = false,
            _ => {}
        }
    }
}

fn parse_mailbox(text: &str) -> Option<Address> {
    let (name, spec) = match angle_address(text) {
        Some((before, spec)) => (clean_name(before), spec),
        None => (comment_of(text), crate::mime::date::without_comments(text)),
    };
    let address = clean_spec(&spec)?;
    let name = name.filter(|name| !name.eq_ignore_ascii_case(&address));
    Some(Address { name, address })
}

/// The name before and the address inside the last `<…>` that stands outside of quotes.
fn angle_address(text: &str) -> Option<(&str, String)> {
    let mut scan = Scan::default();
    let mut open = None;
    for (at, c) in text.char_indices() {
        let free = scan.is_free();
        scan.step(c);
        if c == '<' && free {
            open = Some(at);
        }
    }
    let (before, rest) = text.split_at(open?);
    let inner = rest.trim_start_matches('<');
    let spec = inner.split_once('>').map_or(inner, |(spec, _)| spec);
    Some((before, spec.to_owned()))
}

fn comment_of(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('(')?;
    let inner = rest.rsplit_once(')').map_or(rest, |(inner, _)| inner);
    clean_name(inner)
}

/// A display name without its quotes and escapes, encoded words decoded, on one line.
fn clean_name(raw: &str) -> Option<String> {
    let mut unquoted = String::with_capacity(raw.len());
    let mut escaped = false;
    for c in raw.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => {}
            _ => {
                escaped = false;
                unquoted.push(c);
            }
        }
    }
    let name = one_line(&words::decode(&unquoted));
    // Some programs put the apostrophes of "'Ann' via list" or their quotes inside encoded words.
    let name = strip_quotes(&name);
    (!name.is_empty()).then(|| name.to_owned())
}

fn strip_quotes(name: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = name.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(quote)) {
            return inner.trim();
        }
    }
    name
}

/// Text on one line: white space collapsed, nothing invisible left.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.extend(word.chars().filter(|c| !is_invisible(*c)));
        }
    }
    out
}

/// An addr-spec that can be written to: one `@`, something on both sides, no spaces or controls.
fn clean_spec(spec: &str) -> Option<String> {
    let decoded = words::decode(spec);
    let compact: String = decoded.chars().filter(|c| !c.is_whitespace()).collect();
    let trimmed = compact.trim_matches(['<', '>', '\'', ',', ';']);
    let trimmed = trimmed.strip_prefix("mailto:").unwrap_or(trimmed);
    // RFC 5322 section 4.4: an obsolete source route `@a,@b:user@host`.
    let trimmed = match trimmed.split_once(':') {
        Some((route, rest)) if route.starts_with('@') => rest,
        _ => trimmed,
    };
    let (local, domain) = trimmed.rsplit_once('@')?;
    let domain = domain.trim_end_matches(['.', '"', ')']);
    let good_local = !local.is_empty() && !local.chars().any(|c| c.is_control() || matches!(c, '<' | '>' | ','));
    let good_domain = !domain.is_empty() && domain.chars().all(is_domain_char);
    if !good_local || !good_domain || spec_has_inner_space(&decoded) || trimmed.len() > MAX_ADDRESS_BYTES {
        return None;
    }
    Some(format!("{local}@{}", domain.to_lowercase()))
}

/// `ann @ example.com` is an address with blanks, `write to ann@example.com` is a sentence.
fn spec_has_inner_space(spec: &str) -> bool {
    if spec.contains('"') {
        return false;
    }
    let words: Vec<&str> = spec.split_whitespace().collect();
    words.windows(2).any(|pair| matches!(pair, [a, b] if !a.ends_with(['@', '.']) && !b.starts_with(['@', '.'])))
}

fn is_domain_char(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '-' | '.' | '_' | '[' | ']' | ':')
        || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
}
