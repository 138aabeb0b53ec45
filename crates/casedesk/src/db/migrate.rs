//! Migrations: plain SQL in pairs, forward only, one transaction each, never edited once landed.
use rust_embed::RustEmbed;

use super::{Backend, Db, Dialect, Result};
use crate::kit::secrets::sha256_hex;

#[derive(RustEmbed)]
#[folder = "migrations"]
struct Files;

/// What keeps a database from being brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("migration {0} was changed after it had been applied")]
    Changed(String),
    #[error("the database has migration {0}, which this program does not know: it was made by a newer one")]
    Newer(String),
    #[error("migration {name} failed")]
    Failed { name: String, source: sqlx::Error },
    #[error("the list of applied migrations cannot be read")]
    Database(#[from] sqlx::Error),
}

impl Db {
    /// Applies what is missing, in order; the names of those applied now.
    pub async fn migrate(&self) -> std::result::Result<Vec<String>, MigrateError> {
        let known = self.migrations();
        self.run_script("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, digest TEXT NOT NULL)").await?;
        let applied = self.applied().await?;
        for (name, digest) in &applied {
            match known.iter().find(|(known, _)| known == name) {
                None => return Err(MigrateError::Newer(name.clone())),
                Some((_, sql)) if sha256_hex(sql.as_bytes()) != *digest => {
                    return Err(MigrateError::Changed(name.clone()));
                }
                Some(_) => {}
            }
        }
        let missing: Vec<_> = known.into_iter().filter(|(name, _)| !applied.iter().any(|(a, _)| a == name)).collect();
        for (name, sql) in &missing {
            self.apply(name, sql).await.map_err(|source| MigrateError::Failed { name: name.clone(), source })?;
        }
        Ok(missing.into_iter().map(|(name, _)| name).collect())
    }

    /// Name and text of every migration of this dialect, in order.
    fn migrations(&self) -> Vec<(String, String)> {
        let folder = match self.dialect() {
            Dialect::Sqlite => "sqlite/",
            Dialect::Postgres => "postgres/",
        };
        let mut all: Vec<_> = Files::iter()
            .filter_map(|path| {
                let name = path.strip_prefix(folder)?.strip_suffix(".sql")?.to_owned();
                let text = String::from_utf8(Files::get(&path)?.data.into_owned()).ok()?;
                Some((name, text))
            })
            .collect();
        all.sort();
        all
    }

    async fn applied(&self) -> Result<Vec<(String, String)>> {
        use super::Read as _;
        self.all(crate::q!("SELECT name, digest FROM migrations ORDER BY name")).await
    }

    async fn apply(&self, name: &str, sql: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.lock("migrate").await?;
        let digest = sha256_hex(sql.as_bytes());
        let added = tx
            .exec(crate::q!(
                "INSERT INTO migrations (name, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                name,
                digest
            ))
            .await?;
        if added == 1 {
            tx.script(sql).await?;
        }
        tx.commit().await
    }

    async fn run_script(&self, sql: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.script(sql).await?;
        tx.commit().await
    }

    /// Writes a copy of an SQLite database as it is at this moment, while it is in use.
    pub async fn copy_into(&self, path: &std::path::Path) -> Result<()> {
        use super::Read as _;
        let _: Vec<(i64,)> = self.all(crate::q!("VACUUM INTO $1", path.to_string_lossy().as_ref())).await?;
        Ok(())
    }

    /// Asks the database for its own view of its health: `ok` or what is wrong.
    pub async fn integrity(&self) -> Result<String> {
        use super::Read as _;
        match &self.0.backend {
            Backend::Sqlite { .. } => {
                let (word,): (String,) = self.one(crate::q!("PRAGMA quick_check(1)")).await?;
                Ok(word)
            }
            Backend::Postgres(_) => {
                let _: (i64,) = self.one(crate::q!("SELECT count(*) FROM migrations")).await?;
                Ok("ok".into())
            }
        }
    }
}

impl super::Tx {
    /// Runs several statements without values; for migrations alone.
    async fn script(&mut self, sql: &str) -> Result<()> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self.kind()? {
            super::TxKind::Sqlite(tx) => {
                tx.script(sql).await?;
            }
            super::TxKind::Postgres(tx) => {
                sqlx::raw_sql(sql).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }
}
