//! `/settings/products`: all products, one with everything that belongs to it, and the form of one.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::rows::{CycleRow, ItemRow, ReleaseRow, cycle_row, item_rows, kind_words, release_rows};
use super::{known, page_of, refusal, shell, today};
use crate::desk::Desk;
use crate::products::{Product, ProductDraft, ProductId, ProductKind, actions, store};
use crate::staff::{Admin, Reader, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

struct Kind {
    word: &'static str,
    words: &'static str,
    chosen: bool,
}

/// The form of a product, as it was sent or as it is kept.
struct Form {
    name: String,
    slug: String,
    kinds: Vec<Kind>,
    /// One a line.
    aliases: String,
    fault: String,
}

fn form(name: &str, slug: &str, kind: ProductKind, aliases: String) -> Form {
    let kind = |one: &ProductKind| Kind { word: one.as_str(), words: kind_words(*one), chosen: *one == kind };
    let kinds = ProductKind::ALL.iter().map(kind).collect();
    Form { name: name.into(), slug: slug.into(), kinds, aliases, fault: String::new() }
}

fn draft(sent: &Fields) -> ProductDraft {
    ProductDraft {
        name: sent.one("name").into(),
        slug: sent.one("slug").into(),
        kind: sent.one("kind").parse().unwrap_or(ProductKind::Own),
        aliases: sent.one("aliases").lines().map(str::to_owned).collect(),
    }
}

fn form_again(draft: &ProductDraft, fault: String) -> Form {
    Form { fault, ..form(&draft.name, &draft.slug, draft.kind, draft.aliases.join("\n")) }
}

struct Row {
    product: Product,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "products/all.html")]
struct AllPage {
    shell: Shell,
    rows: Vec<Row>,
    form: Form,
}

async fn all_page(desk: &Desk, by: &Viewer, form: Form) -> Result<Html<AllPage>> {
    let row = |product: Product| Row { kind: kind_words(product.kind), product };
    let rows = store::products(desk.db()).await?.into_iter().map(row).collect();
    Ok(Html(AllPage { shell: shell(by), rows, form }))
}

/// `GET /settings/products`
pub(super) async fn all(State(desk): State<Desk>, Reader(by): Reader) -> Result<Response> {
    Ok(all_page(&desk, &by, form("", "", ProductKind::Own, String::new())).await?.into_response())
}

/// `POST /settings/products`
pub(super) async fn add(State(desk): State<Desk>, Admin(by): Admin, sent: Fields) -> Result<Response> {
    let draft = draft(&sent);
    match actions::add_product(&desk, &by, &draft).await {
        Ok(id) => Ok(see_other(&page_of(id))),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, all_page(&desk, &by, form_again(&draft, fault)).await?).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "products/one.html")]
struct OnePage {
    shell: Shell,
    product: Product,
    kind: &'static str,
    is_own: bool,
    aliases: Vec<String>,
    cycles: Vec<CycleRow>,
    releases: Vec<ReleaseRow>,
    items: Vec<ItemRow>,
}

/// `GET /settings/products/{id}`
pub(super) async fn one(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<ProductId>,
) -> Result<Html<impl Template>> {
    let product = known(&desk, id).await?;
    let cycles = store::cycles(desk.db(), id).await?;
    let releases = store::releases(desk.db(), id).await?;
    let (today, soon) = today(&desk);
    Ok(Html(OnePage {
        shell: shell(&by),
        kind: kind_words(product.kind),
        is_own: product.kind == ProductKind::Own,
        aliases: store::aliases(desk.db(), &product).await?,
        cycles: cycles.iter().map(|cycle| cycle_row(cycle.clone(), &releases, today, soon)).collect(),
        releases: release_rows(releases, &cycles),
        items: item_rows(store::items(desk.db(), id).await?),
        product,
    }))
}

#[derive(Template)]
#[template(path = "products/edit.html")]
struct EditPage {
    shell: Shell,
    product: Product,
    form: Form,
}

/// `GET /settings/products/{id}/edit`
pub(super) async fn edit(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
) -> Result<Html<impl Template>> {
    let product = known(&desk, id).await?;
    let aliases = store::aliases(desk.db(), &product).await?.join("\n");
    let form = form(&product.name, &product.slug, product.kind, aliases);
    Ok(Html(EditPage { shell: shell(&by), product, form }))
}

/// `POST /settings/products/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ProductId>,
    sent: Fields,
) -> Result<Response> {
    let draft = draft(&sent);
    match actions::change_product(&desk, &by, id, &draft).await {
        Ok(()) => Ok(see_other(&page_of(id))),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            let product = known(&desk, id).await?;
            let page = EditPage { shell: shell(&by), product, form: form_again(&draft, fault) };
            Ok((status, Html(page)).into_response())
        }
    }
}

/// `POST /settings/products/{id}/archive`
pub(super) async fn archive(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<ProductId>) -> Result<Response> {
    actions::archive(&desk, &by, id).await?;
    Ok(see_other(&page_of(id)))
}

/// `POST /settings/products/{id}/restore`
pub(super) async fn restore(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<ProductId>) -> Result<Response> {
    actions::restore(&desk, &by, id).await?;
    Ok(see_other(&page_of(id)))
}
