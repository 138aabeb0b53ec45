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
        Dialect::Postgres => {
            tool("pg_dump", &["--format=custom", "--file", &path(&into.join(DUMP)), &config.database_url()])?
        }
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
        tool(
            "pg_restore",
            &["--exit-on-error", "--no-owner", "--dbname", &config.database_url(), &path(&from.join(DUMP))],
        )?;
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

fn tool(name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let status = std::process::Command::new(name).args(arguments).status().map_err(|error| {
        anyhow::anyhow!("{name} cannot be started ({error}); it comes with PostgreSQL's client programs")
    })?;
    anyhow::ensure!(status.success(), "{name} failed");
    Ok(())
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
