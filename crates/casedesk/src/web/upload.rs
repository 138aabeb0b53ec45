//! A posted form with files. What is too much is read on and thrown away, so that whoever sent it gets an answer with
//! their words in it rather than a broken connection.
use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use bytes::Bytes;

use super::Error;
use super::fields::Fields;
use crate::config::Config;
use crate::desk::Desk;

/// The longest value of a field that is kept, in bytes.
const MOST_FIELD: usize = 300_000;
const MOST_FIELDS: usize = 200;
/// How long one form may take to arrive.
const LONGEST: Duration = Duration::from_mins(15);

/// How many files of one form are taken, and how many bytes of all together.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub files: usize,
    pub bytes: usize,
}

impl Most {
    /// What the settings allow customers.
    pub fn of(config: &Config) -> Self {
        Self { files: config.forms.max_files, bytes: config.forms.max_size }
    }

    /// The size up to which a body is read on, so that its sender can be told what was too much.
    pub fn body_limit(self) -> DefaultBodyLimit {
        DefaultBodyLimit::max(self.bytes.saturating_mul(4).saturating_add(2_000_000))
    }

    /// `10 files of together 25 MB`.
    pub fn in_words(self) -> String {
        format!("{} files of together {} MB", self.files, self.bytes / 1_000_000)
    }
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Uploaded {
    pub name: String,
    pub content_type: String,
    pub bytes: Bytes,
}

/// A form as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    pub fields: Fields,
    pub files: Vec<Uploaded>,
    /// What every file is called, also of those that were too much.
    pub names: Vec<String>,
    /// There were more files, or more bytes of them, than are taken.
    pub too_much: bool,
}

/// Reads `multipart/form-data`, or a form without files in the plain form of HTML.
pub async fn read(request: Request, desk: &Desk, most: Most) -> Result<Upload, Error> {
    let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    if !kind.starts_with(b"multipart/form-data") {
        return Ok(Upload { fields: Fields::from_request(request, desk).await?, ..Upload::default() });
    }
    let parts = Multipart::from_request(request, desk).await.map_err(|e| Error::bad_request(e.body_text()))?;
    let late = |_| Error::new(StatusCode::REQUEST_TIMEOUT, "The form took too long to arrive. Send smaller files.");
    tokio::time::timeout(LONGEST, collect(parts, most)).await.map_err(late)?
}

async fn collect(mut parts: Multipart, most: Most) -> Result<Upload, Error> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut sent = Upload::default();
    let mut left = most.bytes;
    while let Some(part) = parts.next_field().await.map_err(refused)? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            let (value, _) = up_to(part, MOST_FIELD).await?;
            if fields.len() < MOST_FIELDS {
                fields.push((field, String::from_utf8_lossy(&value).into_owned()));
            }
            continue;
        };
        let content_type = part.content_type().unwrap_or("application/octet-stream").chars().take(120).collect();
        let room = if sent.files.len() < most.files { left } else { 0 };
        let (bytes, whole) = up_to(part, room).await?;
        if name.is_empty() && bytes.is_empty() && whole {
            continue;
        }
        if sent.names.len() < MOST_FIELDS {
            sent.names.push(casedesk_mail::safe_name(&name));
        }
        if !whole || sent.files.len() == most.files {
            sent.too_much = true;
            continue;
        }
        left -= bytes.len();
        sent.files.push(Uploaded { name: casedesk_mail::safe_name(&name), content_type, bytes: bytes.into() });
    }
    sent.fields = Fields::new(fields);
    Ok(sent)
}

/// Reads a part to its end and keeps it up to this size; whether that was all.
async fn up_to(mut part: Field<'_>, most: usize) -> Result<(Vec<u8>, bool), Error> {
    let (mut kept, mut whole) = (Vec::new(), true);
    while let Some(chunk) = part.chunk().await.map_err(refused)? {
        let room = most - kept.len();
        whole &= chunk.len() <= room;
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok((kept, whole))
}

fn refused(error: MultipartError) -> Error {
    Error::new(error.status(), error.body_text())
}
