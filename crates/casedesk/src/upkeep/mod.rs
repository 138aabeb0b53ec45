//! What needs somebody to look after the desk: work that gave up, and mail that waits to be filed. Invariants: the words
//! of an error, which may name people, are shown to administrators alone; outside there are numbers.
pub mod actions;
pub mod api;
pub mod pages;
pub mod rules;

/// What goes wrong when somebody acts on work that gave up.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    #[error("There is no such work to give up: somebody was quicker, or it recurs and can only start over.")]
    Gone,
    #[error(transparent)]
    Database(#[from] crate::db::Error),
}

impl From<UpkeepError> for crate::web::Error {
    fn from(error: UpkeepError) -> Self {
        match error {
            UpkeepError::Gone => Self::new(axum::http::StatusCode::NOT_FOUND, error.to_string()),
            UpkeepError::Database(error) => error.into(),
        }
    }
}
