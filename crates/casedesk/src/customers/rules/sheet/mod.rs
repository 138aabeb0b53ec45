//! The customer file as sheets, one line for each thing: what a sheet's columns are called, what is in the file of a
//! spreadsheet, and what taking it over would do.
//!
//! What a file does not say stays: an empty cell clears nothing, and lists only grow. So a file that is taken twice
//! changes nothing the second time, and an export taken back changes nothing at all.
mod book;
mod cell;
mod columns;
mod export;
mod plan;
mod text;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words;

pub use book::{Book, KnownContact, KnownInstallation, KnownOrganisation};
pub use columns::{Column, column, column_named, columns, mapping};
pub use export::{contact_line, contract_line, heading, installation_line, licence_line, organisation_line, written};
pub use plan::{Change, Plan, Step, plan};
pub use text::{Row, Table, read};

pub const MOST_BYTES: usize = 20_000_000;
pub const MOST_LINES: usize = 100_000;

words!(
    /// What a sheet has a line for.
    Sheet {
        Organisations = "organisations",
        Contacts = "contacts",
        Contracts = "contracts",
        Licences = "licences",
        Installations = "installations",
    }
);

words!(
    /// What becomes of a line.
    ImportFate { New = "new", Changed = "changed", Same = "same", Bad = "bad" }
);

/// Why the file as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("The file is larger than {} MB. Send it in parts.", MOST_BYTES / 1_000_000)]
    TooLarge,
    #[error("The file has more than {MOST_LINES} lines. Send it in parts.")]
    TooLong,
    #[error("The file has no heading: its first line says what the columns are.")]
    NoHead,
    #[error("No column is chosen for “{0}”.")]
    NoColumn(&'static str),
    #[error("“{0}” is chosen for two columns.")]
    ColumnTwice(&'static str),
    #[error("“{0}” is no column of this sheet.")]
    OtherColumn(String),
}

/// One field that a line changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportDifference {
    pub field: String,
    pub from: String,
    pub to: String,
}

/// What becomes of one line of a file, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportLine {
    /// As an editor counts them; the heading is mostly line 1.
    pub line: u64,
    /// What the line is about.
    pub name: String,
    pub fate: ImportFate,
    pub differences: Vec<ImportDifference>,
    /// Why it is not taken; empty where it is.
    pub why: String,
}
