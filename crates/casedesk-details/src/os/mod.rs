//! Operating systems as people write them, matched to the vendor's names and endoflife.date's products.
mod grammar;
mod table;

use std::sync::OnceLock;

use crate::phrases::Phrases;
use crate::text::{Kind, Token, cut, tokens};
pub use table::System;
use table::{ARCHITECTURES, SERVER_YEARS, SIXTY_FOUR_BIT, SYSTEMS, WINDOWS_SERVER};

/// A system that was recognised.
#[derive(Debug, Clone)]
pub struct Recognised {
    pub system: &'static System,
    /// `2012 R2`, `8.6`, `7.2 TL5 SP3`; as it is normally written.
    pub version: Option<String>,
    /// The cycle at endoflife.date, such as `2012-r2`, `8`, `15.4`, `22.04`.
    pub cycle: Option<String>,
    pub architecture: Option<&'static str>,
}

/// Recognises the first system that a short text names, with its version and architecture.
pub fn recognise(written: &str) -> Option<Recognised> {
    const LONGEST: usize = 500;
    let tokens = tokens(written, 0..cut(written, LONGEST).len());
    let found = (0..tokens.len()).find_map(|at| at_token(&tokens, at)).or_else(|| bare_year(&tokens))?;
    let architecture = (0..tokens.len())
        .filter(|at| !(found.first..found.end).contains(at))
        .find_map(|at| architecture_at(&tokens, at))
        .and_then(|(written, _)| architecture_on(written, Some(found.system)));
    let version = found.version.clone();
    let cycle = version.as_deref().map(|version| cycle(found.system, version));
    Some(Recognised { system: found.system, version, cycle, architecture })
}

/// The system of this name, as it stands in a proposal.
pub fn by_name(name: &str) -> Option<&'static System> {
    SYSTEMS.iter().find(|system| system.name == name)
}

/// The cycle by which endoflife.date knows a version.
pub fn cycle(system: &System, version: &str) -> String {
    let major = || version.split(['.', ' ']).next().unwrap_or_default().to_owned();
    let words: Vec<&str> = version.split(' ').collect();
    match system.slug {
        Some("windows-server") => match words.get(1) {
            Some(&"R2") => format!("{}-r2", words[0]),
            _ => words[0].to_owned(),
        },
        Some("sles") => match words.get(1).and_then(|pack| pack.strip_prefix("SP")) {
            Some(pack) => format!("{}.{pack}", words[0]),
            None => words[0].to_owned(),
        },
        Some("windows") => words.join("-").to_lowercase(),
        Some("ubuntu" | "ibm-aix" | "solaris" | "ibm-i" | "alpine-linux" | "opensuse") => words[0].to_owned(),
        Some("macos") if version.starts_with("10.") => words[0].to_owned(),
        _ => major(),
    }
}

/// A system in the tokens of a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) system: &'static System,
    pub(crate) version: Option<String>,
    pub(crate) first: usize,
    pub(crate) end: usize,
    /// Whether it was named; else a year stood for it.
    pub(crate) named: bool,
}

impl Found {
    pub(crate) fn is_linux_of_no_name(&self) -> bool {
        std::ptr::eq(self.system, &SYSTEMS[table::LINUX])
    }
}

fn names() -> &'static Phrases<usize> {
    static NAMES: OnceLock<Phrases<usize>> = OnceLock::new();
    NAMES.get_or_init(|| Phrases::new(SYSTEMS.iter().enumerate().map(|(at, system)| (system.spellings, at))))
}

fn architectures() -> &'static Phrases<&'static str> {
    static NAMES: OnceLock<Phrases<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| Phrases::new(ARCHITECTURES.iter().map(|(name, spellings)| (*spellings, *name))))
}

/// The system whose name or release begins at this token.
pub(crate) fn at_token(tokens: &[Token], at: usize) -> Option<Found> {
    let found = |place: usize, version: Option<String>, end| {
        Some(Found { system: &SYSTEMS[place], version, first: at, end, named: true })
    };
    if let Some((version, end)) = grammar::short_windows(tokens, at) {
        return found(WINDOWS_SERVER, Some(version), end);
    }
    if let Some((version, end)) = grammar::aix_level(tokens, at) {
        let place = SYSTEMS.iter().position(|system| system.slug == Some("ibm-aix"))?;
        return found(place, Some(version), end);
    }
    if let Some((place, end)) = names().at(tokens, at) {
        if is_other_word(tokens, at, end) {
            return None;
        }
        let (version, end, is_server) = grammar::version(&SYSTEMS[place], tokens, end);
        if matches!(SYSTEMS[place].spellings.split('|').next(), Some("oracle linux" | "amazon linux"))
            && end - at <= 2
            && tokens[at].word.len() <= 3
            && version.is_none()
        {
            return None;
        }
        return found(if is_server { WINDOWS_SERVER } else { place }, version, end);
    }
    let (version, end) = grammar::year_first(tokens, at)?;
    let named =
        tokens[at].kind == Kind::Word || version.contains('R') || names().at(tokens, end.saturating_sub(1)).is_some();
    Some(Found { system: &SYSTEMS[WINDOWS_SERVER], version: Some(version), first: at, end, named })
}

/// "win" the verb, "alma" the name, "al" the article, "Mac mini", "MAC address".
fn is_other_word(tokens: &[Token], at: usize, end: usize) -> bool {
    if end - at != 1 {
        return false;
    }
    let next_is_number = tokens.get(end).is_some_and(|token| token.kind == Kind::Number);
    let next = tokens.get(end).map_or("", |token| token.word.as_str());
    match tokens[at].word.as_str() {
        "win" => !next_is_number && !tokens[at].capital,
        "al" | "ol" | "oel" | "sle" => !next_is_number,
        "alma" | "rocky" | "unix" => !next_is_number && !tokens[at].capital,
        "mac" => matches!(next, "address" | "adresse" | "mini"),
        "windows" => {
            matches!(next, "authentication" | "explorer" | "event" | "service" | "services" | "auth" | "share")
        }
        _ => false,
    }
}

/// A year that can only stand for Windows Server, where the question asks for a system.
pub(crate) fn bare_year(tokens: &[Token]) -> Option<Found> {
    tokens.iter().enumerate().find_map(|(at, token)| {
        let (year, _) = SERVER_YEARS.iter().find(|(year, _)| token.is(year))?;
        let dated = tokens.get(at + 1).is_some_and(|next| next.glued && next.is_one_of(&["-", "/", "."]));
        let version = Some((*year).to_owned());
        (!dated).then_some(Found { system: &SYSTEMS[WINDOWS_SERVER], version, first: at, end: at + 1, named: false })
    })
}

/// An architecture as written, and the token after it.
pub(crate) fn architecture_at(tokens: &[Token], at: usize) -> Option<(&'static str, usize)> {
    let (name, end) = architectures().at(tokens, at)?;
    let next = tokens.get(end);
    // "32 bit" of a key, "ARM" of a ship: only with what else says that it is the machine.
    let of_a_key = next.is_some_and(|token| token.is_one_of(&["key", "keys", "encryption", "aes", "hash", "random"]));
    (!of_a_key).then_some((name, end))
}

/// What "64 bit" means on a system; other architectures are what they are.
pub(crate) fn architecture_on(written: &'static str, system: Option<&System>) -> Option<&'static str> {
    if written != SIXTY_FOUR_BIT {
        return Some(written);
    }
    match system?.grammar {
        table::Grammar::Aix => Some("POWER"),
        table::Grammar::HpUx | table::Grammar::IbmI | table::Grammar::Solaris => None,
        _ => Some("x86_64"),
    }
}

#[cfg(test)]
#[path = "spellings.rs"]
mod tests;
