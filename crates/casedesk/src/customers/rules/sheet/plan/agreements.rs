//! Lines about contracts, licences and installations.
use super::super::book::{Index, KnownOrganisation, fold};
use super::super::cell;
use super::super::columns::{columns, field_of};
use super::super::{KnownInstallation, Sheet};
use super::{Cells, Change, Differences, Step, named, only, or_known, same_name, shortened, words};
use crate::customers::store::{Contract, Licence};
use crate::customers::{
    ContractTerms, InstallationRole, InstallationTerms, LicenceTerms, OrganisationId, SupportOptionId, rules,
};
use crate::products::ProductId;

/// The organisation of a line that has a thing of it, and that thing where its id is given.
fn owner<'a, T>(
    index: &Index<'a>,
    cells: &Cells<'_>,
    all: &'a [T],
    ids: fn(&T) -> (i64, OrganisationId),
) -> Result<(&'a KnownOrganisation, Option<&'a T>), String> {
    let said = named(index, cells)?;
    let Some(id) = cells.id("id")? else {
        return Ok((said.ok_or("it names no organisation")?, None));
    };
    let known =
        all.iter().find(|one| ids(one).0 == id).ok_or_else(|| format!("nothing has the Casedesk id {id} here"))?;
    let of = index.organisation(ids(known).1).ok_or("its organisation is gone")?;
    if said.is_some_and(|said| said.id != of.id) {
        return Err(format!("the Casedesk id {id} is of “{}”", of.name));
    }
    Ok((of, Some(known)))
}

fn day(cells: &Cells<'_>, key: &'static str) -> Result<Option<String>, String> {
    match cells.one(key) {
        "" => Ok(None),
        text => cell::day(text).map(Some),
    }
}

fn count(cells: &Cells<'_>, key: &'static str, what: &str) -> Result<Option<i64>, String> {
    match cells.one(key) {
        "" => Ok(None),
        text => cell::count(text, what).map(Some),
    }
}

fn text(value: Option<&String>) -> &str {
    value.map_or("", String::as_str)
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn about(known: Option<i64>, of: OrganisationId, name: &str) -> String {
    known.map_or_else(|| format!("of {of} {}", fold(name)), |id| format!("id {id}"))
}

pub(super) fn contract(index: &Index<'_>, cells: &Cells<'_>) -> Result<Step, String> {
    let all = &index.book.contracts;
    let (of, mut known) = owner(index, cells, all, |one| (one.id.0, one.organisation_id))?;
    let option_id = option(index, cells.one("option"))?;
    let (starts_on, ends_on) = (day(cells, "starts_on")?, day(cells, "ends_on")?);
    let reference = cells.one("reference");
    if known.is_none() {
        let means = |one: &&Contract| match reference {
            "" => Some(one.terms.option_id) == option_id && Some(&one.terms.starts_on) == starts_on.as_ref(),
            reference => same_name(&one.terms.reference, reference),
        };
        let found: Vec<_> = all.iter().filter(|one| one.organisation_id == of.id).filter(means).collect();
        known = only(&found, "contracts")?;
    }
    let old = known.map(|known| &known.terms);
    let terms = rules::checked_contract(&ContractTerms {
        option_id: option_id.or(old.map(|old| old.option_id)).ok_or("“Support option” is empty")?,
        reference: if reference.is_empty() { text(old.map(|old| &old.reference)).into() } else { reference.into() },
        starts_on: or_known(starts_on, old.map(|old| &old.starts_on)).ok_or("“First day” is empty")?,
        ends_on: ends_on.or_else(|| old.and_then(|old| old.ends_on.clone())),
        seats: count(cells, "seats", "Seats")?.or_else(|| old.and_then(|old| old.seats)),
        renews_months: count(cells, "renews_months", "Renews for months")?
            .or_else(|| old.and_then(|old| old.renews_months)),
    })
    .map_err(words)?;
    let mut differences = Differences::default();
    if let Some(old) = old {
        differences.note("Support option", &option_name(index, old.option_id), &option_name(index, terms.option_id));
        differences.note("Reference", old.reference.trim(), &terms.reference);
        differences.note("First day", &old.starts_on, &terms.starts_on);
        differences.note("Last day", text(old.ends_on.as_ref()), text(terms.ends_on.as_ref()));
        differences.note("Seats", &number(old.seats), &number(terms.seats));
        differences.note("Renews for months", &number(old.renews_months), &number(terms.renews_months));
    }
    let named = format!("{} {} {}", option_name(index, terms.option_id), terms.reference, terms.starts_on);
    Ok(Step {
        name: format!("{}: {}", of.name, named.split_whitespace().collect::<Vec<_>>().join(" ")),
        about: about(known.map(|known| known.id.0), of.id, if reference.is_empty() { &named } else { reference }),
        is_new: known.is_none(),
        differences: differences.0,
        change: Change::Contract { id: known.map(|known| known.id), of: of.id, terms },
    })
}

fn option(index: &Index<'_>, name: &str) -> Result<Option<SupportOptionId>, String> {
    if name.is_empty() {
        return Ok(None);
    }
    let options = &index.book.options;
    let found = options.iter().find(|(_, known)| same_name(known, name)).map(|(id, _)| *id);
    let others = || options.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    match found {
        Some(id) => Ok(Some(id)),
        None if options.is_empty() => Err("there is no support option yet".into()),
        None => Err(format!("there is no support option “{}”, but {}", shortened(name), shortened(&others()))),
    }
}

fn option_name(index: &Index<'_>, id: SupportOptionId) -> String {
    index.book.options.iter().find(|(known, _)| *known == id).map_or_else(String::new, |(_, name)| name.clone())
}

fn product(index: &Index<'_>, name: &str) -> Result<Option<ProductId>, String> {
    if name.is_empty() {
        return Ok(None);
    }
    let found = index.book.products.iter().find(|(_, known)| same_name(known, name));
    found.map(|(id, _)| Some(*id)).ok_or_else(|| format!("there is no product “{}”", shortened(name)))
}

fn product_name(index: &Index<'_>, id: Option<ProductId>) -> String {
    let found = index.book.products.iter().find(|(known, _)| Some(*known) == id);
    found.map_or_else(String::new, |(_, name)| name.clone())
}

pub(super) fn licence(index: &Index<'_>, cells: &Cells<'_>) -> Result<Step, String> {
    let all = &index.book.licences;
    let (of, mut known) = owner(index, cells, all, |one| (one.id.0, one.organisation_id))?;
    let product_id = product(index, cells.one("product"))?;
    let (edition, key_id) = (cells.one("edition"), cells.one("key_id"));
    if known.is_none() {
        let means = |one: &&Licence| match key_id {
            "" => one.terms.product_id == product_id && same_name(&one.terms.edition, edition),
            key_id => same_name(&one.terms.key_id, key_id),
        };
        let found: Vec<_> = all.iter().filter(|one| one.organisation_id == of.id).filter(means).collect();
        known = only(&found, "licences")?;
    }
    let old = known.map(|known| &known.terms);
    let terms = rules::checked_licence(&LicenceTerms {
        product_id: product_id.or_else(|| old.and_then(|old| old.product_id)),
        edition: if edition.is_empty() { text(old.map(|old| &old.edition)).into() } else { edition.into() },
        key_id: if key_id.is_empty() { text(old.map(|old| &old.key_id)).into() } else { key_id.into() },
        seats: count(cells, "seats", "Seats")?.or_else(|| old.and_then(|old| old.seats)),
        expires_on: day(cells, "expires_on")?.or_else(|| old.and_then(|old| old.expires_on.clone())),
    })
    .map_err(words)?;
    let mut differences = Differences::default();
    if let Some(old) = old {
        differences.note("Product", &product_name(index, old.product_id), &product_name(index, terms.product_id));
        differences.note("Edition", &old.edition, &terms.edition);
        differences.note("Key id", old.key_id.trim(), &terms.key_id);
        differences.note("Seats", &number(old.seats), &number(terms.seats));
        differences.note("Last day", text(old.expires_on.as_ref()), text(terms.expires_on.as_ref()));
    }
    let named = format!("{} {} {}", product_name(index, terms.product_id), terms.edition, terms.key_id);
    Ok(Step {
        name: format!("{}: {}", of.name, named.split_whitespace().collect::<Vec<_>>().join(" ")),
        about: about(known.map(|known| known.id.0), of.id, if key_id.is_empty() { &named } else { key_id }),
        is_new: known.is_none(),
        differences: differences.0,
        change: Change::Licence { id: known.map(|known| known.id), of: of.id, terms },
    })
}

pub(super) fn installation(index: &Index<'_>, cells: &Cells<'_>) -> Result<Step, String> {
    let all = &index.book.installations;
    let (of, mut known) = owner(index, cells, all, |one| (one.installation.id.0, one.installation.organisation_id))?;
    let product_id = product(index, cells.one("product"))?;
    let label = cells.one("label");
    if known.is_none() {
        let its = all.iter().map(|one| (one, &one.installation)).filter(|(_, its)| its.archived_at.is_none());
        let its = its.filter(|(_, its)| its.organisation_id == of.id);
        let found: Vec<_> = its.filter(|(_, its)| same_name(&its.terms.label, label)).map(|(one, _)| one).collect();
        known = only(&found, "installations")?;
    }
    let old = known.map(|known| &known.installation.terms);
    let role = match cells.one("role") {
        "" => old.map_or(InstallationRole::Production, |old| old.role),
        role => rules::role_named(role).ok_or_else(|| no_role(role))?,
    };
    let terms = rules::checked_installation(&InstallationTerms {
        label: if label.is_empty() { text(old.map(|old| &old.label)).into() } else { label.into() },
        role,
        product_id: product_id.or_else(|| old.and_then(|old| old.product_id)),
    })
    .map_err(words)?;
    let mut differences = Differences::default();
    let values = values(cells, known, &mut differences)?;
    if let Some(old) = old {
        differences.note("What they call it", &old.label, &terms.label);
        differences.note("Role", old.role.as_str(), terms.role.as_str());
        differences.note("Product", &product_name(index, old.product_id), &product_name(index, terms.product_id));
    }
    Ok(Step {
        name: format!("{}: {}", of.name, terms.label),
        about: about(known.map(|known| known.installation.id.0), of.id, &terms.label),
        is_new: known.is_none(),
        differences: differences.0,
        change: Change::Installation { id: known.map(|known| known.installation.id), of: of.id, terms, values },
    })
}

fn no_role(role: &str) -> String {
    let roles = InstallationRole::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    format!("“{}” is no role; the roles are {roles}", shortened(role))
}

/// The fields that the line changes.
fn values(
    cells: &Cells<'_>,
    known: Option<&KnownInstallation>,
    differences: &mut Differences,
) -> Result<Vec<(casedesk_details::Field, String)>, String> {
    let mut changed = Vec::new();
    for column in columns(Sheet::Installations) {
        let Some(field) = field_of(column) else { continue };
        let value = rules::checked_value(cells.one(column.key)).map_err(words)?;
        let before = known.map_or("", |known| known.value(field.name()));
        if !value.is_empty() && value != before {
            differences.note(column.title, before, &value);
            changed.push((field, value));
        }
    }
    Ok(changed)
}
