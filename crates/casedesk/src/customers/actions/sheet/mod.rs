//! The customer file goes out as sheets and comes in from them.
mod book;
mod export;
mod import;

pub(super) use book::book_of;
pub use export::{Lines, export};
pub use import::{ImportReport, Preview, choose_columns, forget_imports, import_file, keep_import, preview, take_over};
