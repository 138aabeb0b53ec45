//! How fast mail is taken in durably, and how fast it is filed after that.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use anyhow::ensure;
use casedesk::db::{Db, Read as _};
use casedesk::q;

use crate::lmtp::Sender;
use crate::mails;
use crate::postgres::Postgres;
use crate::process::{DEADLINE, Folder, Setup};
use crate::table::{Table, Target};

const CONNECTIONS: usize = 8;

pub(crate) async fn measure(
    table: &mut Table,
    folder: Option<&Path>,
    quick: bool,
    on_postgres: bool,
) -> anyhow::Result<()> {
    let name = if on_postgres { "PostgreSQL" } else { "SQLite" };
    let server = if on_postgres { Postgres::start().await? } else { None };
    if on_postgres && server.is_none() {
        eprintln!("  PostgreSQL is not installed: not measured");
        return Ok(());
    }
    let mails = mails::mix(if quick { 1000 } else { 3000 }, folder)?;
    let bytes: usize = mails.iter().map(Vec::len).sum();
    let folder = Folder::new("intake")?;
    let mut setup = Setup::new(folder.path())?;
    setup.database = server.as_ref().map(Postgres::url);
    let (desk, _) = setup.start().await?;
    let (count, begun) = (mails.len(), Instant::now());
    let mut times = send_all(setup.lmtp, mails).await?;
    let taken = begun.elapsed();
    let filed_meanwhile = count - waiting(&setup).await?;
    let filed = until_filed(&setup, begun).await?;
    drop(desk);
    let per_second = |n: usize, time: Duration| n as f64 / time.as_secs_f64();
    let target = if on_postgres { Target::None } else { Target::AtLeast(500.0) };
    table.add(format!("durable intake, {name}"), per_second(count, taken), "mails/s", target);
    table.add(format!("the same, {name}"), bytes as f64 / 1e6 / taken.as_secs_f64(), "MB/s", Target::None);
    table.add_times(&format!("one mail acknowledged, {name}"), &mut times, Target::None);
    table.add(format!("filed while taking in, {name}"), filed_meanwhile as f64, "mails", Target::None);
    let after = filed.saturating_sub(taken);
    table.add(
        format!("filing afterwards, {name}"),
        per_second(count - filed_meanwhile, after),
        "mails/s",
        Target::None,
    );
    Ok(())
}

/// Sends them all over some connections; how long each final dot took to be answered.
async fn send_all(port: u16, mails: Vec<Vec<u8>>) -> anyhow::Result<Vec<f64>> {
    let (mails, next) = (Arc::new(mails), Arc::new(AtomicUsize::new(0)));
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (mails, next) = (mails.clone(), next.clone());
            tokio::spawn(async move {
                let (mut sender, mut times) = (Sender::connect(port, "support@desk.example").await?, Vec::new());
                while let Some(mail) = mails.get(next.fetch_add(1, SeqCst)) {
                    let begun = Instant::now();
                    let answer = sender.send(mail).await?;
                    ensure!(answer.starts_with("250"), "not taken in: {answer}");
                    times.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
                Ok(times)
            })
        })
        .collect();
    let mut times = Vec::with_capacity(mails.len());
    for sender in senders {
        times.extend(sender.await??);
    }
    Ok(times)
}

async fn waiting(setup: &Setup) -> anyhow::Result<usize> {
    let db = Db::connect(&setup.database(), 4).await?;
    let (count,): (i64,) = db.one(q!("SELECT COUNT(*) FROM inbound WHERE state = 'new'")).await?;
    db.close().await;
    Ok(usize::try_from(count)?)
}

/// Waits until nothing waits to be filed; the time since `begun`.
pub(crate) async fn until_filed(setup: &Setup, begun: Instant) -> anyhow::Result<Duration> {
    let end = Instant::now() + 3 * DEADLINE;
    while waiting(setup).await? > 0 {
        ensure!(Instant::now() < end, "mail is not filed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(begun.elapsed())
}
