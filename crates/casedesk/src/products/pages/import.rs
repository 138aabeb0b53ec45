//! `/settings/products/{id}/import`: endoflife.date's JSON, first shown, then taken.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{known, page_of, refusal, shell};
use crate::desk::Desk;
use crate::products::rules::import::{Fate, Plan, parse};
use crate::products::{Product, ProductId, Result as Outcome, actions};
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "products/import.html")]
struct ImportPage {
    shell: Shell,
    product: Product,
    text: String,
    plan: Option<Plan>,
    fault: String,
}

async fn page(desk: &Desk, by: &Viewer, id: ProductId, text: String) -> Result<ImportPage> {
    let product = known(desk, id).await?;
    Ok(ImportPage { shell: shell(by), product, text, plan: None, fault: String::new() })
}

/// `GET /settings/products/{id}/import`
pub(super) async fn show(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &by, id, String::new()).await?))
}

async fn planned(desk: &Desk, id: ProductId, text: &str) -> Outcome<Plan> {
    actions::preview_import(desk, id, &parse(text)?).await
}

async fn taken(desk: &Desk, by: &Viewer, id: ProductId, text: &str) -> Outcome<Plan> {
    actions::import_cycles(desk, by, id, &parse(text)?).await
}

/// `POST /settings/products/{id}/import`: what it would do.
pub(super) async fn preview(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
    sent: Fields,
) -> Result<Response> {
    let text = sent.one("file").to_owned();
    let (status, plan, fault) = match planned(&desk, id, &text).await {
        Ok(plan) => (StatusCode::OK, Some(plan), String::new()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            (status, None, fault)
        }
    };
    let page = page(&desk, &by, id, text).await?;
    Ok((status, Html(ImportPage { plan, fault, ..page })).into_response())
}

/// `POST /settings/products/{id}/import/apply`
pub(super) async fn apply(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
    sent: Fields,
) -> Result<Response> {
    let text = sent.one("file").to_owned();
    match taken(&desk, &by, id, &text).await {
        Ok(_) => Ok(see_other(&page_of(id))),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            let page = ImportPage { fault, ..page(&desk, &by, id, text).await? };
            Ok((status, Html(page)).into_response())
        }
    }
}
