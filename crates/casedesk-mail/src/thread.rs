//! Where a mail belongs, decided purely: the caller looks the evidence up, [`place`] weighs it.
//!
//! Only what a stranger cannot have joins a case: a proof we signed, or an id that was heard in
//! the case. A subject token joins only a participant or their organisation, and likeness only
//! suggests. Nobody enters another customer's case by quoting a number.

use crate::evidence::base_subject;
use crate::inbound::InboundMail;

/// What the desk knows about the evidence of one mail.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The case of a verified reply token.
    pub signed_reply_case: Option<i64>,
    /// The case of a verified Message-ID of ours among the ids.
    pub signed_id_case: Option<i64>,
    /// Every id of the mail that was seen or heard of before, with its case.
    pub ids: Vec<(String, i64)>,
    /// What is known about the cases named in the subject.
    pub tokens: Vec<TokenClaim>,
    /// Open cases that this mail may be about.
    pub similar: Vec<SimilarCase>,
}

/// A case whose number stands in the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenClaim {
    /// The case named.
    pub case: i64,
    /// Whether the author takes part in it.
    pub author_is_participant: bool,
    /// Whether the author's domain belongs to the case's organisation.
    pub author_shares_domain: bool,
}

/// An open case that looks related.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimilarCase {
    /// The case.
    pub case: i64,
    /// Its subject; marks are taken off here.
    pub base_subject: String,
    /// Whether the author takes part in it.
    pub author_is_participant: bool,
    /// Unix seconds of its last entry.
    pub last_activity: i64,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// The mail belongs to this case.
    Join {
        /// The case.
        case: i64,
        /// What decided.
        evidence: EvidenceKind,
        /// How sure, up to 100.
        score: u8,
        /// Why, in words for the page.
        reason: String,
    },
    /// The mail begins a case.
    New {
        /// A case it may belong to, for one click of an agent.
        suggestion: Option<Suggestion>,
        /// Why, in words for the page.
        reason: String,
    },
}

/// A case to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The case.
    pub case: i64,
    /// How sure, up to 100.
    pub score: u8,
    /// Why, in words for the page.
    pub reason: String,
}

/// What tied a mail to its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// Our signed reply address.
    SignedReply,
    /// Our signed Message-ID.
    SignedMessageId,
    /// The id it answers was seen or heard of.
    AnsweredId,
    /// An id further up the thread was seen or heard of.
    ReferencedId,
    /// A mail of the case named this one's id before it arrived.
    NamedBefore,
    /// The subject token, from somebody who may use it.
    SubjectToken,
}

/// Decides where a mail belongs.
#[must_use]
pub fn place(mail: &InboundMail, known: &Known) -> Placement {
    signed(known).or_else(|| by_id(mail, known)).or_else(|| by_token(known)).unwrap_or_else(|| new_case(mail, known))
}

fn signed(known: &Known) -> Option<Placement> {
    if let Some(case) = known.signed_reply_case {
        return Some(join(
            case,
            EvidenceKind::SignedReply,
            100,
            "it was sent to the reply address that we signed for this case",
        ));
    }
    let case = known.signed_id_case?;
    Some(join(case, EvidenceKind::SignedMessageId, 95, "it answers a message whose id we signed"))
}

/// The nearest id that is known decides, as its evidence is ordered from near to far.
fn by_id(mail: &InboundMail, known: &Known) -> Option<Placement> {
    let find = |id: &String| known.ids.iter().find(|(heard, _)| heard == id).map(|(_, case)| *case);
    if let Some(case) = mail.in_reply_to.iter().find_map(find) {
        return Some(join(case, EvidenceKind::AnsweredId, 90, "it answers a message of this case"));
    }
    if let Some(case) = mail.evidence.ids.iter().find_map(find) {
        return Some(join(case, EvidenceKind::ReferencedId, 80, "it refers to a message of this case"));
    }
    let case = mail.message_id.as_ref().and_then(find)?;
    Some(join(case, EvidenceKind::NamedBefore, 75, "a message of this case that arrived earlier refers to it"))
}

fn by_token(known: &Known) -> Option<Placement> {
    let participant = known.tokens.iter().find(|claim| claim.author_is_participant);
    if let Some(claim) = participant {
        return Some(join(
            claim.case,
            EvidenceKind::SubjectToken,
            70,
            "a participant wrote the case number into the subject",
        ));
    }
    let colleague = known.tokens.iter().find(|claim| claim.author_shares_domain)?;
    Some(join(
        colleague.case,
        EvidenceKind::SubjectToken,
        60,
        "a colleague of a participant wrote the case number into the subject",
    ))
}

fn join(case: i64, evidence: EvidenceKind, score: u8, reason: &str) -> Placement {
    Placement::Join { case, evidence, score, reason: reason.to_owned() }
}

fn new_case(mail: &InboundMail, known: &Known) -> Placement {
    if let Some(claim) = known.tokens.first() {
        return Placement::New {
            suggestion: Some(suggest(
                claim.case,
                40,
                "the subject names this case, but its writer is a stranger to it",
            )),
            reason: "a case number alone admits nobody to a case".to_owned(),
        };
    }
    Placement::New { suggestion: by_likeness(mail, known), reason: "nothing ties it to a case".to_owned() }
}

fn suggest(case: i64, score: u8, reason: &str) -> Suggestion {
    Suggestion { case, score, reason: reason.to_owned() }
}

/// The best of the similar cases; of equals the one with the latest activity.
fn by_likeness(mail: &InboundMail, known: &Known) -> Option<Suggestion> {
    let subject = mail.evidence.base_subject.to_lowercase();
    let scored = known.similar.iter().filter_map(|similar| {
        let same = !subject.is_empty() && base_subject(&similar.base_subject).to_lowercase() == subject;
        let score = match (similar.author_is_participant, same) {
            (true, true) => 50,
            (false, true) => 30,
            (true, false) => 20,
            (false, false) => return None,
        };
        Some((score, similar))
    });
    let (score, best) = scored.max_by_key(|(score, similar)| (*score, similar.last_activity))?;
    let reason = match score {
        50 => "the same writer has an open case with this subject",
        30 => "an open case has this subject",
        _ => "the same writer has an open case",
    };
    Some(suggest(best.case, score, reason))
}
