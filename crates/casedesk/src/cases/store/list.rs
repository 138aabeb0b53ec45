//! Lists of cases and their counts.
use crate::cases::filter::{Filter, Sort, Who};
use crate::cases::{CaseId, CaseKind, CaseState, DueState, Priority, Promise};
use crate::db::{Db, Query, Read, Result};
use crate::kit::Timestamp;
use crate::kit::paging::{Cursor, Page};
use crate::search;
use crate::staff::{AgentId, TeamId};

/// A row of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedCase {
    pub id: CaseId,
    pub subject: String,
    pub state: CaseState,
    pub kind: CaseKind,
    pub priority: Priority,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub wake_at: Option<Timestamp>,
    pub waiting_on: Option<crate::cases::WaitingOn>,
    pub assignee_id: Option<AgentId>,
    pub assignee_name: Option<String>,
    pub contact_name: Option<String>,
    pub organisation_name: Option<String>,
    /// Whether a call on it, or on what is merged into it, waits to be confirmed.
    pub unconfirmed: bool,
    /// Whether the viewer has not seen its newest entry.
    pub unread: bool,
    /// Of the promise that is due first.
    pub due_at: Option<Timestamp>,
    pub due_promise: Option<Promise>,
    pub due_state: Option<DueState>,
}

/// How many newest hits of a search are looked at: few, and only when they do not fill a page, many. Sorting all
/// hits of a common word is slow everywhere.
const FEW_HITS: i64 = 300;
const MANY_HITS: i64 = 3000;
/// Counts stop here; the page shows `999+`.
pub const MOST_COUNTED: i64 = 1000;

/// One page of the cases that pass the filter and that the viewer may see.
pub async fn list(
    db: &Db,
    filter: &Filter,
    sort: Sort,
    after: Option<Cursor>,
    limit: usize,
    me: AgentId,
    hidden: &[TeamId],
) -> Result<Page<ListedCase>> {
    if filter.words.is_some() {
        let page = list_within(db, filter, FEW_HITS, sort, after, limit, me, hidden).await?;
        if page.next.is_some() {
            return Ok(page);
        }
    }
    list_within(db, filter, MANY_HITS, sort, after, limit, me, hidden).await
}

#[expect(clippy::too_many_arguments, reason = "the arguments of `list`, and how far it looks")]
async fn list_within(
    db: &Db,
    filter: &Filter,
    hits: i64,
    sort: Sort,
    after: Option<Cursor>,
    limit: usize,
    me: AgentId,
    hidden: &[TeamId],
) -> Result<Page<ListedCase>> {
    let (key, descending) = match sort {
        Sort::NewestActivity => ("c.updated_at", true),
        Sort::OldestActivity => ("c.updated_at", false),
        Sort::NewestCase => ("c.created_at", true),
        // In the words of the index, so that it is used.
        Sort::DueFirst => ("COALESCE(c.due_at, 9223372036854775807)", false),
    };
    let page = with_hits(db, filter, hits).await?.push("page AS (SELECT c.id FROM cases c WHERE ");
    let mut query = narrowed(page, filter, hidden);
    if let Some(cursor) = after {
        query = query
            .push(" AND (")
            .push(key)
            .push(if descending { ", c.id) < (" } else { ", c.id) > (" })
            .bind(cursor.key)
            .push(", ")
            .bind(cursor.id)
            .push(")");
    }
    let order = if descending { " DESC, c.id DESC" } else { ", c.id" };
    let query = query.push(" ORDER BY ").push(key).push(order).push(" LIMIT ").bind(limit_of(limit)).push(")");
    let rows: Vec<ListedCase> = db.all(rows_of_page(query, me).push(" ORDER BY ").push(key).push(order)).await?;
    Ok(Page::cut(rows, limit, |row| Cursor {
        key: match sort {
            Sort::NewestCase => row.created_at.0,
            Sort::DueFirst => row.due_at.map_or(i64::MAX, |at| at.0),
            Sort::NewestActivity | Sort::OldestActivity => row.updated_at.0,
        },
        id: row.id.0,
    }))
}

/// One row more than a page has tells whether there is another page.
fn limit_of(rows: usize) -> i64 {
    i64::try_from(rows + 1).unwrap_or(i64::MAX)
}

/// One case as a row of a list; `None` when it does not pass the filter.
pub async fn listed(
    db: &Db,
    filter: &Filter,
    id: CaseId,
    me: AgentId,
    hidden: &[TeamId],
) -> Result<Option<ListedCase>> {
    let page = with_hits(db, filter, MANY_HITS).await?.push("page AS (SELECT c.id FROM cases c WHERE ");
    let query = narrowed(page, filter, hidden);
    db.opt(rows_of_page(query.push(" AND c.id = ").bind(id).push(")"), me)).await
}

/// `WITH hits AS (…),` where words are looked for, else `WITH`.
async fn with_hits(db: &Db, filter: &Filter, newest: i64) -> Result<Query> {
    match &filter.words {
        Some(words) => Ok(search::owners(db, words, newest).await?.wrap("WITH hits AS (", "), ")),
        None => Ok(Query::new("WITH ")),
    }
}

/// The rows of the ids in `page`. They are joined to names only when the page is cut, so that a sort before it
/// carries nothing but its key.
fn rows_of_page(page: Query, me: AgentId) -> Query {
    page.push(
        " SELECT c.id, c.subject, c.state, c.kind, c.priority, c.created_at, c.updated_at, c.wake_at, c.waiting_on,
             c.due_at, c.due_promise, c.due_state, c.assignee_id, a.name AS assignee_name, p.name AS contact_name, o.name AS organisation_name,
             (c.unconfirmed_since IS NOT NULL OR EXISTS
                (SELECT 1 FROM cases m WHERE m.merged_into = c.id AND m.unconfirmed_since IS NOT NULL)) AS unconfirmed,
             NOT EXISTS (SELECT 1 FROM case_seen s WHERE s.case_id = c.id AND s.entry_id >= c.last_entry_id AND s.agent_id = ",
    )
    .bind(me)
    .push(
        ") AS unread FROM page JOIN cases c ON c.id = page.id LEFT JOIN agents a ON a.id = c.assignee_id
         LEFT JOIN contacts p ON p.id = c.contact_id LEFT JOIN organisations o ON o.id = c.organisation_id",
    )
}

/// How many cases pass the filter, up to `MOST_COUNTED`.
pub async fn count(db: &Db, filter: &Filter, hidden: &[TeamId]) -> Result<i64> {
    let passing = with_hits(db, filter, MOST_COUNTED).await?.push("passing AS (SELECT 1 FROM cases c WHERE ");
    let query = narrowed(passing, filter, hidden);
    let (count,): (i64,) =
        db.one(query.push(" LIMIT ").bind(MOST_COUNTED).push(") SELECT COUNT(*) FROM passing")).await?;
    Ok(count)
}

fn of_customer(mut query: Query, filter: &Filter) -> Query {
    if let Some(from) = &filter.from {
        query = query
            .push(" AND c.id IN (SELECT case_id FROM case_people WHERE address LIKE ")
            .bind(like(from))
            .push(" ESCAPE '\\' OR lower(name) LIKE ")
            .bind(like(from))
            .push(" ESCAPE '\\')");
    }
    if let Some(contact) = filter.contact_id {
        query = query.push(" AND c.contact_id = ").bind(contact);
    }
    if let Some(organisation) = filter.organisation_id {
        query = query.push(" AND c.organisation_id = ").bind(organisation);
    }
    if let Some(organisation) = &filter.organisation {
        query = query
            .push(" AND c.organisation_id IN (SELECT id FROM organisations WHERE lower(name) LIKE ")
            .bind(like(organisation))
            .push(" ESCAPE '\\' UNION SELECT organisation_id FROM organisation_domains WHERE domain = ")
            .bind(organisation)
            .push(")");
    }
    query
}

fn narrowed(query: Query, filter: &Filter, hidden: &[TeamId]) -> Query {
    let mut query = query.push("c.merged_into IS NULL");
    if filter.words.is_some() {
        // A hit on a merged case is shown as the case it is merged into.
        query = query.push(
            " AND c.id IN (SELECT COALESCE(h.merged_into, h.id) FROM cases h WHERE h.id IN (SELECT owner FROM hits))",
        );
    }
    let judged = !filter.verdicts.is_empty() && filter.states.is_empty();
    if judged || filter.states == crate::cases::filter::OPEN {
        // In the words of the index, so that it is used.
        query = query.push(" AND c.state IN ('new', 'open', 'waiting')");
    } else if !filter.states.is_empty() {
        query = query.push(" AND c.state IN ").bind_list(filter.states.iter().copied());
    }
    query = match filter.assignee {
        None => query,
        Some(Who::Nobody) => query.push(" AND c.assignee_id IS NULL"),
        Some(Who::Agent(id)) => query.push(" AND c.assignee_id = ").bind(id),
    };
    if let Some(name) = &filter.assignee_name {
        query = query
            .push(" AND c.assignee_id IN (SELECT id FROM agents WHERE lower(name) LIKE ")
            .bind(like(name))
            .push(" ESCAPE '\\')");
    }
    if let Some(team) = filter.team {
        query = query.push(" AND c.team_id = ").bind(team);
    }
    if let Some(name) = &filter.team_name {
        query = query.push(" AND c.team_id IN (SELECT id FROM teams WHERE lower(name) = ").bind(name).push(")");
    }
    if let Some(agent) = filter.watched_by {
        // Who watches a merged case watches the one that it is part of.
        query = query
            .push(
                " AND c.id IN (SELECT COALESCE(m.merged_into, m.id) FROM case_watchers w JOIN cases m ON m.id = w.case_id
                     WHERE w.agent_id = ",
            )
            .bind(agent)
            .push(")");
    }
    if let Some(priority) = filter.priority {
        query = query.push(" AND c.priority = ").bind(priority);
    }
    if let Some(kind) = filter.kind {
        query = query.push(" AND c.kind = ").bind(kind);
    }
    query = of_customer(query, filter);
    for tag in &filter.tags {
        query = query.push(" AND c.id IN (SELECT case_id FROM case_tags WHERE tag = ").bind(tag).push(")");
    }
    if filter.unconfirmed {
        query = query.push(
            " AND c.id IN (SELECT COALESCE(u.merged_into, u.id) FROM cases u WHERE u.unconfirmed_since IS NOT NULL)",
        );
    }
    if let Some(due) = filter.due {
        query = query.push(" AND c.due_state IN ").bind_list(due.states().iter().copied());
    }
    for (kind, state) in &filter.verdicts {
        query = super::verdicts::found(query, *kind, *state);
    }
    if let Some(before) = filter.before {
        query = query.push(" AND c.created_at < ").bind(before);
    }
    if let Some(after) = filter.after {
        query = query.push(" AND c.created_at >= ").bind(after);
    }
    super::case::unhidden(query, "c.team_id", hidden)
}

/// A pattern for text that contains this, with the pattern's own signs taken literally.
fn like(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}
