//! Lists of cases, what finds them, and the views with their counts.
use std::collections::HashMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::wire::{CaseInList, CasePage, VerdictInList};
use crate::cases::filter::{DueIs, Filter, Sort, View};
use crate::cases::store::{self, ListedCase};
use crate::cases::{CaseId, CasesError};
use crate::customers::{self, ContactId};
use crate::desk::Desk;
use crate::kit::paging::Cursor;
use crate::staff::{self, Reader, Viewer};
use crate::web::api::{Json, Query, limit};
use crate::web::{Error, Result};

/// How many cases and people a search gives.
const FOUND: usize = 20;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words and `key:value` pairs: `sftp from:anna@example.com org:northbay tag:as2 status:open before:2026-11-01`.
    /// What the desk found: `contract:` covered, expiring, expired, none; `lifecycle:` supported, security-only, ending,
    /// ended, unknown; `upgrade:` current, available; `roadmap:` matched, unmatched; `details:` complete, missing. These
    /// list open cases, unless `status:` says otherwise.
    #[serde(default)]
    q: String,
    /// The slug of a view, as `GET /api/v1/views` lists them. Without one: all cases.
    view: Option<String>,
    #[serde(default)]
    #[param(inline)]
    sort: Order,
    /// Only cases with a promise that is due soon, or that is broken. As `is:due` and `is:breached` of `q`.
    #[param(inline)]
    due: Option<DueFilter>,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum DueFilter {
    /// Within a few hours, or after the part of its time that warns; also what is broken.
    Soon,
    Breached,
}

impl From<DueFilter> for DueIs {
    fn from(due: DueFilter) -> Self {
        match due {
            DueFilter::Soon => Self::Soon,
            DueFilter::Breached => Self::Breached,
        }
    }
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Order {
    /// Newest activity first.
    #[default]
    Newest,
    /// Oldest activity first.
    Oldest,
    /// Newest case first.
    Created,
    /// What is due first, then what nothing is promised of.
    Due,
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Newest => Self::NewestActivity,
            Order::Oldest => Self::OldestActivity,
            Order::Created => Self::NewestCase,
            Order::Due => Self::DueFirst,
        }
    }
}

/// List cases.
///
/// Those that pass the view and the filter, and that you may see.
#[utoipa::path(get, path = "/cases", tag = "cases",
    responses((status = 200, body = CasePage)))]
pub(super) async fn list_cases(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<CasePage>> {
    let mut filter = filter_of(&desk, &by, asked.view.as_deref(), &asked.q).await?;
    filter.due = filter.due.max(asked.due.map(DueIs::from));
    let after = asked.after.as_deref().map(|word| Cursor::decode(word).ok_or_else(bad_cursor)).transpose()?;
    let limit = limit(asked.limit)?;
    let page = store::list(desk.db(), &filter, asked.sort.into(), after, limit, by.id, &by.hidden_teams).await?;
    Ok(Json(CasePage { cases: listed(&desk, page.rows).await?, next: page.next.map(Cursor::encode) }))
}

/// Rows with what the desk found about each case.
async fn listed(desk: &Desk, rows: Vec<ListedCase>) -> Result<Vec<CaseInList>> {
    let ids: Vec<CaseId> = rows.iter().map(|row| row.id).collect();
    let mut verdicts: HashMap<CaseId, Vec<VerdictInList>> = HashMap::new();
    for row in store::verdicts_of_many(desk.db(), &ids).await? {
        verdicts.entry(row.case_id).or_default().push(row.verdict.into());
    }
    let case = |row: ListedCase| {
        let found = verdicts.remove(&row.id).unwrap_or_default();
        CaseInList::new(desk, row, found)
    };
    Ok(rows.into_iter().map(case).collect())
}

fn bad_cursor() -> Error {
    Error::unprocessable("“after” is not the “next” of a page.")
}

async fn filter_of(desk: &Desk, by: &Viewer, view: Option<&str>, typed: &str) -> Result<Filter> {
    let base = match view {
        None => Filter::default(),
        Some(slug) => {
            let view = View::parse(slug).ok_or_else(|| Error::not_found("such view"))?;
            filter_of_view(desk, by, view).await?
        }
    };
    let typed = Filter::parse(typed, by.id).map_err(CasesError::BadFilter)?;
    Ok(base.and(typed))
}

async fn filter_of_view(desk: &Desk, by: &Viewer, view: View) -> Result<Filter> {
    // A team that is closed to the viewer answers as one that does not exist.
    if let View::Team(team) = view
        && (!by.can_see(Some(team)) || staff::store::team(desk.db(), team).await?.is_none())
    {
        return Err(Error::not_found("such view"));
    }
    match view {
        View::Saved(id) => {
            let saved = store::saved_view(desk.db(), by.id, id).await?.ok_or_else(|| Error::not_found("such view"))?;
            Ok(Filter::parse(&saved.query, by.id).map_err(CasesError::BadFilter)?)
        }
        view => view.filter(by.id).ok_or_else(|| Error::not_found("such view")),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Sought {
    /// A case's number, words and `key:value` pairs, or a person's name or address.
    q: String,
}

/// What a search found, the best of each kind.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    cases: Vec<CaseInList>,
    people: Vec<FoundPerson>,
}

#[derive(Serialize, ToSchema)]
struct FoundPerson {
    contact_id: ContactId,
    name: String,
    address: String,
}

/// Find cases and people.
#[utoipa::path(get, path = "/search", tag = "cases",
    responses((status = 200, body = Found)))]
pub(super) async fn search(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(Sought { q }): Query<Sought>,
) -> Result<Json<Found>> {
    let filter = Filter::parse(&q, by.id).map_err(CasesError::BadFilter)?;
    let order = Sort::NewestActivity;
    let mut rows = match number(&desk, &q) {
        Some(id) => store::listed(desk.db(), &Filter::default(), id, by.id, &by.hidden_teams).await?,
        None => None,
    }
    .into_iter()
    .collect::<Vec<_>>();
    let page = store::list(desk.db(), &filter, order, None, FOUND, by.id, &by.hidden_teams).await?;
    rows.extend(page.rows.into_iter().filter(|row| rows.iter().all(|known| known.id != row.id)).collect::<Vec<_>>());
    let cases = listed(&desk, rows).await?;
    Ok(Json(Found { cases, people: people(&desk, q.trim()).await? }))
}

async fn people(desk: &Desk, q: &str) -> Result<Vec<FoundPerson>> {
    if q.is_empty() {
        return Ok(vec![]);
    }
    let found = customers::store::contacts_like(desk.db(), q, None, i64::try_from(FOUND).unwrap_or(0)).await?;
    let person = |(contact, address): (customers::Contact, String)| FoundPerson {
        contact_id: contact.id,
        name: contact.name,
        address,
    };
    Ok(found.into_iter().map(person).collect())
}

/// Reads `1042`, `CD-1042` or `#1042`.
fn number(desk: &Desk, typed: &str) -> Option<CaseId> {
    let typed = typed.trim().to_uppercase();
    let digits = typed.strip_prefix(&format!("{}-", desk.config().desk.prefix)).unwrap_or(&typed);
    digits.trim_start_matches('#').parse().ok().map(CaseId)
}

/// A list that is at hand.
#[derive(Serialize, ToSchema)]
pub(super) struct ViewInList {
    /// Give it as `view` of `GET /api/v1/cases`.
    slug: String,
    name: String,
    /// How many cases are in it; 1000 stands for that many or more.
    count: i64,
}

/// List the views with their counts.
///
/// Built-in ones, one for each team you may see, and the saved ones that are yours or shared.
#[utoipa::path(get, path = "/views", tag = "views",
    responses((status = 200, body = Vec<ViewInList>)))]
pub(super) async fn list_views(State(desk): State<Desk>, Reader(by): Reader) -> Result<Json<Vec<ViewInList>>> {
    let mut views: Vec<(View, String)> = View::BUILT_IN.iter().map(|view| (*view, view.slug())).collect();
    let teams = staff::store::teams(desk.db()).await?;
    views.extend(teams.into_iter().filter(|t| by.can_see(Some(t.id))).map(|t| (View::Team(t.id), t.name)));
    let saved = store::saved_views(desk.db(), by.id).await?;
    views.extend(saved.into_iter().map(|view| (View::Saved(view.id), view.name)));
    let mut counted = Vec::with_capacity(views.len());
    for (view, name) in views {
        let filter = filter_of_view(&desk, &by, view).await?;
        let count = store::count(desk.db(), &filter, &by.hidden_teams).await?;
        counted.push(ViewInList { slug: view.slug(), name, count });
    }
    Ok(Json(counted))
}
