//! `/life-cycle` and `/roadmap`, for everybody, as pages and as JSON. They are made of products of ours that are in
//! use and of items that are marked public; who voted is not read.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::rows::{
    CycleRow, ItemRow, ReleaseRow, cycle_row, item_rows, public_life_cycle, public_roadmap, release_rows,
};
use super::today;
use crate::desk::Desk;
use crate::products::{Channel, Cycle, Product, Release, store};
use crate::web::public::{html, json};
use crate::web::shell::Site;
use crate::web::{Error, Result};

/// The product of this word, if everybody may see it.
pub(super) async fn public_product(desk: &Desk, slug: &str) -> Result<Product> {
    let found = store::product_by_slug(desk.db(), slug).await?;
    found.filter(Product::is_public).ok_or_else(|| Error::not_found("such product"))
}

pub(super) struct LifeCycle {
    pub(super) product: Product,
    pub(super) rows: Vec<CycleRow>,
    pub(super) releases: Vec<ReleaseRow>,
}

/// What everybody may know of a product's life; previews and notes stay inside.
pub(super) async fn life_cycle_of(desk: &Desk, product: Product) -> Result<LifeCycle> {
    let (today, soon) = today(desk);
    let cycles: Vec<Cycle> = store::cycles(desk.db(), product.id).await?;
    let is_out =
        |release: &Release| release.channel != Channel::Preview && release.released_on.is_some_and(|on| on <= today);
    let mut releases = store::releases(desk.db(), product.id).await?;
    releases.retain(is_out);
    let rows = cycles.iter().map(|cycle| cycle_row(cycle.clone(), &releases, today, soon)).collect();
    Ok(LifeCycle { product, rows, releases: release_rows(releases, &cycles) })
}

#[derive(Template)]
#[template(path = "products/public_life_cycle.html")]
struct LifeCyclePage {
    site: Site,
    /// All products, or the one that is asked for.
    all: bool,
    products: Vec<LifeCycle>,
}

async fn all_life_cycles(desk: &Desk) -> Result<Vec<LifeCycle>> {
    let mut all = Vec::new();
    for product in store::public_products(desk.db()).await? {
        all.push(life_cycle_of(desk, product).await?);
    }
    Ok(all)
}

/// `GET /life-cycle`
pub(super) async fn life_cycles(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let products = all_life_cycles(&desk).await?;
    html(&asked, &LifeCyclePage { site: Site::new(&desk, "life-cycle"), all: true, products })
}

/// `GET /life-cycle.json`
pub(super) async fn life_cycles_json(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let all = all_life_cycles(&desk).await?;
    let products: Vec<_> = all.into_iter().map(|one| public_life_cycle(&one.product, one.rows)).collect();
    json(&asked, &serde_json::json!({ "products": products }))
}

/// `GET /life-cycle/{product}` and `GET /life-cycle/{product}.json`
pub(super) async fn life_cycle(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Result<Response> {
    let slug = name.strip_suffix(".json");
    let one = life_cycle_of(&desk, public_product(&desk, slug.unwrap_or(&name)).await?).await?;
    if slug.is_some() {
        return json(&asked, &public_life_cycle(&one.product, one.rows));
    }
    html(&asked, &LifeCyclePage { site: Site::new(&desk, "life-cycle"), all: false, products: vec![one] })
}

pub(super) struct Roadmap {
    pub(super) product: Product,
    pub(super) rows: Vec<ItemRow>,
}

pub(super) async fn roadmap_of(desk: &Desk, product: Product) -> Result<Roadmap> {
    Ok(Roadmap { rows: item_rows(store::public_items(desk.db(), product.id).await?), product })
}

#[derive(Template)]
#[template(path = "products/public_roadmap.html")]
struct RoadmapPage {
    site: Site,
    all: bool,
    products: Vec<Roadmap>,
}

async fn all_roadmaps(desk: &Desk) -> Result<Vec<Roadmap>> {
    let mut all = Vec::new();
    for product in store::public_products(desk.db()).await? {
        all.push(roadmap_of(desk, product).await?);
    }
    Ok(all)
}

/// `GET /roadmap`
pub(super) async fn roadmaps(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let products = all_roadmaps(&desk).await?;
    html(&asked, &RoadmapPage { site: Site::new(&desk, "roadmap"), all: true, products })
}

/// `GET /roadmap.json`
pub(super) async fn roadmaps_json(State(desk): State<Desk>, asked: HeaderMap) -> Result<Response> {
    let all = all_roadmaps(&desk).await?;
    let products: Vec<_> = all.into_iter().map(|one| public_roadmap(&one.product, one.rows)).collect();
    json(&asked, &serde_json::json!({ "products": products }))
}

/// `GET /roadmap/{product}` and `GET /roadmap/{product}.json`
pub(super) async fn roadmap(State(desk): State<Desk>, Path(name): Path<String>, asked: HeaderMap) -> Result<Response> {
    let slug = name.strip_suffix(".json");
    let one = roadmap_of(&desk, public_product(&desk, slug.unwrap_or(&name)).await?).await?;
    if slug.is_some() {
        return json(&asked, &public_roadmap(&one.product, one.rows));
    }
    html(&asked, &RoadmapPage { site: Site::new(&desk, "roadmap"), all: false, products: vec![one] })
}
