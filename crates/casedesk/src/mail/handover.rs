//! What every source of mail hands its messages to. Listener and IMAP reader know only this, so that
//! they can be tried against an intake that fails in every way.
use bytes::Bytes;

use super::{MailError, Source, actions};
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
        // Transparent variants hide the error they stand for from whoever walks along the causes.
        let full = match &error {
            MailError::Database(cause) => is_full(cause),
            MailError::Files(cause) => is_full(cause),
            other => is_full(other),
        };
        if full { Self::Full } else { Self::Failed(error.to_string()) }
    }
}

/// Whether an error means that the disk, or the database's quota, is full.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && matches!(io.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
        {
            return true;
        }
        if let Some(sqlx::Error::Database(database)) = error.downcast_ref::<sqlx::Error>()
            && matches!(database.code().as_deref(), Some("13" | "53100"))
        {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_by_its_cause() {
        #[derive(Debug, thiserror::Error)]
        #[error("the mail cannot be stored")]
        struct Outer(#[source] std::io::Error);
        assert!(is_full(&Outer(std::io::Error::from_raw_os_error(28))));
        assert!(!is_full(&Outer(std::io::Error::from_raw_os_error(5))));
    }
}
