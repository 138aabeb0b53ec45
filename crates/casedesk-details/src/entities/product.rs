//! Numbers that are the product's version, and those that are not.
use super::{Entity, Reader, What};
use crate::text::{Kind, Token};
use crate::version::{self, Match, Version};
use crate::words::roles::roles;
use crate::{Confidence, Field};

impl Reader<'_> {
    /// Numbers that are left and may be the product's version.
    pub(super) fn versions(&self, tokens: &[Token], found: &mut Vec<Entity>) {
        let asked = self.fields.contains(&Field::ProductVersion);
        let mut first = true;
        let mut at = 0;
        while at < tokens.len() {
            let taken = found.iter().any(|entity| (entity.first..entity.end).contains(&at));
            let read = if taken || tokens[at].kind != Kind::Number { None } else { version::read_at(tokens, at) };
            let Some((version, end)) = read.filter(|(_, end)| can_be_version(tokens, at, *end)) else {
                at += 1;
                continue;
            };
            let before = self.before(tokens, at, found);
            let whole = tokens.len() - self.key_end <= end - at + 4;
            if let Some((confidence, why)) = self.judged(&version, &before, asked && first && at >= self.key_end, whole)
            {
                let what = What::Version(version, before.product.or(self.only_product()));
                found.push(Entity { what, first: at, end, confidence, why });
                first = false;
            }
            at = end;
        }
    }

    fn only_product(&self) -> Option<usize> {
        (self.releases.len() == 1).then_some(0)
    }

    fn judged(
        &self,
        version: &Version,
        before: &Before,
        asked: bool,
        whole: bool,
    ) -> Option<(Confidence, &'static str)> {
        let known = self.releases.iter().enumerate().filter(|(at, _)| before.product.is_none_or(|one| one == *at));
        let known = known.map(|(_, releases)| releases.matched(version));
        let known = known.max_by_key(|found| match found {
            Match::Exact(_) => 3,
            Match::Cycle(_) => 2,
            Match::Within(_) => 1,
            Match::Unknown => 0,
        });
        let is_release = known.is_some_and(|found| found.release().is_some());
        if before.is_foreign {
            return None;
        }
        let dotted = version.base().contains('.');
        match (asked, before.said || before.product.is_some(), is_release) {
            (true, _, true) => {
                Some((Confidence::Sure, "the answer to the question for the version, and a known release"))
            }
            (_, true, true) => Some((Confidence::Sure, "named as a version, and a known release")),
            (true, said, false) if said || whole => {
                Some((Confidence::Likely, "given as the version; no such release is known"))
            }
            (_, true, false) => Some((Confidence::Likely, "named as a version; no such release is known")),
            (_, false, true) if dotted && before.is_odd => Some((Confidence::Unsure, "a number that is a release's")),
            (_, false, true) if dotted => Some((Confidence::Likely, "a known release, though not called a version")),
            _ => None,
        }
    }

    /// What the words before a number say about it.
    fn before(&self, tokens: &[Token], at: usize, found: &[Entity]) -> Before {
        const FAR: usize = 6;
        let mut before = Before::default();
        let mut next = at;
        for _ in 0..FAR {
            let Some(previous) = next.checked_sub(1) else { break };
            if let Some(entity) = found.iter().find(|entity| (entity.first..entity.end).contains(&previous)) {
                match &entity.what {
                    What::Product => {
                        before.product = self.products.at(tokens, entity.first).map(|(product, _)| product);
                    }
                    What::System(_) | What::Version(..) | What::Architecture(_) => {}
                    _ => before.is_foreign = !before.said && next == at && !tokens[previous].is_one_of(&[",", "/"]),
                }
                break;
            }
            let token = &tokens[previous];
            if token.is_one_of(VERSION_WORDS) {
                before.said = true;
            } else if token.is("ン") || token.is("版") {
                before.said |= previous >= 4 && tokens[previous - 4].is_one_of(&["バ"]) || token.is("版");
                break;
            } else if token.is_one_of(FOREIGN) {
                before.is_foreign = true;
                break;
            } else if !token.is_one_of(LINKS) {
                let sentence_start =
                    previous == 0 || roles().at(tokens, previous).is_some() || previous <= self.key_end;
                before.is_odd =
                    !before.said && next == at && token.kind == Kind::Word && token.capital && !sentence_start;
                break;
            }
            next = previous;
        }
        before
    }
}

#[derive(Debug, Default)]
struct Before {
    /// Whether it is called a version.
    said: bool,
    product: Option<usize>,
    /// Whether it belongs to something else.
    is_foreign: bool,
    /// Whether an unknown name stands before it.
    is_odd: bool,
}

const VERSION_WORDS: &[&str] = &[
    "v", "version", "versions", "ver", "vers", "verison", "versoin", "release", "rel", "versione", "versie", "versao",
    "wersja", "wersji", "wersje", "vesion",
];

const LINKS: &[&str] = &[
    "is",
    "the",
    ":",
    "=",
    "number",
    "no",
    "nr",
    "current",
    "currently",
    "(",
    "\"",
    "-",
    "now",
    "at",
    "on",
    "ist",
    "die",
    "der",
    "das",
    "est",
    "es",
    "e",
    "to",
    "la",
    "le",
    "a",
    "in",
    "of",
    "our",
    "'",
    "s",
    "to",
    "still",
    ".",
    "actual",
    "said",
    "shows",
    "em",
];

/// What numbers behind it are not the product's.
const FOREIGN: &[&str] = &[
    "kernel",
    "port",
    "ports",
    "section",
    "chapter",
    "step",
    "question",
    "page",
    "ssh",
    "openssl",
    "firmware",
    "case",
    "ticket",
    "agent",
    "driver",
    "os",
    "protocol",
    "bios",
    "ssl",
    "tls",
    "app",
    "plugin",
    "openssh",
    "php",
    "perl",
    "ruby",
    "esxi",
    "vcenter",
    "glibc",
    "powershell",
    "php",
    "go",
    "node",
    "point",
    "item",
    "line",
    "level",
    "about",
    "approx",
    "phone",
    "tel",
    "fax",
    "room",
    "api",
    "schema",
    "level",
    "libc",
    "linux",
    "cvss",
    "rfc",
    "iso",
    "windows",
    "cpu",
    "rev",
    "vat",
    "invoice",
    "order",
    "serial",
    "id",
    "po",
    "contract",
    "licence",
    "license",
    "account",
    "iban",
    "kb",
    "mail",
];

/// What numbers before it are amounts.
const UNITS: &[&str] = &[
    "gb",
    "mb",
    "kb",
    "tb",
    "gib",
    "mib",
    "million",
    "millions",
    "mio",
    "files",
    "users",
    "partners",
    "seconds",
    "sec",
    "minutes",
    "min",
    "hours",
    "h",
    "days",
    "ms",
    "am",
    "pm",
    "gbit",
    "mbit",
    "mbps",
    "gbps",
    "ghz",
    "times",
    "percent",
    "k",
    "m",
    "bytes",
    "connections",
    "weeks",
    "months",
    "years",
    "stunden",
    "minuten",
    "sekunden",
    "tage",
    "dateien",
    "heures",
    "jours",
    "horas",
    "ore",
    "uur",
    "euro",
    "eur",
    "usd",
    "cpus",
    "cores",
    "vcpu",
    "%",
    "€",
    "$",
    "nodes",
    "e",
];

/// No date, time, address, amount or part of a longer name.
fn can_be_version(tokens: &[Token], at: usize, end: usize) -> bool {
    let parts: Vec<&str> = tokens[at].word.split('.').collect();
    let is_date = parts.len() == 3 && (parts[2].len() == 4 || parts[0].len() == 4);
    let is_address = parts.len() == 4 && parts[0].len() >= 2;
    let starts_with_zero = parts[0].len() > 1 && parts[0].starts_with('0');
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let is_joined = tokens[at].glued
        && before.is_some_and(|before| match before.kind {
            Kind::Word => !before.is_one_of(VERSION_WORDS) && before.word.len() < 30 && !before.is("ft"),
            Kind::Mark => {
                before.is_one_of(&["-", "_", "#", ".", "$", "€", "£", "+"])
                    || (before.is(":") && before.glued && is_number_before(tokens, at))
                    || (before.is("/") && before.glued && is_number_before(tokens, at) && parts.len() < 2)
            }
            Kind::Number | Kind::Cjk => false,
        });
    let next = tokens.get(end);
    let is_amount = next.is_some_and(|next| next.is_one_of(UNITS) && (next.glued || !next.is("e")));
    let goes_on = next.is_some_and(|next| {
        let after = tokens.get(end + 1).is_some_and(|after| after.glued && after.kind == Kind::Number);
        next.glued
            && (next.kind == Kind::Number
                || (next.is_one_of(&["-", ":", "_", "/"]) && after && parts.len() < 2)
                || next.is_one_of(&["st", "nd", "rd", "th"]))
    });
    let any_minor =
        parts.len() == 1 && next.is_some_and(|next| next.is(".")) && tokens.get(end + 1).is_some_and(|x| x.is("x"));
    let any_minor = any_minor || (parts.len() == 1 && tokens[at + 1..end].iter().any(|token| token.is("x")));
    parts.len() <= 5
        && !any_minor
        && !is_date
        && !is_address
        && !starts_with_zero
        && !is_joined
        && !is_amount
        && !goes_on
}

fn is_number_before(tokens: &[Token], at: usize) -> bool {
    at >= 2 && tokens[at - 2].kind == Kind::Number
}
