//! The relay that takes our mail.
#[derive(Clone)]
pub struct Relay;
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("{text}")]
    Permanent { text: String },
    #[error("{0}")]
    Transient(String),
}
impl Relay {
    pub async fn send(&self, _from: Option<&str>, _to: &[String], _raw: &[u8]) -> Result<(), SendError> {
        Err(SendError::Transient("no relay".into()))
    }
}
