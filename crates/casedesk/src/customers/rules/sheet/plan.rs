//! What taking a file over would do, line by line. Pure: the preview shows it, and applying computes it again.
mod agreements;
mod people;

use std::collections::HashMap;

use casedesk_details::Field;

use super::book::{Index, KnownOrganisation, fold};
use super::cell::{shortened, undefused};
use super::{Book, Column, ImportDifference, ImportFate, ImportLine, Sheet, Table, Unreadable, mapping};
use crate::customers::{
    ContactId, ContractId, ContractTerms, CustomersError, InstallationId, InstallationTerms, LicenceId, LicenceTerms,
    OrganisationId, OrganisationKind,
};

/// What is written for one line. Without an id it is something new; lists have what is to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Organisation {
        id: Option<OrganisationId>,
        name: String,
        kind: OrganisationKind,
        domains: Vec<String>,
        tags: Vec<String>,
        notes: Vec<String>,
    },
    Contact {
        id: Option<ContactId>,
        name: String,
        organisation: Option<OrganisationId>,
        addresses: Vec<String>,
        numbers: Vec<String>,
        tags: Vec<String>,
        note: String,
    },
    Contract {
        id: Option<ContractId>,
        of: OrganisationId,
        terms: ContractTerms,
    },
    Licence {
        id: Option<LicenceId>,
        of: OrganisationId,
        terms: LicenceTerms,
    },
    Installation {
        id: Option<InstallationId>,
        of: OrganisationId,
        terms: InstallationTerms,
        values: Vec<(Field, String)>,
    },
}

/// What becomes of a line that can be taken.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    /// What it is about, so that no two lines are about the same.
    about: String,
    pub is_new: bool,
    pub differences: Vec<ImportDifference>,
    pub change: Change,
}

/// What taking the file over would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub lines: Vec<ImportLine>,
    /// What is written, in the order of the lines.
    pub changes: Vec<Change>,
}

impl Plan {
    pub fn count(&self, fate: ImportFate) -> usize {
        self.lines.iter().filter(|line| line.fate == fate).count()
    }
}

/// Holds the lines of a file against the book. `chosen`: see `mapping`.
pub fn plan(sheet: Sheet, table: &Table, chosen: &[String], book: &Book) -> Result<Plan, Unreadable> {
    let columns = mapping(sheet, &table.head, chosen)?;
    let mut draft = Draft { index: Index::new(book), taken: HashMap::new(), counts: counts(sheet, book) };
    let mut plan = Plan::default();
    for row in &table.rows {
        let bad = |name: String, why: String| ImportLine {
            line: row.line,
            name,
            fate: ImportFate::Bad,
            differences: vec![],
            why,
        };
        let cells = match &row.cells {
            Ok(cells) => Cells { columns: &columns, cells },
            Err(why) => {
                plan.lines.push(bad(String::new(), (*why).to_owned()));
                continue;
            }
        };
        let step = draft.step(sheet, &cells).and_then(|step| draft.only_once(row.line, step));
        match step {
            Err(why) => plan.lines.push(bad(cells.title(), why)),
            Ok(step) => {
                let fate = match (step.is_new, step.differences.is_empty()) {
                    (true, _) => ImportFate::New,
                    (false, true) => ImportFate::Same,
                    (false, false) => ImportFate::Changed,
                };
                let (name, differences) = (step.name, step.differences);
                plan.lines.push(ImportLine { line: row.line, name, fate, differences, why: String::new() });
                if fate != ImportFate::Same {
                    plan.changes.push(step.change);
                }
            }
        }
    }
    Ok(plan)
}

/// How many things of the sheet's kind each organisation has.
fn counts(sheet: Sheet, book: &Book) -> HashMap<OrganisationId, i64> {
    let mut counts = HashMap::new();
    let owners: Vec<OrganisationId> = match sheet {
        Sheet::Contracts => book.contracts.iter().map(|one| one.organisation_id).collect(),
        Sheet::Licences => book.licences.iter().map(|one| one.organisation_id).collect(),
        Sheet::Installations => book.installations.iter().map(|one| one.installation.organisation_id).collect(),
        Sheet::Organisations | Sheet::Contacts => vec![],
    };
    for owner in owners {
        *counts.entry(owner).or_insert(0) += 1;
    }
    counts
}

/// The cells of one line, by column.
struct Cells<'a> {
    columns: &'a [Option<&'static Column>],
    cells: &'a [String],
}

impl<'a> Cells<'a> {
    /// What the columns of this key say, without the space around it and what is empty.
    fn all(&self, key: &'static str) -> impl Iterator<Item = &'a str> {
        let both = self.columns.iter().zip(self.cells);
        let its = both.filter(move |(column, _)| column.is_some_and(|column| column.key == key));
        its.map(|(_, cell)| undefused(cell.trim()).trim()).filter(|cell| !cell.is_empty())
    }

    /// Empty where the line does not say.
    fn one(&self, key: &'static str) -> &'a str {
        self.all(key).next().unwrap_or_default()
    }

    fn id(&self, key: &'static str) -> Result<Option<i64>, String> {
        let text = self.one(key);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| format!("“{}” is no Casedesk id", shortened(text)))
    }

    /// What a line that cannot be taken is called.
    fn title(&self) -> String {
        let keys = ["name", "reference", "key_id", "edition", "label", "organisation"];
        shortened(keys.iter().map(|key| self.one(key)).find(|text| !text.is_empty()).unwrap_or_default())
    }
}

struct Draft<'a> {
    index: Index<'a>,
    /// What lines before are about or have claimed, and which.
    taken: HashMap<String, u64>,
    counts: HashMap<OrganisationId, i64>,
}

impl Draft<'_> {
    fn step(&mut self, sheet: Sheet, cells: &Cells<'_>) -> Result<Step, String> {
        match sheet {
            Sheet::Organisations => people::organisation(&self.index, cells),
            Sheet::Contacts => people::contact(&self.index, cells),
            Sheet::Contracts => agreements::contract(&self.index, cells),
            Sheet::Licences => agreements::licence(&self.index, cells),
            Sheet::Installations => agreements::installation(&self.index, cells),
        }
    }

    /// Refuses a second line about the same, a domain or address that a line before took, and one too many.
    fn only_once(&mut self, line: u64, step: Step) -> Result<Step, String> {
        let claimed: &[String] = match &step.change {
            Change::Organisation { domains, .. } => domains,
            Change::Contact { addresses, .. } => addresses,
            _ => &[],
        };
        if let Some(before) = self.taken.get(&step.about) {
            return Err(format!("line {before} is about the same"));
        }
        if let Some((one, before)) = claimed.iter().find_map(|one| Some((one, self.taken.get(one)?))) {
            return Err(format!("line {before} has “{one}” already"));
        }
        if let Change::Contract { of, .. } | Change::Licence { of, .. } | Change::Installation { of, .. } = &step.change
            && step.is_new
        {
            let count = self.counts.entry(*of).or_insert(0);
            if *count >= crate::customers::store::MOST {
                return Err(CustomersError::TooMany(*count).to_string().trim_end_matches('.').to_owned());
            }
            *count += 1;
        }
        self.taken.extend(claimed.iter().map(|one| (one.clone(), line)));
        self.taken.insert(step.about.clone(), line);
        Ok(step)
    }
}

/// A refusal of the rules, as part of a sentence.
fn words(error: CustomersError) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

/// The organisation that a line names. `None`: it names none.
fn named<'a>(index: &Index<'a>, cells: &Cells<'_>) -> Result<Option<&'a KnownOrganisation>, String> {
    let name = cells.one("organisation");
    if let Some(id) = cells.id("organisation_id")? {
        let found = index.organisation(OrganisationId(id));
        return found.map(Some).ok_or_else(|| format!("there is no organisation with the Casedesk id {id}"));
    }
    match index.organisations_named(name) {
        _ if name.is_empty() => Ok(None),
        [] => Err(format!("there is no organisation “{}”", shortened(name))),
        [one] => Ok(Some(one)),
        more => Err(format!("{} organisations are called “{}”: give its Casedesk id", more.len(), shortened(name))),
    }
}

/// Notes what changes, where the line says something.
#[derive(Default)]
struct Differences(Vec<ImportDifference>);

impl Differences {
    fn note(&mut self, field: &str, from: &str, to: &str) {
        // A file that was read has its lines ended in one way.
        if from.replace("\r\n", "\n") != to.replace("\r\n", "\n") {
            self.0.push(ImportDifference { field: field.into(), from: shortened(from), to: shortened(to) });
        }
    }

    fn added(&mut self, field: &str, what: &[String]) {
        if !what.is_empty() {
            self.note(field, "", &format!("+ {}", what.join(", ")));
        }
    }
}

/// The only one of these; none; or why it cannot be told.
fn only<'a, T>(found: &[&'a T], what: &str) -> Result<Option<&'a T>, String> {
    match found {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        more => Err(format!("it may be one of {} {what}: give its Casedesk id", more.len())),
    }
}

/// What the line says, or else what is known.
fn or_known(said: Option<String>, known: Option<&String>) -> Option<String> {
    said.or_else(|| known.cloned())
}

fn same_name(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// Whether two names differ in nothing but space.
fn same_spelling(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
