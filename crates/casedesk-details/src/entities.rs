//! Names and versions in the words of a sentence.
use crate::os;
use crate::phrases::Phrases;
use crate::text::{Kind, Token};
use crate::version::{self, Match, Releases, Version};
use crate::words::technology::{KINDS_OF_ONE_MAKER, Thing, client_programs, things};
use crate::{Confidence, Field};

#[derive(Debug, Clone)]
pub(crate) enum What {
    System(os::Found),
    Architecture(&'static str),
    /// A product's version, and the product's place in the context.
    Version(Version, Option<usize>),
    Thing(Thing, Option<String>),
    /// "two nodes".
    Nodes(u64),
    /// A program of the users'.
    ClientProgram,
    /// The product's name without a version.
    Product,
}

#[derive(Debug, Clone)]
pub(crate) struct Entity {
    pub(crate) what: What,
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) confidence: Confidence,
    pub(crate) why: &'static str,
}

impl Entity {
    pub(crate) fn field(&self) -> Option<Field> {
        match &self.what {
            What::System(_) => Some(Field::OsName),
            What::Architecture(_) => Some(Field::OsArchitecture),
            What::Version(..) => Some(Field::ProductVersion),
            What::Thing(thing, _) => Some(thing.field),
            What::Nodes(_) => Some(Field::HighAvailability),
            What::ClientProgram | What::Product => None,
        }
    }
}

/// What is known beside the words.
pub(crate) struct Reader<'a> {
    pub(crate) products: &'a Phrases<usize>,
    /// Of each product.
    pub(crate) releases: &'a [Releases<'a>],
    /// What is asked.
    pub(crate) fields: &'a [Field],
    /// Where the words of the key end.
    pub(crate) key_end: usize,
}

impl Reader<'_> {
    /// All entities, from left to right, none overlapping.
    pub(crate) fn read(&self, tokens: &[Token]) -> Vec<Entity> {
        let mut found: Vec<Entity> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.named(tokens, at) {
                Some(entity) => {
                    at = entity.end.max(at + 1);
                    found.push(entity);
                    at = more_of_tls(tokens, at, &mut found);
                }
                None => at += 1,
            }
        }
        self.versions(tokens, &mut found);
        self.bare_year(tokens, &mut found);
        found.sort_by_key(|entity| entity.first);
        share_kinds(tokens, &mut found);
        found
    }

    fn named(&self, tokens: &[Token], at: usize) -> Option<Entity> {
        let entity = |what, end, why| Some(Entity { what, first: at, end, confidence: Confidence::Sure, why });
        if let Some((_, end)) = self.products.at(tokens, at) {
            return entity(What::Product, end, "");
        }
        if let Some((_, end)) = client_programs().at(tokens, at) {
            let end = skip_number(tokens, end);
            return entity(What::ClientProgram, end, "");
        }
        if let Some((count, end)) = nodes(tokens, at) {
            return entity(What::Nodes(count), end, "nodes are counted");
        }
        let thing = things().at(tokens, at).filter(|(thing, end)| is_meant(tokens, at, *end, thing));
        let system = os::at_token(tokens, at);
        if let Some(found) = system.filter(|found| thing.is_none_or(|(_, end)| found.end >= end)) {
            let end = found.end;
            let sure = found.named && !found.system.is_desktop && !found.is_linux_of_no_name();
            let confidence = if sure { Confidence::Sure } else { Confidence::Likely };
            let why =
                if found.named { "an operating system is named" } else { "a year that stands for Windows Server" };
            return Some(Entity { what: What::System(found), first: at, end, confidence, why });
        }
        if let Some((name, end)) =
            os::architecture_at(tokens, at).filter(|(_, end)| thing.is_none_or(|(_, other)| *end > other))
        {
            return entity(What::Architecture(name), end, "an architecture is named");
        }
        let (thing, end) = thing?;
        let (version, end) = if thing.versioned { thing_version(tokens, end) } else { (None, end) };
        let needs_version = thing.kind == "Oracle Database" && end - at == 1;
        if needs_version && version.is_none() && !self.fields.contains(&Field::Database) {
            return None;
        }
        let bare_sql = tokens[at].is("sql") && end - at == 1 && version.is_none();
        (!bare_sql).then_some(())?;
        entity(What::Thing(thing, version), end, "it is named")
    }

    /// Numbers that are left and may be the product's version.
    fn versions(&self, tokens: &[Token], found: &mut Vec<Entity>) {
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
                let sentence_start = previous == 0
                    || crate::words::roles::roles().at(tokens, previous).is_some()
                    || previous <= self.key_end;
                before.is_odd =
                    !before.said && next == at && token.kind == Kind::Word && token.capital && !sentence_start;
                break;
            }
            next = previous;
        }
        before
    }

    /// A year where the question asks for a system, or behind "on".
    fn bare_year(&self, tokens: &[Token], found: &mut Vec<Entity>) {
        if found.iter().any(|entity| matches!(entity.what, What::System(_))) {
            return;
        }
        let value = tokens.get(self.key_end..).unwrap_or_default();
        let asked = self.fields.contains(&Field::OsName);
        let Some(mut year) = os::bare_year(value) else { return };
        year.first += self.key_end;
        year.end += self.key_end;
        let behind_on =
            year.first.checked_sub(1).is_some_and(|at| tokens[at].is_one_of(&["on", "auf", "sous", "under", "unter"]));
        let has_version =
            found.iter().any(|entity| matches!(entity.what, What::Version(..)) && entity.end + 3 > year.first);
        let free = !found.iter().any(|entity| (entity.first..entity.end).contains(&year.first));
        if free && ((asked && value.len() <= 6) || (behind_on && has_version)) {
            let (first, end) = (year.first, year.end);
            let why = "a year that stands for Windows Server";
            found.push(Entity { what: What::System(year), first, end, confidence: Confidence::Likely, why });
        }
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
    let is_amount = next.is_some_and(|next| next.is_one_of(UNITS) && !(next.is("e") && !next.glued));
    let goes_on = next.is_some_and(|next| {
        let after = tokens.get(end + 1).is_some_and(|after| after.glued && after.kind == Kind::Number);
        next.glued
            && (next.kind == Kind::Number
                || (next.is_one_of(&["-", ":", "_", "/"]) && after && parts.len() < 2)
                || next.is_one_of(&["st", "nd", "rd", "th"]))
    });
    parts.len() <= 5 && !is_date && !is_address && !starts_with_zero && !is_joined && !is_amount && !goes_on
}

/// "TLS 1.2 and 1.3"
fn more_of_tls(tokens: &[Token], at: usize, found: &mut Vec<Entity>) -> usize {
    let mut at = at;
    while let Some(last) = found.last() {
        let What::Thing(thing, _) = &last.what else { break };
        let joined = tokens
            .get(at)
            .is_some_and(|token| token.is_one_of(&["and", "und", "et", "y", "e", "en", "i", "/", ",", "&", "+"]));
        let more = tokens.get(at + 1).filter(|token| joined && token.kind == Kind::Number);
        let next = more
            .and_then(|token| ["TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"].iter().find(|kind| kind[4..] == token.word));
        let Some(kind) = next.filter(|_| thing.kind.starts_with("TLS ")) else { break };
        let thing = Thing { kind, ..*thing };
        found.push(Entity { what: What::Thing(thing, None), first: at + 1, end: at + 2, ..last.clone() });
        at += 2;
    }
    at
}

/// "two nodes", "3-node", "zwei Knoten", "2 Windows servers".
fn nodes(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    const COUNTS: &[(u64, &[&str])] = &[
        (2, &["2", "two", "zwei", "deux", "dos", "due", "twee", "dois", "duas", "dwa", "dual", "dwoch"]),
        (3, &["3", "three", "drei", "trois", "tres", "tre", "drie", "trzy"]),
        (4, &["4", "four", "vier", "quatre", "cuatro", "quattro", "quatro", "cztery"]),
    ];
    const NODES: &[&str] =
        &["node", "nodes", "knoten", "noeuds", "noeud", "nodos", "nodi", "nos", "knooppunten", "wezly", "ノ", "台"];
    let (count, _) = COUNTS.iter().find(|(_, words)| tokens[at].is_one_of(words))?;
    let gap = usize::from(tokens.get(at + 1).is_some_and(|token| token.is("-")));
    if tokens.get(at + 1 + gap).is_some_and(|token| token.is_one_of(NODES)) {
        return Some((*count, at + 2 + gap));
    }
    // "two Windows servers in a cluster"
    let system = os::at_token(tokens, at + 1)?;
    let rest = tokens.get(at + 1..)?;
    let machines = rest[..(system.end - at).min(rest.len())]
        .iter()
        .any(|token| token.is_one_of(&["servers", "machines", "boxes", "vms", "nodes", "hosts", "knoten"]));
    let cluster = rest.iter().any(|token| token.is_one_of(&["cluster", "clustered", "active", "aktiv", "failover"]));
    (machines && cluster).then_some((*count, at + 1))
}

fn is_number_before(tokens: &[Token], at: usize) -> bool {
    at >= 2 && tokens[at - 2].kind == Kind::Number
}

fn skip_number(tokens: &[Token], end: usize) -> usize {
    let next =
        end + usize::from(tokens.get(end).is_some_and(|token| token.is_one_of(&["v", "version", "client", "pro"])));
    if tokens.get(next).is_some_and(|token| token.kind == Kind::Number) { next + 1 } else { end }
}

/// The version behind the name of a database or runtime.
fn thing_version(tokens: &[Token], end: usize) -> (Option<String>, usize) {
    const FAR: usize = 4;
    const FILLERS: &[&str] = &[
        "version",
        "v",
        "server",
        "express",
        "standard",
        "enterprise",
        "edition",
        "release",
        ":",
        "=",
        "database",
        "db",
        "(",
        "-",
        "community",
        "update",
        "luw",
        "se",
        "ee",
        "runtime",
        "environment",
        "is",
        "ver",
        "java",
        "jre",
        "jdk",
        "std",
        "/",
        "wersja",
        "versie",
        "versione",
        "64",
        "bit",
        "datenbank",
        "http",
    ];
    let mut at = end;
    for _ in 0..FAR {
        let Some(token) = tokens.get(at) else { break };
        if token.kind == Kind::Number && token.word.len() <= 14 {
            if token.is("64") && tokens.get(at + 1).is_some_and(|next| next.is("bit")) {
                at += 2;
                continue;
            }
            return full_version(tokens, at);
        }
        if !token.is_one_of(FILLERS) {
            break;
        }
        at += 1;
    }
    (None, end)
}

/// `19c`, `12cR2`, `1.8.0_292`, `8u292`, `2008 R2`.
fn full_version(tokens: &[Token], at: usize) -> (Option<String>, usize) {
    let mut version = tokens[at].word.clone();
    let mut end = at + 1;
    let token = |at: usize| tokens.get(at);
    if token(end).is_some_and(|next| next.glued && next.is_one_of(&["c", "g", "ai", "i"])) {
        version.push_str(&tokens[end].word);
        end += 1;
    } else if token(end).is_some_and(|next| next.glued && next.is_one_of(&["_", "u", "+"]))
        && token(end + 1).is_some_and(|next| next.glued && next.kind == Kind::Number)
    {
        version.push_str(&tokens[end].word);
        version.push_str(&tokens[end + 1].word);
        end += 2;
    }
    if token(end).is_some_and(|next| next.is("r")) && token(end + 1).is_some_and(|next| next.is("2") && next.glued) {
        version.push_str(" R2");
        end += 2;
    }
    (Some(version), end)
}

/// Short names that are common words too.
fn is_meant(tokens: &[Token], at: usize, end: usize, thing: &Thing) -> bool {
    if end - at != 1 {
        return true;
    }
    let token = &tokens[at];
    let upper = token.capital;
    let next = tokens.get(end).map_or("", |next| next.word.as_str());
    if thing.field == Field::Protocols && tokens.get(end).is_some_and(|next| next.glued && next.kind == Kind::Number) {
        return false; // ftp01, a host
    }
    match token.word.as_str() {
        "ad" | "ha" | "av" | "fw" | "lb" | "san" | "ids" | "ips" | "pci" | "sep" | "rac" | "pg" | "edr" | "elk" => {
            upper || tokens.len() <= 3
        }
        "duo" | "elastic" | "sql" | "entra" | "falcon" | "defender" | "puppet" | "satellite" | "cisco" | "asa"
        | "word" => upper,
        "net" => false,
        "dav" | "dc" => upper,
        "redundant" | "resilience" => true,
        "whitelist" | "allowlist" => true,
        "ssh" => false,
        "citrix" => next != "adc",
        "java" => next != "script" && !next.is_empty() || thing.field == Field::Runtime,
        _ => true,
    }
}

/// "Sophos antivirus", "nginx load balancer": the kind beside a make is its kind.
fn share_kinds(tokens: &[Token], found: &mut [Entity]) {
    for at in 0..found.len() {
        let What::Thing(thing, _) = &found[at].what else { continue };
        if thing.name.is_none() || !KINDS_OF_ONE_MAKER.contains(&thing.kind) {
            continue;
        }
        let kind_of = |other: usize| match &found[other].what {
            What::Thing(kind, _) if kind.name.is_none() && KINDS_OF_ONE_MAKER.contains(&kind.kind) => Some(kind.kind),
            _ => None,
        };
        let is_near = |one: &Entity, other: &Entity| {
            let between = tokens.get(one.end..other.first).unwrap_or_default();
            let parts = |token: &Token| {
                token.is_one_of(&[
                    ",", ";", "and", "und", "et", "y", "e", "en", "i", "+", "&", "/", "|", ".", "、", "via",
                ])
            };
            between.len() <= 3 && !between.iter().any(parts)
        };
        let before = at.checked_sub(1).filter(|before| is_near(&found[*before], &found[at])).and_then(kind_of);
        let after = (at + 1 < found.len() && is_near(&found[at], &found[at + 1])).then(|| kind_of(at + 1)).flatten();
        if let (Some(kind), What::Thing(thing, _)) = (after.or(before), &mut found[at].what) {
            thing.kind = kind;
        }
    }
}
