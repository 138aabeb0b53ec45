//! SQLite: FTS5, kept by triggers.
use crate::db::Query;
use crate::q;

/// The words hold letters and digits alone, so quoting them is enough.
pub(super) fn named(words: &[String], tag: Option<&str>, newest: i64) -> Query {
    let text: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
    let fit = q!("SELECT rowid AS id FROM contact_words WHERE contact_words MATCH $1", text.join(" AND "));
    super::tagged(fit, "rowid", tag).push(" ORDER BY rowid DESC LIMIT ").bind(newest)
}
