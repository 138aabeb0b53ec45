//! `/settings/products/{id}/cycles/{cycle}`: the form of a line of the life-cycle table.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{known, page_of, refusal, shell};
use crate::desk::Desk;
use crate::kit::Day;
use crate::products::rules::{Unfit, day};
use crate::products::{
    Cycle, CycleDraft, CycleId, Product, ProductId, ProductsError, Result as Outcome, actions, store,
};
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// The form, as it was sent or as it is kept.
#[derive(Default)]
struct Form {
    name: String,
    lts: bool,
    released_on: String,
    support_ends_on: String,
    security_ends_on: String,
    ends_on: String,
    ended: bool,
    latest: String,
    latest_on: String,
    link: String,
}

impl Form {
    fn of(cycle: Cycle) -> Self {
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            name: cycle.name,
            lts: cycle.lts,
            released_on: text(cycle.released_on),
            support_ends_on: text(cycle.support_ends_on),
            security_ends_on: text(cycle.security_ends_on),
            ends_on: text(cycle.ends_on),
            ended: cycle.ended,
            latest: cycle.latest.unwrap_or_default(),
            latest_on: text(cycle.latest_on),
            link: cycle.link.unwrap_or_default(),
        }
    }

    fn sent(sent: &Fields) -> Self {
        let text = |name: &str| sent.one(name).to_owned();
        Self {
            name: text("name"),
            lts: sent.filled("lts").is_some(),
            released_on: text("released_on"),
            support_ends_on: text("support_ends_on"),
            security_ends_on: text("security_ends_on"),
            ends_on: text("ends_on"),
            ended: sent.filled("ended").is_some(),
            latest: text("latest"),
            latest_on: text("latest_on"),
            link: text("link"),
        }
    }

    fn draft(&self) -> Result<CycleDraft, Unfit> {
        Ok(CycleDraft {
            name: self.name.clone(),
            lts: self.lts,
            released_on: day("Released", &self.released_on)?,
            support_ends_on: day("Support ends", &self.support_ends_on)?,
            security_ends_on: day("Security fixes end", &self.security_ends_on)?,
            ends_on: day("End of life", &self.ends_on)?,
            ended: self.ended,
            latest: Some(self.latest.clone()),
            latest_on: day("Newest version released", &self.latest_on)?,
            link: Some(self.link.clone()),
        })
    }
}

#[derive(Template)]
#[template(path = "products/cycle.html")]
struct FormPage {
    shell: Shell,
    product: Product,
    /// `None`: a new one.
    id: Option<CycleId>,
    title: String,
    form: Form,
    fault: String,
}

async fn page(desk: &Desk, by: &Viewer, product: ProductId, id: Option<CycleId>, form: Form) -> Result<FormPage> {
    let product = known(desk, product).await?;
    let title = if id.is_some() { format!("{} {}", product.name, form.name) } else { "New cycle".to_owned() };
    Ok(FormPage { shell: shell(by), product, id, title, form, fault: String::new() })
}

/// Goes back to the product, or shows the form again with what was refused.
async fn settle<T>(
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    id: Option<CycleId>,
    (form, outcome): (Form, Outcome<T>),
) -> Result<Response> {
    match outcome {
        Ok(_) => Ok(see_other(&page_of(product))),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            let page = FormPage { fault, ..page(desk, by, product, id, form).await? };
            Ok((status, Html(page)).into_response())
        }
    }
}

/// `GET /settings/products/{id}/cycles/new`
pub(super) async fn new(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &by, product, None, Form::default()).await?))
}

/// `POST /settings/products/{id}/cycles`
pub(super) async fn add(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    sent: Fields,
) -> Result<Response> {
    let form = Form::sent(&sent);
    let outcome = match form.draft() {
        Ok(draft) => actions::add_cycle(&desk, &by, product, &draft).await,
        Err(unfit) => Err(unfit.into()),
    };
    settle(&desk, &by, product, None, (form, outcome)).await
}

/// `GET /settings/products/{id}/cycles/{cycle}`
pub(super) async fn one(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, CycleId)>,
) -> Result<Html<impl Template>> {
    let cycle = store::cycle(desk.db(), product, id).await?.ok_or(ProductsError::Unknown("cycle"))?;
    Ok(Html(page(&desk, &by, product, Some(id), Form::of(cycle)).await?))
}

/// `POST /settings/products/{id}/cycles/{cycle}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, CycleId)>,
    sent: Fields,
) -> Result<Response> {
    let form = Form::sent(&sent);
    let outcome = match form.draft() {
        Ok(draft) => actions::change_cycle(&desk, &by, product, id, &draft).await,
        Err(unfit) => Err(unfit.into()),
    };
    settle(&desk, &by, product, Some(id), (form, outcome)).await
}

/// `POST /settings/products/{id}/cycles/{cycle}/delete`
pub(super) async fn remove(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, CycleId)>,
) -> Result<Response> {
    actions::remove_cycle(&desk, &by, product, id).await?;
    Ok(see_other(&page_of(product)))
}
