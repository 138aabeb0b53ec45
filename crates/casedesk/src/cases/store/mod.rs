//! All SQL of the room.
mod case;
mod clocks;
mod draft;
mod entry;
mod list;
mod people;
mod related;
mod verdicts;

pub use case::*;
pub use clocks::*;
pub use draft::*;
pub use entry::*;
pub use list::*;
pub use people::*;
pub use related::*;
pub use verdicts::*;
