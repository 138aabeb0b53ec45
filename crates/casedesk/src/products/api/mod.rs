//! Products over the API: read by everybody who works here, kept by administrators; agents note votes.
mod cycles;
mod product;
mod releases;
mod roadmap;

use utoipa_axum::router::OpenApiRouter;

use super::{Product, ProductId, ProductsError, store, today};
use crate::desk::Desk;
use crate::web::Result;
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(product::list_products, product::add_product))
        .routes(routes!(product::get_product, product::change_product))
        .routes(routes!(product::archive_product, product::restore_product))
        .routes(routes!(product::get_version))
        .routes(routes!(cycles::list_cycles, cycles::add_cycle))
        .routes(routes!(cycles::get_cycle, cycles::change_cycle, cycles::remove_cycle))
        .routes(routes!(cycles::preview_cycle_import))
        .routes(routes!(cycles::import_cycles))
        .routes(routes!(releases::list_releases, releases::add_release))
        .routes(routes!(releases::get_release, releases::change_release, releases::remove_release))
        .routes(routes!(roadmap::list_roadmap, roadmap::add_roadmap_item))
        .routes(routes!(roadmap::get_roadmap_item, roadmap::change_roadmap_item, roadmap::remove_roadmap_item))
        .routes(routes!(roadmap::list_votes))
        .routes(routes!(roadmap::vote, roadmap::take_vote_back))
}

async fn known(desk: &Desk, id: ProductId) -> Result<Product> {
    Ok(store::product(desk.db(), id).await?.ok_or(ProductsError::Unknown("product"))?)
}
