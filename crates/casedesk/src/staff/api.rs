//! The room's part of the JSON API.
use utoipa_axum::router::OpenApiRouter;

use crate::desk::Desk;

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
}
