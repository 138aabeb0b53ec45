//! Lines of an export, in the columns that an import reads.
use super::cell::{defused, joined_notes};
use super::columns::{columns, field_of};
use super::{KnownContact, KnownInstallation, KnownOrganisation, Sheet};
use crate::customers::rules::PURPOSE;
use crate::customers::store::{Contract, Licence};

/// Over what the details of an installation are kept for; an import passes over it.
const KEPT_FOR: &str = "Kept for";

pub fn heading(sheet: Sheet) -> Vec<String> {
    let kept_for = (sheet == Sheet::Installations).then(|| KEPT_FOR.to_owned());
    columns(sheet).iter().map(|column| column.title.to_owned()).chain(kept_for).collect()
}

/// A line as CSV: commas, CRLF, quotes where they are needed (RFC 4180).
pub fn written(cells: &[String]) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        let cell = defused(cell);
        let quoted = cell.contains([',', ';', '"', '\n', '\r', '\t', '\'']) || cell.trim() != cell;
        if quoted {
            line.push(b'"');
            line.extend(cell.replace('"', "\"\"").bytes());
            line.push(b'"');
        } else {
            line.extend(cell.bytes());
        }
    }
    line.extend(b"\r\n");
    line
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

pub fn organisation_line(known: &KnownOrganisation) -> Vec<String> {
    vec![
        known.id.to_string(),
        known.name.clone(),
        known.kind.to_string(),
        known.domains.join(" "),
        known.tags.join(" "),
        joined_notes(known.notes.iter().map(String::as_str)),
    ]
}

/// `organisation` is the name of the organisation, here and below.
pub fn contact_line(known: &KnownContact, organisation: &str) -> Vec<String> {
    vec![
        known.id.to_string(),
        known.name.clone(),
        number(known.organisation_id.map(|id| id.0)),
        organisation.to_owned(),
        known.addresses.join(" "),
        known.numbers.join("; "),
        known.tags.join(" "),
        known.note.replace("\r\n", "\n"),
    ]
}

pub fn contract_line(known: &Contract, organisation: &str) -> Vec<String> {
    vec![
        known.id.to_string(),
        known.organisation_id.to_string(),
        organisation.to_owned(),
        known.option_name.clone(),
        known.terms.reference.clone(),
        known.terms.starts_on.clone(),
        known.terms.ends_on.clone().unwrap_or_default(),
        number(known.terms.seats),
        number(known.terms.renews_months),
    ]
}

pub fn licence_line(known: &Licence, organisation: &str) -> Vec<String> {
    vec![
        known.id.to_string(),
        known.organisation_id.to_string(),
        organisation.to_owned(),
        known.product_name.clone().unwrap_or_default(),
        known.terms.edition.clone(),
        known.terms.key_id.clone(),
        number(known.terms.seats),
        known.terms.expires_on.clone().unwrap_or_default(),
    ]
}

pub fn installation_line(known: &KnownInstallation, organisation: &str) -> Vec<String> {
    let installation = &known.installation;
    let mut cells = vec![
        installation.id.to_string(),
        installation.organisation_id.to_string(),
        organisation.to_owned(),
        installation.terms.label.clone(),
        installation.terms.role.to_string(),
        installation.product_name.clone().unwrap_or_default(),
    ];
    let fields = columns(Sheet::Installations).iter().filter_map(field_of);
    cells.extend(fields.map(|field| known.value(field.name()).to_owned()));
    cells.push(PURPOSE.into());
    cells
}
