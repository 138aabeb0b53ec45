//! The command line: what `casedesk` can be told to do, one function each.
mod agent;
mod backup;
mod check;
mod customers;
mod demo;
mod import;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::{Config, LogFormat};
use crate::db::Db;
use crate::desk::Desk;
use crate::kit::Clock;

/// Casedesk: the support desk for software that your customers run themselves.
///
/// Start with `casedesk serve`: it makes the data folder, prints its address and a link that creates
/// the first administrator. `casedesk demo` shows the desk with a made-up company.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// The settings file (default: casedesk.toml in the data folder; every setting has a default).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the desk: pages, API, mail in and out, until it is told to stop.
    Serve,
    /// Bring the database to this version's form. `serve` does it too.
    Migrate,
    /// Try everything the desk depends on (settings, database, data folder, mailboxes, listeners, relay, work and
    /// mail that wait) and say what is wrong.
    Check,
    /// Show the desk with a made-up company, in a folder of its own (`demo` in the data folder).
    Demo {
        /// The same seed tells the same story.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many cases the story has.
        #[arg(long, default_value_t = 320)]
        cases: usize,
    },
    /// Copy everything into a folder, while the desk runs or not. A later backup into the same folder
    /// copies only new files.
    Backup { into: PathBuf },
    /// Put a backup into an empty data folder (or database), and check that it is whole.
    Restore { from: PathBuf },
    /// Make an agent, or a link to a new password.
    #[command(subcommand)]
    Agent(agent::Command),
    /// Take the customer file in from CSV, or give it out.
    #[command(subcommand)]
    Customers(customers::Command),
    /// Take mail in from files.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Read a PDF on standard input and write its text; `serve` runs it as a process of its own.
    #[command(hide = true)]
    PdfText,
    /// Print the settings' documented default, to copy lines from.
    Settings,
    /// Print completions for a shell, to be put where that shell looks for them.
    Completions { shell: clap_complete::Shell },
}

#[derive(Subcommand)]
enum MailCommand {
    /// Import mail: a folder of .eml files, a Maildir, an mbox, one mail, or `-` for an mbox or mail on
    /// standard input. Mail that is in the desk already is recognised.
    Import { path: PathBuf },
}

/// Runs one command.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { config, command } = cli;
    match command {
        Command::Settings => print!("{}", crate::config::DEFAULT),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "casedesk", &mut std::io::stdout());
        }
        Command::PdfText => crate::files::text::read_pdf()?,
        Command::Serve => on_runtime(config, serve::run)?,
        Command::Agent(command) => on_runtime(config, |config| agent::run(config, command))?,
        Command::Customers(command) => on_runtime(config, |config| customers::run(config, command))?,
        Command::Check => on_runtime(config, check::run)?,
        Command::Demo { seed, cases } => on_runtime(config, |config| demo::run(config, seed, cases))?,
        Command::Backup { into } => on_runtime(config, |config| backup::backup(config, into))?,
        Command::Restore { from } => on_runtime(config, |config| backup::restore(config, from))?,
        Command::Migrate => on_runtime(config, migrate)?,
        Command::Mail(MailCommand::Import { path }) => on_runtime(config, |config| import::run(config, path))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the settings, starts logging and the runtime, and runs `command` on it.
fn on_runtime<F: Future<Output = anyhow::Result<()>>>(
    file: Option<PathBuf>,
    command: impl FnOnce(Config) -> F,
) -> anyhow::Result<()> {
    let config = Config::load(file.as_deref(), std::env::vars())?;
    log(&config)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if config.server.threads > 0 {
        runtime.worker_threads(config.server.threads);
    }
    runtime.enable_all().build()?.block_on(command(config))
}

fn log(config: &Config) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Json => builder.json().init(),
        LogFormat::Text => builder.with_target(false).init(),
    }
    Ok(())
}

async fn migrate(config: Config) -> anyhow::Result<()> {
    let db = database(&config).await?;
    for name in db.migrate().await? {
        println!("applied {name}");
    }
    println!("the database is up to date");
    db.close().await;
    Ok(())
}

/// Opens the database, making the data folder when it is not there.
async fn database(config: &Config) -> anyhow::Result<Db> {
    std::fs::create_dir_all(&config.server.data)?;
    Ok(Db::connect(&config.database_url(), config.database.max_connections).await?)
}

/// Opens everything, with the database brought up to date.
async fn desk(config: Config) -> anyhow::Result<Desk> {
    let db = database(&config).await?;
    for name in db.migrate().await? {
        tracing::info!(name, "migration applied");
    }
    Desk::open(config, db, Clock::system(), crate::app::subscribers()).await
}
