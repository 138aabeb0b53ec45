//! Texts that are no part of a case of theirs, where an address or a number may still stand, and those of their own
//! organisation, where a name may.
use super::rest::holding;
use crate::cases::EntryId;
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Query, Read, Result, Tx};
use crate::q;

/// A column of words: what finds those that hold something, and what writes them anew. A text is its own key, since
/// the same words become the same words wherever they stand.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    find: &'static str,
    lower: &'static str,
    write: &'static str,
    /// Which entries the search knows by such a text.
    entries: Option<&'static str>,
}

macro_rules! place {
    ($table:literal, $column:literal, $only:literal) => {
        Place {
            find: concat!("SELECT DISTINCT ", $column, " FROM ", $table, " WHERE ", $only, " AND ("),
            lower: concat!("LOWER(", $column, ")"),
            write: concat!("UPDATE ", $table, " SET ", $column, " = $2 WHERE ", $only, " AND ", $column, " = $1"),
            entries: None,
        }
    };
    ($table:literal, $column:literal) => {
        place!($table, $column, "1 = 1")
    };
}

/// The search has it too.
const fn known_by(place: Place, entries: &'static str) -> Place {
    Place { entries: Some(entries), ..place }
}

/// What was accepted stays as it was agreed.
macro_rules! of_quotes {
    ($column:literal) => {
        place!("quotes", $column, "state <> 'accepted'")
    };
}

pub const PLACES: &[Place] = &[
    known_by(
        place!("attachments", "name"),
        "SELECT DISTINCT entry_id FROM attachments WHERE entry_id IS NOT NULL AND name = $1",
    ),
    place!("calls", "summary"),
    place!("case_people", "name"),
    place!("case_verdicts", "label"),
    place!("case_verdicts", "reason"),
    place!("cases", "base_subject"),
    known_by(
        place!("cases", "subject"),
        "SELECT e.id FROM entries e JOIN cases c ON c.id = e.case_id WHERE c.subject = $1",
    ),
    place!("contact_addresses", "paused_reason"),
    place!("contact_numbers", "label"),
    place!("contacts", "note"),
    place!("customer_imports", "name"),
    place!("customer_imports", "report"),
    place!("details_answers", "value"),
    place!("details_uploads", "name"),
    place!("drafts", "body"),
    place!("drafts", "recipients_bcc"),
    place!("drafts", "recipients_cc"),
    place!("drafts", "recipients_to"),
    place!("file_merges", "after"),
    place!("file_merges", "before"),
    place!("form_files", "name"),
    place!("form_submissions", "reason"),
    place!("form_submissions", "typed"),
    place!("inbound", "reason"),
    place!("inbound", "envelope", "state <> 'new'"),
    place!("installation_fields", "value"),
    place!("installation_fields", "written"),
    place!("installations", "label"),
    place!("jobs", "last_error"),
    place!("jobs", "payload", "kind NOT LIKE 'privacy.%'"),
    place!("mail_messages", "subject"),
    place!("organisation_notes", "text"),
    place!("private_links", "name"),
    place!("quote_lines", "description", "quote_id NOT IN (SELECT id FROM quotes WHERE state = 'accepted')"),
    of_quotes!("decided_by"),
    of_quotes!("reason"),
    of_quotes!("text"),
    of_quotes!("title"),
    of_quotes!("to_name"),
    place!("roadmap_items", "body"),
    place!("roadmap_items", "title"),
    place!("saved_views", "name"),
    place!("saved_views", "query"),
    place!("templates", "body"),
    place!("webhook_deliveries", "body"),
    place!("webhook_deliveries", "last_error"),
];

/// Where whole names are looked for too: what programs wrote of whoever it was.
pub const NAMED: &[Place] = &[
    place!("customer_imports", "report"),
    place!("jobs", "last_error"),
    place!("jobs", "payload", "kind NOT LIKE 'privacy.%'"),
    place!("webhook_deliveries", "body"),
    place!("webhook_deliveries", "last_error"),
];

/// Texts of this place that hold one of these words, which are in lower case.
pub async fn texts_naming(on: impl Read, place: Place, words: &[String]) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on.all(holding(Query::new(place.find), &[place.lower], words).push(")")).await?;
    Ok(rows.into_iter().map(|(text,)| text).collect())
}

pub async fn rewrite_texts(tx: &mut Tx, place: Place, text: &str, left: &str) -> Result<u64> {
    tx.exec(q!(place.write, text, left)).await
}

/// The entries that the search knows by this text.
pub async fn known_by_text(on: impl Read, place: Place, text: &str) -> Result<Vec<EntryId>> {
    let Some(entries) = place.entries else { return Ok(vec![]) };
    let rows: Vec<(EntryId,)> = on.all(q!(entries, text)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What is said in the file of an organisation: what gives all of it, each with its number, and what writes one anew.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    all: &'static str,
    write: &'static str,
    /// A value and not a sentence: a single word of a name in it is seldom that person.
    pub value: bool,
}

pub const SAID: &[Said] = &[
    Said {
        all: "SELECT id, text FROM organisation_notes WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT 500",
        value: false,
        write: "UPDATE organisation_notes SET text = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT id, note FROM contacts WHERE organisation_id = $1 AND id > $2 AND note <> '' ORDER BY id LIMIT 500",
        value: false,
        write: "UPDATE contacts SET note = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT id, label FROM installations WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT 500",
        value: false,
        write: "UPDATE installations SET label = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT f.id, f.value FROM installation_fields f JOIN installations i ON i.id = f.installation_id
              WHERE i.organisation_id = $1 AND f.id > $2 AND f.value <> '' ORDER BY f.id LIMIT 500",
        value: true,
        write: "UPDATE installation_fields SET value = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT f.id, f.written FROM installation_fields f JOIN installations i ON i.id = f.installation_id
              WHERE i.organisation_id = $1 AND f.id > $2 AND f.written <> '' ORDER BY f.id LIMIT 500",
        value: true,
        write: "UPDATE installation_fields SET written = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT id, data FROM events WHERE topic = 'organisation' AND subject = $1 AND id > $2 AND data <> '{}'
              ORDER BY id LIMIT 500",
        value: false,
        write: "UPDATE events SET data = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT id, data FROM events WHERE topic = 'installation' AND data <> '{}' AND id > $2
              AND subject IN (SELECT id FROM installations WHERE organisation_id = $1) ORDER BY id LIMIT 500",
        value: false,
        write: "UPDATE events SET data = $2 WHERE id = $1",
    },
    Said {
        all: "SELECT id, data FROM events WHERE topic = 'contact' AND data <> '{}' AND id > $2
              AND subject IN (SELECT id FROM contacts WHERE organisation_id = $1) ORDER BY id LIMIT 500",
        value: false,
        write: "UPDATE events SET data = $2 WHERE id = $1",
    },
];

/// The next 500 texts behind `after`.
pub async fn said(on: impl Read, what: Said, of: OrganisationId, after: i64) -> Result<Vec<(i64, String)>> {
    on.all(q!(what.all, of, after)).await
}

pub async fn rewrite_said(tx: &mut Tx, what: Said, id: i64, text: &str) -> Result<u64> {
    tx.exec(q!(what.write, id, text)).await
}

/// The organisations of these contacts, and what everybody else there is called.
pub async fn around(on: impl Read + Copy, contacts: &[ContactId]) -> Result<(Vec<OrganisationId>, Vec<String>)> {
    let query =
        Query::new("SELECT DISTINCT organisation_id FROM contacts WHERE organisation_id IS NOT NULL AND id IN ");
    let rows: Vec<(OrganisationId,)> = on.all(query.bind_list(contacts.iter().copied())).await?;
    let organisations: Vec<OrganisationId> = rows.into_iter().map(|(id,)| id).collect();
    let query =
        Query::new("SELECT name FROM contacts WHERE organisation_id IN ").bind_list(organisations.iter().copied());
    let query = query.push(" AND id NOT IN ").bind_list(contacts.iter().copied()).push(" LIMIT 10000");
    let names: Vec<(String,)> = on.all(query).await?;
    Ok((organisations, names.into_iter().map(|(name,)| name).collect()))
}

/// Files of customers that wait to be taken over, with their bytes.
pub async fn waiting_imports(on: impl Read, after: i64) -> Result<Vec<(i64, Vec<u8>)>> {
    on.all(q!("SELECT id, bytes FROM customer_imports WHERE taken_at IS NULL AND id > $1 ORDER BY id LIMIT 1", after))
        .await
}

pub async fn delete_import(tx: &mut Tx, id: i64) -> Result<u64> {
    tx.exec(q!("DELETE FROM customer_imports WHERE id = $1 AND taken_at IS NULL", id)).await
}
