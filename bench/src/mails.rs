//! Mails to take in: a mix as a support desk gets it, or a folder of them.
use std::path::Path;

use anyhow::ensure;

use crate::lmtp::stuffed;

/// Numbers that look random and are the same on every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() >> 33).unwrap_or(0) % bound.max(1)
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// A number below `bound` of which the small ones are frequent, as words are in a language.
    pub(crate) fn frequent(&mut self, bound: usize) -> usize {
        let (a, b) = (self.below(bound) + 1, self.below(bound) + 1);
        a * b / (bound + 1) * (self.below(bound) + 1) / (bound + 1)
    }
}

const SYLLABLES: [&str; 20] = [
    "ra", "to", "ne", "li", "ko", "sa", "mer", "vin", "du", "pel", "gor", "ti", "bas", "hu", "fen", "zo", "cal", "wi",
    "jor", "ny",
];
/// How many words the made-up language has.
const WORDS: usize = 20_000;

/// The n-th word.
pub(crate) fn word(mut number: usize) -> String {
    let mut out = String::new();
    number += SYLLABLES.len();
    while number > 0 {
        out.push_str(SYLLABLES[number % SYLLABLES.len()]);
        number /= SYLLABLES.len();
    }
    out
}

/// Lines of words, every fourth text with the word `server` in it.
pub(crate) fn prose(dice: &mut Dice, words: usize) -> String {
    let mut out = String::with_capacity(words * 7);
    let server = if dice.percent(25) { dice.below(words) } else { usize::MAX };
    for at in 0..words {
        let next = if at == server { "server".to_owned() } else { word(dice.frequent(WORDS)) };
        out.push_str(&next);
        out.push_str(if at % 11 == 10 { "\r\n" } else { " " });
    }
    out.push_str("\r\n");
    out
}

/// `count` mails, ready for the wire: those of a folder, or a made-up mix in which 25 of 100 are replies, 45 have an
/// HTML part of 15 kB and 15 carry a file of 200 kB.
pub(crate) fn mix(count: usize, folder: Option<&Path>) -> anyhow::Result<Vec<Vec<u8>>> {
    let Some(folder) = folder else {
        let mut dice = Dice::new(7);
        return Ok((0..count).map(|number| stuffed(made_up(&mut dice, number).as_bytes())).collect());
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    paths.sort();
    ensure!(!paths.is_empty(), "no .eml file is in {}", folder.display());
    paths.iter().take(count).map(|path| Ok(stuffed(&std::fs::read(path)?))).collect()
}

fn made_up(dice: &mut Dice, number: usize) -> String {
    let customer = dice.below(2000);
    let earlier = (number > 20 && dice.percent(25)).then(|| dice.below(number - 20));
    let domain = customer % 300;
    let (replied, subject) = match earlier {
        Some(earlier) => (
            format!(
                "In-Reply-To: <mix-{earlier}@customer.example>\r\nReferences: <mix-{earlier}@customer.example>\r\n"
            ),
            format!("Re: {} {earlier}", word(earlier)),
        ),
        None => (String::new(), format!("{} {number}", word(number))),
    };
    let head = format!(
        "Received: from mx{domain}.customer.example by mail.desk.example; Mon, 5 Jan 2026 07:00:00 +0000\r\n\
         From: Person {customer} <person{customer}@customer{domain}.example>\r\nTo: support@desk.example\r\n\
         Subject: {subject}\r\nMessage-ID: <mix-{number}@customer.example>\r\n{replied}\
         Date: Mon, 5 Jan 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    );
    let words = 60 + dice.below(90);
    let mut text = prose(dice, words);
    if earlier.is_some() {
        text.push_str("\r\nOn Sun, 4 Jan 2026, Support wrote:\r\n> ");
        text.push_str(prose(dice, 80).trim_end().replace("\r\n", "\r\n> ").as_str());
        text.push_str("\r\n");
    }
    let plain = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}");
    let readable = if dice.percent(45) { with_html(dice, number, &plain, &text) } else { plain };
    if dice.percent(15) { head + &with_file(dice, number, &readable) } else { head + &readable }
}

fn with_html(dice: &mut Dice, number: usize, plain: &str, text: &str) -> String {
    let filler = prose(dice, 2000);
    let style = filler.split("\r\n").map(|line| format!("<p style=\"margin:0\">{line}</p>\r\n")).collect::<String>();
    format!(
        "Content-Type: multipart/alternative; boundary=\"alt{number}\"\r\n\r\n--alt{number}\r\n{plain}\r\n\
         --alt{number}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{text}</p>{style}</body></html>\r\n\
         --alt{number}--\r\n"
    )
}

fn with_file(dice: &mut Dice, number: usize, readable: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut file = String::with_capacity(280_000);
    for _ in 0..(200 * 1024 / 57) {
        let line = (0..76).map(|_| char::from(SIGNS[dice.below(64)]));
        file.extend(line);
        file.push_str("\r\n");
    }
    format!(
        "Content-Type: multipart/mixed; boundary=\"mix{number}\"\r\n\r\n--mix{number}\r\n{readable}\r\n--mix{number}\r\n\
         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"trace-{number}.bin\"\r\n\r\n{file}--mix{number}--\r\n"
    )
}
