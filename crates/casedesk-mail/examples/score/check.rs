//! Comparing what was read with what a row expects.

use std::time::{Duration, Instant};

use casedesk_mail::{Address, Attachment, Body, Desk, InboundMail, Kind, Permanence, SegmentKind};
use serde_json::Value;

use crate::feed;
use crate::report::Report;

/// Reads one file and counts every check its row asks for.
pub(crate) fn message(source: &str, file: &str, bytes: &[u8], row: Option<&Value>, report: &mut Report) {
    let raw = feed::message(file, bytes);
    let started = Instant::now();
    let read = casedesk_mail::read(&raw, &Desk::default());
    let took = started.elapsed();
    let whole = read.as_ref().is_ok_and(|mail| nothing_is_lost(mail, file, bytes));
    let survived = whole && took <= Duration::from_secs(1);
    report
        .count(source, "survive", survived, || format!("{file}: {:?} in {took:?}, whole {whole}", read.as_ref().err()));
    let (Some(row), Ok(mail)) = (row, &read) else {
        return;
    };
    if is_dubious(row) {
        return;
    }
    let expect = &row["expect"];
    fields(source, file, expect, mail, report);
    body(source, file, expect, mail, report);
    bounces(source, file, expect, mail, report);
}

fn is_dubious(row: &Value) -> bool {
    strings(&row["tags"]).iter().any(|tag| tag == "dubious") || !row["expect"]["dubious"].is_null()
}

/// Shown plus folded text is the whole body; asked where the file is nothing but that text.
fn nothing_is_lost(mail: &InboundMail, file: &str, bytes: &[u8]) -> bool {
    if !feed::is_bare_text(file, bytes) {
        return true;
    }
    let shown: usize = mail.body.segments.iter().map(|segment| ink(&segment.text)).sum();
    std::str::from_utf8(bytes).map_or(true, |text| ink(text) == shown)
}

fn ink(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn fields(source: &str, file: &str, expect: &Value, mail: &InboundMail, report: &mut Report) {
    let mut check = |name: &str, ok: bool, found: String| {
        report.count(source, "fields", ok, || format!("{file}: {name} expected {} found {found}", expect[name]));
    };
    let first = mail.from.first();
    for (name, found) in [
        ("from_address", first.map(|from| from.address.clone())),
        ("from_name", first.map_or(mail.author.address.name.clone(), |from| from.name.clone())),
        ("subject", Some(mail.subject.clone())),
        ("message_id", mail.message_id.clone()),
        ("list_id", mail.list.as_ref().and_then(|list| list.id.clone())),
    ] {
        if let Some(wanted) = expect[name].as_str() {
            let found = found.unwrap_or_default();
            let ok = same(wanted, &found) || (name != "subject" && same(&wanted.to_lowercase(), &found.to_lowercase()));
            check(name, ok, found);
        }
    }
    for (name, found) in [("to", &mail.to), ("cc", &mail.cc), ("reply_to", &mail.reply_to)] {
        if !expect[name].is_null() {
            check(name, same_addresses(&strings(&expect[name]), found), format!("{found:?}"));
        }
    }
    for (name, found) in [("in_reply_to", &mail.in_reply_to), ("references", &mail.references)] {
        if !expect[name].is_null() {
            let wanted: Vec<String> =
                strings(&expect[name]).iter().map(|id| id.trim_matches(['<', '>']).to_owned()).collect();
            check(name, wanted == *found, format!("{found:?}"));
        }
    }
    if let Some(wanted) = expect["attachment_count"].as_u64() {
        let found = u64::try_from(mail.attachments.len()).unwrap_or(u64::MAX);
        check("attachment_count", wanted == found, format!("{found}: {:?}", names(mail)));
    }
    if let Some(wanted) = expect["attachments"].as_array() {
        let ok = wanted.iter().all(|wanted| mail.attachments.iter().any(|found| same_attachment(wanted, found)));
        check("attachments", ok, format!("{:?}", names(mail)));
    }
    if let Some(wanted) = expect["is_auto_reply"].as_bool() {
        check("is_auto_reply", wanted == (mail.verdict.kind == Kind::AutoReply), format!("{:?}", mail.verdict.kind));
    }
}

fn names(mail: &InboundMail) -> Vec<(&str, &str, usize)> {
    mail.attachments.iter().map(|file| (file.name.as_str(), file.content_type.as_str(), file.bytes.len())).collect()
}

fn same_attachment(wanted: &Value, found: &Attachment) -> bool {
    let name = wanted["name"].as_str().is_none_or(|name| {
        same(name, &found.name) || found.declared_name.as_deref().is_some_and(|declared| same(name, declared))
    });
    let size = wanted["size"].as_u64().is_none_or(|size| usize::try_from(size) == Ok(found.bytes.len()));
    let kind = wanted["type"].as_str().is_none_or(|kind| kind.eq_ignore_ascii_case(&found.content_type));
    let inline = wanted["inline"].as_bool().is_none_or(|inline| inline == found.inline);
    let digest = wanted["sha256"].as_str().is_none_or(|digest| digest == sha256(&found.bytes));
    name && size && kind && inline && digest
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}

fn same_addresses(wanted: &[String], found: &[Address]) -> bool {
    // Some sources keep the comments, blanks and routes of obsolete addresses.
    let normal = |address: &String| {
        let read = casedesk_mail::normalise_address(address);
        read.map_or_else(|| address.to_lowercase(), |read| read.address.to_lowercase())
    };
    let mut wanted: Vec<String> = wanted.iter().map(normal).collect();
    let mut found: Vec<String> = found.iter().map(|found| found.address.to_lowercase()).collect();
    wanted.sort();
    found.sort();
    wanted == found
}

fn body(source: &str, file: &str, expect: &Value, mail: &InboundMail, report: &mut Report) {
    let asks = ["body_exact", "body_contains", "body_not_contains", "body_is_whole_text"];
    if asks.iter().all(|name| expect[*name].is_null()) {
        return;
    }
    if expect["body_scope"] == "full" {
        let full = mail.body.full_text();
        let ok = expect["body_exact"].as_str().is_none_or(|wanted| same(wanted, &full))
            && strings(&expect["body_contains"]).iter().all(|wanted| contains(&full, wanted));
        report.count(source, "fields", ok, || format!("{file}: body {expect}\n  found {full:?}"));
        return;
    }
    let readings = readings(&mail.body);
    let ok = readings.iter().any(|reading| reply_fits(expect, reading, &mail.body));
    report.count(source, "reply", ok, || {
        format!("{file}: wanted {expect}\n  found {:?}\n  segments {:?}", readings[0], mail.body.segments)
    });
}

fn reply_fits(expect: &Value, reading: &str, body: &Body) -> bool {
    let exact = expect["body_exact"].as_str().is_none_or(|wanted| {
        let signature = expect["signature"].as_str().unwrap_or_default();
        same(wanted, reading) || same(&format!("{wanted}\n{signature}"), reading)
    });
    let whole = expect["body_is_whole_text"] != true || same(reading, &body.full_text());
    exact
        && whole
        && strings(&expect["body_contains"]).iter().all(|wanted| contains(reading, wanted))
        && strings(&expect["body_not_contains"]).iter().all(|wanted| !contains(reading, wanted))
}

/// Sources differ on signatures: the new text with and without them.
fn readings(body: &Body) -> Vec<String> {
    let kept: [&[SegmentKind]; 3] = [
        &[SegmentKind::New],
        &[SegmentKind::New, SegmentKind::Signature],
        &[SegmentKind::New, SegmentKind::Signature, SegmentKind::Footer],
    ];
    kept.iter()
        .map(|kinds| {
            let texts: Vec<&str> = body
                .segments
                .iter()
                .filter(|segment| kinds.contains(&segment.kind))
                .map(|segment| segment.text.as_str())
                .collect();
            texts.join("\n")
        })
        .collect()
}

fn bounces(source: &str, file: &str, expect: &Value, mail: &InboundMail, report: &mut Report) {
    let kind = mail.verdict.kind;
    let mut wanted_kinds = Vec::new();
    if expect["is_bounce"] == true {
        wanted_kinds.push(Kind::Bounce);
        // Sources without a word for delays count them as soft bounces.
        let hard = Value::Bool(true);
        let soft = expect["hard_bounce"].as_array().is_some_and(|list| !list.contains(&hard));
        wanted_kinds.extend(soft.then_some(Kind::Delay));
    }
    wanted_kinds.extend((expect["is_delay"] == true).then_some(Kind::Delay));
    wanted_kinds.extend((expect["is_feedback"] == true).then_some(Kind::Feedback));
    let reports = [Kind::Bounce, Kind::Delay, Kind::Feedback];
    let ok = if wanted_kinds.is_empty() {
        !reports.contains(&kind)
    } else {
        wanted_kinds.contains(&kind) && failures_fit(expect, mail)
    };
    if wanted_kinds.is_empty() && !ok {
        report.false_bounce();
    }
    report.count(source, "bounces", ok, || {
        format!("{file}: wanted {expect}\n  found {kind:?} ({}) {:?}", mail.verdict.reason, mail.verdict.bounce)
    });
}

fn failures_fit(expect: &Value, mail: &InboundMail) -> bool {
    let failures = mail.verdict.bounce.as_ref().map(|report| report.failures.as_slice()).unwrap_or_default();
    let lower = |list: Vec<String>| {
        let mut list: Vec<String> = list.iter().map(|text| text.to_lowercase()).collect();
        list.sort();
        list
    };
    let found = lower(failures.iter().map(|failure| failure.address.clone()).collect());
    let recipients = expect["bounced_recipient"].is_null() || lower(strings(&expect["bounced_recipient"])) == found;
    let number = expect["recipient_count"].as_u64().is_none_or(|count| usize::try_from(count) == Ok(failures.len()));
    let hard: Vec<bool> = failures.iter().map(|failure| failure.permanence == Permanence::Hard).collect();
    let permanence = expect["hard_bounce"].as_array().is_none_or(|wanted| {
        let mut wanted: Vec<bool> = wanted.iter().filter_map(Value::as_bool).collect();
        let mut hard = hard.clone();
        wanted.sort_unstable();
        hard.sort_unstable();
        wanted == hard
    });
    recipients && number && permanence
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn contains(text: &str, wanted: &str) -> bool {
    collapse(text).contains(&collapse(wanted))
}

/// Equal after collapsing white space; a character that the expectation lost fits any.
fn same(wanted: &str, found: &str) -> bool {
    let (wanted, found) = (collapse(wanted), collapse(found));
    let fits = |(wanted, found): (char, char)| wanted == found || wanted == '\u{FFFD}';
    wanted == found
        || (wanted.contains('\u{FFFD}')
            && wanted.chars().count() == found.chars().count()
            && wanted.chars().zip(found.chars()).all(fits))
}
