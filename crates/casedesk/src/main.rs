//! Arguments → settings → the command that was asked for.
use std::process::ExitCode;

use casedesk::commands::{self, Cli};
use clap::Parser as _;

fn main() -> ExitCode {
    match commands::run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("casedesk: {error:#}");
            ExitCode::FAILURE
        }
    }
}
