//! Decisions about mail: what a message's fingerprint is, who may get automatic mail, what a colleague's mail is to
//! do. Pure.
pub mod commands;

use std::time::Duration;

use casedesk_mail::{InboundMail, Kind, SegmentKind};

use crate::cases::Fold;
use crate::customers::Person;
use crate::kit::Timestamp;
use crate::kit::secrets::sha256_hex;

/// Tries until a message that cannot be filed goes to the quarantine.
pub const TRIES: i64 = 3;

/// What makes two copies the same message: its id, its author, and its words. Copies through a group
/// differ in From, subject and footer, but in none of these; another message under a used id differs.
pub fn fingerprint(mail: &InboundMail) -> String {
    let words = mail.body.new_text().split_whitespace().collect::<Vec<_>>().join(" ");
    let id = mail.message_id.clone().unwrap_or_else(|| {
        let date = mail.date.map_or_else(String::new, |date| date.to_string());
        format!("none {date} {}", mail.evidence.base_subject)
    });
    let files: Vec<String> = mail.attachments.iter().map(|file| sha256_hex(&file.bytes)).collect();
    sha256_hex([&id, &mail.author.address.address, &words, &files.join(" ")].map(String::as_str).join("\n").as_bytes())
}

/// Mail written so long before it came is brought over (an import, the first reading of a mailbox).
const OLD: Duration = Duration::from_hours(48);
/// 1990-01-01: an earlier Date is a wrong clock.
const FIRST_DATE: Timestamp = Timestamp::from_seconds(631_152_000);

/// Whether a message is old mail that comes only now. Nobody waits for a receipt of it.
pub fn is_brought_over(date_s: Option<i64>, received_at: Timestamp) -> bool {
    date_s.map(Timestamp::from_seconds).is_some_and(|date| date >= FIRST_DATE && received_at.since(date) > OLD)
}

/// When a message counts as having come: when we took it, or when it was written for mail brought over.
pub fn time_of(date_s: Option<i64>, received_at: Timestamp) -> Timestamp {
    date_s.filter(|_| is_brought_over(date_s, received_at)).map_or(received_at, Timestamp::from_seconds)
}

/// Whether a machine wrote it: such mail is filed, and answered by nobody.
pub fn is_machine(kind: Kind) -> bool {
    !matches!(kind, Kind::Person)
}

/// The word for a verdict; `None` for mail that a person wrote.
pub fn verdict_word(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Person => None,
        Kind::AutoReply => Some("auto-reply"),
        Kind::Bounce => Some("bounce"),
        Kind::Delay => Some("delay"),
        Kind::Feedback => Some("complaint"),
        Kind::Bulk => Some("bulk mail"),
        Kind::OwnMail => Some("our own mail"),
        Kind::Loop => Some("mail loop"),
    }
}

/// The folded parts of a body, in their order.
pub fn folds(mail: &InboundMail) -> Vec<Fold> {
    let word = |kind| match kind {
        SegmentKind::New => None,
        SegmentKind::Quote => Some("quote"),
        SegmentKind::Forward => Some("forward"),
        SegmentKind::Signature => Some("signature"),
        SegmentKind::Footer => Some("footer"),
    };
    mail.body
        .segments
        .iter()
        .filter_map(|s| Some(Fold { kind: word(s.kind)?.into(), text: s.text.clone() }))
        .filter(|fold| !fold.text.trim().is_empty())
        .collect()
}

pub fn person(address: &casedesk_mail::Address) -> Person {
    Person {
        name: address.name.clone().filter(|name| !name.trim().is_empty()),
        address: address.address.to_lowercase(),
    }
}

/// Why an address gets no automatic mail now; `None` when it may have one.
pub fn refuses_automatic(on_case: i64, today: i64, most_a_day: i64, paused: Option<&str>) -> Option<String> {
    if let Some(reason) = paused {
        return Some(format!("mail to this address is paused: {reason}"));
    }
    if on_case > 0 {
        return Some("this case has had its automatic mail".into());
    }
    (today >= most_a_day).then(|| format!("the address has had its automatic mails of the day: {today}"))
}

/// Gives the images of sanitised HTML their sources: those of the mail itself by `local`, and those from
/// elsewhere, which wait in `data-src`, when they are wanted.
pub fn resolve_images(html: &str, remote: bool, local: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len() + 256);
    let mut rest = html;
    while let Some(at) = rest.find("<img ") {
        let (before, tag) = rest.split_at(at + "<img".len());
        out.push_str(before);
        let (attributes, after) = attributes(tag);
        let waiting = attributes.iter().find(|(name, _)| *name == "data-src").map(|(_, value)| *value);
        for (name, value) in attributes {
            let value = match (name, waiting.filter(|_| remote)) {
                ("data-src", Some(_)) => continue,
                ("src", Some(waiting)) => waiting.to_owned(),
                ("src", None) => match value.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("cid:")) {
                    Some(_) => local(&content_id(&value[4..])).unwrap_or_default(),
                    None => value.to_owned(),
                },
                _ => value.to_owned(),
            };
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The attributes of a tag as a serialiser writes them, ` name="value"` each, and what follows them.
fn attributes(tag: &str) -> (Vec<(&str, &str)>, &str) {
    let (mut all, mut rest) = (Vec::new(), tag);
    while let Some((name, value)) = rest.strip_prefix(' ').and_then(|attribute| attribute.split_once("=\""))
        && !name.contains(['>', '<', '"', ' '])
        && let Some((value, after)) = value.split_once('"')
    {
        all.push((name, value));
        rest = after;
    }
    (all, rest)
}

/// A Content-ID out of a `cid:` address in an attribute (RFC 2392).
fn content_id(address: &str) -> String {
    let address = address.replace("&amp;", "&");
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *byte == b'%') {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_mail_keeps_its_date_and_a_wrong_clock_does_not() {
        let now = Timestamp::from_seconds(1_800_000_000);
        assert_eq!(time_of(Some(1_700_000_000), now), Timestamp::from_seconds(1_700_000_000));
        assert_eq!(time_of(Some(1_799_990_000), now), now);
        assert_eq!(time_of(Some(1_900_000_000), now), now);
        assert_eq!(time_of(Some(86_400), now), now);
        assert_eq!(time_of(None, now), now);
    }

    #[test]
    fn automatic_mail_is_bounded_per_case_and_per_day_and_stops_for_paused_addresses() {
        assert_eq!(refuses_automatic(0, 0, 10, None), None);
        assert!(refuses_automatic(1, 1, 10, None).is_some());
        assert!(refuses_automatic(0, 10, 10, None).is_some());
        assert!(refuses_automatic(0, 0, 10, Some("bounced")).is_some());
    }

    #[test]
    fn images_of_the_mail_are_found_and_those_from_elsewhere_wait_until_asked_for() {
        let html = "<p>a</p><img alt=\"x>y\" src=\"cid:a%40b&amp;c\"><img src=\"data:image/gif;base64,R0\" data-src=\"https://t.example/p\">";
        let local = |cid: &str| (cid == "a@b&c").then(|| "/attachments/7".to_owned());
        let quiet = resolve_images(html, false, local);
        assert!(quiet.contains("<img alt=\"x>y\" src=\"/attachments/7\">"), "{quiet}");
        assert!(quiet.contains("src=\"data:image/gif;base64,R0\" data-src="), "{quiet}");
        let loud = resolve_images(html, true, local);
        assert!(loud.ends_with("<img src=\"https://t.example/p\">"), "{loud}");
        assert!(resolve_images("<img src=\"cid:none\">", false, local).contains("src=\"\""));
    }
}
