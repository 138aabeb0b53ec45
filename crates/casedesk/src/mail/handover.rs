//! What every source of mail hands its messages to. Listener and IMAP reader know only this, so that
//! they can be tried against an intake that fails in every way.
use bytes::Bytes;

use super::{MailError, Source, actions};
use crate::db::is_full;
use crate::desk::Desk;

/// Why a message was not stored: its source keeps it and tries again.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    #[error("there is no space left")]
    Full,
    #[error("{0}")]
    Failed(String),
}

/// Takes responsibility for mail.
pub trait Intake: Clone + Send + Sync + 'static {
    /// `Ok` means durably stored: only then may the source be told, or its place be moved on.
    fn take_in(&self, source: Source<'_>, raw: Bytes) -> impl Future<Output = Result<(), NotStored>> + Send;

    /// Makes a message visible that is larger than `mail.max_size`, by its headers and size alone.
    fn note_oversized(
        &self,
        source: Source<'_>,
        headers: Bytes,
        size: u64,
    ) -> impl Future<Output = Result<(), NotStored>> + Send;
}

impl Intake for Desk {
    async fn take_in(&self, source: Source<'_>, raw: Bytes) -> Result<(), NotStored> {
        actions::take_in(self, source, raw).await.map(|_| ()).map_err(NotStored::from)
    }

    async fn note_oversized(&self, source: Source<'_>, headers: Bytes, size: u64) -> Result<(), NotStored> {
        actions::note_oversized(self, source, headers, size).await.map(|_| ()).map_err(NotStored::from)
    }
}

impl From<MailError> for NotStored {
    fn from(error: MailError) -> Self {
        if is_full(&error) { Self::Full } else { Self::Failed(error.to_string()) }
    }
}
