//! The installation of a case, the verdicts on it, and details that a mail speaks of.
use axum::extract::State;
use axum::http::StatusCode;
use casedesk_details::{Confidence, Proposal as Read};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::case::visible;
use super::wire::Changes;
use crate::cases::actions::{self, Chosen};
use crate::cases::{AttachmentId, CaseId, EntryId, LogReading, store};
use crate::customers::api::{NewValue, given};
use crate::customers::{InstallationId, InstallationTerms, Verdict};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
use crate::web::api::{Json, Path, Query};
use crate::web::{Error, Result};

/// List the verdicts on a case.
///
/// What the desk found: contract, life cycle, upgrade, roadmap, completeness; each with its reason and what to do. The
/// reading is in the audit log, since versions stand in it.
#[utoipa::path(get, path = "/cases/{id}/verdicts", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<Verdict>)))]
pub(super) async fn list_verdicts(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<Verdict>>> {
    let case = visible(&desk, &by, id).await?;
    actions::note_details_read(&desk, &by, &case).await?;
    Ok(Json(store::verdicts(desk.db(), case.id).await?))
}

/// A log file of a customer's message, as it was read.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseLog {
    attachment_id: AttachmentId,
    name: String,
    /// In bytes.
    size: i64,
    #[serde(flatten)]
    reading: LogReading,
}

/// List the log files of a case.
///
/// Each with the form of its time stamps, their zone, the first and the last. A log that has just come is listed once
/// it was read. The newest 20 are listed.
#[utoipa::path(get, path = "/cases/{id}/logs", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Vec<CaseLog>)))]
pub(super) async fn list_logs(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<CaseLog>>> {
    let case = visible(&desk, &by, id).await?;
    let logs = store::read_logs_of_case(desk.db(), case.id).await?;
    let told =
        |log: store::ReadLog| CaseLog { attachment_id: log.id, name: log.name, size: log.size, reading: log.reading };
    Ok(Json(logs.into_iter().map(told).collect()))
}

/// A text that asks for details, ready to be sent as a reply.
#[derive(Serialize, ToSchema)]
pub(super) struct DetailsQuestionText {
    /// Markdown. Where it says `{{private link}}`, the mail has a link to the form.
    text: String,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AskedOnly {
    /// Ask for a log with time stamps, and for nothing else.
    #[serde(default)]
    only_log: bool,
}

/// Get the text that asks for what is missing on a case.
///
/// It has the questions for what is missing and no others. Sent as a reply, it opens a form behind a private link, and
/// the case remembers what was asked. 422 when nothing is missing. The reading is in the audit log, since the text says
/// what is known.
#[utoipa::path(get, path = "/cases/{id}/details-question", tag = "cases", params(("id" = CaseId, Path), AskedOnly),
    responses((status = 200, body = DetailsQuestionText)))]
pub(super) async fn get_details_question(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
    Query(asked): Query<AskedOnly>,
) -> Result<Json<DetailsQuestionText>> {
    let case = visible(&desk, &by, id).await?;
    actions::note_details_read(&desk, &by, &case).await?;
    Ok(Json(DetailsQuestionText { text: actions::details_question(&desk, &by, &case, asked.only_log).await? }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInstallation {
    /// One of the case's organisation. Null: none.
    installation_id: Option<InstallationId>,
}

/// Choose the installation of a case.
#[utoipa::path(put, path = "/cases/{id}/installation", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Changes)))]
pub(super) async fn choose_installation(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    Json(new): Json<NewInstallation>,
) -> Result<Json<Changes>> {
    let changed = actions::choose_installation(&desk, &by, id, new.installation_id).await?;
    Ok(Json(Changes { changed }))
}

/// A detail that a mail may speak of.
#[derive(Serialize, ToSchema)]
pub(super) struct Proposal {
    field: &'static str,
    value: String,
    /// False: the customer says that it is not there.
    present: bool,
    as_written: String,
    /// The sentence that it was read from.
    sentence: String,
    /// `sure`, `likely` or `unsure`.
    confidence: &'static str,
    why: &'static str,
    /// Of which installation, where the mail tells of several.
    installation: Option<String>,
}

fn told(read: Read) -> Proposal {
    Proposal {
        field: read.field.name(),
        value: read.value,
        present: read.present,
        as_written: read.as_written,
        sentence: read.source.text,
        confidence: match read.confidence {
            Confidence::Sure => "sure",
            Confidence::Likely => "likely",
            Confidence::Unsure => "unsure",
        },
        why: read.why,
        installation: read.installation,
    }
}

/// Read details from a customer's message.
///
/// Nothing is decided: each proposal stands with the sentence that it was read from. The reading is in the audit log.
#[utoipa::path(get, path = "/cases/{id}/entries/{entry}/details", tag = "cases",
    params(("id" = CaseId, Path), ("entry" = EntryId, Path)), responses((status = 200, body = Vec<Proposal>)))]
pub(super) async fn read_details(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path((id, entry)): Path<(CaseId, EntryId)>,
) -> Result<Json<Vec<Proposal>>> {
    let case = visible(&desk, &by, id).await?;
    let message = actions::customers_entry(&desk, id, entry).await?;
    let proposals = actions::proposals(&desk, &case, &message).await?;
    actions::note_details_read(&desk, &by, &case).await?;
    Ok(Json(proposals.into_iter().map(told).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Accepted {
    /// One of the case's organisation; or else `new_installation`.
    installation_id: Option<InstallationId>,
    new_installation: Option<InstallationTerms>,
    values: Vec<NewValue>,
}

/// Accept details from a customer's message.
///
/// They are kept with the message as their source, and the case points at the installation.
#[utoipa::path(post, path = "/cases/{id}/entries/{entry}/details", tag = "cases",
    params(("id" = CaseId, Path), ("entry" = EntryId, Path)), responses((status = 204)))]
pub(super) async fn accept_details(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, entry)): Path<(CaseId, EntryId)>,
    Json(accepted): Json<Accepted>,
) -> Result<StatusCode> {
    let chosen = match (accepted.installation_id, accepted.new_installation) {
        (Some(known), None) => Chosen::Known(known),
        (None, Some(terms)) => Chosen::New(terms),
        _ => return Err(Error::unprocessable("Name either “installation_id” or “new_installation”.")),
    };
    actions::accept_details(&desk, &by, id, entry, &chosen, &given(&accepted.values)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
