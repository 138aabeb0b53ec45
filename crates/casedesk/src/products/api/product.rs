//! Products.
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{known, today};
use crate::desk::Desk;
use crate::products::rules::{self, About};
use crate::products::{Product, ProductDraft, ProductId, actions, store};
use crate::staff::{Admin, Reader};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// List the products, operating systems and runtimes.
#[utoipa::path(get, path = "/products", tag = "products", responses((status = 200, body = Vec<Product>)))]
pub(super) async fn list_products(State(desk): State<Desk>, _: Reader) -> Result<Json<Vec<Product>>> {
    Ok(Json(store::products(desk.db()).await?))
}

#[derive(Serialize, ToSchema)]
pub(super) struct ProductMade {
    id: ProductId,
}

/// Add a product.
#[utoipa::path(post, path = "/products", tag = "products", responses((status = 201, body = ProductMade)))]
pub(super) async fn add_product(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Json(draft): Json<ProductDraft>,
) -> Result<(StatusCode, Json<ProductMade>)> {
    let id = actions::add_product(&desk, &by, &draft).await?;
    Ok((StatusCode::CREATED, Json(ProductMade { id })))
}

#[derive(Serialize, ToSchema)]
pub(super) struct ProductInFull {
    #[serde(flatten)]
    product: Product,
    aliases: Vec<String>,
}

/// Get a product.
#[utoipa::path(get, path = "/products/{id}", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductInFull)))]
pub(super) async fn get_product(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductInFull>> {
    let product = known(&desk, id).await?;
    Ok(Json(ProductInFull { aliases: store::aliases(desk.db(), &product).await?, product }))
}

/// Change a product.
#[utoipa::path(put, path = "/products/{id}", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 204)))]
pub(super) async fn change_product(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
    Json(draft): Json<ProductDraft>,
) -> Result<StatusCode> {
    actions::change_product(&desk, &by, id, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a product out of use.
///
/// It keeps everything, and its public pages are gone.
#[utoipa::path(put, path = "/products/{id}/archival", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 204)))]
pub(super) async fn archive_product(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
) -> Result<StatusCode> {
    actions::archive(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a product into use again.
#[utoipa::path(delete, path = "/products/{id}/archival", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 204)))]
pub(super) async fn restore_product(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
) -> Result<StatusCode> {
    actions::restore(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tell what is known of a version.
///
/// As people write it: `5.1`, `v5.1.3 build 12`, `2012 R2`.
#[utoipa::path(get, path = "/products/{id}/versions/{version}", tag = "products",
    params(("id" = ProductId, Path), ("version" = String, Path)), responses((status = 200, body = About)))]
pub(super) async fn get_version(
    State(desk): State<Desk>,
    _: Reader,
    Path((id, version)): Path<(ProductId, String)>,
) -> Result<Json<About>> {
    known(&desk, id).await?;
    let cycles = store::cycles(desk.db(), id).await?;
    let releases = store::releases(desk.db(), id).await?;
    let (today, soon) = today(&desk);
    Ok(Json(rules::about(&version, &cycles, &releases, today, soon)))
}
