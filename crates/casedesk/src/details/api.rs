//! The forms of details over the API, and the words in which customers are asked.
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::store::{self, Answer, Request, Upload};
use super::{RequestId, UploadState, actions};
use crate::cases::CaseId;
use crate::customers::actions::{self as customers, questionnaire};
use crate::customers::rules::Questionnaire;
use crate::customers::{ContactId, InstallationId};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Admin, Reader, Worker};
use crate::web::Result;
use crate::web::api::{Json, Path};
use crate::web::routing::routes;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(list_details_forms))
        .routes(routes!(revoke_details_form))
        .routes(routes!(keep_details_answers))
        .routes(routes!(get_details_words, set_details_words, forget_details_words))
}

/// A form that a mail asked to fill in. Its link is known to those who got the mail alone.
#[derive(Serialize, ToSchema)]
struct DetailsForm {
    id: RequestId,
    /// The mail.
    entry_id: i64,
    contact_id: ContactId,
    address: String,
    /// The installation that the answers go to. Null: an agent has to choose it first.
    installation_id: Option<InstallationId>,
    /// Names of details, and `log`.
    asked: Vec<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    /// When the customer last sent it.
    sent_at: Option<Timestamp>,
    answers: Vec<DetailsAnswer>,
    files: Vec<DetailsFile>,
}

/// What stands in a field of the form.
#[derive(Serialize, ToSchema)]
struct DetailsAnswer {
    field: String,
    value: String,
    changed_at: Timestamp,
    /// It was sent as it stands.
    sent: bool,
    /// It was sent, and an agent has not let it into the file yet.
    waits: bool,
}

/// A file that comes by the form.
#[derive(Serialize, ToSchema)]
struct DetailsFile {
    name: String,
    /// In bytes.
    size: i64,
    /// How much of it is here, in bytes.
    received: i64,
    state: UploadState,
}

fn told(request: Request, answers: Vec<Answer>, files: Vec<Upload>) -> DetailsForm {
    let answer = |one: Answer| DetailsAnswer {
        sent: one.version == one.sent,
        waits: one.waits(),
        field: one.field,
        value: one.value,
        changed_at: one.changed_at,
    };
    let file = |one: Upload| DetailsFile { name: one.name, size: one.size, received: one.received, state: one.state };
    DetailsForm {
        id: request.id,
        entry_id: request.entry_id.0,
        contact_id: request.contact_id,
        asked: request.asked().map(str::to_owned).collect(),
        address: request.address,
        installation_id: request.installation_id,
        created_at: request.created_at,
        expires_at: request.expires_at,
        revoked_at: request.revoked_at,
        sent_at: request.sent_at,
        answers: answers.into_iter().map(answer).collect(),
        files: files.into_iter().map(file).collect(),
    }
}

/// List the forms of details of a case.
///
/// The newest first, with what stands in them, also what is not sent yet. The reading is in the audit log.
#[utoipa::path(get, path = "/cases/{id}/details-forms", tag = "details", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<DetailsForm>)))]
async fn list_details_forms(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<DetailsForm>>> {
    let mut forms = Vec::new();
    for request in actions::read_of_case(&desk, &by, id).await? {
        let answers = store::answers(desk.db(), request.id).await?;
        let files = store::uploads(desk.db(), request.id).await?;
        forms.push(told(request, answers, files));
    }
    Ok(Json(forms))
}

/// Withdraw the link of a form of details.
#[utoipa::path(delete, path = "/cases/{id}/details-forms/{form}", tag = "details",
    params(("id" = CaseId, Path), ("form" = RequestId, Path)), responses((status = 204)))]
async fn revoke_details_form(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, form)): Path<(CaseId, RequestId)>,
) -> Result<StatusCode> {
    actions::revoke(&desk, &by, id, form).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which answers go into the file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeptAnswers {
    fields: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct AnswersKept {
    /// How many values were not so already.
    kept: usize,
}

/// Let answers of a form into the file that wait for that.
///
/// They wait when the file's value is newer than what was typed, or when the case had no installation.
#[utoipa::path(post, path = "/cases/{id}/details-forms/{form}/keeping", tag = "details",
    params(("id" = CaseId, Path), ("form" = RequestId, Path)), responses((status = 200, body = AnswersKept)))]
async fn keep_details_answers(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, form)): Path<(CaseId, RequestId)>,
    Json(wanted): Json<KeptAnswers>,
) -> Result<Json<AnswersKept>> {
    Ok(Json(AnswersKept { kept: actions::keep(&desk, &by, id, form, &wanted.fields).await? }))
}

/// The words in which customers are asked for details.
#[derive(Serialize, ToSchema)]
struct DetailsWords {
    /// The text around the questions. Fields: `{{questions}}`, `{{private link}}`, `{{customer}}`, `{{first name}}`,
    /// `{{case}}`, `{{subject}}`, `{{agent}}`, `{{largest file}}`.
    mail: String,
    questions: Vec<DetailsQuestion>,
}

#[derive(Serialize, ToSchema)]
struct DetailsQuestion {
    key: String,
    words: String,
    /// Names of the details that it asks for. Empty: log files.
    fields: Vec<String>,
}

fn words(now: Questionnaire) -> DetailsWords {
    let question = |one: crate::customers::rules::Question| DetailsQuestion {
        key: one.key.into(),
        words: one.words,
        fields: one.fields.iter().map(|field| field.name().to_owned()).collect(),
    };
    DetailsWords { mail: now.mail, questions: now.questions.into_iter().map(question).collect() }
}

/// Get the words in which customers are asked for details.
#[utoipa::path(get, path = "/details-words", tag = "details", responses((status = 200, body = DetailsWords)))]
async fn get_details_words(State(desk): State<Desk>, _: Reader) -> Result<Json<DetailsWords>> {
    Ok(Json(words(questionnaire(desk.db()).await?)))
}

/// Words of a desk's own, by their name: `mail`, or the key of a question.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDetailsWords {
    words: std::collections::BTreeMap<String, String>,
}

/// Change the words in which customers are asked for details.
///
/// Those that are not named stay as they are.
#[utoipa::path(put, path = "/details-words", tag = "details", responses((status = 200, body = DetailsWords)))]
async fn set_details_words(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Json(new): Json<NewDetailsWords>,
) -> Result<Json<DetailsWords>> {
    let new: Vec<(String, String)> = new.words.into_iter().collect();
    customers::set_words(&desk, &by, &new).await?;
    Ok(Json(words(questionnaire(desk.db()).await?)))
}

/// Go back to the words that ship.
#[utoipa::path(delete, path = "/details-words", tag = "details", responses((status = 204)))]
async fn forget_details_words(State(desk): State<Desk>, Admin(by): Admin) -> Result<StatusCode> {
    customers::forget_words(&desk, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
