//! What a mail carries that can tie it to a case.

use crate::address::Address;

mod subject;

pub(crate) use subject::{base_subject, tokens};

const MAX_IDS: usize = 100;

/// The raw clues; [`crate::thread::place`] weighs them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// In-Reply-To first, then References newest first, without repetition.
    pub ids: Vec<String>,
    /// The numbers of `[CD-1042]` in the subject.
    pub subject_tokens: Vec<i64>,
    /// What stands behind the `+` of our own addresses.
    pub reply_tokens: Vec<String>,
    /// The subject without reply and forward marks and list names (RFC 5256 section 2.1).
    pub base_subject: String,
}

/// The ids a mail names, nearest first.
pub(crate) fn ids(in_reply_to: &[String], references: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for id in in_reply_to.iter().chain(references.iter().rev()) {
        if out.len() >= MAX_IDS {
            break;
        }
        if !out.contains(id) {
            out.push(id.clone());
        }
    }
    out
}

/// The sub-addresses (RFC 5233) of our own addresses among the recipients.
pub(crate) fn reply_tokens<'a>(recipients: impl Iterator<Item = &'a Address>, own_addresses: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for recipient in recipients {
        let Some((user, token)) = recipient.local_part().split_once('+') else {
            continue;
        };
        let base = format!("{user}@{}", recipient.domain()).to_lowercase();
        let ours = own_addresses.iter().any(|own| own.to_lowercase() == base);
        let token = token.to_lowercase();
        if ours && !token.is_empty() && !out.contains(&token) {
            out.push(token);
        }
    }
    out
}
