//! Full-text documents. Both databases index the same words, cut here, so that both find the same.
mod postgres;
mod sqlite;
mod words;

use crate::db::{Db, Dialect, Query, Read as _, Result, Tx};
pub use words::{Wanted, words_of};

/// One searchable text of an owner: `part` tells apart the texts of the same owner.
pub struct Document<'a> {
    pub owner: i64,
    pub part: i64,
    pub title: &'a str,
    pub body: &'a str,
    pub people: &'a str,
    pub files: &'a str,
}

/// Adds the document, or replaces the one with the same owner and part.
pub async fn index(tx: &mut Tx, document: &Document<'_>) -> Result<()> {
    match tx.dialect() {
        Dialect::Sqlite => sqlite::index(tx, document).await,
        Dialect::Postgres => postgres::index(tx, document).await,
    }
}

/// Takes a document away; a part is always of one owner.
pub async fn remove(tx: &mut Tx, part: i64) -> Result<()> {
    match tx.dialect() {
        Dialect::Sqlite => sqlite::remove(tx, part).await,
        Dialect::Postgres => postgres::remove(tx, part).await,
    }
}

/// Takes the next words off the list of words that no document has any more; where to go on. Their traces leave the
/// index along the way.
pub async fn forget_words(db: &Db, after: &str) -> Result<Option<String>> {
    match db.dialect() {
        Dialect::Sqlite => sqlite::forget_words(db, after).await,
        // A document's words are its row.
        Dialect::Postgres => Ok(None),
    }
}

/// Moves a document to another owner; a part is always of one owner.
pub async fn move_part(tx: &mut Tx, part: i64, owner: i64) -> Result<()> {
    tx.exec(crate::q!("UPDATE search_documents SET owner = $2 WHERE part = $1", part, owner)).await?;
    Ok(())
}

/// The owners of the newest documents that have this one word, as [`words_of`] cuts it.
pub async fn owners_of_word(db: &Db, word: &str, newest: i64) -> Result<Vec<i64>> {
    let wanted = Wanted { phrases: vec![word.to_owned()], last_is_prefix: false };
    let rows: Vec<(i64,)> = db.all(owners(db, &wanted, newest).await?).await?;
    Ok(rows.into_iter().map(|(owner,)| owner).collect())
}

/// `SELECT owner FROM …`: the owners of the newest documents that have what is wanted, to be part of a query of the room
/// that owns the owners. At most `newest` documents are looked at; an owner may be named more than once.
pub async fn owners(db: &Db, wanted: &Wanted, newest: i64) -> Result<Query> {
    match db.dialect() {
        Dialect::Sqlite => sqlite::owners(db, wanted, newest).await,
        Dialect::Postgres => Ok(postgres::owners(wanted, newest)),
    }
}
