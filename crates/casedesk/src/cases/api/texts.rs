//! Templates and saved views.
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::wire::Made;
use crate::cases::actions;
use crate::cases::store::{self, SavedView, Template};
use crate::desk::Desk;
use crate::staff::{Admin, Reader, Worker};
use crate::web::api::{Json, Path};
use crate::web::{Error, Result};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTemplate {
    name: String,
    /// Markdown with fields such as `{{customer}}`, `{{case}}` and `{{agent}}`.
    body: String,
    /// Whether it is sent as the acknowledgement of new cases; another that was is so no longer. Absent: as it was.
    /// Such a text has no field but `{{case}}`.
    #[serde(default)]
    acknowledges: Option<bool>,
}

impl NewTemplate {
    fn as_kept(&self) -> actions::NewTemplate<'_> {
        actions::NewTemplate { name: &self.name, body: &self.body, acknowledges: self.acknowledges }
    }
}

/// List the templates.
#[utoipa::path(get, path = "/templates", tag = "templates", responses((status = 200, body = Vec<Template>)))]
pub(super) async fn list_templates(State(desk): State<Desk>, _: Reader) -> Result<Json<Vec<Template>>> {
    Ok(Json(store::templates(desk.db()).await?))
}

/// Get a template.
#[utoipa::path(get, path = "/templates/{id}", tag = "templates", params(("id" = i64, Path)),
    responses((status = 200, body = Template)))]
pub(super) async fn get_template(State(desk): State<Desk>, _: Reader, Path(id): Path<i64>) -> Result<Json<Template>> {
    let found = store::template(desk.db(), id).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("such template"))?))
}

/// Add a template.
///
/// One of the same name is rewritten.
#[utoipa::path(post, path = "/templates", tag = "templates", responses((status = 201, body = Made)))]
pub(super) async fn save_template(
    State(desk): State<Desk>,
    _: Worker,
    Json(new): Json<NewTemplate>,
) -> Result<(StatusCode, Json<Made>)> {
    let id = actions::save_template(&desk, new.as_kept()).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Rename or rewrite a template.
#[utoipa::path(put, path = "/templates/{id}", tag = "templates", params(("id" = i64, Path)),
    responses((status = 204)))]
pub(super) async fn change_template(
    State(desk): State<Desk>,
    _: Worker,
    Path(id): Path<i64>,
    Json(new): Json<NewTemplate>,
) -> Result<StatusCode> {
    actions::change_template(&desk, id, new.as_kept()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a template.
#[utoipa::path(delete, path = "/templates/{id}", tag = "templates", params(("id" = i64, Path)),
    responses((status = 204)))]
pub(super) async fn delete_template(State(desk): State<Desk>, _: Admin, Path(id): Path<i64>) -> Result<StatusCode> {
    actions::delete_template(&desk, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewView {
    name: String,
    /// A filter, as `q` of `GET /api/v1/cases` takes it.
    query: String,
    /// Whether everybody has it in their list.
    #[serde(default)]
    shared: bool,
}

/// List the saved views that are yours or shared.
#[utoipa::path(get, path = "/saved-views", tag = "views", responses((status = 200, body = Vec<SavedView>)))]
pub(super) async fn list_saved_views(State(desk): State<Desk>, Reader(by): Reader) -> Result<Json<Vec<SavedView>>> {
    Ok(Json(store::saved_views(desk.db(), by.id).await?))
}

/// Save a view.
#[utoipa::path(post, path = "/saved-views", tag = "views", responses((status = 201, body = Made)))]
pub(super) async fn save_view(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Json(new): Json<NewView>,
) -> Result<(StatusCode, Json<Made>)> {
    let id = actions::save_view(&desk, &by, &new.name, &new.query, new.shared).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Change a saved view of yours.
#[utoipa::path(put, path = "/saved-views/{id}", tag = "views", params(("id" = i64, Path)),
    responses((status = 204)))]
pub(super) async fn change_view(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<i64>,
    Json(new): Json<NewView>,
) -> Result<StatusCode> {
    actions::change_view(&desk, &by, id, &new.name, &new.query, new.shared).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a saved view of yours.
#[utoipa::path(delete, path = "/saved-views/{id}", tag = "views", params(("id" = i64, Path)),
    responses((status = 204)))]
pub(super) async fn delete_view(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    actions::delete_view(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
