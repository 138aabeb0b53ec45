//! Lines about organisations and contacts.
use super::super::book::{Index, KnownContact, KnownOrganisation, fold};
use super::super::cell;
use super::{Cells, Change, Differences, Step, named, only, shortened, words};
use crate::customers::{ContactId, OrganisationId, OrganisationKind, domain_of, rules};

/// A list and how it stands in one cell: what it adds to what is known. A cell as an export writes it adds nothing.
fn added(known: &[String], said: Vec<String>) -> Vec<String> {
    let mut new: Vec<String> = Vec::new();
    for one in said {
        if !known.contains(&one) && !new.contains(&one) {
            new.push(one);
        }
    }
    new
}

pub(super) fn organisation(index: &Index<'_>, cells: &Cells<'_>) -> Result<Step, String> {
    let name = rules::checked_name(cells.one("name")).map_err(words)?;
    let known = match cells.id("id")? {
        Some(id) => Some(
            index
                .organisation(OrganisationId(id))
                .ok_or_else(|| format!("there is no organisation with the Casedesk id {id}"))?,
        ),
        None => only(index.organisations_named(&name), "organisations of this name")?,
    };
    let kind = match kind(cells.one("kind"))? {
        Some(kind) => kind,
        None => known.map_or(OrganisationKind::Customer, |known| known.kind),
    };
    let domains = added(known.map_or(&[], |known| &known.domains), domains(index, cells, known)?);
    let tags = new_tags(cells, known.map_or(&[], |known| &known.tags))?;
    let notes = notes(cells, known)?;
    let mut differences = Differences::default();
    if let Some(known) = known {
        // Space is no difference: mail names people and places in many ways.
        if !super::same_spelling(&known.name, &name) {
            differences.note("Name", &known.name, &name);
        }
        differences.note("Kind", known.kind.as_str(), kind.as_str());
        differences.added("Domains", &domains);
        differences.added("Tags", &tags);
        differences.added("Notes", &notes);
    }
    Ok(Step {
        about: known.map_or_else(|| format!("name {}", fold(&name)), |known| format!("id {}", known.id)),
        is_new: known.is_none(),
        differences: differences.0,
        change: Change::Organisation {
            id: known.map(|known| known.id),
            name: name.clone(),
            kind,
            domains,
            tags,
            notes,
        },
        name,
    })
}

fn kind(cell: &str) -> Result<Option<OrganisationKind>, String> {
    match cell.to_lowercase().as_str() {
        "" => Ok(None),
        "customer" | "client" => Ok(Some(OrganisationKind::Customer)),
        "prospect" | "lead" => Ok(Some(OrganisationKind::Prospect)),
        _ => Err(format!("“{}” is neither customer nor prospect", shortened(cell))),
    }
}

fn domains(index: &Index<'_>, cells: &Cells<'_>, known: Option<&KnownOrganisation>) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for written in cells.all("domains").flat_map(cell::words) {
        let domain = rules::checked_domain(written).map_err(words)?;
        let owner = index.with_domain(&domain);
        if let Some(owner) = owner.filter(|owner| Some(owner.id) != known.map(|known| known.id)) {
            return Err(format!("“{domain}” is a domain of “{}” already", owner.name));
        }
        if owner.is_none() && index.book.public_domains.contains(&domain) {
            return Err(format!("“{domain}” is shared by strangers and belongs to no organisation"));
        }
        found.push(domain);
    }
    Ok(found)
}

fn new_tags(cells: &Cells<'_>, known: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for cell in cells.all("tags") {
        if known.join(" ") == cell {
            continue;
        }
        for written in cell::words(cell) {
            found.push(rules::checked_tag(written).map_err(words)?);
        }
    }
    Ok(added(known, found))
}

fn notes(cells: &Cells<'_>, known: Option<&KnownOrganisation>) -> Result<Vec<String>, String> {
    let cell = cells.one("notes");
    let kept = known.map_or(&[][..], |known| &known.notes);
    if cell::joined_notes(kept.iter().map(String::as_str)).trim() == cell {
        return Ok(vec![]);
    }
    let plain: Vec<String> = kept.iter().map(|note| note.trim().replace("\r\n", "\n")).collect();
    let said = cell::notes(cell).map(|note| rules::checked_note(note).map_err(words));
    Ok(added(&plain, said.collect::<Result<_, _>>()?))
}

pub(super) fn contact(index: &Index<'_>, cells: &Cells<'_>) -> Result<Step, String> {
    let name = rules::checked_name(cells.one("name")).map_err(words)?;
    let mut addresses = Vec::new();
    for written in cells.all("addresses").flat_map(cell::words) {
        addresses.push(rules::checked_address(written).map_err(words)?);
    }
    let mut numbers = Vec::new();
    for written in cells.all("numbers").flat_map(cell::numbers) {
        numbers.push(rules::e164(written, &index.book.country_code).map_err(|bad| words(bad.into()))?);
    }
    let of = named(index, cells)?.map(|of| of.id);
    let known = known_contact(index, cells, &addresses, (of, &name))?;
    if known.is_none() && addresses.is_empty() && numbers.is_empty() {
        return Err("a new contact needs a mail address or a phone number".into());
    }
    let by_domain = || addresses.iter().find_map(|one| index.with_domain(domain_of(one))).map(|of| of.id);
    let organisation = of.or_else(|| known.map_or_else(by_domain, |known| known.organisation_id));
    let new_addresses = added(known.map_or(&[], |known| &known.addresses), addresses);
    let new_numbers = added(known.map_or(&[], |known| &known.numbers), numbers);
    let tags = new_tags(cells, known.map_or(&[], |known| &known.tags))?;
    let note = match cells.one("notes") {
        "" => known.map_or_else(String::new, |known| known.note.clone()),
        note => rules::checked_note(note).map_err(words)?,
    };
    let mut differences = Differences::default();
    if let Some(known) = known {
        let place = |id: Option<OrganisationId>| {
            id.and_then(|id| index.organisation(id)).map_or_else(String::new, |of| of.name.clone())
        };
        if !super::same_spelling(&known.name, &name) {
            differences.note("Name", &known.name, &name);
        }
        if known.organisation_id != organisation {
            differences.note("Organisation", &place(known.organisation_id), &place(organisation));
        }
        differences.added("Addresses", &new_addresses);
        differences.added("Phone numbers", &new_numbers);
        differences.added("Tags", &tags);
        differences.note("Notes", &known.note, &note);
    }
    let first = new_addresses.first().or(new_numbers.first()).map_or("", String::as_str);
    Ok(Step {
        about: known.map_or_else(|| format!("new {first}"), |known| format!("id {}", known.id)),
        is_new: known.is_none(),
        differences: differences.0,
        change: Change::Contact {
            id: known.map(|known| known.id),
            name: name.clone(),
            organisation,
            addresses: new_addresses,
            numbers: new_numbers,
            tags,
            note,
        },
        name,
    })
}

/// The contact that a line is about: by id, by address, or by name where it has no address.
fn known_contact<'a>(
    index: &Index<'a>,
    cells: &Cells<'_>,
    addresses: &[String],
    (of, name): (Option<OrganisationId>, &str),
) -> Result<Option<&'a KnownContact>, String> {
    let by_id = match cells.id("id")? {
        Some(id) => {
            Some(index.contact(ContactId(id)).ok_or_else(|| format!("there is no contact with the Casedesk id {id}"))?)
        }
        None => None,
    };
    let mut found = by_id;
    for address in addresses {
        let Some(owner) = index.with_address(address) else { continue };
        match found {
            Some(found) if found.id != owner.id => {
                return Err(format!("“{address}” is an address of “{}” already", owner.name));
            }
            _ => found = Some(owner),
        }
    }
    if found.is_none() && addresses.is_empty() {
        return only(index.people_named(of, name), "contacts of this name");
    }
    Ok(found)
}
