//! The vocabulary: what people write, in nine languages, and what it means.
pub(crate) mod answers;
pub(crate) mod cues;
pub(crate) mod headings;
pub(crate) mod roles;
pub(crate) mod technology;
