//! What must hold for any input. Run by cargo-fuzz (`fuzz_targets/`), and by a bounded test on
//! the stable toolchain (`tests/it/mutations.rs`), so that the promises are checked everywhere.
//! In this folder `cargo run --bin read -- -runs=20000` runs a target on stable, without coverage.

use casedesk_mail::{Address, Desk, OutboundAttachment, OutboundMail, read as read_mail, sanitise, write};

/// Any bytes are read or refused; what is read keeps its promises.
pub(crate) fn read(data: &[u8]) {
    let own = ["support@desk.example".to_owned()];
    let desk = Desk { own_addresses: &own, agent_addresses: &[], group_addresses: &own };
    let Ok(mail) = read_mail(data, &desk) else {
        return;
    };
    assert!(!mail.subject.contains(char::is_control), "{:?}", mail.subject);
    assert!(mail.evidence.ids.len() <= 100);
    let mut names = std::collections::HashSet::new();
    for file in &mail.attachments {
        let name = &file.name;
        assert!(!name.is_empty() && name.len() <= 120, "{name:?}");
        assert!(!name.contains(['/', '\\', '\0', '\n', '\r', '"', '<', '>']), "{name:?}");
        assert!(!name.starts_with('.') && !name.ends_with('.'), "{name:?}");
        assert!(names.insert(name.to_lowercase()), "{name:?} twice");
    }
    for address in mail.from.iter().chain(&mail.to).chain(&mail.cc) {
        assert!(address.address.contains('@') && !address.address.contains(char::is_control), "{address:?}");
    }
    if let Some(html) = &mail.body.html {
        assert_eq!(&sanitise(html).html, html, "safe HTML stays as it is");
    }
}

/// Any HTML becomes safe HTML, once and for all.
pub(crate) fn html(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let once = sanitise(&input).html;
    assert_eq!(sanitise(&once).html, once);
    let lower = once.to_lowercase();
    for tag in ["<script", "<style", "<iframe", "<svg", "<form", "<object", "<meta", "<base"] {
        assert!(!lower.contains(tag), "{once}");
    }
}

/// Whatever stands in a mail to be sent, it reaches those it is for, and says what it says.
pub(crate) fn roundtrip(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let mut pieces = input.splitn(4, '\n');
    let mut next = || pieces.next().unwrap_or_default().to_owned();
    let sent = OutboundMail {
        from: Address { name: Some(next()), address: "support@desk.example".to_owned() },
        to: vec![Address { name: Some(next()), address: "ann@customer.example".to_owned() }],
        cc: Vec::new(),
        reply_to: None,
        subject: next(),
        message_id: "1@desk.example".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        date: 0,
        html: None,
        attachments: vec![OutboundAttachment {
            name: input.chars().take(200).collect(),
            content_type: "text/plain".to_owned(),
            bytes: data.to_vec(),
            content_id: None,
        }],
        text: next().replace('\0', ""),
        auto: None,
        loop_mark: Some(input.chars().take(50).collect()),
        extra_headers: Vec::new(),
    };
    let raw = write(&sent);
    assert!(raw.is_ascii());
    let got = read_mail(&raw, &Desk::default()).expect("our own mail is readable");
    let recipients: Vec<&str> = got.to.iter().chain(&got.cc).map(|to| to.address.as_str()).collect();
    assert_eq!(recipients, ["ann@customer.example"]);
    assert_eq!(got.from[0].address, "support@desk.example");
    assert!(got.attachments.iter().any(|file| file.bytes == data));
    let ink = |text: &str| text.split_whitespace().collect::<String>();
    // A uuencoded file in a text is read as the file that it is.
    if !sent.text.contains("begin ") {
        assert_eq!(ink(&got.body.full_text()), ink(&sent.text));
    }
}
