//! The roadmap and its votes.
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::known;
use crate::desk::Desk;
use crate::products::store::Vote;
use crate::products::{Item, ItemDraft, ItemId, ProductId, ProductsError, VoterId, actions, store};
use crate::staff::{Admin, Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// List the roadmap of a product, the most wanted first.
#[utoipa::path(get, path = "/products/{id}/roadmap", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 200, body = Vec<Item>)))]
pub(super) async fn list_roadmap(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<ProductId>,
) -> Result<Json<Vec<Item>>> {
    known(&desk, id).await?;
    Ok(Json(store::items(desk.db(), id).await?))
}

#[derive(Serialize, ToSchema)]
pub(super) struct ItemMade {
    id: ItemId,
}

/// Add a roadmap item.
#[utoipa::path(post, path = "/products/{id}/roadmap", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 201, body = ItemMade)))]
pub(super) async fn add_roadmap_item(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    Json(draft): Json<ItemDraft>,
) -> Result<(StatusCode, Json<ItemMade>)> {
    let id = actions::add_item(&desk, &by, product, &draft).await?;
    Ok((StatusCode::CREATED, Json(ItemMade { id })))
}

/// Get a roadmap item.
#[utoipa::path(get, path = "/products/{id}/roadmap/{item}", tag = "products",
    params(("id" = ProductId, Path), ("item" = ItemId, Path)), responses((status = 200, body = Item)))]
pub(super) async fn get_roadmap_item(
    State(desk): State<Desk>,
    _: Reader,
    Path((product, id)): Path<(ProductId, ItemId)>,
) -> Result<Json<Item>> {
    Ok(Json(found(&desk, product, id).await?))
}

async fn found(desk: &Desk, product: ProductId, id: ItemId) -> Result<Item> {
    Ok(store::item(desk.db(), product, id).await?.ok_or(ProductsError::Unknown("roadmap item"))?)
}

/// Change a roadmap item.
#[utoipa::path(put, path = "/products/{id}/roadmap/{item}", tag = "products",
    params(("id" = ProductId, Path), ("item" = ItemId, Path)), responses((status = 204)))]
pub(super) async fn change_roadmap_item(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ItemId)>,
    Json(draft): Json<ItemDraft>,
) -> Result<StatusCode> {
    actions::change_item(&desk, &by, product, id, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a roadmap item with its votes.
#[utoipa::path(delete, path = "/products/{id}/roadmap/{item}", tag = "products",
    params(("id" = ProductId, Path), ("item" = ItemId, Path)), responses((status = 204)))]
pub(super) async fn remove_roadmap_item(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ItemId)>,
) -> Result<StatusCode> {
    actions::remove_item(&desk, &by, product, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the organisations that want a roadmap item.
#[utoipa::path(get, path = "/products/{id}/roadmap/{item}/votes", tag = "products",
    params(("id" = ProductId, Path), ("item" = ItemId, Path)), responses((status = 200, body = Vec<Vote>)))]
pub(super) async fn list_votes(
    State(desk): State<Desk>,
    _: Reader,
    Path((product, id)): Path<(ProductId, ItemId)>,
) -> Result<Json<Vec<Vote>>> {
    found(&desk, product, id).await?;
    Ok(Json(store::votes(desk.db(), id).await?))
}

/// Note that an organisation wants a roadmap item.
///
/// It has one vote, however often it asks.
#[utoipa::path(put, path = "/products/{id}/roadmap/{item}/votes/{organisation}", tag = "products",
    params(("id" = ProductId, Path), ("item" = ItemId, Path), ("organisation" = VoterId, Path)),
    responses((status = 204)))]
pub(super) async fn vote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((product, item, organisation)): Path<(ProductId, ItemId, VoterId)>,
) -> Result<StatusCode> {
    actions::vote(&desk, &by, product, item, organisation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an organisation's vote back.
#[utoipa::path(delete, path = "/products/{id}/roadmap/{item}/votes/{organisation}", tag = "products",
    params(("id" = ProductId, Path), ("item" = ItemId, Path), ("organisation" = VoterId, Path)),
    responses((status = 204)))]
pub(super) async fn take_vote_back(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((product, item, organisation)): Path<(ProductId, ItemId, VoterId)>,
) -> Result<StatusCode> {
    actions::take_vote_back(&desk, &by, product, item, organisation).await?;
    Ok(StatusCode::NO_CONTENT)
}
