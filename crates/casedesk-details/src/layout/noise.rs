//! Lines that say nothing of an installation: signatures, headers of older mail, log lines.

const CLOSINGS: &[&str] = &[
    "regards",
    "best regards",
    "kind regards",
    "warm regards",
    "many thanks",
    "best wishes",
    "cheers",
    "yours sincerely",
    "sincerely",
    "best",
    "thanks",
    "thank you",
    "thanks in advance",
    "mit freundlichen grussen",
    "freundliche grusse",
    "viele grusse",
    "beste grusse",
    "gruss",
    "mfg",
    "grusse",
    "liebe grusse",
    "schone grusse",
    "cordialement",
    "bien cordialement",
    "salutations",
    "bien a vous",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "atentamente",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "un saluto",
    "met vriendelijke groet",
    "groeten",
    "mvg",
    "vriendelijke groeten",
    "atenciosamente",
    "cumprimentos",
    "abracos",
    "pozdrawiam",
    "z powazaniem",
    "pozdrowienia",
    "よろしくお願いいたします",
    "よろしくお願いします",
    "以上",
    "以上、よろしくお願いいたします",
    "敬具",
    "all the best",
    "rgds",
    "br",
    "kr",
];

/// The longest line that can be a closing or an attribution.
const LONGEST: usize = 200;

pub(super) fn begins_signature(line: &str) -> bool {
    if line == "--" || line.starts_with("-- ") && line.len() < 4 || line == "—" {
        return true;
    }
    if line.len() > 80 {
        return false;
    }
    let folded = crate::text::fold(line);
    let bare = folded.trim_end_matches([',', '.', '!', ' ', '。', ';']);
    CLOSINGS.contains(&bare)
        || CLOSINGS.iter().filter(|closing| closing.contains(' ')).any(|closing| {
            bare.strip_prefix(closing)
                .is_some_and(|rest| rest.starts_with([',', ' ']) && rest.split_whitespace().count() <= 3)
        })
}

pub(super) fn begins_old_mail(line: &str) -> bool {
    const MARKS: &[&str] = &[
        "original message",
        "ursprungliche nachricht",
        "message d'origine",
        "mensaje original",
        "messaggio originale",
        "oorspronkelijk bericht",
        "mensagem original",
        "oryginalna wiadomosc",
        "元のメッセージ",
        "forwarded message",
    ];
    if line.len() > LONGEST {
        return false;
    }
    let folded = crate::text::fold(line);
    let dashed = line.starts_with("--") || line.starts_with("__");
    let header =
        ["from:", "von:", "de:", "de :", "da:", "van:", "od:", "差出人:"].iter().any(|name| folded.starts_with(name));
    (dashed && MARKS.iter().any(|mark| folded.contains(mark))) || (header && line.contains('@'))
}

pub(super) fn is_attribution(line: &str) -> bool {
    const ENDS: &[&str] = &[
        "wrote:",
        "schrieb:",
        "a ecrit :",
        "a ecrit:",
        "escribio:",
        "ha scritto:",
        "schreef:",
        "het volgende geschreven:",
        "escreveu:",
        "napisał(a):",
        "napisal(a):",
        "napisal:",
        "のメール:",
        "writes:",
    ];
    line.len() <= LONGEST && ENDS.iter().any(|end| crate::text::fold(line).ends_with(end))
}

/// What mail programs and companies add.
pub(super) fn is_footer(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "sent from",
        "sent via",
        "get outlook",
        "von meinem",
        "gesendet von",
        "envoye de",
        "envoye depuis",
        "enviado desde",
        "enviado do",
        "inviato da",
        "verzonden vanaf",
        "verstuurd vanaf",
        "wyslano z",
        "virus-free",
        "scanned by",
        "this e-mail was",
        "this email was",
        "this message was",
        "disclaimer",
        "confidentiality",
        "this e-mail and any",
        "this email and any",
        "diese e-mail",
        "caution: external",
        "external email",
        "[external",
        "phone:",
        "tel:",
        "tel.",
        "mobile:",
        "subject:",
        "betreff:",
        "sent:",
        "gesendet:",
        "an:",
        "cc:",
        "to:",
    ];
    if line.len() > 2_000 {
        return false;
    }
    let folded = crate::text::fold(crate::text::cut(line, 60));
    STARTS.iter().any(|start| folded.starts_with(start))
}

pub(super) fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '~' | '#' | '+'))
}

/// A line of a log or of a stack trace.
pub(super) fn is_log(line: &str) -> bool {
    let trimmed = line.trim_start();
    let stack = trimmed.starts_with("at ") && trimmed.contains('(') && trimmed.contains('.') && !trimmed.contains(", ");
    let caused =
        trimmed.starts_with("Caused by:") || trimmed.starts_with("java.") || trimmed.starts_with("Exception in");
    stack || caused || crate::logs::begins_with_time(trimmed)
}
