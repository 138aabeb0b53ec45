//! The life-cycle table.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{known, today};
use crate::desk::Desk;
use crate::products::rules::import::Plan;
use crate::products::rules::{Standing, standing};
use crate::products::{Cycle, CycleDraft, CycleId, ProductId, ProductsError, actions, store};
use crate::staff::{Admin, Reader};
use crate::web::Result;
use crate::web::api::{Json, Path};

/// A line of the table, and where it stands today.
#[derive(Serialize, ToSchema)]
pub(super) struct CycleNow {
    #[serde(flatten)]
    cycle: Cycle,
    standing: Standing,
}

fn now(desk: &Desk, cycle: Cycle) -> CycleNow {
    let (today, soon) = today(desk);
    CycleNow { standing: standing(&cycle, today, soon), cycle }
}

/// List the life cycles of a product.
#[utoipa::path(get, path = "/products/{id}/cycles", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 200, body = Vec<CycleNow>)))]
pub(super) async fn list_cycles(
    State(desk): State<Desk>,
    _: Reader,
    Path(id): Path<ProductId>,
) -> Result<Json<Vec<CycleNow>>> {
    known(&desk, id).await?;
    let cycles = store::cycles(desk.db(), id).await?;
    Ok(Json(cycles.into_iter().map(|cycle| now(&desk, cycle)).collect()))
}

#[derive(Serialize, ToSchema)]
pub(super) struct CycleMade {
    id: CycleId,
}

/// Add a life cycle.
#[utoipa::path(post, path = "/products/{id}/cycles", tag = "products", params(("id" = ProductId, Path)),
    responses((status = 201, body = CycleMade)))]
pub(super) async fn add_cycle(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    Json(draft): Json<CycleDraft>,
) -> Result<(StatusCode, Json<CycleMade>)> {
    let id = actions::add_cycle(&desk, &by, product, &draft).await?;
    Ok((StatusCode::CREATED, Json(CycleMade { id })))
}

/// Get a life cycle.
#[utoipa::path(get, path = "/products/{id}/cycles/{cycle}", tag = "products",
    params(("id" = ProductId, Path), ("cycle" = CycleId, Path)), responses((status = 200, body = CycleNow)))]
pub(super) async fn get_cycle(
    State(desk): State<Desk>,
    _: Reader,
    Path((product, id)): Path<(ProductId, CycleId)>,
) -> Result<Json<CycleNow>> {
    let cycle = store::cycle(desk.db(), product, id).await?.ok_or(ProductsError::Unknown("cycle"))?;
    Ok(Json(now(&desk, cycle)))
}

/// Change a life cycle.
#[utoipa::path(put, path = "/products/{id}/cycles/{cycle}", tag = "products",
    params(("id" = ProductId, Path), ("cycle" = CycleId, Path)), responses((status = 204)))]
pub(super) async fn change_cycle(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, CycleId)>,
    Json(draft): Json<CycleDraft>,
) -> Result<StatusCode> {
    actions::change_cycle(&desk, &by, product, id, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a life cycle.
///
/// Its releases stay, of no cycle.
#[utoipa::path(delete, path = "/products/{id}/cycles/{cycle}", tag = "products",
    params(("id" = ProductId, Path), ("cycle" = CycleId, Path)), responses((status = 204)))]
pub(super) async fn remove_cycle(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, CycleId)>,
) -> Result<StatusCode> {
    actions::remove_cycle(&desk, &by, product, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file of endoflife.date.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CycleFile {
    /// What `https://endoflife.date/api/…` gives for one product, in its old form (a list) or its new one (`result`).
    #[schema(value_type = Value)]
    file: Value,
}

/// Tell what an import of life cycles would do.
#[utoipa::path(post, path = "/products/{id}/cycle-import-previews", tag = "products",
    params(("id" = ProductId, Path)), responses((status = 200, body = Plan)))]
pub(super) async fn preview_cycle_import(
    State(desk): State<Desk>,
    _: Admin,
    Path(product): Path<ProductId>,
    Json(sent): Json<CycleFile>,
) -> Result<Json<Plan>> {
    Ok(Json(actions::preview_import(&desk, product, &sent.file).await?))
}

/// Import life cycles.
///
/// Lines that cannot be taken are named and left out; cycles that the file does not have stay.
#[utoipa::path(post, path = "/products/{id}/cycle-imports", tag = "products",
    params(("id" = ProductId, Path)), responses((status = 200, body = Plan)))]
pub(super) async fn import_cycles(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    Json(sent): Json<CycleFile>,
) -> Result<Json<Plan>> {
    Ok(Json(actions::import_cycles(&desk, &by, product, &sent.file).await?))
}
