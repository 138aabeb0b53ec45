//! HTML of strangers: made safe for a sandboxed frame, or turned into lines of text.

mod bounds;
mod safe;
pub(crate) mod text;

pub use safe::{SafeHtml, sanitise};

/// Text as HTML that shows the same characters.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
