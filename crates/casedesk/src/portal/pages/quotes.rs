//! `/portal/quotes`: the quotes that were sent to the customer, and one of them.
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::cases::around;
use crate::desk::Desk;
use crate::portal::{Customer, Guest, PortalError, actions};
use crate::quotes::pages::{Shown, answered, refused, shown};
use crate::quotes::{self, QuoteId};
use crate::web::api::Path;
use crate::web::client::Client;
use crate::web::fields::Fields;
use crate::web::shell::Public;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

const ROWS: usize = 30;

struct Row {
    id: i64,
    quote: Shown,
}

#[derive(Template)]
#[template(path = "portal/quotes.html")]
struct QuotesPage {
    around: Public,
    rows: Vec<Row>,
    next: Option<QuoteId>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<QuoteId>,
}

/// `GET /portal/quotes`
pub(super) async fn list(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let one_more = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = actions::quotes(&desk, &guest, asked.before, one_more).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        rows.push(Row { id: row.id.0, quote: shown(&desk, &row, &href(row.id), false).await? });
    }
    Ok(Html(QuotesPage { around: around(&desk, &guest), rows, next }))
}

fn href(id: QuoteId) -> String {
    format!("/portal/quotes/{id}")
}

#[derive(Template)]
#[template(path = "quotes/customer.html")]
struct QuotePage {
    around: Public,
    quote: Shown,
}

async fn page(desk: &Desk, guest: &Guest, id: QuoteId) -> Result<QuotePage> {
    let (row, mine) = actions::quote(desk, guest, id).await?;
    Ok(QuotePage { around: around(desk, guest), quote: shown(desk, &row, &href(id), mine).await? })
}

/// `GET /portal/quotes/{quote}`
pub(super) async fn show(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path(id): Path<QuoteId>,
) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &guest, id).await?))
}

/// `POST /portal/quotes/{quote}`
pub(super) async fn answer(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    client: Client,
    Path(id): Path<QuoteId>,
    sent: Fields,
) -> Result<Response> {
    let taken = match answered(&sent) {
        Ok(answered) => actions::answer_quote(&desk, &guest, id, answered, &client).await,
        Err(error) => Err(error.into()),
    };
    match taken {
        Ok(()) => Ok(see_other(&href(id))),
        Err(PortalError::Quotes(error)) if error.is_input() => {
            let page = page(&desk, &guest, id).await?;
            let page = QuotePage { quote: refused(page.quote, &sent, &error), ..page };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /portal/quotes/{quote}/paper`
pub(super) async fn paper(
    State(desk): State<Desk>,
    Customer(guest): Customer,
    Path(id): Path<QuoteId>,
) -> Result<Response> {
    let (row, _) = actions::quote(&desk, &guest, id).await?;
    let bytes = quotes::actions::paper(&desk, &row).await?;
    Ok(quotes::pages::paper(&desk, &row, bytes))
}
