//! HTML of strangers: made safe for a sandboxed frame, or turned into lines of text.

mod bounds;
mod safe;
pub(crate) mod text;

pub use safe::{SafeHtml, sanitise};

/// The text of an HTML document as a reader sees it; linear in time, whatever the nesting.
#[must_use]
pub fn text_of_html(html: &str) -> String {
    let mut shown = String::with_capacity(html.len() / 2);
    for line in text::lines(html) {
        shown.push_str(&line.text);
        shown.push('\n');
    }
    shown
}

/// Text as HTML that shows the same characters.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
