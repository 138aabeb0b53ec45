//! Mail that the desk writes.

use casedesk_mail::{Address, AutoSubmitted, OutboundAttachment, OutboundMail, write};

use crate::support::mail;

fn address(name: &str, address: &str) -> Address {
    Address { name: (!name.is_empty()).then(|| name.to_owned()), address: address.to_owned() }
}

fn letter() -> OutboundMail {
    OutboundMail {
        from: address("Support", "support@desk.example"),
        to: vec![address("Ann Doe", "ann@customer.example")],
        cc: Vec::new(),
        reply_to: Some(address("", "support+abc@desk.example")),
        subject: "Re: Help".to_owned(),
        message_id: "cd.1@desk.example".to_owned(),
        in_reply_to: Some("1@customer.example".to_owned()),
        references: vec!["0@customer.example".to_owned(), "1@customer.example".to_owned()],
        date: 1_767_592_800,
        text: "Hello Ann,\n\nit is fixed.\n\n-- \nMaya".to_owned(),
        html: None,
        attachments: Vec::new(),
        auto: None,
        loop_mark: None,
        extra_headers: Vec::new(),
    }
}

fn header_lines(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8(raw.to_vec()).expect("seven-bit text");
    let header = text.split("\r\n\r\n").next().expect("a header").to_owned();
    header.split("\r\n").map(str::to_owned).collect()
}

#[test]
fn what_is_written_is_read_again_as_it_was() {
    let mut sent = letter();
    sent.subject = "Re: Überraschung — 日本語の件名がとても長いのでいくつかの語に分かれます [CD-1042]".to_owned();
    sent.to.push(address("山田 太郎", "yamada@customer.example"));
    sent.cc = vec![address("Doe, \"Bob\" \\ Jr.", "bob@customer.example")];
    sent.text = "Grüße,\n\nFrom here on it works.\n.\n\ttabs and trailing \nlong ".to_owned()
        + &"wörd ".repeat(60)
        + "\n-- \nMaya";
    sent.html = Some("<p>Grüße <img src=\"cid:logo@desk\"></p>".to_owned());
    sent.attachments = vec![
        OutboundAttachment {
            name: "Übung für später.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: b"%PDF-1.7 \0\xff".to_vec(),
            content_id: None,
        },
        OutboundAttachment {
            name: "logo.gif".to_owned(),
            content_type: "image/gif".to_owned(),
            bytes: b"GIF89a".to_vec(),
            content_id: Some("logo@desk".to_owned()),
        },
    ];
    let raw = write(&sent);
    assert!(raw.is_ascii() && raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 100));
    let got = mail(&raw);
    assert_eq!(got.from, [sent.from.clone()]);
    assert_eq!(got.to, sent.to);
    assert_eq!(got.cc, sent.cc);
    assert_eq!(got.reply_to, [sent.reply_to.clone().expect("set")]);
    assert_eq!(got.subject, sent.subject);
    assert_eq!(got.message_id.as_deref(), Some("cd.1@desk.example"));
    assert_eq!(got.in_reply_to, ["1@customer.example"]);
    assert_eq!(got.references, sent.references);
    assert_eq!(got.date, Some(sent.date));
    assert_eq!(got.body.full_text(), sent.text);
    assert!(got.body.html.expect("html").contains("Grüße"));
    let files: Vec<(&str, &[u8])> =
        got.attachments.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(files, [("logo.gif", b"GIF89a".as_slice()), ("Übung für später.pdf", b"%PDF-1.7 \0\xff".as_slice())]);
    assert_eq!(got.defects, Vec::<String>::new());
}

#[test]
fn the_same_mail_is_always_the_same_bytes() {
    let mut sent = letter();
    sent.html = Some("<p>x</p>".to_owned());
    assert_eq!(write(&sent), write(&sent));
}

#[test]
fn a_name_with_a_line_break_cannot_add_a_header() {
    let evil = "Ann\r\nBcc: victim@evil.example\r\n\r\n<script>";
    let mut sent = letter();
    sent.from.name = Some(evil.to_owned());
    sent.to = vec![address(evil, "ann@customer.example")];
    sent.cc = vec![address(evil, "x@y.example\r\nBcc: victim@evil.example")];
    sent.subject = evil.to_owned();
    sent.message_id = "a@b>\r\nBcc: victim@evil.example".to_owned();
    sent.in_reply_to = Some(evil.to_owned());
    sent.references = vec![evil.to_owned()];
    sent.loop_mark = Some(evil.to_owned());
    sent.extra_headers =
        vec![("X-A".to_owned(), evil.to_owned()), ("Bcc: v@evil.example\r\nX".to_owned(), "y".to_owned())];
    let raw = write(&sent);
    for line in header_lines(&raw) {
        assert!(!line.to_lowercase().starts_with("bcc"), "{line}");
    }
    let got = mail(&raw);
    assert_eq!(got.to.len(), 1);
    assert!(got.body.new_text().contains("it is fixed"));
}

#[test]
fn a_name_cannot_add_a_recipient() {
    for name in [
        "<victim@evil.example>,",
        "\"x\" <victim@evil.example>, \"",
        "a\\",
        "a, b",
        "(x",
        "x:;",
        "=?utf-8?Q?=3Cvictim@evil.example=3E=2C?=",
    ] {
        let mut sent = letter();
        sent.to = vec![address(name, "ann@customer.example")];
        let got = mail(write(&sent));
        let found: Vec<&str> = got.to.iter().map(|to| to.address.as_str()).collect();
        assert_eq!(found, ["ann@customer.example"], "{name}");
        assert_eq!(got.to[0].name.as_deref(), Some(name), "{name}");
    }
}

#[test]
fn an_address_that_is_several_is_left_out() {
    for evil in
        ["a@b.example, victim@evil.example", "a@b.example> <victim@evil.example", "a@b.example;c", "no address", ""]
    {
        let mut sent = letter();
        sent.cc = vec![address("", evil)];
        let got = mail(write(&sent));
        assert!(got.cc.iter().all(|cc| cc.address == "a@b.example"), "{evil}: {:?}", got.cc);
    }
}

#[test]
fn a_file_name_and_type_cannot_add_a_field() {
    let mut sent = letter();
    sent.attachments = vec![OutboundAttachment {
        name: "a\"; x=\"\r\nX-Evil: 1\r\n\r\n<script>.txt".to_owned(),
        content_type: "text/html\r\nX-Evil: 1".to_owned(),
        bytes: b"x".to_vec(),
        content_id: Some("a>\r\nX-Evil: 1".to_owned()),
    }];
    let raw = String::from_utf8(write(&sent)).expect("ASCII");
    assert!(!raw.contains("\nX-Evil"), "{raw}");
    assert_eq!(mail(&raw).attachments[0].content_type, "application/octet-stream");
}

#[test]
fn automatic_mail_says_so_to_every_robot() {
    let mut sent = letter();
    sent.auto = Some(AutoSubmitted::AutoReplied);
    sent.loop_mark = Some("mark".to_owned());
    let lines = header_lines(&write(&sent));
    for wanted in ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All", "X-Casedesk-Loop: mark"] {
        assert!(lines.iter().any(|line| line == wanted), "{lines:?}");
    }
    let got = mail(write(&sent));
    assert!(!got.verdict.may_be_answered());
    assert_eq!(got.loop_marks, ["mark"]);
}

#[test]
fn a_text_line_is_never_changed_on_its_way() {
    let mut sent = letter();
    sent.text = "From the log:\n.\n--boundary\n=3D\nend ".to_owned();
    let raw = String::from_utf8(write(&sent)).expect("ASCII");
    assert!(!raw.contains("\r\nFrom the") && !raw.contains("\r\n.\r\n") && !raw.contains("\r\n--boundary"));
}
