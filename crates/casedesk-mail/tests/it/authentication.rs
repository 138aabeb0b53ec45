//! Who a receiving server says that a mail is from, and who only claims to be that server.

use casedesk_mail::InboundMail;

use crate::support::mail;

const OURS: &str = "mx.desk.example";

fn by_maya(fields: &str) -> InboundMail {
    mail(format!("{fields}From: Maya <maya@desk.example>\nTo: support@desk.example\nSubject: x\n\nHi"))
}

fn proven(fields: &str) -> bool {
    by_maya(fields).proves_its_author(&[OURS.to_owned()])
}

#[test]
fn dmarc_of_our_own_server_proves_the_writer() {
    assert!(proven("Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n"));
    assert!(proven(
        "Authentication-Results: MX.Desk.Example 1; spf=fail smtp.mailfrom=a@b.example;\n\
         \tdkim=fail reason=\"bad; really\" header.d=desk.example;\n dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=Desk.Example\n"
    ));
    assert!(proven(
        "Authentication-Results: \"mx.desk.example\"; dmarc / 1 = pass header . from = \"desk.example\";\n"
    ));
}

#[test]
fn a_signature_of_the_writers_own_domain_proves_it_and_one_of_another_does_not() {
    assert!(proven("Authentication-Results: mx.desk.example; dkim=pass header.d=desk.example header.s=a\n"));
    assert!(proven(
        "Authentication-Results: mx.desk.example; dkim=pass header.d=list.example; dkim=pass header.d=desk.example; dmarc=none\n"
    ));
    assert!(!proven("Authentication-Results: mx.desk.example; dkim=pass header.d=evil.example\n"));
    assert!(!proven("Authentication-Results: mx.desk.example; dkim=pass header.d=mail.desk.example\n"));
    assert!(!proven("Authentication-Results: mx.desk.example; dkim=pass header.i=@desk.example\n"));
    assert!(!proven("Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=maya@desk.example\n"));
}

#[test]
fn a_failed_dmarc_is_not_outweighed_and_a_pass_for_another_domain_is_none() {
    for results in [
        "dmarc=fail header.from=desk.example; dkim=pass header.d=desk.example",
        "dmarc=pass header.from=evil.example; dkim=pass header.d=desk.example",
        "dmarc=pass header.from=evil.example; dmarc=pass header.from=desk.example",
        "dmarc=fail header.from=desk.example; dmarc=pass header.from=desk.example",
        "dmarc=pass header.from=evil.example header.from=desk.example",
        "dmarc=pass",
        "none",
        "",
    ] {
        assert!(!proven(&format!("Authentication-Results: mx.desk.example; {results}\n")), "{results}");
    }
}

#[test]
fn only_the_topmost_field_counts_so_that_one_that_came_with_the_mail_proves_nothing() {
    let forged = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n";
    assert!(!proven(&format!(
        "Authentication-Results: mx.desk.example; dmarc=fail header.from=desk.example\n{forged}"
    )));
    assert!(!proven(&format!("Authentication-Results: mx.other.example; dmarc=fail\n{forged}")));
    assert!(!proven(&format!(
        "Authentication-Results: mx.desk.example; dkim=none\nReceived: by mx.desk.example; x\n{forged}"
    )));
    // One that is not well formed still is the topmost.
    assert!(!proven(&format!("Authentication-Results: (\n{forged}")));
}

#[test]
fn a_server_is_known_by_its_whole_name_outside_of_comments_and_quotes() {
    for server in [
        "evil.example",
        "(mx.desk.example) evil.example",
        "evil.example (mx.desk.example)",
        "mx.desk.example.evil.example",
        "evil.mx.desk.example",
        "mx.desk.example evil",
        "mx.desk.example 2",
        "(mx.desk.example",
        "\"mx.desk.example",
        "",
    ] {
        let field = format!("Authentication-Results: {server}; dmarc=pass header.from=desk.example\n");
        assert!(!proven(&field), "{server}");
    }
}

#[test]
fn words_in_comments_quotes_and_other_values_are_no_results() {
    for results in [
        "spf=fail (dmarc=pass header.from=desk.example)",
        "spf=fail (a (b) \\) ; dmarc=pass header.from=desk.example)",
        "spf=fail smtp.helo=\"x; dmarc=pass header.from=desk.example\"",
        "spf=fail reason=\"; dmarc=pass header.from=desk.example",
        "spf=fail smtp.helo=dmarc=pass header.from=desk.example",
        "x-dmarc=pass header.from=desk.example",
        "dmarc=passed header.from=desk.example",
        "dmarc pass header.from=desk.example",
        "dmarc==pass header.from=desk.example",
    ] {
        assert!(!proven(&format!("Authentication-Results: mx.desk.example; {results}\n")), "{results}");
    }
}

#[test]
fn nothing_is_proven_without_the_field_without_trust_or_by_the_fields_of_others() {
    assert!(!proven(""));
    assert!(!proven("ARC-Authentication-Results: i=1; mx.desk.example; dmarc=pass header.from=desk.example\n"));
    assert!(!proven("X-Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n"));
    let good = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n";
    assert!(!by_maya(good).proves_its_author(&[]));
    assert!(!by_maya(good).proves_its_author(&[String::new(), "other.example".to_owned()]));
}

#[test]
fn a_writer_whom_a_group_names_or_who_shares_the_from_field_is_not_proven() {
    let good = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\n";
    let trusted = [OURS.to_owned()];
    let rewritten = mail(format!(
        "{good}From: Maya via Help <support@desk.example>\nX-Original-From: maya@desk.example\nSubject: x\n\nHi"
    ));
    assert_eq!(rewritten.author.address.address, "maya@desk.example");
    assert!(!rewritten.proves_its_author(&trusted));
    let two = mail(format!("{good}From: maya@desk.example, eve@evil.example\nSubject: x\n\nHi"));
    assert!(!two.proves_its_author(&trusted));
    let twice = by_maya(&format!("{good}From: eve@evil.example\n"));
    assert!(!twice.proves_its_author(&trusted));
    let hidden = mail(format!("{good}From: maya@desk.example\nFrom: nobody\nSubject: x\n\nHi"));
    assert!(!hidden.proves_its_author(&trusted));
}

#[test]
fn endless_and_deep_fields_are_given_up() {
    let deep =
        format!("Authentication-Results: {} mx.desk.example; dmarc=pass header.from=desk.example\n", "(".repeat(9_000));
    assert!(!proven(&deep));
    let long = format!(
        "Authentication-Results: mx.desk.example; {}dmarc=pass header.from=desk.example\n",
        "spf=pass;".repeat(50_000)
    );
    assert!(!proven(&long));
}
