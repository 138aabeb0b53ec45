//! Input that nobody would write, and input that somebody broke.
mod score;

use std::time::{Duration, Instant};

use casedesk_details::{MOST_BYTES, MOST_PROPOSALS, logs, os, read, version};

/// Far more than any of these take, far less than what is not linear would.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn hostile_text_is_read_in_bounded_time_with_bounded_output() {
    let names = "SFTP, FTPS, LDAP or no RHEL 8.6 and Windows 2019, 5.1 from 5.0 to 5.2 not ";
    let samples = [
        "7".repeat(1_000_000),
        "5.1.".repeat(300_000),
        "\0".repeat(500_000),
        format!("{} SFTP", ">".repeat(200_000)),
        "> ".repeat(100_000),
        "> > 1. Product version\n".repeat(20_000),
        "a".repeat(1_000_000),
        ", ".repeat(200_000),
        ": ".repeat(200_000),
        "|".repeat(300_000),
        "| SFTP | OS |\n".repeat(20_000),
        "OS\tVersion\n".repeat(20_000),
        "[x] ".repeat(100_000),
        "(".repeat(300_000),
        "製品".repeat(100_000),
        "é\u{301}".repeat(100_000),
        "1. ".repeat(100_000),
        "no ".repeat(100_000),
        "version ".repeat(50_000),
        "\n".repeat(500_000),
        "prod test ".repeat(50_000),
        names.repeat(10_000),
        format!("{}\n", names.repeat(4)).repeat(2_000),
        format!("{names}. ").repeat(10_000),
        "x.".repeat(200_000),
        "a@b.c/".repeat(100_000),
    ];
    for text in samples {
        let start = Instant::now();
        let found = read(&text, &score::context());
        let took = start.elapsed();
        let head: String = text.chars().take(30).collect();
        println!("{head:?} {took:?}");
        assert!(took < LONG, "{head} took {took:?}");
        assert!(found.len() <= MOST_PROPOSALS, "{head}");
        for one in &found {
            assert!(one.source.text.len() <= 400 && one.value.len() <= 500 && one.as_written.len() <= 200, "{head}");
            assert!(one.source.range.end <= MOST_BYTES);
        }
    }
}

/// A small generator of numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

#[test]
fn broken_answers_never_panic() {
    let answers: Vec<String> = score::files(".")
        .into_iter()
        .chain(score::files("held-out"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let context = score::context();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let odd = [
        "\0", ">", "\t", "|", "：", "é", "e\u{301}", "５", "\r\n", "  ", "5.1", "[x]", "(", "\u{202e}", "-", "ン",
        "no ", "?",
    ];
    for round in 0..1_500 {
        let mut chars: Vec<char> = answers[dice.below(answers.len())].chars().collect();
        for _ in 0..=dice.below(12) {
            let at = dice.below(chars.len());
            match dice.below(5) {
                0 => drop(chars.drain(at..(at + dice.below(20)).min(chars.len()))),
                1 => drop(chars.splice(at..at, odd[dice.below(odd.len())].chars())),
                2 => chars.truncate(at.max(3)),
                3 => {
                    let other: Vec<char> = answers[dice.below(answers.len())].chars().take(200).collect();
                    chars.splice(at..at, other);
                }
                _ => {
                    let other = dice.below(chars.len());
                    chars.swap(at, other);
                }
            }
            if chars.is_empty() {
                chars.push('5');
            }
        }
        let text: String = chars.into_iter().collect();
        for one in read(&text, &context) {
            assert!(text.get(one.source.range.clone()).is_some(), "round {round}");
        }
        let _ = (os::recognise(&text), version::Version::parse(&text));
        let mut sniffer = logs::Sniffer::new();
        text.as_bytes().chunks(1 + dice.below(50)).for_each(|chunk| sniffer.feed(chunk));
        let _ = sniffer.finish();
    }
}

#[test]
fn an_empty_context_is_enough() {
    let context = casedesk_details::Context::default();
    for path in score::files(".") {
        let _ = read(&std::fs::read_to_string(path).unwrap(), &context);
    }
    assert!(read("", &context).is_empty());
}
