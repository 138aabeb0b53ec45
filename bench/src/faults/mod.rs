//! What a desk must survive. The one rule: everything acknowledged is filed, nothing is there twice.
mod full;
mod kills;
mod ledger;
mod planted;
mod proxy;
mod sync;

use std::process::ExitCode;

/// What was tried, with how it ended.
#[derive(Default)]
pub(crate) struct Checks {
    passed: usize,
    failed: usize,
}

impl Checks {
    fn check(&mut self, name: &str, ok: bool, says: impl std::fmt::Display) {
        println!("{} {name}: {says}", if ok { "passed" } else { "FAILED" });
        if ok { self.passed += 1 } else { self.failed += 1 }
    }

    /// A part that could not be tried at all. Where nothing may be missing, that is a failure.
    fn missing(&mut self, name: &str, why: &str) {
        println!("NOT TRIED {name}: {why}");
        self.failed += usize::from(std::env::var_os("CI").is_some());
    }

    /// A part that broke off.
    fn part(&mut self, name: &str, ended: anyhow::Result<()>) {
        if let Err(error) = ended {
            self.check(name, false, format!("{error:#}"));
        }
    }
}

/// How much is tried.
pub(crate) struct Size {
    kills: usize,
    /// What the full disk has room for at first, in bytes.
    room: usize,
    /// How many mails are sent while system calls are watched.
    watched: u64,
}

impl Size {
    pub(crate) fn long(kills: usize) -> Self {
        Self { kills, room: 20 << 20, watched: 100 }
    }

    pub(crate) fn short() -> Self {
        Self { kills: 10, room: 4 << 20, watched: 25 }
    }
}

pub(crate) async fn run(size: &Size) -> anyhow::Result<ExitCode> {
    crate::process::binary()?;
    let mut checks = Checks::default();
    let ended = planted::try_both(&mut checks).await;
    checks.part("planted bugs", ended);
    let ended = kills::kill_during_intake(&mut checks, size.kills).await;
    checks.part("kills during intake", ended);
    let ended = full::fill_the_disk(&mut checks, size.room).await;
    checks.part("disk full", ended);
    let ended = sync::order(&mut checks, size.watched).await;
    checks.part("sync before 250", ended);
    for fault in [sync::Fault::Broken, sync::Fault::NoSpace] {
        let ended = sync::failing(&mut checks, fault).await;
        checks.part("failing sync", ended);
    }
    println!("{} passed, {} failed", checks.passed, checks.failed);
    Ok(if checks.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
