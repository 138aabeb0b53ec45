//! What the palette and the fields of the composer find while somebody types.
use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::compose::handle;
use super::views::Link;
use super::{key, number, words};
use crate::cases::filter::{Filter, Sort};
use crate::cases::store;
use crate::customers;
use crate::desk::Desk;
use crate::staff::{self, Reader, Viewer};
use crate::web::shell::{self, Person};
use crate::web::{Html, Result};

const CASES: usize = 8;
const PEOPLE: i64 = 6;
const ORGANISATIONS: i64 = 4;
const PLACES: usize = 6;

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "cases/palette.html")]
struct Found {
    query: String,
    cases: Vec<Link>,
    people: Vec<(Person, String)>,
    organisations: Vec<(i64, String)>,
    /// Views, settings and templates.
    places: Vec<Place>,
}

/// A page of the desk.
struct Place {
    href: String,
    icon: &'static str,
    label: String,
    kind: &'static str,
}

/// `GET /palette?q=`
pub(super) async fn palette(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(Typed { q }): Query<Typed>,
) -> Result<Html<impl Template>> {
    let query = q.trim().to_owned();
    let mut cases = by_number(&desk, &by, &query).await?;
    let filter = Filter::parse(&query, by.id).unwrap_or_default();
    let found = store::list(desk.db(), &filter, Sort::NewestActivity, None, CASES, by.id, &by.hidden_teams).await?;
    cases.extend(
        found
            .rows
            .iter()
            .filter(|row| cases.iter().all(|c| c.key != key(&desk, row.id)))
            .map(|row| Link {
                key: key(&desk, row.id),
                href: format!("/cases/{}", row.id),
                subject: row.subject.clone(),
                state: words::sign(row.state),
                why: row.contact_name.clone().unwrap_or_default(),
            })
            .collect::<Vec<_>>(),
    );
    let people = contacts(&desk, &query).await?.into_iter().map(|person| {
        let href = format!("/views/all?q=from:{}", super::load::urlencoded(&person.email));
        (person, href)
    });
    let organisations = organisations(&desk, &query).await?;
    let places = places(&desk, &by, &query).await?;
    Ok(Html(Found { people: people.collect(), organisations, places, query, cases }))
}

async fn organisations(desk: &Desk, query: &str) -> Result<Vec<(i64, String)>> {
    if query.chars().count() < 2 {
        return Ok(vec![]);
    }
    let found = customers::store::organisations_by_name(desk.db(), query, None, None, ORGANISATIONS).await?;
    Ok(found.into_iter().map(|organisation| (organisation.id.0, organisation.name)).collect())
}

/// The pages whose names have all the words that were typed.
async fn places(desk: &Desk, by: &Viewer, query: &str) -> Result<Vec<Place>> {
    let typed = query.to_lowercase();
    if typed.is_empty() {
        return Ok(vec![]);
    }
    let fits = |label: &str| {
        let label = label.to_lowercase();
        typed.split_whitespace().all(|word| label.contains(word))
    };
    let views = super::rail::keyless(desk, by).await?;
    let views = views.into_iter().map(|link| (link.href, link.icon, link.label, "View"));
    let settings = shell::settings(by.role.is_admin()).flat_map(|(_, pages)| pages);
    let settings = settings.map(|page| (page.href.to_owned(), page.icon, page.label.to_owned(), "Settings"));
    let templates = store::templates(desk.db()).await?;
    let templates =
        templates.into_iter().map(|t| (format!("/settings/templates/{}", t.id), "tmpl", t.name, "Template"));
    let all = views.chain(settings).chain(templates).filter(|(_, _, label, _)| fits(label)).take(PLACES);
    Ok(all.map(|(href, icon, label, kind)| Place { href, icon, label, kind }).collect())
}

/// A number typed whole is the case that is meant.
async fn by_number(desk: &Desk, by: &Viewer, query: &str) -> Result<Vec<Link>> {
    let Some(id) = number(desk, query) else { return Ok(vec![]) };
    let case = store::visible_case(desk.db(), id, &by.hidden_teams).await?;
    Ok(case
        .into_iter()
        .map(|case| Link {
            key: key(desk, case.id),
            href: format!("/cases/{}", case.id),
            subject: case.subject,
            state: words::sign(case.state),
            ..Link::default()
        })
        .collect())
}

async fn contacts(desk: &Desk, query: &str) -> Result<Vec<Person>> {
    if query.chars().count() < 2 {
        return Ok(vec![]);
    }
    let found = customers::store::contacts_like(desk.db(), query, None, PEOPLE).await?;
    Ok(found.into_iter().map(|(contact, address)| Person::new(contact.id.0, &contact.name, &address)).collect())
}

struct Suggested {
    person: Person,
    handle: String,
}

#[derive(Template)]
#[template(path = "cases/suggest.html")]
struct Suggestions {
    people: Vec<Suggested>,
}

/// `GET /people/suggest?q=`: contacts, for a field of recipients.
pub(super) async fn people(
    State(desk): State<Desk>,
    _: Reader,
    Query(Typed { q }): Query<Typed>,
) -> Result<Html<impl Template>> {
    let people = contacts(&desk, q.trim()).await?;
    Ok(Html(Suggestions {
        people: people.into_iter().map(|person| Suggested { person, handle: String::new() }).collect(),
    }))
}

/// `GET /agents/suggest?q=`: colleagues, for an `@` in a note.
pub(super) async fn agents(
    State(desk): State<Desk>,
    _: Reader,
    Query(Typed { q }): Query<Typed>,
) -> Result<Html<impl Template>> {
    let begin = q.trim().to_lowercase();
    let fits = |a: &staff::store::Colleague| {
        a.name.to_lowercase().split(' ').any(|w| w.starts_with(&begin)) || a.email.starts_with(&begin)
    };
    let agents = staff::store::agents(desk.db()).await?;
    let people = agents.iter().filter(|agent| fits(agent)).take(CASES).map(|agent| Suggested {
        person: Person::new(agent.id.0, &agent.name, &agent.email),
        handle: handle(&agent.email),
    });
    Ok(Html(Suggestions { people: people.collect() }))
}
