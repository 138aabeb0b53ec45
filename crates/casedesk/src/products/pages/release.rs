//! `/settings/products/{id}/releases/{release}`: the form of a released version.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::{known, page_of, refusal, shell};
use crate::desk::Desk;
use crate::products::rules::{Unfit, day};
use crate::products::{
    Channel, CycleId, Product, ProductId, ProductsError, Release, ReleaseDraft, ReleaseId, Result as Outcome, actions,
    store,
};
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// The form, as it was sent or as it is kept.
struct Form {
    version: String,
    released_on: String,
    channel: Channel,
    cycle: Option<CycleId>,
    notes: String,
}

impl Form {
    fn empty() -> Self {
        let none = String::new;
        Self { version: none(), released_on: none(), channel: Channel::Stable, cycle: None, notes: none() }
    }

    fn of(release: Release) -> Self {
        Self {
            version: release.version,
            released_on: release.released_on.map(|day| day.to_string()).unwrap_or_default(),
            channel: release.channel,
            cycle: release.cycle_id,
            notes: release.notes,
        }
    }

    fn sent(sent: &Fields) -> Self {
        Self {
            version: sent.one("version").into(),
            released_on: sent.one("released_on").into(),
            channel: sent.one("channel").parse().unwrap_or(Channel::Stable),
            cycle: sent.one("cycle").parse().ok().map(CycleId),
            notes: sent.one("notes").into(),
        }
    }

    fn draft(&self) -> Result<ReleaseDraft, Unfit> {
        Ok(ReleaseDraft {
            version: self.version.clone(),
            released_on: day("Released", &self.released_on)?,
            channel: self.channel,
            notes: self.notes.clone(),
            cycle_id: self.cycle,
        })
    }
}

struct Choice {
    value: String,
    words: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "products/release.html")]
struct FormPage {
    shell: Shell,
    product: Product,
    /// `None`: a new one.
    id: Option<ReleaseId>,
    title: String,
    channels: Vec<Choice>,
    cycles: Vec<Choice>,
    form: Form,
    fault: String,
}

async fn page(desk: &Desk, by: &Viewer, product: ProductId, id: Option<ReleaseId>, form: Form) -> Result<FormPage> {
    let product = known(desk, product).await?;
    let channel =
        |one: &Channel| Choice { value: one.to_string(), words: one.to_string(), chosen: *one == form.channel };
    let channels = Channel::ALL.iter().map(channel).collect();
    let cycles = store::cycles(desk.db(), product.id).await?;
    let cycles = cycles.into_iter().map(|cycle| Choice {
        value: cycle.id.to_string(),
        words: cycle.name,
        chosen: Some(cycle.id) == form.cycle,
    });
    let title = if id.is_some() { format!("{} {}", product.name, form.version) } else { "New release".to_owned() };
    let cycles = cycles.collect();
    Ok(FormPage { shell: shell(by), product, id, title, channels, cycles, form, fault: String::new() })
}

/// Goes back to the product, or shows the form again with what was refused.
async fn settle<T>(
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    id: Option<ReleaseId>,
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

/// `GET /settings/products/{id}/releases/new`
pub(super) async fn new(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &by, product, None, Form::empty()).await?))
}

/// `POST /settings/products/{id}/releases`
pub(super) async fn add(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    sent: Fields,
) -> Result<Response> {
    let form = Form::sent(&sent);
    let outcome = match form.draft() {
        Ok(draft) => actions::add_release(&desk, &by, product, &draft).await,
        Err(unfit) => Err(unfit.into()),
    };
    settle(&desk, &by, product, None, (form, outcome)).await
}

/// `GET /settings/products/{id}/releases/{release}`
pub(super) async fn one(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ReleaseId)>,
) -> Result<Html<impl Template>> {
    let release = store::release(desk.db(), product, id).await?.ok_or(ProductsError::Unknown("release"))?;
    Ok(Html(page(&desk, &by, product, Some(id), Form::of(release)).await?))
}

/// `POST /settings/products/{id}/releases/{release}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ReleaseId)>,
    sent: Fields,
) -> Result<Response> {
    let form = Form::sent(&sent);
    let outcome = match form.draft() {
        Ok(draft) => actions::change_release(&desk, &by, product, id, &draft).await,
        Err(unfit) => Err(unfit.into()),
    };
    settle(&desk, &by, product, Some(id), (form, outcome)).await
}

/// `POST /settings/products/{id}/releases/{release}/delete`
pub(super) async fn remove(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ReleaseId)>,
) -> Result<Response> {
    actions::remove_release(&desk, &by, product, id).await?;
    Ok(see_other(&page_of(product)))
}
