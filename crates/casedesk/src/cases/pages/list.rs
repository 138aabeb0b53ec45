//! Lists of cases: a view, its next page, one row of it after its case changed.
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::views::{Badge, Case, Column, ListView, Row, Tail};
use super::{columns, key, shell, words};
use crate::cases::filter::{Filter, Sort, View};
use crate::cases::store::{self, ListedCase, MOST_COUNTED};
use crate::cases::{CaseId, CaseState};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::paging::{Cursor, Page};
use crate::staff::{self, Reader, Viewer};
use crate::web::shell::Shell;
use crate::web::turbo::Streams;
use crate::web::{Error, Html, Result};

const ROWS: usize = 50;
/// The most that are answered at once to a page that shows more.
const MOST_ROWS: usize = 200;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) q: String,
    sort: String,
    after: Option<String>,
    /// Of rows: how many the page that asks shows.
    shown: usize,
    /// Of one row: whether the page that asks shows it already, and as the current one.
    known: bool,
    current: bool,
}

#[derive(Template)]
#[template(path = "cases/list.html")]
struct ListPage {
    shell: Shell,
    list: ListView,
}

#[derive(Template)]
#[template(path = "cases/more_frame.html")]
struct MoreFrame {
    list: ListView,
    after: String,
}

#[derive(Template)]
#[template(path = "cases/rows_stream.html")]
struct RowsStream {
    list: ListView,
}

#[derive(Template)]
#[template(path = "cases/row_stream.html")]
struct RowStream {
    list: ListView,
    row: Option<Row>,
    number: i64,
    place: Place,
}

/// Where a changed row goes.
enum Place {
    Stays,
    First,
    Before(i64),
    Last,
}

/// `GET /`
pub(super) async fn home(_: Reader) -> Redirect {
    Redirect::to("/views/mine")
}

/// `GET /views/{view}`
pub(super) async fn list(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let list = load(&desk, &by, &slug, &asked).await?;
    Ok(match asked.after {
        Some(after) => Html(MoreFrame { list, after }).into_response(),
        None => Html(ListPage { shell: shell(&by, &slug), list }).into_response(),
    })
}

/// `GET /views/{view}/rows`: the first rows again, as many as are shown, after the line was broken.
pub(super) async fn rows(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Streams<impl Template>> {
    let list = load(&desk, &by, &slug, &Asked { after: None, ..asked }).await?;
    Ok(Streams(RowsStream { list }))
}

/// `GET /views/{view}/rows/{id}`: one row after its case changed; without it when it has left the view.
pub(super) async fn row(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path((slug, id)): Path<(String, CaseId)>,
    Query(asked): Query<Asked>,
) -> Result<Streams<impl Template>> {
    let (mut list, filter) = empty(&desk, &by, &slug, &asked).await?;
    let row = match &filter {
        Some(filter) => store::listed(desk.db(), filter, id, by.id, &by.hidden_teams).await?,
        None => None,
    };
    if let Some(filter) = &filter {
        list.count = match filter.words {
            Some(_) => {
                let sort = sorted(list.sort);
                found(&store::list(desk.db(), filter, sort, None, ROWS, by.id, &by.hidden_teams).await?)
            }
            None => counted(store::count(desk.db(), filter, &by.hidden_teams).await?),
        };
    }
    let row = match row {
        Some(row) => shown(&desk, &list.key, &list.columns, &[row]).await?.pop(),
        None => None,
    };
    if sorted(list.sort) == Sort::DueFirst && !(asked.known && asked.current) {
        return Ok(Streams(in_its_place(&desk, &by, list, &filter.unwrap_or_default(), row, id).await?));
    }
    // In the order of activity a changed case comes first, unless it is the one being read.
    let stays = asked.known && (asked.current || list.sort != Sort::NewestActivity.as_str());
    let row = row.filter(|_| stays || list.sort != Sort::OldestActivity.as_str());
    Ok(Streams(RowStream { list, row, number: id.0, place: if stays { Place::Stays } else { Place::First } }))
}

/// What is due sooner than before moves up, as far as the first page goes.
async fn in_its_place(
    desk: &Desk,
    by: &Viewer,
    list: ListView,
    filter: &Filter,
    row: Option<Row>,
    id: CaseId,
) -> Result<RowStream> {
    let page = store::list(desk.db(), filter, Sort::DueFirst, None, ROWS, by.id, &by.hidden_teams).await?;
    let at = page.rows.iter().position(|row| row.id == id);
    let place = match at.map(|at| page.rows.get(at + 1)) {
        Some(Some(next)) => Place::Before(next.id.0),
        Some(None) => Place::Last,
        None => Place::Stays,
    };
    Ok(RowStream { list, row, number: id.0, place })
}

fn sorted(word: &str) -> Sort {
    Sort::parse(word).unwrap_or_default()
}

/// The list of a view, as the viewer may see it.
pub(super) async fn load(desk: &Desk, by: &Viewer, slug: &str, asked: &Asked) -> Result<ListView> {
    let (mut list, filter) = empty(desk, by, slug, asked).await?;
    let Some(filter) = filter else { return Ok(list) };
    let sort = sorted(list.sort);
    let after = asked.after.as_deref().and_then(Cursor::decode);
    let rows = asked.shown.clamp(ROWS, MOST_ROWS);
    let page = store::list(desk.db(), &filter, sort, after, rows, by.id, &by.hidden_teams).await?;
    list.rows = shown(desk, &list.key, &list.columns, &page.rows).await?;
    list.next = page.next.map(Cursor::encode);
    if asked.after.is_none() {
        list.count = match filter.words {
            Some(_) => found(&page),
            None => counted(store::count(desk.db(), &filter, &by.hidden_teams).await?),
        };
    }
    Ok(list)
}

/// The list without rows, and its filter; none when what was typed is not understood, which the list then says.
async fn empty(desk: &Desk, by: &Viewer, slug: &str, asked: &Asked) -> Result<(ListView, Option<Filter>)> {
    let view = View::parse(slug).ok_or_else(|| Error::not_found("such view"))?;
    let (title, filter, own) = match view {
        View::Saved(id) => {
            let saved = store::saved_view(desk.db(), by.id, id).await?.ok_or_else(|| Error::not_found("such view"))?;
            (saved.name, Filter::parse(&saved.query, by.id), saved.agent_id == by.id)
        }
        view => (title(desk, by, view).await?, Ok(view.filter(by.id).unwrap_or_default()), false),
    };
    let filter = filter.and_then(|filter| match asked.q.trim() {
        "" => Ok(filter),
        typed => Filter::parse(typed, by.id).map(|typed| filter.and(typed)),
    });
    let sort = Sort::parse(&asked.sort).unwrap_or_else(|| view.sort());
    let (empty_title, empty_words) = match &filter {
        Ok(_) => nothing(view, &asked.q),
        Err(why) => ("The filter is not understood".into(), format!("It says: {why}.")),
    };
    let list = ListView {
        key: slug.into(),
        title,
        count: String::new(),
        sort: sort.as_str(),
        sorts: Sort::ALL.iter().map(|s| (s.as_str(), s.title(), *s == sort)).collect(),
        rows: vec![],
        next: None,
        empty_title,
        empty_words,
        query: asked.q.trim().into(),
        own,
        columns: columns::columns(desk, by).await?,
        keys: columns::keys(slug, asked.q.trim()),
    };
    Ok((list, filter.ok()))
}

async fn title(desk: &Desk, by: &Viewer, view: View) -> Result<String> {
    Ok(match view {
        View::Mine => "Mine".into(),
        View::Unassigned => "Unassigned".into(),
        View::Due => "Due soon".into(),
        View::Watched => "Watched".into(),
        View::Unconfirmed => "Unconfirmed".into(),
        View::Waiting => "Waiting".into(),
        View::AllOpen => "All open".into(),
        View::Solved => "Solved".into(),
        View::All | View::Saved(_) => "All cases".into(),
        View::Team(id) => {
            let team = staff::store::team(desk.db(), id).await?.filter(|team| by.can_see(Some(team.id)));
            team.ok_or_else(|| Error::not_found("such team"))?.name
        }
    })
}

fn nothing(view: View, typed: &str) -> (String, String) {
    let (title, words) = match view {
        _ if !typed.trim().is_empty() => ("No case passes this filter", "Fewer words find more."),
        View::Mine => ("Nothing is yours", "Take a case from Unassigned: Shift A assigns it to you."),
        View::Unassigned => ("Nothing is unassigned", "The next one comes in here by itself."),
        View::Due => ("Nothing is due soon", "What a support option promises comes in here before it is due."),
        View::Watched => ("You watch nothing", "Watching a case tells you of every change without being its assignee."),
        View::Unconfirmed => {
            ("Every call is confirmed", "Cases with a call that nobody has confirmed in writing yet are here.")
        }
        View::Waiting => ("Nothing waits", "Cases that wait on a customer, on engineering or on a date are here."),
        _ => ("No case is here", "New ones come in by mail, or by the plus sign above."),
    };
    (title.into(), words.into())
}

/// How many a search has found. All hits of a common word are counted by nobody: whoever searches goes on typing.
fn found(page: &Page<ListedCase>) -> String {
    let rows = page.rows.len();
    if page.next.is_some() { format!("{rows}+") } else { rows.to_string() }
}

pub(super) fn counted(count: i64) -> String {
    if count >= MOST_COUNTED { format!("{}+", MOST_COUNTED - 1) } else { count.to_string() }
}

/// Cases as rows of a list.
pub(super) async fn shown(desk: &Desk, view: &str, columns: &[Column], rows: &[ListedCase]) -> Result<Vec<Row>> {
    let ids: Vec<CaseId> = rows.iter().map(|row| row.id).collect();
    let mut badges = columns::badges(desk, columns, &ids).await?;
    Ok(rows.iter().map(|row| one(desk, view, row, badges.remove(&row.id).unwrap_or_default())).collect())
}

fn one(desk: &Desk, view: &str, row: &ListedCase, verdicts: Vec<Badge>) -> Row {
    let tail = match (row.state, row.waiting_on, row.wake_at) {
        _ if row.due_at.is_some() => due_tail(row),
        (CaseState::Waiting, _, Some(until)) => Tail::Until(until.rfc3339()),
        (CaseState::Waiting, Some(on), _) => Tail::Words(on.to_string()),
        _ => Tail::Words(row.assignee_name.clone().unwrap_or_default()),
    };
    Row {
        number: row.id.0,
        key: key(desk, row.id),
        href: format!("/views/{view}/cases/{}", row.id),
        state: words::sign(row.state),
        state_words: words::state(row.state, row.waiting_on),
        from: row.contact_name.clone().unwrap_or_else(|| "Nobody yet".into()),
        organisation: row.organisation_name.clone().unwrap_or_default(),
        subject: row.subject.clone(),
        at: row.updated_at.rfc3339(),
        unread: row.unread,
        badges: words::row_badges(row).into_iter().chain(verdicts).collect(),
        tail,
    }
}

fn due_tail(row: &ListedCase) -> Tail {
    let at = row.due_at.map(Timestamp::rfc3339).unwrap_or_default();
    Tail::Due(at, row.due_promise.map_or("", words::promise_due))
}

/// The page of a case beside its list.
#[derive(Template)]
#[template(path = "cases/case.html")]
pub(super) struct CasePage {
    pub(super) shell: Shell,
    pub(super) list: Option<ListView>,
    pub(super) case: Case,
}
