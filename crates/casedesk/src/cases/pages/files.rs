//! Files: put on a draft, taken off it, downloaded.
use axum::Json;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::load;
use crate::cases::{AttachmentId, CaseId, actions, store};
use crate::desk::Desk;
use crate::staff::{Reader, Worker};
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
    Path((_, file)): Path<(CaseId, AttachmentId)>,
) -> Result<StatusCode> {
    actions::detach_from_draft(&desk, &by, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /files/{file}`: pictures that are safe are shown, everything else is downloaded.
pub(super) async fn download(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<AttachmentId>,
) -> Result<Response> {
    let file = store::attachment(desk.db(), id).await?.ok_or_else(|| Error::not_found("such file"))?;
    load::row(&desk, &by, file.case_id).await?;
    if file.entry_id.is_none() && file.agent_id != Some(by.id) {
        return Err(Error::not_found("such file"));
    }
    let bytes = desk.files().get(&file.digest).await.map_err(crate::cases::CasesError::from)?;
    let (kind, way) = if file.shows_inline {
        (file.content_type.as_str(), "inline")
    } else {
        ("application/octet-stream", "attachment")
    };
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("{way}; filename*=UTF-8''{}", percent(&file.name))) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}

/// A file name as RFC 8187 section 3.2 writes it.
fn percent(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(percent("a b\"\r\n;é.txt"), "a%20b%22%0D%0A%3B%C3%A9.txt");
    }
}
