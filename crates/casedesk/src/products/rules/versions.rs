//! Which cycle a version belongs to, which release is the newest, and whether there is a newer one.
use std::cmp::Ordering;

use casedesk_details::version::{Version, compare, matched};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Standing, fold, standing};
use crate::kit::Day;
use crate::products::{Channel, Cycle, CycleId, Release};

/// Words that a version may be written with. Any other, as R2 in “2012 R2”, is part of a name.
const WORDS: [&str; 26] = [
    "v", "version", "release", "rel", "x", "no", "nr", "number", "beta", "rc", "sp", "tl", "service", "pack", "update",
    "upd", "patch", "fix", "hotfix", "hf", "hot", "build", "b", "bld", "lts", "ga",
];

/// What a vendor delivers between two versions, as it is written and as it is abbreviated.
const PACKS: [(&str, &str); 2] = [("service pack", "sp"), ("technology level", "tl")];

/// The cycle that a version, as people write it, belongs to: 5.1.3 to 5.1, 22.04.5 LTS to 22.04, 15 SP5 to `15 SP5` or, as
/// endoflife.date writes it, `15.5`, and 2012 R2 to `2012-r2`.
pub fn cycle_of<'a>(version: &str, cycles: &'a [Cycle]) -> Option<&'a Cycle> {
    let written = spelt(version);
    let dotted = dotted(&written);
    // Where packs have lines of their own, one that has none is not the version without packs.
    let bare = dotted.as_ref().map(|(base, _)| base.as_str()).filter(|base| has_packs(base, cycles));
    let is_named = |cycle: &&Cycle| {
        let name = spelt(&cycle.name);
        let dotted = dotted.as_ref().is_some_and(|(_, dotted)| begins(dotted, &name));
        (begins(&written, &name) || dotted) && bare != Some(name.as_str())
    };
    if let Some(found) = cycles.iter().filter(is_named).max_by_key(|cycle| cycle.name.len()) {
        return Some(found);
    }
    if bare.is_some() {
        return None;
    }
    if !is_only_a_version(&written) {
        return None;
    }
    let plain: Vec<&Cycle> = cycles.iter().filter(|cycle| is_only_a_version(&fold(&cycle.name))).collect();
    let names: Vec<String> = plain.iter().map(|cycle| cycle.name.clone()).collect();
    let name = matched(version, &names).release()?;
    plain.into_iter().find(|cycle| cycle.name == name)
}

/// As versions are compared: `2012-r2` as `2012 r2`, `15 Service Pack 5` as `15 sp5`.
fn spelt(name: &str) -> String {
    let mut spelt = fold(name);
    for (long, short) in PACKS {
        spelt = spelt.replace(&format!("{long} "), short);
    }
    let letters: Vec<char> = spelt.chars().collect();
    let parts = |at: usize| letters[at] == '-' && letters.get(at + 1).is_some_and(|next| next.is_alphabetic());
    (0..letters.len()).map(|at| if parts(at) { ' ' } else { letters[at] }).collect()
}

/// `15 sp5` as `15` and `15.5`.
fn dotted(spelt: &str) -> Option<(String, String)> {
    let marks = PACKS.iter().filter_map(|(_, pack)| {
        let at = spelt.find(pack)?;
        let (base, rest) = (spelt[..at].trim_end(), &spelt[at + pack.len()..]);
        let numbered = base.ends_with(|c: char| c.is_ascii_digit()) && rest.starts_with(|c: char| c.is_ascii_digit());
        numbered.then(|| (at, base.to_owned(), format!("{base}.{rest}")))
    });
    marks.min_by_key(|(at, ..)| *at).map(|(_, base, dotted)| (base, dotted))
}

/// Whether the table has lines for packs of this version.
fn has_packs(base: &str, cycles: &[Cycle]) -> bool {
    cycles.iter().any(|cycle| {
        let name = spelt(&cycle.name);
        let rest = name.strip_prefix(base).unwrap_or_default();
        let dot = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        dot || dotted(&name).is_some_and(|(of, _)| of == base)
    })
}

/// Whether the version is this name, or goes on behind it with a smaller part: `5.1` and `5.1.3`, not `5.10`.
fn begins(written: &str, name: &str) -> bool {
    let Some(rest) = written.strip_prefix(name).filter(|_| !name.is_empty()) else { return false };
    match rest.chars().next() {
        None => true,
        Some('.' | '-' | '+') => rest[1..].starts_with(|c: char| c.is_ascii_digit()),
        Some(' ') => is_only_a_version(rest),
        Some(_) => false,
    }
}

fn is_only_a_version(folded: &str) -> bool {
    let mut words = folded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.all(|word| WORDS.contains(&word))
}

/// By version, newest first; what is no version comes last.
pub fn sort_newest_first(releases: &mut [Release]) {
    releases.sort_by_cached_key(|release| {
        std::cmp::Reverse((Version::parse(&release.version), release.released_on, release.id))
    });
}

/// The newest release that everybody may have today: no preview, and none that is still to come.
pub fn newest(releases: &[Release], today: Day) -> Option<&Release> {
    let out =
        |release: &&Release| release.channel != Channel::Preview && release.released_on.is_none_or(|on| on <= today);
    releases
        .iter()
        .filter(out)
        .max_by_key(|release| (Version::parse(&release.version), release.released_on, release.id))
}

/// The newest version of a cycle: of its releases, or what the table says, whichever is newer.
pub fn newest_of_cycle<'a>(cycle: &'a Cycle, releases: &'a [Release], today: Day) -> Option<(&'a str, Option<Day>)> {
    let own: Vec<Release> = releases.iter().filter(|release| release.cycle_id == Some(cycle.id)).cloned().collect();
    let release = newest(&own, today).and_then(|newest| releases.iter().find(|release| release.id == newest.id));
    let released = release.map(|release| (release.version.as_str(), release.released_on));
    let said = cycle.latest.as_deref().map(|latest| (latest, cycle.latest_on));
    match (released, said) {
        (Some(released), Some(said)) if is_newer(said.0, released.0) => Some(said),
        (released, said) => released.or(said),
    }
}

fn is_newer(one: &str, other: &str) -> bool {
    compare(one, other) == Some(Ordering::Greater)
}

/// What is known of one version of a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct About {
    /// The cycle that it belongs to. `null`: to none that is known.
    pub cycle_id: Option<CycleId>,
    pub cycle: Option<String>,
    pub standing: Option<Standing>,
    /// The newest version of that cycle, when it is newer.
    pub newer_in_cycle: Option<String>,
    /// The newest version of the product, when it is newer.
    pub newer: Option<String>,
    /// A sentence for the agent.
    pub words: String,
}

/// What is known of a version today: its cycle, where that stands, and whether there is a newer release.
pub fn about(version: &str, cycles: &[Cycle], releases: &[Release], today: Day, soon_days: i64) -> About {
    let cycle = cycle_of(version, cycles);
    let standing = cycle.map(|cycle| standing(cycle, today, soon_days));
    let in_cycle = cycle.and_then(|cycle| newest_of_cycle(cycle, releases, today)).map(|(newest, _)| newest);
    let newer_in_cycle = in_cycle.filter(|newest| is_newer(newest, version)).map(str::to_owned);
    let newer = newest_anywhere(cycles, releases, today).filter(|newest| is_newer(newest, version)).map(str::to_owned);
    let mut words = match (cycle, &standing) {
        (Some(cycle), Some(standing)) => format!("{}: {}.", cycle.name, standing.words),
        _ => "It belongs to no cycle that is known.".to_owned(),
    };
    match (&newer_in_cycle, &newer) {
        (Some(near), Some(far)) if near != far => words.push_str(&format!(" Newer releases: {near}, and {far}.")),
        (Some(one), _) | (None, Some(one)) => words.push_str(&format!(" Newer release: {one}.")),
        (None, None) => {}
    }
    About {
        cycle_id: cycle.map(|cycle| cycle.id),
        cycle: cycle.map(|cycle| cycle.name.clone()),
        standing,
        newer_in_cycle,
        newer,
        words,
    }
}

/// The newest version of all cycles that are out.
fn newest_anywhere<'a>(cycles: &'a [Cycle], releases: &'a [Release], today: Day) -> Option<&'a str> {
    let out = |cycle: &&Cycle| cycle.released_on.is_none_or(|on| on <= today);
    let of_cycles = cycles.iter().filter(out).filter_map(|cycle| cycle.latest.as_deref());
    let released = newest(releases, today).map(|release| release.version.as_str());
    of_cycles.chain(released).max_by_key(|version| Version::parse(version))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{cycle, day};
    use super::*;
    use crate::kit::Timestamp;
    use crate::products::{ProductId, ReleaseId};

    fn cycles(names: &[&str]) -> Vec<Cycle> {
        let one = |(i, name): (usize, &&str)| Cycle {
            id: CycleId(i64::try_from(i).unwrap() + 1),
            ..cycle(name, ["2025-01-01", "", "", "2030-01-01"])
        };
        names.iter().enumerate().map(one).collect()
    }

    fn release(id: i64, version: &str, on: &str, channel: Channel, cycle: i64) -> Release {
        Release {
            id: ReleaseId(id),
            product_id: ProductId(1),
            cycle_id: Some(CycleId(cycle)),
            version: version.into(),
            released_on: day(on),
            channel,
            notes: String::new(),
            updated_at: Timestamp(0),
        }
    }

    #[test]
    fn a_version_finds_its_cycle_as_people_write_it() {
        let own = cycles(&["5.1", "5.9", "5.10", "6"]);
        let windows = cycles(&["2008", "2012", "2012 R2", "2019"]);
        let suse = cycles(&["12 SP5", "15 SP5", "15 SP6"]);
        let ubuntu = cycles(&["20.04", "22.04"]);
        // As endoflife.date names them.
        let sles = cycles(&["15.6", "15.5", "15", "12.5"]);
        let server = cycles(&["2019", "2012-r2", "2012", "2008-r2-sp1"]);
        let (aix, plain_aix) = (cycles(&["7.3", "7.2.5", "7.2.4"]), cycles(&["7.3", "7.2"]));
        for (table, version, found) in [
            (&own, "5.1", Some("5.1")),
            (&own, "v5.1.0.2 build 1234", Some("5.1")),
            (&own, "5.1sp2", Some("5.1")),
            (&own, "5.10.3", Some("5.10")),
            (&own, "5.9.1-hotfix2", Some("5.9")),
            (&own, "6.2", Some("6")),
            (&own, "5", None),
            (&own, "7.0", None),
            (&own, "the newest", None),
            (&own, "", None),
            (&windows, "2012 R2", Some("2012 R2")),
            (&windows, "2012 r2 SP1", Some("2012 R2")),
            (&windows, "2012", Some("2012")),
            (&windows, "2019 Datacenter", None),
            (&windows, "2008 R2", None),
            (&suse, "15 SP6", Some("15 SP6")),
            (&suse, "15 sp5", Some("15 SP5")),
            (&sles, "15 SP5", Some("15.5")),
            (&sles, "15 Service Pack 5", Some("15.5")),
            (&sles, "15", Some("15")),
            (&sles, "15 SP7", None),
            (&server, "2012 R2", Some("2012-r2")),
            (&server, "2012", Some("2012")),
            (&server, "2008 R2 SP1", Some("2008-r2-sp1")),
            (&server, "2019", Some("2019")),
            (&aix, "7.2 TL5", Some("7.2.5")),
            (&aix, "7.2 TL5 SP3", Some("7.2.5")),
            (&aix, "7.2 TL1", None),
            (&plain_aix, "7.2 TL5", Some("7.2")),
            (&ubuntu, "22.04.3 LTS", Some("22.04")),
            (&ubuntu, "22.10", None),
        ] {
            assert_eq!(cycle_of(version, table).map(|cycle| cycle.name.as_str()), found, "{version}");
        }
    }

    #[test]
    fn the_newest_release_is_no_preview_and_is_out() {
        let releases = [
            release(1, "5.9.1", "2026-01-01", Channel::Stable, 2),
            release(2, "5.10.0", "2026-12-01", Channel::Stable, 3),
            release(3, "5.10.0 hotfix 1", "2027-01-10", Channel::Hotfix, 3),
            release(4, "6.0 beta 1", "2027-02-01", Channel::Preview, 4),
            release(5, "5.11", "2027-04-01", Channel::Stable, 3),
        ];
        let today = day("2027-03-01").unwrap();
        assert_eq!(newest(&releases, today).unwrap().version, "5.10.0 hotfix 1");
        let table = cycles(&["5.1", "5.9", "5.10", "6"]);
        assert_eq!(newest_of_cycle(&table[1], &releases, today).unwrap().0, "5.9.1");
        assert_eq!(newest_of_cycle(&table[3], &releases, today), None);
        let told = Cycle { latest: Some("5.9.4".into()), ..table[1].clone() };
        assert_eq!(newest_of_cycle(&told, &releases, today).unwrap().0, "5.9.4");
        let mut sorted = releases.to_vec();
        sort_newest_first(&mut sorted);
        assert_eq!(sorted.iter().map(|release| release.id.0).collect::<Vec<_>>(), [4, 5, 3, 2, 1]);
    }

    #[test]
    fn a_version_is_told_of_what_is_newer() {
        let table = cycles(&["5.1", "5.9"]);
        let releases = [
            release(1, "5.1.3", "2025-06-01", Channel::Stable, 1),
            release(2, "5.1.9", "2026-06-01", Channel::Stable, 1),
            release(3, "5.9.2", "2027-02-01", Channel::Stable, 2),
        ];
        let today = day("2027-03-01").unwrap();
        let about = |version| about(version, &table, &releases, today, 180);
        let old = about("5.1.3");
        assert_eq!((old.newer_in_cycle.as_deref(), old.newer.as_deref()), (Some("5.1.9"), Some("5.9.2")));
        assert_eq!(old.words, "5.1: supported until 1 January 2030. Newer releases: 5.1.9, and 5.9.2.");
        assert_eq!(about("5.9.2").newer, None);
        assert_eq!(about("5.9.2").words, "5.9: supported until 1 January 2030.");
        assert_eq!(about("4.2").words, "It belongs to no cycle that is known. Newer release: 5.9.2.");
    }
}
