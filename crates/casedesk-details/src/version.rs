//! Product versions as people write them: read, compared, and matched to the table of releases.
use std::cmp::Ordering;

use crate::text::{Kind, Token, tokens};

/// What stands behind the numbers, in the order in which vendors release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suffix {
    Beta,
    ReleaseCandidate,
    ServicePack,
    Update,
    Patch,
    Hotfix,
    Build,
}

impl Suffix {
    fn is_before_release(self) -> bool {
        matches!(self, Suffix::Beta | Suffix::ReleaseCandidate)
    }

    fn written(self, number: &str) -> String {
        match self {
            Suffix::Beta => format!("beta {number}"),
            Suffix::ReleaseCandidate => format!("RC{number}"),
            Suffix::ServicePack => format!("SP{number}"),
            Suffix::Update => format!("update {number}"),
            Suffix::Patch => format!("patch {number}"),
            Suffix::Hotfix => format!("hotfix {number}"),
            Suffix::Build => format!("build {number}"),
        }
    }
}

/// A version: `5.1.0.2 build 1234`. Missing numbers count as 0, so 5.1 equals 5.1.0.
#[derive(Debug, Clone)]
pub struct Version {
    numbers: Vec<u64>,
    suffixes: Vec<(Suffix, u64)>,
    text: String,
}

impl Version {
    /// Reads `v5.1`, `version 5.1 hotfix 3`, `5.1 SP2`; None where there is no number.
    pub fn parse(written: &str) -> Option<Version> {
        const LONGEST: usize = 200;
        let tokens = tokens(written, 0..crate::text::cut(written, LONGEST).len());
        let at = tokens.iter().position(|token| token.kind == Kind::Number)?;
        read_at(&tokens, at).map(|(version, _)| version)
    }

    /// The normalised spelling: `5.1 SP2`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The numbers alone: `5.1`.
    pub fn base(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
    }

    fn starts_with(&self, cycle: &Version) -> bool {
        cycle.suffixes.is_empty() && self.numbers.starts_with(&cycle.numbers)
    }

    /// Suffixes before a release sort below none, all others above.
    fn rank(&self) -> impl Iterator<Item = (i8, Suffix, u64)> {
        self.suffixes.iter().map(|(suffix, number)| (if suffix.is_before_release() { -1 } else { 1 }, *suffix, *number))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let number = |version: &Version, at: usize| version.numbers.get(at).copied().unwrap_or(0);
        let numbers = (0..longest).map(|at| number(self, at).cmp(&number(other, at)));
        numbers.fold(Ordering::Equal, Ordering::then).then_with(|| {
            let none = || std::iter::once((0, Suffix::Beta, 0));
            self.rank().chain(none()).cmp(other.rank().chain(none()))
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

/// Compares two spellings; None where one of them is no version.
pub fn compare(one: &str, other: &str) -> Option<Ordering> {
    Some(Version::parse(one)?.cmp(&Version::parse(other)?))
}

/// What the table of releases says of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match<'a> {
    /// This release, or this release with a build or hotfix on it.
    Exact(&'a str),
    /// No such release, but the nearest that it belongs to: 5.1.9 to 5.1.
    Cycle(&'a str),
    /// Less than a release was said: "5" where there are 5.0 and 5.1; this is the first.
    Within(&'a str),
    Unknown,
}

impl<'a> Match<'a> {
    pub fn release(self) -> Option<&'a str> {
        match self {
            Match::Exact(release) | Match::Cycle(release) => Some(release),
            Match::Within(_) | Match::Unknown => None,
        }
    }
}

/// Matches a version as written to the releases.
pub fn matched<'a>(written: &str, releases: &'a [String]) -> Match<'a> {
    Version::parse(written).map_or(Match::Unknown, |version| Releases::new(releases).matched(&version))
}

/// A table of releases, read once.
#[derive(Debug)]
pub(crate) struct Releases<'a>(Vec<(&'a str, Version)>);

impl<'a> Releases<'a> {
    pub(crate) fn new(releases: &'a [String]) -> Self {
        const MOST: usize = 2_000;
        let read = |release: &'a String| Some((release.as_str(), Version::parse(release)?));
        Releases(releases.iter().take(MOST).filter_map(read).collect())
    }

    pub(crate) fn matched(&self, version: &Version) -> Match<'a> {
        let bare = Version { suffixes: Vec::new(), ..version.clone() };
        let same = |one: &Version, other: &Version| one == other && (other.numbers.len() > 1 || one.numbers.len() == 1);
        let exact = |wanted: &Version| self.0.iter().find(|(_, one)| same(one, wanted));
        if let Some((release, _)) = exact(version).or_else(|| exact(&bare)) {
            return Match::Exact(release);
        }
        let cycles = self.0.iter().filter(|(_, one)| version.starts_with(one));
        if let Some((release, _)) = cycles.max_by_key(|(_, one)| one.numbers.len()) {
            return Match::Cycle(release);
        }
        let within = self.0.iter().filter(|(_, one)| one.starts_with(&bare));
        within
            .min_by(|(_, one), (_, other)| one.cmp(other))
            .map_or(Match::Unknown, |(release, _)| Match::Within(release))
    }
}

/// A version that begins with the number at `at`, and the token after it.
pub(crate) fn read_at(tokens: &[Token], at: usize) -> Option<(Version, usize)> {
    const MOST_NUMBERS: usize = 6;
    let first = tokens.get(at).filter(|token| token.kind == Kind::Number && token.word.len() <= 30)?;
    let numbers: Vec<u64> = first.word.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    if numbers.len() > MOST_NUMBERS {
        return None;
    }
    let (mut text, mut suffixes, mut next) = (first.word.clone(), Vec::new(), at + 1);
    if tokens.get(next).is_some_and(|token| token.is(".")) && tokens.get(next + 1).is_some_and(|x| x.is("x") && x.glued)
    {
        next += 2;
    }
    while let Some((suffix, number, end)) = suffix_at(tokens, next) {
        text.push(' ');
        text.push_str(&suffix.written(&number));
        suffixes.push((suffix, number.parse().ok()?));
        next = end;
    }
    Some((Version { numbers, suffixes, text }, next))
}

fn suffix_at(tokens: &[Token], at: usize) -> Option<(Suffix, String, usize)> {
    let mut at = at;
    while tokens.get(at)?.is_one_of(&["(", "-", "+", "/"]) && tokens.get(at + 1)?.kind == Kind::Word {
        at += 1;
    }
    let second = tokens.get(at + 1);
    let is_second = |words: &[&str]| second.is_some_and(|token| token.is_one_of(words));
    let (suffix, mut next) = match tokens[at].word.as_str() {
        "beta" => (Suffix::Beta, at + 1),
        "rc" => (Suffix::ReleaseCandidate, at + 1),
        "sp" => (Suffix::ServicePack, at + 1),
        "service" if is_second(&["pack"]) => (Suffix::ServicePack, at + 2),
        "update" | "upd" => (Suffix::Update, at + 1),
        "patch" => (Suffix::Patch, at + 1),
        "fix" if is_second(&["pack"]) => (Suffix::Patch, at + 2),
        "hotfix" | "hf" => (Suffix::Hotfix, at + 1),
        "hot" if is_second(&["fix"]) => (Suffix::Hotfix, at + 2),
        "build" | "b" | "bld" => (Suffix::Build, at + 1),
        _ => return None,
    };
    while tokens.get(next)?.is_one_of(&["#", ":", "-", "no", "number", "nr"]) {
        next += 1;
    }
    let number = tokens.get(next).filter(|token| token.kind == Kind::Number && !token.word.contains('.'))?;
    let is_small = number.word.len() <= 12;
    let closed = tokens.get(next + 1).is_some_and(|token| token.is(")")) as usize;
    is_small.then(|| (suffix, number.word.clone(), next + 1 + closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases() -> Vec<String> {
        ["5.0", "5.0.1", "5.1", "5.1.0.2", "5.1.2", "6.0"].map(String::from).into()
    }

    #[test]
    fn versions_are_read_as_people_write_them() {
        for (written, read) in [
            ("v5.1", "5.1"),
            ("5.1.0.2 build 1234", "5.1.0.2 build 1234"),
            ("5.1.0.2 (Build: 1234)", "5.1.0.2 build 1234"),
            ("5.1.0.2-b1234", "5.1.0.2 build 1234"),
            ("5.1 SP2", "5.1 SP2"),
            ("5.1sp2", "5.1 SP2"),
            ("5.1 Service Pack 2", "5.1 SP2"),
            ("version 5.1 hotfix 3", "5.1 hotfix 3"),
            ("5.1 HF3", "5.1 hotfix 3"),
            ("Release 5.1 SP1 Hotfix #12", "5.1 SP1 hotfix 12"),
            ("5.1.x", "5.1"),
            ("6.0-rc2", "6.0 RC2"),
            ("V. 5.0.1", "5.0.1"),
        ] {
            assert_eq!(Version::parse(written).unwrap().as_str(), read, "{written}");
        }
        assert!(Version::parse("the newest").is_none());
        assert!(Version::parse(&"9".repeat(1_000_000)).is_none());
    }

    #[test]
    fn versions_compare_by_number_and_then_by_what_was_put_on_top() {
        let ordered = ["5.0", "5.1 RC1", "5.1", "5.1 SP2", "5.1 SP2 hotfix 1", "5.1.0.2", "5.1.9", "5.1.10", "6"];
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
        }
        assert_eq!(compare("5.1", "v5.1.0"), Some(Ordering::Equal));
        assert_eq!(compare("5.1", "new"), None);
    }

    #[test]
    fn a_version_finds_its_release() {
        let releases = releases();
        assert_eq!(matched("5.1", &releases), Match::Exact("5.1"));
        assert_eq!(matched("5.1.0.2 build 1234", &releases), Match::Exact("5.1.0.2"));
        assert_eq!(matched("5.1 SP2", &releases), Match::Exact("5.1"));
        assert_eq!(matched("5.1.9", &releases), Match::Cycle("5.1"));
        assert_eq!(matched("5", &releases), Match::Within("5.0"));
        assert_eq!(matched("7.3", &releases), Match::Unknown);
        assert_eq!(matched("none", &releases), Match::Unknown);
    }
}
