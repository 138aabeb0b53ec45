//! PostgreSQL: a `tsvector` under a GIN index, in the `simple` configuration (no stemming, as in SQLite).
use super::{Document, Wanted, words_of};
use crate::db::{Query, Result, Tx};
use crate::q;

pub(super) async fn index(tx: &mut Tx, document: &Document<'_>) -> Result<()> {
    let text = [document.title, document.body, document.people, document.files].map(words_of).join(" ");
    tx.exec(q!(
        "INSERT INTO search_documents (owner, part, words) VALUES ($1, $2, to_tsvector('simple', $3))
         ON CONFLICT (owner, part) DO UPDATE SET words = excluded.words",
        document.owner,
        document.part,
        text,
    ))
    .await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut Tx, part: i64) -> Result<()> {
    tx.exec(q!("DELETE FROM search_documents WHERE part = $1", part)).await?;
    Ok(())
}

pub(super) fn owners(wanted: &Wanted, newest: i64) -> Query {
    // The words hold letters and digits alone, so the operators between them are only ours.
    let last = wanted.phrases.len() - 1;
    let text: Vec<String> = wanted
        .phrases
        .iter()
        .enumerate()
        .map(|(i, run)| {
            let open = if i == last && wanted.last_is_prefix { ":*" } else { "" };
            format!("({}{open})", run.replace(' ', " <-> "))
        })
        .collect();
    q!(
        "SELECT owner FROM search_documents WHERE words @@ to_tsquery('simple', $1) ORDER BY id DESC LIMIT $2",
        text.join(" & "),
        newest
    )
}
