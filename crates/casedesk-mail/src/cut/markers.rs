//! Lines that mail programs, lists and companies put between texts.

/// Between dashes, above the mail that is answered. Lower case.
const ORIGINAL: &[&str] = &[
    "original message",
    "original appointment",
    "original-nachricht",
    "originalnachricht",
    "ursprüngliche nachricht",
    "originalmail",
    "original mail",
    "message d'origine",
    "message d’origine",
    "message original",
    "message initial",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "origineel bericht",
    "originalmeddelande",
    "ursprungligt meddelande",
    "oprindelig meddelelse",
    "original meddelelse",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "původní zpráva",
    "originální zpráva",
    "исходное сообщение",
    "оригинальное сообщение",
    "вихідне повідомлення",
    "оригінальне повідомлення",
    "orijinal mesaj",
    "özgün ileti",
    "orijinal ileti",
    "元のメッセージ",
    "元のメール",
    "原始邮件",
    "原始郵件",
    "邮件原件",
    "原邮件",
    "원본 메시지",
    "원본 메일",
    "original besked",
    "ההודעה המקורית",
    "הודעה מקורית",
    "الرسالة الأصلية",
    "eredeti üzenet",
    "mesaj original",
    "reply message",
    "reply above this line",
];

/// Between dashes or ending in a colon, above a forwarded mail. Lower case.
const FORWARDED: &[&str] = &[
    "forwarded message",
    "forwarded by",
    "begin forwarded message",
    "start forwarded message",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "weitergeleitete mail",
    "message transféré",
    "message réexpédié",
    "début du message réexpédié",
    "début du message transféré",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "mensaje reenviado original",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "início da mensagem encaminhada",
    "início da mensagem reencaminhada",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "vidarebefordrat mejl",
    "videresendt meddelelse",
    "videresendt besked",
    "start på videresendt besked",
    "videresendt melding",
    "videresendt e-post",
    "välitetty viesti",
    "edelleenlähetetty viesti",
    "välitetty viesti alkaa",
    "wiadomość przekazana dalej",
    "przekazana wiadomość",
    "początek przekazywanej wiadomości",
    "přeposlaná zpráva",
    "předaná zpráva",
    "začátek přeposílané zprávy",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "перенаправленное сообщение",
    "начало переадресованного сообщения",
    "переслане повідомлення",
    "початок листа, який пересилається",
    "iletilen ileti",
    "iletilmiş ileti",
    "yönlendirilen ileti",
    "yönlendirilmiş mesaj",
    "iletilmiş mesaj",
    "iletinin başlangıcı",
    "転送メッセージ",
    "転送されたメッセージ",
    "转发的邮件",
    "转发邮件信息",
    "轉寄的郵件",
    "开始转发的邮件",
    "以下是转发邮件",
    "전달된 메시지",
    "전달된 메일",
    "הודעה שהועברה",
    "תחילת ההודעה שהועברה",
    "رسالة معاد توجيهها",
    "بداية الرسالة المعاد توجيهها",
    "továbbított üzenet",
    "mesaj redirecționat",
];

/// How the signatures begin that phones and webmails add. Lower case.
const MOBILE_BEGINNINGS: &[&str] = &[
    "sent from my ",
    "sent from mail for",
    "sent from a ",
    "sent from the ",
    "sent from outlook",
    "sent from yahoo",
    "sent from proton",
    "sent from samsung",
    "sent from iphone",
    "sent from android",
    "sent via ",
    "sent with ",
    "sent by ",
    "sent using ",
    "get outlook for",
    "get bluemail",
    "via mobile",
    "sent from windows mail",
    "sent on the ",
    "von meinem ",
    "von meiner ",
    "gesendet von ",
    "gesendet mit ",
    "gesendet aus ",
    "diese nachricht wurde von meinem",
    "holen sie sich outlook",
    "outlook für ",
    "envoyé de mon ",
    "envoyé depuis ",
    "envoyé à partir de",
    "envoyé par ",
    "télécharger outlook",
    "obtenir outlook",
    "obtenez outlook",
    "enviado desde mi ",
    "enviado desde ",
    "obtener outlook",
    "enviado do meu ",
    "enviado a partir ",
    "enviado pelo ",
    "obter o outlook",
    "obtenha o outlook",
    "inviato da ",
    "inviato dal ",
    "ottieni outlook",
    "scarica outlook",
    "verstuurd vanaf mijn ",
    "verzonden vanaf ",
    "verzonden met ",
    "verstuurd via ",
    "outlook voor ",
    "skickat från min ",
    "skickat från ",
    "hämta outlook",
    "sendt fra min ",
    "sendt fra ",
    "hent outlook",
    "lähetetty ",
    "hanki outlook",
    "wysłane z ",
    "wysłano z ",
    "pobierz outlook",
    "odesláno z ",
    "odesláno ze ",
    "získat outlook",
    "stáhnout outlook",
    "отправлено с ",
    "отправлено из ",
    "отправлено от ",
    "скачать outlook",
    "получить outlook",
    "надіслано з ",
    "відправлено з ",
    "завантажити outlook",
    "发自我的",
    "从我的",
    "從我的",
    "傳送自",
    "寄自我的",
    "获取 outlook",
    "發自我的",
    "나의 ",
    "내 ",
    "نُرسل من",
    "أرسلت من",
    "أُرسلت من",
    "مرسل من",
    "الحصول على outlook",
    "נשלח מ",
    "השג את outlook",
    "קבל את outlook",
    "elküldve a",
    "trimis de pe",
];

/// How such signatures end in languages that put the verb last. Lower case.
const MOBILE_ENDINGS: &[&str] =
    &["gönderildi", "から送信", "から送信しました", "에서 보냄", "에서 보냈습니다", "から送信されました"];

/// More words make a sentence, not a signature.
const MAX_MOBILE_WORDS: usize = 9;

const LIST_FOOTERS: &[&str] = &[
    "mailing list",
    "mailman/listinfo",
    "you received this message because you are subscribed",
    "to unsubscribe from this group",
    "to unsubscribe send",
    "unsubscribe:",
    "list archive",
    "sie erhalten diese nachricht, weil sie",
    "vous recevez ce message, car vous êtes abonné",
    "has recibido este mensaje porque estás suscrito",
    "to view this discussion visit",
    "to view this discussion on the web",
];

const DISCLAIMERS: &[&str] = &[
    "this email and any attachments",
    "this e-mail and any attachments",
    "this message and any attachments",
    "this email message and any attachments",
    "this message and its attachments",
    "this email and its attachments",
    "this e-mail and its attachments",
    "confidentiality notice",
    "the information contained in this",
    "the information in this e",
    "this email is confidential",
    "this e-mail is confidential",
    "this communication is confidential",
    "this email may contain",
    "this e-mail may contain",
    "this message may contain",
    "diese e-mail enthält",
    "diese nachricht enthält vertraul",
    "diese e-mail kann vertraul",
    "der inhalt dieser e-mail",
    "ce message et toutes les pièces",
    "ce message et ses pièces",
    "ce message est confidentiel",
    "este mensaje y sus archivos",
    "este mensaje y cualquier",
    "este correo electrónico",
    "le informazioni contenute in questo",
    "questo messaggio e' stato",
    "este e-mail e",
    "esta mensagem e",
    "dit bericht is",
    "dit e-mailbericht is",
    "de informatie in dit e-mail",
    "consider the environment before printing",
    "please consider the environment",
    "bitte denken sie an die umwelt",
];

/// `-----Original Message-----` and its like.
pub(crate) fn is_original(text: &str) -> bool {
    dashed(text).is_some_and(|inner| ORIGINAL.contains(&inner.as_str()))
}

/// `---------- Forwarded message ---------`, `Begin forwarded message:` and their like.
pub(crate) fn is_forward(text: &str) -> bool {
    let text = text.trim();
    if text.len() > 120 {
        return false;
    }
    if let Some(inner) = dashed(text) {
        return FORWARDED.iter().any(|known| inner.starts_with(known));
    }
    let lower = text.to_lowercase();
    let Some(inner) = lower.strip_suffix(':').or(lower.strip_suffix('：')) else {
        return false;
    };
    FORWARDED.contains(&inner.trim())
}

/// Any words between dashes: above a header block they are its title, whatever the language.
pub(crate) fn is_title(text: &str) -> bool {
    dashed(text).is_some()
}

/// The lower-case text between runs of at least two dashes on both sides.
fn dashed(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 160 {
        return None;
    }
    let is_dash = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '–');
    let inner = text.trim_matches(is_dash);
    let dashes = text.len() - inner.len();
    let inner = inner.trim().trim_end_matches(':').trim();
    (dashes >= 4 && !inner.is_empty() && text.starts_with(is_dash)).then(|| inner.to_lowercase())
}

/// A drawn line: one sort of character, at least three of them, or the mark of a mail tracker.
pub(crate) fn is_rule(text: &str) -> bool {
    let text = text.trim();
    if text == "ᐧ" {
        return true;
    }
    let mut chars = text.chars();
    let Some(first) = chars.next().filter(|c| matches!(c, '-' | '_' | '=' | '+' | '~' | '#' | '*' | '—' | '–' | '─'))
    else {
        return false;
    };
    text.chars().count() >= 3 && chars.all(|c| c == first)
}

/// RFC 3676 section 4.3 writes `-- `; the blank is often lost on the way.
pub(crate) fn is_signature_delimiter(text: &str) -> bool {
    matches!(text.trim_end(), "--" | "—" | "––" | "——" | "- --")
}

/// `Sent from my phone` in many languages; a sentence with a comma or a full stop behind more
/// words is somebody's own.
pub(crate) fn is_mobile_signature(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '*', '_', '<', '(', '[', ' ']);
    if text.len() > 200 || text.split_whitespace().count() > MAX_MOBILE_WORDS || text.contains(", ") {
        return false;
    }
    let lower = text.to_lowercase();
    let ended = lower.trim_end_matches(['.', '。', '*', ' ']);
    let device = [
        "phone",
        "ipad",
        "android",
        "mobil",
        "samsung",
        "galaxy",
        "blackberry",
        "tablet",
        "outlook",
        "mail",
        "huawei",
        "xiaomi",
        "pixel",
        "smartphone",
        "handy",
        "device",
        "sparrow",
        "gerät",
        "iphon",
        "айфон",
        "телефон",
        "手机",
        "手機",
        "携帯",
        "휴대",
        "windows",
        "yahoo",
        "proton",
    ]
    .iter()
    .any(|device| lower.contains(device));
    let begins = MOBILE_BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning));
    let ends = MOBILE_ENDINGS.iter().any(|ending| ended.ends_with(ending));
    device && (begins || ends)
}

/// `-Ann` or `- Ann Doe` as the last line.
pub(crate) fn is_dashed_name(text: &str) -> bool {
    let Some(name) = text.trim().strip_prefix(['-', '–', '—']) else {
        return false;
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..=3).contains(&words.len())
        && words.iter().all(|word| {
            word.starts_with(char::is_uppercase)
                && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '-'))
        })
}

/// A short line with a way to reach somebody: telephone, address, web site.
pub(crate) fn has_contact(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let labelled =
        ["tel", "phone", "mobil", "fax", "t.", "f.", "t:", "m:", "e-mail", "email", "mail:", "www.", "skype"]
            .iter()
            .any(|label| lower.starts_with(label));
    let address = lower.contains('@') && !lower.contains(' ');
    lower.len() <= 80 && (labelled || address)
}

/// A line of the footer that a list adds.
pub(crate) fn is_list_footer(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.len() <= 400 && LIST_FOOTERS.iter().any(|known| lower.contains(known))
}

/// The first line of a notice that a company adds.
pub(crate) fn is_disclaimer(text: &str) -> bool {
    let start: String = text.trim_start_matches(['*', ' ', '_']).chars().take(80).collect();
    let lower = start.to_lowercase();
    DISCLAIMERS.iter().any(|known| lower.starts_with(known))
}
