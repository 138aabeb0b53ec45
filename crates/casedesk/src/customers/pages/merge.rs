//! Who may be in the file twice, comparing two, making them one, and two again.
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::forms;
use crate::customers::actions::{self, Duplicate};
use crate::customers::store::{self, Merge};
use crate::customers::{ContactId, CustomersError, FileKind, MergeId, OrganisationId, OrganisationKind};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

/// How many are found to merge with.
const MOST_FOUND: i64 = 20;

#[derive(Template)]
#[template(path = "customers/duplicates.html")]
struct DuplicatesPage {
    shell: Shell,
    pairs: Vec<Duplicate>,
    merges: Vec<Merge>,
}

/// The page of one, by its kind and number.
fn page_of(kind: &FileKind, id: &i64) -> String {
    match kind {
        FileKind::Organisation => format!("/organisations/{id}"),
        FileKind::Contact => format!("/contacts/{id}"),
    }
}

/// `GET /organisations/duplicates`
pub(super) async fn duplicates(State(desk): State<Desk>, Reader(by): Reader) -> Result<Html<impl Template>> {
    Ok(Html(DuplicatesPage {
        shell: by.shell("organisations", ""),
        pairs: actions::duplicates(&desk).await?,
        merges: store::merges(desk.db()).await?,
    }))
}

/// `POST /organisations/duplicates/apart`
pub(super) async fn apart(State(desk): State<Desk>, Worker(by): Worker, sent: Fields) -> Result<Response> {
    let number = |name| sent.one(name).parse().map_err(|_| Error::unprocessable("Say which two."));
    let kind = sent.one("kind").parse().map_err(|_| Error::unprocessable("Say which two."))?;
    actions::keep_apart(&desk, &by, kind, (number("one")?, number("other")?)).await?;
    Ok(see_other("/organisations/duplicates"))
}

/// One of the two that are compared.
struct Side {
    id: i64,
    name: String,
    href: String,
    /// What is compared, in words, in the order of `RULES`.
    says: Vec<String>,
}

struct Found {
    id: i64,
    name: String,
    about: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    with: Option<i64>,
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "customers/merge.html")]
struct MergePage {
    shell: Shell,
    kind: FileKind,
    titles: &'static [&'static str],
    one: Side,
    other: Option<Side>,
    kinds: &'static [OrganisationKind],
    current: Option<OrganisationKind>,
    q: String,
    found: Vec<Found>,
}

impl MergePage {
    /// The page itself.
    fn href(&self) -> String {
        format!("{}/merge", self.one.href)
    }
}

const ORGANISATION: &[&str] =
    &["Kind", "Mail domains", "Tags", "Contacts", "Contracts", "Licences", "Installations", "Notes"];
const CONTACT: &[&str] = &["Organisation", "Addresses", "Phone numbers", "Tags", "Note"];

async fn organisation(desk: &Desk, id: OrganisationId) -> Result<(Side, OrganisationKind)> {
    let db = desk.db();
    let found = store::organisation(db, id).await?.ok_or(CustomersError::Missing("organisation"))?;
    if store::organisation_merged_into(db, id).await?.is_some() {
        return Err(CustomersError::Merged(found.name).into());
    }
    let contacts = store::contacts_of(db, id).await?;
    let names = contacts.iter().take(5).map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(", ");
    let contracts = store::contracts(db, id).await?;
    let terms = contracts.iter().take(3).map(|one| {
        let end = one.terms.ends_on.as_ref().map_or(String::new(), |end| format!(" to {end}"));
        format!("{} from {}{end}", one.option_name, one.terms.starts_on)
    });
    let installations = store::installations(db, id).await?;
    let labels = installations.iter().take(5).map(|one| one.terms.label.as_str()).collect::<Vec<_>>().join(", ");
    let says = vec![
        found.kind.to_string(),
        store::domains(db, id).await?.join(", "),
        store::organisation_tags(db, id).await?.join(", "),
        counted(contacts.len(), &names),
        counted(contracts.len(), &terms.collect::<Vec<_>>().join(", ")),
        counted(store::licences(db, id).await?.len(), ""),
        counted(installations.len(), &labels),
        counted(store::file_notes(db, id).await?.len(), ""),
    ];
    Ok((Side { id: id.0, href: format!("/organisations/{id}"), name: found.name, says }, found.kind))
}

async fn contact(desk: &Desk, id: ContactId) -> Result<Side> {
    let db = desk.db();
    let found = store::contact(db, id).await?.ok_or(CustomersError::Missing("contact"))?;
    if store::contact_merged_into(db, id).await?.is_some() {
        return Err(CustomersError::Merged(found.name).into());
    }
    let of = match found.organisation_id {
        Some(of) => store::organisation(db, of).await?.map_or_else(String::new, |of| of.name),
        None => String::new(),
    };
    let addresses: Vec<String> = store::addresses(db, id).await?.into_iter().map(|(address, _)| address).collect();
    let numbers: Vec<String> = store::numbers(db, id).await?.into_iter().map(|one| one.number_e164).collect();
    let tags = store::contact_tags(db, id).await?.join(", ");
    let says = vec![of, addresses.join(", "), numbers.join(", "), tags, store::contact_note(db, id).await?];
    Ok(Side { id: id.0, href: format!("/contacts/{id}"), name: found.name, says })
}

/// `3: Anna, Bo, Cy`; empty for none.
fn counted(count: usize, words: &str) -> String {
    match (count, words) {
        (0, _) => String::new(),
        (count, "") => count.to_string(),
        (count, words) => format!("{count}: {words}"),
    }
}

/// `GET /organisations/{id}/merge`: with whom, or both beside each other.
pub(super) async fn organisations(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<OrganisationId>,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let (one, current) = organisation(&desk, id).await?;
    let other = match asked.with {
        Some(with) => Some(organisation(&desk, OrganisationId(with)).await?.0),
        None => None,
    };
    let found = if other.is_none() { organisations_like(&desk, id, &asked.q).await? } else { vec![] };
    let shell = by.shell("organisations", "");
    let (kinds, q) = (OrganisationKind::ALL, asked.q);
    let kind = FileKind::Organisation;
    Ok(Html(MergePage { shell, kind, titles: ORGANISATION, one, other, kinds, current: Some(current), q, found }))
}

async fn organisations_like(desk: &Desk, id: OrganisationId, text: &str) -> Result<Vec<Found>> {
    if text.trim().is_empty() {
        return Ok(vec![]);
    }
    let mut rows = Vec::new();
    for found in store::organisations_by_name(desk.db(), text.trim(), None, None, MOST_FOUND).await? {
        if found.id != id {
            let about = store::domains(desk.db(), found.id).await?.join(", ");
            rows.push(Found { id: found.id.0, name: found.name, about });
        }
    }
    Ok(rows)
}

/// `GET /contacts/{id}/merge`
pub(super) async fn contacts(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<ContactId>,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let one = contact(&desk, id).await?;
    let other = match asked.with {
        Some(with) => Some(contact(&desk, ContactId(with)).await?),
        None => None,
    };
    let mut found = Vec::new();
    if other.is_none() && !asked.q.trim().is_empty() {
        let rows = store::contacts_like(desk.db(), asked.q.trim(), None, MOST_FOUND).await?;
        let others = rows.into_iter().filter(|(contact, _)| contact.id != id);
        found = others.map(|(contact, about)| Found { id: contact.id.0, name: contact.name, about }).collect();
    }
    let shell = by.shell("organisations", "");
    let (kinds, q, kind) = (OrganisationKind::ALL, asked.q, FileKind::Contact);
    Ok(Html(MergePage { shell, kind, titles: CONTACT, one, other, kinds, current: None, q, found }))
}

/// The one that stays, and the one that becomes part of it.
fn chosen(sent: &Fields, one: i64) -> Result<(i64, i64)> {
    let other: i64 = sent.one("with").parse().map_err(|_| Error::unprocessable("Say with whom."))?;
    match sent.one("keep").parse::<i64>() {
        Ok(keep) if keep == one => Ok((one, other)),
        Ok(keep) if keep == other => Ok((other, one)),
        _ => Err(Error::unprocessable("Choose which one stays.")),
    }
}

/// `POST /organisations/{id}/merge`
pub(super) async fn merge_organisations(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let (keep, merged) = chosen(&sent, id.0)?;
    let pair = (OrganisationId(keep), OrganisationId(merged));
    actions::merge_organisations(&desk, &by, pair, sent.one("name"), forms::kind(&sent)?).await?;
    Ok(see_other(&format!("/organisations/{keep}")))
}

/// `POST /contacts/{id}/merge`
pub(super) async fn merge_contacts(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    let (keep, merged) = chosen(&sent, id.0)?;
    actions::merge_contacts(&desk, &by, (ContactId(keep), ContactId(merged)), sent.one("name")).await?;
    Ok(see_other(&format!("/contacts/{keep}")))
}

/// `POST /organisations/merges/{id}/undo`
pub(super) async fn undo(State(desk): State<Desk>, Worker(by): Worker, Path(id): Path<MergeId>) -> Result<Response> {
    let merge = actions::undo_merge(&desk, &by, id).await?;
    Ok(see_other(&page_of(&merge.kind, &merge.merged_id)))
}
