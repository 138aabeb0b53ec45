//! Grading the reader against the answers in `tests/answers`.
//!
//! A file is an answer, a line `====`, and what a careful person reads in it: `field: value, value`, with
//! `no value` for what is denied and `value?` for what is in doubt; `[name]` begins one of several installations.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::expect_used,
    reason = "each test and the example use a part of it, and a broken file of answers stops them"
)]
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use casedesk_details::{Confidence, Context, Field, Product, Proposal, Question, read};

const TEMPLATE: &str = "To help you best, please tell us:

1. Product version
2. Operating system name and version
3. File transfer protocols used
4. A time-stamped server-side log and, where relevant, the client-side log
5. Other information
6. Any integration, software, resilience, redundancy, high availability architecture, security or other technology \
that touches the product (firewalls, proxy, LDAP, Active Directory, single sign-on, management software)

Before each release an automated test suite runs; knowing your set-up lets us run it against a similar one. The \
details are not shared with any third party and serve only to improve support and the product.";

pub fn context() -> Context {
    let asks: [&[Field]; 6] = [
        &[Field::ProductVersion],
        &[Field::OsName, Field::OsVersion],
        &[Field::Protocols],
        &[],
        &[Field::Other],
        &[Field::Integrations, Field::HighAvailability, Field::Security],
    ];
    let lines = TEMPLATE.lines().filter_map(|line| line.split_once(". ").filter(|(number, _)| number.len() == 1));
    let questions =
        lines.zip(asks).map(|((_, text), fields)| Question { text: text.into(), fields: fields.to_vec() }).collect();
    let releases = ["4.9", "5.0", "5.0.1", "5.1", "5.1.0.2", "5.1.1", "5.1.2", "5.2", "5.2.1", "6.0"];
    let product = Product {
        name: "Ferrywell Transfer".into(),
        aliases: vec!["Ferrywell".into(), "FT".into()],
        releases: releases.map(String::from).into(),
    };
    Context { products: vec![product], questions, template: TEMPLATE.into(), known: Vec::new() }
}

/// One value of one field of one installation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub installation: Option<String>,
    pub field: &'static str,
    pub value: String,
    pub present: bool,
}

#[derive(Debug, Default, Clone)]
pub struct Score {
    pub right: usize,
    /// Expected, and proposed as unsure or not at all.
    pub missing: usize,
    /// Proposed as sure or likely, and not so.
    pub wrong: usize,
}

impl Score {
    pub fn expected(&self) -> usize {
        self.right + self.missing
    }

    pub fn right_share(&self) -> f64 {
        100.0 * self.right as f64 / self.expected().max(1) as f64
    }

    /// Of all values proposed as sure or likely and expected.
    pub fn wrong_share(&self) -> f64 {
        100.0 * self.wrong as f64 / self.expected().max(1) as f64
    }

    pub fn add(&mut self, other: &Score) {
        self.right += other.right;
        self.missing += other.missing;
        self.wrong += other.wrong;
    }
}

pub struct Grade {
    pub name: String,
    pub fields: BTreeMap<&'static str, Score>,
    /// What went wrong, in words.
    pub faults: Vec<String>,
}

pub fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers").join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder of answers");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    files
}

pub fn total(grades: &[Grade]) -> Score {
    let mut total = Score::default();
    grades.iter().flat_map(|grade| grade.fields.values()).for_each(|score| total.add(score));
    total
}

pub fn grade_all(folder: &str) -> Vec<Grade> {
    files(folder).iter().map(|path| grade(path)).collect()
}

pub fn grade(path: &Path) -> Grade {
    let whole = std::fs::read_to_string(path).expect("an answer");
    let (answer, expected) = whole.split_once("\n====").expect("a line ==== below the answer");
    let expected = parse(expected);
    let proposals = read(answer, &context());
    let name = path.file_stem().map_or(String::new(), |name| name.to_string_lossy().into_owned());
    let mut grade = Grade { name, fields: BTreeMap::new(), faults: Vec::new() };
    let item_of = |one: &Proposal| Item {
        installation: one.installation.clone(),
        field: one.field.name(),
        value: one.value.clone(),
        present: one.present,
    };
    for (item, doubted) in &expected {
        let found = proposals.iter().find(|one| item_of(one) == *item);
        let confident = found.is_some_and(|one| one.confidence > Confidence::Unsure);
        let score = grade.fields.entry(item.field).or_default();
        match (found, doubted) {
            (Some(_), true) if !confident => score.right += 1,
            (Some(_), false) if confident => score.right += 1,
            (Some(_), true) => {
                score.missing += 1;
                score.wrong += 1;
                grade.faults.push(format!("too sure {}", words(item)));
            }
            (found, _) => {
                score.missing += 1;
                grade.faults.push(format!("{} {}", if found.is_some() { "unsure " } else { "missing" }, words(item)));
            }
        }
    }
    for one in proposals.iter().filter(|one| one.confidence > Confidence::Unsure) {
        let item = item_of(one);
        if !expected.iter().any(|(expected, _)| *expected == item) {
            grade.fields.entry(item.field).or_default().wrong += 1;
            grade.faults.push(format!("WRONG    {} ({})", words(&item), one.why));
        }
    }
    grade
}

fn words(item: &Item) -> String {
    let place = item.installation.as_ref().map_or(String::new(), |name| format!("[{name}] "));
    format!("{place}{}: {}{}", item.field, if item.present { "" } else { "no " }, item.value)
}

fn parse(expected: &str) -> Vec<(Item, bool)> {
    let (mut items, mut installation) = (Vec::new(), None);
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            installation = Some(name.to_owned());
            continue;
        }
        let (field, values) = line.split_once(": ").unwrap_or_else(|| panic!("{line} is no field"));
        let field = Field::from_name(field).unwrap_or_else(|| panic!("{field} is no field")).name();
        for value in values.split(", ") {
            let (value, doubted) = value.strip_suffix('?').map_or((value, false), |value| (value, true));
            let (value, present) = value.strip_prefix("no ").map_or((value, true), |value| (value, false));
            items.push((Item { installation: installation.clone(), field, value: value.into(), present }, doubted));
        }
    }
    items
}
