//! A full disk, told from other trouble: whatever the database calls it, it leaves here as one error.
use std::error::Error as Cause;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Error, Result};
use crate::kit::disk::{self, Sync};

/// `SQLITE_FULL`.
const SQLITE_FULL: i32 = 13;
/// `SQLITE_IOERR` and `SQLITE_CANTOPEN`, which have many kinds, and a full disk may be behind most of them: syncs,
/// quotas, the file of the shared memory.
const SQLITE_UNCLEAR: [i32; 2] = [10, 14];
/// `disk_full` of PostgreSQL.
const POSTGRES_FULL: &str = "53100";
/// How long a write that found no room is told of.
const LATELY: Duration = Duration::from_secs(5);

/// Whether an error, or one of its causes, is that there was no room left.
pub fn is_full(error: &(dyn Cause + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(disk::is_full) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What is known of the room that the database has.
pub(super) struct Room {
    /// Where SQLite writes; PostgreSQL's disk is elsewhere.
    folder: Option<PathBuf>,
    refused_at: Mutex<Option<Instant>>,
}

impl Room {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, refused_at: Mutex::default() }
    }

    /// Gives an error for want of room its one shape, which `is_full` knows.
    pub(super) async fn told<T>(&self, result: Result<T>) -> Result<T> {
        let Err(error) = result else { return result };
        if !is_full(&error) && !self.means_full(&error).await {
            return Err(error);
        }
        *self.refused_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Err(Error::Io(io::Error::new(io::ErrorKind::StorageFull, error)))
    }

    /// Whether a write found no room a moment ago.
    pub(super) fn refused_lately(&self) -> bool {
        let at = *self.refused_at.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < LATELY)
    }

    async fn means_full(&self, error: &Error) -> bool {
        let Error::Database(error) = error else { return false };
        let Some(code) = error.code() else { return false };
        let Some(folder) = &self.folder else { return code == POSTGRES_FULL };
        // The lowest byte is the kind, the rest says more.
        let kind = code.parse::<i32>().unwrap_or(0) & 0xff;
        let unclear = SQLITE_UNCLEAR.contains(&kind);
        kind == SQLITE_FULL || unclear && disk::try_writing(folder, Sync::Yes).await.is_err_and(|e| disk::is_full(&e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_by_its_cause() {
        #[derive(Debug, thiserror::Error)]
        #[error("the mail cannot be stored")]
        struct Outer(#[source] io::Error);
        assert!(is_full(&Outer(io::Error::from_raw_os_error(28))));
        assert!(!is_full(&Outer(io::Error::from_raw_os_error(5))));
    }
}
