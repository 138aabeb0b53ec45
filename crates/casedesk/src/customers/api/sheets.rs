//! The customer file as CSV over the API.
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::customers::actions::{self, ImportReport, Lines};
use crate::customers::rules::sheet::Sheet;
use crate::desk::Desk;
use crate::staff::Admin;
use crate::web::api::{Json, Path, Query};
use crate::web::{Result, disposition};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Sent {
    /// What the file has a line for.
    #[param(inline)]
    sheet: Sheet,
    /// Only say what it would do.
    #[serde(default)]
    dry_run: bool,
    /// What each column is, keys with commas between, such as `name,addresses,,organisation`; empty: as the heading says.
    #[serde(default)]
    columns: String,
}

/// Take a file of customers over.
///
/// The body is the file as a spreadsheet wrote it: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs; at most
/// 100,000 lines and 20 MB. Lines that cannot be taken are named and left out, the rest is taken as a whole. What the
/// file does not say stays, so that the same file twice changes nothing the second time.
#[utoipa::path(post, path = "/customer-imports", tag = "customers",
    request_body(content = String, content_type = "text/csv"), responses((status = 200, body = ImportReport)))]
pub(super) async fn import_customers(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Query(sent): Query<Sent>,
    file: Bytes,
) -> Result<Json<ImportReport>> {
    let columns: Vec<String> = match sent.columns.as_str() {
        "" => vec![],
        columns => columns.split(',').map(|key| key.trim().to_owned()).collect(),
    };
    if sent.dry_run {
        return Ok(Json(actions::preview(&desk, sent.sheet, file, columns).await?.report()?));
    }
    Ok(Json(actions::import_file(&desk, Some(&by), sent.sheet, file, columns).await?))
}

/// Get the customer file as CSV.
///
/// Each column is one that an import reads. A cell that a spreadsheet would compute begins with an apostrophe, which an
/// import takes off again. The audit log has who asked.
#[utoipa::path(get, path = "/customer-exports/{sheet}", tag = "customers", params(("sheet" = inline(Sheet), Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(super) async fn export_customers(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(sheet): Path<Sheet>,
) -> Result<Response> {
    Ok(streamed(sheet, actions::export(&desk, Some(&by), sheet).await?))
}

/// An export as it is sent, page by page.
pub(crate) fn streamed(sheet: Sheet, lines: Lines) -> Response {
    let pieces = stream::try_unfold(lines, |mut lines| async move {
        Ok::<_, crate::db::Error>(lines.next().await?.map(|piece| (Bytes::from(piece), lines)))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition::header(false, &format!("{sheet}.csv"))),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}
