//! The file store: attachments and raw mail by the SHA-256 of what they hold. A name under which
//! something is stored is always ours; whatever a sender called it is only text in a table.
pub mod text;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use crate::kit::secrets::sha256_hex;

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
        let found = self.0.get(&key(digest)?).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => FilesError::Missing(digest.to_owned()),
            other => FilesError::Store(other),
        })?;
        found.bytes().await.map_err(FilesError::Store)
    }
}

fn key(digest: &str) -> Result<Key, FilesError> {
    if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(FilesError::BadDigest(digest.to_owned()));
    }
    Ok(Key::from(format!("{}/{}", &digest[..2], digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_back_by_its_digest_and_a_path_is_no_digest() {
        let folder = std::env::temp_dir().join(crate::kit::secrets::random_token());
        let files = Files::folder(&folder).unwrap();
        let digest = files.put(Bytes::from_static(b"hello")).await.unwrap();
        assert_eq!(files.put(Bytes::from_static(b"hello")).await.unwrap(), digest);
        assert_eq!(files.get(&digest).await.unwrap(), "hello");
        assert!(matches!(files.get("../../etc/passwd").await, Err(FilesError::BadDigest(_))));
        assert!(matches!(files.get(&"0".repeat(64)).await, Err(FilesError::Missing(_))));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
