//! One installation: its fields with where each comes from, and everything that they were before.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use casedesk_details::Field;

use super::forms;
use crate::customers::actions::{self, Given, Origin};
use crate::customers::store::{self, Installation};
use crate::customers::{
    CustomersError, FieldSource, FieldValue, InstallationId, InstallationRole, Life, Organisation, OrganisationId,
    rules,
};
use crate::desk::Desk;
use crate::kit::Day;
use crate::products::rules::Track;
use crate::products::{self, Product};
use crate::staff::{Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// A field as it stands now.
struct Line {
    name: &'static str,
    label: &'static str,
    is_set: bool,
    now: Option<FieldValue>,
}

/// A value of the history.
struct Past {
    label: &'static str,
    value: FieldValue,
}

/// A version that the installation runs on, with its line of life.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where that comes from.
    pub(crate) from: String,
    pub(crate) tone: &'static str,
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) track: Option<Track>,
}

#[derive(Template)]
#[template(path = "customers/installation.html")]
struct InstallationPage {
    shell: Shell,
    installation: Installation,
    organisation: Option<Organisation>,
    roles: &'static [InstallationRole],
    products: Vec<Product>,
    versions: Vec<Version>,
    lines: Vec<Line>,
    history: Vec<Past>,
    purpose: &'static str,
}

fn is_of(installation: &Installation, product: &Product) -> bool {
    installation.terms.product_id == Some(product.id)
}

/// Where a value comes from, in words: `Mail of Anna Berg, accepted by Ben`.
pub(crate) fn origin_words(value: &FieldValue) -> String {
    let agent = value.agent_name.as_deref().unwrap_or("the desk");
    let contact = value.contact_name.as_deref();
    match (value.source, contact) {
        (FieldSource::Mail, Some(contact)) => format!("Mail of {contact}, accepted by {agent}"),
        (FieldSource::Mail, None) => format!("Mail, accepted by {agent}"),
        (FieldSource::Form, Some(contact)) => format!("Form, by {contact}"),
        (FieldSource::Form, None) => "Form".into(),
        (FieldSource::Agent, _) => format!("Written by {agent}"),
        (FieldSource::Import, _) => format!("Import by {agent}"),
        (FieldSource::Api, _) => format!("API, by {agent}"),
    }
}

/// The same with the words that it was read from, where they are others.
pub(crate) fn from_words(value: &FieldValue) -> String {
    match value.written == value.value {
        true => origin_words(value),
        false => format!("{}: “{}”", origin_words(value), value.written),
    }
}

/// A version as the installation has it now; none where its value is another by now.
pub(crate) fn version(life: &Life, values: &[FieldValue], today: Day) -> Option<Version> {
    let value = values.iter().find(|value| value.field == life.field && value.value.contains(&life.version))?;
    Some(Version {
        name: life.name.clone(),
        version: life.version.clone(),
        from: from_words(value),
        tone: products::pages::tone(life.standing.stage),
        state: products::pages::brief(&life.standing),
        reason: life.standing.reason.clone(),
        track: life.lifespan.track(today),
    })
}

/// `GET /installations/{id}`
pub(super) async fn show(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<InstallationId>,
) -> Result<Html<impl Template>> {
    let installation = store::installation(desk.db(), id).await?.ok_or(CustomersError::Missing("installation"))?;
    let mut current = store::current_values(desk.db(), id).await?;
    let (today, _) = products::today(&desk);
    let lives = actions::lives_of(&desk, id).await?;
    let versions = lives.iter().filter_map(|life| version(life, &current, today)).collect();
    let mut line = |field: Field| Line {
        name: field.name(),
        label: rules::label(field),
        is_set: field.is_set(),
        now: current.iter().position(|value| value.field == field.name()).map(|at| current.swap_remove(at)),
    };
    let lines = Field::ALL.into_iter().filter(|field| *field != Field::Role).map(&mut line).collect();
    let past = |value: FieldValue| Past { label: past_label(&value.field), value };
    Ok(Html(InstallationPage {
        shell: by.shell("organisations", ""),
        organisation: store::organisation(desk.db(), installation.organisation_id).await?,
        roles: InstallationRole::ALL,
        products: products::store::products(desk.db()).await?,
        versions,
        lines,
        purpose: rules::PURPOSE,
        history: store::value_history(desk.db(), id).await?.into_iter().map(past).collect(),
        installation,
    }))
}

fn past_label(field: &str) -> &'static str {
    match field {
        rules::LABEL => "What they call it",
        rules::PRODUCT => "Product",
        detail => Field::from_name(detail).map_or("Other", rules::label),
    }
}

/// `POST /organisations/{id}/installations`
pub(super) async fn add(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(of): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let id = actions::add_installation(&desk, &by, of, &forms::installation(&sent)?).await?;
    page_of(id)
}

fn page_of(id: InstallationId) -> Result<Response> {
    Ok(see_other(&format!("/installations/{id}")))
}

/// `POST /installations/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
    sent: Fields,
) -> Result<Response> {
    actions::change_installation(&desk, &by, id, &forms::installation(&sent)?).await?;
    page_of(id)
}

/// `POST /installations/{id}/values`: the fields that are sent; an empty one is not known any more.
pub(super) async fn values(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
    sent: Fields,
) -> Result<Response> {
    let given: Vec<Given> = Field::ALL
        .into_iter()
        .filter_map(|field| sent.all(field.name()).next().map(|value| (field, value)))
        .map(|(field, value)| Given { field, value: value.to_owned(), written: String::new() })
        .collect();
    actions::set_values(&desk, &by, id, &given, Origin::AGENT).await?;
    page_of(id)
}

/// `POST /installations/{id}/archive`
pub(super) async fn archive(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
) -> Result<Response> {
    actions::archive_installation(&desk, &by, id, true).await?;
    page_of(id)
}

/// `POST /installations/{id}/restore`
pub(super) async fn restore(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<InstallationId>,
) -> Result<Response> {
    actions::archive_installation(&desk, &by, id, false).await?;
    page_of(id)
}
