//! What the pages of the cases show, as plain data: templates decide nothing but where it goes.
pub use super::columns::{Column, Key};
pub use super::roadmap::Asked;
use crate::customers::pages::Version;
use crate::web::shell::Person;

#[derive(Clone, Debug, Default)]
pub struct Badge {
    /// "", "ok", "warn", "bad", "eng", "acc", "note" or "line".
    pub tone: &'static str,
    pub icon: &'static str,
    pub text: String,
}

/// The right end of a row's last line.
#[derive(Clone, Debug)]
pub enum Tail {
    /// When, and what.
    Due(String, &'static str),
    /// When it waits no more.
    Until(String),
    Words(String),
}

#[derive(Clone, Debug)]
pub struct Row {
    pub number: i64,
    pub key: String,
    pub href: String,
    pub state: &'static str,
    pub state_words: String,
    pub from: String,
    pub organisation: String,
    pub subject: String,
    pub at: String,
    pub unread: bool,
    pub badges: Vec<Badge>,
    pub tail: Tail,
}

#[derive(Clone, Debug)]
pub struct ListView {
    pub key: String,
    pub title: String,
    /// As it is shown: `7`, `999+`.
    pub count: String,
    /// `newest`, `oldest` or `created`.
    pub sort: &'static str,
    /// Value, words, and whether it is the order shown.
    pub sorts: Vec<(&'static str, &'static str, bool)>,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    pub empty_title: String,
    pub empty_words: String,
    pub query: String,
    /// A saved view that the viewer made, and may remove.
    pub own: bool,
    /// The verdicts that can stand in every row.
    pub columns: Vec<Column>,
    /// The words of the filter that speak of verdicts.
    pub keys: Vec<Key>,
}

/// A link of the rail with its count.
#[derive(Clone, Debug, Default)]
pub struct RailLink {
    /// The key that presses it, as in `keys.ts`; may be empty.
    pub key: &'static str,
    pub href: String,
    pub icon: &'static str,
    pub label: String,
    /// Empty: none is shown.
    pub count: String,
    /// One of them is due within the hour, or was.
    pub hot: bool,
}

#[derive(Clone, Debug, Default)]
pub struct RailGroup {
    pub title: &'static str,
    pub titled: bool,
    /// Left out where the rail is narrow.
    pub folds: bool,
    pub links: Vec<RailLink>,
}

#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub icon: &'static str,
    pub chosen: bool,
}

#[derive(Clone, Debug)]
pub struct File {
    pub href: String,
    pub name: String,
    pub size: String,
    /// What it says of time, when it is a log.
    pub log: Option<Log>,
}

/// A log file as it was read.
#[derive(Clone, Debug)]
pub struct Log {
    pub tone: &'static str,
    /// Whether it has time stamps.
    pub badge: &'static str,
    pub words: String,
    /// Format, zone, first and last stamp, lines: those that are known.
    pub facts: Vec<(&'static str, String)>,
    /// The customer should send it again.
    pub again: bool,
}

/// A foldable part of a message.
#[derive(Clone, Debug)]
pub struct Fold {
    pub title: String,
    pub html: String,
}

#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub id: i64,
    /// "mail", "reply", "note", "change", "call", "box".
    pub kind: &'static str,
    pub icon: &'static str,
    pub author: Person,
    pub address: String,
    pub to: String,
    /// Who got it without the others knowing.
    pub bcc: String,
    /// How the author was found, when it was not simply From.
    pub author_source: String,
    /// How it was read: what, and why.
    pub why: Vec<(&'static str, String)>,
    /// The others whom the mail names: one of them may have written it.
    pub authors: Vec<Choice>,
    pub author_href: String,
    pub at: String,
    pub html: String,
    pub badges: Vec<Badge>,
    pub files: Vec<File>,
    pub folds: Vec<Fold>,
    /// The sender's own HTML, shown in a sandboxed frame.
    pub original: Option<Original>,
    pub source_href: String,
    pub title: String,
    /// Where an outgoing message is: "", "waits", "delivered", "failed".
    pub sent: &'static str,
    pub sent_words: String,
    pub new_above: bool,
    /// Takes a merge or a split back.
    pub undo_href: String,
}

#[derive(Clone, Debug, Default)]
pub struct Original {
    pub src: String,
    pub height_px: u32,
    pub blocked_images: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Composer {
    /// Whom the placeholder names: "Reply to Ingvild".
    pub to_name: String,
    pub reply: String,
    pub note: String,
    /// The versions of the drafts that are shown; 0: there is none.
    pub reply_version: i64,
    pub note_version: i64,
    pub to: Vec<Recipient>,
    pub cc: Vec<Recipient>,
    pub bcc: Vec<Recipient>,
    pub files: Vec<DraftFile>,
    pub own_domains: String,
    pub seen: i64,
    pub saved_at: String,
    pub pending: Option<Pending>,
}

#[derive(Clone, Debug)]
pub struct Recipient {
    pub address: String,
    pub label: String,
    pub outside: bool,
}

#[derive(Clone, Debug)]
pub struct DraftFile {
    pub id: i64,
    pub name: String,
    pub size: String,
}

/// A reply that has not left yet.
#[derive(Clone, Debug)]
pub struct Pending {
    pub id: i64,
    pub until: String,
    pub to_words: String,
    /// True for the few seconds of undo, false for "send later".
    pub counting: bool,
}

/// The stop at send: the entry that came in while the agent wrote.
#[derive(Clone, Debug)]
pub struct Stop {
    pub seen: i64,
    pub who: String,
    pub what: &'static str,
    pub note: bool,
    pub at: String,
    pub peek: String,
}

#[derive(Clone, Debug, Default)]
pub struct Link {
    pub key: String,
    pub href: String,
    pub subject: String,
    pub state: &'static str,
    pub why: String,
}

#[derive(Clone, Debug, Default)]
pub struct Panel {
    pub contact: Option<Contact>,
    pub organisation: Option<Organisation>,
    pub participants: Vec<Participant>,
    pub watchers: Vec<Person>,
    pub watching: bool,
    pub links: Vec<Link>,
    pub others: Vec<Link>,
    pub verdicts: Vec<Finding>,
    /// None: the desk promises nothing to anybody.
    pub promises: Option<Vec<PromiseRow>>,
    /// What it asks for of the roadmap.
    pub asked: Vec<Asked>,
    /// What runs where, when the case belongs to an organisation.
    pub place: Option<Place>,
    /// Whether there is a quote: then the panel has a frame of them.
    pub quoted: bool,
    /// The customer's log files that were read.
    pub logs: Vec<File>,
    pub asked_details: Option<AskedDetails>,
}

impl Panel {
    /// Whether there are installations to choose from.
    pub fn picks(&self) -> bool {
        self.place.as_ref().is_some_and(|place| !place.choices.is_empty())
    }
}

/// Details that the customer was asked for.
#[derive(Clone, Debug, Default)]
pub struct AskedDetails {
    pub at: String,
    pub what: String,
    pub tone: &'static str,
    pub state: String,
    pub answered_at: String,
}

/// A verdict in words.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    pub title: &'static str,
    pub tone: &'static str,
    pub state: &'static str,
    pub reason: String,
    /// The action as the page posts it: `quote`, `ask`, `upgrade`…
    pub action: &'static str,
    pub action_words: &'static str,
    /// The roadmap item that can be linked; 0: none.
    pub item: i64,
    /// A version is not supported any more.
    pub ended: bool,
}

/// A promise and how it stands.
#[derive(Clone, Debug, Default)]
pub struct PromiseRow {
    pub title: &'static str,
    pub tone: &'static str,
    pub state: &'static str,
    /// What stands before the instant, such as `Due`, and the instant; empty when there is none.
    pub at_words: &'static str,
    pub at: String,
    /// Whether the page counts down to it.
    pub counts: bool,
    /// Business time that is left, in words.
    pub left: String,
    /// Such as `Premier 24×7: within 4 h`.
    pub by: String,
}

/// The installation that a case is about.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Number, name, and whether it is the one.
    pub choices: Vec<(i64, String, bool)>,
    /// The chosen one's page; empty when none is chosen.
    pub href: String,
    pub label: String,
    pub role: String,
    /// What is known of the life of its versions.
    pub(crate) versions: Vec<Version>,
    /// Field, value, and where that comes from; without those versions.
    pub facts: Vec<(&'static str, String, String)>,
    /// Where details are read from the customer's newest mail; empty when there is none.
    pub details_href: String,
}

/// Somebody outside who takes part in the case.
#[derive(Clone, Debug, Default)]
pub struct Participant {
    pub person: Person,
    /// Named by a mail from outside the circle: gets nothing until an agent agrees.
    pub proposed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Contact {
    pub person: Person,
    pub words: String,
    pub addresses: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Organisation {
    pub name: String,
    /// Its page in the customer file.
    pub file_href: String,
    pub href: String,
    pub cases: i64,
    pub facts: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct Case {
    pub number: i64,
    pub key: String,
    pub subject: String,
    pub kind: String,
    pub door_icon: &'static str,
    pub door_words: String,
    pub opened_at: String,
    pub state: &'static str,
    pub state_words: String,
    pub solved: bool,
    pub can_reply: bool,
    pub priority: Choice,
    pub due: Option<(String, String)>,
    /// Of what is promised: when it is due, and its words.
    pub promise: Option<(String, &'static str)>,
    pub assignee: Option<Person>,
    pub mine: bool,
    /// A call on it waits to be confirmed in writing.
    pub unconfirmed: bool,
    /// Why what the customer runs is not supported any more; empty: it is, or nobody knows.
    pub unsupported: String,
    pub team: String,
    pub tags: Vec<String>,
    pub back: String,
    pub entries: Vec<Entry>,
    pub older: Option<String>,
    pub join: Option<Link>,
    pub agents: Vec<Choice>,
    pub teams: Vec<Choice>,
    pub priorities: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub composer: Composer,
    pub panel: Panel,
}
