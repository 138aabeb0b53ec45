//! Names of protocols, products and measures, and what belongs to them.
use super::{Entity, What};
use crate::text::{Kind, Token};
use crate::words::technology::{KINDS_OF_ONE_MAKER, Thing};
use crate::{Field, os};

/// "TLS 1.2 and 1.3"
pub(super) fn more_of_tls(tokens: &[Token], at: usize, found: &mut Vec<Entity>) -> usize {
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
pub(super) fn nodes(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
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

pub(super) fn skip_number(tokens: &[Token], end: usize) -> usize {
    let next =
        end + usize::from(tokens.get(end).is_some_and(|token| token.is_one_of(&["v", "version", "client", "pro"])));
    if tokens.get(next).is_some_and(|token| token.kind == Kind::Number) { next + 1 } else { end }
}

/// The version behind the name of a database or runtime.
pub(super) fn thing_version(tokens: &[Token], end: usize) -> (Option<String>, usize) {
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
pub(super) fn is_meant(tokens: &[Token], at: usize, end: usize, thing: &Thing) -> bool {
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
pub(super) fn share_kinds(tokens: &[Token], found: &mut [Entity]) {
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
