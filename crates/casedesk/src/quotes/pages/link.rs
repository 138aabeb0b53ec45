//! `/quote/{token}`: whoever was sent the quote reads, accepts or declines it. Works without JavaScript.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};

use super::shown::{Shown, shown};
use crate::desk::Desk;
use crate::quotes::actions::{self, Answered};
use crate::quotes::{QuoteAnswer, QuotesError};
use crate::web::client::Client;
use crate::web::fields::Fields;
use crate::web::shell::Public;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

/// A page whose address is its key: told to nobody.
const NO_REFERRER: (HeaderName, HeaderValue) = (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));

#[derive(Template)]
#[template(path = "quotes/customer.html")]
struct LinkPage {
    around: Public,
    quote: Shown,
}

async fn page(desk: &Desk, token: &str) -> Result<LinkPage> {
    let row = actions::of_link(desk, token).await?;
    let quote = shown(desk, &row, &format!("/quote/{token}"), true).await?;
    Ok(LinkPage { around: Public::new(desk, ""), quote })
}

/// `GET /quote/{token}`: changes nothing, since programs that read mail follow every link.
pub(super) async fn show(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Response> {
    Ok((AppendHeaders([NO_REFERRER]), Html(page(&desk, &token).await?)).into_response())
}

/// What was sent from the page of a quote. A yes wants its tick, so that none is given by the wrong key.
pub fn answered(sent: &Fields) -> Result<Answered, QuotesError> {
    let answer = if sent.one("do") == "accept" { QuoteAnswer::Accepted } else { QuoteAnswer::Declined };
    if answer == QuoteAnswer::Accepted && sent.one("agreed").is_empty() {
        return Err(QuotesError::NotTicked);
    }
    Ok(Answered { answer, name: sent.one("name").to_owned(), reason: sent.one("reason").to_owned() })
}

/// The page again with what was typed, and why it was refused.
pub fn refused(quote: Shown, sent: &Fields, error: &QuotesError) -> Shown {
    Shown {
        name: sent.one("name").to_owned(),
        reason: sent.one("reason").to_owned(),
        fault: error.words(),
        declining: sent.one("do") != "accept",
        ..quote
    }
}

/// `POST /quote/{token}`
pub(super) async fn answer(
    State(desk): State<Desk>,
    Path(token): Path<String>,
    client: Client,
    sent: Fields,
) -> Result<Response> {
    let taken = match answered(&sent) {
        Ok(answered) => actions::answer_by_link(&desk, &token, answered, &client).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(()) => Ok((AppendHeaders([NO_REFERRER]), see_other(&format!("/quote/{token}"))).into_response()),
        Err(error) if error.is_input() => {
            let page = page(&desk, &token).await?;
            let page = LinkPage { quote: refused(page.quote, &sent, &error), ..page };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, AppendHeaders([NO_REFERRER]), Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /quote/{token}/paper`
pub(super) async fn paper(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Response> {
    let row = actions::of_link(&desk, &token).await?;
    let bytes = actions::paper(&desk, &row).await?;
    Ok((AppendHeaders([NO_REFERRER]), super::paper(&desk, &row, bytes)).into_response())
}
