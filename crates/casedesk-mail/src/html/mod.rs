//! HTML of strangers: made safe for a sandboxed frame, or turned into lines of text.

mod bounds;
mod safe;
pub(crate) mod text;

pub use safe::{SafeHtml, sanitise};
