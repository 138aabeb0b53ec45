//! Which parts of a mail are its text, and which are files.

use crate::attachment::{self, Attachment, Names};
use crate::body::{Body, BodySource};
use crate::cut::{self, Line};
use crate::html;
use crate::mime::{Part, tree::Notes};

/// Longer text is kept as a file and shown from its beginning.
const MAX_TEXT_BYTES: usize = 2 * 1024 * 1024;

/// The text and the files of a mail.
pub(crate) struct Content {
    pub(crate) body: Body,
    pub(crate) attachments: Vec<Attachment>,
}

/// What was gathered on the way through the tree.
#[derive(Default)]
struct Gathered {
    plain: Vec<String>,
    html: Vec<String>,
    attachments: Vec<Attachment>,
    names: Names,
    repaired_charset: bool,
}

/// Walks the tree.
pub(crate) fn read(root: &Part<'_>, notes: &mut Notes) -> Content {
    let mut gathered = Gathered::default();
    walk(root, Place::default(), &mut gathered);
    if gathered.repaired_charset {
        notes.words.push("the text did not hold the charset it declares".to_owned());
    }
    Content { body: body(&gathered), attachments: gathered.attachments }
}

/// Where in the tree a part stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Inside a multipart/alternative.
    alternative: bool,
    /// A multipart/related that this part is not the root of.
    related_leaf: bool,
}

fn walk(part: &Part<'_>, place: Place, gathered: &mut Gathered) {
    if part.children.is_empty() {
        leaf(part, place, gathered);
        return;
    }
    for (at, child) in part.children.iter().enumerate() {
        let place = Place {
            alternative: place.alternative || part.is("multipart/alternative"),
            related_leaf: part.is("multipart/related") && at > 0,
        };
        walk(child, place, gathered);
    }
}

fn leaf(part: &Part<'_>, place: Place, gathered: &mut Gathered) {
    let named = part.disposition.get("filename").is_some() || part.content_type.get("name").is_some();
    let is_file =
        part.disposition.value == "attachment" || place.related_leaf || (named && part.disposition.value != "inline");
    let is_plain = part.is("text/plain") || part.content_type.main_type() == "multipart";
    let is_html = part.is("text/html");
    if is_file || !(is_plain || is_html) {
        gathered.attachments.push(attachment::from_part(part, &mut gathered.names));
        return;
    }
    let (text, repaired) = part.text();
    gathered.repaired_charset |= repaired;
    if is_html {
        gathered.html.push(text);
    } else {
        gathered.plain.push(text);
    }
}

fn body(gathered: &Gathered) -> Body {
    let html = gathered.html.join("\n");
    let plain = gathered.plain.join("\n");
    let (source, lines) = if !plain.trim().is_empty() {
        (BodySource::Plain, plain_lines(&plain))
    } else if !html.trim().is_empty() {
        (BodySource::Html, html::text::lines(&html))
    } else {
        (BodySource::None, Vec::new())
    };
    let safe = (!html.trim().is_empty()).then(|| html::sanitise(&html));
    Body {
        segments: cut::segments(&lines),
        has_remote_images: safe.as_ref().is_some_and(|safe| safe.has_remote_images),
        html: safe.map(|safe| safe.html),
        source,
    }
}

fn plain_lines(text: &str) -> Vec<Line> {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    text.get(..end).unwrap_or_default().lines().map(Line::plain).collect()
}
