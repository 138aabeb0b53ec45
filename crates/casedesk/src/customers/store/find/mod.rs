//! Finding contacts while somebody types. Both databases look for words that begin as those typed.
mod postgres;
mod sqlite;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::customers::Contact;
use crate::db::{Db, Dialect, Query, Read as _, Result};
use crate::q;

/// How many words of what was typed count.
const MOST_WORDS: usize = 4;
/// How many of the newest contacts that fit are looked at.
const MOST_FOUND: i64 = 200;

/// Contacts whose name, addresses and organisation have words that begin as those of the text, each with an address. No
/// text finds everybody.
pub async fn contacts_like(db: &Db, text: &str, tag: Option<&str>, limit: i64) -> Result<Vec<(Contact, String)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        contact: Contact,
        address: String,
    }
    let query = match contacts_named(db, text, tag) {
        Some(found) => found.wrap("WITH found AS (", ") ").push(
            "SELECT c.id, c.organisation_id, c.name, a.address FROM found f JOIN contacts c ON c.id = f.id
             JOIN contact_addresses a ON a.contact_id = c.id",
        ),
        None if text.trim().is_empty() => {
            let all = q!("SELECT c.id, c.organisation_id, c.name, a.address FROM contacts c
                 JOIN contact_addresses a ON a.contact_id = c.id WHERE TRUE");
            tagged(all, "c.id", tag)
        }
        None => return Ok(vec![]),
    };
    let rows: Vec<Row> = db.all(query.push(" ORDER BY c.name, a.address LIMIT ").bind(limit)).await?;
    Ok(rows.into_iter().map(|row| (row.contact, row.address)).collect())
}

/// Of those that are found, the ones with this tag.
fn tagged(query: Query, id: &'static str, tag: Option<&str>) -> Query {
    let Some(tag) = tag else { return query };
    query.push(" AND ").push(id).push(" IN (SELECT contact_id FROM contact_tags WHERE tag = ").bind(tag).push(")")
}

/// `SELECT … AS id`: the newest contacts that fit what was typed and have the tag, where one is named, to be part of a
/// query. `None` when no word is in it.
pub fn contacts_named(db: &Db, text: &str, tag: Option<&str>) -> Option<Query> {
    let words = words_of(text);
    if words.is_empty() {
        return None;
    }
    Some(match db.dialect() {
        Dialect::Sqlite => sqlite::named(&words, tag, MOST_FOUND),
        Dialect::Postgres => postgres::named(&words, tag, MOST_FOUND),
    })
}

/// Runs of letters and digits, without accents, in lower case.
fn words_of(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(MOST_WORDS).map(str::to_owned).collect()
}
