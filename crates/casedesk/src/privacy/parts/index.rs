//! What the archive is, on a page that people read first.
use askama::Template;
use bytes::Bytes;
use serde_json::json;

use super::Order;
use crate::desk::Desk;
use crate::privacy::archive::{Archive, LeftOut, Listed};
use crate::privacy::{PrivacyError, Subject};

#[derive(Template)]
#[template(path = "privacy/index.html")]
struct IndexPage<'a> {
    desk: &'a str,
    name: &'a str,
    organisation: bool,
    at: String,
    notes: bool,
    listed: &'a [Listed],
    left_out: &'a [LeftOut],
}

pub(super) async fn write(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let left_out = json!({ "left_out": archive.left_out.clone() });
    archive.json("data/left-out.json", "What is not in this archive, and why", &left_out).await?;
    let page = IndexPage {
        desk: &desk.config().desk.name,
        name: &order.name,
        organisation: matches!(order.subject, Subject::Organisation(_)),
        at: desk.now().in_words(),
        notes: order.notes,
        listed: &archive.listed,
        left_out: &archive.left_out,
    };
    let text = page.render().map_err(|error| PrivacyError::Archive(std::io::Error::other(error)))?;
    archive.start("index.html").await?;
    archive.add(Bytes::from(text)).await
}
