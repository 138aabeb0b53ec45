//! `/quotes`: what sales has to do, what is with customers, and what has become of it.
use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::badge;
use crate::desk::Desk;
use crate::quotes::rules::{self, money};
use crate::quotes::store::{self, QuoteRow, Wanted};
use crate::quotes::{QuoteOrder, QuoteState, actions};
use crate::staff::{Reader, Viewer};
use crate::web::shell::Shell;
use crate::web::{Html, Result};

const ROWS: usize = 50;
/// Beyond so many pages a filter helps more than leafing.
const MOST_PAGES: u32 = 400;

use QuoteState as S;

/// Slug, name, and the states behind a tab.
const TABS: [(&str, &str, &[QuoteState]); 7] = [
    ("open", "Open", &[S::Draft, S::Submitted, S::Approved, S::Sent]),
    ("approval", "To approve", &[S::Submitted]),
    ("drafts", "Drafts", &[S::Draft, S::Approved]),
    ("sent", "With customers", &[S::Sent]),
    ("accepted", "Accepted", &[S::Accepted]),
    ("declined", "Declined", &[S::Declined, S::Expired]),
    ("all", "All", &[]),
];

struct Tab {
    slug: &'static str,
    name: &'static str,
    /// How many, where it is work; empty elsewhere.
    count: String,
    here: bool,
}

struct Row {
    id: i64,
    key: String,
    title: String,
    who: String,
    organisation: String,
    case: String,
    case_href: String,
    tone: &'static str,
    state: &'static str,
    total: String,
    valid_until: String,
    /// Its last day comes soon, or is over.
    urgent: bool,
    reading: bool,
}

#[derive(Template)]
#[template(path = "quotes/all.html")]
struct QuotesPage {
    shell: Shell,
    tabs: Vec<Tab>,
    tab: &'static str,
    order: QuoteOrder,
    rows: Vec<Row>,
    page: u32,
    more: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    order: String,
    page: Option<u32>,
}

/// `GET /quotes?tab=&order=&page=`
pub(super) async fn list(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let tab = TABS.iter().find(|(slug, ..)| *slug == asked.tab).unwrap_or(&TABS[0]);
    let order = asked.order.parse().unwrap_or(QuoteOrder::Newest);
    let page = asked.page.unwrap_or(1).clamp(1, MOST_PAGES);
    let wanted = Wanted { states: tab.2.to_vec(), ..Wanted::default() };
    let rows_i64 = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let window = (rows_i64 + 1, rows_i64 * i64::from(page - 1));
    let mut rows = store::quotes(desk.db(), &wanted, order, &by.hidden_teams, window).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    Ok(Html(QuotesPage {
        shell: by.shell("quotes", ""),
        tabs: tabs(&desk, &by, tab.0).await?,
        tab: tab.0,
        order,
        rows: rows.into_iter().map(|row| shown(&desk, row)).collect(),
        page,
        more,
    }))
}

async fn tabs(desk: &Desk, by: &Viewer, here: &str) -> Result<Vec<Tab>> {
    let mut tabs = Vec::with_capacity(TABS.len());
    for (slug, name, states) in TABS {
        let count = match slug {
            "approval" | "drafts" | "sent" => store::count(desk.db(), states, &by.hidden_teams).await?,
            _ => 0,
        };
        let count = if count > 0 { count.to_string() } else { String::new() };
        tabs.push(Tab { slug, name, count, here: slug == here });
    }
    Ok(tabs)
}

fn shown(desk: &Desk, row: QuoteRow) -> Row {
    let today = actions::today(desk);
    let standing = rules::standing(row.state, row.valid_until, today);
    let (tone, state) = badge(standing);
    let live = standing.is_in_work() || standing == QuoteState::Sent;
    Row {
        id: row.id.0,
        key: actions::key(desk, &row),
        case: format!("{}-{}", desk.config().desk.prefix, row.shown_on()),
        case_href: format!("/cases/{}", row.shown_on()),
        tone,
        state,
        total: money::money(row.total_minor, &row.currency),
        valid_until: row.valid_until.short(),
        urgent: live && today.days_until(row.valid_until) <= desk.config().quotes.remind_days.max(1),
        reading: row.read_as.is_some() && standing == QuoteState::Sent,
        who: if row.to_name.is_empty() { row.to_address } else { row.to_name },
        organisation: row.organisation.unwrap_or_default(),
        title: row.title,
    }
}
