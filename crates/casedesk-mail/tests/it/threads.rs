//! Where a mail belongs, and the proofs that decide it.

use casedesk_mail::thread::{EvidenceKind, Known, Placement, SimilarCase, TokenClaim, place};
use casedesk_mail::{InboundMail, token};

use crate::support::mail;

fn reply() -> InboundMail {
    mail(
        "From: ann@customer.example\nTo: support@desk.example\nSubject: Re: [CD-7] Help\nMessage-ID: <9@customer.example>\n\
         In-Reply-To: <8@desk.example>\nReferences: <1@customer.example> <8@desk.example>\n\nHi",
    )
}

fn claim(participant: bool, domain: bool) -> TokenClaim {
    TokenClaim { case: 7, author_is_participant: participant, author_shares_domain: domain }
}

fn joined(known: &Known) -> Option<(i64, EvidenceKind)> {
    match place(&reply(), known) {
        Placement::Join { case, evidence, .. } => Some((case, evidence)),
        Placement::New { .. } => None,
    }
}

#[test]
fn the_strongest_evidence_decides() {
    let mut known = Known {
        signed_reply_case: Some(1),
        signed_id_case: Some(2),
        ids: vec![("1@customer.example".to_owned(), 4), ("8@desk.example".to_owned(), 3)],
        tokens: vec![claim(true, true)],
        similar: Vec::new(),
    };
    assert_eq!(joined(&known), Some((1, EvidenceKind::SignedReply)));
    known.signed_reply_case = None;
    assert_eq!(joined(&known), Some((2, EvidenceKind::SignedMessageId)));
    known.signed_id_case = None;
    assert_eq!(joined(&known), Some((3, EvidenceKind::AnsweredId)));
    known.ids.pop();
    assert_eq!(joined(&known), Some((4, EvidenceKind::ReferencedId)));
    known.ids.clear();
    assert_eq!(joined(&known), Some((7, EvidenceKind::SubjectToken)));
}

#[test]
fn the_id_of_a_mail_that_was_named_before_it_arrived_joins() {
    let known = Known { ids: vec![("9@customer.example".to_owned(), 5)], ..Known::default() };
    assert_eq!(joined(&known), Some((5, EvidenceKind::NamedBefore)));
}

#[test]
fn a_stranger_quoting_a_case_number_gets_a_new_case() {
    let known = Known { tokens: vec![claim(false, false)], ..Known::default() };
    let Placement::New { suggestion, .. } = place(&reply(), &known) else {
        panic!("a number alone admits nobody");
    };
    assert_eq!(suggestion.expect("an offer for an agent").case, 7);
    assert_eq!(
        joined(&Known { tokens: vec![claim(false, true)], ..Known::default() }),
        Some((7, EvidenceKind::SubjectToken))
    );
}

#[test]
fn likeness_only_suggests_and_prefers_the_writers_own_latest_case() {
    let similar = |case: i64, subject: &str, own: bool, last_activity: i64| SimilarCase {
        case,
        base_subject: subject.to_owned(),
        author_is_participant: own,
        last_activity,
    };
    let known = Known {
        similar: vec![
            similar(1, "Help", false, 90),
            similar(2, "AW: help", true, 10),
            similar(3, "Help", true, 20),
            similar(4, "Other", true, 99),
        ],
        ..Known::default()
    };
    let Placement::New { suggestion, .. } = place(&reply(), &known) else {
        panic!("likeness must not join");
    };
    assert_eq!(suggestion.expect("a suggestion").case, 3);
    assert_eq!(
        place(&reply(), &Known::default()),
        Placement::New { suggestion: None, reason: "nothing ties it to a case".to_owned() }
    );
}

#[test]
fn evidence_is_ordered_from_near_to_far_without_repetition() {
    assert_eq!(reply().evidence.ids, ["8@desk.example", "1@customer.example"]);
}

#[test]
fn the_base_subject_is_free_of_the_marks_of_many_languages() {
    for subject in [
        "Re: Help",
        "AW: WG: Help",
        "RE[2]: Help",
        "Re (3): Help",
        "FW: Help",
        "Fwd: Re: Help",
        "TR: Help",
        "RV: Help",
        "SV: VS: Help",
        "Antw: Help",
        "Odp: Help",
        "Ответ: Help",
        "回复：Help",
        "转发: Help",
        "答复: Help",
        "Re: [support] Help",
        "[CD-1042] Help",
        "Re: [support] Re: [CD-7] Help",
        "[Fwd: Help]",
        "Help (fwd)",
        "R: I: Help",
        "YNT: Help",
        "Ynt: İlt: Help",
        "השב: Help",
        "رد: Help",
        "RES: ENC: Help",
        "Vá: Help",
        "Re:Help",
        "  Re :  Help ",
    ] {
        let mail = mail(format!("From: a@b.example\nSubject: {subject}\n\nHi"));
        assert_eq!(mail.evidence.base_subject, "Help", "{subject}");
    }
    for subject in ["Error: disk full", "[urgent]", "Recall", "12:30 meeting"] {
        let mail = mail(format!("From: a@b.example\nSubject: {subject}\n\nHi"));
        assert_eq!(mail.evidence.base_subject, subject);
    }
}

#[test]
fn a_reply_token_proves_its_case_and_nothing_else() {
    let old: &[u8] = b"old key";
    let new: &[u8] = b"new key";
    for case in [0, 1, 1042, i64::MAX] {
        let token = token::sign_reply(old, case, "ann@customer.example");
        assert!(token.len() + "support+".len() <= 64, "{token}");
        assert!(token.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{token}");
        assert_eq!(token::verify_reply(&[new, old], &token), Some(case));
        assert_eq!(token::verify_reply(&[new], &token), None);
        assert_eq!(token::verify_reply(&[], &token), None);
        assert_eq!(token::verify_message_id(&[old], &format!("cd.{token}@desk.example")), None);
    }
    assert_ne!(token::sign_reply(old, 1, "ann"), token::sign_reply(old, 1, "bob"));
}

#[test]
fn no_changed_character_of_a_token_passes() {
    let key: &[u8] = b"key";
    let token = token::sign_reply(key, 1042, "ann@customer.example");
    for at in 0..token.len() {
        for replacement in ["a", "7", "q", ""] {
            let mut changed = token.clone();
            changed.replace_range(at..=at, replacement);
            if changed != token {
                assert_eq!(token::verify_reply(&[key], &changed), None, "{changed}");
            }
        }
    }
    for nonsense in ["", "a", "====", "ünï", &"a".repeat(1_000_000)] {
        assert_eq!(token::verify_reply(&[key], nonsense), None);
    }
}

#[test]
fn a_message_id_proves_case_and_entry_under_its_own_domain() {
    let key: &[u8] = b"key";
    let id = token::sign_message_id(key, 1042, 77, "Desk.Example");
    assert_eq!(token::verify_message_id(&[key], &format!("<{}>", id.to_uppercase())), Some((1042, 77)));
    assert_eq!(token::verify_message_id(&[key], &id.replace("@desk.example", "@evil.example")), None);
    assert_eq!(token::verify_message_id(&[key], "cd.abc@desk.example"), None);
}
