//! Rows of the tables, as pages show them.
use serde::Serialize;

use crate::kit::{Day, markdown};
use crate::products::rules::{self, Lifespan, Stage, Standing, Track};
use crate::products::{Channel, Cycle, Item, Product, ProductKind, Release, RoadmapStatus};

/// A day for a cell: what the machine reads, and what people do. Both are empty where there is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) iso: String,
    pub(super) words: String,
}

pub(super) fn cell(day: Option<Day>) -> Cell {
    day.map_or_else(Cell::default, |day| Cell { iso: day.to_string(), words: day.short() })
}

/// A line of the life-cycle table.
pub(super) struct CycleRow {
    pub(super) cycle: Cycle,
    pub(super) standing: Standing,
    pub(super) tone: &'static str,
    /// Where it stands, without the days that stand beside it.
    pub(super) brief: String,
    pub(super) released: Cell,
    pub(super) support_ends: Cell,
    pub(super) security_ends: Cell,
    pub(super) ends: Cell,
    /// The newest version; empty when none is known.
    pub(super) newest: String,
    pub(super) newest_on: Cell,
    pub(super) track: Option<Track>,
}

pub(super) fn cycle_row(cycle: Cycle, releases: &[Release], today: Day, soon_days: i64) -> CycleRow {
    let standing = rules::standing(&cycle, today, soon_days);
    let newest = rules::newest_of_cycle(&cycle, releases, today);
    CycleRow {
        tone: tone(standing.stage),
        brief: brief(&standing),
        released: cell(cycle.released_on),
        support_ends: cell(cycle.support_ends_on),
        security_ends: cell(cycle.security_ends_on),
        ends: cell(cycle.ends_on),
        newest: newest.map(|(version, _)| version.to_owned()).unwrap_or_default(),
        track: Lifespan::of(&cycle).track(today),
        newest_on: cell(newest.and_then(|(_, on)| on)),
        standing,
        cycle,
    }
}

pub(crate) fn brief(standing: &Standing) -> String {
    match standing.stage {
        Stage::Upcoming => "to come".into(),
        Stage::Supported => "supported".into(),
        Stage::SecurityOnly => "security fixes only".into(),
        Stage::Ending => standing.words.clone(),
        Stage::Ended => "ended".into(),
        Stage::Unknown => "unknown".into(),
    }
}

pub(crate) fn tone(stage: Stage) -> &'static str {
    match stage {
        Stage::Supported => "ok",
        Stage::SecurityOnly | Stage::Ending => "warn",
        Stage::Ended => "bad",
        Stage::Upcoming => "acc",
        Stage::Unknown => "line",
    }
}

pub(super) struct ReleaseRow {
    pub(super) release: Release,
    pub(super) released: Cell,
    pub(super) cycle: String,
    pub(super) tone: &'static str,
    /// The notes as HTML that is safe to show.
    pub(super) notes: String,
}

/// The releases, the highest version first.
pub(super) fn release_rows(mut releases: Vec<Release>, cycles: &[Cycle]) -> Vec<ReleaseRow> {
    rules::sort_newest_first(&mut releases);
    let cycle = |release: &Release| cycles.iter().find(|cycle| Some(cycle.id) == release.cycle_id);
    let row = |release: Release| ReleaseRow {
        released: cell(release.released_on),
        cycle: cycle(&release).map(|cycle| cycle.name.clone()).unwrap_or_default(),
        tone: match release.channel {
            Channel::Stable => "line",
            Channel::Preview => "acc",
            Channel::Hotfix => "warn",
        },
        notes: if release.notes.is_empty() { String::new() } else { markdown::to_html(&release.notes) },
        release,
    };
    releases.into_iter().map(row).collect()
}

pub(super) struct ItemRow {
    pub(super) item: Item,
    pub(super) status: &'static str,
    pub(super) tone: &'static str,
    /// As `1 organisation`.
    pub(super) votes: String,
    /// The body as HTML that is safe to show.
    pub(super) body: String,
}

/// The items in the order of their states, the most wanted first.
pub(super) fn item_rows(mut items: Vec<Item>) -> Vec<ItemRow> {
    items.sort_by_key(|item| (rank(item.status), std::cmp::Reverse(item.votes), item.id));
    let row = |item: Item| ItemRow {
        status: status_words(item.status),
        tone: status_tone(item.status),
        votes: if item.votes == 1 { "1 organisation".into() } else { format!("{} organisations", item.votes) },
        body: if item.body.is_empty() { String::new() } else { markdown::to_html(&item.body) },
        item,
    };
    items.into_iter().map(row).collect()
}

fn rank(status: RoadmapStatus) -> u8 {
    match status {
        RoadmapStatus::InProgress => 0,
        RoadmapStatus::Planned => 1,
        RoadmapStatus::Considered => 2,
        RoadmapStatus::Released => 3,
        RoadmapStatus::Declined => 4,
    }
}

pub(super) fn status_words(status: RoadmapStatus) -> &'static str {
    match status {
        RoadmapStatus::Considered => "Considered",
        RoadmapStatus::Planned => "Planned",
        RoadmapStatus::InProgress => "In progress",
        RoadmapStatus::Released => "Released",
        RoadmapStatus::Declined => "Declined",
    }
}

fn status_tone(status: RoadmapStatus) -> &'static str {
    match status {
        RoadmapStatus::Considered => "line",
        RoadmapStatus::Planned => "acc",
        RoadmapStatus::InProgress => "warn",
        RoadmapStatus::Released => "ok",
        RoadmapStatus::Declined => "bad",
    }
}

pub(super) fn kind_words(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Own => "our product",
        ProductKind::OperatingSystem => "operating system",
        ProductKind::Runtime => "runtime",
    }
}

/// A product's life cycle, as the public JSON has it: every field by name, so that nothing new slips out.
#[derive(Serialize)]
pub(super) struct PublicLifeCycle {
    slug: String,
    name: String,
    cycles: Vec<PublicCycle>,
}

#[derive(Serialize)]
struct PublicCycle {
    name: String,
    lts: bool,
    released_on: Option<Day>,
    support_ends_on: Option<Day>,
    security_ends_on: Option<Day>,
    ends_on: Option<Day>,
    latest: Option<String>,
    latest_on: Option<String>,
    link: Option<String>,
    standing: Standing,
}

pub(super) fn public_life_cycle(product: &Product, rows: Vec<CycleRow>) -> PublicLifeCycle {
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let cycle = |row: CycleRow| PublicCycle {
        name: row.cycle.name,
        lts: row.cycle.lts,
        released_on: row.cycle.released_on,
        support_ends_on: row.cycle.support_ends_on,
        security_ends_on: row.cycle.security_ends_on,
        ends_on: row.cycle.ends_on,
        latest: filled(row.newest),
        latest_on: filled(row.newest_on.iso),
        link: row.cycle.link,
        standing: row.standing,
    };
    PublicLifeCycle {
        slug: product.slug.clone(),
        name: product.name.clone(),
        cycles: rows.into_iter().map(cycle).collect(),
    }
}

/// A product's roadmap, as the public JSON has it.
#[derive(Serialize)]
pub(super) struct PublicRoadmap {
    slug: String,
    name: String,
    items: Vec<PublicItem>,
}

#[derive(Serialize)]
struct PublicItem {
    title: String,
    /// Markdown.
    body: String,
    status: RoadmapStatus,
    target: Option<String>,
    link: Option<String>,
    votes: i64,
    updated_at: crate::kit::Timestamp,
}

pub(super) fn public_roadmap(product: &Product, rows: Vec<ItemRow>) -> PublicRoadmap {
    let item = |row: ItemRow| PublicItem {
        title: row.item.title,
        body: row.item.body,
        status: row.item.status,
        target: row.item.target,
        link: row.item.link,
        votes: row.item.votes,
        updated_at: row.item.updated_at,
    };
    PublicRoadmap {
        slug: product.slug.clone(),
        name: product.name.clone(),
        items: rows.into_iter().map(item).collect(),
    }
}
