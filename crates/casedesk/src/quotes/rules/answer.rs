//! Whether a mail plainly says yes or no to a quote. It is read to spare an agent the search, never to decide: only what
//! the customer wrote anew is looked at, and whatever is asked, doubted, bargained or said both ways is read as nothing.
use crate::quotes::QuoteAnswer;

/// A longer text is a letter, which an agent reads.
const MOST_WORDS: usize = 120;

/// Whole words in lower case; the longest that fits is taken first, so that “do not accept” is no “accept”.
const NO: &[&str] = &[
    // English
    "not accept",
    "not accepted",
    "cannot accept",
    "can't accept",
    "can not accept",
    "don't accept",
    "won't accept",
    "decline",
    "declined",
    "declining",
    "reject",
    "rejected",
    "we refuse",
    "i refuse",
    "not interested",
    "no thanks",
    "no thank you",
    "too expensive",
    // German
    "nicht annehmen",
    "nicht an",
    "nehmen wir nicht an",
    "nehme ich nicht an",
    "lehnen wir ab",
    "lehnen das angebot ab",
    "lehne ich ab",
    "lehne das angebot ab",
    "abgelehnt",
    "kein interesse",
    "nicht einverstanden",
    "zu teuer",
    // French
    "n'acceptons pas",
    "n'accepte pas",
    "pas d'accord",
    "refusons",
    "je refuse",
    "refusé",
    "pas intéressés",
    "pas intéressé",
    "trop cher",
    // Spanish, Portuguese, Italian
    "no aceptamos",
    "no acepto",
    "rechazamos",
    "rechazo",
    "rechazado",
    "não aceitamos",
    "não aceito",
    "recusamos",
    "recuso",
    "non accettiamo",
    "non accetto",
    "rifiutiamo",
    "rifiuto",
    "rifiutato",
    // Dutch, Danish, Norwegian, Swedish
    "niet akkoord",
    "gaan niet akkoord",
    "wijzen af",
    "wijzen het af",
    "afgewezen",
    "afgekeurd",
    "afviser",
    "afslår",
    "avslår",
    "avvisar",
    "avböjer",
    "tackar nej",
    "takker nej",
    "accepterar inte",
    "accepterer ikke",
    "aksepterer ikke",
    // Polish, Czech
    "nie akceptujemy",
    "nie akceptuję",
    "odrzucamy",
    "odrzucam",
    "neakceptujeme",
    "neakceptuji",
    "odmítáme",
    "odmítám",
    // Finnish, Greek, Russian, Ukrainian
    "emme hyväksy",
    "en hyväksy",
    "hylkäämme",
    "δεν αποδεχόμαστε",
    "δεν αποδέχομαι",
    "απορρίπτουμε",
    "не принимаем",
    "не принимаю",
    "отклоняем",
    "отклоняю",
    "не приймаємо",
    "відхиляємо",
    // Japanese
    "お断り",
    "辞退",
];

const YES: &[&str] = &[
    "we accept",
    "i accept",
    "accepted",
    "accept the quote",
    "accept your quote",
    "accept the offer",
    "accept your offer",
    "please go ahead",
    "please proceed",
    "go ahead with it",
    "we agree to the quote",
    "we approve",
    "i approve",
    "approved",
    "we order",
    "we hereby order",
    "angenommen",
    "nehmen wir an",
    "nehmen das angebot an",
    "nehmen ihr angebot an",
    "nehme ich an",
    "nehme das angebot an",
    "wir sind einverstanden",
    "ich bin einverstanden",
    "einverstanden",
    "wir beauftragen",
    "hiermit beauftragen",
    "wir bestellen",
    "auftrag erteilt",
    "nous acceptons",
    "j'accepte",
    "accepté",
    "bon pour accord",
    "d'accord avec le devis",
    "nous sommes d'accord",
    "aceptamos",
    "acepto",
    "aceptado",
    "aceitamos",
    "aceito",
    "aceite",
    "accettiamo",
    "accetto",
    "accettato",
    "akkoord",
    "wij accepteren",
    "we accepteren",
    "goedgekeurd",
    "vi accepterer",
    "vi accepterar",
    "vi aksepterer",
    "accepteret",
    "accepterad",
    "akseptert",
    "godkendt",
    "godkänt",
    "godkjent",
    "akceptujemy",
    "akceptuję",
    "zaakceptowane",
    "zgadzamy się",
    "přijímáme",
    "přijímám",
    "souhlasíme",
    "souhlasím",
    "hyväksymme",
    "hyväksyn",
    "hyväksytty",
    "αποδεχόμαστε",
    "αποδέχομαι",
    "принимаем",
    "принимаю",
    "согласны",
    "согласен",
    "согласна",
    "приймаємо",
    "приймаю",
    "погоджуємось",
    "承諾",
    "承認",
];

/// Words that make a yes or a no depend on something, put it off, or turn it round.
const DOUBT: &[&str] = &[
    "if",
    "unless",
    "but",
    "however",
    "provided",
    "once",
    "when",
    "whether",
    "except",
    "before",
    "until",
    "not yet",
    "not",
    "never",
    "cannot",
    "would",
    "could",
    "might",
    "maybe",
    "perhaps",
    "discount",
    "instead",
    "almost",
    "asked",
    "aber",
    "wenn",
    "falls",
    "sofern",
    "nicht",
    "noch",
    "erst",
    "vielleicht",
    "rabatt",
    "jedoch",
    "ob",
    "unter",
    "mais",
    "si",
    "sauf",
    "pas",
    "peut-être",
    "remise",
    "toutefois",
    "avant",
    "pero",
    "salvo",
    "quizás",
    "descuento",
    "aún",
    "todavía",
    "mas",
    "se",
    "talvez",
    "desconto",
    "ainda",
    "ma",
    "forse",
    "sconto",
    "ancora",
    "maar",
    "als",
    "tenzij",
    "misschien",
    "korting",
    "niet",
    "nog",
    "men",
    "hvis",
    "kanske",
    "måske",
    "kanskje",
    "om",
    "rabat",
    "ikke",
    "inte",
    "endnu",
    "ännu",
    "ale",
    "jeśli",
    "jeżeli",
    "może",
    "jeszcze",
    "pokud",
    "možná",
    "ještě",
    "mutta",
    "jos",
    "ehkä",
    "vielä",
    "αλλά",
    "αν",
    "ίσως",
    "но",
    "если",
    "может",
    "скидка",
    "ще",
    "якщо",
    "але",
    "ただし",
];

/// What the new text of a mail plainly says. `None`: an agent has to read it.
pub fn reading(text: &str) -> Option<QuoteAnswer> {
    let said: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('>')).collect();
    let said = said.join("\n").to_lowercase().replace('’', "'");
    if said.contains('?') || said.contains('？') || said.split_whitespace().count() > MOST_WORDS {
        return None;
    }
    let mut words = format!(" {} ", flat(&said));
    let no = taken(&mut words, NO);
    let yes = taken(&mut words, YES);
    if taken(&mut words, DOUBT) {
        return None;
    }
    match (yes, no) {
        (true, false) => Some(QuoteAnswer::Accepted),
        (false, true) => Some(QuoteAnswer::Declined),
        _ => None,
    }
}

/// Words with one space between them; letters, digits, apostrophes and hyphens make a word.
fn flat(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_alphanumeric() || "'-".contains(c) { c } else { ' ' }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether one of the phrases is there; those that are, are taken out.
fn taken(words: &mut String, phrases: &[&str]) -> bool {
    let mut sorted: Vec<&str> = phrases.to_vec();
    sorted.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    let mut found = false;
    for phrase in sorted {
        // Japanese has no spaces between words.
        let apart = phrase.is_ascii() || phrase.chars().all(|c| u32::from(c) < 0x3000);
        let sought = if apart { format!(" {phrase} ") } else { phrase.to_owned() };
        if words.contains(&sought) {
            found = true;
            *words = words.replace(&sought, "  ");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_yes_is_read_in_several_languages() {
        for text in [
            "We accept.",
            "Hello Ben,\n\nwe accept the quote.\n\nRegards\nAnna",
            "Accepted. Please go ahead.",
            "Approved",
            "Hallo, das Angebot nehmen wir an.",
            "Einverstanden!",
            "Bonjour, nous acceptons votre devis.",
            "Bon pour accord",
            "Aceptamos la oferta.",
            "Accettiamo il preventivo.",
            "Aceitamos a proposta.",
            "Akkoord.",
            "Vi accepterar offerten.",
            "Akceptujemy ofertę.",
            "Přijímáme nabídku.",
            "Hyväksymme tarjouksen.",
            "Принимаем предложение.",
            "Αποδεχόμαστε την προσφορά.",
            "承諾いたします。",
            "I accept.\n> we decline this offer",
        ] {
            assert_eq!(reading(text), Some(QuoteAnswer::Accepted), "{text}");
        }
    }

    #[test]
    fn a_plain_no_is_read_in_several_languages() {
        for text in [
            "We decline the quote.",
            "Sorry, we cannot accept this.",
            "No thanks.",
            "Das Angebot lehnen wir ab.",
            "Wir nehmen das Angebot nicht an: kein Interesse.",
            "Nous refusons ce devis.",
            "No aceptamos la oferta.",
            "Non accettiamo.",
            "Wij gaan niet akkoord.",
            "Nie akceptujemy tej oferty.",
            "Не принимаем.",
            "お断りします。",
        ] {
            assert_eq!(reading(text), Some(QuoteAnswer::Declined), "{text}");
        }
    }

    #[test]
    fn what_is_asked_doubted_bargained_or_quoted_is_no_answer() {
        for text in [
            "",
            "Thank you, we will look at it.",
            "Yes, it arrived.",
            "OK",
            "Can we accept it next week?",
            "We accept if you give us 10 % discount.",
            "We accept, but not before May.",
            "We would accept a lower price.",
            "It was not approved by our board.",
            "My boss has not yet accepted it.",
            "We accept part one and decline part two.",
            "Wir nehmen das Angebot an, falls es bis März fertig ist.",
            "Nous acceptons, mais pas la ligne 2.",
            "Aceptamos si baja el precio.",
            "> We accept the quote.",
            "Your message was accepted for delivery once the queue is empty.",
            "I asked whether it is accepted.",
        ] {
            assert_eq!(reading(text), None, "{text}");
        }
        let letter = format!("We accept. {}", "word ".repeat(200));
        assert_eq!(reading(&letter), None, "a long letter is read by an agent");
    }
}
