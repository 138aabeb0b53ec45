//! Cases: one problem, question or request each, from first contact to the end, as a timeline of
//! entries. Invariants: every change is an entry and an event in one transaction; an entry never
//! changes its words; a note is never sent; merge and split move nothing that cannot be moved back.
pub mod actions;
pub mod api;
mod error;
pub mod filter;
pub mod jobs;
pub mod pages;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};

pub use self::error::CasesError;
use crate::customers::Person;
pub use crate::customers::Priority;
use crate::desk::Desk;
use crate::kit::{Timestamp, secrets};
use crate::staff::AgentId;
use crate::{id, words};

id!(
    /// A case; also its number, as in `CD-1042`.
    CaseId
);
id!(
    /// A line of a case's timeline.
    EntryId
);
id!(
    /// A file of an entry or a draft.
    AttachmentId
);

words!(
    /// Where a case stands.
    CaseState {
        /// Nobody of us has looked.
        New = "new",
        /// Ours to act on.
        Open = "open",
        /// On somebody else, or on a date.
        Waiting = "waiting",
        /// Answered; closes by itself unless the customer comes back.
        Solved = "solved",
        /// Over. A reply opens a follow-up.
        Closed = "closed",
    }
);

impl CaseState {
    /// Whether it still counts as work.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Open | Self::Waiting)
    }

    pub const fn can_reply(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

words!(
    /// What kind of request it is.
    CaseKind {
        Question = "question",
        Problem = "problem",
        FeatureRequest = "feature request",
        Licence = "licence",
    }
);

words!(
    /// The way something came in.
    Door {
        Mail = "mail",
        Form = "form",
        Phone = "phone",
        Chat = "chat",
        Api = "api",
        /// An agent opened it on the page.
        Agent = "agent",
        /// A customer wrote it on their own pages.
        Portal = "portal",
    }
);

words!(
    /// Whom or what a waiting case waits for.
    WaitingOn {
        Customer = "customer",
        Engineering = "engineering",
        Sales = "sales",
        Date = "date",
    }
);

words!(
    /// What an entry is. `Note` is the one kind that no code sends.
    EntryKind {
        MailIn = "mail_in",
        MailOut = "mail_out",
        Note = "note",
        Change = "change",
        /// Mail that machines wrote: auto-replies, bounces, delays.
        Machine = "machine",
        /// What was said on the telephone, and each step until it is confirmed in writing.
        Call = "call",
        /// A step of a quote, from its draft to the customer's answer.
        Quote = "quote",
    }
);

words!(
    /// How far an outgoing message is.
    Delivery {
        /// Waits, for the undo or for its hour.
        Pending = "pending",
        /// The relay has been offered it and has not said yes.
        Sending = "sending",
        Sent = "sent",
        /// Given up; the reason stands with it.
        Failed = "failed",
        /// Taken back before it was sent.
        Cancelled = "cancelled",
    }
);

words!(
    /// What a support option promises.
    Promise {
        /// An agent's first answer to what a customer wrote.
        FirstResponse = "first_response",
        /// An agent's answer to what the customer wrote after that.
        NextResponse = "next_response",
        /// The case solved.
        Resolve = "resolve",
    }
);

words!(
    /// How a promise stands.
    PromiseState {
        Running = "running",
        /// Runs, and the end is near.
        Warned = "warned",
        /// Not kept, and still owed.
        Breached = "breached",
        /// Stands until the customer answers.
        Paused = "paused",
        Met = "met",
        /// Kept after it was due.
        MetLate = "met_late",
    }
);

words!(
    /// How near the instant is at which something is due.
    DueState {
        Later = "later",
        Soon = "soon",
        /// Within the hour.
        Urgent = "urgent",
        Breached = "breached",
    }
);

words!(
    /// How two cases belong together.
    LinkKind {
        Related = "related",
        Duplicate = "duplicate",
        Parent = "parent",
        FollowUp = "follow-up",
    }
);

words!(
    /// What somebody has to do with a case.
    PersonRole {
        Requester = "requester",
        Copied = "cc",
        /// Named by a later mail from outside the circle: gets nothing until an agent agrees.
        Proposed = "proposed",
        Removed = "removed",
    }
);

/// One fold of a message: text that is kept but not shown at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Fold {
    /// `quote`, `forward`, `signature` or `footer`.
    pub kind: String,
    pub text: String,
}

/// What an incoming message says besides its text, and why the desk read it so.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Incoming {
    pub subject: String,
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    pub from: Option<Person>,
    pub folds: Vec<Fold>,
    pub has_html: bool,
    pub has_remote_images: bool,
    /// Where the author was read from, when it was not plainly From.
    pub author_reason: Option<String>,
    /// Who else might have written it.
    pub alternatives: Vec<Person>,
    /// Why it is on this case.
    pub place_reason: String,
    /// `auto-reply`, `bounce`, `delay`…, with the reason, for mail that machines wrote.
    pub verdict: Option<String>,
    pub verdict_reason: Option<String>,
    /// A case that it may belong to.
    pub looks_like: Option<LooksLike>,
    /// What had to be repaired to read it.
    pub defects: Vec<String>,
    /// Whether its source is kept and can be looked at.
    pub raw: bool,
    /// The address was only typed: nobody has proved that it is the author's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
    /// Details of the installation that a form asked for by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ToldDetail>,
    /// The version that a form asked for, as it was written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_version: Option<ToldVersion>,
}

/// A version of our product that nobody has accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ToldVersion {
    /// Empty: it was not said of which product.
    pub product: String,
    pub version: String,
}

/// A detail that the customer was asked for by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ToldDetail {
    /// `high_availability`, `protocols`…
    pub field: String,
    pub value: String,
    /// The line of the message that says it.
    pub line: String,
}

/// A case that a message may belong to, on evidence too weak to join.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LooksLike {
    pub case: CaseId,
    pub reason: String,
}

/// What an outgoing message says besides its text.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Outgoing {
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    /// Get it too, which no other recipient is told.
    pub bcc: Vec<Person>,
    /// Written by the desk itself (RFC 3834).
    pub automatic: bool,
    /// Written because time has passed, not in answer to a mail.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub generated: bool,
    /// Sent from a colleague's own mail program, and seen here as a copy.
    pub elsewhere: bool,
    /// A link that only the recipients see. Where the text says `{{private link}}`, the mail has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_link: Option<PrivateLink>,
    /// What it asks of the customer's installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<Asks>,
    /// Where the case stood before, so that taking the reply back restores it.
    pub state_before: Option<CaseState>,
    /// Stops at its hour when the customer has written meanwhile.
    pub scheduled: bool,
    pub folds: Vec<Fold>,
    pub has_html: bool,
    pub raw: bool,
    /// What the desk did not do with a colleague's mail, and why, in words for the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// No server that the desk trusts has proved that the colleague wrote it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
}

/// Where the form stands that a mail asks to fill in, before its token.
pub const LINK_TO_FORM: &str = "/details/";

/// What a mail asks of the customer's installation, and how far the form behind its link is filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Asks {
    /// `product_version`, `os_name`, …, and `log`.
    pub details: Vec<String>,
    /// How many of them are there by now.
    pub done: i64,
    /// When the customer last sent the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
}

/// A link whose token is made anew of the desk's key whenever it is needed, and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PrivateLink {
    /// What stands before the token, as `/confirm/`.
    pub path: String,
    /// What the token is made of, besides the key.
    pub nonce: String,
}

impl PrivateLink {
    /// What the text of the entry has in its place.
    pub const PLACE: &str = "{{private link}}";

    pub fn new(path: &str) -> Self {
        Self { path: path.into(), nonce: secrets::random_token() }
    }

    pub fn token(&self, desk: &Desk) -> String {
        secrets::sign(desk.signing_key(), format!("private link {}{}", self.path, self.nonce).as_bytes())
    }

    /// The path that it leads to, token and all: for its recipient alone.
    pub fn href(&self, desk: &Desk) -> String {
        format!("{}{}", self.path, self.token(desk))
    }

    /// The text as everybody else reads it.
    pub fn hidden(text: &str) -> String {
        text.replace(Self::PLACE, "(a private link)")
    }

    /// The text as its recipients read it.
    pub fn write_into(&self, desk: &Desk, text: &str) -> String {
        text.replace(Self::PLACE, &desk.link(&self.href(desk)))
    }
}

/// A change of one field, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Changed {
    /// `state`, `priority`, `assignee`, `merged`…
    pub field: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
    /// The merge or split to undo.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undo: Option<i64>,
}

words!(
    /// A step of a call.
    CallStep {
        /// An agent wrote down what was said.
        Logged = "logged",
        /// The contact confirmed the agent's summary.
        Confirmed = "confirmed",
        /// The contact corrected it; both stand.
        Corrected = "corrected",
        /// The contact wrote it down in their own words.
        Written = "written",
        /// No answer came in time; an agent decides.
        Unanswered = "unanswered",
        /// An agent let it stand without an answer.
        Accepted = "accepted",
    }
);

/// A step of a call. The times and the number stand with the step `logged` alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Call {
    pub call: i64,
    pub step: CallStep,
    /// As E.164 writes it; empty: not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The words came by mail, as this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_mail: Option<EntryId>,
}

words!(
    /// A step of a quote.
    QuoteStep {
        Drafted = "drafted",
        /// Asked sales to approve it.
        Submitted = "submitted",
        /// A draft again, to be changed.
        SentBack = "sent back",
        Approved = "approved",
        Sent = "sent",
        /// A mail of the customer reads like one of the two; an agent decides.
        LooksAccepted = "looks accepted",
        LooksDeclined = "looks declined",
        /// An agent has read the mail, and it is neither.
        Dismissed = "dismissed",
        Accepted = "accepted",
        Declined = "declined",
        /// Nobody answered until the end of its last day.
        Expired = "expired",
        Withdrawn = "withdrawn",
    }
);

/// A step of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Quoted {
    pub quote: i64,
    pub step: QuoteStep,
    /// As `Q-12`; from the second version on with it, as `Q-12 version 2`.
    pub key: String,
    pub title: String,
    /// As `EUR 1,200.00`.
    pub total: String,
    /// Who accepted or declined it; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The answer came by mail, as this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_mail: Option<EntryId>,
}

/// What an entry holds besides its text, by its kind.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum EntryData {
    Incoming(Box<Incoming>),
    Outgoing(Outgoing),
    Note { mentions: Vec<AgentId> },
    Change(Changed),
    Call(Call),
    Quote(Quoted),
}

/// What a log file says of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct LogReading {
    /// The SHA-256 of the file.
    pub digest: String,
    /// The form of its time stamps in words. Null: it has none.
    pub format: Option<String>,
    /// The time zone of the stamps. Null: they do not say.
    pub zone: Option<String>,
    /// The first and the last stamp, as the file has them.
    pub first_stamp: Option<String>,
    pub last_stamp: Option<String>,
    /// Lines with words on them, and how many of those say when.
    pub lines: i64,
    pub stamped: i64,
    /// In words for agents.
    pub verdict: String,
    /// Whether the customer should send it again, with time stamps.
    pub ask_again: bool,
}
