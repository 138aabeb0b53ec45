//! Notices as well-known mail servers write them, and mail of people who quote such notices.

use casedesk_mail::{Kind, Permanence};

use crate::support::mail;

const HARD: Permanence = Permanence::Hard;
const SOFT: Permanence = Permanence::Soft;

type Expected = (&'static str, &'static str, Kind, &'static [(&'static str, Permanence)]);

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../fixtures/bounces/", $name, ".eml"))
    };
}

const NOTICES: &[Expected] = &[
    ("postfix, unknown", fixture!("postfix_unknown_user"), Kind::Bounce, &[("lena@customer.example", HARD)]),
    ("postfix, after DATA", fixture!("postfix_refused_after_data"), Kind::Bounce, &[("omar@carrier.example", SOFT)]),
    ("postfix, transient", fixture!("postfix_unverified_gave_up"), Kind::Bounce, &[("ines@slow.example", SOFT)]),
    (
        "exim, two",
        fixture!("exim_two_recipients"),
        Kind::Bounce,
        &[("kofi@customer.example", HARD), ("piotr@customer.example", SOFT)],
    ),
    ("exim, delay", fixture!("exim_delay"), Kind::Delay, &[("mia@faraway.example", SOFT)]),
    (
        "qmail",
        fixture!("qmail_failure_notice"),
        Kind::Bounce,
        &[("sofia@gone.example", HARD), ("noah@isp.example", HARD)],
    ),
    ("sendmail, quota", fixture!("sendmail_local_quota"), Kind::Bounce, &[("prof@uni.example", SOFT)]),
    ("exchange", fixture!("exchange_ndr"), Kind::Bounce, &[("amara@corp.example", HARD)]),
    ("google", fixture!("google_mailbox_missing"), Kind::Bounce, &[("yuki@gmail.example", HARD)]),
    ("ses", fixture!("ses_complaint_of_filter"), Kind::Bounce, &[("tariq@firm.example", SOFT)]),
    ("yahoo", fixture!("yahoo_disabled"), Kind::Bounce, &[("bao@yahoo.example", SOFT)]),
    ("office 365, de", fixture!("office365_german"), Kind::Bounce, &[("greta@firma.example", HARD)]),
    ("office 365, fr", fixture!("office365_french"), Kind::Bounce, &[("hugo@societe.example", SOFT)]),
    ("office 365, ja", fixture!("office365_japanese"), Kind::Bounce, &[("ken@kaisha.example", HARD)]),
    ("prose, es", fixture!("spanish_notice_in_prose"), Kind::Bounce, &[("lucia@correo.example", HARD)]),
    ("list server, loop", fixture!("list_server_loop"), Kind::Bounce, &[("news@lists.example", SOFT)]),
];

#[test]
fn notices_of_well_known_servers_name_who_was_not_reached_and_whether_for_good() {
    for (name, raw, kind, expected) in NOTICES {
        let read = mail(raw);
        assert_eq!(read.verdict.kind, *kind, "{name}: {}", read.verdict.reason);
        let report = read.verdict.bounce.as_ref().expect("a report");
        let found: Vec<(&str, Permanence)> =
            report.failures.iter().map(|failure| (failure.address.as_str(), failure.permanence)).collect();
        assert_eq!(&found, expected, "{name}: {:?}", report.failures);
        assert!(!read.verdict.may_be_answered(), "{name}");
    }
}

#[test]
fn notices_that_return_the_mail_say_which_one_it_was() {
    for (name, raw, _, _) in NOTICES.iter().filter(|(_, raw, _, _)| raw.contains("Message-ID: <cd.41.a@desk.example>"))
    {
        let report = mail(raw).verdict.bounce.expect("a report");
        assert_eq!(report.original_message_id.as_deref(), Some("cd.41.a@desk.example"), "{name}");
        assert_eq!(report.original_subject.as_deref(), Some("Re: Printer is offline"), "{name}");
    }
}

/// What a person sees of a notice: its first text.
fn shown(raw: &str) -> (String, String) {
    let read = mail(raw);
    (read.subject.clone(), read.body.full_text())
}

#[test]
fn people_who_answer_or_pass_on_or_ask_about_a_notice_are_people() {
    for (name, raw, _, _) in NOTICES {
        let (subject, text) = shown(raw);
        let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
        let mails = [
            ("answer", format!("Re: {subject}"), format!("This one came back, what now?\n\n{quoted}")),
            (
                "passed on",
                format!("Fwd: {subject}"),
                format!("See below.\n\n---------- Forwarded message ---------\n{text}"),
            ),
            ("pasted", subject.clone(), format!("Hello, we get this from you since Monday:\n\n{text}\n\nRegards\nAnn")),
            ("quoted", "Please change my address".to_owned(), format!("I use ann@new.example now.\n\n{quoted}")),
        ];
        for (how, subject, body) in mails {
            let read = mail(format!(
                "Return-Path: <ann@customer.example>\nFrom: Ann Doe <ann@customer.example>\nTo: support@desk.example\n\
                 Subject: {subject}\nMessage-ID: <2@customer.example>\nContent-Type: text/plain; charset=utf-8\n\n{body}"
            ));
            assert_eq!(read.verdict.kind, Kind::Person, "{name}, {how}: {}", read.verdict.reason);
        }
    }
}

#[test]
fn a_parcel_that_could_not_be_delivered_is_a_case() {
    let read = mail(
        "From: Ann Doe <ann@customer.example>\nTo: support@desk.example\nSubject: Delivery failed\n\
         Message-ID: <3@customer.example>\nContent-Type: text/plain\n\n\
         Hi, my parcel could not be delivered yesterday. Please call me or write to\nann.doe@office.example instead.\n",
    );
    assert_eq!(read.verdict.kind, Kind::Person, "{}", read.verdict.reason);
}
