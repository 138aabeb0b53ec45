//! The room's pages.
pub mod cookies;

use axum::Router;

use crate::desk::Desk;

pub fn routes() -> Router<Desk> {
    Router::new()
}
