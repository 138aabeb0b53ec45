//! Reports about mail that could not be delivered (RFC 3464, RFC 3461), and about mail that
//! somebody complained about (RFC 5965).

use crate::ids;
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
    /// The address does not work.
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

/// Recognises a report and reads it.
pub(crate) fn read(root: &Part<'_>, _subject: &str, _text: &str) -> Option<Found> {
    let status = find(root, &|part| part.is("message/delivery-status"))?;
    let body = status.bytes();
    let mut report = BounceReport::default();
    let mut delayed = true;
    let mut rest: &[u8] = &body;
    while !rest.is_empty() {
        let (group, after) = Headers::split(rest);
        rest = after;
        let Some(recipient) = group.structured("Final-Recipient") else {
            continue;
        };
        let address = recipient.rsplit(';').next().unwrap_or_default().trim().trim_matches(['<', '>']).to_owned();
        let status = group.structured("Status");
        delayed &= group.structured("Action").is_some_and(|action| action.eq_ignore_ascii_case("delayed"));
        let permanence = if status.as_deref().is_some_and(|status| status.starts_with('4')) {
            Permanence::Soft
        } else {
            Permanence::Hard
        };
        report.failures.push(Failure {
            address,
            status,
            permanence,
            reason: "the mail could not be delivered".to_owned(),
            diagnostic: group.structured("Diagnostic-Code"),
        });
    }
    let original = find(root, &|part| part.is("message/rfc822") || part.is("text/rfc822-headers"));
    if let Some(original) = original {
        let (headers, _) = Headers::split(original.raw_body);
        report.original_message_id = headers.structured("Message-ID").and_then(|id| ids::parse_one(&id));
        report.original_subject = headers.text("Subject");
        report.original_references =
            headers.structured("References").map(|value| ids::parse(&value)).unwrap_or_default();
    }
    Some(Found {
        kind: if delayed { Kind::Delay } else { Kind::Bounce },
        reason: "it is a delivery status notification".to_owned(),
        report,
    })
}

fn find<'p, 'a>(part: &'p Part<'a>, wanted: &impl Fn(&Part<'a>) -> bool) -> Option<&'p Part<'a>> {
    if wanted(part) {
        return Some(part);
    }
    part.children.iter().find_map(|child| find(child, wanted))
}
