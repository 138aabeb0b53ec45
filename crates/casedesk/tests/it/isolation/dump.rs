//! The whole database as digests of its tables, to see that nothing was changed.
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use casedesk::db::{Dialect, Query, Read as _};
use casedesk::q;

use crate::support::TestApp;

/// Logins and limits on tries, which requests may leave behind; and the index that the search keeps of its documents.
const PASSING: [&str; 4] = ["throttles", "sessions", "portal_sessions", "migrations"];

/// Reads all tables in one statement.
pub(super) struct Dump(&'static str);

impl Dump {
    pub(super) async fn new(app: &TestApp) -> Self {
        let mut parts = Vec::new();
        for table in tables(app).await {
            let rows = match app.desk().db().dialect() {
                Dialect::Postgres => format!("string_agg(r::text, '|' ORDER BY r::text) FROM {table} r"),
                Dialect::Sqlite => {
                    format!(
                        "group_concat(r, '|') FROM (SELECT {} AS r FROM {table} ORDER BY 1)",
                        row(app, &table).await
                    )
                }
            };
            let (before, after) = rows.split_once(" FROM ").unwrap();
            parts.push(format!("SELECT '{table}' AS name, COALESCE({before}, '') AS rows FROM {after}"));
        }
        Self(parts.join(" UNION ALL ").leak())
    }

    pub(super) async fn take(&self, app: &TestApp) -> BTreeMap<String, u64> {
        let rows: Vec<(String, String)> = app.desk().db().all(Query::new(self.0)).await.unwrap();
        let digest = |rows: String| {
            let mut hasher = DefaultHasher::new();
            rows.hash(&mut hasher);
            hasher.finish()
        };
        rows.into_iter().map(|(name, rows)| (name, digest(rows))).collect()
    }
}

/// The tables in which two dumps differ.
pub(super) fn changed(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> Vec<String> {
    after.iter().filter(|(name, digest)| before.get(*name) != Some(digest)).map(|(name, _)| name.clone()).collect()
}

async fn tables(app: &TestApp) -> Vec<String> {
    let query = app.desk().db().pick(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_text%'",
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    let rows: Vec<(String,)> = app.desk().db().all(Query::new(query)).await.unwrap();
    let tables: Vec<String> =
        rows.into_iter().map(|(name,)| name).filter(|name| !PASSING.contains(&name.as_str())).collect();
    assert!(tables.len() > 40, "{tables:?}");
    tables
}

async fn row(app: &TestApp, table: &str) -> String {
    let columns: Vec<(String,)> =
        app.desk().db().all(q!("SELECT name FROM pragma_table_info($1)", table)).await.unwrap();
    columns.iter().map(|(name,)| format!("quote(\"{name}\")")).collect::<Vec<_>>().join(" || ',' || ")
}

/// Gives every table numbers of its own, so that no number of one thing is taken for another's.
pub(super) async fn number_apart(app: &TestApp) {
    let query = app.desk().db().pick(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' ORDER BY name",
        "SELECT table_name FROM information_schema.columns WHERE is_identity = 'YES' AND table_schema = 'public'
         ORDER BY table_name",
    );
    let tables: Vec<(String,)> = app.desk().db().all(Query::new(query)).await.unwrap();
    let mut tx = app.desk().db().begin().await.unwrap();
    for (at, (table,)) in tables.iter().enumerate() {
        let first = 210_001 + 1000 * at;
        let statements = match app.desk().db().dialect() {
            Dialect::Postgres => vec![format!("ALTER TABLE {table} ALTER COLUMN id RESTART WITH {first}")],
            Dialect::Sqlite => vec![
                format!("DELETE FROM sqlite_sequence WHERE name = '{table}'"),
                format!("INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {})", first - 1),
            ],
        };
        for statement in statements {
            tx.exec(Query::new(statement.leak())).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}
