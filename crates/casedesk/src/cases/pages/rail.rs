//! The rail with its counts, and the views that agents keep for themselves.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::list::counted;
use super::views::{RailGroup, RailLink};
use super::{Counter, shell};
use crate::cases::filter::{DueIs, Filter, View};
use crate::cases::{actions, store};
use crate::desk::Desk;
use crate::staff::{self, Reader, Viewer, Worker};
use crate::web::shell::Shell;
use crate::web::turbo::{Streams, see_other};
use crate::web::{Error, Html, Result};

#[derive(Template)]
#[template(path = "cases/rail.html")]
struct Rail {
    groups: Vec<RailGroup>,
}

#[derive(Template)]
#[template(path = "cases/views.html")]
struct Views {
    shell: Shell,
    groups: Vec<RailGroup>,
}

/// `GET /rail`
pub(super) async fn rail(
    State(desk): State<Desk>,
    Reader(by): Reader,
    counters: &[Counter],
) -> Result<Streams<impl Template>> {
    Ok(Streams(Rail { groups: groups(&desk, &by, counters).await? }))
}

/// `GET /views`: the same as a page, for a phone.
pub(super) async fn views(
    State(desk): State<Desk>,
    Reader(by): Reader,
    counters: &[Counter],
) -> Result<Html<impl Template>> {
    Ok(Html(Views { shell: shell(&by, "views"), groups: groups(&desk, &by, counters).await? }))
}

type Named = (View, &'static str, &'static str, &'static str);

/// Views with a count: the view, its key, its icon and its words.
const COUNTED: [Named; 6] = [
    (View::Mine, "go-mine", "user", "Mine"),
    (View::Unassigned, "go-unassigned", "none", "Unassigned"),
    (View::Due, "go-due", "clock", "Due soon"),
    (View::Unconfirmed, "", "phone-in", "Unconfirmed"),
    (View::Waiting, "", "pause", "Waiting"),
    (View::AllOpen, "go-open", "inbox", "All open"),
];
const UNCOUNTED: [Named; 3] = [
    (View::Watched, "go-watched", "eye", "Watched"),
    (View::Solved, "", "okc", "Solved"),
    (View::All, "", "list", "All cases"),
];

async fn teams(desk: &Desk, by: &Viewer) -> Result<Vec<staff::store::Team>> {
    let teams = staff::store::teams(desk.db()).await?;
    Ok(teams.into_iter().filter(|team| by.can_see(Some(team.id))).collect())
}

/// The views that no key goes to, without counts, for the palette.
pub(super) async fn keyless(desk: &Desk, by: &Viewer) -> Result<Vec<RailLink>> {
    let all = COUNTED.into_iter().chain(UNCOUNTED).filter(|(_, key, ..)| key.is_empty());
    let mut links: Vec<RailLink> =
        all.map(|(view, key, icon, label)| link(view, key, icon, label, String::new())).collect();
    let teams = teams(desk, by).await?;
    links.extend(teams.iter().map(|team| link(View::Team(team.id), "", "users", &team.name, String::new())));
    let saved = store::saved_views(desk.db(), by.id).await?;
    links.extend(saved.iter().map(|view| link(View::Saved(view.id), "", "search", &view.name, String::new())));
    Ok(links)
}

async fn groups(desk: &Desk, by: &Viewer, counters: &[Counter]) -> Result<Vec<RailGroup>> {
    let mut views = Vec::new();
    for (view, key, icon, label) in COUNTED {
        views.push(counted_link(desk, by, view, key, icon, label).await?);
    }
    for (view, key, icon, label) in UNCOUNTED {
        views.push(link(view, key, icon, label, String::new()));
    }
    let mut team_views = Vec::new();
    for team in teams(desk, by).await? {
        team_views.push(counted_link(desk, by, View::Team(team.id), "", "users", &team.name).await?);
    }
    let mut saved = Vec::new();
    for view in store::saved_views(desk.db(), by.id).await? {
        let count = match Filter::parse(&view.query, by.id) {
            Ok(filter) => counted(store::count(desk.db(), &filter, &by.hidden_teams).await?),
            Err(_) => String::new(),
        };
        saved.push(link(View::Saved(view.id), "", "search", &view.name, count));
    }
    let phone = RailLink {
        key: "go-phone",
        href: "/calls".into(),
        icon: "phone",
        label: "Phone".into(),
        ..RailLink::default()
    };
    let quarantine = RailLink {
        key: "go-quarantine",
        href: "/quarantine".into(),
        icon: "shield",
        label: "Quarantine".into(),
        ..RailLink::default()
    };
    let organisations = RailLink {
        key: "go-organisations",
        href: "/organisations".into(),
        icon: "users",
        label: "Organisations".into(),
        ..RailLink::default()
    };
    let quotes = RailLink {
        key: "go-quotes",
        href: "/quotes".into(),
        icon: "file",
        label: "Quotes".into(),
        ..RailLink::default()
    };
    let group = |title, titled, folds, links| RailGroup { title, titled, folds, links };
    let mut all = vec![
        group("Views", false, false, views),
        group("Teams", true, false, team_views),
        group("Saved", true, true, saved),
        group("Customers", false, false, vec![organisations, quotes]),
        group("Doors", false, false, vec![phone, quarantine]),
    ];
    for counter in counters {
        let (href, count) = counter(desk, by).await?;
        let links = all.iter_mut().flat_map(|group| &mut group.links);
        if let Some(link) = links.into_iter().find(|link| link.href == href).filter(|_| count > 0) {
            link.count = counted(count);
        }
    }
    Ok(all.into_iter().filter(|group| !group.links.is_empty()).collect())
}

async fn counted_link(
    desk: &Desk,
    by: &Viewer,
    view: View,
    key: &'static str,
    icon: &'static str,
    label: &str,
) -> Result<RailLink> {
    let filter = view.filter(by.id).unwrap_or_default();
    let count = store::count(desk.db(), &filter, &by.hidden_teams).await?;
    let hot = match filter.due {
        Some(_) if count > 0 => {
            let urgent = Filter { due: Some(DueIs::Urgent), ..filter };
            store::count(desk.db(), &urgent, &by.hidden_teams).await? > 0
        }
        _ => false,
    };
    let count = if count == 0 { String::new() } else { counted(count) };
    Ok(RailLink { hot, ..link(view, key, icon, label, count) })
}

fn link(view: View, key: &'static str, icon: &'static str, label: &str, count: String) -> RailLink {
    RailLink { key, href: format!("/views/{}", view.slug()), icon, label: label.into(), count, hot: false }
}

#[derive(Deserialize)]
pub(super) struct Saved {
    name: String,
    query: String,
    #[serde(default)]
    shared: bool,
}

/// `POST /views`: keeps a filter under a name.
pub(super) async fn save(State(desk): State<Desk>, Worker(by): Worker, Form(saved): Form<Saved>) -> Result<Response> {
    let id = actions::save_view(&desk, &by, &saved.name, &saved.query, saved.shared).await?;
    Ok(see_other(&format!("/views/saved-{id}")))
}

/// `POST /views/{view}/delete`
pub(super) async fn delete(State(desk): State<Desk>, Worker(by): Worker, Path(slug): Path<String>) -> Result<Response> {
    let Some(View::Saved(id)) = View::parse(&slug) else { return Err(Error::not_found("such saved view")) };
    actions::delete_view(&desk, &by, id).await?;
    Ok(see_other("/views/mine"))
}
