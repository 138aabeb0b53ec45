//! Multiparts whose delimiters are wrong, missing or cut off.

use casedesk_mail::InboundMail;

use crate::support::{collapsed, mail};

fn multipart(kind: &str, body: &str) -> InboundMail {
    mail(format!(
        "From: Ann <ann@customer.example>\nSubject: Help\nContent-Type: multipart/{kind}; boundary=\"out\"\n\n{body}"
    ))
}

fn text(mail: &InboundMail) -> String {
    collapsed(&mail.body.full_text())
}

fn types(mail: &InboundMail) -> Vec<&str> {
    mail.attachments.iter().map(|file| file.content_type.as_str()).collect()
}

#[test]
fn a_boundary_that_begins_like_another_does_not_end_it() {
    let mail = multipart(
        "mixed",
        "--out\nContent-Type: multipart/mixed; boundary=\"outer\"\n\n--outer\n\none\n--outer\n\ntwo\n--outer--\n--out\n\nthree\n--out--\n",
    );
    assert_eq!(text(&mail), "one two three");
    let mail = multipart(
        "mixed",
        "--out\nContent-Type: multipart/mixed; boundary=\"ou\"\n\n--ou\n\none\n--out\n\ntwo\n--out--\n",
    );
    assert_eq!(text(&mail), "one two");
    assert!(mail.attachments.is_empty());
}

#[test]
fn a_delimiter_of_the_outer_multipart_ends_the_inner_one() {
    let mail = multipart(
        "mixed",
        "--out\nContent-Type: multipart/alternative; boundary=\"in\"\n\n--in\n\nplain\n--in\nContent-Type: text/html\n\n<p>html</p>\n\
         --out\nContent-Type: image/png; name=a.png\n\nx\n--out--\n",
    );
    assert_eq!(text(&mail), "plain");
    assert!(mail.body.html.is_some_and(|html| html.contains("<p>html</p>")));
    assert_eq!(mail.attachments[0].bytes, b"x");
}

#[test]
fn delimiters_of_a_multipart_that_was_left_unclosed_still_separate_parts() {
    let mail = multipart(
        "mixed",
        "--out\nContent-Type: multipart/mixed; boundary=\"in\"\n\n--in\n\none\n--out\n\ntwo\n--in\nContent-Type: text/plain\n\nthree\n--in--\n\
         --out\n\nfour\n--out--\n",
    );
    assert_eq!(text(&mail), "one two three four");
}

#[test]
fn a_line_like_a_delimiter_of_a_closed_multipart_is_text() {
    let mail = multipart(
        "mixed",
        "--out\nContent-Type: multipart/mixed; boundary=\"in\"\n\n--in\n\none\n--in--\n--out\n\ntwo\n--in\nthree\n--out--\n",
    );
    assert_eq!(text(&mail), "one two --in three");
}

#[test]
fn the_text_in_which_a_cut_off_mail_ends_is_a_file_behind_a_whole_text() {
    let mail = multipart("mixed", "--out\n\nwhole\n--out\nContent-Type: text/html\n\n<p>cut o");
    assert_eq!(text(&mail), "whole");
    assert_eq!(types(&mail), ["text/html"]);
    assert_eq!(mail.attachments[0].bytes, b"<p>cut o");
    // An inner multipart that the end of the mail closes is no different.
    let mail = multipart(
        "mixed",
        "--out\n\nwhole\n--out\nContent-Type: multipart/mixed; boundary=in\n\n--in\n\nalso whole\n--in\n\ncut o",
    );
    assert_eq!(text(&mail), "whole also whole");
    assert_eq!(types(&mail), ["text/plain"]);
}

#[test]
fn the_only_text_of_a_cut_off_mail_is_shown() {
    for (kind, body) in [
        ("mixed", "--out\n\ncut o"),
        ("mixed", "--out\n\n \n--out\n\ncut o"),
        ("mixed", "--out\nContent-Type: image/png\n\nx\n--out\n\ncut o"),
        ("related", "--out\nContent-Type: text/html\n\n<p>cut o"),
    ] {
        assert_eq!(text(&multipart(kind, body)), "cut o", "{body}");
    }
    let forms = multipart("alternative", "--out\n\nplain\n--out\nContent-Type: text/html\n\n<p>cut o");
    assert_eq!(text(&forms), "plain");
    assert!(forms.body.html.is_some_and(|html| html.contains("cut o")) && forms.attachments.is_empty());
}

#[test]
fn a_last_delimiter_without_its_closing_dashes_begins_nothing() {
    for end in ["--out", "--out\n", "--out\n\n", "--out--"] {
        let mail = multipart("mixed", &format!("--out\n\none\n--out\n\ntwo\n{end}"));
        assert_eq!(text(&mail), "one two", "{end:?}");
        assert!(mail.attachments.is_empty(), "{end:?}");
    }
    // The closing delimiter may stand behind the last line.
    let mail = multipart("mixed", "--out\n\none\n--out\n\ntwo--out--\n");
    assert_eq!(text(&mail), "one two");
}
