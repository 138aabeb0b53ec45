//! SQL of the room.
mod cycles;
mod product;
mod releases;
mod roadmap;

pub use cycles::*;
pub use product::*;
pub use releases::*;
pub use roadmap::*;

/// The most that are kept and listed: products; cycles, releases and items of one product; votes of one item.
pub const MOST_PRODUCTS: i64 = 500;
pub const MOST_CYCLES: i64 = 500;
pub const MOST_RELEASES: i64 = 1000;
pub const MOST_ITEMS: i64 = 500;
pub const MOST_VOTES: i64 = 5000;
