//! Replies, forwards and signatures as mail programs write them in many languages.

use casedesk_mail::SegmentKind;

use crate::support::{collapsed, from_customer};

/// How Gmail, Apple Mail, Thunderbird and others introduce what they quote.
const ATTRIBUTIONS: &[&str] = &[
    "On Mon, Jan 5, 2026 at 10:00 AM Support <support@desk.example> wrote:",
    "On 5 Jan 2026, at 10:00, Support <support@desk.example> wrote:",
    "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Support <support@desk.example>:",
    "Am 05.01.2026 um 10:00 schrieb Support:",
    "Le lun. 5 janv. 2026 à 10:00, Support <support@desk.example> a écrit :",
    "El lun, 5 ene 2026 a las 10:00, Support (<support@desk.example>) escribió:",
    "Il giorno lun 5 gen 2026 alle ore 10:00 Support <support@desk.example> ha scritto:",
    "Em seg., 5 de jan. de 2026 às 10:00, Support <support@desk.example> escreveu:",
    "Op ma 5 jan 2026 om 10:00 schreef Support <support@desk.example>:",
    "Op 5 jan. 2026 om 10:00 heeft Support <support@desk.example> het volgende geschreven:",
    "Den mån 5 jan. 2026 kl 10:00 skrev Support <support@desk.example>:",
    "Den man. 5. jan. 2026 kl. 10.00 skrev Support <support@desk.example>:",
    "man. 5. jan. 2026 kl. 10:00 skrev Support <support@desk.example>:",
    "ma 5. tammik. 2026 klo 10.00 Support (support@desk.example) kirjoitti:",
    "pon., 5 sty 2026 o 10:00 Support <support@desk.example> napisał(a):",
    "W dniu 5.01.2026 o 10:00, Support pisze:",
    "po 5. 1. 2026 v 10:00 odesílatel Support <support@desk.example> napsal:",
    "Dne 05.01.2026 v 10:00 Support napsal(a):",
    "пн, 5 янв. 2026 г. в 10:00, Support <support@desk.example>:",
    "05.01.2026 10:00, Support пишет:",
    "пн, 5 січ. 2026 р. о 10:00 Support <support@desk.example> пише:",
    "Support <support@desk.example>, 5 Oca 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "2026年1月5日(月) 10:00 Support <support@desk.example>:",
    "2026/01/05 10:00、Support <support@desk.example>のメール:",
    "Support <support@desk.example> 于2026年1月5日周一 10:00写道：",
    "在 2026年1月5日，上午10:00，Support <support@desk.example> 写道：",
    "2026년 1월 5일 (월) 오전 10:00, Support <support@desk.example>님이 작성:",
    "\u{202b}בתאריך יום ב׳, 5 בינו׳ 2026 ב-10:00 מאת \u{202a}Support\u{202c}\u{200f} <\u{202a}support@desk.example\u{202c}\u{200f}>:",
    "في الاثنين، 5 يناير 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Support <support@desk.example>:",
];

#[test]
fn the_line_above_a_quote_is_folded_with_it_in_every_language() {
    let mut missed = Vec::new();
    for attribution in ATTRIBUTIONS {
        let mail = from_customer("", &format!("New text.\n\n{attribution}\n\n> Old text.\n> More.\n"));
        if mail.body.new_text() != "New text." {
            missed.push(*attribution);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_wrapped_line_above_a_quote_is_folded_whole() {
    let mut missed = Vec::new();
    for attribution in ATTRIBUTIONS.iter().filter(|attribution| attribution.contains(" <")) {
        let wrapped = attribution.replacen(" <", "\n<", 1);
        let mail = from_customer("", &format!("New text.\n\n{wrapped}\n> Old text.\n"));
        if mail.body.new_text() != "New text." {
            missed.push(wrapped);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn text_that_only_resembles_such_a_line_stays() {
    for text in [
        "On your remote host you can run:",
        "On 5 Jan 2026 we upgraded.",
        "He wrote:",
        "Am Montag geht nichts:",
        "Steps:",
        "At 10:00 the job started:",
    ] {
        let mail = from_customer("", &format!("Hello,\n\n{text}\n\nsftp -v host\n"));
        assert_eq!(collapsed(&mail.body.new_text()), collapsed(&format!("Hello, {text} sftp -v host")), "{text}");
    }
}

/// How Outlook repeats the header of the mail above it.
const BLOCKS: &[&str] = &[
    "From: Support\nSent: Monday, January 5, 2026 10:00 AM\nTo: Ann\nSubject: Help",
    "Von: Support\nGesendet: Montag, 5. Januar 2026 10:00\nAn: Ann\nBetreff: Hilfe",
    "De : Support\nEnvoyé : lundi 5 janvier 2026 10:00\nÀ : Ann\nObjet : Aide",
    "De: Support\nEnviado el: lunes, 5 de enero de 2026 10:00\nPara: Ann\nAsunto: Ayuda",
    "Da: Support\nInviato: lunedì 5 gennaio 2026 10:00\nA: Ann\nOggetto: Aiuto",
    "De: Support\nEnviado: segunda-feira, 5 de janeiro de 2026 10:00\nPara: Ann\nAssunto: Ajuda",
    "Van: Support\nVerzonden: maandag 5 januari 2026 10:00\nAan: Ann\nOnderwerp: Hulp",
    "Från: Support\nSkickat: den 5 januari 2026 10:00\nTill: Ann\nÄmne: Hjälp",
    "Fra: Support\nSendt: 5. januar 2026 10:00\nTil: Ann\nEmne: Hjælp",
    "Lähettäjä: Support\nLähetetty: maanantai 5. tammikuuta 2026 10.00\nVastaanottaja: Ann\nAihe: Apua",
    "Od: Support\nWysłano: poniedziałek, 5 stycznia 2026 10:00\nDo: Ann\nTemat: Pomoc",
    "Od: Support\nOdesláno: pondělí 5. ledna 2026 10:00\nKomu: Ann\nPředmět: Pomoc",
    "От: Support\nОтправлено: 5 января 2026 г. 10:00\nКому: Ann\nТема: Помощь",
    "Від: Support\nНадіслано: 5 січня 2026 р. 10:00\nКому: Ann\nТема: Допомога",
    "Kimden: Support\nGönderildi: 5 Ocak 2026 10:00\nKime: Ann\nKonu: Yardım",
    "差出人: Support\n送信日時: 2026年1月5日 10:00\n宛先: Ann\n件名: ヘルプ",
    "发件人: Support\n发送时间: 2026年1月5日 10:00\n收件人: Ann\n主题: 帮助",
    "보낸 사람: Support\n보낸 날짜: 2026년 1월 5일 10:00\n받는 사람: Ann\n제목: 도움",
    "מאת: Support\nנשלח: יום שני 05 ינואר 2026 10:00\nאל: Ann\nנושא: עזרה",
    "من: Support\nتم الإرسال: 05 يناير 2026 10:00\nإلى: Ann\nالموضوع: مساعدة",
    "*From:* Support\n*Sent:* Monday\n*To:* Ann\n*Subject:* Help",
];

#[test]
fn the_header_block_of_outlook_begins_the_history_in_every_language() {
    for block in BLOCKS {
        for rule in ["", "________________________________\n", "-----Original Message-----\n"] {
            let mail = from_customer("", &format!("New text.\n\n{rule}{block}\n\nOld text.\n"));
            assert_eq!(mail.body.new_text(), "New text.", "{rule}{block}");
            assert!(mail.body.quoted().ends_with("Old text."), "{block}");
        }
    }
}

#[test]
fn a_forwarded_mail_is_told_from_a_quote() {
    for mark in [
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Message transféré ---------",
        "---------- Mensaje reenviado ---------",
        "---------- Messaggio inoltrato ---------",
        "---------- Mensagem encaminhada ---------",
        "---------- Doorgestuurd bericht ---------",
        "---------- Vidarebefordrat meddelande ---------",
        "---------- Přeposlaná zpráva ---------",
        "---------- Пересылаемое сообщение ---------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "Début du message réexpédié :",
    ] {
        let mail = from_customer(
            "",
            &format!("Please see.\n\n{mark}\nFrom: Bob <bob@x.example>\nSubject: Old\n\nOld text.\n"),
        );
        assert_eq!(mail.body.new_text(), "Please see.", "{mark}");
        assert!(mail.body.segments.iter().any(|segment| segment.kind == SegmentKind::Forward), "{mark}");
        assert_eq!(mail.forwarded.and_then(|forwarded| forwarded.subject).as_deref(), Some("Old"), "{mark}");
    }
}

#[test]
fn the_signature_of_a_phone_is_none_of_the_text() {
    for signature in [
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Enviado do meu iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "iPhone'umdan gönderildi",
        "iPhoneから送信",
        "发自我的iPhone",
        "나의 iPhone에서 보냄",
        "נשלח מה-iPhone שלי",
    ] {
        let mail = from_customer("", &format!("New text.\n\n{signature}\n"));
        assert_eq!(mail.body.new_text(), "New text.", "{signature}");
        assert_eq!(mail.body.signature(), signature);
    }
    let own = "New text.\n\nSent from my desk, which is quicker than my phone.";
    assert_eq!(from_customer("", own).body.new_text(), own);
}

#[test]
fn signature_list_footer_and_disclaimer_are_folded_apart_from_the_text() {
    let mail = from_customer("", "New text.\n\n-- \nAnn Doe\nCustomer Ltd\n");
    assert_eq!(
        (mail.body.new_text().as_str(), mail.body.signature().as_str()),
        ("New text.", "-- \nAnn Doe\nCustomer Ltd")
    );
    let listed = from_customer(
        "",
        "New text.\n\n-- \nYou received this message because you are subscribed to the Google Groups \"support\" group.\nTo unsubscribe send mail.\n",
    );
    assert_eq!(listed.body.segments.last().map(|segment| segment.kind), Some(SegmentKind::Footer));
    let noticed = from_customer("", "New text.\n\nThis email and any attachments are confidential.\nDelete it.\n");
    assert_eq!(noticed.body.new_text(), "New text.");
}

#[test]
fn an_answer_between_the_lines_keeps_what_it_answers() {
    let mail = from_customer(
        "",
        "Hello,\n\nOn Mon, Jan 5, 2026 at 10:00 AM Support <s@desk.example> wrote:\n> Which version?\n\n9.2.1\n\n> Which system?\n\nDebian 12\n",
    );
    assert_eq!(collapsed(&mail.body.new_text()), "Hello, > Which version? 9.2.1 > Which system? Debian 12");
}

#[test]
fn an_answer_below_the_quote_is_the_new_text() {
    let mail = from_customer(
        "",
        "On Mon, Jan 5, 2026 at 10:00 AM Support <s@desk.example> wrote:\n> Which version?\n> Which system?\n\n9.2.1 on Debian\n",
    );
    assert_eq!(mail.body.new_text(), "9.2.1 on Debian");
}

#[test]
fn flowed_lines_are_joined_and_quotes_kept() {
    let mail = from_customer("", "");
    assert_eq!(mail.body.new_text(), "");
    let mail = crate::support::mail(
        "From: ann@customer.example\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nOne long \nline.\n From here.\n\n> quoted \n> on\n-- \nAnn\n",
    );
    assert_eq!(mail.body.full_text(), "One long line.\nFrom here.\n\n> quoted on\n-- \nAnn");
}

#[test]
fn text_in_a_wrong_or_missing_charset_is_repaired() {
    let text_of = |charset: &str, body: &[u8]| {
        let mut raw = format!("From: ann@customer.example\nContent-Type: text/plain{charset}\n\n").into_bytes();
        raw.extend_from_slice(body);
        crate::support::mail(raw).body.new_text()
    };
    assert_eq!(text_of("; charset=us-ascii", "Grüße".as_bytes()), "Grüße");
    assert_eq!(text_of("", "Grüße".as_bytes()), "Grüße");
    assert_eq!(text_of("; charset=iso-8859-1", "Grüße".as_bytes()), "Grüße");
    assert_eq!(text_of("; charset=iso-8859-1", b"Gr\xfc\xdfe"), "Grüße");
    assert_eq!(text_of("; charset=utf-8", b"Viele Gr\xfc\xdfe aus K\xf6ln"), "Viele Grüße aus Köln");
    assert_eq!(text_of("; charset=x-unknown", b"Gr\xc3\xbc\xc3\x9fe"), "Grüße");
    assert_eq!(text_of("; charset=utf-7", b"Gr+APwA3w-e 1 +- 1"), "Grüße 1 + 1");
    assert_eq!(text_of("", b"\x1b$B$3$s$K$A$O\x1b(B"), "こんにちは");
    assert_eq!(text_of("; charset=koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4"), "Привет");
}

#[test]
fn a_mail_quoted_with_its_attribution_above_the_greeting_is_history() {
    let mail = from_customer(
        "",
        "Works now.\n\n> On 5 Jan 2026, at 10:00, Support <s@desk.example> wrote:\n> \n> Which version?\n\nThanks,\nAnn\n",
    );
    assert_eq!(collapsed(&mail.body.new_text()), "Works now. Thanks, Ann");
}

#[test]
fn what_a_list_passed_on_is_history_also_without_quote_marks() {
    let mail = from_customer("", "Ok.\n\nAnn Doe via Support wrote:\n\nOld text.\n");
    assert_eq!(mail.body.new_text(), "Ok.");
}

#[test]
fn a_title_of_any_language_above_a_header_block_belongs_to_it() {
    let block = "Od: Support\nKomu: Ann\nDatum: 1. 1. 2026 10:00\nPředmět: x";
    let mail = from_customer("", &format!("Ano.\n\n---------- Původní e-mail ----------\n{block}\n\nStarý text.\n"));
    assert_eq!(mail.body.new_text(), "Ano.");
}
