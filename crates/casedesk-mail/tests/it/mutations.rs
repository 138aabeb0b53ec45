//! The fuzz targets' promises, checked on the stable toolchain: a small corpus is mutated by a
//! seeded generator for a bounded number of rounds (`CASEDESK_MUTATIONS` sets how many).

use crate::bodies;

const SEEDS: &[&str] = &[
    "From: Ann <ann@customer.example>\nTo: support@desk.example\nSubject: =?utf-8?B?w7xi?= Re: [CD-7]\nDate: Mon, 5 Jan 2026 06:00:00 +0000\n\
     Message-ID: <1@x>\nReferences: <2@x> <3@x>\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain; format=flowed\n\n\
     Hi \nthere\n\nOn Mon, Jan 5, 2026 at 10:00 AM A <a@b.example> wrote:\n> old\n-- \nAnn\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>x<img src=https://x.example/1></p>\n\
     --b\nContent-Type: image/png; name*0*=utf-8''%C3; name*1=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n",
    "Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nSubject: failure notice\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n<a@b.example>: 550 5.1.1 unknown\n--b\n\
     Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\nz\n--b--\n",
    "<div class=\"gmail_quote\"><a href='https://x.example'>x</a><table><tr><td style=\"color:red\">y</table><pre>\n\nz</pre><svg><p><style><!--</style>\
     <math><mi><img src=cid:a onerror=1></blockquote><b><i><a><p></b>&lt;&#x3c;&amp;lt;<!--x--><![CDATA[y]]>",
    "Support, \"the\" <desk>\n=?utf-8?Q?Ann?= <a@b.example>,\nRe: \u{fc}\u{202e}x =?utf-8?B?w?=\nFrom the\n.\n--x\n> y \n\tz",
    "begin 644 a.txt\n#0V%T\n`\nend\nFrom: a@b.example\nSent: x\nTo: y@z.example\nSubject: z\n",
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
    std::env::var("CASEDESK_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000)
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
