//! What the form asks besides, for one product.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::desk::Desk;
use crate::forms::{FormQuestion, QuestionDraft, QuestionId, actions, store};
use crate::products::ProductId;
use crate::staff::{Admin, Reader};
use crate::web::Result;
use crate::web::api::{Json, Path};
use crate::web::routing::routes;

pub(super) fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_form_questions, add_form_question))
        .routes(routes!(change_form_question, remove_form_question))
}

/// List what the form asks besides.
///
/// A form of your own sends the answer to a question as the field `q-` with the question's number.
#[utoipa::path(get, path = "/form-questions", tag = "forms", responses((status = 200, body = Vec<FormQuestion>)))]
async fn list_form_questions(State(desk): State<Desk>, _: Reader) -> Result<Json<Vec<FormQuestion>>> {
    Ok(Json(store::questions(desk.db()).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFormQuestion {
    /// A product of ours.
    product_id: ProductId,
    question: QuestionDraft,
}

#[derive(Serialize, ToSchema)]
struct QuestionMade {
    id: QuestionId,
}

/// Add a question to the form.
#[utoipa::path(post, path = "/form-questions", tag = "forms", responses((status = 201, body = QuestionMade)))]
async fn add_form_question(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Json(new): Json<NewFormQuestion>,
) -> Result<(StatusCode, Json<QuestionMade>)> {
    let id = actions::add_question(&desk, &by, new.product_id, &new.question).await?;
    Ok((StatusCode::CREATED, Json(QuestionMade { id })))
}

/// Change a question of the form.
#[utoipa::path(put, path = "/form-questions/{id}", tag = "forms", params(("id" = QuestionId, Path)),
    responses((status = 204)))]
async fn change_form_question(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<QuestionId>,
    Json(draft): Json<QuestionDraft>,
) -> Result<StatusCode> {
    actions::change_question(&desk, &by, id, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a question from the form.
///
/// What was answered stays in the cases.
#[utoipa::path(delete, path = "/form-questions/{id}", tag = "forms", params(("id" = QuestionId, Path)),
    responses((status = 204)))]
async fn remove_form_question(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<QuestionId>,
) -> Result<StatusCode> {
    actions::remove_question(&desk, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
