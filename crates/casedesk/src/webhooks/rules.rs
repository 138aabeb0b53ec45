//! Decisions about webhooks: which events they hear, what they are told, how it is signed, and which
//! addresses may be called. Pure.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};
use url::{Host, Url};

use super::WebhooksError;
use crate::cases::EntryKind;
use crate::cases::store::{Case, EntryRow};
use crate::events::Event;
use crate::kit::Timestamp;
use crate::kit::standard_webhooks::{self, Key};

/// The kinds of events that a webhook can ask for.
pub const KINDS: [&str; 19] = [
    "case.opened",
    "case.opened_by_agent",
    "case.opened_by_split",
    "case.received",
    "case.reply_posted",
    "case.reply_taken_back",
    "case.reply_sent",
    "case.reply_failed",
    "case.answered_elsewhere",
    "case.note_posted",
    "case.changed",
    "case.merged",
    "case.unmerged",
    "case.split",
    "case.split_undone",
    "case.watched",
    "case.quote_step",
    "case.promise_warned",
    "case.promise_breached",
];

/// The kind of a test, which no event has.
pub const PING: &str = "webhook.ping";

const MOST_URL: usize = 2000;

/// The public name of an event.
pub fn kind(event: &Event) -> String {
    format!("{}.{}", event.topic, event.kind)
}

/// Whether a webhook that asked for these kinds hears of this one; no kinds: all of them.
pub fn wants(kinds: &[String], kind: &str) -> bool {
    KINDS.contains(&kind) && (kinds.is_empty() || kinds.iter().any(|wanted| wanted == kind))
}

pub fn checked_kinds(kinds: &[String]) -> Result<(), WebhooksError> {
    match kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        Some(unknown) => Err(WebhooksError::UnknownKind(unknown.chars().take(100).collect())),
        None => Ok(()),
    }
}

/// What is told of an event. The words of a message are told only to webhooks that ask for them; those of an
/// internal note to nobody.
pub fn body(id: i64, event: &Event, case: &Case, key: &str, entry: Option<&EntryRow>, include_text: bool) -> Value {
    let told = entry.filter(|entry| include_text && entry.kind != EntryKind::Note);
    json!({
        "id": webhook_id(id),
        "kind": kind(event),
        "at": event.at,
        "agent_id": event.agent,
        "entry_id": entry.map(|entry| entry.id),
        "changed": event.data.get("changed"),
        "quote_step": event.data.get("step"),
        "text": told.map(|entry| &entry.text),
        "case": {
            "id": case.id,
            "key": key,
            "subject": case.subject,
            "state": case.state,
            "kind": case.kind,
            "priority": case.priority,
            "assignee_id": case.assignee_id,
            "team_id": case.team_id,
            "organisation_id": case.organisation_id,
            "contact_id": case.contact_id,
            "created_at": case.created_at,
            "updated_at": case.updated_at,
        },
    })
}

/// What a test says.
pub fn ping(id: i64, at: Timestamp) -> Value {
    json!({ "id": webhook_id(id), "kind": PING, "at": at })
}

/// The id of an event, by which the far end knows that it has it already.
pub fn webhook_id(event: i64) -> String {
    format!("evt_{event}")
}

/// `webhook-signature` of Standard Webhooks.
pub fn signature(secret: &str, id: &str, timestamp_s: i64, body: &str) -> Result<String, WebhooksError> {
    Ok(key(secret)?.sign(id, timestamp_s, body.as_bytes()))
}

/// A new secret from random bytes.
pub fn secret(random: &[u8]) -> String {
    standard_webhooks::secret(random)
}

/// The key of a secret, where it is one.
pub fn key(secret: &str) -> Result<Key, WebhooksError> {
    Key::parse(secret).ok_or(WebhooksError::BadSecret)
}

/// An address that may be called. Names are checked again when they are resolved, each time.
pub fn checked_url(text: &str, allow_private: bool) -> Result<Url, WebhooksError> {
    let bad = || WebhooksError::BadUrl(text.chars().take(200).collect());
    let url = Url::parse(text).map_err(|_| bad())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if !plain || text.len() > MOST_URL {
        return Err(bad());
    }
    // The parser has turned decimal, octal and hexadecimal forms into addresses already.
    let public = match url.host().ok_or_else(bad)? {
        Host::Ipv4(ip) => is_public(IpAddr::V4(ip)),
        Host::Ipv6(ip) => is_public(IpAddr::V6(ip)),
        Host::Domain(_) => true,
    };
    if public || allow_private { Ok(url) } else { Err(WebhooksError::Private(url.host_str().unwrap_or("").to_owned())) }
}

/// Whether an address belongs to the internet at large (IANA special-purpose registries, RFC 6890).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

/// Only global unicast (2000::/3), without the forms that hold an IPv4 address and without documentation.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    match ip.segments() {
        // Teredo, ORCHID and others; documentation; 6to4.
        [0x2001, ..0x200, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] => false,
        [0x3fff, ..0x1000, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_standard() {
        // The example of the Standard Webhooks specification.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signed =
            signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}").unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn addresses_of_ours_are_told_in_every_spelling() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:a00:1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:7f00:1::]/",
            "http://169.254.169.254/latest/meta-data",
            "http://10.1.2.3/",
            "http://172.31.0.1/",
            "http://192.168.1.1/",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://255.255.255.255/",
        ] {
            assert!(matches!(checked_url(url, false), Err(WebhooksError::Private(_))), "{url}");
            assert!(checked_url(url, true).is_ok(), "{url}");
        }
        for url in ["https://example.com/hook", "http://93.184.215.14/", "http://[2606:2800:21f::1]/"] {
            assert!(checked_url(url, false).is_ok(), "{url}");
        }
    }

    #[test]
    fn only_web_addresses_without_a_password_are_called() {
        for url in
            ["ftp://example.com/", "file:///etc/passwd", "https://a:b@example.com/", "gopher://x", "nonsense", ""]
        {
            assert!(matches!(checked_url(url, true), Err(WebhooksError::BadUrl(_))), "{url}");
        }
    }

    #[test]
    fn a_webhook_hears_what_it_asked_for_and_without_a_wish_everything() {
        assert!(wants(&[], "case.opened"));
        assert!(!wants(&[], "agent.changed"));
        assert!(wants(&["case.merged".into()], "case.merged"));
        assert!(!wants(&["case.merged".into()], "case.opened"));
    }
}
