//! Who wrote a mail. From is a claim, and lists rewrite it (DMARC), so the choice keeps its
//! reason and its alternatives.

use crate::address::{self, Address};
use crate::inbound::Desk;
use crate::mime::Headers;

/// The person who wrote a mail, and why we think so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The mailbox chosen.
    pub address: Address,
    /// Where it was found.
    pub source: AuthorSource,
    /// Why it was chosen, in words for the page.
    pub reason: String,
    /// The other mailboxes that could have been meant.
    pub alternatives: Vec<(AuthorSource, Address)>,
    /// Whether it is a colleague's own address.
    pub is_agent: bool,
}

impl Author {
    /// A colleague's forward may be on behalf of its original writer: a person decides.
    pub(crate) fn offer_forwarded(&mut self, from: Address) {
        if self.is_agent && !from.is(&self.address.address) {
            self.alternatives.push((AuthorSource::ForwardedBody, from));
        }
    }
}

/// Where an author was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthorSource {
    /// `X-Original-From`, written by Google Groups.
    XOriginalFrom,
    /// `X-Original-Sender`, written by Google Groups.
    XOriginalSender,
    /// `Reply-To`.
    ReplyTo,
    /// `From`.
    From,
    /// `Sender`.
    Sender,
    /// The header block of a forwarded mail.
    ForwardedBody,
    /// No field named anybody.
    Unknown,
}

/// The fields that name somebody.
pub(crate) struct Claims<'a> {
    pub(crate) from: &'a [Address],
    pub(crate) sender: Option<&'a Address>,
    pub(crate) reply_to: &'a [Address],
    /// Whether a list handled the mail.
    pub(crate) through_list: bool,
}

/// Chooses the author: behind a list the fields it wrote for this, else From.
pub(crate) fn choose(headers: &Headers<'_>, claims: &Claims<'_>, desk: &Desk<'_>) -> Author {
    let mut candidates = candidates(headers, claims);
    let rewritten = claims.from.first().is_none_or(|from| is_rewritten(from, claims, desk));
    let order: &[AuthorSource] = if rewritten {
        &[
            AuthorSource::XOriginalFrom,
            AuthorSource::XOriginalSender,
            AuthorSource::ReplyTo,
            AuthorSource::From,
            AuthorSource::Sender,
        ]
    } else {
        &[AuthorSource::From]
    };
    let chosen = order.iter().find_map(|source| {
        candidates
            .iter()
            .position(|(found, address)| found == source && (*source == AuthorSource::From || !is_ours(address, desk)))
    });
    let Some(chosen) = chosen else {
        return unknown(headers, candidates);
    };
    let (source, mut address) = candidates.remove(chosen);
    if address.name.is_none() {
        address.name = borrowed_name(&address, &candidates);
    }
    candidates.retain(|(_, other)| !other.is(&address.address));
    Author {
        reason: reason(source, rewritten).to_owned(),
        is_agent: address.is_one_of(desk.agent_addresses),
        address,
        source,
        alternatives: candidates,
    }
}

fn candidates(headers: &Headers<'_>, claims: &Claims<'_>) -> Vec<(AuthorSource, Address)> {
    let mut out = Vec::new();
    let named =
        [("X-Original-From", AuthorSource::XOriginalFrom), ("X-Original-Sender", AuthorSource::XOriginalSender)];
    for (field, source) in named {
        let found = headers.structured(field).map(|value| address::parse_list(&value));
        out.extend(found.unwrap_or_default().into_iter().take(1).map(|found| (source, found)));
    }
    let fields = [
        (AuthorSource::ReplyTo, claims.reply_to.first()),
        (AuthorSource::From, claims.from.first()),
        (AuthorSource::Sender, claims.sender),
    ];
    out.extend(fields.into_iter().filter_map(|(source, found)| Some((source, found?.clone()))));
    out
}

/// Whether From is the list's own address. Only then are the original fields believed: a
/// stranger can write `X-Original-From` into any mail.
fn is_rewritten(from: &Address, claims: &Claims<'_>, desk: &Desk<'_>) -> bool {
    let says_via = from.name.as_deref().is_some_and(|name| name.contains(" via "));
    is_ours(from, desk) || (claims.through_list && says_via)
}

fn is_ours(address: &Address, desk: &Desk<'_>) -> bool {
    address.is_one_of(desk.own_addresses) || address.is_one_of(desk.group_addresses)
}

/// `X-Original-Sender` carries no name; the other fields of the same mailbox may.
fn borrowed_name(address: &Address, others: &[(AuthorSource, Address)]) -> Option<String> {
    others.iter().filter(|(_, other)| other.is(&address.address)).find_map(|(_, other)| other.name.clone())
}

fn reason(source: AuthorSource, rewritten: bool) -> &'static str {
    match (source, rewritten) {
        (AuthorSource::XOriginalFrom, _) => "the group rewrote From; X-Original-From names the writer",
        (AuthorSource::XOriginalSender, _) => "the group rewrote From; X-Original-Sender names the writer",
        (AuthorSource::ReplyTo, _) => "From is a group's or our own address; Reply-To names the writer",
        (AuthorSource::Sender, _) => "there is no usable From; Sender names the writer",
        (AuthorSource::From, true) => "From is a group's or our own address, and no other field names the writer",
        _ => "From names the writer",
    }
}

/// Nobody that could be written to; what From says is still shown.
fn unknown(headers: &Headers<'_>, alternatives: Vec<(AuthorSource, Address)>) -> Author {
    let shown = headers.text("From").map(|from| address::one_line(&from));
    Author {
        address: Address { name: shown.filter(|name| !name.is_empty()), address: String::new() },
        source: AuthorSource::Unknown,
        reason: "no field names anybody who could be answered".to_owned(),
        alternatives,
        is_agent: false,
    }
}
