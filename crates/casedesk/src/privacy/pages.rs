//! The pages of administrators: what is kept of somebody and what would go, what was asked for, and the archives.
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::actions::{self, Survey};
use super::rules::Item;
use super::store::{self, Request};
use super::{PrivacyError, RequestId, RequestKind, RequestState, Subject};
use crate::customers::{ContactId, OrganisationId};
use crate::desk::Desk;
use crate::kit::prose;
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::routing::{get, post};
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result, disposition};

const ROWS: usize = 50;

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/settings/privacy", get(list))
        .route("/contacts/{id}/privacy", get(contact))
        .route("/contacts/{id}/exports", post(export_contact))
        .route("/contacts/{id}/erasures", post(erase_contact))
        .route("/organisations/{id}/privacy", get(organisation))
        .route("/organisations/{id}/exports", post(export_organisation))
        .route("/organisations/{id}/erasures", post(erase_organisation))
        .route("/privacy-requests/{id}/archive", get(download))
        .route("/privacy-requests/{id}/archive/delete", post(discard))
}

/// A request as the pages show it.
struct Row {
    request: Request,
    tone: &'static str,
    words: &'static str,
    size: String,
}

impl Row {
    fn who(&self) -> String {
        let nobody = || format!("{} {}, erased", self.request.subject_kind, self.request.subject_id);
        self.request.subject_name.clone().unwrap_or_else(nobody)
    }

    /// Where it leads, while its subject is there.
    fn href(&self) -> Option<String> {
        self.request.subject_name.as_ref().map(|_| format!("{}/privacy", self.request.subject().path()))
    }

    fn is_export(&self) -> bool {
        self.request.kind == RequestKind::Export
    }
}

fn row(request: Request) -> Row {
    let (tone, words) = match request.state {
        RequestState::Running => ("acc", "under way"),
        RequestState::Ready => ("ok", "ready"),
        RequestState::Done => ("ok", "done"),
        RequestState::Failed => ("bad", "failed"),
        RequestState::Removed => ("line", "removed"),
    };
    Row { tone, words, size: prose::bytes(request.size), request }
}

#[derive(Template)]
#[template(path = "privacy/all.html")]
struct AllPage {
    shell: Shell,
    rows: Vec<Row>,
    export_days: u32,
    more: Option<i64>,
}

#[derive(Deserialize)]
struct Asked {
    before: Option<RequestId>,
}

/// `GET /settings/privacy?before=`
async fn list(State(desk): State<Desk>, Admin(by): Admin, Query(asked): Query<Asked>) -> Result<Html<impl Template>> {
    let one_more = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut rows = store::requests(desk.db(), None, asked.before, one_more).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    Ok(Html(AllPage {
        shell: by.shell("settings", "privacy"),
        more: rows.last().filter(|_| more).map(|last| last.id.0),
        rows: rows.into_iter().map(row).collect(),
        export_days: desk.config().privacy.export_days,
    }))
}

#[derive(Template)]
#[template(path = "privacy/subject.html")]
struct SubjectPage {
    shell: Shell,
    organisation: bool,
    path: String,
    survey: Survey,
    goes: Vec<Item>,
    stays: Vec<Item>,
    rows: Vec<Row>,
    busy: bool,
    export_days: u32,
}

async fn page(desk: &Desk, by: &Viewer, subject: Subject) -> Result<Html<SubjectPage>> {
    let survey = actions::survey(desk, subject).await?;
    let requests = store::requests(desk.db(), Some(subject), None, 20).await?;
    let organisation = matches!(subject, Subject::Organisation(_));
    Ok(Html(SubjectPage {
        shell: by.shell("organisations", ""),
        organisation,
        path: subject.path(),
        goes: survey.goes(),
        stays: survey.stays(),
        busy: requests.iter().any(|one| one.state == RequestState::Running),
        rows: requests.into_iter().map(row).collect(),
        survey,
        export_days: desk.config().privacy.export_days,
    }))
}

/// `GET /contacts/{id}/privacy`
async fn contact(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<ContactId>) -> Result<Html<SubjectPage>> {
    page(&desk, &by, Subject::Contact(id)).await
}

/// `GET /organisations/{id}/privacy`
async fn organisation(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
) -> Result<Html<SubjectPage>> {
    page(&desk, &by, Subject::Organisation(id)).await
}

async fn export(desk: &Desk, by: &Viewer, subject: Subject, sent: &Fields) -> Result<Response> {
    actions::ask_export(desk, by, subject, sent.filled("notes").is_some()).await?;
    Ok(see_other(&format!("{}/privacy", subject.path())))
}

/// `POST /contacts/{id}/exports`
async fn export_contact(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    export(&desk, &by, Subject::Contact(id), &sent).await
}

/// `POST /organisations/{id}/exports`
async fn export_organisation(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    export(&desk, &by, Subject::Organisation(id), &sent).await
}

async fn erase(desk: &Desk, by: &Viewer, subject: Subject, sent: &Fields) -> Result<Response> {
    actions::ask_erasure(desk, by, subject, sent.one("name")).await?;
    Ok(see_other("/settings/privacy"))
}

/// `POST /contacts/{id}/erasures`
async fn erase_contact(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ContactId>,
    sent: Fields,
) -> Result<Response> {
    erase(&desk, &by, Subject::Contact(id), &sent).await
}

/// `POST /organisations/{id}/erasures`
async fn erase_organisation(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    erase(&desk, &by, Subject::Organisation(id), &sent).await
}

/// `GET /privacy-requests/{id}/archive`
async fn download(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<RequestId>) -> Result<Response> {
    archive(&desk, &by, id).await
}

/// The archive as an answer, piece by piece.
pub(super) async fn archive(desk: &Desk, by: &Viewer, id: RequestId) -> Result<Response> {
    let (name, size, pieces) = actions::download(desk, by, id).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_LENGTH, HeaderValue::from(size)),
        (header::CONTENT_DISPOSITION, disposition::header(false, &name)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// `POST /privacy-requests/{id}/archive/delete`
async fn discard(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<RequestId>) -> Result<Response> {
    let request = store::request(desk.db(), id).await?.ok_or(PrivacyError::NoRequest)?;
    actions::discard(&desk, &by, id).await?;
    let here = request.subject_name.is_some();
    Ok(see_other(&if here { format!("{}/privacy", request.subject().path()) } else { "/settings/privacy".into() }))
}
