//! `/settings/products/{id}/roadmap/{item}`: a roadmap item, its form, and who wants it.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::rows::status_words;
use super::{known, page_of, refusal, shell};
use crate::desk::Desk;
use crate::products::store::Vote;
use crate::products::{
    Item, ItemDraft, ItemId, Product, ProductId, ProductsError, Result as Outcome, RoadmapStatus, VoterId, actions,
    store,
};
use crate::staff::{Admin, Reader, Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

struct Choice {
    value: &'static str,
    words: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "products/item.html")]
struct ItemPage {
    shell: Shell,
    product: Product,
    /// `None`: a new one.
    id: Option<ItemId>,
    heading: String,
    statuses: Vec<Choice>,
    draft: ItemDraft,
    votes: Vec<Vote>,
    fault: String,
    /// What was refused of a vote, and the name that was typed.
    vote_fault: String,
    voter: String,
    can_work: bool,
}

fn empty() -> ItemDraft {
    let status = RoadmapStatus::Considered;
    ItemDraft { title: String::new(), body: String::new(), status, target: None, link: None, public: false }
}

fn draft_of(item: Item) -> ItemDraft {
    ItemDraft {
        title: item.title,
        body: item.body,
        status: item.status,
        target: item.target,
        link: item.link,
        public: item.public,
    }
}

fn sent_draft(sent: &Fields) -> ItemDraft {
    ItemDraft {
        title: sent.one("title").into(),
        body: sent.one("body").into(),
        status: sent.one("status").parse().unwrap_or(RoadmapStatus::Considered),
        target: Some(sent.one("target").into()),
        link: Some(sent.one("link").into()),
        public: sent.filled("public").is_some(),
    }
}

async fn page(desk: &Desk, by: &Viewer, product: ProductId, id: Option<ItemId>, draft: ItemDraft) -> Result<ItemPage> {
    let choice =
        |one: &RoadmapStatus| Choice { value: one.as_str(), words: status_words(*one), chosen: *one == draft.status };
    let votes = match id {
        Some(id) => store::votes(desk.db(), id).await?,
        None => vec![],
    };
    Ok(ItemPage {
        shell: shell(by),
        product: known(desk, product).await?,
        id,
        heading: if id.is_some() { draft.title.clone() } else { "New roadmap item".to_owned() },
        statuses: RoadmapStatus::ALL.iter().map(choice).collect(),
        draft,
        votes,
        fault: String::new(),
        vote_fault: String::new(),
        voter: String::new(),
        can_work: by.role.can_work(),
    })
}

/// Goes back to the product, or shows the form again with what was refused.
async fn settle<T>(
    desk: &Desk,
    by: &Viewer,
    product: ProductId,
    id: Option<ItemId>,
    (draft, outcome): (ItemDraft, Outcome<T>),
) -> Result<Response> {
    match outcome {
        Ok(_) => Ok(see_other(&page_of(product))),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            let page = ItemPage { fault, ..page(desk, by, product, id, draft).await? };
            Ok((status, Html(page)).into_response())
        }
    }
}

/// `GET /settings/products/{id}/roadmap/new`
pub(super) async fn new(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &by, product, None, empty()).await?))
}

/// `POST /settings/products/{id}/roadmap`
pub(super) async fn add(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(product): Path<ProductId>,
    sent: Fields,
) -> Result<Response> {
    let draft = sent_draft(&sent);
    let outcome = actions::add_item(&desk, &by, product, &draft).await;
    settle(&desk, &by, product, None, (draft, outcome)).await
}

async fn found(desk: &Desk, product: ProductId, id: ItemId) -> Result<Item> {
    Ok(store::item(desk.db(), product, id).await?.ok_or(ProductsError::Unknown("roadmap item"))?)
}

/// `GET /settings/products/{id}/roadmap/{item}`
pub(super) async fn one(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path((product, id)): Path<(ProductId, ItemId)>,
) -> Result<Html<impl Template>> {
    let item = found(&desk, product, id).await?;
    Ok(Html(page(&desk, &by, product, Some(id), draft_of(item)).await?))
}

/// `POST /settings/products/{id}/roadmap/{item}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ItemId)>,
    sent: Fields,
) -> Result<Response> {
    let draft = sent_draft(&sent);
    let outcome = actions::change_item(&desk, &by, product, id, &draft).await;
    settle(&desk, &by, product, Some(id), (draft, outcome)).await
}

/// `POST /settings/products/{id}/roadmap/{item}/delete`
pub(super) async fn remove(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path((product, id)): Path<(ProductId, ItemId)>,
) -> Result<Response> {
    actions::remove_item(&desk, &by, product, id).await?;
    Ok(see_other(&page_of(product)))
}

fn item_page_of(product: ProductId, id: ItemId) -> String {
    format!("{}/roadmap/{id}", page_of(product))
}

/// `POST /settings/products/{id}/roadmap/{item}/votes`
pub(super) async fn vote(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((product, id)): Path<(ProductId, ItemId)>,
    sent: Fields,
) -> Result<Response> {
    let voter = sent.one("organisation");
    let voted = match actions::voter_called(&desk, voter).await {
        Ok(voter) => actions::vote(&desk, &by, product, id, voter).await,
        Err(error) => Err(error),
    };
    match voted {
        Ok(_) => Ok(see_other(&item_page_of(product, id))),
        Err(error) => {
            let (status, vote_fault) = refusal(error)?;
            let page = page(&desk, &by, product, Some(id), draft_of(found(&desk, product, id).await?)).await?;
            Ok((status, Html(ItemPage { vote_fault, voter: voter.to_owned(), ..page })).into_response())
        }
    }
}

/// `POST /settings/products/{id}/roadmap/{item}/votes/{organisation}/delete`
pub(super) async fn take_vote_back(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((product, id, voter)): Path<(ProductId, ItemId, VoterId)>,
) -> Result<Response> {
    actions::take_vote_back(&desk, &by, product, id, voter).await?;
    Ok(see_other(&item_page_of(product, id)))
}
