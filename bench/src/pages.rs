//! How fast a large desk answers its agents, and what it takes.
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use serde_json::json;

use crate::http::Session;
use crate::live;
use crate::mails::{Dice, word};
use crate::process::{self, Setup};
use crate::table::{Table, Target};

const CLIENTS: usize = 8;
/// Requests of each client.
const EACH: usize = 60;

pub(crate) async fn measure(table: &mut Table, folder: &Path) -> anyhow::Result<()> {
    let setup = Setup::new(folder)?;
    setup.add_agent()?;
    let mut starts = Vec::new();
    for _ in 0..3 {
        let (mut desk, ready) = setup.start().await?;
        starts.push(ready.as_secs_f64() * 1000.0);
        desk.signal("TERM");
        desk.wait();
    }
    starts.sort_by(f64::total_cmp);
    table.add("start until /health is well", starts[1], "ms", Target::AtMost(1000.0));
    let (desk, _) = setup.start().await?;
    let session = Session::log_in(&setup.url()).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.add("memory, idle", process::resident_mb(desk.id())?, "MB", Target::AtMost(100.0));
    sizes(table, &session).await?;
    reading(table, &session).await?;
    replying(table, &session).await?;
    let cases: Vec<i64> = (0..20).map(|n| 1001 + n * 7).collect();
    let mut times = live::measure(&setup, &session, &cases).await?;
    table.add_times("live update: 200 sockets are told", &mut times.heard, Target::None);
    table.add_times("live update: 200 consoles have the row", &mut times.shown, Target::AtMost(250.0));
    table.add("memory, after all that", process::resident_mb(desk.id())?, "MB", Target::AtMost(300.0));
    Ok(())
}

/// What goes over the wire once: the program, and the first page with all that it asks for.
async fn sizes(table: &mut Table, session: &Session) -> anyhow::Result<()> {
    let megabytes = std::fs::metadata(process::binary()?)?.len() as f64 / 1e6;
    table.add("the binary", megabytes, "MB", Target::AtMost(60.0));
    let (page, text) = (session.get("/views/open").await?, session.text("/views/open").await?);
    let mut bytes = page.bytes.len();
    let mut assets: Vec<&str> = text.split('"').filter(|piece| piece.starts_with("/assets/")).collect();
    assets.sort_unstable();
    assets.dedup();
    for asset in assets {
        bytes += session.get(asset).await?.bytes.len();
    }
    table.add("first page with its assets", bytes as f64 / 1000.0, "kB", Target::AtMost(150.0));
    Ok(())
}

async fn reading(table: &mut Table, session: &Session) -> anyhow::Result<()> {
    let newest = newest_case(session).await?;
    let case = move |n: usize| format!("/cases/{}", 1001 + Dice::new(n as u64 + 1).below(newest - 1001));
    let limit = Target::AtMost(30.0);
    ask(table, session, "list page", limit, |_| "/views/open".into()).await?;
    ask(table, session, "case page", limit, case).await?;
    ask(table, session, "rail with its counts", Target::None, |_| "/rail".into()).await?;
    ask(table, session, "search, rare word", limit, |_| "/views/all?q=zymurgical".into()).await?;
    ask(table, session, "search, common word", limit, |_| "/views/all?q=server".into()).await?;
    let two = |n: usize| format!("/views/all?q={}+server+status:open", word(n % 40));
    ask(table, session, "search, two words and a filter", limit, two).await?;
    ask(table, session, "search as one types", Target::None, |n| {
        let typed = word(n % 40);
        format!("/palette?q={}", &typed[..2 + n % (typed.len() - 1)])
    })
    .await
}

async fn newest_case(session: &Session) -> anyhow::Result<usize> {
    let page = session.text("/views/all?sort=created").await?;
    let number = page.split("/views/all/cases/").nth(1).and_then(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        rest[..digits].parse().ok()
    });
    number.ok_or_else(|| anyhow::anyhow!("the list of all cases shows none"))
}

/// Asks for pages with some clients at once, each the next when it has the last.
pub(crate) async fn ask(
    table: &mut Table,
    session: &Session,
    name: &str,
    target: Target,
    path: impl Fn(usize) -> String,
) -> anyhow::Result<()> {
    for n in 0..CLIENTS {
        session.page(&path(n + 10_000)).await?;
    }
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let session = session.clone();
            let paths: Vec<String> = (0..EACH).map(|n| path(client * EACH + n)).collect();
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(EACH);
                for path in paths {
                    times.push(session.page(&path).await?);
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::with_capacity(CLIENTS * EACH);
    for client in clients {
        times.extend(client.await??);
    }
    table.add_times(name, &mut times, target);
    Ok(())
}

async fn replying(table: &mut Table, session: &Session) -> anyhow::Result<()> {
    let open = session.text("/views/open").await?;
    let mut cases: Vec<i64> = open
        .split("/views/open/cases/")
        .skip(1)
        .filter_map(|rest| rest[..rest.find(|c: char| !c.is_ascii_digit())?].parse().ok())
        .collect();
    cases.dedup();
    ensure!(cases.len() > CLIENTS, "the list of open cases shows too few");
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (session, cases) = (session.clone(), cases.clone());
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(EACH);
                for n in 0..EACH {
                    let case = cases[(client + n * CLIENTS) % cases.len()];
                    let reply = json!({ "body": "Thank you, we look into it.\n\nKind regards",
                        "to": [{ "address": "person1@customer2.example" }] });
                    times.push(session.post(&format!("/api/v1/cases/{case}/replies"), &reply).await?);
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::with_capacity(CLIENTS * EACH);
    for client in clients {
        times.extend(client.await??);
    }
    table.add_times("reply", &mut times, Target::AtMost(50.0));
    Ok(())
}
