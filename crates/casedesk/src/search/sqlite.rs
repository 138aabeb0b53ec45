//! SQLite: FTS5 without a copy of the text; a document's row id is its number.
use super::{Document, Wanted, words_of};
use crate::db::{Query, Read as _, Result, Tx};
use crate::q;

pub(super) async fn index(tx: &mut Tx, document: &Document<'_>) -> Result<()> {
    remove(tx, document.part).await?;
    let id = tx
        .insert(q!(
            "INSERT INTO search_documents (owner, part) VALUES ($1, $2) RETURNING id",
            document.owner,
            document.part
        ))
        .await?;
    tx.exec(q!(
        "INSERT INTO search_text (rowid, title, body, people, files) VALUES ($1, $2, $3, $4, $5)",
        id,
        words_of(document.title),
        words_of(document.body),
        words_of(document.people),
        words_of(document.files),
    ))
    .await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut Tx, part: i64) -> Result<()> {
    let old: Vec<(i64,)> = tx.all(q!("DELETE FROM search_documents WHERE part = $1 RETURNING id", part)).await?;
    for (old,) in old {
        tx.exec(q!("DELETE FROM search_text WHERE rowid = $1", old)).await?;
    }
    Ok(())
}

pub(super) fn hits(wanted: &Wanted, newest: i64) -> Query {
    // The words hold letters and digits alone, so quoting them is enough.
    let last = wanted.phrases.len() - 1;
    let text: Vec<String> = wanted
        .phrases
        .iter()
        .enumerate()
        .map(|(i, run)| format!("\"{run}\"{}", if i == last && wanted.last_is_prefix { "*" } else { "" }))
        .collect();
    q!(
        "(SELECT d.id, d.owner, d.part FROM (SELECT rowid AS hit FROM search_text WHERE search_text MATCH $1
          ORDER BY rowid DESC LIMIT $2) f JOIN search_documents d ON d.id = f.hit)",
        text.join(" AND "),
        newest
    )
}
