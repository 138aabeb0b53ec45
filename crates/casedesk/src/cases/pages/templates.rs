//! The settings page of the templates.
use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::{prose, shell, words};
use crate::cases::actions::{self, NewTemplate};
use crate::cases::{CasesError, store};
use crate::desk::Desk;
use crate::staff::{Reader, Viewer, Worker};
use crate::web::routing::{get, post};
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

const FIELDS: &str = "Markdown. Fields: {{customer}}, {{first name}}, {{case}}, {{subject}}, {{agent}}.";

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/settings/templates", get(all).merge(post(save)))
        .route("/settings/templates/new", get(new))
        .route("/settings/templates/{id}", get(one).merge(post(change)))
        .route("/settings/templates/{id}/delete", post(delete))
}

struct Listed {
    id: i64,
    name: String,
    peek: String,
    acknowledges: bool,
}

#[derive(Template)]
#[template(path = "cases/templates.html")]
struct All {
    shell: Shell,
    templates: Vec<Listed>,
}

#[derive(Template)]
#[template(path = "cases/template_form.html")]
struct One {
    shell: Shell,
    id: Option<i64>,
    fault: String,
    name: String,
    body: String,
    acknowledges: bool,
    fields_words: &'static str,
}

fn settings(by: &Viewer) -> Shell {
    Shell { section: "templates", ..shell(by, "settings") }
}

async fn all(State(desk): State<Desk>, Reader(by): Reader) -> Result<Html<impl Template>> {
    let listed = |t: store::Template| Listed {
        id: t.id,
        peek: prose::peek(&t.body, 180),
        name: t.name,
        acknowledges: t.acknowledges,
    };
    let templates = store::templates(desk.db()).await?.into_iter().map(listed).collect();
    Ok(Html(All { shell: settings(&by), templates }))
}

async fn new(Worker(by): Worker) -> Html<impl Template> {
    Html(One {
        shell: settings(&by),
        id: None,
        fault: String::new(),
        name: String::new(),
        body: String::new(),
        acknowledges: false,
        fields_words: FIELDS,
    })
}

async fn one(State(desk): State<Desk>, Reader(by): Reader, Path(id): Path<i64>) -> Result<Html<impl Template>> {
    let found = store::template(desk.db(), id).await?.ok_or_else(|| Error::not_found("such template"))?;
    Ok(Html(One {
        shell: settings(&by),
        id: Some(id),
        fault: String::new(),
        name: found.name,
        body: found.body,
        acknowledges: found.acknowledges,
        fields_words: FIELDS,
    }))
}

#[derive(Deserialize)]
struct Typed {
    name: String,
    body: String,
    acknowledges: Option<String>,
}

impl Typed {
    fn wanted(&self) -> NewTemplate<'_> {
        NewTemplate { name: &self.name, body: &self.body, acknowledges: Some(self.acknowledges.is_some()) }
    }
}

/// `POST /settings/templates`
async fn save(State(desk): State<Desk>, Worker(by): Worker, Form(typed): Form<Typed>) -> Result<Response> {
    let saved = actions::save_template(&desk, typed.wanted()).await.map(|_| ());
    kept(&by, None, typed, saved)
}

/// `POST /settings/templates/{id}`: it may have another name from now on.
async fn change(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let changed = actions::change_template(&desk, id, typed.wanted()).await;
    kept(&by, Some(id), typed, changed)
}

/// On to the list, or the form again with what is wrong.
fn kept(by: &Viewer, id: Option<i64>, typed: Typed, outcome: Result<(), CasesError>) -> Result<Response> {
    let fault = match outcome {
        Ok(()) => return Ok(see_other("/settings/templates")),
        Err(error @ (CasesError::Database(_) | CasesError::Missing(_))) => return Err(error.into()),
        Err(error) => words::capital(&error.to_string()),
    };
    let page = One {
        shell: settings(by),
        id,
        fault,
        name: typed.name,
        body: typed.body,
        acknowledges: typed.acknowledges.is_some(),
        fields_words: FIELDS,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn delete(State(desk): State<Desk>, _: Worker, Path(id): Path<i64>) -> Result<Response> {
    actions::delete_template(&desk, id).await?;
    Ok(see_other("/settings/templates"))
}
