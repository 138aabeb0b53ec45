//! SQLite: FTS5 without a copy of the text; a document's row id is its number.
use std::collections::BTreeSet;

use super::{Document, Wanted, words_of};
use crate::db::{Db, Query, Read, Result, Tx};
use crate::q;

/// How many words a beginning becomes.
const MOST_ENDINGS: i64 = 256;

pub(super) async fn index(tx: &mut Tx, document: &Document<'_>) -> Result<()> {
    remove(tx, document.part).await?;
    let id = tx
        .insert(q!(
            "INSERT INTO search_documents (owner, part) VALUES ($1, $2) RETURNING id",
            document.owner,
            document.part
        ))
        .await?;
    let text = [document.title, document.body, document.people, document.files].map(words_of);
    let [title, body, people, files] = &text;
    tx.exec(q!(
        "INSERT INTO search_text (rowid, title, body, people, files) VALUES ($1, $2, $3, $4, $5)",
        id,
        title,
        body,
        people,
        files,
    ))
    .await?;
    learn(tx, &text).await
}

/// Adds the words whose beginnings the index would be slow to find.
async fn learn(tx: &mut Tx, text: &[String]) -> Result<()> {
    let words: BTreeSet<&str> = text.iter().flat_map(|text| text.split(' ')).filter(|word| is_listed(word)).collect();
    let words = serde_json::Value::from_iter(words).to_string();
    tx.exec(q!("INSERT OR IGNORE INTO search_words (word) SELECT value FROM json_each($1)", words)).await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut Tx, part: i64) -> Result<()> {
    let old: Vec<(i64,)> = tx.all(q!("DELETE FROM search_documents WHERE part = $1 RETURNING id", part)).await?;
    for (old,) in old {
        tx.exec(q!("DELETE FROM search_text WHERE rowid = $1", old)).await?;
    }
    Ok(())
}

/// How many words are looked at in one go, and how many pages of the index are merged along with them.
const WORDS: i64 = 500;
const PAGES: i64 = 200;

pub(super) async fn forget_words(db: &Db, after: &str) -> Result<Option<String>> {
    let words: Vec<(String,)> =
        db.all(q!("SELECT word FROM search_words WHERE word > $1 ORDER BY word LIMIT $2", after, WORDS)).await?;
    let mut unused = Vec::new();
    for (word,) in &words {
        if !is_used(db, word).await? {
            unused.push(word.clone());
        }
    }
    let mut tx = db.begin().await?;
    for word in unused {
        // Somebody may have written it meanwhile.
        if !is_used(&mut tx, &word).await? {
            tx.exec(q!("DELETE FROM search_words WHERE word = $1", word)).await?;
        }
    }
    // A document that was taken away stays in the index, marked, until its pages are merged.
    tx.exec(q!("INSERT INTO search_text (search_text, rank) VALUES ('merge', $1)", PAGES)).await?;
    tx.commit().await?;
    Ok(words.last().map(|(last,)| last.clone()))
}

async fn is_used(on: impl Read, word: &str) -> Result<bool> {
    // The words hold letters and digits alone, so quoting them is enough.
    let query = q!("SELECT rowid FROM search_text WHERE search_text MATCH $1 LIMIT 1", format!("\"{word}\""));
    let found: Option<(i64,)> = on.opt(query).await?;
    Ok(found.is_some())
}

/// Beginnings of two and three letters have an index of their own; longer than this is no word that anybody types.
pub(super) fn is_listed(word: &str) -> bool {
    (4..=40).contains(&word.chars().count())
}

pub(super) async fn owners(db: &Db, wanted: &Wanted, newest: i64) -> Result<Query> {
    // The words hold letters and digits alone, so quoting them is enough.
    let mut text: Vec<String> = wanted.phrases.iter().map(|run| format!("\"{run}\"")).collect();
    if wanted.last_is_prefix
        && let (Some(last), Some(run)) = (text.last_mut(), wanted.phrases.last())
    {
        *last = begun(db, run).await?;
    }
    Ok(q!(
        "SELECT d.owner FROM (SELECT rowid AS hit FROM search_text WHERE search_text MATCH $1
         ORDER BY rowid DESC LIMIT $2) f JOIN search_documents d ON d.id = f.hit",
        text.join(" AND "),
        newest
    ))
}

/// A run whose last word may be unfinished, as one of the runs that it may become. When they are too many, the index
/// looks for the beginning itself.
async fn begun(db: &Db, run: &str) -> Result<String> {
    let (before, word) = run.rsplit_once(' ').map_or(("", run), |(before, word)| (before, word));
    if !is_listed(word) {
        return Ok(format!("\"{run}\"*"));
    }
    let query = q!(
        "SELECT word FROM search_words WHERE word >= $1 AND word < $2 LIMIT $3",
        word,
        format!("{word}\u{10FFFF}"),
        MOST_ENDINGS + 1
    );
    let words: Vec<(String,)> = db.all(query).await?;
    if words.is_empty() || i64::try_from(words.len()).unwrap_or(i64::MAX) > MOST_ENDINGS {
        return Ok(format!("\"{run}\"*"));
    }
    let runs: Vec<String> = words.iter().map(|(word,)| format!("\"{before} {word}\"")).collect();
    Ok(format!("({})", runs.join(" OR ")))
}
