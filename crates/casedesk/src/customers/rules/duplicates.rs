//! Which organisations, and which contacts, are likely the same. Pure, and never more than a proposal.
use std::collections::{BTreeMap, BTreeSet};

use super::sheet::{KnownContact, KnownOrganisation};

/// What companies are, rather than what they are called.
const FORMS: [&str; 30] = [
    "ab",
    "ag",
    "as",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "group",
    "holding",
    "inc",
    "kg",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "oy",
    "plc",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "srl",
    "the",
    "and",
];
/// Names of so many letters or more may differ by one or two.
const LONG: usize = 7;
/// How many proposals are made.
const MOST: usize = 100;

/// Two that may be one, the older first, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub one: i64,
    pub other: i64,
    pub why: String,
}

/// A name without its legal form, its punctuation and its accents' absence: letters and digits in lower case.
pub fn core(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    let kept: Vec<String> = words.clone().filter(|word| !FORMS.contains(&word.as_str())).collect();
    if kept.is_empty() { words.collect() } else { kept.concat() }
}

/// The part of a domain that names its owner: `acme` of `mail.acme.co.uk`. `None`: too short to tell anything.
fn owner(domain: &str) -> Option<&str> {
    let labels: Vec<&str> = domain.split('.').collect();
    let mut names = labels.iter().rev().skip(1);
    let second = ["co", "com", "org", "net", "ac", "gov"];
    let name = names.next().filter(|name| !second.contains(name)).or_else(|| names.next())?;
    (name.chars().count() >= 4).then_some(*name)
}

struct Found {
    pairs: BTreeMap<(i64, i64), String>,
    apart: BTreeSet<(i64, i64)>,
}

impl Found {
    fn add(&mut self, one: i64, other: i64, why: String) {
        let pair = (one.min(other), one.max(other));
        if one != other && !self.apart.contains(&pair) && self.pairs.len() < MOST {
            self.pairs.entry(pair).or_insert(why);
        }
    }

    /// Each of a group with the first of it.
    fn group(&mut self, ids: &[i64], why: &str) {
        if let [first, rest @ ..] = ids {
            for other in rest {
                self.add(*first, *other, why.to_owned());
            }
        }
    }

    fn pairs(self) -> Vec<Pair> {
        self.pairs.into_iter().map(|((one, other), why)| Pair { one, other, why }).collect()
    }
}

/// Organisations that may be one. `apart`: pairs that are not, the smaller number first.
pub fn organisations(all: &[KnownOrganisation], apart: BTreeSet<(i64, i64)>) -> Vec<Pair> {
    let mut found = Found { pairs: BTreeMap::new(), apart };
    let mut names: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut owners: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for one in all {
        names.entry(core(&one.name)).or_default().push(one.id.0);
        let own: BTreeSet<&str> = one.domains.iter().filter_map(|domain| owner(domain)).collect();
        for name in own {
            owners.entry(name.to_owned()).or_default().push(one.id.0);
        }
    }
    for (name, ids) in &names {
        found.group(ids, "Their names are the same, but for form and spelling.");
        for other in owners.get(name).into_iter().flatten() {
            found.add(ids[0], *other, format!("One is called as the other’s mail domain says: {name}."));
        }
    }
    for (name, ids) in &owners {
        found.group(ids, &format!("Their mail domains have one owner’s name: {name}."));
    }
    let sorted: Vec<(&String, i64)> = names.iter().map(|(name, ids)| (name, ids[0])).collect();
    for (at, (name, id)) in sorted.iter().enumerate() {
        for (other, other_id) in sorted.iter().skip(at + 1).take(3) {
            if near(name, other) {
                found.add(*id, *other_id, "Their names are nearly the same.".into());
            }
        }
    }
    found.pairs()
}

/// Contacts of one organisation who are called the same.
pub fn contacts(all: &[KnownContact], apart: BTreeSet<(i64, i64)>) -> Vec<Pair> {
    let mut found = Found { pairs: BTreeMap::new(), apart };
    let mut names: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for one in all.iter().filter(|one| !one.name.contains('@')) {
        if let Some(of) = one.organisation_id {
            let mut words: Vec<String> =
                one.name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
            words.sort_unstable();
            names.entry((of, words.concat())).or_default().push(one.id.0);
        }
    }
    for ids in names.values() {
        found.group(ids, "They are called the same at one organisation.");
    }
    found.pairs()
}

/// Whether two long names differ by a letter or two: one more, one less, or another.
fn near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().min(other.len()) < LONG || one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[other.len()] <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::{ContactId, OrganisationId, OrganisationKind};

    fn organisation(id: i64, name: &str, domains: &[&str]) -> KnownOrganisation {
        KnownOrganisation {
            id: OrganisationId(id),
            name: name.into(),
            kind: OrganisationKind::Customer,
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            tags: vec![],
            notes: vec![],
        }
    }

    fn pairs(found: Vec<Pair>) -> Vec<(i64, i64)> {
        found.into_iter().map(|pair| (pair.one, pair.other)).collect()
    }

    #[test]
    fn organisations_are_likely_one_by_name_or_by_domain() {
        let all = [
            organisation(1, "Northbay Ltd.", &["northbay.example"]),
            organisation(2, "NORTHBAY", &[]),
            organisation(3, "Ferrywell", &["ferrywell.example"]),
            organisation(4, "fw.example", &["ferrywell.co.uk"]),
            organisation(5, "Harbour Logistics", &["harbour.example"]),
            organisation(6, "Harbor Logistics GmbH", &["hl.example"]),
            organisation(7, "Gale", &["gale.example"]),
            organisation(8, "Galo", &["galo.example"]),
            organisation(9, "Quay Partners", &[]),
            organisation(10, "qp", &["quaypartners.example"]),
        ];
        assert_eq!(pairs(organisations(&all, BTreeSet::new())), [(1, 2), (3, 4), (5, 6), (9, 10)]);
        assert_eq!(pairs(organisations(&all, BTreeSet::from([(1, 2), (5, 6)]))), [(3, 4), (9, 10)]);
    }

    #[test]
    fn contacts_are_likely_one_when_they_are_called_the_same_at_one_place() {
        let contact = |id, of, name: &str| KnownContact {
            id: ContactId(id),
            name: name.into(),
            organisation_id: Some(OrganisationId(of)),
            addresses: vec![],
            numbers: vec![],
            tags: vec![],
            note: String::new(),
        };
        let all = [
            contact(1, 1, "Anna Berg"),
            contact(2, 1, "Berg, Anna"),
            contact(3, 2, "Anna Berg"),
            contact(4, 1, "a@x.example"),
            contact(5, 1, "a@x.example"),
        ];
        assert_eq!(pairs(contacts(&all, BTreeSet::new())), [(1, 2)]);
    }
}
