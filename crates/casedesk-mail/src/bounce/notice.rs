//! Notices in prose: which recipients they name, and what they say about each.

use super::Recipient;
use crate::address;
use crate::mime::Part;

/// A notice is short; behind this the returned mail begins, marked or not.
const MAX_LINES: usize = 400;
/// How far below a recipient its explanation reaches.
const MAX_ABOUT: usize = 1_500;

/// Lines that begin the returned mail. Lower case.
const RETURNED: &[&str] = &[
    "copy of the message",
    "copy of your message",
    "original message",
    "unsent message",
    "original mail",
    "message header follows",
    "header of the original",
    "headers of the original",
    "message follows",
    "returned message",
    "text of message",
    "undelivered message",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "ursprüngliche nachricht",
    "originalnachricht",
    "oorspronkelijk bericht",
    "исходное сообщение",
    "元のメッセージ",
    "原始邮件",
    "원본 메시지",
    "kopie der nachricht",
    "kopfzeilen der",
    "the header of",
    "message headers follow",
    "body of message generated",
    "returned mail follows",
    "failed message follows",
];

/// Words of a line that names a recipient. Lower case.
const NAMING: &[&str] = &[
    "rcpt to",
    "recipient",
    "deliver",
    "could not",
    "unable",
    "failed",
    "unknown",
    "user",
    "mailbox",
    "address",
    "message to",
    "rejected",
    "not exist",
    "to:",
    "account",
    "送信",
    "宛先",
    "получател",
    "destinat",
    "empfänger",
];

/// Lines about the mail or its sender. Lower case.
const OTHERS: &[&str] = &[
    "from",
    "message-id",
    "date:",
    "sent",
    "mail from",
    "reply-to",
    "received",
    "return-path",
    "message id",
    "sender",
    "x-",
];

/// The notice and the mail it returns.
pub(crate) fn split(text: &str) -> (&str, &str) {
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let returned = begins_returned(line) || number >= MAX_LINES;
        if returned && number > 0 {
            return text.split_at(offset);
        }
        offset += line.len();
    }
    (text, "")
}

fn begins_returned(line: &str) -> bool {
    let line = line.trim();
    let drawn = line.starts_with("---")
        || line.starts_with("|---")
        || line.starts_with("===")
        || line.starts_with("___")
        || line.ends_with(':')
        || line.ends_with('.');
    if line.starts_with("Received: ") || line.starts_with("Return-Path: ") || line.starts_with("Return-path: ") {
        return true;
    }
    if !drawn || line.len() > 120 {
        return false;
    }
    let lower = line.to_lowercase();
    let sentence = lower.contains("was received")
        || lower.contains("attach")
        || lower.contains("not be")
        || lower.contains("cannot");
    !sentence && RETURNED.iter().any(|known| lower.contains(known))
}

/// The recipients that a notice names: by a field, else by the place where an address stands.
pub(crate) fn recipients(root: &Part<'_>, notice: &str) -> Vec<Recipient> {
    let field: Vec<String> = root
        .headers
        .structured_all("X-Failed-Recipients")
        .flat_map(|value| address::parse_list(&value))
        .map(|found| found.address)
        .collect();
    let addresses = if field.is_empty() { in_text(root, notice) } else { unique(field) };
    addresses
        .into_iter()
        .map(|address| Recipient { diagnostic: diagnostic(about(notice, &address)), ..Recipient::named(address) })
        .collect()
}

/// A line that begins with an address names a recipient; else one that says so in words.
fn in_text(root: &Part<'_>, notice: &str) -> Vec<String> {
    let not_meant = |address: &str| {
        let ours = ["To", "From", "Return-Path"].iter().any(|name| {
            root.headers
                .structured_all(name)
                .flat_map(|value| address::parse_list(&value))
                .any(|found| found.is(address))
        });
        let lower = address.to_lowercase();
        ours || lower.starts_with("mailer-daemon@") || lower.starts_with("postmaster@")
    };
    let places: [fn(&str) -> Vec<String>; 3] = [leading, named, anywhere];
    for place in places {
        let found: Vec<String> = notice.lines().flat_map(place).filter(|address| !not_meant(address)).collect();
        if !found.is_empty() {
            return unique(found);
        }
    }
    Vec::new()
}

fn leading(line: &str) -> Vec<String> {
    let line = line.trim_start();
    let start = line.trim_start_matches(['<', '"', '\'', '*', '-', '(', ' ', '\t']);
    let first = start.split([' ', '\t', '>', ',', '"']).next().unwrap_or_default();
    let bare = !first.trim_end_matches(':').contains(':');
    one(first).filter(|_| bare).into_iter().collect()
}

fn named(line: &str) -> Vec<String> {
    let lower = line.to_lowercase();
    if NAMING.iter().any(|word| lower.contains(word)) { anywhere(line) } else { Vec::new() }
}

fn anywhere(line: &str) -> Vec<String> {
    let lower = line.trim_start().to_lowercase();
    if OTHERS.iter().any(|start| lower.starts_with(start)) || lower.contains("contact") {
        return Vec::new();
    }
    line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"' | '\''))
        .filter_map(one)
        .collect()
}

fn one(word: &str) -> Option<String> {
    let word = word.trim_matches([':', '.', ',', ';', '"', '\'', '`', '=', '*', '!', '?']);
    let word = word.rsplit(':').next().unwrap_or(word);
    let (local, domain) = word.split_once('@')?;
    let plausible = !local.is_empty() && domain.contains('.') && word.len() < 200;
    plausible.then(|| address::normalise_address(word)).flatten().map(|found| found.address)
}

fn unique(addresses: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for address in addresses {
        if !out.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
            out.push(address);
        }
    }
    out
}

/// What a notice says about one recipient: from where it is named to where the next one is.
pub(crate) fn about<'n>(notice: &'n str, address: &str) -> &'n str {
    let lower = notice.to_lowercase();
    // Lower-casing can change lengths; the slice is then only a little off, never out of bounds.
    let Some(start) = lower.find(&address.to_lowercase()) else {
        return notice;
    };
    let start = notice.floor_char_boundary(start);
    let start = notice.get(..start).and_then(|above| above.rfind('\n')).map_or(0, |end| end + 1);
    let rest = notice.get(start..).unwrap_or(notice);
    let mut end = 0;
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        let next = leading(line).first().is_some_and(|found| !found.eq_ignore_ascii_case(address));
        if (number > 0 && next) || end > MAX_ABOUT {
            break;
        }
        end += line.len();
    }
    rest.get(..end).unwrap_or(rest)
}

/// The first line with a reply code, else the first line that says anything.
fn diagnostic(about: &str) -> Option<String> {
    let mut lines = about.lines().map(str::trim).filter(|line| !line.is_empty());
    let coded = lines.clone().find(|line| super::reason::has_reply_code(line));
    coded.or_else(|| lines.nth(1)).map(str::to_owned)
}
