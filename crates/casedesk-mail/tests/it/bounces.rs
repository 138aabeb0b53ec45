//! Reports of mail that did not arrive.

use casedesk_mail::{BounceReport, Kind, Permanence};

use crate::support::{from_customer, mail};

fn report(action: &str, status: &str, said: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: support@desk.example\nSubject: Undelivered Mail\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nIt was not delivered.\n--x\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; Ann@Customer.example\n\
         Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n\n--x\nContent-Type: text/rfc822-headers\n\n\
         Message-ID: <cd.7@desk.example>\nReferences: <1@customer.example>\nSubject: Re: Help\n--x--\n"
    )
}

fn bounce_of(raw: &str) -> (Kind, BounceReport) {
    let mail = mail(raw);
    (mail.verdict.kind, mail.verdict.bounce.expect("a report"))
}

#[test]
fn a_failure_report_names_recipient_reason_and_the_mail_it_is_about() {
    let raw = report("failed", "5.1.1", "550 5.1.1 No such user here");
    let (kind, bounce) = bounce_of(&raw);
    assert_eq!(kind, Kind::Bounce);
    let failure = &bounce.failures[0];
    assert_eq!(failure.address, "Ann@customer.example");
    assert_eq!(failure.status.as_deref(), Some("5.1.1"));
    assert_eq!(failure.permanence, Permanence::Hard);
    assert_eq!(failure.diagnostic.as_deref(), Some("550 5.1.1 No such user here"));
    assert_eq!(bounce.original_message_id.as_deref(), Some("cd.7@desk.example"));
    assert_eq!(bounce.original_subject.as_deref(), Some("Re: Help"));
    assert_eq!(mail(&raw).evidence.ids, ["cd.7@desk.example", "1@customer.example"]);
    assert!(!mail(&raw).verdict.may_be_answered());
}

#[test]
fn the_words_of_the_server_decide_between_hard_and_soft() {
    let permanence = |status: &str, said: &str| bounce_of(&report("failed", status, said)).1.failures[0].permanence;
    assert_eq!(permanence("5.2.2", "552 5.2.2 Mailbox is over its quota"), Permanence::Soft);
    assert_eq!(permanence("5.7.1", "554 5.7.1 Message refused by policy"), Permanence::Soft);
    assert_eq!(permanence("5.0.0", "550 Host or domain name not found"), Permanence::Hard);
    assert_eq!(permanence("5.0.0", "550 User unknown"), Permanence::Hard);
    assert_eq!(permanence("4.4.1", "421 Connection timed out"), Permanence::Soft);
    assert_eq!(permanence("5.0.0", "554 Something else"), Permanence::Soft);
}

#[test]
fn a_delay_is_no_failure_and_a_success_no_bounce() {
    assert_eq!(bounce_of(&report("delayed", "4.4.1", "421 try later")).0, Kind::Delay);
    assert!(mail(report("delivered", "2.0.0", "250 ok")).verdict.bounce.is_none());
    assert_eq!(mail(report("delivered", "2.0.0", "250 ok")).verdict.kind, Kind::AutoReply);
}

#[test]
fn a_notice_in_prose_is_read() {
    let (kind, bounce) = bounce_of(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: support@desk.example\nSubject: failure notice\n\n\
         Hi. I'm afraid I wasn't able to deliver your message.\n\n<ann@customer.example>:\nRemote host said: 550 no mailbox here by that name\n\n\
         <bob@customer.example>:\nRemote host said: 552 mailbox full\n\n--- Below this line is a copy of the message.\n\n\
         Message-ID: <cd.7@desk.example>\nSubject: Re: Help\nTo: ann@customer.example, eve@customer.example\n\nHello",
    );
    assert_eq!(kind, Kind::Bounce);
    let found: Vec<(&str, Permanence)> =
        bounce.failures.iter().map(|failure| (failure.address.as_str(), failure.permanence)).collect();
    assert_eq!(found, [("ann@customer.example", Permanence::Hard), ("bob@customer.example", Permanence::Soft)]);
    assert_eq!(bounce.original_message_id.as_deref(), Some("cd.7@desk.example"));
}

#[test]
fn a_person_who_writes_about_a_bounce_is_a_person() {
    let body = "Hello,\n\nour mail to ann@customer.example could not be delivered:\n\n550 5.1.1 User unknown\n\n\
        Final-Recipient: rfc822; ann@customer.example\nAction: failed\nStatus: 5.1.1\n\nPlease help.";
    assert_eq!(from_customer("", body).verdict.kind, Kind::Person);
    for subject in
        ["Re: Undelivered Mail Returned to Sender", "Fwd: failure notice", "Delivery failure of our SFTP jobs"]
    {
        let mail = mail(format!(
            "From: ann@customer.example\nSubject: {subject}\nContent-Type: text/plain\n\nSee below, file delivery stopped at 10:00."
        ));
        assert_eq!(mail.verdict.kind, Kind::Person, "{subject}");
    }
}

#[test]
fn a_complaint_is_feedback() {
    let mail = mail(
        "From: fbl@isp.example\nSubject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\n\nspam\n--x\n\
         Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <cd.7@desk.example>\n\nx\n--x--\n",
    );
    assert_eq!(mail.verdict.kind, Kind::Feedback);
    assert_eq!(mail.evidence.ids, ["cd.7@desk.example"]);
}
