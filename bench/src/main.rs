//! `bin/bench` and `bin/test faults`: what the program does under load, and under kills, full disks and
//! failing syncs. Everything is seen from outside, over the loopback; the library is used only to fill a database
//! and to read what is in it afterwards.
mod customer_file;
mod dovecot;
mod faults;
mod file;
mod fill;
mod http;
mod intake;
mod live;
mod lmtp;
mod mails;
mod pages;
mod postgres;
mod process;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure speed and size, and print them beside their targets.
    Measure {
        /// A tenth of the data: 20,000 cases and 100,000 messages.
        #[arg(long)]
        quick: bool,
        /// A folder of .eml files to take in, instead of the mails made up here.
        #[arg(long, env = "CASEDESK_BENCH_MAILS")]
        mails: Option<PathBuf>,
        /// Only these parts: intake, postgres, pages, file.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
    /// Kill the desk, fill its disk and fail its syncs; nothing acknowledged may be lost or doubled.
    Faults {
        /// How often the desk is killed during intake.
        #[arg(long, default_value_t = 200)]
        kills: usize,
        /// Within a minute: 10 kills and a smaller disk.
        #[arg(long, conflicts_with = "kills")]
        short: bool,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    // The client that casedesk brings along wants one, though nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match Cli::parse().command {
            Command::Measure { quick, mails, only } => measure(quick, mails, &only).await,
            Command::Faults { kills, short } => {
                faults::run(&if short { faults::Size::short() } else { faults::Size::long(kills) }).await
            }
        }
    })
}

async fn measure(quick: bool, mails: Option<PathBuf>, only: &[String]) -> anyhow::Result<ExitCode> {
    let wanted = |part: &str| only.is_empty() || only.iter().any(|name| name == part);
    let mut table = table::Table::default();
    if wanted("intake") {
        intake::measure(&mut table, mails.as_deref(), quick, false).await?;
    }
    if wanted("postgres") {
        intake::measure(&mut table, mails.as_deref(), quick, true).await?;
    }
    if wanted("pages") {
        let folder = fill::cached(fill::Size::mostly_closed(quick)).await?;
        pages::measure(&mut table, &folder).await?;
    }
    if wanted("file") {
        let size = fill::Size::mostly_open(quick);
        let folder = fill::cached(size).await?;
        file::measure(&mut table, &folder, size).await?;
    }
    table.print();
    table.write()?;
    Ok(ExitCode::SUCCESS)
}
