//! `/confirm/{token}`: the contact reads what was written down, and confirms or corrects it. Works without JavaScript.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::desk::Desk;
use crate::phone::actions::{self, Answer, Asked};
use crate::phone::{CallState, PhoneError, Question};
use crate::web::client::Client;
use crate::web::fields::Fields;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "phone/confirm.html")]
struct ConfirmPage {
    desk: String,
    case: String,
    at: String,
    summary: String,
    /// What stands in the field: the summary to correct, or what was refused.
    text: String,
    asks_summary: bool,
    /// Nothing more is asked; the words that say so.
    over: &'static str,
    fault: String,
}

fn page(desk: &Desk, asked: Asked) -> ConfirmPage {
    let asks_summary = asked.confirmation.kind == Question::Summary;
    let over = match (asked.is_over(), asked.confirmation.answer.unwrap_or(asked.call.state)) {
        (false, _) => "",
        (true, CallState::Confirmed) => "You have confirmed the summary.",
        (true, CallState::Corrected) => "Your correction has come in. It stands beside our summary.",
        (true, CallState::Written) => "Your words have come in.",
        (true, _) => "Nothing more is asked about this call.",
    };
    let case = asked.call.root_id.or(asked.call.case_id);
    ConfirmPage {
        desk: desk.config().desk.name.clone(),
        case: case.map_or_else(String::new, |id| format!("{}-{id}", desk.config().desk.prefix)),
        at: asked.call.started_at.rfc3339(),
        text: if asks_summary { asked.call.summary.clone() } else { String::new() },
        summary: asked.call.summary,
        asks_summary,
        over,
        fault: String::new(),
    }
}

/// A page whose address is its key: kept by nobody, told to nobody.
fn private(status: StatusCode, page: ConfirmPage) -> Response {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, Html(page)).into_response()
}

/// `GET /confirm/{token}`: changes nothing, since programs that read mail follow every link.
pub(super) async fn show(State(desk): State<Desk>, client: Client, Path(token): Path<String>) -> Result<Response> {
    let asked = actions::asked(&desk, &token, &client).await?;
    Ok(private(StatusCode::OK, page(&desk, asked)))
}

/// `POST /confirm/{token}`
pub(super) async fn answer(
    State(desk): State<Desk>,
    client: Client,
    Path(token): Path<String>,
    sent: Fields,
) -> Result<Response> {
    let answer = match sent.one("do") {
        "confirm" => Answer::Confirm,
        _ => Answer::Write(sent.one("text").to_owned()),
    };
    match actions::answer(&desk, &token, answer, &client).await {
        Ok(()) => Ok(see_other(&format!("/confirm/{token}"))),
        Err(error @ (PhoneError::Empty | PhoneError::TooLong { .. })) => {
            let shown = page(&desk, actions::asked(&desk, &token, &client).await?);
            let page = ConfirmPage { fault: error.words(), text: sent.one("text").to_owned(), ..shown };
            Ok(private(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(error) => Err(error.into()),
    }
}
