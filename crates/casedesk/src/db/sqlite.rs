//! SQLite: one writing connection with group commit, some read-only ones.
//!
//! A transaction is a savepoint inside a shared outer transaction. Whoever finds nobody queueing
//! behind commits for all; the others wait for that commit. An error of the outer transaction fails
//! every waiter: none of them was told its data is safe. So does a statement that finds no room left, after which
//! SQLite may have taken back the outer transaction by itself.
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, oneshot};

use super::room::Room;
use super::{Error, Query, Result, Rows, is_full};

/// How many transactions may share one sync.
const BATCH: usize = 128;
/// How many statements read at once, at most.
const READERS: u32 = 8;
/// How long a statement may wait until it is its turn to read.
const TURN: Duration = Duration::from_secs(10);

pub(super) struct Writer {
    state: Arc<Mutex<State>>,
    queued: Arc<AtomicUsize>,
}

struct State {
    connection: SqliteConnection,
    room: Arc<Room>,
    open: bool,
    /// Something in the outer transaction found no room left.
    full: bool,
    waiters: Vec<oneshot::Sender<Outcome>>,
}

/// What became of a commit that others had left to somebody.
#[derive(Clone, Copy)]
enum Outcome {
    Done,
    /// There was no space left.
    Full,
    Failed,
}

/// The folder of an SQLite database; `None` of any other.
pub(super) fn folder(url: &str) -> Result<Option<PathBuf>> {
    if url.starts_with("postgres") {
        return Ok(None);
    }
    let file = SqliteConnectOptions::from_str(url)?;
    Ok(file
        .get_filename()
        .parent()
        .map(|folder| if folder.as_os_str().is_empty() { ".".into() } else { folder.into() }))
}

pub(super) async fn open(url: &str, max_connections: u32, room: Arc<Room>) -> Result<(Writer, Readers)> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-32768")
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256)
        .create_if_missing(true);
    let connection = options.connect().await?;
    let read = Readers {
        options: options.read_only(true).pragma("cache_size", "-8192"),
        most: max_connections.min(READERS),
        turns: Semaphore::new(max_connections.min(READERS) as usize),
        free: std::sync::Mutex::default(),
    };
    let state = State { connection, room, open: false, full: false, waiters: Vec::new() };
    Ok((Writer { state: Arc::new(Mutex::new(state)), queued: Arc::default() }, read))
}

/// The connections that read: opened when they are first needed, the one used last first, since it knows the most pages.
/// (The pool of sqlx asks a connection before and after each statement whether it still lives, which for a thread of our
/// own costs more than most statements do.)
pub(super) struct Readers {
    options: SqliteConnectOptions,
    most: u32,
    turns: Semaphore,
    free: std::sync::Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    pub(super) async fn rows(&self, query: Query) -> Result<Rows> {
        let turn = tokio::time::timeout(TURN, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let free = self.free().pop();
        let connection = match free {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let mut connection = Lent(Some(connection));
        let read = query.fetch_sqlite(connection.0.as_mut().ok_or(Error::WorkerCrashed)?).await;
        let connection = connection.0.take();
        // A thread that is gone answers nobody after this one either.
        if !matches!(read, Err(Error::WorkerCrashed)) {
            self.free().extend(connection);
        }
        read
    }

    /// Lets what is being read be read to its end, and nothing after it.
    pub(super) async fn close(&self) {
        let _all = self.turns.acquire_many(self.most).await;
        self.turns.close();
        let connections = std::mem::take(&mut *self.free());
        for connection in connections {
            let _ = connection.close().await;
        }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A connection whose statement is running. Nobody else gets one whose statement was given up: SQLite runs that to its
/// next row before it hears of it, and whoever came next would wait for it.
struct Lent(Option<SqliteConnection>);

impl Writer {
    pub(super) async fn begin(&self) -> Result<SqliteTx> {
        let queueing = Queueing::enter(self);
        let state = self.state.clone().lock_owned().await;
        queueing.served();
        let mut tx = SqliteTx { state: Some(state), queued: self.queued.clone() };
        let state = tx.state()?;
        if !state.open {
            state.full = false;
            state.run("BEGIN IMMEDIATE").await?;
            state.open = true;
        }
        state.run("SAVEPOINT t").await?;
        Ok(tx)
    }

    /// Moves the log into the database file, so that a copy of the folder is whole.
    pub(super) async fn checkpoint(&self) {
        let mut state = self.state.lock().await;
        if let Err(error) = state.run("PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::warn!(%error, "the write-ahead log could not be moved into the database file");
        }
    }
}

/// One who waits for the writer. Somebody may have left their commit to it, so when its future is
/// dropped while waiting, the commit is done in its place.
struct Queueing {
    state: Arc<Mutex<State>>,
    queued: Arc<AtomicUsize>,
    served: bool,
}

impl Queueing {
    fn enter(writer: &Writer) -> Self {
        writer.queued.fetch_add(1, SeqCst);
        Self { state: writer.state.clone(), queued: writer.queued.clone(), served: false }
    }

    fn served(mut self) {
        self.served = true;
    }
}

impl Drop for Queueing {
    fn drop(&mut self) {
        self.queued.fetch_sub(1, SeqCst);
        if self.served {
            return;
        }
        let (state, queued) = (self.state.clone(), self.queued.clone());
        tokio::spawn(async move {
            let mut state = state.lock().await;
            if !state.waiters.is_empty() && queued.load(SeqCst) == 0 {
                let _ = state.flush().await;
            }
        });
    }
}

pub(super) struct SqliteTx {
    state: Option<OwnedMutexGuard<State>>,
    queued: Arc<AtomicUsize>,
}

impl SqliteTx {
    pub(super) async fn exec(&mut self, query: Query) -> Result<u64> {
        let state = self.state()?;
        let ran = query.run_sqlite(&mut state.connection).await;
        state.told(ran).await
    }

    pub(super) async fn rows(&mut self, query: Query) -> Result<Rows> {
        let state = self.state()?;
        let read = query.fetch_sqlite(&mut state.connection).await;
        state.told(read).await
    }

    pub(super) async fn script(&mut self, sql: AssertSqlSafe<String>) -> Result<()> {
        let state = self.state()?;
        let ran = sqlx::raw_sql(sql).execute(&mut state.connection).await.map(|_| ());
        state.told(ran).await
    }

    fn state(&mut self) -> Result<&mut State> {
        self.state.as_deref_mut().ok_or(Error::WorkerCrashed)
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        self.state()?.run("RELEASE t").await?;
        let Some(mut state) = self.state.take() else { return Err(Error::WorkerCrashed) };
        if self.queued.load(SeqCst) > 0 && state.waiters.len() < BATCH {
            let (done, committed) = oneshot::channel();
            state.waiters.push(done);
            drop(state);
            return match committed.await {
                Ok(Outcome::Done) => Ok(()),
                Ok(Outcome::Full) => Err(Error::Io(std::io::ErrorKind::StorageFull.into())),
                Ok(Outcome::Failed) | Err(_) => Err(Error::WorkerCrashed),
            };
        }
        // The commit runs to its end even when our caller stops waiting: others depend on it.
        tokio::spawn(async move { state.flush().await }).await.unwrap_or(Err(Error::WorkerCrashed))
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        let Some(mut state) = self.state.take() else { return };
        let queued = self.queued.clone();
        tokio::spawn(async move { state.undo(&queued).await });
    }
}

impl State {
    async fn run(&mut self, sql: &'static str) -> Result<()> {
        let ran = sqlx::query(sql).execute(&mut self.connection).await.map(|_| ());
        self.told(ran).await
    }

    async fn told<T>(&mut self, result: Result<T>) -> Result<T> {
        let result = self.room.told(result).await;
        self.full |= result.as_ref().is_err_and(|error| is_full(error));
        result
    }

    /// Commits for everyone who released into the outer transaction.
    async fn flush(&mut self) -> Result<()> {
        let result = self.run("COMMIT").await;
        if result.is_err() {
            self.abort().await;
        }
        self.open = false;
        for waiter in self.waiters.drain(..) {
            let _ = waiter.send(Outcome::Done);
        }
        result
    }

    /// Takes back the savepoint alone when others have released before it, else everything.
    async fn undo(&mut self, queued: &AtomicUsize) {
        let savepoint = match self.run("ROLLBACK TO t").await {
            Ok(()) => self.run("RELEASE t").await,
            failed => failed,
        };
        if savepoint.is_err() || self.full || self.waiters.is_empty() {
            self.abort().await;
        } else if queued.load(SeqCst) == 0 {
            let _ = self.flush().await;
        }
    }

    async fn abort(&mut self) {
        // An I/O error may have ended the transaction already, so a failing ROLLBACK says nothing.
        let _ = self.run("ROLLBACK").await;
        self.open = false;
        let outcome = if self.full { Outcome::Full } else { Outcome::Failed };
        for waiter in self.waiters.drain(..) {
            let _ = waiter.send(outcome);
        }
        if self.connection.ping().await.is_err() {
            tracing::error!("the writing connection does not answer");
        }
    }
}
