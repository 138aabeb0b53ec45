//! `casedesk check`: tries everything that the desk depends on, and says in plain words what is wrong.
use crate::config::Config;
use crate::desk::Desk;
use crate::kit::Clock;
use crate::kit::disk::Sync;
use crate::web::health::{self, Check};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let mut checks = vec![Check { name: "settings".into(), ok: true, says: "can be used".into() }];
    checks.push(folder(&config).await);
    match desk(config).await {
        Ok((desk, database)) => {
            checks.push(database);
            checks.extend(crate::mail::check::all(&desk).await);
            checks.extend(crate::upkeep::actions::checks(&desk).await);
        }
        Err(error) => checks.push(Check { name: "database".into(), ok: false, says: format!("{error:#}") }),
    }
    for check in &checks {
        println!("{} {:<20} {}", if check.ok { "ok    " } else { "FAILED" }, check.name, check.says);
    }
    let failed = checks.iter().filter(|check| !check.ok).count();
    anyhow::ensure!(failed == 0, "{failed} of {} checks failed", checks.len());
    Ok(())
}

async fn folder(config: &Config) -> Check {
    let data = &config.server.data;
    // What keeps the folder from being made keeps it from being written, which is what is told.
    let _ = std::fs::create_dir_all(data);
    let check = health::folder(data, Sync::Yes).await;
    Check { says: format!("{} {}", data.display(), check.says), ..check }
}

async fn desk(config: Config) -> anyhow::Result<(Desk, Check)> {
    let db = super::database(&config).await?;
    let applied = db.migrate().await?;
    let integrity = db.integrity().await?;
    let says = match (integrity.as_str(), applied.len()) {
        ("ok", 0) => "sound and up to date".into(),
        ("ok", n) => format!("sound, brought up to date by {n} migrations"),
        (wrong, _) => format!("damaged: {wrong}; restore the last backup"),
    };
    let check = Check { name: "database".into(), ok: integrity == "ok", says };
    let desk = Desk::open(config, db, Clock::system(), crate::app::subscribers()).await?;
    Ok((desk, check))
}
