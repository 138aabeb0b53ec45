//! Files that came with a mail, under names that are ours.

use std::collections::HashSet;

use crate::mime::{Part, words};

mod name;
mod sniff;

/// A file of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A name that is safe to store and to show: never empty, no path, nothing invisible, no dot
    /// at either end, at most 120 bytes, unique within the mail.
    pub name: String,
    /// The name as the sender declared it, for display only.
    pub declared_name: Option<String>,
    /// The declared type, lower case, without parameters.
    pub content_type: String,
    /// The type that the first bytes show.
    pub sniffed: Option<&'static str>,
    /// Whether it may be shown in the page: a raster image by declaration and by content.
    pub shows_inline: bool,
    /// The decoded content; archives are never unpacked.
    pub bytes: Vec<u8>,
    /// Whether the mail itself shows it (a picture of its HTML).
    pub inline: bool,
    /// Its Content-ID without brackets (RFC 2392).
    pub content_id: Option<String>,
}

/// Gives out names that are unique within one mail.
#[derive(Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
    counter: usize,
}

impl Names {
    fn unique(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.to_lowercase()) {
            return wanted;
        }
        loop {
            self.counter += 1;
            let candidate = name::numbered(&wanted, self.counter);
            if self.taken.insert(candidate.to_lowercase()) {
                return candidate;
            }
        }
    }
}

/// Makes an attachment out of a leaf of the tree.
pub(crate) fn from_part(part: &Part<'_>, names: &mut Names) -> Attachment {
    let bytes = part.bytes().into_owned();
    let declared_name = declared_name(part);
    let content_id = part
        .headers
        .structured("Content-ID")
        .map(|value| value.trim().trim_matches(['<', '>']).to_owned())
        .filter(|id| !id.is_empty());
    let inline = part.disposition.value == "inline"
        || (content_id.is_some() && part.disposition.value != "attachment" && part.content_type.main_type() == "image");
    build(File { declared_name, content_type: part.content_type.value.clone(), bytes, inline, content_id }, names)
}

/// What is known of a file before it gets its name.
pub(crate) struct File {
    pub(crate) declared_name: Option<String>,
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) inline: bool,
    pub(crate) content_id: Option<String>,
}

pub(crate) fn build(file: File, names: &mut Names) -> Attachment {
    let sniffed = sniff::sniff(&file.bytes);
    let wanted = file
        .declared_name
        .as_deref()
        .map(name::safe_name)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| name::default_name(&file.content_type, sniffed));
    Attachment {
        name: names.unique(wanted),
        shows_inline: sniff::is_raster(&file.content_type, sniffed),
        sniffed,
        declared_name: file.declared_name,
        content_type: file.content_type,
        bytes: file.bytes,
        inline: file.inline,
        content_id: file.content_id,
    }
}

/// RFC 2183 `filename`, else the older `name`, else the subject of an attached message.
fn declared_name(part: &Part<'_>) -> Option<String> {
    let declared = part.disposition.get("filename").or_else(|| part.content_type.get("name")).map(str::to_owned);
    let from_message = || {
        let (headers, _) = crate::mime::Headers::split(part.raw_body);
        let subject = headers.structured("Subject").map(|value| words::decode(&value))?;
        let subject = subject.trim();
        (part.is("message/rfc822") && !subject.is_empty()).then(|| format!("{subject}.eml"))
    };
    declared.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).or_else(from_message)
}

/// The name under which a file that somebody calls `declared` is shown and offered: never empty, no
/// path, no invisible or directing characters, no leading or trailing dot, 120 bytes at the most.
pub fn safe_name(declared: &str) -> String {
    match name::safe_name(declared) {
        name if name.is_empty() => name::default_name("application/octet-stream", None),
        name => name,
    }
}

/// Whether a browser may show these bytes in a page: a raster image, declared and real.
pub fn shows_inline(content_type: &str, bytes: &[u8]) -> bool {
    sniff::is_raster(content_type, sniff::sniff(bytes))
}
