//! Settings → Products for the team, and the public pages of life cycle and roadmap.
mod cycle;
mod feeds;
mod import;
mod item;
mod product;
mod public;
mod release;
mod rows;

use axum::Router;
use axum::http::StatusCode;

use super::{Product, ProductId, ProductsError, store, today};
use crate::desk::Desk;
use crate::staff::Viewer;
use crate::web::routing::{get, post};
use crate::web::shell::Shell;
use crate::web::{self, Result};

pub(crate) use rows::{brief, tone};

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/life-cycle", get(public::life_cycles))
        .route("/life-cycle.json", get(public::life_cycles_json))
        .route("/life-cycle/{product}", get(public::life_cycle))
        .route("/life-cycle/{product}/feed.atom", get(feeds::life_cycle))
        .route("/roadmap", get(public::roadmaps))
        .route("/roadmap.json", get(public::roadmaps_json))
        .route("/roadmap/{product}", get(public::roadmap))
        .route("/roadmap/{product}/feed.atom", get(feeds::roadmap))
        .merge(settings())
}

fn settings() -> Router<Desk> {
    Router::new()
        .route("/settings/products", get(product::all).merge(post(product::add)))
        .route("/settings/products/{id}", get(product::one).merge(post(product::change)))
        .route("/settings/products/{id}/edit", get(product::edit))
        .route("/settings/products/{id}/archive", post(product::archive))
        .route("/settings/products/{id}/restore", post(product::restore))
        .route("/settings/products/{id}/import", get(import::show).merge(post(import::preview)))
        .route("/settings/products/{id}/import/apply", post(import::apply))
        .route("/settings/products/{id}/cycles", post(cycle::add))
        .route("/settings/products/{id}/cycles/new", get(cycle::new))
        .route("/settings/products/{id}/cycles/{cycle}", get(cycle::one).merge(post(cycle::change)))
        .route("/settings/products/{id}/cycles/{cycle}/delete", post(cycle::remove))
        .route("/settings/products/{id}/releases", post(release::add))
        .route("/settings/products/{id}/releases/new", get(release::new))
        .route("/settings/products/{id}/releases/{release}", get(release::one).merge(post(release::change)))
        .route("/settings/products/{id}/releases/{release}/delete", post(release::remove))
        .route("/settings/products/{id}/roadmap", post(item::add))
        .route("/settings/products/{id}/roadmap/new", get(item::new))
        .route("/settings/products/{id}/roadmap/{item}", get(item::one).merge(post(item::change)))
        .route("/settings/products/{id}/roadmap/{item}/delete", post(item::remove))
        .route("/settings/products/{id}/roadmap/{item}/votes", post(item::vote))
        .route("/settings/products/{id}/roadmap/{item}/votes/{organisation}/delete", post(item::take_vote_back))
}

fn shell(by: &Viewer) -> Shell {
    by.shell("settings", "products")
}

fn page_of(id: ProductId) -> String {
    format!("/settings/products/{id}")
}

async fn known(desk: &Desk, id: ProductId) -> Result<Product> {
    Ok(store::product(desk.db(), id).await?.ok_or(ProductsError::Unknown("product"))?)
}

/// What a form says of a refusal, and with which status; what is not there and failures of ours get their own page.
fn refusal(error: ProductsError) -> Result<(StatusCode, String)> {
    match error {
        ProductsError::Database(_) | ProductsError::Unknown(_) => Err(error.into()),
        said => {
            let words = said.to_string();
            Ok((web::Error::from(said).status(), words))
        }
    }
}
