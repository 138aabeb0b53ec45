//! A disk that is full, and then is not.
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::json;

use super::Checks;
use super::ledger::{Ledger, id, mail};
use crate::http::Session;
use crate::lmtp::{Sender, stuffed};
use crate::process::{Folder, Setup, is_root, run};

/// Mail that filled the room that is asked for takes several times that once it is filed: as a file, on its case, in the
/// search, and in the database's log.
const DISK: usize = 128 << 20;
const SENDERS: u64 = 4;
/// How often each sender is refused before it stops.
const REFUSALS: usize = 5;
const MOST_MAILS: u64 = 20_000;
/// What is given free again, in bytes, so that the disk fills at other moments: the log, the database, the shared
/// memory and the files each grow in steps of their own.
const CRUMBS: [u64; 7] = [4 << 10, 8 << 10, 20 << 10, 36 << 10, 80 << 10, 200 << 10, 600 << 10];
/// How long the desk may take to be well again once there is space.
const HEALING: Duration = Duration::from_secs(15);

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

pub(super) async fn fill_the_disk(checks: &mut Checks, room: usize) -> anyhow::Result<()> {
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
    std::fs::write(&ballast, vec![1; DISK - room])?;
    let mut setup = Setup::new(folder.path())?;
    setup.log = "off";
    setup.add_agent()?;
    let (mut desk, _) = setup.start().await?;
    let session = Session::log_in(&setup.url()).await?;
    let mut ledger = Ledger::default();
    let refused = send_until_refused(&setup, &mut ledger, &ballast).await?;
    let right = !refused.is_empty() && refused.keys().all(|answer| answer.starts_with("452 4.3.1"));
    checks.check("a full disk is always answered 452 4.3.1", right, format!("{refused:?}"));
    see_full(checks, &session).await?;
    std::fs::remove_file(&ballast)?;
    see_healed(checks, &setup, &session, &mut ledger).await?;
    let outcome = ledger.settle(&setup).await?;
    desk.signal("TERM");
    desk.wait();
    let exact = outcome.lost.is_empty() && outcome.doubled.is_empty() && outcome.filed == ledger.acknowledged.len();
    let says = format!("{} acknowledged, {} filed", ledger.acknowledged.len(), outcome.filed);
    checks.check("all that was acknowledged is filed once, and nothing else", exact, says);
    checks.check("the database is sound after a full disk", setup.is_sound()?, "as `casedesk check` says");
    Ok(())
}

/// Sends from several sides until each was refused some times, gives a little space free, and begins again; which
/// answers came that were no 250, and how often.
async fn send_until_refused(
    setup: &Setup,
    ledger: &mut Ledger,
    ballast: &Path,
) -> anyhow::Result<BTreeMap<String, u64>> {
    let (mut refused, mut next) = (BTreeMap::new(), 0);
    for crumb in std::iter::once(&0).chain(&CRUMBS) {
        let file = std::fs::File::options().write(true).open(ballast)?;
        file.set_len(file.metadata()?.len().saturating_sub(*crumb))?;
        let senders: Vec<_> =
            (0..SENDERS).map(|sender| tokio::spawn(until_refused(setup.lmtp, next + sender))).collect();
        for sender in senders {
            for (number, answer) in sender.await?? {
                next = next.max(number + SENDERS);
                if !answer.starts_with("250") {
                    *refused.entry(answer.clone()).or_insert(0) += 1;
                }
                ledger.answered(number, Ok(answer));
            }
        }
        next = next.next_multiple_of(SENDERS);
    }
    Ok(refused)
}

async fn until_refused(port: u16, first: u64) -> anyhow::Result<Vec<(u64, String)>> {
    let mut line = Sender::connect(port, "support@desk.example").await?;
    let (mut answers, mut refusals) = (Vec::new(), 0);
    for number in (first..first + MOST_MAILS).step_by(usize::try_from(SENDERS)?) {
        let answer = line.send(&stuffed(&mail(number, &id(number)))).await?;
        refusals += usize::from(!answer.starts_with("250"));
        answers.push((number, answer));
        if refusals == REFUSALS {
            return Ok(answers);
        }
    }
    anyhow::bail!("the disk did not fill")
}

async fn see_full(checks: &mut Checks, session: &Session) -> anyhow::Result<()> {
    let mut pages = Vec::new();
    for path in ["/views/all", "/cases/1001", "/views/all?q=mark"] {
        pages.push(format!("{path} {}", session.get(path).await?.status));
    }
    let read = pages.iter().all(|page| page.ends_with("200"));
    checks.check("pages are read while the disk is full", read, pages.join(", "));
    let (status, says) = notes_until_refused(session).await?;
    checks.check("writing says that the disk is full", status == 507 && says.contains("no space left"), says);
    let (status, says) = session.upload("/api/v1/cases/1001/draft-files", &vec![b'x'; 2 << 20]).await?;
    checks.check("so does uploading a file", status == 507 && says.contains("no space left"), says);
    let (status, says) = session.try_text("/health").await?;
    checks.check("/health says it", status == 503 && says.contains("no space left"), says);
    Ok(())
}

async fn see_healed(checks: &mut Checks, setup: &Setup, session: &Session, ledger: &mut Ledger) -> anyhow::Result<()> {
    let freed = Instant::now();
    let answer = again(setup, ledger).await?;
    let says = format!("{answer} after {} ms", freed.elapsed().as_millis());
    checks.check("intake works again once there is space, without a restart", answer.starts_with("250"), says);
    let (status, says) = session.try_post("/api/v1/cases/1001/notes", &long_note()).await?;
    checks.check("so does writing", status == 201, format!("{status} {}", if status == 201 { "" } else { &says }));
    while session.get("/health").await?.status != 200 && freed.elapsed() < HEALING {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (well, after) = (session.get("/health").await?.status == 200, freed.elapsed());
    checks.check("/health is well again", well, format!("{} ms after there was space", after.as_millis()));
    Ok(())
}

/// The database's log may have room in it that it has used before, so some notes are still taken.
async fn notes_until_refused(session: &Session) -> anyhow::Result<(u16, String)> {
    for _ in 0..100 {
        let (status, says) = session.try_post("/api/v1/cases/1001/notes", &long_note()).await?;
        if status != 201 {
            return Ok((status, says));
        }
    }
    anyhow::bail!("every note was taken")
}

fn long_note() -> serde_json::Value {
    json!({ "text": "This note does not fit. ".repeat(8000) })
}

/// Sends what was refused until it is taken, for some seconds.
async fn again(setup: &Setup, ledger: &mut Ledger) -> anyhow::Result<String> {
    let mut line = Sender::connect(setup.lmtp, "support@desk.example").await?;
    let (mut last, end) = (String::new(), Instant::now() + HEALING);
    ensure!(!ledger.unknown.is_empty(), "nothing was refused");
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
