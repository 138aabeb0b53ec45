//! Atom feeds (RFC 4287) of a product's life cycle and of its roadmap.
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::public::{life_cycle_of, public_product, roadmap_of};
use super::rows::{CycleRow, ItemRow, ReleaseRow};
use super::today;
use crate::desk::Desk;
use crate::kit::{Day, Timestamp};
use crate::products::Product;
use crate::web::Result;
use crate::web::public::{Entry, feed};

/// `GET /life-cycle/{product}/feed.atom`: each cycle, which changes as it grows old, and each release.
pub(super) async fn life_cycle(
    State(desk): State<Desk>,
    Path(slug): Path<String>,
    asked: HeaderMap,
) -> Result<Response> {
    let one = life_cycle_of(&desk, public_product(&desk, &slug).await?).await?;
    let path = format!("/life-cycle/{}", one.product.slug);
    let page = desk.link(&path);
    let (today, soon_days) = today(&desk);
    let cycles = one.rows.iter().map(|row| cycle_entry(&one.product, row, &page, (today, soon_days)));
    let entries = cycles.chain(one.releases.iter().map(|row| release_entry(&one.product, row, &page))).collect();
    let title = format!("{}: life cycle", one.product.name);
    feed(&desk, &asked, (title, &path), one.product.created_at, entries)
}

fn cycle_entry(product: &Product, row: &CycleRow, page: &str, (today, soon_days): (Day, i64)) -> Entry {
    let link = format!("{page}#cycle-{}", row.cycle.id);
    Entry {
        title: format!("{} {}: {}", product.name, row.cycle.name, row.standing.words),
        updated: stands_since(row, today, soon_days),
        summary: row.standing.reason.clone(),
        content: String::new(),
        id: link.clone(),
        link,
    }
}

/// When the row was last written, or grew into its stage by the passing of days.
fn stands_since(row: &CycleRow, today: Day, soon_days: i64) -> Timestamp {
    let cycle = &row.cycle;
    let after = |day: Option<Day>| day.map(|day| day.begins().plus(std::time::Duration::from_hours(24)));
    let soon = cycle.ends_on.or(cycle.security_ends_on).map(|last| {
        let days = u64::try_from(soon_days).unwrap_or(0);
        last.begins().minus(std::time::Duration::from_hours(24 * days))
    });
    let turns = [
        cycle.released_on.map(Day::begins),
        after(cycle.support_ends_on),
        after(cycle.security_ends_on),
        soon,
        after(cycle.ends_on),
    ];
    let passed = turns.into_iter().flatten().filter(|turn| *turn <= today.begins());
    passed.chain([cycle.updated_at]).max().unwrap_or(cycle.updated_at)
}

fn release_entry(product: &Product, row: &ReleaseRow, page: &str) -> Entry {
    let link = format!("{page}#release-{}", row.release.id);
    let on = row.release.released_on;
    Entry {
        title: format!("{} {} is released", product.name, row.release.version),
        updated: on.map_or(row.release.updated_at, Day::begins),
        summary: on.map(|on| format!("Released on {}.", on.words())).unwrap_or_default(),
        content: String::new(),
        id: link.clone(),
        link,
    }
}

/// `GET /roadmap/{product}/feed.atom`
pub(super) async fn roadmap(State(desk): State<Desk>, Path(slug): Path<String>, asked: HeaderMap) -> Result<Response> {
    let one = roadmap_of(&desk, public_product(&desk, &slug).await?).await?;
    let path = format!("/roadmap/{}", one.product.slug);
    let page = desk.link(&path);
    let entries = one.rows.into_iter().map(|row| item_entry(row, &page)).collect();
    let title = format!("{}: roadmap", one.product.name);
    feed(&desk, &asked, (title, &path), one.product.created_at, entries)
}

fn item_entry(row: ItemRow, page: &str) -> Entry {
    let link = format!("{page}#item-{}", row.item.id);
    let target = row.item.target.map(|target| format!(", {target}")).unwrap_or_default();
    Entry {
        title: row.item.title,
        updated: row.item.updated_at,
        summary: format!("{}{target}. Wanted by {}.", row.status, row.votes),
        content: row.body,
        id: link.clone(),
        link,
    }
}
