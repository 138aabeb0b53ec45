//! The file store: attachments and raw mail by the SHA-256 of what they hold. A name under which
//! something is stored is always ours; whatever a sender called it is only text in a table. A file that is still
//! coming lies here in blocks, and becomes a whole one without ever being in memory.
pub mod text;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload};

use crate::kit::secrets::{Sha256Hex, random_token, sha256_hex};

/// The part of the store where blocks lie, of files that are not whole yet.
const COMING: &str = "coming";
/// Where archives that are handed out lie, until their time is over.
const ARCHIVES: &str = "archives";
/// Where files lie that nothing names any more, until they are forgotten.
const ASIDE: &str = "aside";
/// What no backup copies.
pub const NOT_KEPT: [&str; 3] = [COMING, ARCHIVES, ASIDE];

#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("the file {0} is not in the store")]
    Missing(String),
    #[error("“{0}” is not the name of a stored file")]
    BadDigest(String),
    #[error("the file store does not work")]
    Store(#[source] object_store::Error),
    #[error("the folder for files cannot be made")]
    Folder(#[from] std::io::Error),
}

/// Where files are. Cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// A folder, made when absent; everything put there is synced before `put` returns.
    pub fn folder(path: &Path) -> Result<Self, FilesError> {
        std::fs::create_dir_all(path)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(FilesError::Store)?;
        Ok(Self(Arc::new(store.with_fsync(true))))
    }

    /// Stores the bytes once, and gives their SHA-256 as 64 hexadecimal characters.
    pub async fn put(&self, bytes: Bytes) -> Result<String, FilesError> {
        let digest = sha256_hex(&bytes);
        let key = key(&digest)?;
        if self.0.head(&key).await.is_err() {
            self.0.put(&key, PutPayload::from_bytes(bytes)).await.map_err(FilesError::Store)?;
        }
        Ok(digest)
    }

    pub async fn get(&self, digest: &str) -> Result<Bytes, FilesError> {
        self.whole(&key(digest)?, digest).await
    }

    /// Keeps a block of a file that is still coming, and gives the name that it has from then on.
    pub async fn put_block(&self, bytes: Bytes) -> Result<String, FilesError> {
        let name = random_token();
        self.0.put(&coming(&name), PutPayload::from_bytes(bytes)).await.map_err(FilesError::Store)?;
        Ok(name)
    }

    pub async fn block(&self, name: &str) -> Result<Bytes, FilesError> {
        self.whole(&coming(name), name).await
    }

    /// Forgets a block. One that is not there is forgotten already.
    pub async fn delete_block(&self, name: &str) -> Result<(), FilesError> {
        self.delete(&coming(name)).await
    }

    /// Blocks that have lain here for longer than this, whoever they belong to; 1,000 at the most.
    pub async fn old_blocks(&self, age: Duration) -> Result<Vec<String>, FilesError> {
        const MOST: usize = 1_000;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = i64::try_from(now.saturating_sub(age).as_secs()).unwrap_or(0);
        let mut all = self.0.list(Some(&Key::from(COMING)));
        let mut old = Vec::new();
        while let Some(block) = all.next().await {
            let block = block.map_err(FilesError::Store)?;
            if block.last_modified.timestamp() < before && old.len() < MOST {
                old.extend(block.location.filename().map(str::to_owned));
            }
        }
        Ok(old)
    }

    /// Makes one file of blocks, and gives its SHA-256. The blocks stay until they are deleted.
    pub async fn join(&self, blocks: &[String]) -> Result<String, FilesError> {
        let whole = coming(&random_token());
        let mut writing = self.0.put_multipart(&whole).await.map_err(FilesError::Store)?;
        let digest = match self.copy(blocks, writing.as_mut()).await {
            Ok(digest) => digest,
            Err(error) => {
                // What is left of a try is of no use to anybody; why it failed counts for more than that it stays.
                let _ = writing.abort().await;
                return Err(error);
            }
        };
        let key = key(&digest)?;
        if self.0.head(&key).await.is_ok() {
            self.0.delete(&whole).await.map_err(FilesError::Store)?;
        } else {
            self.0.rename(&whole, &key).await.map_err(FilesError::Store)?;
        }
        Ok(digest)
    }

    async fn copy(&self, blocks: &[String], writing: &mut dyn MultipartUpload) -> Result<String, FilesError> {
        let mut digest = Sha256Hex::default();
        for block in blocks {
            let bytes = self.block(block).await?;
            digest.feed(&bytes);
            writing.put_part(PutPayload::from_bytes(bytes)).await.map_err(FilesError::Store)?;
        }
        writing.complete().await.map_err(FilesError::Store)?;
        Ok(digest.finish())
    }

    async fn whole(&self, key: &Key, name: &str) -> Result<Bytes, FilesError> {
        let found = self.0.get(key).await.map_err(|error| told(error, name))?;
        found.bytes().await.map_err(FilesError::Store)
    }

    /// The file piece by piece, for those that may be large.
    pub async fn stream(&self, digest: &str) -> Result<Pieces, FilesError> {
        Ok(self.pieces(&key(digest)?).await?.1)
    }

    async fn pieces(&self, key: &Key) -> Result<(u64, Pieces), FilesError> {
        let found = self.0.get(key).await.map_err(|error| told(error, key.as_ref()))?;
        let size = found.meta.size;
        Ok((size, found.into_stream().map(|piece| piece.map_err(FilesError::Store)).boxed()))
    }

    /// Takes a file out of the way that nothing names any more, for as long as somebody may have begun to name it.
    pub async fn set_aside(&self, digest: &str) -> Result<(), FilesError> {
        self.rename(&key(digest)?, &aside(digest)?).await
    }

    /// Puts one back that was named meanwhile.
    pub async fn bring_back(&self, digest: &str) -> Result<(), FilesError> {
        self.rename(&aside(digest)?, &key(digest)?).await
    }

    /// Forgets one that was set aside.
    pub async fn forget(&self, digest: &str) -> Result<(), FilesError> {
        self.delete(&aside(digest)?).await
    }

    /// A file that is not there is where it should be: this may run twice.
    async fn rename(&self, from: &Key, to: &Key) -> Result<(), FilesError> {
        match self.0.rename(from, to).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(FilesError::Store(error)),
        }
    }

    /// One that is not there is deleted already.
    async fn delete(&self, key: &Key) -> Result<(), FilesError> {
        match self.0.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(FilesError::Store(error)),
        }
    }

    /// Begins an archive, which is there once it is shut down; its name is a word of ours.
    pub fn begin_archive(&self, name: &str) -> BufWriter {
        BufWriter::new(self.0.clone(), archive(name))
    }

    /// Its size in bytes, and what it holds.
    pub async fn archive(&self, name: &str) -> Result<(u64, Pieces), FilesError> {
        self.pieces(&archive(name)).await
    }

    pub async fn remove_archive(&self, name: &str) -> Result<(), FilesError> {
        self.delete(&archive(name)).await
    }
}

/// What a file holds, piece by piece.
pub type Pieces = BoxStream<'static, Result<Bytes, FilesError>>;

fn told(error: object_store::Error, name: &str) -> FilesError {
    match error {
        object_store::Error::NotFound { .. } => FilesError::Missing(name.to_owned()),
        other => FilesError::Store(other),
    }
}

fn archive(name: &str) -> Key {
    Key::from_iter([ARCHIVES, name])
}

fn aside(digest: &str) -> Result<Key, FilesError> {
    key(digest)?;
    Ok(Key::from_iter([ASIDE, digest]))
}

fn key(digest: &str) -> Result<Key, FilesError> {
    if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(FilesError::BadDigest(digest.to_owned()));
    }
    Ok(Key::from(format!("{}/{}", &digest[..2], digest)))
}

fn coming(name: &str) -> Key {
    Key::from_iter([COMING, name])
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new() -> (Self, Files) {
            let path = std::env::temp_dir().join(random_token());
            let files = Files::folder(&path).unwrap();
            (Self(path), files)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn a_file_comes_back_by_its_digest_and_a_path_is_no_digest() {
        let (_folder, files) = Folder::new();
        let digest = files.put(Bytes::from_static(b"hello")).await.unwrap();
        assert_eq!(files.put(Bytes::from_static(b"hello")).await.unwrap(), digest);
        assert_eq!(files.get(&digest).await.unwrap(), "hello");
        assert!(matches!(files.get("../../etc/passwd").await, Err(FilesError::BadDigest(_))));
        assert!(matches!(files.get(&"0".repeat(64)).await, Err(FilesError::Missing(_))));
    }

    #[tokio::test]
    async fn blocks_become_the_file_that_they_are_parts_of() {
        let (folder, files) = Folder::new();
        let blocks = [
            files.put_block(Bytes::from_static(b"hello ")).await.unwrap(),
            files.put_block(Bytes::from_static(b"world")).await.unwrap(),
        ];
        let digest = files.join(&blocks).await.unwrap();
        assert_eq!(digest, sha256_hex(b"hello world"));
        assert_eq!(files.join(&blocks).await.unwrap(), digest, "once more is the same");
        let pieces: Vec<Bytes> = files.stream(&digest).await.unwrap().map(Result::unwrap).collect().await;
        assert_eq!(pieces.concat(), b"hello world");
        for block in &blocks {
            files.delete_block(block).await.unwrap();
            files.delete_block(block).await.unwrap();
        }
        assert!(matches!(files.join(&blocks).await, Err(FilesError::Missing(_))));
        assert_eq!(std::fs::read_dir(folder.0.join(COMING)).unwrap().count(), 0, "nothing is left of a try");
    }

    #[tokio::test]
    async fn a_file_that_is_set_aside_comes_back_or_is_forgotten_however_often_it_is_asked_for() {
        let (_folder, files) = Folder::new();
        let digest = files.put(Bytes::from_static(b"hello")).await.unwrap();
        for _ in 0..2 {
            files.set_aside(&digest).await.unwrap();
        }
        assert!(matches!(files.get(&digest).await, Err(FilesError::Missing(_))));
        for _ in 0..2 {
            files.bring_back(&digest).await.unwrap();
        }
        assert_eq!(files.get(&digest).await.unwrap(), "hello");
        files.set_aside(&digest).await.unwrap();
        for _ in 0..2 {
            files.forget(&digest).await.unwrap();
        }
        files.bring_back(&digest).await.unwrap();
        assert!(matches!(files.get(&digest).await, Err(FilesError::Missing(_))));
    }
}
