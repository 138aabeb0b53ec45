//! Programs that run beside the harness: own folder, own ports, gone when dropped.
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use casedesk::kit::secrets::random_token;

pub(crate) const LOGIN: &str = "bench@desk.example";
pub(crate) const PASSWORD: &str = "correct horse battery bench";
/// How long anything may take to come true.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);

/// A folder that goes when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(what: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("casedesk-{what}-{}", &random_token()[..12]));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program with all its children, killed when dropped.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        use std::os::unix::process::CommandExt as _;
        Ok(Self(command.stdin(Stdio::null()).process_group(0).spawn().with_context(|| format!("{command:?}"))?))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let _ = Command::new("kill").args([&format!("-{name}"), "--", &format!("-{}", self.0.id())]).status();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }

    pub(crate) fn wait(&mut self) {
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.signal("KILL");
        }
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The program beside this one, of the same profile, built first when cargo runs us.
pub(crate) fn binary() -> anyhow::Result<&'static Path> {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    if let Some(path) = BINARY.get() {
        return Ok(path);
    }
    let path = std::env::current_exe()?.with_file_name("casedesk");
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build.args(["build", "--locked", "--package", "casedesk"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        ensure!(build.status()?.success(), "casedesk could not be built");
    }
    ensure!(path.exists(), "{} is not built", path.display());
    Ok(BINARY.get_or_init(|| path))
}

/// How a desk is to be run.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) data: PathBuf,
    pub(crate) http: u16,
    pub(crate) lmtp: u16,
    /// PostgreSQL instead of SQLite in the folder.
    pub(crate) database: Option<String>,
    /// A program and arguments that the desk is run under.
    pub(crate) under: Vec<String>,
    /// What it logs, unless CASEDESK_LOG__LEVEL says otherwise: nothing where it is to complain all the time.
    pub(crate) log: &'static str,
}

impl Setup {
    pub(crate) fn new(data: &Path) -> anyhow::Result<Self> {
        let (http, lmtp) = (free_port()?, free_port()?);
        Ok(Self { data: data.into(), http, lmtp, database: None, under: vec![], log: "error" })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// The address of the database, as the harness reads it.
    pub(crate) fn database(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join("casedesk.db").display()))
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let binary = binary()?;
        let mut command = match self.under.split_first() {
            Some((program, rest)) => {
                let mut command = Command::new(program);
                command.args(rest).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        command
            .args(arguments)
            .env("CASEDESK_SERVER__DATA", &self.data)
            .env("CASEDESK_SERVER__LISTEN", format!("127.0.0.1:{}", self.http))
            .env("CASEDESK_SERVER__PUBLIC_URL", self.url())
            .env("CASEDESK_MAIL__FROM", "support@desk.example")
            .env("CASEDESK_MAIL__LISTENER__LISTEN", format!("127.0.0.1:{}", self.lmtp))
            .env("CASEDESK_LOG__LEVEL", std::env::var("CASEDESK_LOG__LEVEL").unwrap_or_else(|_| self.log.into()))
            .stdout(Stdio::null());
        if let Some(url) = &self.database {
            command.env("CASEDESK_DATABASE__URL", url);
        }
        Ok(command)
    }

    /// Runs `casedesk check`, which reads the whole database.
    pub(crate) fn is_sound(&self) -> anyhow::Result<bool> {
        let plain = Self { under: vec![], ..self.clone() };
        let output = plain.command(&["check"])?.stdout(Stdio::piped()).stderr(Stdio::null()).output()?;
        let says = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(says.lines().any(|line| line.starts_with("ok") && line.contains("database")))
    }

    /// Makes an administrator with the password of this harness, unless there is one.
    pub(crate) fn add_agent(&self) -> anyhow::Result<()> {
        let plain = Self { under: vec![], ..self.clone() };
        let mut child = plain
            .command(&["agent", "add", "--name", "Bench", "--email", LOGIN, "--role", "admin", "--password-stdin"])?
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().context("no standard input")?.write_all(PASSWORD.as_bytes())?;
        let output = child.wait_with_output()?;
        let says = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() || says.contains("belongs to somebody else"), "agent add: {says}");
        Ok(())
    }

    /// Starts the desk and waits until it is well; how long that took.
    pub(crate) async fn start(&self) -> anyhow::Result<(Running, Duration)> {
        let begun = Instant::now();
        let mut desk = Running::start(&mut self.command(&["serve"])?)?;
        let client = reqwest::Client::new();
        let health = format!("{}/health", self.url());
        loop {
            if client.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok((desk, begun.elapsed()));
            }
            if desk.has_ended() {
                bail!("the desk ended at its start");
            }
            ensure!(begun.elapsed() < DEADLINE, "the desk did not become well");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Whether all of these are on the path or among the system's programs.
pub(crate) fn installed(programs: &[&str]) -> bool {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    programs.iter().all(|name| path.split(':').any(|folder| Path::new(folder).join(name).exists()))
}

pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Runs a program to its end, which must be a good one; what it printed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Memory of a process that is really there, in megabytes.
pub(crate) fn resident_mb(process: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
}
