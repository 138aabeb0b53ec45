//! `casedesk check`: tries everything that the desk depends on, and says in plain words what is wrong.
use crate::config::Config;
use crate::desk::Desk;
use crate::kit::Clock;
use crate::web::health::Check;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let mut checks = vec![Check { name: "settings".into(), ok: true, says: "can be used".into() }];
    checks.push(folder(&config));
    match desk(config).await {
        Ok((desk, database)) => {
            checks.push(database);
            checks.extend(crate::mail::check::all(&desk).await);
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

fn folder(config: &Config) -> Check {
    let data = &config.server.data;
    let probe = data.join(".casedesk-check");
    let written = std::fs::create_dir_all(data).and_then(|()| std::fs::write(&probe, b"x"));
    let _ = std::fs::remove_file(&probe);
    match written {
        Ok(()) => Check { name: "data folder".into(), ok: true, says: format!("{} can be written", data.display()) },
        Err(error) => Check {
            name: "data folder".into(),
            ok: false,
            says: format!(
                "{} cannot be written ({error}): give its owner or server.data another value",
                data.display()
            ),
        },
    }
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
