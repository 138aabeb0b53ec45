//! `/cases/{id}/details-forms`: what was asked on a case, and how far each form is filled in.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use casedesk_details::Field;

use crate::cases::CaseId;
use crate::customers::rules::{asked_words, label};
use crate::customers::{self, FieldValue};
use crate::desk::Desk;
use crate::details::rules::known;
use crate::details::store::{self, Answer, Request, Upload};
use crate::details::{RequestId, UploadState, actions};
use crate::kit::prose;
use crate::staff::{Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

struct Line {
    name: String,
    label: &'static str,
    value: String,
    /// What the file has, where that is something else.
    in_file: String,
    tone: &'static str,
    state: &'static str,
    at: String,
    waits: bool,
}

struct File {
    name: String,
    words: String,
}

struct Form {
    id: RequestId,
    to: String,
    asked: String,
    at: String,
    until: String,
    good: bool,
    revoked: bool,
    sent_at: String,
    lines: Vec<Line>,
    files: Vec<File>,
}

impl Form {
    fn waits(&self) -> bool {
        self.lines.iter().any(|line| line.waits)
    }
}

#[derive(Template)]
#[template(path = "details/requests.html")]
struct RequestsPage {
    shell: Shell,
    number: i64,
    key: String,
    forms: Vec<Form>,
    chosen: bool,
}

/// `GET /cases/{id}/details-forms`
pub(super) async fn list(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Html<impl Template>> {
    let requests = actions::of_case(&desk, &by, id).await?;
    let chosen = requests.iter().find_map(|request| request.installation_id);
    let values = match chosen {
        Some(place) => customers::store::current_values(desk.db(), place).await?,
        None => vec![],
    };
    let mut forms = Vec::with_capacity(requests.len());
    for request in requests {
        let answers = store::answers(desk.db(), request.id).await?;
        let files = store::uploads(desk.db(), request.id).await?;
        forms.push(form(&desk, request, &answers, &files, &values));
    }
    let key = format!("{}-{id}", desk.config().desk.prefix);
    Ok(Html(RequestsPage { shell: by.shell("", ""), number: id.0, key, forms, chosen: chosen.is_some() }))
}

fn form(desk: &Desk, request: Request, answers: &[Answer], files: &[Upload], values: &[FieldValue]) -> Form {
    let asked: Vec<String> = request.asked().map(str::to_owned).collect();
    Form {
        id: request.id,
        to: format!("{} <{}>", request.contact_name, request.address),
        asked: asked_words(&asked),
        at: request.created_at.rfc3339(),
        until: request.expires_at.rfc3339(),
        good: request.revoked_at.is_none() && request.expires_at > desk.now(),
        revoked: request.revoked_at.is_some(),
        sent_at: request.sent_at.map(|at| at.rfc3339()).unwrap_or_default(),
        lines: answers.iter().filter_map(|answer| line(answer, values)).collect(),
        files: files.iter().map(file).collect(),
    }
}

fn line(answer: &Answer, values: &[FieldValue]) -> Option<Line> {
    let field = Field::from_name(&answer.field)?;
    let (tone, state) = match (answer.version > answer.sent, answer.waits()) {
        (true, _) => ("line", "typed, not sent"),
        (false, true) => ("warn", "waits for you"),
        (false, false) => ("ok", "in the file"),
    };
    let in_file = known(values, field).map(|known| known.value.clone()).unwrap_or_default();
    Some(Line {
        name: answer.field.clone(),
        label: label(field),
        value: answer.value.clone(),
        in_file: Some(in_file).filter(|known| *known != answer.value).unwrap_or_default(),
        tone,
        state,
        at: answer.changed_at.rfc3339(),
        waits: answer.waits() && answer.version == answer.sent,
    })
}

fn file(upload: &Upload) -> File {
    let size = prose::bytes(upload.size);
    let words = match upload.state {
        UploadState::Kept => format!("{size}, on the case"),
        UploadState::Whole => format!("{size}, being put together"),
        UploadState::Coming => format!("{} % of {size}", upload.received * 100 / upload.size.max(1)),
    };
    File { name: upload.name.clone(), words }
}

/// `POST /cases/{id}/details-forms/{form}/revocation`
pub(super) async fn revoke(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, form)): Path<(CaseId, RequestId)>,
) -> Result<Response> {
    actions::revoke(&desk, &by, id, form).await?;
    Ok(see_other(&format!("/cases/{id}/details-forms")))
}

/// `POST /cases/{id}/details-forms/{form}/keeping`: what was ticked goes into the file.
pub(super) async fn keep(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, form)): Path<(CaseId, RequestId)>,
    sent: Fields,
) -> Result<Response> {
    let fields: Vec<String> = sent.all("field").map(str::to_owned).collect();
    actions::keep(&desk, &by, id, form, &fields).await?;
    Ok(see_other(&format!("/cases/{id}/details-forms")))
}
