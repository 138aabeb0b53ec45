//! Subjects: our token, and the base subject that replies have in common.

/// Reply and forward marks of mail programs, lower case, without their colon.
const MARKS: &[&str] = &[
    "re",
    "aw",
    "antw",
    "antwort",
    "antwoord",
    "fw",
    "fwd",
    "wg",
    "tr",
    "sv",
    "vs",
    "rv",
    "rif",
    "r",
    "i",
    "res",
    "enc",
    "ref",
    "réf",
    "vl",
    "vb",
    "vá",
    "odp",
    "pd",
    "ynt",
    "ilt",
    "i̇lt",
    "bls",
    "trs",
    "továbbítás",
    "továbbitott",
    "doorst",
    "ss",
    "fs",
    "sl",
    "rsp",
    "rsvp",
    "atb",
    "ansv",
    "na",
    "rép",
    "rép.",
    "transf",
    "res.",
    "отв",
    "отв.",
    "ha",
    "пересл",
    "пер",
    "на",
    "відп",
    "ответ",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "转发",
    "轉寄",
    "轉發",
    "返信",
    "転送",
    "답장",
    "회신",
    "전달",
    "השב",
    "הועבר",
    "תשובה",
    "رد",
    "إعادة توجيه",
    "απ",
    "σχετ",
    "πρθ",
];

/// The case numbers of every `[CD-1042]`.
pub(crate) fn tokens(subject: &str) -> Vec<i64> {
    let mut out = Vec::new();
    let mut rest = subject;
    while let Some(at) = rest.find('[') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some((inner, _)) = rest.split_once(']') else {
            break;
        };
        let number = inner.trim().split_at_checked(3).filter(|(prefix, digits)| {
            prefix.eq_ignore_ascii_case("CD-") && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        if let Some(number) = number.and_then(|(_, digits)| digits.parse().ok())
            && !out.contains(&number)
        {
            out.push(number);
        }
    }
    out
}

/// The base subject (RFC 5256 section 2.1), with marks of more languages than that knows.
pub(crate) fn base_subject(subject: &str) -> String {
    let collapsed = crate::address::one_line(subject);
    let mut rest = collapsed.as_str();
    loop {
        let before = rest;
        rest = strip_trailer(rest.trim());
        rest = strip_blob(rest);
        rest = strip_mark(rest).unwrap_or(rest).trim_start();
        if rest == before {
            return rest.to_owned();
        }
    }
}

/// A leading `[list]` or `[CD-1042]`, unless nothing would be left.
fn strip_blob(subject: &str) -> &str {
    let Some((inner, rest)) = subject.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return subject;
    };
    // `[Fwd: the subject]` holds the subject itself.
    if rest.trim().is_empty() {
        return if strip_mark(inner).is_some() { inner } else { subject };
    }
    if inner.contains('[') { subject } else { rest.trim_start() }
}

fn strip_trailer(subject: &str) -> &str {
    let lower = subject.to_ascii_lowercase();
    match lower.strip_suffix("(fwd)") {
        Some(kept) => subject.get(..kept.len()).unwrap_or(subject).trim_end(),
        None => subject,
    }
}

/// What follows `Re:`, `Re[2]:`, `AW (3):` and the like.
fn strip_mark(subject: &str) -> Option<&str> {
    let colon = subject.find([':', '：'])?;
    let (mark, rest) = subject.split_at(colon);
    if mark.len() > 40 {
        return None;
    }
    let word = mark.split(['[', '(']).next()?.trim();
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '^' | '*' | ' '));
    let lower = word.to_lowercase();
    let known = MARKS.contains(&lower.as_str());
    known.then(|| rest.trim_start_matches([':', '：']))
}
