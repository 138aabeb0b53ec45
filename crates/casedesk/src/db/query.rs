//! A statement: fixed text and bound values. The text can only be built from literals, so that no
//! input ever becomes SQL.
use std::borrow::Cow;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, PgExecutor, SqliteExecutor};

use super::{Result, ToValue, Value};

/// A row that decodes from both databases; `#[derive(sqlx::FromRow)]` gives it.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Rows as a database gives them. All that waits for a database is compiled once for them, and not for each type that they
/// are decoded to.
pub enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl Rows {
    pub(super) fn decoded<T: Row>(&self) -> Result<Vec<T>> {
        match self {
            Self::Sqlite(rows) => rows.iter().map(T::from_row).collect(),
            Self::Postgres(rows) => rows.iter().map(T::from_row).collect(),
        }
    }

    pub(super) fn first<T: Row>(&self) -> Result<Option<T>> {
        match self {
            Self::Sqlite(rows) => rows.first().map(T::from_row).transpose(),
            Self::Postgres(rows) => rows.first().map(T::from_row).transpose(),
        }
    }
}

/// SQL with `$1…` placeholders and its values.
#[derive(Clone, Debug)]
pub struct Query {
    sql: Cow<'static, str>,
    args: Vec<Value>,
}

/// `q!("SELECT … WHERE id = $1", id)`: a whole statement in one place.
#[macro_export]
macro_rules! q {
    ($sql:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::Query::new($sql)$(.arg($arg))*
    };
}

impl Query {
    pub fn new(sql: &'static str) -> Self {
        Self { sql: Cow::Borrowed(sql), args: Vec::new() }
    }

    /// Gives the next numbered placeholder its value.
    #[must_use]
    pub fn arg(mut self, value: impl ToValue) -> Self {
        self.args.push(value.to_value());
        self
    }

    /// Adds literal text.
    #[must_use]
    pub fn push(mut self, sql: &'static str) -> Self {
        self.sql.to_mut().push_str(sql);
        self
    }

    /// Puts literal text around what is there.
    #[must_use]
    pub fn wrap(mut self, before: &'static str, after: &'static str) -> Self {
        self.sql.to_mut().insert_str(0, before);
        self.push(after)
    }

    /// Adds a placeholder and its value.
    #[must_use]
    pub fn bind(mut self, value: impl ToValue) -> Self {
        use std::fmt::Write as _;
        self.args.push(value.to_value());
        let number = self.args.len();
        let _ = write!(self.sql.to_mut(), "${number}");
        self
    }

    /// Adds `($n, $n+1, …)`; an empty list becomes `(NULL)`, which nothing is in.
    #[must_use]
    pub fn bind_list<T: ToValue>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let mut first = true;
        self = self.push("(");
        for value in values {
            if !first {
                self = self.push(", ");
            }
            first = false;
            self = self.bind(value);
        }
        if first {
            self = self.push("NULL");
        }
        self.push(")")
    }

    pub(super) async fn fetch_sqlite(self, on: impl SqliteExecutor<'_>) -> Result<Rows> {
        let (sql, args) = (self.sql, self.args);
        Ok(Rows::Sqlite(bound!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(on).await?))
    }

    pub(super) async fn fetch_postgres(self, on: impl PgExecutor<'_>) -> Result<Rows> {
        let (sql, args) = (self.sql, self.args);
        Ok(Rows::Postgres(bound!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(on).await?))
    }

    pub(super) async fn run_sqlite(self, on: impl SqliteExecutor<'_>) -> Result<u64> {
        let (sql, args) = (self.sql, self.args);
        Ok(bound!(sqlx::query(AssertSqlSafe(sql)), args).execute(on).await?.rows_affected())
    }

    pub(super) async fn run_postgres(self, on: impl PgExecutor<'_>) -> Result<u64> {
        let (sql, args) = (self.sql, self.args);
        Ok(bound!(sqlx::query(AssertSqlSafe(sql)), args).execute(on).await?.rows_affected())
    }
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Value::Bool(x) => query.bind(x),
                Value::Int(x) => query.bind(x),
                Value::Float(x) => query.bind(x),
                Value::Text(x) => query.bind(x),
                Value::Blob(x) => query.bind(x),
            };
        }
        query
    }};
}
use bound;
