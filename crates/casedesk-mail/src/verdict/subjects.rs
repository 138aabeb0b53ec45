//! How automatic replies begin their subject, by language.

/// Lower-case beginnings. Each is written by a server or a webmail, not by people: a person's
/// answer to one begins with a reply mark.
const BEGINNINGS: &[&str] = &[
    // English
    "automatic reply:",
    "auto reply",
    "auto-reply",
    "autoreply",
    "automated reply",
    "automatic response",
    "auto response",
    "auto-response",
    "autoresponse",
    "autoresponder",
    "automated response",
    "auto:",
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo:",
    "vacation reply",
    "vacation:",
    "away from my mail",
    "away:",
    "i am on vacation",
    "on vacation",
    "i'm away",
    "on holiday",
    "on annual leave",
    // German
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesenheit:",
    "abwesend",
    "autoantwort",
    "automatische rückantwort",
    "ich bin nicht im büro",
    "nicht im büro",
    "urlaubsabwesenheit",
    // French
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "absent du bureau",
    "message d'absence",
    "notification d'absence",
    "absence :",
    "absence:",
    // Spanish
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "ausencia temporal",
    "ausente de la oficina",
    // Italian
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "assenza dall'ufficio",
    "assente:",
    // Portuguese
    "resposta automática",
    "resposta automatica",
    "fora do escritório",
    "ausência temporária",
    // Dutch
    "automatisch antwoord",
    "automatische reactie",
    "afwezigheidsbericht",
    "niet aanwezig",
    "afwezig:",
    "buiten kantoor",
    // Scandinavian and Finnish
    "automatiskt svar",
    "autosvar",
    "frånvaro",
    "automatisk svar",
    "fraværsmelding",
    "fravær:",
    "ikke på kontoret",
    "automaattinen vastaus",
    "poissaoloilmoitus",
    "poissa:",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "automatyczna odpowiedź",
    "autoodpowiedź",
    "odpowiedź automatyczna",
    "poza biurem",
    "nieobecność",
    "automatická odpověď",
    "mimo kancelář",
    "automatická odpoveď",
    "automatikus válasz",
    "răspuns automat",
    // Russian, Ukrainian
    "автоматический ответ",
    "автоответ",
    "вне офиса",
    "отсутствую",
    "нет на работе",
    "автоматична відповідь",
    "автовідповідь",
    // Turkish, Greek
    "otomatik yanıt",
    "otomatik cevap",
    "ofis dışında",
    "αυτόματη απάντηση",
    "εκτός γραφείου",
    // Japanese, Chinese, Korean
    "自動返信",
    "自動応答",
    "不在通知",
    "自动回复",
    "自动答复",
    "自動回覆",
    "自動回復",
    "不在办公室",
    "자동 회신",
    "자동 응답",
    "자동회신",
    "부재중",
    // Hebrew, Arabic
    "תשובה אוטומטית",
    "מענה אוטומטי",
    "הודעת היעדרות",
    "رد تلقائي",
    "الرد التلقائي",
    "خارج المكتب",
];

/// Whether a subject begins as automatic replies do.
pub(crate) fn is_auto_reply(subject: &str) -> bool {
    let lower = subject.trim().to_lowercase();
    let lower = lower.trim_start_matches(['[', '(', '*', '"', ' ']);
    BEGINNINGS
        .iter()
        .any(|beginning| lower.starts_with(beginning))
}
