//! Scores this crate on folders of test mail.
//!
//! `cargo run --release -p casedesk-mail --example score -- DIR [--json] [--failures] [--floors]`
//!
//! `DIR/<source>.jsonl` holds a row per message with what a correct reader finds, and
//! `DIR/<source>/` the messages. A folder without rows is scored for survival only.

mod check;
mod feed;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use report::Report;
use serde_json::Value;

fn main() -> ExitCode {
    let mut folder = None;
    let mut flags = Vec::new();
    for argument in std::env::args().skip(1) {
        if argument.starts_with("--") {
            flags.push(argument);
        } else {
            folder = Some(PathBuf::from(argument));
        }
    }
    let Some(folder) = folder else {
        eprintln!("usage: score DIR [--json] [--failures] [--floors]");
        return ExitCode::from(2);
    };
    let has = |name: &str| flags.iter().any(|flag| flag == name);
    match score(&folder) {
        Ok(report) => {
            if has("--failures") {
                report.print_failures();
            }
            if has("--json") {
                println!("{}", report.json());
            } else {
                report.print_table();
            }
            if has("--floors") && !report.reaches_floors() {
                return ExitCode::FAILURE;
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn score(folder: &Path) -> std::io::Result<Report> {
    let mut report = Report::default();
    for source in sources(folder)? {
        let rows = rows(&folder.join(format!("{source}.jsonl")))?;
        for path in feed::files(&folder.join(&source))? {
            let relative = path.strip_prefix(folder.join(&source)).unwrap_or(&path).to_string_lossy().into_owned();
            let row = rows.iter().find(|row| row["file"] == relative.as_str());
            check::message(&source, &relative, &std::fs::read(&path)?, row, &mut report);
        }
    }
    Ok(report)
}

/// The names of the sub-folders, with or without rows.
fn sources(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_dir() {
            out.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    out.sort();
    Ok(out)
}

fn rows(path: &Path) -> std::io::Result<Vec<Value>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(std::io::Error::other))
        .collect()
}
