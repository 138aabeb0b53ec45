//! `/settings/details`: the words in which customers are asked for details.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::customers::actions::{self as customers, questionnaire};
use crate::customers::rules::{MAIL, label};
use crate::customers::{CustomersError, store};
use crate::desk::Desk;
use crate::staff::{Admin, Reader, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

struct Asked {
    key: &'static str,
    words: String,
    /// What it asks for.
    of: String,
}

#[derive(Template)]
#[template(path = "details/settings.html")]
struct SettingsPage {
    shell: Shell,
    admin: bool,
    mail: String,
    questions: Vec<Asked>,
    own: bool,
    fault: String,
}

async fn page(desk: &Desk, by: &Viewer, typed: Option<(&Fields, String)>) -> Result<SettingsPage> {
    let shipped = questionnaire(desk.db()).await?;
    let own = !store::own_words(desk.db()).await?.is_empty();
    let (typed, fault) = typed.map_or((None, String::new()), |(typed, fault)| (Some(typed), fault));
    let words = |key: &str, now: String| typed.map_or(now, |typed| typed.one(key).to_owned());
    let questions = shipped.questions.into_iter().map(|question| Asked {
        key: question.key,
        words: words(question.key, question.words),
        of: match question.fields {
            [] => "Log files".to_owned(),
            fields => fields.iter().map(|field| label(*field)).collect::<Vec<_>>().join(", "),
        },
    });
    Ok(SettingsPage {
        shell: by.shell("settings", "details"),
        admin: by.role.is_admin(),
        questions: questions.collect(),
        mail: words(MAIL, shipped.mail),
        own,
        fault,
    })
}

/// `GET /settings/details`
pub(super) async fn show(State(desk): State<Desk>, Reader(by): Reader) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &by, None).await?))
}

/// `POST /settings/details`
pub(super) async fn save(State(desk): State<Desk>, Admin(by): Admin, sent: Fields) -> Result<Response> {
    let known = questionnaire(desk.db()).await?;
    let names = std::iter::once(MAIL).chain(known.questions.iter().map(|question| question.key));
    let words: Vec<(String, String)> = names.map(|name| (name.to_owned(), sent.one(name).to_owned())).collect();
    match customers::set_words(&desk, &by, &words).await {
        Ok(()) => Ok(see_other("/settings/details")),
        Err(CustomersError::Database(error)) => Err(error.into()),
        Err(error) => {
            let page = page(&desk, &by, Some((&sent, error.to_string()))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// `POST /settings/details/shipped`
pub(super) async fn forget(State(desk): State<Desk>, Admin(by): Admin) -> Result<Response> {
    customers::forget_words(&desk, &by).await?;
    Ok(see_other("/settings/details"))
}
