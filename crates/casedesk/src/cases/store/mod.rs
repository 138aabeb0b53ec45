//! All SQL of the room.
mod case;
mod draft;
mod entry;
mod list;
mod logs;
mod people;
mod related;
mod verdicts;

pub use case::*;
pub use draft::*;
pub use entry::*;
pub use list::*;
pub use logs::*;
pub use people::*;
pub use related::*;
pub use verdicts::*;
