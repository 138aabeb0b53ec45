//! PostgreSQL: indexes over the words of names and addresses.
use crate::db::Query;

/// The words hold letters and digits alone, so the sign behind them is only ours.
pub(super) fn named(words: &[String], tag: Option<&str>, newest: i64) -> Query {
    let mut query = Query::new("SELECT id FROM (");
    for (at, word) in words.iter().enumerate() {
        let begins = format!("{word}:*");
        query = query
            .push(if at == 0 { "(" } else { " INTERSECT (" })
            .push("SELECT id FROM contacts WHERE words_of_name(name) @@ to_tsquery('simple', ")
            .bind(&begins)
            .push(") UNION SELECT contact_id FROM contact_addresses WHERE words_of_name(address) @@ to_tsquery('simple', ")
            .bind(&begins)
            .push(
                ") UNION SELECT c.id FROM contacts c JOIN organisations o ON o.id = c.organisation_id
                 WHERE words_of_name(o.name) @@ to_tsquery('simple', ",
            )
            .bind(&begins)
            .push("))");
    }
    super::tagged(query.push(") named WHERE TRUE"), "id", tag).push(" ORDER BY id DESC LIMIT ").bind(newest)
}
