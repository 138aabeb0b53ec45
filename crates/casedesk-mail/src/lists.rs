//! Mailing lists and groups (RFC 2369, RFC 2919).

use crate::mime::Headers;

/// That a mail came through a list, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFacts {
    /// The List-Id without its brackets (RFC 2919).
    pub id: Option<String>,
    /// The address of List-Post (RFC 2369 section 3.4).
    pub post: Option<String>,
    /// Which software runs the list.
    pub kind: ListKind,
}

/// The software behind a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// A Google Group.
    GoogleGroup,
    /// A Mailman list.
    Mailman,
    /// Anything else that writes list fields.
    Other,
}

/// The list a mail came through, if any.
pub(crate) fn read(headers: &Headers<'_>) -> Option<ListFacts> {
    let id = headers.text("List-Id").and_then(|value| bracketed(&value));
    let post = headers.structured("List-Post").and_then(|value| mailto(&value));
    let is_google = headers.has("X-Google-Group-Id")
        || headers
            .text("Mailing-list")
            .is_some_and(|value| value.contains("+owners@") || value.contains("googlegroups"));
    let is_mailman = headers.has("X-Mailman-Version") || headers.has("X-BeenThere");
    let kind = match (is_google, is_mailman) {
        (true, _) => ListKind::GoogleGroup,
        (false, true) => ListKind::Mailman,
        (false, false) => ListKind::Other,
    };
    let known = id.is_some() || post.is_some() || kind != ListKind::Other;
    known.then_some(ListFacts { id, post, kind })
}

/// RFC 2919 section 3: `phrase <list-id>`.
fn bracketed(value: &str) -> Option<String> {
    let inner = value.rsplit_once('<').map_or(value, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    let id = inner.trim().to_lowercase();
    (!id.is_empty()).then_some(id)
}

fn mailto(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("mailto:")?;
    let end = rest.find(['>', '?', ' ']).unwrap_or(rest.len());
    rest.get(..end).map(str::to_lowercase)
}
