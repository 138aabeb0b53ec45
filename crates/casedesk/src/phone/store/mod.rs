//! SQL of calls, their confirmations.
mod calls;
mod confirmations;
mod numbers;

pub use calls::*;
pub use confirmations::*;
pub use numbers::*;

pub use crate::customers::store::{delete_number, insert_number, numbers};
