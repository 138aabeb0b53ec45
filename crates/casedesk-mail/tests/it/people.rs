//! Who wrote a mail.

use casedesk_mail::{AuthorSource, Desk, Kind, read};

use crate::support::{from_customer, mail};

#[test]
fn a_mail_that_the_group_rewrote_is_by_its_original_writer() {
    let mail = mail(
        "From: \"'Ann Doe' via Support\" <support@desk.example>\nReply-To: Ann Doe <ann@customer.example>\n\
         X-Original-From: Ann Doe <ann@customer.example>\nX-Original-Sender: ann@customer.example\n\
         List-ID: <support.desk.example>\nX-Google-Group-Id: 1\nPrecedence: list\nSubject: x\n\nHello",
    );
    assert_eq!(mail.author.source, AuthorSource::XOriginalFrom);
    assert_eq!(mail.author.address.address, "ann@customer.example");
    assert_eq!(mail.author.address.name.as_deref(), Some("Ann Doe"));
    assert!(mail.author.alternatives.iter().any(|(source, _)| *source == AuthorSource::From));
}

#[test]
fn a_list_that_writes_no_original_fields_leaves_the_author_in_reply_to() {
    let mail = mail("From: Ann via Help <help@groups.example>\nReply-To: ann@customer.example\nSubject: x\n\nHello");
    assert_eq!(mail.author.source, AuthorSource::ReplyTo);
    assert_eq!(mail.author.address.address, "ann@customer.example");
}

#[test]
fn a_stranger_cannot_name_another_author_by_writing_the_fields_of_a_group() {
    let mail = from_customer("X-Original-From: Boss <boss@victim.example>\nReply-To: <mallory@evil.example>\n", "Hi");
    assert_eq!(mail.author.source, AuthorSource::From);
    assert_eq!(mail.author.address.address, "ann@customer.example");
}

#[test]
fn the_sender_of_the_group_is_never_taken_for_the_writer() {
    let mail = mail(
        "From: support@desk.example\nReply-To: support@desk.example\nX-Original-Sender: ann@customer.example\nSubject: x\n\nHi",
    );
    assert_eq!(mail.author.source, AuthorSource::XOriginalSender);
    assert_eq!(mail.author.address.address, "ann@customer.example");
}

#[test]
fn a_colleague_who_writes_from_their_own_program_is_known_as_an_agent() {
    let mail = mail("From: Maya <Maya@Desk.Example>\nTo: ann@customer.example\nSubject: x\n\nHi");
    assert!(mail.author.is_agent);
    assert_eq!(mail.verdict.kind, Kind::Person);
}

#[test]
fn a_mail_without_any_writer_is_still_read() {
    let mail = mail("From: Undisclosed sender\nSubject: x\n\nHi");
    assert_eq!(mail.author.source, AuthorSource::Unknown);
    assert_eq!(mail.author.address.name.as_deref(), Some("Undisclosed sender"));
    assert_eq!(mail.body.new_text(), "Hi");
}

#[test]
fn from_alone_is_never_enough_to_be_our_own_mail() {
    let forged = mail("From: support@desk.example\nTo: support@desk.example\nSubject: x\n\nHi");
    assert_ne!(forged.verdict.kind, Kind::OwnMail);
    let marked = mail("From: support@desk.example\nX-Casedesk-Loop: abc\nSubject: x\n\nHi");
    assert_eq!(marked.verdict.kind, Kind::OwnMail);
    assert_eq!(marked.loop_marks, ["abc"]);
}

#[test]
fn our_control_fields_in_a_strangers_mail_change_nothing() {
    let mail = from_customer("X-Casedesk-Loop: abc\nX-Casedesk-Case: 7\nX-Casedesk-Owner: root\n", "Hi");
    assert_eq!(mail.verdict.kind, Kind::Person);
    assert!(mail.verdict.may_be_answered());
    assert!(mail.evidence.ids.is_empty() && mail.evidence.subject_tokens.is_empty());
}

#[test]
fn a_forwarded_mail_names_its_original_writer_date_and_subject() {
    let mail = mail(
        "From: Maya <maya@desk.example>\nSubject: Fwd: Broken\n\nPlease take this one.\n\n\
         ---------- Forwarded message ---------\nFrom: Ann Doe <ann@customer.example>\n\
         Date: Tue, Jan 6, 2026 at 12:00 PM\nSubject: Broken\nTo: <maya@desk.example>\n\n\nIt does not start.\n",
    );
    let forwarded = mail.forwarded.expect("a forwarded mail");
    assert_eq!(forwarded.from.expect("a writer").address, "ann@customer.example");
    assert_eq!(forwarded.subject.as_deref(), Some("Broken"));
    assert_eq!(forwarded.date_text.as_deref(), Some("Tue, Jan 6, 2026 at 12:00 PM"));
    assert_eq!(forwarded.text, "It does not start.");
    assert_eq!(mail.body.new_text(), "Please take this one.");
}

#[test]
fn a_colleagues_forward_offers_its_original_writer_as_an_author() {
    let mail = mail(
        "From: Maya <maya@desk.example>\nSubject: Fwd: Broken\n\n---------- Forwarded message ---------\n\
         From: Ann Doe <ann@customer.example>\nDate: Tue\nSubject: Broken\n\nIt does not start.\n",
    );
    let offered = mail.author.alternatives.iter().find(|(source, _)| *source == AuthorSource::ForwardedBody);
    assert_eq!(offered.expect("an offer").1.address, "ann@customer.example");
}

#[test]
fn an_address_book_of_damaged_addresses_is_read_as_far_as_it_can_be() {
    let mail = mail(
        "From: ann@customer.example (Ann Doe)\nTo: undisclosed-recipients:;, \"Doe, Bob\" <bob@x.example>,\n \
         broken, <@relay.example:carol@x.example>, dave @ x.example, =?utf-8?Q?J=C3=BCrgen?= <j@x.example>\nSubject: x\n\nHi",
    );
    let found: Vec<&str> = mail.to.iter().map(|to| to.address.as_str()).collect();
    assert_eq!(found, ["bob@x.example", "carol@x.example", "dave@x.example", "j@x.example"]);
    assert_eq!(mail.to[0].name.as_deref(), Some("Doe, Bob"));
    assert_eq!(mail.to[3].name.as_deref(), Some("Jürgen"));
    assert_eq!(mail.author.address.name.as_deref(), Some("Ann Doe"));
}

#[test]
fn characters_cut_between_two_encoded_words_are_joined_again() {
    let mail = mail(
        "From: =?utf-8?B?xIzE?= =?utf-8?B?jQ==?= <c@x.example>\nSubject: =?utf-8?Q?a=C3?=\n =?utf-8?Q?=A4b?=\n\nHi",
    );
    assert_eq!(mail.author.address.name.as_deref(), Some("Čč"));
    assert_eq!(mail.subject, "aäb");
}

#[test]
fn what_is_empty_or_has_no_header_is_refused_in_words() {
    let refused = read(b" \r\n", &Desk::default()).expect_err("nothing");
    assert_eq!(refused.to_string(), "the message is empty");
    let refused = read(b"\r\njust text\r\n", &Desk::default()).expect_err("no header");
    assert_eq!(refused.to_string(), "the message has no header field at all");
}

#[test]
fn a_mail_without_date_and_message_id_is_kept() {
    let mail = mail("From: ann@customer.example\nSubject: x\nDate: some day\n\nHi");
    assert_eq!((mail.date, mail.message_id), (None, None));
}

#[test]
fn dates_are_read_as_mail_really_writes_them() {
    let date = |value: &str| mail(format!("From: a@b.example\nDate: {value}\n\nHi")).date;
    assert_eq!(date("Mon, 05 Jan 2026 07:00:00 +0100"), Some(1_767_592_800));
    assert_eq!(date("5 Jan 26 01:00 EST"), Some(1_767_592_800));
    assert_eq!(date("Mon Jan  5 06:00:00 2026"), Some(1_767_592_800));
    assert_eq!(date("Mon, 5 Jan 2026 06:00:00 (GMT)"), Some(1_767_592_800));
    assert_eq!(date("99 Foo 2026"), None);
}
