//! Which parts of a mail are its text, and which are files.

use crate::attachment::{self, Attachment, Names};
use crate::body::{Body, BodySource};
use crate::cut::{self, Line};
use crate::html;
use crate::mime::{Part, flowed, tree::Notes, uuencoded};

/// Longer text is kept as a file and shown from its beginning.
const MAX_TEXT_BYTES: usize = 2 * 1024 * 1024;

/// The text and the files of a mail.
pub(crate) struct Content {
    pub(crate) body: Body,
    pub(crate) attachments: Vec<Attachment>,
}

/// A piece of the body in one or both of its forms.
#[derive(Default)]
struct Block {
    plain: Option<String>,
    html: Option<String>,
}

/// What was gathered on the way through the tree.
#[derive(Default)]
struct Gathered {
    blocks: Vec<Block>,
    attachments: Vec<Attachment>,
    names: Names,
    repaired_charset: bool,
    cut_text: bool,
}

impl Gathered {
    fn has_text(&self) -> bool {
        self.blocks.iter().any(|block| has_ink(&block.plain) || has_ink(&block.html))
    }

    /// Files that old programs put into the text itself.
    fn take_uuencoded(&mut self, text: String) -> String {
        let Some((text, files)) = uuencoded::take(&text) else {
            return text;
        };
        for (name, bytes) in files {
            let file = attachment::File {
                declared_name: Some(name),
                content_type: "application/octet-stream".to_owned(),
                bytes,
                inline: false,
                content_id: None,
            };
            let built = attachment::build(file, &mut self.names);
            self.attachments.push(built);
        }
        text
    }

    /// Text over the bound is kept whole as a file, and shown from its beginning.
    fn bounded(&mut self, text: String, is_html: bool) -> String {
        if text.len() <= MAX_TEXT_BYTES {
            return text;
        }
        self.cut_text = true;
        let end = text.floor_char_boundary(MAX_TEXT_BYTES);
        let shown = text.get(..end).unwrap_or_default().to_owned();
        let file = attachment::File {
            declared_name: Some(format!("whole-text.{}", if is_html { "html" } else { "txt" })),
            content_type: if is_html { "text/html" } else { "text/plain" }.to_owned(),
            bytes: text.into_bytes(),
            inline: false,
            content_id: None,
        };
        let built = attachment::build(file, &mut self.names);
        self.attachments.push(built);
        shown
    }
}

/// Walks the tree.
pub(crate) fn read(root: &Part<'_>, notes: &mut Notes) -> Content {
    let mut gathered = Gathered::default();
    walk(root, Place::default(), &mut gathered);
    if gathered.repaired_charset {
        notes.words.push("the text did not hold the charset it declares".to_owned());
    }
    if gathered.cut_text {
        notes.words.push("the text is longer than is shown; the whole is attached".to_owned());
    }
    Content { body: body(&gathered.blocks), attachments: gathered.attachments }
}

/// Where in the tree a part stands, as far as that decides what it is.
#[derive(Default, Clone, Copy)]
struct Place {
    /// It belongs to the first part of a multipart/related (RFC 2387).
    is_related_leaf: bool,
    is_in_alternative: bool,
}

fn walk(part: &Part<'_>, place: Place, gathered: &mut Gathered) {
    if part.children.is_empty() {
        leaf(part, place, gathered);
        return;
    }
    let first_block = gathered.blocks.len();
    let is_alternative = part.is("multipart/alternative");
    for (at, child) in part.children.iter().enumerate() {
        let inner = Place {
            is_related_leaf: part.is("multipart/related") && at > 0,
            is_in_alternative: place.is_in_alternative || is_alternative,
        };
        walk(child, inner, gathered);
    }
    if is_alternative {
        let forms = gathered.blocks.split_off(first_block);
        gathered.blocks.push(join_forms(forms));
    }
}

/// A mail that was cut off on its way ends in the midst of a part. Such a rest is no finished
/// text: behind a text that is whole it is kept as a file, as far as it came. Where it is all
/// the text there is, or another form of the text before it, it is shown.
fn is_rest_of_cut_mail(part: &Part<'_>, place: Place, gathered: &Gathered) -> bool {
    part.is_cut_short && !place.is_in_alternative && !part.raw_body.trim_ascii().is_empty() && gathered.has_text()
}

/// The forms of an alternative (RFC 2046 section 5.1.4) say the same: they are one block.
fn join_forms(forms: Vec<Block>) -> Block {
    let mut joined = Block::default();
    for form in forms {
        append(&mut joined.plain, form.plain);
        append(&mut joined.html, form.html);
    }
    joined
}

fn append(slot: &mut Option<String>, text: Option<String>) {
    match (slot, text) {
        (Some(slot), Some(text)) => {
            slot.push('\n');
            slot.push_str(&text);
        }
        (slot @ None, text) => *slot = text,
        (Some(_), None) => {}
    }
}

fn leaf(part: &Part<'_>, place: Place, gathered: &mut Gathered) {
    let named = part.disposition.get("filename").is_some() || part.content_type.get("name").is_some();
    let is_file = part.disposition.value == "attachment"
        || place.is_related_leaf
        || (named && part.disposition.value != "inline")
        || is_rest_of_cut_mail(part, place, gathered);
    let is_html = part.is("text/html");
    // A multipart in which no part was found is shown as what it is: text.
    let is_plain = part.is("text/plain") || part.content_type.main_type() == "multipart";
    if is_file || !(is_plain || is_html) {
        gathered.attachments.push(attachment::from_part(part, &mut gathered.names));
        return;
    }
    let (text, repaired) = part.text();
    gathered.repaired_charset |= repaired;
    let text = if is_plain { unflow(part, text) } else { text };
    let text = if is_plain { gathered.take_uuencoded(text) } else { text };
    let text = gathered.bounded(text, is_html);
    gathered.blocks.push(if is_html {
        Block { plain: None, html: Some(text) }
    } else {
        Block { plain: Some(text), html: None }
    });
}

/// RFC 3676 joins the lines that the sender's program broke.
fn unflow(part: &Part<'_>, text: String) -> String {
    let has =
        |name: &str, value: &str| part.content_type.get(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
    if has("format", "flowed") { flowed::join(&text, has("delsp", "yes")) } else { text }
}

fn body(blocks: &[Block]) -> Body {
    let has_plain = blocks.iter().any(|block| has_ink(&block.plain));
    let has_html = blocks.iter().any(|block| has_ink(&block.html));
    let mut lines = Vec::new();
    for block in blocks {
        match (&block.plain, &block.html) {
            (Some(plain), html) if !plain.trim().is_empty() || html.is_none() => lines.extend(plain_lines(plain)),
            (_, Some(html)) => lines.extend(html::text::lines(html)),
            _ => {}
        }
    }
    let source = match (has_plain, has_html) {
        (true, _) => BodySource::Plain,
        (false, true) => BodySource::Html,
        (false, false) => BodySource::None,
    };
    let safe = has_html.then(|| html::sanitise(&whole_html(blocks)));
    Body {
        segments: cut::segments(&lines),
        has_remote_images: safe.as_ref().is_some_and(|safe| safe.has_remote_images),
        html: safe.map(|safe| safe.html),
        source,
    }
}

/// The HTML of all blocks; those that are only text stand between as they are.
fn whole_html(blocks: &[Block]) -> String {
    let pieces: Vec<String> = blocks
        .iter()
        .filter_map(|block| match (&block.html, &block.plain) {
            (Some(html), _) => Some(html.clone()),
            (None, Some(plain)) if !plain.trim().is_empty() => Some(format!("<pre>{}</pre>", html::escape(plain))),
            _ => None,
        })
        .collect();
    pieces.join("\n")
}

fn has_ink(form: &Option<String>) -> bool {
    form.as_ref().is_some_and(|text| !text.trim().is_empty())
}

fn plain_lines(text: &str) -> Vec<Line> {
    text.lines().map(Line::plain).collect()
}
