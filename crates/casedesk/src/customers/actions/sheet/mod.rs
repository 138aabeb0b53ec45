//! The customer file goes out as sheets and comes in from them.
mod book;
mod export;
mod import;

pub use export::{Lines, export};
pub use import::{Preview, ImportReport, choose_columns, import_file, keep_import, preview, take_over};
