//! One case and its timeline.
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::wire::{CaseFields, CaseInFull, Entry, Link, Participant};
use crate::cases::store::{self, Case, EntryRow};
use crate::cases::{CaseId, CasesError, EntryData, EntryId};
use crate::desk::Desk;
use crate::staff::{Reader, Viewer};
use crate::web::Result;
use crate::web::api::{Json, Path, Query, limit};

/// How many entries come along with a case.
const LATEST: usize = 50;

/// Get a case.
///
/// With its people, tags, watchers, links and newest entries. A case that was merged names the one it is part of.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = CaseId, Path, description = "The case's number")),
    responses((status = 200, body = CaseInFull)))]
pub(super) async fn get_case(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<CaseInFull>> {
    let row = visible(&desk, &by, id).await?;
    let (entries, has_earlier) = newest(&desk, &by, id, None, LATEST).await?;
    let mut case = CaseFields::new(&desk, &row);
    case.merged_into = seen(&desk, &by, row.merged_into).await?;
    case.follow_up_of = seen(&desk, &by, row.follow_up_of).await?;
    Ok(Json(CaseInFull {
        case,
        people: store::people(desk.db(), id).await?.into_iter().map(Participant::from).collect(),
        tags: store::tags(desk.db(), id).await?,
        watchers: store::watchers(desk.db(), id).await?,
        links: store::links(desk.db(), id, &by.hidden_teams).await?.into_iter().map(Link::from).collect(),
        entries,
        has_earlier,
    }))
}

/// The case, when this viewer may see it.
pub(super) async fn visible(desk: &Desk, by: &Viewer, id: CaseId) -> Result<Case, CasesError> {
    store::visible_case(desk.db(), id, &by.hidden_teams).await?.ok_or(CasesError::NoCase(id))
}

/// Another case's number, when this viewer may know of it.
async fn seen(desk: &Desk, by: &Viewer, id: Option<CaseId>) -> Result<Option<CaseId>> {
    let Some(id) = id else { return Ok(None) };
    Ok(store::visible_case(desk.db(), id, &by.hidden_teams).await?.map(|case| case.id))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Earlier {
    /// Only entries before this one.
    before: Option<EntryId>,
    /// Only entries after this one, for those who follow along.
    after: Option<EntryId>,
    /// 1 to 100; 50 when it is not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// One page of a timeline.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryPage {
    /// Oldest first.
    entries: Vec<Entry>,
    /// Whether there are more on the side that was asked for.
    has_more: bool,
}

/// List entries of a case.
///
/// The newest ones, or those before or after another; also those of cases that were merged into it.
#[utoipa::path(get, path = "/cases/{id}/entries", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = EntryPage)))]
pub(super) async fn list_entries(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
    Query(asked): Query<Earlier>,
) -> Result<Json<EntryPage>> {
    visible(&desk, &by, id).await?;
    let limit = limit(asked.limit)?;
    let (entries, has_more) = match asked.after {
        Some(after) => following(&desk, &by, id, after, limit).await?,
        None => newest(&desk, &by, id, asked.before, limit).await?,
    };
    Ok(Json(EntryPage { entries, has_more }))
}

async fn newest(
    desk: &Desk,
    by: &Viewer,
    id: CaseId,
    before: Option<EntryId>,
    limit: usize,
) -> Result<(Vec<Entry>, bool)> {
    let mut rows = store::entries(desk.db(), id, before, one_more(limit)).await?;
    let surplus = rows.len().saturating_sub(limit);
    rows.drain(..surplus);
    Ok((shown(desk, by, rows).await?, surplus > 0))
}

async fn following(desk: &Desk, by: &Viewer, id: CaseId, after: EntryId, limit: usize) -> Result<(Vec<Entry>, bool)> {
    let mut rows = store::entries_after(desk.db(), id, after, one_more(limit)).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok((shown(desk, by, rows).await?, more))
}

fn one_more(limit: usize) -> i64 {
    i64::try_from(limit + 1).unwrap_or(i64::MAX)
}

/// Stored entries as the viewer may see them: a case that is not theirs is not even suggested.
async fn shown(desk: &Desk, by: &Viewer, rows: Vec<EntryRow>) -> Result<Vec<Entry>> {
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    let files = store::files_of_entries(desk.db(), &ids).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let mut data = row.data()?;
        if let EntryData::Incoming(details) = &mut data
            && let Some(other) = &details.looks_like
            && store::visible_case(desk.db(), other.case, &by.hidden_teams).await?.is_none()
        {
            details.looks_like = None;
        }
        entries.push(Entry::new(row, data, &files));
    }
    Ok(entries)
}
