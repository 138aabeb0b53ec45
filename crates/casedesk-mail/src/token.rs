//! Signed proofs that come back to us: in the reply address and in the Message-ID.
//!
//! A proof is `version, content, MAC` in base32 without padding: mail systems change the case of
//! local parts, so the alphabet must not depend on it. The MAC is HMAC-SHA-256 (RFC 2104) cut to
//! 96 bits and compared in constant time; the purpose is part of what is signed, so that one kind
//! of proof never passes for another.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const VERSION: u8 = 1;
const MAC_BYTES: usize = 12;
const HINT_BYTES: usize = 3;
/// Longer input is no token of ours, whatever it says.
const MAX_TOKEN_CHARS: usize = 64;
const ID_PREFIX: &str = "cd.";

/// The token that stands behind the `+` of our reply address for one case and one recipient.
///
/// `contact_hint` only makes the tokens of two recipients differ, so that a leaked one can be
/// told apart; it cannot be read out of the token.
///
/// ```
/// use casedesk_mail::token;
/// let token = token::sign_reply(b"key", 1042, "ann@customer.example");
/// assert!(token.len() <= 40);
/// assert_eq!(token::verify_reply(&[b"key"], &token.to_uppercase()), Some(1042));
/// assert_eq!(token::verify_reply(&[b"other"], &token), None);
/// ```
#[must_use]
pub fn sign_reply(key: &[u8], case: i64, contact_hint: &str) -> String {
    let hint = mac(key, &[b"hint", contact_hint.to_lowercase().as_bytes()]);
    let mut content = vec![VERSION];
    content.extend_from_slice(hint.get(..HINT_BYTES).unwrap_or_default());
    push_number(&mut content, case);
    seal(key, &[b"reply"], content)
}

/// The case of a reply token signed with one of the keys.
#[must_use]
pub fn verify_reply(keys: &[&[u8]], token: &str) -> Option<i64> {
    let content = open(keys, &[b"reply"], token)?;
    let rest = content.strip_prefix(&[VERSION])?.get(HINT_BYTES..)?;
    let (case, rest) = take_number(rest)?;
    rest.is_empty().then_some(case)
}

/// A Message-ID (without angle brackets) that proves which entry it was given to.
///
/// ```
/// use casedesk_mail::token;
/// let id = token::sign_message_id(b"key", 1042, 7, "desk.example");
/// assert_eq!(token::verify_message_id(&[b"key"], &id), Some((1042, 7)));
/// ```
#[must_use]
pub fn sign_message_id(key: &[u8], case: i64, entry: i64, domain: &str) -> String {
    let mut content = vec![VERSION];
    push_number(&mut content, case);
    push_number(&mut content, entry);
    let domain = domain.to_lowercase();
    let token = seal(key, &[b"message-id", domain.as_bytes()], content);
    format!("{ID_PREFIX}{token}@{domain}")
}

/// The case and the entry of a Message-ID of ours, with or without angle brackets.
#[must_use]
pub fn verify_message_id(keys: &[&[u8]], id: &str) -> Option<(i64, i64)> {
    let (local, domain) = id.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let (prefix, token) = local.split_at_checked(ID_PREFIX.len())?;
    if !prefix.eq_ignore_ascii_case(ID_PREFIX) {
        return None;
    }
    let domain = domain.to_lowercase();
    let content = open(keys, &[b"message-id", domain.as_bytes()], token)?;
    let (case, rest) = take_number(content.strip_prefix(&[VERSION])?)?;
    let (entry, rest) = take_number(rest)?;
    rest.is_empty().then_some((case, entry))
}

fn seal(key: &[u8], purpose: &[&[u8]], content: Vec<u8>) -> String {
    let mut sealed = content;
    let tag = mac(key, &[purpose, &[sealed.as_slice()]].concat());
    sealed.extend_from_slice(tag.get(..MAC_BYTES).unwrap_or_default());
    BASE32_NOPAD.encode(&sealed).to_lowercase()
}

/// The content of a token that one of the keys sealed for this purpose.
fn open(keys: &[&[u8]], purpose: &[&[u8]], token: &str) -> Option<Vec<u8>> {
    if token.len() > MAX_TOKEN_CHARS {
        return None;
    }
    let mut sealed = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
    let split = sealed.len().checked_sub(MAC_BYTES)?;
    let tag = sealed.split_off(split);
    let parts = [purpose, &[sealed.as_slice()]].concat();
    keys.iter()
        .any(|key| hasher(key, &parts).is_some_and(|hasher| hasher.verify_truncated_left(&tag).is_ok()))
        .then_some(sealed)
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hasher(key, parts).map_or_else(Vec::new, |hasher| hasher.finalize().into_bytes().to_vec())
}

/// HMAC takes keys of every length, so this is never `None`. Each part is preceded by its
/// length: no two lists of parts give the same input.
fn hasher(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut hasher = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    Some(hasher)
}

/// Appends a number in as few bytes as it needs, preceded by how many.
fn push_number(out: &mut Vec<u8>, number: i64) {
    let bytes = number.to_be_bytes();
    let skip = bytes.iter().take_while(|byte| **byte == 0).count();
    let kept = bytes.get(skip..).unwrap_or_default();
    out.push(u8::try_from(kept.len()).unwrap_or(8));
    out.extend_from_slice(kept);
}

fn take_number(input: &[u8]) -> Option<(i64, &[u8])> {
    let (length, rest) = input.split_first()?;
    let (digits, rest) = rest.split_at_checked(usize::from(*length))?;
    let mut bytes = [0_u8; 8];
    let start = bytes.len().checked_sub(digits.len())?;
    bytes.get_mut(start..)?.copy_from_slice(digits);
    Some((i64::from_be_bytes(bytes), rest))
}
