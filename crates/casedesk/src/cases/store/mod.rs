//! All SQL of the room.
mod case;
mod draft;
mod entry;
mod items;
mod list;
mod people;
mod related;
mod verdicts;

pub use case::*;
pub use draft::*;
pub use entry::*;
pub use items::*;
pub use list::*;
pub use people::*;
pub use related::*;
pub use verdicts::*;
