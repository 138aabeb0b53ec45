//! `casedesk backup` and `casedesk restore`: a folder that holds everything.
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::db::{Db, Dialect};
use crate::kit::secrets::sha256_hex;

const DATABASE: &str = "casedesk.db";
const DUMP: &str = "casedesk.pgdump";
const FILES: &str = "files";

/// Copies the database as it is at one moment, then the files, which never change. The desk may run meanwhile.
pub(super) async fn backup(config: Config, into: PathBuf) -> anyhow::Result<()> {
    let db = super::database(&config).await?;
    std::fs::create_dir_all(&into)?;
    match db.dialect() {
        Dialect::Sqlite => {
            let (target, part) = (into.join(DATABASE), into.join("casedesk.db.part"));
            let _ = std::fs::remove_file(&part);
            db.copy_into(&part).await?;
            std::fs::File::open(&part)?.sync_all()?;
            std::fs::rename(&part, &target)?;
        }
        Dialect::Postgres => tool(
            "pg_dump",
            &["--format=custom", "--file", &path(&into.join(DUMP)), "--dbname"],
            &config.database_url(),
        )?,
    }
    let copied = copy_new(&config.server.data.join(FILES), &into.join(FILES))?;
    println!("backed up to {}: the database and {copied} new files", into.display());
    Ok(())
}

/// Puts a backup into an empty place, and checks that it is whole.
pub(super) async fn restore(config: Config, from: PathBuf) -> anyhow::Result<()> {
    let database = config.server.data.join(DATABASE);
    anyhow::ensure!(
        from.join(DATABASE).exists() || from.join(DUMP).exists(),
        "{} holds no backup: there is neither {DATABASE} nor {DUMP}",
        from.display()
    );
    anyhow::ensure!(
        !database.exists(),
        "{} exists already; restore into an empty data folder, so that nothing is overwritten",
        database.display()
    );
    std::fs::create_dir_all(&config.server.data)?;
    copy_new(&from.join(FILES), &config.server.data.join(FILES))?;
    if from.join(DATABASE).exists() {
        std::fs::copy(from.join(DATABASE), &database)?;
        std::fs::File::open(&database)?.sync_all()?;
    } else {
        let dump = path(&from.join(DUMP));
        tool("pg_restore", &["--exit-on-error", "--no-owner", &dump, "--dbname"], &config.database_url())?;
    }
    let db = super::database(&config).await?;
    db.migrate().await?;
    let (checked, wrong) = verify(&db, &config.server.data.join(FILES)).await?;
    db.close().await;
    anyhow::ensure!(wrong.is_empty(), "{} files are missing or damaged, the first is {}", wrong.len(), wrong[0]);
    println!("restored: the database is sound, {checked} files are whole");
    Ok(())
}

/// Compares every stored file that the database names with its SHA-256.
async fn verify(db: &Db, files: &Path) -> anyhow::Result<(usize, Vec<String>)> {
    anyhow::ensure!(db.integrity().await? == "ok", "the database is damaged: {}", db.integrity().await?);
    let mut named = crate::cases::store::digests(db).await?;
    named.extend(crate::mail::store::digests(db).await?);
    named.extend(crate::forms::store::digests(db).await?);
    named.sort();
    named.dedup();
    let wrong = named
        .iter()
        .filter(|digest| {
            let path = files.join(&digest[..2]).join(digest.as_str());
            std::fs::read(path).map_or(true, |bytes| sha256_hex(&bytes) != **digest)
        })
        .cloned()
        .collect();
    Ok((named.len(), wrong))
}

/// Copies files that are not there yet; each is whole under its name or not there. What is still coming stays out.
fn copy_new(from: &Path, to: &Path) -> anyhow::Result<usize> {
    std::fs::create_dir_all(to)?;
    if !from.exists() {
        return Ok(0);
    }
    let mut copied = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if crate::files::NOT_KEPT.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied += copy_new(&entry.path(), &target)?;
        } else if !target.exists() {
            let part = target.with_extension("part");
            std::fs::copy(entry.path(), &part)?;
            std::fs::File::open(&part)?.sync_all()?;
            std::fs::rename(&part, &target)?;
            copied += 1;
        }
    }
    Ok(copied)
}

/// Runs a program of PostgreSQL on the database. Everybody on the machine sees what a program is started with, so the
/// password goes by another way.
fn tool(name: &str, arguments: &[&str], database: &str) -> anyhow::Result<()> {
    let (database, password) = without_password(database)?;
    let mut command = std::process::Command::new(name);
    command.args(arguments).arg(database).envs(password.map(|password| ("PGPASSWORD", password)));
    let status = command.status().map_err(|error| {
        anyhow::anyhow!("{name} cannot be started ({error}); it comes with PostgreSQL's client programs")
    })?;
    anyhow::ensure!(status.success(), "{name} failed");
    Ok(())
}

/// The address without its password, and the password (RFC 3986 section 3.2.1).
fn without_password(database: &str) -> anyhow::Result<(String, Option<String>)> {
    let mut url = url::Url::parse(database)?;
    let Some(password) = url.password() else { return Ok((database.to_owned(), None)) };
    let password = percent_encoding::percent_decode_str(password).decode_utf8()?.into_owned();
    url.set_password(None).map_err(|()| anyhow::anyhow!("database.url has no place for a password"))?;
    Ok((url.into(), Some(password)))
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_part_of_what_a_program_is_started_with() {
        let (url, password) =
            without_password("postgres://desk:p%40ss%2B%26+w@db.example:5433/desk?sslmode=require").unwrap();
        assert_eq!(url, "postgres://desk@db.example:5433/desk?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss+&+w"));
        let plain = "postgres:///desk?host=/run/postgresql";
        assert_eq!(without_password(plain).unwrap(), (plain.to_owned(), None));
    }
}
