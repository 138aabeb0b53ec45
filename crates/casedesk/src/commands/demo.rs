//! `casedesk demo`: the desk with a made-up company.
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::demo;

pub(super) async fn run(config: Config, seed: u64, cases: usize) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let config = demo::prepare(config, &stop).await?;
    let db = super::database(&config).await?;
    db.migrate().await?;
    if crate::events::latest(&db).await? == 0 {
        println!("making up a company and six weeks of its support…");
        let made = demo::fill(&config, &db, seed, cases).await?;
        println!("{made} cases");
    }
    db.close().await;
    println!("\n  log in as  {}\n  password   {}\n", demo::LOGIN, demo::PASSWORD);
    super::serve::run(config).await?;
    stop.cancel();
    Ok(())
}
