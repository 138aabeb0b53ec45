//! What is taken away besides the cases: the rest of the entries that name an address, mail that lies on no case, and
//! the people themselves. And which files nothing names any more.
use super::read::{addresses_in, contacts_in, like, organisations_in};
use crate::cases::EntryId;
use crate::db::{Query, Read, Result, Tx};
use crate::privacy::Subject;
use crate::privacy::rules::Kept;
use crate::q;

/// What the bookkeeping needs of an organisation.
pub async fn kept(on: impl Read, subject: Subject) -> Result<Kept> {
    if matches!(subject, Subject::Contact(_)) {
        return Ok(Kept::default());
    }
    let query = Query::new("SELECT (SELECT COUNT(*) FROM contracts WHERE organisation_id IN ");
    let query = organisations_in(query, subject).push(
        "), (SELECT COUNT(*) FROM quotes q JOIN cases k ON k.id = q.case_id
             WHERE q.state = 'accepted' AND COALESCE(q.organisation_id, k.organisation_id) IN ",
    );
    let (contracts, quotes): (i64, i64) = on.one(organisations_in(query, subject).push(")")).await?;
    Ok(Kept { contracts, quotes })
}

/// Entries of the numbers `after + 1` to `last` that hold one of these addresses, which are in lower case.
pub async fn entries_naming(on: impl Read, words: &[String], after: EntryId, last: EntryId) -> Result<Vec<EntryId>> {
    let query = q!("SELECT id FROM entries WHERE id > $1 AND id <= $2 AND (", after, last);
    let rows: Vec<(EntryId,)> =
        on.all(holding(query, &["LOWER(data)", "LOWER(text)", "LOWER(failure)"], words).push(") ORDER BY id")).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The same of events, with what they say.
pub async fn events_naming(on: impl Read, words: &[String], after: i64, last: i64) -> Result<Vec<(i64, String)>> {
    let query = q!("SELECT id, data FROM events WHERE id > $1 AND id <= $2 AND (", after, last);
    on.all(holding(query, &["LOWER(data)"], words).push(") ORDER BY id")).await
}

/// Rows that may hold one of these words; who reads them says which do. SQLite knows the two cases of ASCII letters only,
/// so any letter may stand for another one.
pub(super) fn holding(mut query: Query, columns: &[&'static str], words: &[String]) -> Query {
    let mut first = true;
    for word in words {
        let pattern = like(word).replace(|c: char| !c.is_ascii(), "_");
        for column in columns {
            query = query.push(if first { "" } else { " OR " }).push(column).push(" LIKE ").bind(&pattern);
            query = query.push(" ESCAPE '\\'");
            first = false;
        }
    }
    if first { query.push("FALSE") } else { query }
}

/// The numbers of the newest entry and the newest event.
pub async fn newest(on: impl Read) -> Result<(i64, i64)> {
    on.one(q!("SELECT COALESCE((SELECT MAX(id) FROM entries), 0), COALESCE((SELECT MAX(id) FROM events), 0)")).await
}

/// A mail that lies on no case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Unfiled {
    pub id: i64,
    pub envelope: String,
    pub raw: Option<Vec<u8>>,
    pub digest: Option<String>,
    /// It waits for somebody to look at it.
    pub quarantined: bool,
}

/// Mail behind `after` that lies on no case and whose bytes are kept.
pub async fn unfiled(on: impl Read, after: i64, limit: i64) -> Result<Vec<Unfiled>> {
    on.all(q!(
        "SELECT id, envelope, raw, digest, state = 'quarantined' AS quarantined FROM inbound
         WHERE id > $1 AND entry_id IS NULL AND state <> 'new' AND (raw IS NOT NULL OR digest IS NOT NULL)
         ORDER BY id LIMIT $2",
        after,
        limit
    ))
    .await
}

/// Its bytes go; that it came stays.
pub async fn empty_unfiled(tx: &mut Tx, id: i64) -> Result<u64> {
    tx.exec(q!(
        "UPDATE inbound SET raw = NULL, digest = NULL, envelope = '{}', reason = NULL,
            state = CASE WHEN state = 'duplicate' THEN state ELSE 'dismissed' END WHERE id = $1",
        id
    ))
    .await
}

/// Links, sessions and mailed links of theirs.
pub async fn lock_out(tx: &mut Tx, subject: Subject) -> Result<()> {
    for table in [
        "DELETE FROM private_links WHERE contact_id IN ",
        "DELETE FROM portal_logins WHERE contact_id IN ",
        "DELETE FROM portal_sessions WHERE contact_id IN ",
    ] {
        tx.exec(contacts_in(Query::new(table), subject)).await?;
    }
    Ok(())
}

/// Forms that wait for a look and hold one of these addresses: the SHA-256 of their files.
pub async fn forget_forms(tx: &mut Tx, address: &str) -> Result<Vec<String>> {
    let held = super::held_forms(&mut *tx, address).await?;
    let mut digests = Vec::new();
    for (id, _, _) in held {
        let files: Vec<(String,)> =
            tx.all(q!("DELETE FROM form_files WHERE submission_id = $1 RETURNING digest", id)).await?;
        digests.extend(files.into_iter().map(|(digest,)| digest));
        tx.exec(q!("UPDATE form_submissions SET state = 'discarded', typed = '' WHERE id = $1", id)).await?;
    }
    Ok(digests)
}

/// Jobs that are about to write to these addresses, and what jobs failed of.
pub async fn forget_jobs(tx: &mut Tx, address: &str) -> Result<u64> {
    let address = like(&serde_json::Value::from(address).to_string());
    tx.exec(q!(
        "DELETE FROM jobs WHERE kind IN ('system_mail', 'portal.mail_login') AND LOWER(payload) LIKE $1 ESCAPE '\\'",
        address
    ))
    .await
}

/// Calls that stand on no case, and numbers of theirs on any call.
pub async fn forget_calls(tx: &mut Tx, subject: Subject, numbers: &[String]) -> Result<()> {
    let empty = "UPDATE calls SET contact_id = NULL, external_id = NULL, caller_number = '', called_number = '',
        summary = '', draft = '{}' WHERE contact_id IN ";
    tx.exec(contacts_in(Query::new(empty), subject)).await?;
    for number in numbers {
        tx.exec(q!("UPDATE calls SET caller_number = '', draft = '{}' WHERE caller_number = $1", number)).await?;
        tx.exec(q!("UPDATE calls SET called_number = '', draft = '{}' WHERE called_number = $1", number)).await?;
    }
    Ok(())
}

/// What was found in files that are gone.
pub async fn forget_readings(tx: &mut Tx, digests: &[String]) -> Result<u64> {
    tx.exec(Query::new("DELETE FROM log_readings WHERE digest IN ").bind_list(digests.iter())).await
}

/// Drafts of calls that are being written.
pub async fn call_drafts(on: impl Read) -> Result<Vec<(i64, String)>> {
    on.all(q!("SELECT id, draft FROM calls WHERE draft <> '{}' ORDER BY id LIMIT 1000")).await
}

pub async fn empty_call_draft(tx: &mut Tx, id: i64) -> Result<u64> {
    tx.exec(q!("UPDATE calls SET draft = '{}' WHERE id = $1", id)).await
}

/// What they said of installations is not known any more.
pub async fn empty_values(tx: &mut Tx, subject: Subject) -> Result<u64> {
    let query = Query::new(
        "UPDATE installation_fields SET value = '', written = '', contact_id = NULL, entry_id = NULL
        WHERE contact_id IN ",
    );
    tx.exec(contacts_in(query, subject)).await
}

/// The people themselves. Nothing may name them any more.
pub async fn delete_contacts(tx: &mut Tx, subject: Subject) -> Result<()> {
    let query = Query::new("DELETE FROM automatic_mail WHERE LOWER(address) IN ");
    tx.exec(addresses_in(query, subject)).await?;
    for table in [
        "UPDATE events SET data = '{}' WHERE topic = 'contact' AND subject IN ",
        "UPDATE case_people SET contact_id = NULL WHERE contact_id IN ",
        "DELETE FROM contact_numbers WHERE contact_id IN ",
        "DELETE FROM contact_tags WHERE contact_id IN ",
        "DELETE FROM contact_addresses WHERE contact_id IN ",
        "DELETE FROM contacts WHERE id IN ",
    ] {
        tx.exec(contacts_in(Query::new(table), subject)).await?;
    }
    Ok(())
}

/// What belongs to an organisation alone; its row too, unless the bookkeeping needs it.
pub async fn delete_organisation(tx: &mut Tx, subject: Subject, stays: bool) -> Result<()> {
    let Subject::Organisation(id) = subject else { return Ok(()) };
    for table in [
        "UPDATE cases SET installation_id = NULL WHERE installation_id IN
            (SELECT id FROM installations WHERE organisation_id IN ",
        "DELETE FROM installation_fields WHERE installation_id IN
            (SELECT id FROM installations WHERE organisation_id IN ",
        "UPDATE events SET data = '{}' WHERE topic = 'installation' AND subject IN
            (SELECT id FROM installations WHERE organisation_id IN ",
    ] {
        tx.exec(organisations_in(Query::new(table), subject).push(")")).await?;
    }
    for table in [
        "DELETE FROM installations WHERE organisation_id IN ",
        "DELETE FROM licences WHERE organisation_id IN ",
        "DELETE FROM organisation_domains WHERE organisation_id IN ",
        "DELETE FROM organisation_notes WHERE organisation_id IN ",
        "DELETE FROM organisation_tags WHERE organisation_id IN ",
        "DELETE FROM portal_scopes WHERE organisation_id IN ",
        "DELETE FROM roadmap_votes WHERE organisation_id IN ",
        "DELETE FROM case_items WHERE organisation_id IN ",
        // Somebody who was of it once, and is part of another's contact now.
        "UPDATE contacts SET organisation_id = NULL WHERE organisation_id IN ",
        "UPDATE events SET data = '{}' WHERE topic = 'organisation' AND subject IN ",
    ] {
        tx.exec(organisations_in(Query::new(table), subject)).await?;
    }
    if stays {
        tx.exec(q!(
            "UPDATE quotes SET organisation_id = $1
             WHERE organisation_id IN (SELECT id FROM organisations WHERE merged_into = $1)",
            id
        ))
        .await?;
        tx.exec(q!("DELETE FROM organisations WHERE merged_into = $1", id)).await?;
        tx.exec(q!("UPDATE organisations SET account_manager_id = NULL WHERE id = $1", id)).await?;
    } else {
        tx.exec(organisations_in(Query::new("DELETE FROM organisations WHERE id IN "), subject)).await?;
    }
    Ok(())
}

/// Those of these files that a row still names. Each table is read once.
pub async fn still_named(on: impl Read + Copy, digests: &[String]) -> Result<Vec<String>> {
    let mut named: Vec<String> = Vec::new();
    for table in [
        "SELECT DISTINCT digest FROM attachments WHERE digest IN ",
        "SELECT DISTINCT digest FROM form_files WHERE digest IN ",
        "SELECT DISTINCT digest FROM inbound WHERE digest IN ",
        "SELECT DISTINCT raw_digest FROM mail_messages WHERE raw_digest IN ",
        "SELECT DISTINCT html_digest FROM mail_messages WHERE html_digest IN ",
        "SELECT DISTINCT pdf_digest FROM quotes WHERE pdf_digest IN ",
    ] {
        let rows: Vec<(String,)> = on.all(Query::new(table).bind_list(digests.iter())).await?;
        named.extend(rows.into_iter().map(|(digest,)| digest));
    }
    Ok(named)
}
