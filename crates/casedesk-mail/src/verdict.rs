//! Who or what sent a mail: a person, or one of the machines that must not be answered.

use crate::address::Address;
use crate::bounce::BounceReport;
use crate::inbound::Desk;
use crate::lists::{ListFacts, ListKind};
use crate::mime::{Headers, Params};

mod subjects;

/// More hops than this are a loop (RFC 5321 section 6.3 asks for at least 100 in a relay; a mail
/// that reaches a desk has far fewer).
const MAX_HOPS: usize = 50;

/// What sent a mail, and why we think so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it is.
    pub kind: Kind,
    /// Why, in words for the page.
    pub reason: String,
    /// What a bounce or delay reports.
    pub bounce: Option<BounceReport>,
}

impl Verdict {
    /// Whether an automatic answer may be sent. Only persons get one (RFC 3834 section 2).
    #[must_use]
    pub fn may_be_answered(&self) -> bool {
        self.kind == Kind::Person
    }
}

/// What sent a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person.
    Person,
    /// An absence note or another program's answer (RFC 3834).
    AutoReply,
    /// A mail of ours could not be delivered (RFC 3464).
    Bounce,
    /// A mail of ours is still being tried.
    Delay,
    /// A complaint in the abuse reporting format (RFC 5965).
    Feedback,
    /// Newsletters and other mass mail.
    Bulk,
    /// Mail of this desk that came back.
    OwnMail,
    /// Mail that went round in circles.
    Loop,
}

/// What the verdict is made from.
pub(crate) struct Facts<'a> {
    pub(crate) headers: &'a Headers<'a>,
    pub(crate) desk: &'a Desk<'a>,
    /// The writer, found behind a list's rewriting.
    pub(crate) author: &'a Address,
    pub(crate) list: Option<&'a ListFacts>,
    pub(crate) subject: &'a str,
    pub(crate) return_path: Option<&'a str>,
    pub(crate) received_count: usize,
    pub(crate) bounce: Option<crate::bounce::Found>,
}

/// Decides what sent the mail.
pub(crate) fn decide(facts: Facts<'_>) -> Verdict {
    let mut facts = facts;
    if let Some(found) = facts.bounce.take() {
        return Verdict { kind: found.kind, reason: found.reason, bounce: Some(found.report) };
    }
    let found = looping(&facts).or_else(|| own_mail(&facts)).or_else(|| auto_reply(&facts)).or_else(|| bulk(&facts));
    let (kind, reason) = found.unwrap_or((Kind::Person, "nothing says that a machine wrote it".to_owned()));
    Verdict { kind, reason, bounce: None }
}

type Finding = Option<(Kind, String)>;

fn found(kind: Kind, reason: &str) -> Finding {
    Some((kind, reason.to_owned()))
}

fn looping(facts: &Facts<'_>) -> Finding {
    if facts.received_count > MAX_HOPS {
        return found(Kind::Loop, "it passed more mail servers than any straight way has");
    }
    None
}

/// A stranger can write our loop field, and anybody can write our address into From; both
/// together are taken as ours, and the caller checks the signature of the ids. A customer whose
/// From the group rewrote to our address is not meant.
fn own_mail(facts: &Facts<'_>) -> Finding {
    let by_us = facts.author.is_one_of(facts.desk.own_addresses);
    if by_us && facts.headers.has("X-Casedesk-Loop") {
        return found(Kind::OwnMail, "it has our address in From and our loop mark");
    }
    None
}

/// RFC 3834 section 5 and the fields that servers used before it.
fn auto_reply(facts: &Facts<'_>) -> Finding {
    let headers = facts.headers;
    if let Some(value) = headers.text("Auto-Submitted") {
        let value = value.to_ascii_lowercase();
        let keyword = value.split([';', ' ', '(']).next().unwrap_or_default();
        if !keyword.is_empty() && keyword != "no" {
            return Some((Kind::AutoReply, format!("Auto-Submitted says {keyword}")));
        }
    }
    for field in ["X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-AutoReply-From", "X-Mail-Autoreply"] {
        if headers.text(field).is_some_and(|value| !value.eq_ignore_ascii_case("no")) {
            return Some((Kind::AutoReply, format!("it has the field {field}")));
        }
    }
    if headers.text("X-Auto-Response-Suppress").is_some_and(|value| !value.eq_ignore_ascii_case("none")) {
        return found(Kind::AutoReply, "X-Auto-Response-Suppress forbids automatic answers");
    }
    if precedence(headers).contains("auto") {
        return found(Kind::AutoReply, "Precedence says that it is an automatic reply");
    }
    if subjects::is_auto_reply(facts.subject) {
        return found(Kind::AutoReply, "the subject is that of an automatic reply");
    }
    if is_report(headers) {
        return found(Kind::AutoReply, "it is a receipt or another report of a program");
    }
    if facts.return_path == Some("") {
        return found(Kind::AutoReply, "its return path is empty, so nobody waits for an answer");
    }
    None
}

/// RFC 6522: reports that are no bounce, as the receipts of RFC 8098.
fn is_report(headers: &Headers<'_>) -> bool {
    headers.structured("Content-Type").is_some_and(|value| Params::parse(&value).value == "multipart/report")
}

fn precedence(headers: &Headers<'_>) -> String {
    headers.text("Precedence").unwrap_or_default().to_ascii_lowercase()
}

fn bulk(facts: &Facts<'_>) -> Finding {
    let headers = facts.headers;
    if takes_no_answer(facts.author) {
        let words = format!("{} takes no answers", facts.author.local_part());
        return Some((Kind::Bulk, words));
    }
    if matches!(precedence(headers).as_str(), "bulk" | "junk") {
        return found(Kind::Bulk, "Precedence says that it is mass mail");
    }
    if is_discussion(facts) {
        return None;
    }
    if headers.has("List-Unsubscribe") || headers.has("List-Id") || precedence(headers) == "list" {
        return found(Kind::Bulk, "it has the fields of a newsletter, and no list that people write to");
    }
    None
}

/// A list that people write to: our own group, or one with an address for posting.
fn is_discussion(facts: &Facts<'_>) -> bool {
    // A group that rewrites From names the person behind it; a newsletter has nobody to name.
    let rewritten = ["X-Original-From", "X-Original-Sender"].iter().any(|field| facts.headers.has(field));
    rewritten
        || facts.list.is_some_and(|list| {
            let ours = list.post.as_ref().is_some_and(|post| {
                facts.desk.group_addresses.contains(post) || facts.desk.own_addresses.contains(post)
            });
            ours || list.post.is_some() || list.kind != ListKind::Other
        })
}

/// Mailboxes that are programs by their name (RFC 3834 section 2, RFC 2142).
fn takes_no_answer(from: &Address) -> bool {
    let local = from.local_part().to_lowercase();
    let compact: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    ["noreply", "donotreply", "mailerdaemon", "nepasrepondre", "noresponder", "nichtantworten"]
        .iter()
        .any(|name| compact.starts_with(name) || compact.ends_with(name))
        || local.starts_with("owner-")
        || local.ends_with("-request")
        || local.ends_with("-bounces")
        || local.contains("-bounces+")
        || local.contains("bounce+")
}
