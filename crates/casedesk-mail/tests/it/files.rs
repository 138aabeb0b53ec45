//! Attachments: their names, their types, what is shown.

use casedesk_mail::Attachment;

use crate::support::mail;

fn attached(parameters: &str, content_type: &str, base64: &str) -> Attachment {
    let raw = format!(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\nContent-Type: {content_type}\n\
         Content-Disposition: attachment; {parameters}\nContent-Transfer-Encoding: base64\n\n{base64}\n--x--\n"
    );
    mail(raw).attachments.into_iter().next().expect("a file")
}

fn named(name: &str) -> String {
    let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    attached(&format!("filename*=utf-8''{encoded}"), "application/octet-stream", "AAAA").name
}

#[test]
fn a_hostile_file_name_becomes_a_harmless_one() {
    assert_eq!(named("\u{200B}.htaccess"), "htaccess");
    assert_eq!(named("photo\u{202E}gpj.exe"), "photogpj.exe");
    assert_eq!(named("../../etc/passwd"), "passwd");
    assert_eq!(named("..\\..\\boot.ini"), "boot.ini");
    assert_eq!(named("a\0b.txt"), "ab.txt");
    assert_eq!(named("report.pdf..."), "report.pdf");
    assert_eq!(named("a\r\nX-Evil: 1.txt"), "a X-Evil_ 1.txt");
    assert_eq!(named("<script>alert(1)</script>.html"), "script_.html");
    assert_eq!(named("\" onmouseover=\"x"), "_ onmouseover=_x");
    assert_eq!(named("CON.txt"), "_CON.txt");
    assert_eq!(named("журнал работы.log"), "журнал работы.log");
}

#[test]
fn a_name_of_nothing_gets_one_by_its_type() {
    for name in ["", "...", "../..", "\u{200B}\u{FEFF}", " . "] {
        assert_eq!(named(name), "attachment.bin", "{name:?}");
    }
    assert_eq!(attached("filename=\"/\"", "application/pdf", "JVBERi0x").name, "attachment.pdf");
}

#[test]
fn a_name_of_three_hundred_bytes_is_cut_and_keeps_its_extension() {
    let name = named(&format!("{}.pcap", "é".repeat(150)));
    assert!(name.len() <= 120 && name.ends_with("é.pcap"), "{name}");
}

#[test]
fn names_that_differ_only_in_case_do_not_collide() {
    let part =
        |name: &str| format!("--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename={name}\n\nx\n");
    let raw = format!(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n{}{}{}--x--\n",
        part("log.txt"),
        part("LOG.TXT"),
        part("log-1.txt")
    );
    let names: Vec<String> = mail(raw).attachments.into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["log.txt", "LOG-1.TXT", "log-1-2.txt"]);
}

#[test]
fn only_a_raster_image_by_declaration_and_content_is_shown() {
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
    const SVG: &str = "PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIj48L3N2Zz4=";
    const HTML: &str = "PGh0bWw+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0PjwvaHRtbD4=";
    let shows = |declared: &str, content: &str| attached("filename=a", declared, content).shows_inline;
    assert!(shows("image/png", PNG));
    assert!(shows("IMAGE/PNG; charset=x", PNG));
    for (declared, content) in [
        ("image/jpeg", PNG),
        ("text/html", PNG),
        ("image/png", SVG),
        ("image/png", HTML),
        ("image/svg+xml", SVG),
        ("image/svg+xml; x", SVG),
        ("image/svg+xml", PNG),
        ("image/png", "AAAA"),
        ("application/octet-stream", PNG),
    ] {
        assert!(!shows(declared, content), "{declared} {content}");
    }
    assert_eq!(attached("filename=a", "image/png", SVG).sniffed, Some("image/svg+xml"));
    assert_eq!(attached("filename=a", "image/png", HTML).sniffed, Some("text/html"));
}

#[test]
fn names_are_read_in_every_form_that_mail_programs_write() {
    let name = |parameters: &str| attached(parameters, "application/pdf", "JVBERi0x").declared_name.expect("a name");
    assert_eq!(name("filename=\"Übung.pdf\""), "Übung.pdf");
    assert_eq!(name("filename=\"=?utf-8?B?w5xidW5nLnBkZg==?=\""), "Übung.pdf");
    assert_eq!(name("filename=plain name.pdf"), "plain name.pdf");
    assert_eq!(name("filename*0*=utf-8''%C3; filename*1*=%9Cbung; filename*2=\".pdf\""), "Übung.pdf");
    assert_eq!(name("filename*=iso-8859-1'de'%DCbung.pdf; filename=\"Ubung.pdf\""), "Übung.pdf");
}

#[test]
fn pictures_of_the_html_are_inline_and_keep_their_content_id() {
    let raw = "From: a@b.example\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n\
        <p>Hi <img src=\"cid:logo@x\"></p>\n--x\nContent-Type: image/gif\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\n\
        R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==\n--x--\n";
    let mail = mail(raw);
    assert!(mail.attachments[0].inline && mail.attachments[0].shows_inline);
    assert_eq!(mail.attachments[0].content_id.as_deref(), Some("logo@x"));
    assert!(mail.body.html.expect("html").contains("src=\"cid:logo@x\""));
}

#[test]
fn files_that_stand_in_the_text_in_uuencoding_are_files() {
    let mail = mail("From: a@b.example\n\nSee this:\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n\nBye\n");
    assert_eq!(mail.attachments[0].name, "cat.txt");
    assert_eq!(mail.attachments[0].bytes, b"Cat");
    assert_eq!(crate::support::collapsed(&mail.body.new_text()), "See this: Bye");
}

#[test]
fn a_message_that_was_attached_is_one_file_with_its_subject_as_name() {
    let raw = "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\nContent-Type: message/rfc822\n\n\
        From: c@d.example\nSubject: Old/story\n\nbody\n--x--\n";
    let mail = mail(raw);
    assert_eq!(mail.attachments.len(), 1);
    assert_eq!(mail.attachments[0].declared_name.as_deref(), Some("Old/story.eml"));
    assert_eq!(mail.attachments[0].name, "story.eml");
}
