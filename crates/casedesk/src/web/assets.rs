//! The bundled scripts and styles, embedded with their compressed forms. Names carry a digest of the
//! content, so browsers may keep them for ever.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

use super::{Error, Result};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// Logical name (`app.js`) to the name with its digest, as the bundler wrote it.
static MANIFEST: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    Dist::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
});

/// Where the browser finds the asset that the sources call `name`.
pub fn path(name: &str) -> String {
    format!("/assets/{}", MANIFEST.get(name).map_or(name, String::as_str))
}

/// The bytes of the asset that the sources call `name`, for those that have an address of their own.
pub fn bytes(name: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
    Dist::get(MANIFEST.get(name)?).map(|file| file.data)
}

/// `GET /assets/{name}`
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<Response> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    let (file, encoding) = [("br", ".br"), ("gzip", ".gz")]
        .iter()
        .filter(|(encoding, _)| accepted.contains(encoding))
        .find_map(|(encoding, suffix)| Dist::get(&format!("{name}{suffix}")).map(|file| (file, Some(*encoding))))
        .or_else(|| Dist::get(&name).map(|file| (file, None)))
        .ok_or_else(|| Error::not_found("such asset"))?;
    let mut response = file.data.into_response();
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let set = response.headers_mut();
    set.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(kind.as_ref()).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}
