//! SQL of calls, their confirmations, and the numbers of contacts.
mod calls;
mod confirmations;
mod numbers;

pub use calls::*;
pub use confirmations::*;
pub use numbers::*;
