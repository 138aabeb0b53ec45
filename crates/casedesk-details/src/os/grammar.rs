//! How the versions of operating systems are written.
use super::table::{DESKTOP_VERSIONS, Grammar, SERVER_YEARS, System};
use crate::text::{Kind, Token};

/// Words between a system's name and its version.
const FILLERS: &[&str] = &[
    "server",
    "servers",
    "linux",
    "enterprise",
    "release",
    "version",
    "versione",
    "versie",
    "wersja",
    "versao",
    "ver",
    "v",
    "rel",
    "edition",
    "core",
    "standard",
    "std",
    "datacenter",
    "data",
    "center",
    "dc",
    "essentials",
    "foundation",
    "failover",
    "cluster",
    "machines",
    "machine",
    "box",
    "boxes",
    "os",
    "lts",
    "gnu",
    "stream",
    "r",
    "sp",
    "level",
    "leap",
    "x",
    "workstation",
    "advanced",
    "es",
    "as",
    "ami",
    "srv",
    "hosts",
    "host",
    "vm",
    "vms",
    "pro",
    "bw",
    "servr",
    "sever",
    "serveur",
    "servidor",
    "is",
    "in",
    "the",
    "professional",
    "bookworm",
    "バ",
    "ー",
    "ジ",
    "ョ",
    "ン",
    "on",
    "unix",
];

const MARKS: &[&str] = &["(", ":", "=", "\"", "-", "/", "_", "®", "™", "'", "["];

fn is_number(token: &Token) -> bool {
    token.kind == Kind::Number
}

fn number(tokens: &[Token], at: usize) -> Option<&str> {
    tokens.get(at).filter(|token| is_number(token)).map(|token| token.word.as_str())
}

fn word_is(tokens: &[Token], at: usize, words: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| token.is_one_of(words))
}

/// The version behind a name that ends before token `end`: version, token after, and whether a
/// plain "Windows" turned out to be a server.
pub(super) fn version(system: &System, tokens: &[Token], end: usize) -> (Option<String>, usize, bool) {
    if let Some((version, after)) = code_name(system, tokens, end) {
        return (Some(version), after, false);
    }
    if system.grammar == Grammar::None {
        return (None, end, false);
    }
    const MOST_FILLERS: usize = 5;
    let mut said_server = false;
    for at in end..end + MOST_FILLERS {
        if let Some((version, after, is_server)) = numbered(system, tokens, at, said_server) {
            return (Some(version), after, is_server);
        }
        let is_filler = tokens.get(at).is_some_and(|token| token.is_one_of(FILLERS) || token.is_one_of(MARKS));
        if !is_filler || (at > end && word_is(tokens, at, &["("]) && tokens.get(at + 1).is_none()) {
            break;
        }
        said_server |=
            word_is(tokens, at, &["server", "servers", "srv", "core", "datacenter", "servr", "sever", "serveur"]);
    }
    let after = if said_server && system.grammar == Grammar::Windows { end + 1 } else { end };
    (None, after.min(tokens.len()), said_server && system.grammar == Grammar::Windows)
}

fn code_name(system: &System, tokens: &[Token], end: usize) -> Option<(String, usize)> {
    const FAR: usize = 3;
    (end..(end + FAR).min(tokens.len())).find_map(|at| {
        let (_, version) = system.code_names.iter().find(|(name, _)| tokens[at].is(name))?;
        let version = if system.grammar == Grammar::Ubuntu { format!("{version} LTS") } else { (*version).to_owned() };
        (!tokens[end..at].iter().any(is_number)).then_some((version, at + 1))
    })
}

fn numbered(system: &System, tokens: &[Token], at: usize, said_server: bool) -> Option<(String, usize, bool)> {
    let plain = |found: Option<(String, usize)>| found.map(|(version, end)| (version, end, false));
    match system.grammar {
        Grammar::Dotted(least, most) => plain(dotted(tokens, at, least, most)),
        Grammar::WindowsServer => plain(server_year(tokens, at, true)),
        Grammar::Windows => match server_year(tokens, at, said_server) {
            Some((version, end)) => Some((version, end, true)),
            None => plain(desktop(tokens, at)),
        },
        Grammar::Sles => plain(with_pack(tokens, at)),
        Grammar::Ubuntu => plain(ubuntu(tokens, at)),
        Grammar::Aix => plain(aix(tokens, at).or_else(|| aix_level(tokens, at))),
        Grammar::Solaris => plain(solaris(tokens, at)),
        Grammar::HpUx => plain(hp_ux(tokens, at)),
        Grammar::IbmI => plain(ibm_i(tokens, at)),
        Grammar::None => None,
    }
}

/// `8.6`, `8 update 6`, `8u6`.
fn dotted(tokens: &[Token], at: usize, least: u64, most: u64) -> Option<(String, usize)> {
    let written = number(tokens, at)?;
    let first: u64 = written.split('.').next()?.parse().ok()?;
    if !(least..=most).contains(&first) || written.split('.').count() > 3 || written.len() > 12 {
        return None;
    }
    let updated = word_is(tokens, at + 1, &["update", "u", "upd"]) && !written.contains('.');
    if let Some(update) = number(tokens, at + 2).filter(|_| updated) {
        return Some((format!("{written}.{update}"), at + 3));
    }
    Some((written.to_owned(), at + 1))
}

/// `2012 R2`, `2008 R2 SP1`, `2k16`; two digits count where "server" was said.
fn server_year(tokens: &[Token], at: usize, said_server: bool) -> Option<(String, usize)> {
    let written = number(tokens, at)?;
    let (year, mut end) = if written == "2" && word_is(tokens, at + 1, &["k"]) {
        let short = number(tokens, at + 2)?;
        let padded = format!("{short:0>2}");
        (SERVER_YEARS.iter().find(|(_, two)| *two == padded)?.0, at + 3)
    } else {
        let known = |(year, two): &&(&str, &str)| written == *year || (said_server && written == *two);
        (SERVER_YEARS.iter().find(known)?.0, at + 1)
    };
    if tokens.get(end).is_some_and(|next| next.glued && next.is_one_of(&["-", "/"]))
        && number(tokens, end + 1).is_some()
    {
        return None; // a date
    }
    let mut version = year.to_owned();
    let gap = usize::from(word_is(tokens, end, &["-"]));
    if word_is(tokens, end + gap, &["r"]) && number(tokens, end + gap + 1) == Some("2") {
        version.push_str(" R2");
        end += gap + 2;
    } else if word_is(tokens, end, &["release"]) && number(tokens, end + 1) == Some("2") {
        version.push_str(" R2");
        end += 2;
    }
    if let Some((pack, after)) = pack(tokens, end) {
        version.push_str(&format!(" SP{pack}"));
        end = after;
    }
    Some((version, end))
}

fn pack(tokens: &[Token], at: usize) -> Option<(&str, usize)> {
    const MOST: usize = 2;
    let at = at + usize::from(word_is(tokens, at, &["-", "/", "."]));
    if word_is(tokens, at, &["sp"]) {
        return number(tokens, at + 1).filter(|pack| pack.len() <= MOST).map(|pack| (pack, at + 2));
    }
    let said = word_is(tokens, at, &["service"]) && word_is(tokens, at + 1, &["pack"]);
    number(tokens, at + 2).filter(|pack| said && pack.len() <= MOST).map(|pack| (pack, at + 3))
}

fn desktop(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let token = tokens.get(at)?;
    if !DESKTOP_VERSIONS.contains(&token.word.as_str()) {
        return None;
    }
    let mut version = token.word.to_uppercase().replace("VISTA", "Vista");
    let mut end = at + 1;
    let word = |at: usize, word: &str| word_is(tokens, at, &[word]);
    if let (Some(year), true, Some(half)) = (number(tokens, end), word(end + 1, "h"), number(tokens, end + 2)) {
        version.push_str(&format!(" {year}H{half}"));
        end += 3;
    }
    Some((version, end))
}

/// `15 SP4`, `15.4`, `12`.
fn with_pack(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let written = number(tokens, at)?;
    let (major, minor) = written.split_once('.').map_or((written, None), |(major, minor)| (major, Some(minor)));
    if !matches!(major, "10" | "11" | "12" | "15" | "16") {
        return None;
    }
    if let Some(minor) = minor.filter(|minor| *minor != "0" && minor.len() <= 2) {
        return Some((format!("{major} SP{minor}"), at + 1));
    }
    match pack(tokens, at + 1) {
        Some((pack, end)) => Some((format!("{major} SP{pack}"), end)),
        None => Some((major.to_owned(), at + 1)),
    }
}

/// `22.04`, `22.04.3`, `22`; the releases of April in even years are long-term ones.
fn ubuntu(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let written = number(tokens, at)?;
    let mut parts = written.split('.');
    let year: u64 = parts.next()?.parse().ok()?;
    if !(10..=40).contains(&year) {
        return None;
    }
    let month = parts.next().unwrap_or(if year.is_multiple_of(2) { "04" } else { "10" });
    let month = if month == "4" { "04" } else { month };
    if !matches!(month, "04" | "10") {
        return None;
    }
    let end = at + 1 + usize::from(word_is(tokens, at + 1, &["lts"]));
    let long_term = year.is_multiple_of(2) && month == "04";
    Some((format!("{year}.{month}{}", if long_term { " LTS" } else { "" }), end))
}

/// `7.2 TL5 SP3`.
fn aix(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let written = number(tokens, at)?;
    let (major, minor) = written.split_once('.').unwrap_or((written, ""));
    if !matches!(major, "4" | "5" | "6" | "7") || written.len() > 7 {
        return None;
    }
    let mut version = major.to_owned();
    if let Some(minor) = minor.split('.').next().filter(|minor| !minor.is_empty()) {
        version.push_str(&format!(".{minor}"));
    }
    let mut end = at + 1;
    for (short, long) in [("tl", "technology"), ("sp", "service")] {
        let mut next = end + usize::from(word_is(tokens, end, &["-", "/", ",", "("]));
        if word_is(tokens, next, &[long]) && word_is(tokens, next + 1, &["level", "pack"]) {
            next += 2;
        } else if word_is(tokens, next, &[short]) {
            next += 1;
        } else {
            continue;
        }
        let Some(level) = number(tokens, next).filter(|level| level.len() <= 2) else { break };
        version.push_str(&format!(" {}{}", short.to_uppercase(), trimmed(level)));
        end = next + 1;
    }
    Some((version, end))
}

/// `7200-05-03-2148`, as `oslevel -s` prints it.
pub(super) fn aix_level(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let base = match number(tokens, at)? {
        "5300" => "5.3",
        "6100" => "6.1",
        "7100" => "7.1",
        "7200" => "7.2",
        "7300" => "7.3",
        _ => return None,
    };
    let part = |at: usize| {
        let joined = word_is(tokens, at, &["-"]) && tokens.get(at + 1).is_some_and(|token| token.glued);
        number(tokens, at + 1).filter(|part| joined && part.len() == 2)
    };
    let level = part(at + 1)?;
    let mut version = format!("{base} TL{}", trimmed(level));
    let mut end = at + 3;
    if let Some(pack) = part(end) {
        version.push_str(&format!(" SP{}", trimmed(pack)));
        end += 2;
        let is_week = word_is(tokens, end, &["-"]) && number(tokens, end + 1).is_some_and(|week| week.len() == 4);
        end += if is_week { 2 } else { 0 };
    }
    Some((version, end))
}

fn trimmed(level: &str) -> &str {
    let trimmed = level.trim_start_matches('0');
    if trimmed.is_empty() { "0" } else { trimmed }
}

fn solaris(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let written = number(tokens, at)?;
    let version = written.strip_prefix("5.").filter(|rest| matches!(*rest, "8" | "9" | "10" | "11")).unwrap_or(written);
    let major = version.split('.').next()?;
    (matches!(major, "8" | "9" | "10" | "11") && version.len() <= 5).then(|| (version.to_owned(), at + 1))
}

/// `11i v3`, `11iv3`, `B.11.31`.
fn hp_ux(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let at = at + if word_is(tokens, at, &["b"]) && word_is(tokens, at + 1, &["."]) { 2 } else { 0 };
    match number(tokens, at)? {
        "11.31" => Some(("11i v3".to_owned(), at + 1)),
        "11.23" => Some(("11i v2".to_owned(), at + 1)),
        "11.11" => Some(("11i v1".to_owned(), at + 1)),
        "11" => {
            let mut next = at + 1;
            if word_is(tokens, next, &["iv"]) {
                next += 1;
            } else if word_is(tokens, next, &["i"]) {
                next += 1 + usize::from(word_is(tokens, next + 1, &["v"]));
                next += usize::from(word_is(tokens, next, &["version"]));
            }
            match number(tokens, next).filter(|version| next > at + 1 && version.len() == 1) {
                Some(version) => Some((format!("11i v{version}"), next + 1)),
                None => Some(("11i".to_owned(), at + 1)),
            }
        }
        _ => None,
    }
}

/// `7.4`, `V7R4`, `V7R4M0`.
fn ibm_i(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let at = at + usize::from(word_is(tokens, at, &["v"]));
    let written = number(tokens, at)?;
    if word_is(tokens, at + 1, &["r"]) {
        let release = number(tokens, at + 2).filter(|release| release.len() == 1)?;
        let level = word_is(tokens, at + 3, &["m"]) && number(tokens, at + 4).is_some();
        return Some((format!("{written}.{release}"), at + 3 + if level { 2 } else { 0 }));
    }
    (matches!(written.split('.').next()?, "5" | "6" | "7") && written.len() <= 5).then(|| (written.to_owned(), at + 1))
}

/// `w2k12r2`, `win2k19`, `ws2019`, `w2016`.
pub(super) fn short_windows(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let short = word_is(tokens, at, &["w", "win", "ws", "wn", "windows", "winsrv"]);
    let glued = tokens.get(at + 1).is_some_and(|next| next.glued);
    if short && glued {
        let said_server = word_is(tokens, at, &["ws", "winsrv"])
            || number(tokens, at + 1).is_some_and(|n| n.len() == 4)
            || (word_is(tokens, at, &["win"])
                && number(tokens, at + 1).is_some_and(|n| matches!(n, "12" | "16" | "19" | "22")));
        return server_year(tokens, at + 1, said_server);
    }
    let starts = number(tokens, at) == Some("2") && word_is(tokens, at + 1, &["k"]) && tokens[at + 1].glued;
    if starts { server_year(tokens, at, false) } else { None }
}

/// `2012 R2`, `2016 Windows server`, `server 2019`.
pub(super) fn year_first(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    if word_is(tokens, at, &["server", "srv"]) {
        let (version, end) = server_year(tokens, at + 1, false)?;
        let is_date =
            word_is(tokens, end, &["."]) && tokens.get(end + 1).is_some_and(|next| next.glued && is_number(next));
        return (!is_date).then_some((version, end));
    }
    let (version, end) = server_year(tokens, at, false)?;
    let mut next = end + usize::from(word_is(tokens, end, &["standard", "std", "datacenter"]));
    if word_is(tokens, next, &["windows", "win", "ms", "microsoft"]) {
        next += 1;
        while word_is(tokens, next, &["windows", "server", "servers", "srv"]) {
            next += 1;
        }
        return Some((version, next));
    }
    if word_is(tokens, end, &["server", "servers"]) {
        return Some((version, end + 1));
    }
    version.contains("R2").then_some((version, end))
}
