//! The form of a draft. It works without scripts: empty lines stand ready, and more come with each keeping.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::one::{Version, versions};
use super::{terms, unwritable};
use crate::desk::Desk;
use crate::kit::Day;
use crate::quotes::rules::money;
use crate::quotes::store::{self, QuoteRow};
use crate::quotes::{Line, QuoteId, QuotesError, Terms, actions};
use crate::staff::{Viewer, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// So many empty lines stand below those that are filled.
const EMPTY: usize = 2;

/// What stands in the fields.
#[derive(Clone, Default)]
pub(super) struct Typed {
    title: String,
    to: String,
    currency: String,
    valid_until: String,
    text: String,
    vat_note: String,
    lines: Vec<TypedLine>,
}

#[derive(Clone, Default)]
struct TypedLine {
    description: String,
    quantity: String,
    price: String,
    total: String,
}

#[derive(Template)]
#[template(path = "quotes/edit.html")]
pub(super) struct EditPage {
    shell: Shell,
    id: i64,
    key: String,
    case: String,
    case_href: String,
    typed: Typed,
    /// Address, and how it is shown.
    people: Vec<(String, String)>,
    codes: Vec<&'static str>,
    today: String,
    total: String,
    unwritable: String,
    versions: Vec<Version>,
    fault: String,
}

pub(super) async fn page(
    desk: &Desk,
    by: &Viewer,
    row: &QuoteRow,
    typed: Option<Typed>,
    fault: String,
) -> Result<EditPage> {
    let kept = store::lines(desk.db(), row.id).await?;
    let people = actions::recipients(desk, row.shown_on()).await?;
    let versions = versions(desk, row).await?;
    let mut typed = typed.unwrap_or_else(|| as_kept(&terms(row, kept.clone())));
    typed.lines.extend(std::iter::repeat_n(TypedLine::default(), EMPTY));
    Ok(EditPage {
        shell: by.shell("quotes", ""),
        id: row.id.0,
        key: actions::key(desk, row),
        case: format!("{}-{}", desk.config().desk.prefix, row.shown_on()),
        case_href: format!("/cases/{}", row.shown_on()),
        people: people
            .into_iter()
            .map(|person| match person.name.filter(|name| !name.is_empty()) {
                Some(name) => (person.address.clone(), format!("{name} <{}>", person.address)),
                None => (person.address.clone(), person.address),
            })
            .collect(),
        codes: money::codes(),
        today: actions::today(desk).to_string(),
        total: money::money(row.total_minor, &row.currency),
        unwritable: unwritable(row, &kept),
        versions: if versions.len() > 1 { versions } else { vec![] },
        typed,
        fault,
    })
}

fn as_kept(terms: &Terms) -> Typed {
    let line = |line: &Line| TypedLine {
        description: line.description.clone(),
        quantity: money::quantity(line.quantity_milli),
        price: money::plain(line.unit_price_minor, &terms.currency),
        total: money::line_total(line.quantity_milli, line.unit_price_minor)
            .map_or_else(|_| String::new(), |total| money::money(total, &terms.currency)),
    };
    Typed {
        title: terms.title.clone(),
        to: terms.to.clone(),
        currency: terms.currency.clone(),
        valid_until: terms.valid_until.to_string(),
        text: terms.text.clone(),
        vat_note: terms.vat_note.clone(),
        lines: terms.lines.iter().map(line).collect(),
    }
}

fn typed(sent: &Fields) -> Typed {
    let (quantities, prices) = (sent.all("quantity").collect::<Vec<_>>(), sent.all("price").collect::<Vec<_>>());
    let at = |all: &[&str], at: usize| all.get(at).map_or_else(String::new, |text| text.trim().to_owned());
    let line = |(index, description): (usize, &str)| TypedLine {
        description: description.trim().to_owned(),
        quantity: at(&quantities, index),
        price: at(&prices, index),
        total: String::new(),
    };
    let filled = |line: &TypedLine| !(line.description.is_empty() && line.price.is_empty());
    Typed {
        title: sent.one("title").into(),
        to: sent.one("to").into(),
        currency: sent.one("currency").into(),
        valid_until: sent.one("valid_until").into(),
        text: sent.one("text").into(),
        vat_note: sent.one("vat_note").into(),
        lines: sent.all("description").enumerate().map(line).filter(filled).collect(),
    }
}

/// Reads what was typed. A line without a quantity is one of it.
fn read(typed: &Typed) -> Result<Terms, QuotesError> {
    let currency = money::currency(&typed.currency);
    let currency = currency.ok_or_else(|| QuotesError::NoCurrency(typed.currency.chars().take(40).collect()))?;
    let line = |line: &TypedLine| {
        let quantity = if line.quantity.is_empty() { "1" } else { &line.quantity };
        Ok(Line {
            description: line.description.clone(),
            quantity_milli: money::parse_quantity(quantity)?,
            unit_price_minor: money::parse(&line.price, currency)?,
        })
    };
    Ok(Terms {
        title: typed.title.clone(),
        to: typed.to.clone(),
        currency: currency.code.to_owned(),
        valid_until: Day::parse(&typed.valid_until)
            .ok_or_else(|| QuotesError::BadDay(typed.valid_until.chars().take(40).collect()))?,
        lines: typed.lines.iter().map(line).collect::<Result<_, QuotesError>>()?,
        text: typed.text.clone(),
        vat_note: typed.vat_note.clone(),
    })
}

/// `POST /quotes/{id}`: keeps the draft, and with `do=submit` asks sales to approve it.
pub(super) async fn keep(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<QuoteId>,
    sent: Fields,
) -> Result<Response> {
    let typed = typed(&sent);
    match kept(&desk, &by, id, &typed, sent.one("do") == "submit").await {
        Ok(()) => Ok(see_other(&format!("/quotes/{id}"))),
        Err(error) if error.is_input() => {
            let row = actions::visible(&desk, &by, id).await?;
            let page = page(&desk, &by, &row, Some(typed), error.words()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn kept(desk: &Desk, by: &Viewer, id: QuoteId, typed: &Typed, submit: bool) -> Result<(), QuotesError> {
    actions::edit(desk, by, id, read(typed)?).await?;
    if submit { actions::submit(desk, by, id).await } else { Ok(()) }
}
