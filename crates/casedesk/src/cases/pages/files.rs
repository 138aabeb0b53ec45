//! Files: put on a draft, and taken off it.
use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use serde::Serialize;

use super::load;
use crate::cases::{AttachmentId, CaseId, actions};
use crate::desk::Desk;
use crate::staff::Worker;
use crate::web::{Error, Result};

/// What mail servers commonly take, in bytes. `file-drop.ts` says so before it uploads.
const MOST_BYTES: usize = 26_214_400;
const ENVELOPE_BYTES: usize = 65_536;

pub(super) fn upload_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MOST_BYTES + ENVELOPE_BYTES)
}

#[derive(Serialize)]
pub(super) struct Uploaded {
    id: AttachmentId,
}

/// `POST /cases/{id}/files`: one file, as the part `file`.
pub(super) async fn upload(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<CaseId>,
    mut parts: Multipart,
) -> Result<Json<Uploaded>> {
    let refused = |error: axum::extract::multipart::MultipartError| Error::new(error.status(), error.body_text());
    let part =
        parts.next_field().await.map_err(refused)?.ok_or_else(|| Error::bad_request("There is no file in it."))?;
    let name = part.file_name().unwrap_or("file").to_owned();
    let kind = part.content_type().unwrap_or("application/octet-stream").to_owned();
    let bytes = part.bytes().await.map_err(refused)?;
    Ok(Json(Uploaded { id: actions::attach_to_draft(&desk, &by, id, &name, &kind, bytes).await? }))
}

/// `DELETE /cases/{id}/files/{file}`: off the draft again.
pub(super) async fn remove(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path((id, file)): Path<(CaseId, AttachmentId)>,
) -> Result<StatusCode> {
    load::row(&desk, &by, id).await?;
    actions::detach_from_draft(&desk, &by, file).await?;
    Ok(StatusCode::NO_CONTENT)
}
