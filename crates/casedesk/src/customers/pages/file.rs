//! One organisation: everything that is known of it on one page, and the changes that it can make.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{forms, state_words};
use crate::customers::actions;
use crate::customers::store::{self, Contract, FileNote, Installation, Licence, OptionRow};
use crate::customers::{
    Contact, ContractId, ContractTerms, CustomersError, FieldValue, InstallationRole, LicenceId, Organisation,
    OrganisationId, OrganisationKind, Verdict, rules,
};
use crate::desk::Desk;
use crate::products::{self, Product};
use crate::staff::store::Colleague;
use crate::staff::{self, Admin, AgentId, Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::{Person, Shell};
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// How many contacts the page shows with their addresses.
const MOST_CONTACTS: usize = 100;

struct ContactRow {
    contact: Contact,
    person: Person,
    addresses: String,
    paused: bool,
}

struct InstallationRow {
    installation: Installation,
    values: Vec<FieldValue>,
}

impl InstallationRow {
    /// `5.1.3, Debian 12, SFTP`, as far as it is known.
    fn words(&self) -> String {
        let known: Vec<_> = self.values.iter().filter(|value| !value.value.is_empty()).take(6).collect();
        let mut words = known.first().map_or_else(String::new, |first| first.value.clone());
        for (before, value) in known.iter().zip(known.iter().skip(1)) {
            let system = (before.field.as_str(), value.field.as_str()) == ("os_name", "os_version");
            words.push_str(if system { " " } else { ", " });
            words.push_str(&value.value);
        }
        words
    }
}

/// A number as the value of an input; empty when there is none.
fn number(value: &Option<i64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn same(one: &i64, other: i64) -> bool {
    *one == other
}

/// The last day of the contract that would follow; empty where this one has no end.
fn next_end(terms: &ContractTerms) -> String {
    rules::next_end(terms).unwrap_or_default()
}

fn is_manager(manager: &Option<AgentId>, agent: &Colleague) -> bool {
    *manager == Some(agent.id)
}

struct Stand {
    tone: &'static str,
    words: &'static str,
    reason: String,
}

#[derive(Template)]
#[template(path = "customers/file.html")]
struct FilePage {
    shell: Shell,
    organisation: Organisation,
    kinds: &'static [OrganisationKind],
    roles: &'static [InstallationRole],
    stand: Stand,
    domains: Vec<String>,
    tags: Vec<String>,
    notes: Vec<FileNote>,
    contacts: Vec<ContactRow>,
    contracts: Vec<Contract>,
    licences: Vec<Licence>,
    installations: Vec<InstallationRow>,
    options: Vec<OptionRow>,
    products: Vec<Product>,
    agents: Vec<Colleague>,
    manager: Option<AgentId>,
}

/// `GET /organisations/{id}`
pub(super) async fn show(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<OrganisationId>,
) -> Result<Response> {
    let organisation = store::organisation(desk.db(), id).await?.ok_or(CustomersError::Missing("organisation"))?;
    match store::organisation_merged_into(desk.db(), id).await? {
        Some(into) => back(into),
        None => Ok(Html(page(&desk, by.shell("organisations", ""), organisation).await?).into_response()),
    }
}

async fn page(desk: &Desk, shell: Shell, organisation: Organisation) -> Result<FilePage> {
    let (db, id) = (desk.db(), organisation.id);
    Ok(FilePage {
        shell,
        organisation,
        kinds: OrganisationKind::ALL,
        roles: InstallationRole::ALL,
        stand: stand(desk, id).await?,
        domains: store::domains(db, id).await?,
        tags: store::organisation_tags(db, id).await?,
        notes: store::file_notes(db, id).await?,
        contacts: contacts(desk, id).await?,
        contracts: store::contracts(db, id).await?,
        licences: store::licences(db, id).await?,
        installations: installations(desk, id).await?,
        options: store::options(db).await?.into_iter().filter(|option| option.archived_at.is_none()).collect(),
        products: products::store::products(db).await?,
        agents: staff::store::agents(db).await?,
        manager: store::account_manager(db, id).await?,
    })
}

async fn stand(desk: &Desk, id: OrganisationId) -> Result<Stand> {
    let Verdict { state, reason, .. } = actions::contract_verdict(desk, id).await?;
    let (tone, words) = state_words(state);
    Ok(Stand { tone, words, reason })
}

async fn contacts(desk: &Desk, id: OrganisationId) -> Result<Vec<ContactRow>> {
    let mut rows = Vec::new();
    for contact in store::contacts_of(desk.db(), id).await?.into_iter().take(MOST_CONTACTS) {
        let addresses = store::addresses(desk.db(), contact.id).await?;
        rows.push(ContactRow {
            person: Person::new(contact.id.0, &contact.name, ""),
            paused: addresses.iter().any(|(_, paused)| paused.is_some()),
            addresses: addresses.into_iter().map(|(address, _)| address).collect::<Vec<_>>().join(", "),
            contact,
        });
    }
    Ok(rows)
}

async fn installations(desk: &Desk, id: OrganisationId) -> Result<Vec<InstallationRow>> {
    let mut rows = Vec::new();
    for installation in store::installations(desk.db(), id).await? {
        rows.push(InstallationRow { values: store::current_values(desk.db(), installation.id).await?, installation });
    }
    Ok(rows)
}

fn back(id: OrganisationId) -> Result<Response> {
    Ok(see_other(&format!("/organisations/{id}")))
}

/// `POST /organisations/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    actions::change_organisation(&desk, &by, id, sent.one("name"), forms::kind(&sent)?).await?;
    back(id)
}

/// `POST /organisations/{id}/domains`: with `remove` it is taken away.
pub(super) async fn domain(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let on = sent.filled("remove").is_none();
    actions::set_domain(&desk, &by, id, sent.filled("remove").unwrap_or(sent.one("domain")), on).await?;
    back(id)
}

/// `POST /organisations/{id}/tags`: with `remove` it is taken off.
pub(super) async fn tag(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let on = sent.filled("remove").is_none();
    actions::set_tag(&desk, &by, id, sent.filled("remove").unwrap_or(sent.one("tag")), on).await?;
    back(id)
}

/// `POST /organisations/{id}/notes`
pub(super) async fn note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    actions::add_file_note(&desk, &by, id, sent.one("text")).await?;
    back(id)
}

/// `POST /organisations/{id}/notes/{note}`
pub(super) async fn change_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, note)): Path<(OrganisationId, i64)>,
    sent: Fields,
) -> Result<Response> {
    actions::change_file_note(&desk, &by, id, note, sent.one("text")).await?;
    back(id)
}

/// `POST /organisations/{id}/notes/{note}/delete`
pub(super) async fn remove_note(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, note)): Path<(OrganisationId, i64)>,
) -> Result<Response> {
    actions::remove_file_note(&desk, &by, id, note).await?;
    back(id)
}

/// `POST /organisations/{id}/contracts`
pub(super) async fn add_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    actions::add_contract(&desk, &by, id, &forms::contract(&sent)?).await?;
    back(id)
}

/// `POST /organisations/{id}/contracts/{contract}`
pub(super) async fn change_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, contract)): Path<(OrganisationId, ContractId)>,
    sent: Fields,
) -> Result<Response> {
    actions::change_contract(&desk, &by, id, contract, &forms::contract(&sent)?).await?;
    back(id)
}

/// `POST /organisations/{id}/contracts/{contract}/renewal`
pub(super) async fn renew_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, contract)): Path<(OrganisationId, ContractId)>,
    sent: Fields,
) -> Result<Response> {
    actions::renew_contract(&desk, &by, id, contract, sent.one("ends_on")).await?;
    if sent.one("back") == "contracts" { Ok(see_other("/contracts")) } else { back(id) }
}

/// `POST /organisations/{id}/contracts/{contract}/delete`
pub(super) async fn remove_contract(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, contract)): Path<(OrganisationId, ContractId)>,
) -> Result<Response> {
    actions::remove_contract(&desk, &by, id, contract).await?;
    back(id)
}

/// `POST /organisations/{id}/licences`
pub(super) async fn add_licence(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    actions::add_licence(&desk, &by, id, &forms::licence(&sent)?).await?;
    back(id)
}

/// `POST /organisations/{id}/licences/{licence}`
pub(super) async fn change_licence(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, licence)): Path<(OrganisationId, LicenceId)>,
    sent: Fields,
) -> Result<Response> {
    actions::change_licence(&desk, &by, id, licence, &forms::licence(&sent)?).await?;
    back(id)
}

/// `POST /organisations/{id}/licences/{licence}/delete`
pub(super) async fn remove_licence(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((id, licence)): Path<(OrganisationId, LicenceId)>,
) -> Result<Response> {
    actions::remove_licence(&desk, &by, id, licence).await?;
    back(id)
}
