//! What is taken away of one case.
use super::read::{addresses_in, cases_of, contacts_in, organisations_in};
use crate::cases::{CaseId, Delivery, EntryId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::privacy::Subject;
use crate::q;

/// Cases that still have something of theirs.
pub async fn next_cases(on: impl Read, subject: Subject, limit: i64) -> Result<Vec<CaseId>> {
    let rows: Vec<(CaseId,)> = on.all(cases_of(subject).push(" ORDER BY id LIMIT ").bind(limit)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What the subject's own addresses are called on this case.
pub async fn names_on_case(on: impl Read, case: CaseId, subject: Subject) -> Result<Vec<String>> {
    let query = Query::new("SELECT DISTINCT name FROM case_people WHERE name IS NOT NULL AND case_id = ").bind(case);
    let rows: Vec<(String,)> = on.all(addresses_in(query.push(" AND address IN "), subject)).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// An entry as it is left.
pub struct Left<'a> {
    pub id: EntryId,
    pub text: &'a str,
    pub data: &'a str,
    pub failure: Option<&'a str>,
    pub delivery: Option<Delivery>,
    /// Its contact is no more.
    pub nobodys: bool,
}

pub async fn rewrite_entry(tx: &mut Tx, left: &Left<'_>) -> Result<u64> {
    tx.exec(q!(
        "UPDATE entries SET text = $2, data = $3, failure = $4, delivery = $5,
            contact_id = CASE WHEN $6 THEN NULL ELSE contact_id END WHERE id = $1",
        left.id,
        left.text,
        left.data,
        left.failure,
        left.delivery,
        left.nobodys
    ))
    .await
}

/// Takes the files from an entry: their SHA-256.
pub async fn take_files(tx: &mut Tx, entry: EntryId) -> Result<Vec<String>> {
    digests(tx, q!("DELETE FROM attachments WHERE entry_id = $1 RETURNING digest", entry)).await
}

/// The same of all drafts on a case.
pub async fn take_draft_files(tx: &mut Tx, case: CaseId) -> Result<Vec<String>> {
    digests(tx, q!("DELETE FROM attachments WHERE case_id = $1 AND entry_id IS NULL RETURNING digest", case)).await
}

async fn digests(tx: &mut Tx, query: Query) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx.all(query).await?;
    Ok(rows.into_iter().map(|(digest,)| digest).collect())
}

/// The files that a mail is stored in, by their SHA-256: its source, its HTML, and the bytes it came in with.
pub async fn mail_files(on: impl Read, entry: EntryId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on
        .all(q!(
            "SELECT raw_digest FROM mail_messages WHERE entry_id = $1 AND raw_digest IS NOT NULL
             UNION SELECT html_digest FROM mail_messages WHERE entry_id = $1 AND html_digest IS NOT NULL
             UNION SELECT digest FROM inbound WHERE entry_id = $1 AND digest IS NOT NULL",
            entry
        ))
        .await?;
    Ok(rows.into_iter().map(|(digest,)| digest).collect())
}

/// What mail knows of an entry goes; its fingerprint is kept, so that the message stays away.
pub async fn forget_message(tx: &mut Tx, entry: EntryId, now: Timestamp) -> Result<()> {
    keep_away(tx, entry, now).await?;
    tx.exec(q!(
        "DELETE FROM mail_ids WHERE message_id IN
            (SELECT message_id FROM mail_messages WHERE entry_id = $1 AND message_id IS NOT NULL)",
        entry
    ))
    .await?;
    tx.exec(q!("DELETE FROM mail_messages WHERE entry_id = $1", entry)).await?;
    forget_bytes(tx, entry).await
}

/// Another's mail keeps its place in the thread, and loses its source; a second copy of it stays away.
pub async fn strip_message(tx: &mut Tx, entry: EntryId, subject: &str, now: Timestamp) -> Result<()> {
    keep_away(tx, entry, now).await?;
    tx.exec(q!(
        "UPDATE mail_messages SET raw_digest = NULL, html_digest = NULL, subject = $2 WHERE entry_id = $1",
        entry,
        subject
    ))
    .await?;
    forget_bytes(tx, entry).await
}

/// Remembers the fingerprint of a message, so that it is not taken in again.
async fn keep_away(tx: &mut Tx, entry: EntryId, now: Timestamp) -> Result<()> {
    tx.exec(q!(
        "INSERT INTO mail_erased (fingerprint, at) SELECT fingerprint, $2 FROM mail_messages WHERE entry_id = $1
         ON CONFLICT (fingerprint) DO NOTHING",
        entry,
        now
    ))
    .await?;
    Ok(())
}

/// The same of one that lies on no case.
pub async fn remember_fingerprint(tx: &mut Tx, fingerprint: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO mail_erased (fingerprint, at) VALUES ($1, $2) ON CONFLICT (fingerprint) DO NOTHING",
        fingerprint,
        now
    ))
    .await
}

/// The bytes that a mail came in with; its place in the mailbox is remembered.
async fn forget_bytes(tx: &mut Tx, entry: EntryId) -> Result<()> {
    tx.exec(q!(
        "UPDATE inbound SET raw = NULL, digest = NULL, envelope = '{}', reason = NULL WHERE entry_id = $1",
        entry
    ))
    .await?;
    Ok(())
}

/// The subject of a mail of an entry.
pub async fn mail_subject(on: impl Read, entry: EntryId) -> Result<Option<String>> {
    let row: Option<(String,)> = on.opt(q!("SELECT subject FROM mail_messages WHERE entry_id = $1", entry)).await?;
    Ok(row.map(|(subject,)| subject))
}

/// Everything besides the entries of a case that is about nobody else.
pub async fn empty_case(tx: &mut Tx, case: CaseId) -> Result<()> {
    tx.exec(q!("DELETE FROM drafts WHERE case_id = $1", case)).await?;
    tx.exec(q!("DELETE FROM case_verdicts WHERE case_id = $1", case)).await?;
    tx.exec(q!("DELETE FROM case_tags WHERE case_id = $1", case)).await?;
    tx.exec(q!("DELETE FROM mail_ids WHERE case_id = $1", case)).await?;
    tx.exec(q!("UPDATE events SET data = '{}' WHERE topic = 'case' AND subject = $1", case)).await?;
    Ok(())
}

/// Texts of a case that others share, to be scrubbed: drafts as agent, kind, body and the JSON of each list of people.
pub async fn drafts(on: impl Read, case: CaseId) -> Result<Vec<DraftRow>> {
    on.all(q!(
        "SELECT agent_id, kind, body, recipients_to, recipients_cc, recipients_bcc FROM drafts WHERE case_id = $1",
        case
    ))
    .await
}

/// A draft as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DraftRow {
    pub agent_id: i64,
    pub kind: String,
    pub body: String,
    pub recipients_to: Option<String>,
    pub recipients_cc: Option<String>,
    pub recipients_bcc: Option<String>,
}

pub async fn rewrite_draft(tx: &mut Tx, case: CaseId, draft: &DraftRow) -> Result<u64> {
    tx.exec(q!(
        "UPDATE drafts SET body = $4, recipients_to = $5, recipients_cc = $6, recipients_bcc = $7
         WHERE case_id = $1 AND agent_id = $2 AND kind = $3",
        case,
        draft.agent_id,
        &draft.kind,
        &draft.body,
        draft.recipients_to.as_deref(),
        draft.recipients_cc.as_deref(),
        draft.recipients_bcc.as_deref()
    ))
    .await
}

/// What was told of a case, with the number of each event.
pub async fn events(on: impl Read, case: CaseId) -> Result<Vec<(i64, String)>> {
    on.all(q!("SELECT id, data FROM events WHERE topic = 'case' AND subject = $1 AND data <> '{}' ORDER BY id", case))
        .await
}

pub async fn rewrite_event(tx: &mut Tx, id: i64, data: &str) -> Result<u64> {
    tx.exec(q!("UPDATE events SET data = $2 WHERE id = $1", id, data)).await
}

/// Changes noted on cases that this one was merged with, split from or split into.
pub async fn changes_beside(on: impl Read, case: CaseId) -> Result<Vec<(i64, String)>> {
    on.all(q!(
        "SELECT id, data FROM entries WHERE kind = 'change' AND case_id IN (
            SELECT into_id FROM merges WHERE case_id = $1 UNION SELECT case_id FROM merges WHERE into_id = $1
            UNION SELECT new_id FROM splits WHERE case_id = $1 UNION SELECT case_id FROM splits WHERE new_id = $1)",
        case
    ))
    .await
}

pub async fn rewrite_change(tx: &mut Tx, id: i64, data: &str) -> Result<u64> {
    tx.exec(q!("UPDATE entries SET data = $2 WHERE id = $1 AND kind = 'change'", id, data)).await
}

/// What was told of them.
pub async fn events_beside(on: impl Read, case: CaseId) -> Result<Vec<(i64, String)>> {
    on.all(q!(
        "SELECT id, data FROM events WHERE topic = 'case' AND data <> '{}' AND subject IN (
            SELECT into_id FROM merges WHERE case_id = $1 UNION SELECT case_id FROM merges WHERE into_id = $1
            UNION SELECT new_id FROM splits WHERE case_id = $1 UNION SELECT case_id FROM splits WHERE new_id = $1)",
        case
    ))
    .await
}

pub async fn tags(on: impl Read, case: CaseId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on.all(q!("SELECT tag FROM case_tags WHERE case_id = $1", case)).await?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

pub async fn remove_tag(tx: &mut Tx, case: CaseId, tag: &str) -> Result<u64> {
    tx.exec(q!("DELETE FROM case_tags WHERE case_id = $1 AND tag = $2", case, tag)).await
}

/// What was said to webhooks about a case goes; what waits is not sent.
pub async fn forget_deliveries(tx: &mut Tx, case: CaseId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE webhook_deliveries SET body = '', last_error = NULL,
            state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END
         WHERE body <> '' AND event_id IN (SELECT id FROM events WHERE topic = 'case' AND subject = $1)",
        case
    ))
    .await
}

/// Calls of theirs on a case: nothing is left but that there was one.
pub async fn empty_calls(tx: &mut Tx, case: CaseId, subject: Subject) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM call_confirmations WHERE call_id IN (SELECT l.id FROM calls l JOIN entries e ON e.id = l.entry_id
         WHERE e.case_id = ",
    );
    tx.exec(contacts_in(query.bind(case).push(" AND l.contact_id IN "), subject).push(")")).await?;
    let query = Query::new(
        "UPDATE calls SET contact_id = NULL, external_id = NULL, caller_number = '', called_number = '', summary = '',
            draft = '{}', state = CASE WHEN state IN ('confirmed', 'corrected', 'written') THEN state ELSE 'accepted' END
         WHERE entry_id IN (SELECT id FROM entries WHERE case_id = ",
    );
    tx.exec(contacts_in(query.bind(case).push(") AND contact_id IN "), subject)).await
}

/// Words of others' calls on a case.
pub async fn call_words(on: impl Read, case: CaseId) -> Result<Vec<(i64, String)>> {
    on.all(q!("SELECT l.id, l.summary FROM calls l JOIN entries e ON e.id = l.entry_id WHERE e.case_id = $1", case))
        .await
}

pub async fn rewrite_call(tx: &mut Tx, id: i64, summary: &str) -> Result<u64> {
    tx.exec(q!("UPDATE calls SET summary = $2 WHERE id = $1", id, summary)).await
}

/// They take no part any more.
pub async fn leave_case(tx: &mut Tx, case: CaseId, subject: Subject) -> Result<u64> {
    let query = Query::new("DELETE FROM case_people WHERE case_id = ").bind(case).push(" AND (address IN ");
    let query = addresses_in(query, subject).push(" OR contact_id IN ");
    tx.exec(contacts_in(query, subject).push(")")).await
}

/// Writes whose the case is not any more, and what it is called.
pub async fn rewrite_case(tx: &mut Tx, case: CaseId, subject: Subject, words: &str, base: &str) -> Result<u64> {
    let query = Query::new("UPDATE cases SET subject = ").bind(words).push(", base_subject = ").bind(base);
    let query = query.push(", contact_id = CASE WHEN contact_id IN ");
    let mut query = contacts_in(query, subject).push(" THEN NULL ELSE contact_id END");
    if matches!(subject, Subject::Organisation(_)) {
        let named = query.push(", organisation_id = CASE WHEN organisation_id IN ");
        let named = organisations_in(named, subject).push(" THEN NULL ELSE organisation_id END");
        let named = named.push(", installation_id = CASE WHEN organisation_id IN ");
        query = organisations_in(named, subject).push(" THEN NULL ELSE installation_id END");
    }
    tx.exec(query.push(" WHERE id = ").bind(case)).await
}

/// What verdicts on a case say: kind, reason, label.
pub async fn verdicts(on: impl Read, case: CaseId) -> Result<Vec<(String, String, String)>> {
    on.all(q!("SELECT kind, reason, label FROM case_verdicts WHERE case_id = $1", case)).await
}

pub async fn rewrite_verdict(tx: &mut Tx, case: CaseId, kind: &str, reason: &str, label: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE case_verdicts SET reason = $3, label = $4 WHERE case_id = $1 AND kind = $2",
        case,
        kind,
        reason,
        label
    ))
    .await
}

/// What the files of an entry are called.
pub async fn file_names(on: impl Read, entry: EntryId) -> Result<Vec<(i64, String)>> {
    on.all(q!("SELECT id, name FROM attachments WHERE entry_id = $1", entry)).await
}

pub async fn rename_file(tx: &mut Tx, id: i64, name: &str) -> Result<u64> {
    tx.exec(q!("UPDATE attachments SET name = $2 WHERE id = $1", id, name)).await
}
