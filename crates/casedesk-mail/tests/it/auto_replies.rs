//! Machines that must not be answered, and people who look like them.

use casedesk_mail::{Kind, ListKind};

use crate::support::{from_customer, mail};

#[test]
fn machines_are_recognised_by_the_fields_they_write() {
    for fields in [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated; owner-email=\"x\"\n",
        "Auto-Submitted: auto-notified (vacation)\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: x\n",
        "X-Auto-Response-Suppress: OOF, AutoReply\n",
        "Precedence: auto_reply\n",
        "Return-Path: <>\n",
    ] {
        let mail = from_customer(fields, "I am away.");
        assert_eq!(mail.verdict.kind, Kind::AutoReply, "{fields}");
        assert!(!mail.verdict.may_be_answered());
    }
}

#[test]
fn a_person_is_not_a_machine_for_a_field_that_says_no() {
    for fields in [
        "Auto-Submitted: no\n",
        "Auto-Submitted: NO\n",
        "X-Auto-Response-Suppress: None\n",
        "Precedence: normal\n",
        "Return-Path: <ann@customer.example>\n",
        "X-Autoreply: no\n",
    ] {
        let mail = from_customer(fields, "Hello");
        assert_eq!(mail.verdict.kind, Kind::Person, "{fields}: {}", mail.verdict.reason);
    }
}

#[test]
fn an_absence_note_is_known_by_its_subject_in_many_languages() {
    for subject in [
        "Automatic reply: Help",
        "Out of Office: Help",
        "Abwesenheitsnotiz: Hilfe",
        "Automatische Antwort: x",
        "Réponse automatique : x",
        "Respuesta automática: x",
        "Risposta automatica: x",
        "Resposta automática: x",
        "Automatisch antwoord: x",
        "Autosvar: x",
        "Automatisk svar: x",
        "Automaattinen vastaus: x",
        "Automatyczna odpowiedź: x",
        "Automatická odpověď: x",
        "Автоматический ответ: x",
        "Автоматична відповідь: x",
        "Otomatik Yanıt: x",
        "自動返信: x",
        "自动回复: x",
        "자동 회신: x",
        "תשובה אוטומטית: x",
        "رد تلقائي: x",
    ] {
        let mail = mail(format!("From: ann@customer.example\nSubject: {subject}\n\nI am away."));
        assert_eq!(mail.verdict.kind, Kind::AutoReply, "{subject}");
    }
    for subject in [
        "Re: Automatic reply: Help",
        "Your automatic replies do not work",
        "Question about out of office replies",
        "Automation fails",
    ] {
        let mail = mail(format!("From: ann@customer.example\nSubject: {subject}\n\nHello"));
        assert_eq!(mail.verdict.kind, Kind::Person, "{subject}");
    }
}

#[test]
fn a_customer_who_writes_through_the_group_is_a_person() {
    let mail = from_customer(
        "Precedence: list\nList-ID: <support.desk.example>\nList-Post: <https://groups.example/x>, <mailto:support@desk.example>\n\
         List-Unsubscribe: <mailto:x@googlegroups.com>\nX-Google-Group-Id: 1\nMailing-list: list support@desk.example; contact support+owners@desk.example\n",
        "Hello",
    );
    assert_eq!(mail.verdict.kind, Kind::Person);
    let list = mail.list.expect("a list");
    assert_eq!(list.kind, ListKind::GoogleGroup);
    assert_eq!(list.id.as_deref(), Some("support.desk.example"));
    assert_eq!(list.post.as_deref(), Some("support@desk.example"));
}

#[test]
fn an_absence_note_through_the_group_is_still_one() {
    let mail = from_customer(
        "Precedence: list\nList-ID: <support.desk.example>\nX-Google-Group-Id: 1\nAuto-Submitted: auto-replied\n",
        "Away",
    );
    assert_eq!(mail.verdict.kind, Kind::AutoReply);
}

#[test]
fn newsletters_and_senders_that_take_no_answer_are_bulk() {
    for fields in [
        "List-Unsubscribe: <https://x.example>\nList-Id: News <news.x.example>\n",
        "Precedence: bulk\n",
        "Precedence: junk\n",
    ] {
        assert_eq!(from_customer(fields, "Buy").verdict.kind, Kind::Bulk, "{fields}");
    }
    for from in [
        "no-reply@x.example",
        "noreply@x.example",
        "do-not-reply@x.example",
        "owner-list@x.example",
        "list-request@x.example",
        "notifications-noreply@x.example",
    ] {
        let mail = mail(format!("From: {from}\nSubject: x\n\nHi"));
        assert_eq!(mail.verdict.kind, Kind::Bulk, "{from}");
    }
    assert_eq!(mail("From: request@x.example\nSubject: x\n\nHi").verdict.kind, Kind::Person);
}

#[test]
fn a_mail_that_went_through_too_many_servers_is_a_loop() {
    let mail = from_customer(&"Received: from a by b; Mon, 5 Jan 2026 06:00:00 +0000\n".repeat(60), "Hi");
    assert_eq!((mail.verdict.kind, mail.received_count), (Kind::Loop, 60));
}

#[test]
fn a_receipt_is_no_persons_mail() {
    let mail = mail(
        "From: ann@customer.example\nSubject: Read: Help\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\nSeen.\n--x\n\
         Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--x--\n",
    );
    assert_eq!(mail.verdict.kind, Kind::AutoReply);
}

#[test]
fn a_customer_cannot_hide_behind_our_loop_mark_in_the_group() {
    let mail = mail(
        "From: Ann via Support <support@desk.example>\nReply-To: ann@customer.example\nX-Original-Sender: ann@customer.example\n\
         X-Google-Group-Id: 1\nX-Casedesk-Loop: forged\nSubject: x\n\nHi",
    );
    assert_eq!(mail.verdict.kind, Kind::Person);
}
