//! Reports about mail that could not be delivered (RFC 3464, RFC 3461, and the many notices in
//! prose), and about mail that somebody complained about (RFC 5965).

mod dsn;
mod notice;
mod original;
mod reason;
mod ses;
mod signs;

use crate::mime::{Headers, Part};
use crate::verdict::Kind;

/// What a bounce says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BounceReport {
    /// One entry per recipient that was not reached.
    pub failures: Vec<Failure>,
    /// The id of the mail that was not delivered.
    pub original_message_id: Option<String>,
    /// The references of that mail.
    pub original_references: Vec<String>,
    /// Its subject.
    pub original_subject: Option<String>,
}

/// One recipient that was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The address.
    pub address: String,
    /// The enhanced status code, as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// Whether trying again may help.
    pub permanence: Permanence,
    /// Why, in words for the page.
    pub reason: String,
    /// What the other server said.
    pub diagnostic: Option<String>,
}

/// Whether a failure is for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permanence {
    /// The address does not exist or takes no mail at all.
    Hard,
    /// It may work later, or for another mail.
    Soft,
}

/// A report that was recognised.
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) reason: String,
    pub(crate) report: BounceReport,
}

/// More recipients than this are not listed.
const MAX_FAILURES: usize = 200;

/// One recipient as a report names it, before the reason is understood.
struct Recipient {
    address: String,
    status: Option<String>,
    diagnostic: Option<String>,
    delayed: bool,
}

impl Recipient {
    /// A recipient of whom nothing more is known.
    fn named(address: String) -> Recipient {
        Recipient { address, status: None, diagnostic: None, delayed: false }
    }
}

/// Recognises a report and reads it. `text` is the readable body of the mail.
pub(crate) fn read(root: &Part<'_>, subject: &str, text: &str) -> Option<Found> {
    if let Some(found) = complaint(root) {
        return Some(found);
    }
    let signs = signs::read(root, subject, text);
    let statuses = dsn::recipients(root)
        .or_else(|| signs.is_notice().then(|| dsn::in_text(text))?)
        .or_else(|| ses::recipients(text).map(dsn::Statuses::from));
    if statuses.is_none() && !signs.is_notice() {
        return None;
    }
    if statuses.as_ref().is_some_and(|statuses| statuses.only_success) {
        return None;
    }
    let (notice, tail) = notice::split(text);
    let original = original::read(root, tail);
    let mut recipients = statuses.map(|statuses| statuses.recipients).unwrap_or_default();
    let by_status = !recipients.is_empty();
    if !by_status {
        recipients = notice::recipients(root, notice);
    }
    if recipients.is_empty() {
        recipients.extend(original.only_recipient.map(Recipient::named));
    }
    if recipients.is_empty() && !signs.is_certain() {
        return None;
    }
    recipients.truncate(MAX_FAILURES);
    let delayed = if by_status { recipients.iter().all(|recipient| recipient.delayed) } else { signs.delayed };
    let mut report = original.report;
    report.failures = recipients.into_iter().map(|recipient| failure(recipient, notice, delayed)).collect();
    Some(Found {
        kind: if delayed { Kind::Delay } else { Kind::Bounce },
        reason: found_by(by_status, delayed).to_owned(),
        report,
    })
}

fn found_by(by_status: bool, delayed: bool) -> &'static str {
    match (by_status, delayed) {
        (true, true) => "it is a delivery status notification about a delay",
        (true, false) => "it is a delivery status notification about a failure",
        (false, true) => "it is a mail server's notice about a delay",
        (false, false) => "it is a mail server's notice about a failure",
    }
}

fn failure(recipient: Recipient, notice: &str, delayed: bool) -> Failure {
    let said = recipient.diagnostic.as_deref().unwrap_or_default();
    let near = notice::about(notice, &recipient.address);
    let found = reason::understand(&[said, near, notice], recipient.status.as_deref());
    let denied = reason::denies_unknown(said, near, notice) || reason::is_filter_of_carrier(said, &recipient.address);
    let unsure = found.permanence == Permanence::Hard && denied;
    let passing = delayed || recipient.delayed || unsure;
    Failure {
        status: found.status.or(recipient.status),
        permanence: if passing { Permanence::Soft } else { found.permanence },
        reason: found.words.to_owned(),
        diagnostic: recipient.diagnostic,
        address: recipient.address,
    }
}

/// RFC 5965, and Microsoft's older form: the mail itself, with the reporter's address in a field.
fn complaint(root: &Part<'_>) -> Option<Found> {
    let found = |kind: &str| Found {
        kind: Kind::Feedback,
        reason: format!("somebody reported a mail of ours: {kind}"),
        report: original::read(root, "").report,
    };
    if let Some(feedback) = part_of(root, &["message/feedback-report"]) {
        let body = feedback.bytes();
        let (fields, _) = Headers::split(&body);
        let kind = fields.text("Feedback-Type");
        return Some(found(kind.as_deref().unwrap_or("abuse")));
    }
    let returned = part_of(root, &["message/rfc822"])?;
    let (fields, _) = Headers::split(returned.raw_body);
    fields.has("X-HmXmrOriginalRecipient").then(|| found("abuse"))
}

/// The first part of one of these types.
fn part_of<'p, 'a>(part: &'p Part<'a>, types: &[&str]) -> Option<&'p Part<'a>> {
    if types.iter().any(|name| part.is(name)) {
        return Some(part);
    }
    part.children.iter().find_map(|child| part_of(child, types))
}
