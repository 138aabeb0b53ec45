//! The questions of the form on its settings' page.
use axum::extract::{Path, State};
use axum::response::Response;
use casedesk_details::Field;

use crate::customers::rules::label;
use crate::desk::Desk;
use crate::forms::{FormQuestion, QuestionDraft, QuestionId, QuestionKind, actions, store};
use crate::products::{self, Product, ProductId};
use crate::staff::Admin;
use crate::web::fields::Fields;
use crate::web::turbo::see_other;
use crate::web::{Error, Result};

const PAGE: &str = "/settings/form#questions";

/// A product with what is asked of it.
pub(super) struct OfProduct {
    pub(super) product: Product,
    pub(super) questions: Vec<FormQuestion>,
}

/// Each product of ours with its questions.
pub(super) async fn all(desk: &Desk) -> Result<Vec<OfProduct>> {
    let questions = store::questions(desk.db()).await?;
    let products = products::store::products(desk.db()).await?;
    let with = |product: Product| {
        let questions = questions.iter().filter(|question| question.product_id == product.id).cloned().collect();
        OfProduct { product, questions }
    };
    Ok(products.into_iter().filter(Product::is_public).map(with).collect())
}

/// How a question may be answered: word and words of the page.
pub(super) fn kinds() -> Vec<(&'static str, &'static str)> {
    let words = |kind: &QuestionKind| match kind {
        QuestionKind::Text => "A line of words",
        QuestionKind::Choice => "One of several",
        QuestionKind::Number => "A number",
        QuestionKind::YesNo => "Yes or no",
    };
    QuestionKind::ALL.iter().map(|kind| (kind.as_str(), words(kind))).collect()
}

/// The details that an answer can be proposed as.
pub(super) fn details() -> Vec<(&'static str, &'static str)> {
    Field::ALL.into_iter().map(|field| (field.name(), label(field))).collect()
}

fn draft(sent: &Fields) -> Result<QuestionDraft> {
    let kind = sent.one("kind").parse().map_err(|_| Error::unprocessable("Choose how it is answered."))?;
    Ok(QuestionDraft {
        label: sent.one("label").to_owned(),
        kind,
        choices: sent.one("choices").lines().map(str::to_owned).collect(),
        required: sent.filled("required").is_some(),
        detail: sent.filled("detail").map(str::to_owned),
    })
}

/// `POST /settings/form/questions`
pub(super) async fn add(State(desk): State<Desk>, Admin(by): Admin, sent: Fields) -> Result<Response> {
    let product = sent.one("product").parse().map(ProductId);
    let product = product.map_err(|_| Error::unprocessable("Choose a product."))?;
    actions::add_question(&desk, &by, product, &draft(&sent)?).await?;
    Ok(see_other(PAGE))
}

/// `POST /settings/form/questions/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<QuestionId>,
    sent: Fields,
) -> Result<Response> {
    actions::change_question(&desk, &by, id, &draft(&sent)?).await?;
    Ok(see_other(PAGE))
}

/// `POST /settings/form/questions/{id}/delete`
pub(super) async fn remove(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<QuestionId>) -> Result<Response> {
    actions::remove_question(&desk, &by, id).await?;
    Ok(see_other(PAGE))
}
