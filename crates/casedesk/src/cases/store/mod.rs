//! All SQL of the room.
mod case;
mod clocks;
mod draft;
mod entry;
mod follow;
mod items;
mod list;
mod logs;
mod people;
mod related;
mod verdicts;

pub use case::*;
pub use clocks::*;
pub use draft::*;
pub use entry::*;
pub(in crate::cases) use follow::*;
pub use items::*;
pub use list::*;
pub use logs::*;
pub use people::*;
pub use related::*;
pub use verdicts::*;
