//! A disk that is full, and then is not.
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::Checks;
use super::ledger::{Ledger, id, mail};
use crate::http::Session;
use crate::lmtp::{Sender, stuffed};
use crate::process::{Folder, Setup, is_root, run};

const DISK: &str = "48m";
const BALLAST: usize = 28 << 20;
const MOST_MAILS: u64 = 20_000;

/// A file system of its own in memory.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(at: &'a Path) -> anyhow::Result<Self> {
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={DISK}"), "tmpfs"]).arg(at))?;
        Ok(Self(at))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

pub(super) async fn fill_the_disk(checks: &mut Checks) -> anyhow::Result<()> {
    let folder = Folder::new("full")?;
    let disk = if is_root() { Disk::mount(folder.path()) } else { Err(anyhow::anyhow!("only root can mount")) };
    let _disk = match disk {
        Ok(disk) => disk,
        Err(error) => {
            checks.missing("disk full", &format!("{error:#}"));
            return Ok(());
        }
    };
    let ballast = folder.path().join("ballast");
    std::fs::write(&ballast, vec![1; BALLAST])?;
    let mut setup = Setup::new(folder.path())?;
    setup.add_agent()?;
    let (mut desk, _) = setup.start().await?;
    let session = Session::log_in(&setup.url()).await?;
    let mut ledger = Ledger::default();
    let (sent, refused) = send_until_refused(&setup, &mut ledger).await?;
    checks.check("a full disk is answered 452", refused.starts_with("452"), format!("mail {sent}: {refused}"));
    let mut pages = Vec::new();
    for path in ["/views/all", "/cases/1001", "/views/all?q=mark", "/health"] {
        pages.push(format!("{path} {}", session.get(path).await?.status));
    }
    let read = pages.iter().all(|page| page.ends_with("200"));
    checks.check("pages are read while the disk is full", read, pages.join(", "));
    std::fs::remove_file(&ballast)?;
    let freed = Instant::now();
    let answer = again(&setup, &mut ledger).await?;
    let says = format!("{answer} after {} ms", freed.elapsed().as_millis());
    checks.check("intake works again once there is space, without a restart", answer.starts_with("250"), says);
    let outcome = ledger.settle(&setup).await?;
    desk.signal("TERM");
    desk.wait();
    setup.under.clear();
    let exact = outcome.lost.is_empty() && outcome.doubled.is_empty() && outcome.filed == ledger.acknowledged.len();
    let says = format!("{} acknowledged, {} filed", ledger.acknowledged.len(), outcome.filed);
    checks.check("all that was acknowledged is filed once, and nothing else", exact, says);
    checks.check("the database is sound after a full disk", setup.is_sound()?, "as `casedesk check` says");
    Ok(())
}

/// How many were sent, and the answer that was no 250.
async fn send_until_refused(setup: &Setup, ledger: &mut Ledger) -> anyhow::Result<(u64, String)> {
    let mut line = Sender::connect(setup.lmtp, "support@desk.example").await?;
    for number in 0..MOST_MAILS {
        let answer = line.send(&stuffed(&mail(number, &id(number)))).await?;
        ledger.answered(number, Ok(answer.clone()));
        if !answer.starts_with("250") {
            return Ok((number, answer));
        }
    }
    anyhow::bail!("the disk did not fill")
}

/// Sends what was refused until it is taken, for some seconds.
async fn again(setup: &Setup, ledger: &mut Ledger) -> anyhow::Result<String> {
    let mut line = Sender::connect(setup.lmtp, "support@desk.example").await?;
    let (mut last, end) = (String::new(), Instant::now() + Duration::from_secs(10));
    for number in std::mem::take(&mut ledger.unknown) {
        loop {
            last = line.send(&stuffed(&mail(number, &id(number)))).await?;
            ledger.answered(number, Ok(last.clone()));
            if last.starts_with("250") || Instant::now() > end {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    Ok(last)
}
