//! A ZIP archive, written as it is gathered: never more of it in memory than a few pieces. Its entries are named by us;
//! what customers called their files is made harmless first.
use std::io::{self, Write};

use bytes::Bytes;
use futures::StreamExt as _;
use object_store::buffered::BufWriter;
use serde::Serialize;
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::PrivacyError;
use crate::desk::Desk;
use crate::files::FilesError;
use crate::kit::zip::Zip;

/// How many pieces wait for the writer.
const AHEAD: usize = 4;

enum Piece {
    Begin(String),
    Bytes(Bytes),
    End,
}

/// Something that is not in the archive, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub what: String,
    pub why: String,
}

/// A part of the archive, for its index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub path: String,
    pub what: String,
}

/// An archive that is being written.
pub struct Archive {
    to: mpsc::Sender<Piece>,
    written: JoinHandle<io::Result<u64>>,
    pub listed: Vec<Listed>,
    pub left_out: Vec<LeftOut>,
}

impl Archive {
    /// Begins it in the file store, under a name of ours.
    pub fn begin(desk: &Desk, name: &str) -> Self {
        let (to, pieces) = mpsc::channel(AHEAD);
        let out = desk.files().begin_archive(name);
        let written = tokio::task::spawn_blocking(move || write(out, pieces));
        Self { to, written, listed: Vec::new(), left_out: Vec::new() }
    }

    /// A whole file, named in the index.
    pub async fn json(&mut self, path: &str, what: &str, value: &impl Serialize) -> Result<(), PrivacyError> {
        let text = serde_json::to_vec_pretty(value).map_err(|error| PrivacyError::Archive(error.into()))?;
        self.list(path, what);
        self.start(path).await?;
        self.add(Bytes::from(text)).await
    }

    pub fn list(&mut self, path: &str, what: &str) {
        self.listed.push(Listed { path: path.into(), what: what.into() });
    }

    pub fn leave_out(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.left_out.push(LeftOut { what: what.into(), why: why.into() });
    }

    /// Begins a file; what is added from then on is its own.
    pub async fn start(&mut self, path: &str) -> Result<(), PrivacyError> {
        self.send(Piece::Begin(path.into())).await
    }

    pub async fn add(&mut self, bytes: Bytes) -> Result<(), PrivacyError> {
        self.send(Piece::Bytes(bytes)).await
    }

    /// A file of the store, piece by piece. One that is lost is said to be.
    pub async fn stored(&mut self, desk: &Desk, path: &str, digest: &str) -> Result<(), PrivacyError> {
        let mut pieces = match desk.files().stream(digest).await {
            Ok(pieces) => pieces,
            Err(FilesError::Missing(_) | FilesError::BadDigest(_)) => {
                self.leave_out(path, "the file is not in the store any more");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.start(path).await?;
        while let Some(piece) = pieces.next().await {
            self.add(piece?).await?;
        }
        Ok(())
    }

    async fn send(&mut self, piece: Piece) -> Result<(), PrivacyError> {
        if self.to.send(piece).await.is_ok() {
            return Ok(());
        }
        // The writer has broken off, and says why.
        match (&mut self.written).await {
            Ok(Err(error)) => Err(PrivacyError::Archive(error)),
            _ => Err(PrivacyError::Archive(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Ends it; only then is it in the file store. Its size in bytes.
    pub async fn finish(mut self) -> Result<u64, PrivacyError> {
        self.send(Piece::End).await?;
        match self.written.await {
            Ok(Ok(size)) => Ok(size),
            Ok(Err(error)) => Err(PrivacyError::Archive(error)),
            Err(broke) => Err(PrivacyError::Archive(io::Error::other(broke))),
        }
    }
}

/// Writes from a thread that may wait.
struct Waiting {
    out: BufWriter,
    on: Handle,
}

impl Write for Waiting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.on.block_on(self.out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.on.block_on(self.out.flush())
    }
}

/// Runs on a thread of its own. An archive whose end never comes is left unfinished, and is in no store.
fn write(out: BufWriter, mut pieces: mpsc::Receiver<Piece>) -> io::Result<u64> {
    let mut zip = Zip::new(Waiting { out, on: Handle::current() });
    loop {
        match pieces.blocking_recv() {
            Some(Piece::Begin(path)) => zip.start(&path)?,
            Some(Piece::Bytes(bytes)) => zip.add(&bytes)?,
            Some(Piece::End) => break,
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
    let (Waiting { mut out, on }, size) = zip.finish()?;
    on.block_on(out.shutdown())?;
    Ok(size)
}
