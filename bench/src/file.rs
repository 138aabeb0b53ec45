//! How fast a case answers that knows its customer, and how fast all open cases follow a change of what they rest on.
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use casedesk::db::{Db, Query, Read as _};
use serde_json::json;

use crate::customer_file::{CYCLE, CYCLE_NAME, PRODUCT};
use crate::fill::{LARGE, Size};
use crate::http::Session;
use crate::pages::ask;
use crate::process::Setup;
use crate::table::{Table, Target};

/// How long the verdicts may take to be found.
const LONGEST: Duration = Duration::from_mins(15);
/// How long somebody looks at a page before the next.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) async fn measure(table: &mut Table, folder: &Path, size: Size) -> anyhow::Result<()> {
    let setup = Setup::new(folder)?;
    setup.add_agent()?;
    let (mut desk, _) = setup.start().await?;
    let session = Session::log_in(&setup.url()).await?;
    let db = Db::connect(&setup.database(), 2).await?;
    found(&db).await?;
    reading(table, &session, &db, size).await?;
    changing(table, &session, &db).await?;
    db.close().await;
    desk.signal("TERM");
    desk.wait();
    Ok(())
}

/// Waits until nothing is left to be judged.
async fn found(db: &Db) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let query = "SELECT COUNT(*) FROM jobs WHERE kind = 'cases.judge' AND state <> 'parked'";
        let (left,): (i64,) = db.one(Query::new(query)).await?;
        let (verdicts,): (i64,) =
            db.one(Query::new("SELECT COUNT(*) FROM (SELECT 1 FROM case_verdicts LIMIT 1) v")).await?;
        if left == 0 && verdicts > 0 {
            return Ok(());
        }
        ensure!(begun.elapsed() < LONGEST, "the verdicts were not found");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn reading(table: &mut Table, session: &Session, db: &Db, size: Size) -> anyhow::Result<()> {
    let large = Query::new("SELECT id FROM cases WHERE state IN ('new', 'open', 'waiting') AND organisation_id = ")
        .bind(LARGE)
        .push(" ORDER BY id DESC LIMIT 500");
    let rows: Vec<(i64,)> = db.all(large).await?;
    let (count,): (i64,) =
        db.one(Query::new("SELECT COUNT(*) FROM cases WHERE organisation_id = ").bind(LARGE)).await?;
    ensure!(count >= size.large && !rows.is_empty(), "the large organisation has {count} cases only");
    let case = move |n: usize| format!("/cases/{}", rows[n % rows.len()].0);
    let name = format!("case with verdicts, of {count} of its organisation");
    ask(table, session, &name, Target::AtMost(40.0), case).await?;
    let page = |_| format!("/organisations/{LARGE}");
    ask(table, session, "page of that organisation", Target::AtMost(40.0), page).await?;
    let cases = |_| format!("/organisations/{LARGE}/cases");
    ask(table, session, "its cases, as a part of the page", Target::AtMost(40.0), cases).await?;
    let words = ["lifecycle:ended", "contract:expired", "upgrade:available", "details:missing", "contract:none"];
    let list = move |n: usize| format!("/views/open?q={}", words[n % words.len()]);
    ask(table, session, "list by a verdict", Target::AtMost(30.0), list).await?;
    let two = |_| "/views/open?q=lifecycle:ended+contract:expired".to_owned();
    ask(table, session, "list by two verdicts", Target::AtMost(30.0), two).await
}

/// A cycle's end moves: every verdict that names it is another.
async fn changing(table: &mut Table, session: &Session, db: &Db) -> anyhow::Result<()> {
    let open =
        Query::new("SELECT COUNT(*) FROM cases WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting')");
    let (open,): (i64,) = db.one(open).await?;
    let end = format!("20{}-06-30", 30 + std::process::id() % 60);
    let cycle = json!({ "name": CYCLE_NAME, "released_on": "2021-01-01", "support_ends_on": null,
        "security_ends_on": null, "ends_on": end, "latest": null, "latest_on": null, "link": null });
    let begun = Instant::now();
    session.put(&format!("/api/v1/products/{PRODUCT}/cycles/{CYCLE}"), &cycle).await?;
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let asking = tokio::spawn({
        let session = session.clone();
        async move {
            let (mut lists, mut cases) = (Vec::new(), Vec::new());
            while !*stopped.borrow_and_update() {
                lists.push(session.page("/views/open").await?);
                cases.push(session.page(&format!("/cases/{}", 1001 + cases.len() % 5_000)).await?);
                tokio::time::sleep(PAUSE).await;
            }
            anyhow::Ok((lists, cases))
        }
    });
    found(db).await?;
    let took = begun.elapsed().as_secs_f64();
    stop.send(true)?;
    let (mut lists, mut cases) = asking.await??;
    let (kept,): (i64,) = db
        .one(
            Query::new("SELECT COUNT(*) FROM case_verdicts WHERE kind = 'life_cycle' AND reason LIKE ")
                .bind(format!("%{}%", &end[..4])),
        )
        .await?;
    ensure!(kept > 0, "no verdict follows the change");
    let name = format!("verdicts of {open} open cases found anew");
    table.add(name, took, "s", Target::AtMost(60.0 * (open as f64 / 100_000.0).max(1.0)));
    table.add_times("list page meanwhile", &mut lists, Target::AtMost(30.0));
    table.add_times("case page meanwhile", &mut cases, Target::AtMost(40.0));
    Ok(())
}
