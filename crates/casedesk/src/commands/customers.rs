//! `casedesk customers`: the customer file out as CSV and in again, where the pages are not at hand.
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::config::Config;
use crate::customers::actions::{ImportReport, export, import_file, preview};
use crate::customers::rules::sheet::{MOST_BYTES, Sheet};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Take a CSV file over: lines that cannot be taken are named, the rest is kept.
    Import {
        /// The file, or `-` for standard input.
        file: PathBuf,
        /// organisations, contacts, contracts, licences or installations
        #[arg(long)]
        sheet: Sheet,
        /// Only say what it would do.
        #[arg(long)]
        dry_run: bool,
        /// What each column is, such as `name,addresses,,organisation`; without it as the heading says.
        #[arg(long, value_delimiter = ',')]
        columns: Vec<String>,
    },
    /// Print a sheet as CSV.
    Export {
        /// organisations, contacts, contracts, licences or installations
        sheet: Sheet,
    },
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    let desk = super::desk(config).await?;
    match command {
        Command::Import { file, sheet, dry_run, columns } => {
            let bytes = bytes(&file)?.into();
            let report = if dry_run {
                preview(&desk, sheet, bytes, columns).await?.report()?
            } else {
                import_file(&desk, None, sheet, bytes, columns).await?
            };
            tell(&report, dry_run);
        }
        Command::Export { sheet } => {
            let mut lines = export(&desk, None, sheet).await?;
            while let Some(piece) = lines.next().await? {
                std::io::stdout().write_all(&piece)?;
            }
        }
    }
    desk.db().close().await;
    Ok(())
}

/// One byte more than is taken, so that a file that is too large is told from one that just fits.
fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let input: Box<dyn std::io::Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?)
    };
    let mut bytes = Vec::new();
    input.take(u64::try_from(MOST_BYTES)? + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn tell(report: &ImportReport, dry_run: bool) {
    for line in &report.lines {
        let changes: Vec<_> =
            line.differences.iter().map(|one| format!("{}: {} → {}", one.field, one.from, one.to)).collect();
        let more = if line.why.is_empty() { changes.join("; ") } else { line.why.clone() };
        println!("line {}: {} {} {more}", line.line, line.fate, line.name);
    }
    if report.left_out > 0 {
        println!("and {} more lines", report.left_out);
    }
    let ImportReport { new, changed, same, bad, .. } = report;
    let would = if dry_run { "would be: " } else { "" };
    println!("{would}{new} new, {changed} changed, {same} as they are, {bad} not taken");
}
