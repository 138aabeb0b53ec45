//! Releases.
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::known;
use crate::desk::Desk;
use crate::products::{ProductId, ProductsError, Release, ReleaseDraft, ReleaseId, actions, rules, store};
use crate::staff::{Admin, Reader};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// List the releases of a product, the highest version first.
#[utoipa::path(get, path = "/products/{id}/releases", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 200, body = Vec<Release>)))]
pub(super) async fn list_releases(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<ProductId>,
) -> Result<Json<Vec<Release>>> {
    known(&desk, id).await?;
    let mut releases = store::releases(desk.db(), id).await?;
    rules::sort_newest_first(&mut releases);
    Ok(Json(releases))
}

#[derive(Serialize, ToSchema)]
pub(super) struct ReleaseMade {
    id: ReleaseId,
}

/// Add a release.
#[utoipa::path(post, path = "/products/{id}/releases", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 201, body = ReleaseMade)))]
pub(super) async fn add_release(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    Json(draft): Json<ReleaseDraft>,
) -> Result<(StatusCode, Json<ReleaseMade>)> {
    let id = actions::add_release(&desk, &by, product, &draft).await?;
    Ok((StatusCode::CREATED, Json(ReleaseMade { id })))
}

/// Get a release.
#[utoipa::path(get, path = "/products/{id}/releases/{release}", tag = "products",
    params(("id" = ProductId, Path), ("release" = ReleaseId, Path)), responses((status = 200, body = Release)))]
pub(super) async fn get_release(
    State(desk): State<Desk>,
    _: Reader,
    Path((product, id)): Path<(ProductId, ReleaseId)>,
) -> Result<Json<Release>> {
    Ok(Json(store::release(desk.db(), product, id).await?.ok_or(ProductsError::Unknown("release"))?))
}

/// Change a release.
#[utoipa::path(put, path = "/products/{id}/releases/{release}", tag = "products",
    params(("id" = ProductId, Path), ("release" = ReleaseId, Path)), responses((status = 204)))]
pub(super) async fn change_release(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ReleaseId)>,
    Json(draft): Json<ReleaseDraft>,
) -> Result<StatusCode> {
    actions::change_release(&desk, &by, product, id, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a release.
#[utoipa::path(delete, path = "/products/{id}/releases/{release}", tag = "products",
    params(("id" = ProductId, Path), ("release" = ReleaseId, Path)), responses((status = 204)))]
pub(super) async fn remove_release(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ReleaseId)>,
) -> Result<StatusCode> {
    actions::remove_release(&desk, &by, product, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
