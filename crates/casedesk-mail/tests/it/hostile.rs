//! Mail that is meant to do harm, or that would cost too much.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use casedesk_mail::{InboundMail, SegmentKind};

use crate::support::{from_customer, mail};

/// A release build reads each of these within a second; an unoptimised one is given more.
fn within_bounds(raw: &[u8]) -> InboundMail {
    let limit = if cfg!(debug_assertions) { 15 } else { 1 };
    let started = Instant::now();
    let mail = mail(raw);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(limit), "it took {took:?}");
    mail
}

#[test]
fn a_thousand_nested_multiparts_are_read() {
    let mut raw = String::from("From: a@b.example\nSubject: deep\n");
    for level in 0..1_000 {
        let _ = write!(raw, "Content-Type: multipart/mixed; boundary=\"b{level}\"\n\n--b{level}\n");
    }
    raw.push_str("Content-Type: text/plain\n\nthe end\n");
    let mail = within_bounds(raw.as_bytes());
    assert_eq!(mail.subject, "deep");
    assert!(mail.body.full_text().contains("the end"));
    assert!(mail.defects.iter().any(|defect| defect.contains("deeper")));
}

#[test]
fn a_hundred_thousand_messages_inside_each_other_are_one_attachment() {
    let mut raw = String::from("From: a@b.example\nSubject: deep\n");
    raw.push_str(&"Content-Type: message/rfc822\n\n".repeat(100_000));
    let mail = within_bounds(raw.as_bytes());
    assert_eq!(mail.attachments.len(), 1);
}

#[test]
fn a_hundred_thousand_header_fields_are_read() {
    let mut raw = String::from("From: a@b.example\nSubject: many\n");
    for number in 0..100_000 {
        let _ = writeln!(raw, "X-Field-{number}: value");
    }
    raw.push_str("\nbody\n");
    let mail = within_bounds(raw.as_bytes());
    assert_eq!(mail.body.new_text(), "body");
    assert!(mail.defects.iter().any(|defect| defect.contains("more fields")));
}

#[test]
fn a_hundred_thousand_lines_without_colon_in_the_header_are_read() {
    let raw = format!("From: a@b.example\n{}\nSubject: x\n\nbody\n", "garbage\n".repeat(100_000));
    within_bounds(raw.as_bytes());
}

#[test]
fn ten_thousand_parts_are_read_and_keep_unique_names() {
    let mut raw = String::from("From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n");
    for _ in 0..10_000 {
        raw.push_str("--x\nContent-Type: application/pdf; name=\"same.pdf\"\n\n%PDF-\n");
    }
    raw.push_str("--x--\n");
    let mail = within_bounds(raw.as_bytes());
    assert_eq!(mail.attachments.len(), 10_000);
    let names: std::collections::HashSet<&str> = mail.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names.len(), 10_000);
}

#[test]
fn fifty_megabytes_of_attachment_are_read() {
    let mut raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n--x\n\
        Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
        .to_vec();
    let line = [b"UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".as_slice(), b"A\n"].concat();
    while raw.len() < 50 * 1024 * 1024 {
        raw.extend_from_slice(&line);
    }
    raw.extend_from_slice(b"--x--\n");
    let mail = within_bounds(&raw);
    assert_eq!(mail.attachments[0].sniffed, Some("application/zip"));
    assert_eq!(mail.body.new_text(), "hello");
}

#[test]
fn fifty_megabytes_of_one_line_are_read_and_kept() {
    let mut raw = b"From: a@b.example\n\n".to_vec();
    raw.resize(50 * 1024 * 1024, b'>');
    let mail = within_bounds(&raw);
    assert!(mail.defects.iter().any(|defect| defect.contains("longer")));
    assert!(mail.attachments.iter().any(|file| file.bytes.len() > 49 * 1024 * 1024));
}

#[test]
fn fifty_megabytes_of_html_are_read_and_kept() {
    let mut raw = b"From: a@b.example\nContent-Type: text/html\n\n".to_vec();
    while raw.len() < 50 * 1024 * 1024 {
        raw.extend_from_slice(b"<p>A paragraph with <b>bold</b> and <a href=\"https://x.example\">link</a>.</p>\n");
    }
    let mail = within_bounds(&raw);
    assert!(mail.body.new_text().starts_with("A paragraph"));
    assert!(mail.attachments.iter().any(|file| file.bytes.len() > 49 * 1024 * 1024));
}

#[test]
fn a_zip_bomb_is_never_unpacked() {
    let mail = mail(
        "From: a@b.example\nContent-Type: application/zip; name=bomb.zip\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAIAA==\n",
    );
    assert_eq!(mail.attachments[0].bytes.len(), 10);
}

#[test]
fn texts_that_look_like_endless_quotes_or_attributions_cost_no_time() {
    let shapes = [
        "> ",
        "On Jan 5, 2026 at 10:00 Ann wrote\n",
        "From: a\n",
        "-",
        "-- \n",
        "a@",
        "On \n",
        "\n",
        "______\n",
        "wrote:\n",
    ];
    for shape in shapes {
        let raw = format!("From: a@b.example\n\n{}", shape.repeat(500_000 / shape.len()));
        within_bounds(raw.as_bytes());
    }
}

#[test]
fn a_hundred_thousand_addresses_and_ids_are_bounded() {
    let mut raw = String::from("From: a@b.example\nTo: ");
    for number in 0..100_000 {
        let _ = write!(raw, "u{number}@x.example,\n ");
    }
    raw.push_str("end@x.example\nReferences: ");
    for number in 0..100_000 {
        let _ = write!(raw, "<{number}@x.example>\n ");
    }
    raw.push_str("\n\nbody\n");
    let mail = within_bounds(raw.as_bytes());
    assert!(mail.to.len() <= 5_000 && mail.evidence.ids.len() <= 100);
}

#[test]
fn deep_and_misnested_html_is_shown_as_text() {
    for piece in ["<div>", "<b id=1>", "<p><b class=x></p>", "<table><tr><td>", "<a href=x>", "<svg><p>"] {
        let raw =
            format!("From: a@b.example\nContent-Type: text/html\n\n{}the end", piece.repeat(100_000 / piece.len()));
        let mail = within_bounds(raw.as_bytes());
        assert!(mail.body.full_text().contains("the end"), "{piece}");
        assert!(mail.body.html.expect("html").contains("the end"), "{piece}");
    }
}

#[test]
fn control_and_direction_characters_do_not_reach_names_and_subjects() {
    let mail = mail(
        "From: \"Ann\0\u{8}\u{202E}gnp.exe\" <ann@customer.example>\nSubject: =?utf-8?Q?a=0D=0ABcc:=20x=00=E2=80=AE?=\n\nHi",
    );
    let name = mail.author.address.name.expect("a name");
    assert!(!name.chars().any(char::is_control) && !name.contains('\u{202E}'), "{name:?}");
    assert!(!mail.subject.chars().any(char::is_control), "{:?}", mail.subject);
}

#[test]
fn the_segments_of_any_body_hold_all_of_it() {
    let bodies = [
        "Hi\n\n> a\n\nb\n-- \nAnn\n",
        "On Jan 5, 2026, Ann wrote:\n> a\nb\n\n\n\n",
        "text\n\n_____\nFrom: a@b.example\nSent: x\nTo: y\nSubject: z\n\nold\n",
        "a\n----\nb\n\n--\nc\n> d\n> e\nf\n",
    ];
    for body in bodies {
        let mail = from_customer("", body);
        let joined: Vec<&str> = mail.body.segments.iter().map(|segment| segment.text.as_str()).collect();
        assert_eq!(joined.join("\n").trim(), body.trim(), "{:?}", mail.body.segments);
    }
}

#[test]
fn a_subject_number_and_a_reply_token_are_only_clues() {
    let mail = mail(
        "From: mallory@evil.example\nTo: support+abc234@desk.example, support+x@other.example\nSubject: Re: [CD-1042] [cd-7] Help\n\nHi",
    );
    assert_eq!(mail.evidence.subject_tokens, [1042, 7]);
    assert_eq!(mail.evidence.reply_tokens, ["abc234"]);
    assert_eq!(mail.evidence.base_subject, "Help");
}

#[test]
fn a_log_in_the_text_is_not_taken_for_history() {
    let body = "Hello,\n\nOn 5 Jan 2026 at 10:15 the service wrote:\n\n2026-01-05 10:15:01 ERROR user edi@partner.example:\n\
        ------\nFrom: 192.0.2.1 to 192.0.2.2\n2026-01-05 10:15:02 INFO done\n\nPlease help.";
    let mail = from_customer("", body);
    assert_eq!(mail.body.new_text(), body);
    assert!(mail.body.segments.iter().all(|segment| segment.kind == SegmentKind::New));
}
