//! The one persistence layer: SQLite or PostgreSQL behind `Db`, `Tx` and `Query`.
//!
//! Invariants: a write happens only in a `Tx`; a `Tx` dropped without `commit` leaves nothing;
//! `commit` returns only when the data is synced to disk; notices of a transaction are heard only
//! when it was committed. On SQLite one connection writes, and transactions that queue behind each
//! other share one sync (group commit). An error for want of room is one that `is_full` knows.
mod migrate;
mod query;
mod room;
mod sqlite;
mod value;

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{Postgres, Transaction};
use tokio::sync::broadcast;

use room::Room;

pub use query::{Query, Row, Rows};
pub use room::is_full;
pub use value::{ToValue, UnknownWord, Value};

pub use sqlx::Error;
pub type Result<T> = std::result::Result<T, Error>;

/// The channel PostgreSQL carries our notices on.
const CHANNEL: &str = "casedesk";
/// How many notices a slow listener may fall behind before it is told to read everything again.
const BUS_DEPTH: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    backend: Backend,
    room: Arc<Room>,
    bus: broadcast::Sender<String>,
}

enum Backend {
    Sqlite { write: Arc<sqlite::Writer>, read: Box<sqlite::Readers> },
    Postgres(PgPool),
}

impl Db {
    /// Opens `sqlite://PATH` (created when absent) or `postgres://…`.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        let (bus, _) = broadcast::channel(BUS_DEPTH);
        let room = Arc::new(Room::new(sqlite::folder(url)?));
        let backend = if url.starts_with("postgres") {
            let options = PgConnectOptions::from_str(url)?.application_name("casedesk");
            let pool = PgPoolOptions::new()
                .max_connections(max_connections)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await?;
            Backend::Postgres(pool)
        } else {
            let (write, read) = sqlite::open(url, max_connections, room.clone()).await?;
            Backend::Sqlite { write: Arc::new(write), read: Box::new(read) }
        };
        let db = Self(Arc::new(Inner { backend, room, bus }));
        db.listen();
        Ok(db)
    }

    pub fn dialect(&self) -> Dialect {
        match &self.0.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The text for this database where the two really differ.
    pub fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        }
    }

    /// Notices of committed transactions, this node's and (on PostgreSQL) every other node's.
    pub fn subscribe(&self) -> broadcast::Receiver<String> {
        self.0.bus.subscribe()
    }

    /// Says something to every node that no table holds (who is looking at what).
    pub async fn whisper(&self, notice: String) -> Result<()> {
        match &self.0.backend {
            Backend::Sqlite { .. } => {
                let _ = self.0.bus.send(notice);
            }
            Backend::Postgres(pool) => {
                sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice).execute(pool).await?;
            }
        }
        Ok(())
    }

    /// Whether a write found no room a moment ago.
    pub fn is_out_of_room(&self) -> bool {
        self.0.room.refused_lately()
    }

    pub async fn begin(&self) -> Result<Tx> {
        let kind = match &self.0.backend {
            Backend::Sqlite { write, .. } => TxKind::Sqlite(write.begin().await?),
            Backend::Postgres(pool) => TxKind::Postgres(pool.begin().await?),
        };
        Ok(Tx { kind: Some(kind), room: self.0.room.clone(), bus: self.0.bus.clone(), notices: Vec::new() })
    }

    /// Lets what is under way finish, then closes.
    pub async fn close(&self) {
        match &self.0.backend {
            Backend::Sqlite { write, read } => {
                read.close().await;
                write.checkpoint().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }

    fn listen(&self) {
        let Backend::Postgres(pool) = &self.0.backend else { return };
        let (pool, bus) = (pool.clone(), self.0.bus.clone());
        tokio::spawn(async move {
            while !pool.is_closed() {
                if let Err(error) = relay(&pool, &bus).await {
                    tracing::warn!(%error, "listening for notices failed, trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        });
    }
}

async fn relay(pool: &PgPool, bus: &broadcast::Sender<String>) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let notice = listener.recv().await?;
        let _ = bus.send(notice.payload().to_owned());
    }
}

/// A write transaction. Dropped without `commit` it rolls back.
pub struct Tx {
    kind: Option<TxKind>,
    room: Arc<Room>,
    bus: broadcast::Sender<String>,
    notices: Vec<String>,
}

enum TxKind {
    Sqlite(sqlite::SqliteTx),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub fn dialect(&self) -> Dialect {
        match self.kind {
            Some(TxKind::Postgres(_)) => Dialect::Postgres,
            _ => Dialect::Sqlite,
        }
    }

    /// Runs a statement; how many rows it changed.
    pub async fn exec(&mut self, query: Query) -> Result<u64> {
        let ran = match self.kind()? {
            TxKind::Sqlite(tx) => return tx.exec(query).await,
            TxKind::Postgres(tx) => query.run_postgres(&mut **tx).await,
        };
        self.room.told(ran).await
    }

    /// Runs a statement that ends in `RETURNING id`.
    pub async fn insert(&mut self, query: Query) -> Result<i64> {
        let (id,): (i64,) = self.one(query).await?;
        Ok(id)
    }

    /// Serialises with every other transaction that takes the same lock, on all nodes, until the end.
    /// On SQLite there is one writer anyway.
    pub async fn lock(&mut self, name: &str) -> Result<()> {
        if self.dialect() == Dialect::Postgres {
            let _: Option<(bool,)> = self
                .opt(crate::q!("SELECT true FROM (SELECT pg_advisory_xact_lock(hashtextextended($1, 0))) l", name))
                .await?;
        }
        Ok(())
    }

    /// Says `notice` to every listener on every node once this is committed.
    pub async fn notify(&mut self, notice: String) -> Result<()> {
        match self.kind()? {
            TxKind::Sqlite(_) => self.notices.push(notice),
            TxKind::Postgres(tx) => {
                sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Makes it durable: when this returns `Ok`, a power cut takes nothing of it away.
    pub async fn commit(mut self) -> Result<()> {
        match self.kind.take() {
            Some(TxKind::Sqlite(tx)) => tx.commit().await?,
            Some(TxKind::Postgres(tx)) => self.room.told(tx.commit().await).await?,
            None => return Err(Error::WorkerCrashed),
        }
        for notice in self.notices.drain(..) {
            let _ = self.bus.send(notice);
        }
        Ok(())
    }

    fn kind(&mut self) -> Result<&mut TxKind> {
        self.kind.as_mut().ok_or(Error::WorkerCrashed)
    }
}

/// Reading, from the pool (`&Db`) or within a transaction (`&mut Tx`).
pub trait Read: Sized + Send {
    fn rows<'a>(self, query: Query) -> BoxFuture<'a, Result<Rows>>
    where
        Self: 'a;

    fn all<T: Row>(self, query: Query) -> impl Future<Output = Result<Vec<T>>> + Send {
        async move { self.rows(query).await?.decoded() }
    }

    fn opt<T: Row>(self, query: Query) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { self.rows(query).await?.first() }
    }

    fn one<T: Row>(self, query: Query) -> impl Future<Output = Result<T>> + Send {
        async move { self.rows(query).await?.first()?.ok_or(Error::RowNotFound) }
    }
}

impl Read for &Db {
    fn rows<'a>(self, query: Query) -> BoxFuture<'a, Result<Rows>>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let read = match &self.0.backend {
                Backend::Sqlite { read, .. } => read.rows(query).await,
                Backend::Postgres(pool) => query.fetch_postgres(pool).await,
            };
            self.0.room.told(read).await
        })
    }
}

impl Read for &mut Tx {
    fn rows<'a>(self, query: Query) -> BoxFuture<'a, Result<Rows>>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let read = match self.kind()? {
                TxKind::Sqlite(tx) => return tx.rows(query).await,
                TxKind::Postgres(tx) => query.fetch_postgres(&mut **tx).await,
            };
            self.room.told(read).await
        })
    }
}
