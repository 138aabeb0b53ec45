//! The fuzz targets' promises, checked on the stable toolchain: a small corpus is mutated by a
//! seeded generator for a bounded number of rounds (`CASEDESK_MUTATIONS` sets how many).

use crate::bodies;

/// Also where the fuzzer itself begins.
const SEEDS: &[&str] = &[
    include_str!("../../fuzz/seeds/multipart.eml"),
    include_str!("../../fuzz/seeds/bounce.eml"),
    include_str!("../../fuzz/seeds/markup.html"),
    include_str!("../../fuzz/seeds/names.txt"),
    include_str!("../../fuzz/seeds/uuencoded.txt"),
];

const TOKENS: &[&str] = &[
    "\n",
    "\r\n",
    "\n\n",
    "--b\n",
    "--b--",
    "\0",
    "<",
    ">",
    "\"",
    "\\",
    ":",
    ";",
    "=?",
    "?=",
    "&",
    "=",
    "@",
    ",",
    "(",
    ")",
    "Content-Type: ",
    "<img src=",
    "<a ",
    "</p>",
    "<pre>",
    "> ",
    "\u{200b}",
    "\u{202e}",
    "\u{fffd}",
    "\u{1f600}",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

fn mutate(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = seed.to_vec();
    for _ in 0..=dice.below(8) {
        let at = dice.below(out.len() + 1);
        match dice.below(5) {
            0 if at < out.len() => out[at] = u8::try_from(dice.below(256)).unwrap_or(0),
            1 => out.truncate(at),
            2 => {
                let token = TOKENS[dice.below(TOKENS.len())].as_bytes();
                out.splice(at..at, token.iter().copied());
            }
            3 => {
                let end = (at + dice.below(40)).min(out.len());
                let copy = out[at..end].to_vec();
                let to = dice.below(out.len() + 1);
                out.splice(to..to, copy);
            }
            _ => {
                let end = (at + dice.below(20)).min(out.len());
                out.drain(at..end);
            }
        }
    }
    out
}

fn rounds() -> usize {
    std::env::var("CASEDESK_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000)
}

fn run(body: fn(&[u8])) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for seed in SEEDS {
        body(seed.as_bytes());
        for _ in 0..rounds() / SEEDS.len() {
            let input = mutate(seed.as_bytes(), &mut dice);
            let outcome = std::panic::catch_unwind(|| body(&input));
            assert!(outcome.is_ok(), "this input breaks a promise: {:?}", String::from_utf8_lossy(&input));
        }
    }
}

#[test]
fn mutated_mail_is_read_or_refused_and_keeps_every_promise() {
    run(bodies::read);
}

#[test]
fn mutated_html_is_safe_once_and_for_all() {
    run(bodies::html);
}

#[test]
fn mutated_values_never_break_out_of_a_mail_that_we_write() {
    run(bodies::roundtrip);
}
