//! What every page and API call goes through: errors in one shape, security headers, same-origin
//! check, assets, health. No business rules.
pub mod api;
pub mod assets;
pub mod client;
pub mod cookies;
pub mod disposition;
pub mod error;
pub mod fields;
pub mod guard;
pub mod health;
pub mod public;
pub mod routing;
pub mod shell;
pub mod turbo;
pub mod upload;

pub use error::{Error, Html, Result};
