//! A PostgreSQL of the harness's own, with its defaults: every commit is synced.
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::process::{DEADLINE, Folder, Running, free_port, is_root, run};

pub(crate) struct Postgres {
    _running: Running,
    folder: Folder,
    port: u16,
}

impl Postgres {
    /// `None` where PostgreSQL is not installed.
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let folder = Folder::new("postgres")?;
        if is_root() {
            let (user, group) = ids_of_postgres()?;
            chown(folder.path(), Some(user), Some(group))?;
        }
        let (data, port) = (folder.path().join("data"), free_port()?);
        run(as_postgres(&programs.join("initdb"))?
            .args(["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=trust", "--username=casedesk", "-D"])
            .arg(&data))?;
        let mut command = as_postgres(&programs.join("postgres"))?;
        command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k"]).arg(folder.path());
        let running = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            ensure!(begun.elapsed() < DEADLINE, "PostgreSQL does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Some(Self { _running: running, folder, port }))
    }

    pub(crate) fn url(&self) -> String {
        let _ = self.folder.path();
        format!("postgres://casedesk@127.0.0.1:{}/postgres", self.port)
    }
}

/// Where `initdb` is: the newest of Debian's, or on the path.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin"));
    let path = std::env::var("PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = debian.collect();
    all.sort();
    all.into_iter().rev().chain(path.split(':').map(PathBuf::from)).find(|folder| folder.join("initdb").exists())
}

/// It refuses to run as root.
fn as_postgres(program: &Path) -> anyhow::Result<Command> {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(program);
    command.current_dir("/");
    if is_root() {
        let (user, group) = ids_of_postgres()?;
        command.uid(user).gid(group);
    }
    Ok(command)
}

fn ids_of_postgres() -> anyhow::Result<(u32, u32)> {
    let id = |what| -> anyhow::Result<u32> {
        run(Command::new("id").args([what, "postgres"]))?.trim().parse().context("the user postgres")
    };
    Ok((id("-u")?, id("-g")?))
}
