//! Drafts and their files.
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::case::visible;
use super::wire::{File, Made};
use super::write::{NamedAddress, people};
use crate::cases::store::{self, Draft};
use crate::cases::{AttachmentId, CaseId, EntryId, actions};
use crate::customers::Person;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::{Reader, Worker};
use crate::web::api::{Json, Path};
use crate::web::routing::routes;
use crate::web::{Error, Result};

/// What a multipart body has around its file, in bytes.
const ENVELOPE: usize = 65_536;

pub(super) fn routes(most_upload: usize) -> OpenApiRouter<Desk> {
    let upload = OpenApiRouter::new().routes(routes!(add_file));
    OpenApiRouter::new()
        .routes(routes!(get_drafts))
        .routes(routes!(put_draft))
        .routes(routes!(remove_file))
        .merge(upload.layer(DefaultBodyLimit::max(most_upload.saturating_add(ENVELOPE))))
}

#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DraftKind {
    Reply,
    Note,
}

impl DraftKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }
}

/// What you are writing on a case.
#[derive(Serialize, ToSchema)]
pub(super) struct Drafts {
    drafts: Vec<DraftInFull>,
    files: Vec<File>,
}

#[derive(Serialize, ToSchema)]
struct DraftInFull {
    /// `reply` or `note`.
    kind: String,
    body: String,
    /// `null`: as the desk proposes.
    to: Option<Vec<Person>>,
    cc: Option<Vec<Person>>,
    bcc: Option<Vec<Person>>,
    /// The newest entry when writing began.
    based_on: EntryId,
    updated_at: Timestamp,
    /// Changes with every change; give it as `replaces`.
    version: i64,
}

impl From<Draft> for DraftInFull {
    fn from(row: Draft) -> Self {
        let read = |json: Option<String>| json.and_then(|json| serde_json::from_str(&json).ok());
        Self {
            kind: row.kind,
            body: row.body,
            to: read(row.recipients_to),
            cc: read(row.recipients_cc),
            bcc: read(row.recipients_bcc),
            based_on: row.based_on,
            updated_at: row.updated_at,
            version: row.updated_at.0,
        }
    }
}

/// Get your drafts on a case, with their files.
#[utoipa::path(get, path = "/cases/{id}/drafts", tag = "drafts", params(("id" = CaseId, Path)),
    responses((status = 200, body = Drafts)))]
pub(super) async fn get_drafts(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<CaseId>,
) -> Result<Json<Drafts>> {
    let case = visible(&desk, &by, id).await?;
    let on = case.merged_into.unwrap_or(case.id);
    let drafts = store::drafts(desk.db(), on, by.id).await?.into_iter().map(DraftInFull::from).collect();
    let files = store::files_of_draft(desk.db(), on, by.id).await?.iter().map(File::from).collect();
    Ok(Json(Drafts { drafts, files }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDraft {
    /// Markdown. An empty one is no draft any more.
    body: String,
    #[serde(default)]
    to: Option<Vec<NamedAddress>>,
    #[serde(default)]
    cc: Option<Vec<NamedAddress>>,
    #[serde(default)]
    bcc: Option<Vec<NamedAddress>>,
    /// The newest entry that was seen when writing began.
    based_on: EntryId,
    /// The version that was seen last, 0 when there was none: other words kept since are not written over, and the
    /// answer is 409. Without it they are.
    #[serde(default)]
    replaces: Option<i64>,
}

/// A draft that was kept.
#[derive(Serialize, ToSchema)]
pub(super) struct KeptDraft {
    version: i64,
}

/// Keep what you are writing.
#[utoipa::path(put, path = "/cases/{id}/drafts/{kind}", tag = "drafts",
    params(("id" = CaseId, Path), ("kind" = inline(DraftKind), Path)), responses((status = 200, body = KeptDraft)))]
pub(super) async fn put_draft(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, kind)): Path<(CaseId, DraftKind)>,
    Json(new): Json<NewDraft>,
) -> Result<Json<KeptDraft>> {
    let json = |all: Option<Vec<NamedAddress>>| all.and_then(|all| serde_json::to_string(&people(all)).ok());
    let draft = Draft {
        kind: kind.as_str().into(),
        body: new.body,
        recipients_to: json(new.to),
        recipients_cc: json(new.cc),
        recipients_bcc: json(new.bcc),
        based_on: new.based_on,
        updated_at: desk.now(),
    };
    let version = actions::save_draft(&desk, &by, id, &draft, new.replaces).await?;
    Ok(Json(KeptDraft { version }))
}

/// A file to be uploaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub(super) struct Upload {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Put a file on your draft.
///
/// One file, as the part `file` of a form, no larger than `mail.max_size`.
#[utoipa::path(post, path = "/cases/{id}/draft-files", tag = "drafts", params(("id" = CaseId, Path)),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 201, body = Made)))]
pub(super) async fn add_file(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    mut form: Multipart,
) -> Result<(StatusCode, Json<Made>)> {
    let refused = |error: axum::extract::multipart::MultipartError| Error::new(error.status(), error.body_text());
    visible(&desk, &by, id).await?;
    let part =
        form.next_field().await.map_err(refused)?.ok_or_else(|| Error::bad_request("There is no file in it."))?;
    let name = part.file_name().unwrap_or("file").to_owned();
    let kind = part.content_type().unwrap_or("application/octet-stream").to_owned();
    let bytes = part.bytes().await.map_err(refused)?;
    if bytes.len() > desk.config().mail.max_size {
        return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, "The file is larger than mail.max_size allows."));
    }
    let file = actions::attach_to_draft(&desk, &by, id, &name, &kind, bytes).await?;
    Ok((StatusCode::CREATED, Json(Made { id: file.0 })))
}

/// Take a file off your draft.
#[utoipa::path(delete, path = "/draft-files/{file}", tag = "drafts", params(("file" = AttachmentId, Path)),
    responses((status = 204)))]
pub(super) async fn remove_file(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(file): Path<AttachmentId>,
) -> Result<StatusCode> {
    actions::detach_from_draft(&desk, &by, file).await?;
    Ok(StatusCode::NO_CONTENT)
}
