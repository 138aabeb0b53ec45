//! What the receiving server found out about a mail's sender: `Authentication-Results` (RFC 8601).
//!
//! Anybody can write this field, so only the topmost one counts: servers put theirs on top of what
//! came with the mail. It counts only when it names a server that the caller trusts, and whatever
//! is not well formed proves nothing.

use crate::address::Address;
use crate::mime::Headers;

/// A longer field is not read.
const MAX_BYTES: usize = 16 * 1024;
/// Comments in comments are followed this deep.
const MAX_DEPTH: usize = 32;

/// The topmost field, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// The server that claims to have written it, in lower case.
    pub authserv_id: String,
    /// What it tried and found.
    pub results: Vec<AuthResult>,
}

/// One method with its result, all in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthResult {
    /// `dkim`, `spf`, `dmarc`…
    pub method: String,
    /// `pass`, `fail`, `none`…
    pub result: String,
    /// What it is about, as in `header.from` and `example.com`.
    pub properties: Vec<(String, String)>,
}

impl AuthResult {
    fn passes(&self, method: &str) -> bool {
        self.method == method && self.result == "pass"
    }

    /// Whether the property is there, once and with this value.
    fn says(&self, property: &str, value: &str) -> bool {
        let mut values = self.properties.iter().filter(|(name, _)| name == property);
        values.next().is_some_and(|(_, said)| said == value) && values.next().is_none()
    }
}

impl Authentication {
    /// Whether one of the trusted servers says that mail in the name of this domain is from there: DMARC
    /// passes for it (RFC 7489), or a signature (DKIM, RFC 6376) of the very same domain holds and DMARC does not fail.
    #[must_use]
    pub fn proves(&self, domain: &str, trusted_ids: &[String]) -> bool {
        let domain = domain.to_ascii_lowercase();
        let trusted = trusted_ids.iter().any(|id| id.trim().to_ascii_lowercase() == self.authserv_id);
        if !trusted || domain.is_empty() {
            return false;
        }
        let mut dmarc = self.results.iter().filter(|result| result.method == "dmarc").peekable();
        if dmarc.peek().is_some() && dmarc.clone().all(|result| result.passes("dmarc")) {
            return dmarc.all(|result| result.says("header.from", &domain));
        }
        let fails = dmarc.any(|result| matches!(result.result.as_str(), "fail" | "pass"));
        !fails && self.results.iter().any(|result| result.passes("dkim") && result.says("header.d", &domain))
    }
}

/// The topmost field; `None` when there is none or it is not well formed.
pub(crate) fn read(headers: &Headers<'_>) -> Option<Authentication> {
    let value = headers.structured("Authentication-Results")?;
    parse(&value)
}

/// Whether the writer is the one address of From. A second address leaves open whose domain was looked at.
pub(crate) fn is_sole_writer(from: &[Address], from_fields: usize, writer: &Address) -> bool {
    from_fields == 1 && matches!(from, [only] if only.is(&writer.address))
}

/// RFC 8601 section 2.2.
fn parse(value: &str) -> Option<Authentication> {
    if value.len() > MAX_BYTES {
        return None;
    }
    let tokens = tokens(value)?;
    let mut sections = tokens.split(|token| *token == Token::Semicolon);
    let authserv_id = match sections.next()? {
        [Token::Word(id)] => id,
        // The version, which is 1 where it is given.
        [Token::Word(id), Token::Word(version)] if version == "1" => id,
        _ => return None,
    };
    let results = sections.filter(|section| !section.is_empty()).map(result).collect::<Option<Vec<_>>>()?;
    Some(Authentication { authserv_id: authserv_id.clone(), results: results.into_iter().flatten().collect() })
}

/// `dkim/1 = pass reason="good" header.d=example.com`; `Some(None)` for the word `none`.
fn result(section: &[Token]) -> Option<Option<AuthResult>> {
    if let [Token::Word(none)] = section {
        return (none == "none").then_some(None);
    }
    let mut pairs = Vec::new();
    let mut rest = section;
    while !rest.is_empty() {
        let equals = rest.iter().position(|token| *token == Token::Equals)?;
        let (name, behind) = rest.split_at(equals);
        let (Token::Word(value), after) = behind.get(1..)?.split_first()? else { return None };
        pairs.push((joined(name)?, value.clone()));
        rest = after;
    }
    let (method, result) = pairs.first()?.clone();
    let method = method.split('/').next().unwrap_or_default().to_owned();
    pairs.remove(0);
    Some(Some(AuthResult { method, result, properties: pairs }))
}

/// A name that may be written with blanks around its dot or slash: `header . from`.
fn joined(words: &[Token]) -> Option<String> {
    let mut out = String::new();
    for word in words {
        let Token::Word(word) = word else { return None };
        let glued = out.is_empty() || out.ends_with(['.', '/']) || word.starts_with(['.', '/']);
        if !glued {
            return None;
        }
        out.push_str(word);
    }
    (!out.is_empty()).then_some(out)
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A word or what stood between quotes, in lower case.
    Word(String),
    Equals,
    Semicolon,
}

/// The field without its comments; `None` when a comment or a quotation never ends.
fn tokens(value: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let ends_word = c.is_whitespace() || matches!(c, '(' | '"' | ';' | '=');
        if !ends_word {
            word.push(c.to_ascii_lowercase());
            continue;
        }
        if !word.is_empty() {
            out.push(Token::Word(std::mem::take(&mut word)));
        }
        match c {
            '(' => skip_comment(&mut chars)?,
            '"' => out.push(Token::Word(quoted(&mut chars)?)),
            ';' => out.push(Token::Semicolon),
            '=' => out.push(Token::Equals),
            _ => {}
        }
    }
    if !word.is_empty() {
        out.push(Token::Word(word));
    }
    Some(out)
}

fn skip_comment(chars: &mut std::str::Chars<'_>) -> Option<()> {
    let mut depth = 1_usize;
    while depth > 0 {
        match chars.next()? {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => {
                chars.next()?;
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
    }
    Some(())
}

fn quoted(chars: &mut std::str::Chars<'_>) -> Option<String> {
    let mut out = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(out),
            '\\' => out.push(chars.next()?.to_ascii_lowercase()),
            c => out.push(c.to_ascii_lowercase()),
        }
    }
}
