//! Answers that are no names: yes, no, unknown, and boxes to tick.
use crate::entities::Entity;
use crate::text::Token;

pub(crate) const YES: &[&str] = &[
    "yes", "y", "ja", "oui", "si", "sim", "tak", "true", "enabled", "はい", "yep", "active", "aktiv", "x", "✓", "有",
    "あ", "present", "☑", "on",
];

const NO: &[&str] = &[
    "no", "none", "nein", "keine", "kein", "keiner", "keines", "non", "aucun", "aucune", "ninguno", "ninguna",
    "nessuno", "nessuna", "nee", "geen", "nao", "nenhum", "nenhuma", "brak", "nie", "false", "disabled", "な", "無",
    "n", "nope", "nothing", "nichts", "rien", "nada", "niente", "niets", "nic", "not", "off", "✗", "noch", "pas", "未",
    "absent", "neant",
];

/// Words that may stand with a no and leave it one.
const WITH: &[&str] = &[
    "yet",
    "at",
    "all",
    "used",
    "in",
    "use",
    "configured",
    "needed",
    "available",
    "nicht",
    "vorhanden",
    "no",
    "not",
    "present",
    "し",
    "い",
    "applicable",
    "installed",
    "enabled",
    "currently",
    "encore",
    "tego",
    "we",
    "don",
    "t",
    "have",
    "any",
    "special",
    "else",
    "specific",
    "besonderen",
    "さ",
    "れ",
    "て",
    "ま",
    "せ",
    "ん",
    "使",
    "用",
    "particular",
    "nothing",
    "de",
    "momento",
    "a",
    "there",
    "is",
    "one",
    "so",
    "far",
    "ha",
    "cluster",
    "here",
    "such",
    "thing",
    "other",
    "weiteren",
    "especial",
    "at",
    "moment",
    "the",
    "mehr",
    "none",
    "nein",
    "keine",
    "anymore",
    "for",
    "now",
    "nessuna",
    "nenhuma",
    "at",
];

/// "none", "not yet", "no, not at all"; not "no proxy but LDAP".
pub(crate) fn is_no(first: &str, words: &[&str]) -> bool {
    const MOST: usize = 4;
    let most = if words.iter().all(|word| word.chars().count() == 1) { 10 } else { MOST };
    NO.contains(&first) && words.len() <= most && words[1..].iter().all(|word| WITH.contains(word))
}

/// "?", "tbc", "don't know", "-".
pub(crate) fn is_unknown(value: &[Token], words: &[&str]) -> bool {
    const UNKNOWN: &[&str] = &[
        "n a",
        "na",
        "tbc",
        "tbd",
        "don t know",
        "dont know",
        "unknown",
        "unbekannt",
        "keine ahnung",
        "weiss ich nicht",
        "inconnu",
        "je ne sais pas",
        "no se",
        "desconocido",
        "non so",
        "sconosciuto",
        "onbekend",
        "weet ik niet",
        "nao sei",
        "nie wiem",
        "no idea",
        "not sure",
        "to be confirmed",
        "will check",
        "see attached",
        "attached",
        "see above",
        "unsure",
        "we don t know",
        "i don t know",
        "a verifier",
        "k a",
        "n v t",
        "n d",
        "not known",
        "same",
        "idem",
        "dito",
        "ditto",
        "see below",
    ];
    let joined = words.join(" ");
    if words.is_empty() {
        return !value.iter().any(|token| token.is_one_of(YES) || token.is_one_of(NO));
    }
    UNKNOWN.contains(&joined.as_str())
}

/// Boxes before names: `[x] SFTP [ ] FTP`, `☑ SFTP`.
pub(crate) struct Boxes {
    /// Where a box ends in the text, and whether it is ticked.
    boxes: Vec<(usize, bool)>,
}

impl Boxes {
    pub(crate) fn new(value: &[Token]) -> Self {
        let mut boxes = Vec::new();
        for (at, token) in value.iter().enumerate() {
            match token.word.as_str() {
                "☑" | "✓" | "☒" | "✔" => boxes.push((token.end, true)),
                "☐" | "✗" | "✘" => boxes.push((token.end, false)),
                "[" => {
                    let next = |by: usize| value.get(at + by).map_or("", |token| token.word.as_str());
                    if next(1) == "x" && next(2) == "]" {
                        boxes.push((value[at + 2].end, true));
                    } else if next(1) == "]" {
                        boxes.push((value[at + 1].end, false));
                    }
                }
                _ => {}
            }
        }
        Boxes { boxes }
    }

    /// What the box right before an entity says.
    pub(crate) fn ticked(&self, entity: &Entity, tokens: &[Token]) -> Option<bool> {
        // "SFTP ✅ FTP ❌": the mark stands behind.
        match tokens.get(entity.end).map_or("", |token| token.word.as_str()) {
            "✅" => return Some(true),
            "❌" => return Some(false),
            _ => {}
        }
        let before = entity.first.checked_sub(1)?;
        let end = tokens[before].end;
        self.boxes.iter().find(|(box_end, _)| *box_end == end).map(|(_, ticked)| *ticked)
    }
}
