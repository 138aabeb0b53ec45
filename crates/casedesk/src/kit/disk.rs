//! Whether a folder can be written, tried rather than asked: quotas and failing disks have no other sign.
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// What is left when the disk counts as full: less would break off in the middle of a larger mail.
const ROOM: usize = 1 << 20;
/// One name, so that a try that was killed leaves at most one file.
const NAME: &str = ".casedesk-room";

/// Whether the file must have reached the disk. Some file systems find only then that there is no room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    Yes,
    No,
}

/// Writes a file of 1 MiB into the folder and takes it away again.
pub async fn try_writing(folder: &Path, sync: Sync) -> io::Result<()> {
    let path = folder.join(NAME);
    let written = tokio::task::spawn_blocking(move || {
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(&vec![0; ROOM])?;
            if sync == Sync::Yes { file.sync_data() } else { Ok(()) }
        });
        // Somebody who tried at the same moment may have taken it away before.
        let _ = std::fs::remove_file(&path);
        written
    });
    written.await.unwrap_or_else(|broke| Err(io::Error::other(broke)))
}

/// Whether an error means that there is no room left, on the disk or in a quota.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
