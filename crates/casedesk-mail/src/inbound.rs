//! Reading a mail: the one way in.

use crate::address::{self, Address};
use crate::attachment::Attachment;
use crate::authentication::{self, Authentication};
use crate::author::{self, Author, AuthorSource};
use crate::body::Body;
use crate::evidence::{self, Evidence};
use crate::forward::{self, Forwarded};
use crate::lists::{self, ListFacts};
use crate::mime::{self, Headers, tree::Notes};
use crate::verdict::{self, Facts, Verdict};
use crate::{bounce, ids};

mod content;

/// Larger mail is refused: no server takes it, and it must not fill the memory.
const MAX_BYTES: usize = 160 * 1024 * 1024;

/// Who we are. All addresses in lower case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Desk<'a> {
    /// Addresses that the desk sends from or receives at.
    pub own_addresses: &'a [String],
    /// Our colleagues' own addresses.
    pub agent_addresses: &'a [String],
    /// Addresses of groups through which mail reaches the desk.
    pub group_addresses: &'a [String],
}

/// Why an input is no mail. What is merely damaged is read, see [`InboundMail::defects`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There was nothing.
    #[error("the message is empty")]
    Empty,
    /// It does not begin with a header.
    #[error("the message has no header field at all")]
    NoHeader,
    /// It is over the bound.
    #[error("the message has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
}

/// A mail, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMail {
    /// The Message-ID without angle brackets; a missing one is never a reason to drop a mail.
    pub message_id: Option<String>,
    /// Unix seconds of the Date field.
    pub date: Option<i64>,
    /// The subject, decoded, on one line.
    pub subject: String,
    /// From: who claims to have written it.
    pub from: Vec<Address>,
    /// Sender.
    pub sender: Option<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// In-Reply-To.
    pub in_reply_to: Vec<String>,
    /// References, oldest first.
    pub references: Vec<String>,
    /// Who wrote it.
    pub author: Author,
    /// A person or a machine.
    pub verdict: Verdict,
    /// The list it came through.
    pub list: Option<ListFacts>,
    /// What it says.
    pub body: Body,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// What can tie it to a case.
    pub evidence: Evidence,
    /// The mail that a colleague forwarded with it.
    pub forwarded: Option<Forwarded>,
    /// What was repaired, in words.
    pub defects: Vec<String>,
    /// How many mail servers it passed.
    pub received_count: usize,
    /// Return-Path; empty for `<>`.
    pub return_path: Option<String>,
    /// Values of loop marks, to be verified by the caller: anybody can write them.
    pub loop_marks: Vec<String>,
    /// What a server says of its sender, to be believed only of servers that the caller trusts.
    pub authentication: Option<Authentication>,
    /// Whether From names one address, once, and that is the author's.
    author_is_from: bool,
}

impl InboundMail {
    /// Whether a server that the caller trusts, by the id it writes (RFC 8601 section 2.5), says that the
    /// mail is from the domain of its author. A claim that a list rewrote From is never proven.
    #[must_use]
    pub fn proves_its_author(&self, trusted_ids: &[String]) -> bool {
        let says = |auth: &Authentication| auth.proves(self.author.address.domain(), trusted_ids);
        self.author_is_from && self.authentication.as_ref().is_some_and(says)
    }
}

/// Reads a mail.
///
/// # Errors
///
/// When the input is empty, has no header field, or is over the bounds.
pub fn read(raw: &[u8], desk: &Desk<'_>) -> Result<InboundMail, Unreadable> {
    if raw.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::Empty);
    }
    if raw.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge { bytes: raw.len(), limit: MAX_BYTES });
    }
    let unified = mime::tree::with_line_feeds(raw);
    let mut notes = Notes::default();
    let root = mime::parse(&unified, &mut notes);
    if root.headers.is_empty() {
        return Err(Unreadable::NoHeader);
    }
    let content = content::read(&root, &mut notes);
    Ok(assemble(&root, content, notes, desk))
}

fn assemble(root: &mime::Part<'_>, content: content::Content, notes: Notes, desk: &Desk<'_>) -> InboundMail {
    let headers = &root.headers;
    let fields = Fields::read(headers);
    let list = lists::read(headers);
    let forwarded = forward::read(&content.body);
    let mut author = author::choose(
        headers,
        &author::Claims {
            from: &fields.from,
            sender: fields.sender.as_ref(),
            reply_to: &fields.reply_to,
            through_list: list.is_some(),
        },
        desk,
    );
    if let Some(from) = forwarded.as_ref().and_then(|forwarded| forwarded.from.clone()) {
        author.offer_forwarded(from);
    }
    let author_is_from = author.source == AuthorSource::From
        && authentication::is_sole_writer(&fields.from, headers.count("From"), &author.address);
    let return_path = return_path(headers);
    let received_count = headers.count("Received");
    let verdict = verdict::decide(Facts {
        headers,
        desk,
        author: &author.address,
        list: list.as_ref(),
        subject: &fields.subject,
        return_path: return_path.as_deref(),
        received_count,
        bounce: bounce::read(root, &fields.subject, &content.body.full_text()),
    });
    InboundMail {
        evidence: evidence(headers, &fields, &verdict, desk),
        forwarded,
        message_id: headers.structured("Message-ID").and_then(|value| ids::parse_one(&value)),
        date: headers.structured("Date").and_then(|value| mime::date::parse(&value)),
        author,
        verdict,
        list,
        body: content.body,
        attachments: content.attachments,
        defects: notes.words,
        received_count,
        return_path,
        authentication: authentication::read(headers),
        author_is_from,
        loop_marks: headers.structured_all("X-Casedesk-Loop").collect(),
        subject: fields.subject,
        from: fields.from,
        sender: fields.sender,
        reply_to: fields.reply_to,
        to: fields.to,
        cc: fields.cc,
        in_reply_to: fields.in_reply_to,
        references: fields.references,
    }
}

/// The fields that several decisions need.
struct Fields {
    subject: String,
    from: Vec<Address>,
    sender: Option<Address>,
    reply_to: Vec<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    in_reply_to: Vec<String>,
    references: Vec<String>,
}

impl Fields {
    fn read(headers: &Headers<'_>) -> Fields {
        Fields {
            subject: address::one_line(&headers.text("Subject").unwrap_or_default()),
            from: addresses(headers, "From"),
            sender: addresses(headers, "Sender").into_iter().next(),
            reply_to: addresses(headers, "Reply-To"),
            to: addresses(headers, "To"),
            cc: addresses(headers, "Cc"),
            in_reply_to: id_list(headers, "In-Reply-To"),
            references: id_list(headers, "References"),
        }
    }
}

/// All addresses of all fields of this name: some programs repeat the field.
fn addresses(headers: &Headers<'_>, name: &str) -> Vec<Address> {
    headers.structured_all(name).flat_map(|value| address::parse_list(&value)).collect()
}

fn id_list(headers: &Headers<'_>, name: &str) -> Vec<String> {
    headers.structured_all(name).flat_map(|value| ids::parse(&value)).collect()
}

/// RFC 5321 section 4.4: the address of the envelope, `<>` for notifications.
fn return_path(headers: &Headers<'_>) -> Option<String> {
    let value = headers.structured("Return-Path")?;
    let inner = value.trim().trim_matches(['<', '>', ' ']);
    Some(address::parse_list(inner).into_iter().next().map_or_else(|| inner.to_owned(), |found| found.address))
}

fn evidence(headers: &Headers<'_>, fields: &Fields, verdict: &Verdict, desk: &Desk<'_>) -> Evidence {
    let mut ids = evidence::ids(&fields.in_reply_to, &fields.references);
    if let Some(report) = &verdict.bounce {
        ids = evidence::ids(
            &[report.original_message_id.iter().cloned().collect(), ids].concat(),
            &report.original_references,
        );
    }
    let delivered = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To"];
    let envelope: Vec<Address> = delivered.iter().flat_map(|name| addresses(headers, name)).collect();
    let recipients = fields.to.iter().chain(&fields.cc).chain(&envelope);
    Evidence {
        ids,
        subject_tokens: evidence::tokens(&fields.subject),
        reply_tokens: evidence::reply_tokens(recipients, desk.own_addresses),
        base_subject: evidence::base_subject(&fields.subject),
    }
}
