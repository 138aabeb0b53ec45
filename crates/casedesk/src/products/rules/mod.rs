//! Decisions about products, without a database and without a clock: what day it is, is a parameter.
pub mod import;
#[cfg(test)]
mod samples;
mod stage;
mod text;
mod track;
mod versions;

pub use stage::{Stage, Standing, standing};
pub use text::{Unfit, checked_cycle, checked_item, checked_product, checked_release, day, fold, slug_of};
pub use track::{Lifespan, Track};
pub use versions::{About, about, cycle_of, newest, newest_of_cycle, sort_newest_first};
