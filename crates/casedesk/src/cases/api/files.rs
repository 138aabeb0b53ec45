//! Files as they are downloaded. Whatever a sender declares, a browser shows only real pictures.
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::cases::store::{self, Attachment};
use crate::cases::{AttachmentId, CasesError, actions};
use crate::desk::Desk;
use crate::staff::Reader;
use crate::web::api::Path;
use crate::web::disposition;
use crate::web::{Error, Result};

const POLICY: &str = "sandbox; default-src 'none'";
const ANY_TYPE: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Get a file of an entry, or of a draft of yours.
///
/// Pictures are shown, everything else is for download.
#[utoipa::path(get, path = "/attachments/{id}", tag = "cases", params(("id" = AttachmentId, Path)), responses(
    (status = 200, description = "The file", content_type = "application/octet-stream"),
    (status = 304, description = "It is what If-None-Match names")
))]
pub(super) async fn get_attachment(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Path(id): Path<AttachmentId>,
    asked: HeaderMap,
) -> Result<Response> {
    let no_file = || Error::not_found("such file");
    let file = store::attachment(desk.db(), id).await?.ok_or_else(no_file)?;
    actions::may_read(&desk, &by, file.case_id).await.map_err(|error| match error {
        CasesError::NoCase(_) => no_file(),
        other => other.into(),
    })?;
    if file.entry_id.is_none() && file.agent_id != Some(by.id) {
        return Err(no_file());
    }
    let tag = format!("\"{}\"", file.digest);
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let pieces = desk.files().stream(&file.digest).await.map_err(CasesError::from)?;
        ([(header::CONTENT_LENGTH, HeaderValue::from(file.size))], Body::from_stream(pieces)).into_response()
    };
    response.headers_mut().extend(headers(&file, &tag));
    Ok(response)
}

fn headers(file: &Attachment, tag: &str) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let kind = HeaderValue::from_str(&file.content_type).ok().filter(|_| file.shows_inline);
    [
        (header::CONTENT_TYPE, kind.unwrap_or(ANY_TYPE)),
        (header::CONTENT_DISPOSITION, disposition::header(file.shows_inline, &file.name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""))),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
    .into_iter()
}
