//! Files piece by piece, as the tus resumable upload protocol 1.0.0 has it: its core, creation and termination.
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::NO_REFERRER;
use crate::desk::Desk;
use crate::details::FormHolder;
use crate::details::actions::{self, Announced};
use crate::web::api::Path;
use crate::web::{Error, Result};

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const PIECE: &str = "application/offset+octet-stream";

fn told(response: impl IntoResponse) -> Response {
    (AppendHeaders([(RESUMABLE, VERSION), NO_REFERRER]), response).into_response()
}

/// Every request but OPTIONS says which version of the protocol it speaks.
fn spoken(headers: &HeaderMap) -> Result<()> {
    if headers.get(RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    Err(Error::new(StatusCode::PRECONDITION_FAILED, "Say “Tus-Resumable: 1.0.0”: no other version is spoken here."))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<i64> {
    let number = headers.get(name).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    number.filter(|number| *number >= 0).ok_or_else(|| Error::bad_request(format!("“{name}” is no number of bytes.")))
}

/// `OPTIONS /details/{token}/uploads`: what is spoken here.
pub(super) async fn tell(State(desk): State<Desk>, _: FormHolder) -> Response {
    let headers = [
        (HeaderName::from_static("tus-version"), VERSION),
        (HeaderName::from_static("tus-extension"), HeaderValue::from_static("creation,termination")),
        (HeaderName::from_static("tus-max-size"), HeaderValue::from(desk.config().details.max_file)),
    ];
    told((StatusCode::NO_CONTENT, headers))
}

/// `POST /details/{token}/uploads`: a file is about to come.
pub(super) async fn announce(State(desk): State<Desk>, by: FormHolder, headers: HeaderMap) -> Result<Response> {
    spoken(&headers)?;
    let file = Announced {
        name: metadata(&headers, "filename").unwrap_or_else(|| "log".into()),
        content_type: metadata(&headers, "filetype").unwrap_or_else(|| "application/octet-stream".into()),
        size: number(&headers, &LENGTH)?,
    };
    let upload = actions::announce(&desk, &by.holder, file).await?;
    let place = format!("/details/{}/uploads/{}", by.token, upload.word);
    let place = HeaderValue::from_str(&place).map_err(|error| Error::ours(&error))?;
    Ok(told((StatusCode::CREATED, [(header::LOCATION, place), (OFFSET, HeaderValue::from(0))])))
}

/// A value of `Upload-Metadata`: keys and values in base64, with commas between.
fn metadata(headers: &HeaderMap, key: &str) -> Option<String> {
    let all = headers.get("upload-metadata")?.to_str().ok()?;
    let value = all.split(',').find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix(' '))?;
    let bytes = STANDARD.decode(value.trim()).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `HEAD /details/{token}/uploads/{word}`: how much of it is here.
pub(super) async fn ask(
    State(desk): State<Desk>,
    by: FormHolder,
    Path((_, word)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    spoken(&headers)?;
    let upload = actions::upload(&desk, &by.holder, &word).await?;
    let numbers = [(OFFSET, HeaderValue::from(upload.received)), (LENGTH, HeaderValue::from(upload.size))];
    Ok(told((StatusCode::OK, numbers)))
}

/// `PATCH /details/{token}/uploads/{word}`: more of it.
pub(super) async fn go_on(
    State(desk): State<Desk>,
    by: FormHolder,
    Path((_, word)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    spoken(&headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes() != PIECE.as_bytes()) {
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("A piece of a file is sent as {PIECE}.")));
    }
    let received = actions::receive(&desk, &by.holder, &word, number(&headers, &OFFSET)?, body).await?;
    Ok(told((StatusCode::NO_CONTENT, [(OFFSET, HeaderValue::from(received))])))
}

/// `DELETE /details/{token}/uploads/{word}`: it will not come.
pub(super) async fn give_up(
    State(desk): State<Desk>,
    by: FormHolder,
    Path((_, word)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    spoken(&headers)?;
    actions::give_up(&desk, &by.holder, &word).await?;
    Ok(told(StatusCode::NO_CONTENT))
}

/// `POST` in the place of another method, for networks that let no other through.
pub(super) async fn instead(
    desk: State<Desk>,
    by: FormHolder,
    path: Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    match headers.get("x-http-method-override").map(HeaderValue::as_bytes) {
        Some(b"PATCH") => go_on(desk, by, path, headers, body).await,
        Some(b"DELETE") => give_up(desk, by, path, headers).await,
        _ => Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, "Go on with a file by PATCH.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_read_from_its_metadata() {
        let mut headers = HeaderMap::new();
        headers
            .insert("upload-metadata", HeaderValue::from_static("filetype dGV4dA==, filename c2VydmVyLmxvZw==,empty"));
        assert_eq!(metadata(&headers, "filename").as_deref(), Some("server.log"));
        assert_eq!(metadata(&headers, "filetype").as_deref(), Some("text"));
        assert_eq!(metadata(&headers, "file"), None);
        headers.insert("upload-metadata", HeaderValue::from_static("filename ***"));
        assert_eq!(metadata(&headers, "filename"), None);
    }
}
