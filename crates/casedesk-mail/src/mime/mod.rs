//! The structure of a message: header fields and the tree of MIME parts (RFC 5322, RFC 2045 to 2049).
//!
//! The tree is read here and not by a general MIME library because a support desk must survive
//! what senders do to it: nesting, part and field counts are bounded, every byte range stays
//! reachable as raw bytes (so that a wrong charset can be repaired later), and the parent's
//! boundary always ends a child that was never closed.

pub(crate) mod charset;
pub(crate) mod date;
pub(crate) mod encoding;
pub(crate) mod flowed;
pub(crate) mod header;
pub(crate) mod params;
mod sections;
pub(crate) mod tree;
pub(crate) mod uuencoded;
pub(crate) mod words;

pub(crate) use header::Headers;
pub(crate) use params::Params;
pub(crate) use tree::{Part, parse};
