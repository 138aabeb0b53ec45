//! What a case asks for of the roadmap, which cases ask for an item, and cases like this one.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::views::Link;
use super::{case, key, load, words};
use crate::cases::store::{self, CaseInShort};
use crate::cases::{CaseId, actions};
use crate::desk::Desk;
use crate::products::{self, ItemId};
use crate::staff::{Reader, Viewer, Worker};
use crate::web::turbo::{Streams, Turbo, see_other};
use crate::web::{Error, Html, Result};

/// An item that a case asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub id: i64,
    pub title: String,
    pub href: String,
    /// `planned, for 6.1, 4 votes`.
    pub words: String,
}

pub(super) async fn asked(desk: &Desk, id: CaseId) -> Result<Vec<Asked>> {
    let items = store::items_of_case(desk.db(), id).await?;
    let shown = |item: store::LinkedItem| {
        let target = item.target.filter(|target| !target.is_empty());
        let target = target.map_or_else(String::new, |target| format!(", for {target}"));
        let votes = if item.votes == 1 { "1 vote".into() } else { format!("{} votes", item.votes) };
        Asked {
            id: item.id.0,
            title: item.title,
            href: format!("/settings/products/{}/roadmap/{}", item.product_id, item.id),
            words: format!("{}{target}, {votes}", item.status.as_str().replace('_', " ")),
        }
    };
    Ok(items.into_iter().map(shown).collect())
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    item: ItemId,
}

/// `POST /cases/{id}/roadmap`
pub(super) async fn link(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path(id): Path<CaseId>,
    Form(chosen): Form<Chosen>,
) -> Result<Response> {
    actions::link_item(&desk, &by, id, chosen.item).await?;
    done(&desk, &by, &turbo, id).await
}

/// `POST /cases/{id}/roadmap/{item}/delete`
pub(super) async fn unlink(
    State(desk): State<Desk>,
    Worker(by): Worker,
    turbo: Turbo,
    Path((id, item)): Path<(CaseId, ItemId)>,
) -> Result<Response> {
    actions::unlink_item(&desk, &by, id, item).await?;
    done(&desk, &by, &turbo, id).await
}

async fn done(desk: &Desk, by: &Viewer, turbo: &Turbo, id: CaseId) -> Result<Response> {
    if !turbo.streams {
        return Ok(see_other(&format!("/cases/{id}")));
    }
    Ok(Streams(case::changed_parts(desk, by, id, turbo.newest_entry).await?).into_response())
}

#[derive(Template)]
#[template(path = "cases/of_item.html")]
struct OfItem {
    links: Vec<Link>,
}

/// `GET /roadmap-items/{id}/cases`: a frame of the item's page; only cases that the viewer may see.
pub(super) async fn of_item(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<ItemId>,
) -> Result<Html<impl Template>> {
    products::store::item_by_id(desk.db(), id).await?.ok_or_else(|| Error::not_found("such roadmap item"))?;
    let cases = store::cases_of_item(desk.db(), id, &by.hidden_teams).await?;
    Ok(Html(OfItem { links: cases.into_iter().map(|case| shown(&desk, case)).collect() }))
}

#[derive(Template)]
#[template(path = "cases/similar.html")]
struct Similar {
    number: i64,
    links: Vec<Link>,
}

/// `GET /cases/{id}/similar`: a frame of the panel, asked for when the case is on the screen already.
pub(super) async fn similar(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Html<impl Template>> {
    let row = load::row(&desk, &by, id).await?;
    let cases = actions::similar(&desk, &by, &row).await?;
    Ok(Html(Similar { number: id.0, links: cases.into_iter().map(|case| shown(&desk, case)).collect() }))
}

fn shown(desk: &Desk, case: CaseInShort) -> Link {
    Link {
        key: key(desk, case.id),
        href: format!("/cases/{}", case.id),
        subject: case.subject,
        state: words::sign(case.state),
        ..Link::default()
    }
}
