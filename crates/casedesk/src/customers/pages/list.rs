//! The list of organisations, and adding one.
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::forms;
use crate::customers::{Contact, Organisation, OrganisationId, actions, store};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

const ROWS: usize = 50;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Asked {
    q: String,
    tag: String,
    after: Option<OrganisationId>,
}

struct Row {
    organisation: Organisation,
    domains: String,
    tags: Vec<String>,
}

#[derive(Template)]
#[template(path = "customers/list.html")]
struct ListPage {
    shell: Shell,
    q: String,
    tag: String,
    rows: Vec<Row>,
    /// Those that have the tag, when one is looked for.
    contacts: Vec<Contact>,
    more_contacts: bool,
    next: Option<OrganisationId>,
}

/// `GET /organisations`
pub(super) async fn list(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let one_more = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let after = match asked.after {
        Some(id) => store::organisation(desk.db(), id).await?.map(|last| (last.name, last.id)),
        None => None,
    };
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let tag = Some(asked.tag.trim()).filter(|tag| !tag.is_empty());
    let mut contacts = match (tag, asked.after) {
        (Some(tag), None) => store::contacts_tagged(desk.db(), tag, one_more).await?,
        _ => vec![],
    };
    let more_contacts = contacts.len() > ROWS;
    contacts.truncate(ROWS);
    let mut found = store::organisations_by_name(desk.db(), asked.q.trim(), tag, after, one_more).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let mut rows = Vec::with_capacity(found.len());
    for organisation in found {
        let domains = store::domains(desk.db(), organisation.id).await?.join(", ");
        rows.push(Row { tags: store::organisation_tags(desk.db(), organisation.id).await?, domains, organisation });
    }
    Ok(Html(ListPage {
        shell: by.shell("organisations", ""),
        q: asked.q,
        tag: asked.tag,
        rows,
        contacts,
        more_contacts,
        next,
    }))
}

/// `POST /organisations`
pub(super) async fn add(State(desk): State<Desk>, Worker(by): Worker, sent: Fields) -> Result<Response> {
    let domains = forms::words(sent.one("domains"));
    let id = actions::new_organisation(&desk, &by, sent.one("name"), forms::kind(&sent)?, &domains).await?;
    Ok(see_other(&format!("/organisations/{id}")))
}
