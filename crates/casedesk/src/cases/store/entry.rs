//! Timeline entries and their files.
use crate::cases::{AttachmentId, CaseId, Delivery, EntryData, EntryId, EntryKind};
use crate::customers::ContactId;
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// An entry as stored; `data` is the JSON of an `EntryData`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EntryRow {
    pub id: EntryId,
    pub case_id: CaseId,
    pub kind: EntryKind,
    pub agent_id: Option<AgentId>,
    pub contact_id: Option<ContactId>,
    pub at: Timestamp,
    pub text: String,
    pub data: String,
    pub delivery: Option<Delivery>,
    pub send_at: Option<Timestamp>,
    pub failure: Option<String>,
    pub agent_name: Option<String>,
    pub contact_name: Option<String>,
}

impl EntryRow {
    /// What it holds; an error means that the row was not written by this program.
    pub fn data(&self) -> Result<EntryData> {
        serde_json::from_str(&self.data).map_err(|error| crate::db::Error::Decode(error.into()))
    }
}

/// An entry to be written.
pub struct NewEntry<'a> {
    pub case_id: CaseId,
    pub kind: EntryKind,
    pub agent_id: Option<AgentId>,
    pub contact_id: Option<ContactId>,
    pub at: Timestamp,
    pub text: &'a str,
    pub data: &'a EntryData,
    pub delivery: Option<Delivery>,
    pub send_at: Option<Timestamp>,
    /// Makes a repeated request harmless.
    pub client_id: Option<&'a str>,
}

pub async fn insert_entry(tx: &mut Tx, entry: &NewEntry<'_>) -> Result<EntryId> {
    let data = serde_json::to_string(entry.data).map_err(|error| crate::db::Error::Encode(error.into()))?;
    let id = tx
        .insert(q!(
            "INSERT INTO entries (case_id, kind, agent_id, contact_id, at, text, data, delivery, send_at, client_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
            entry.case_id,
            entry.kind,
            entry.agent_id,
            entry.contact_id,
            entry.at,
            entry.text,
            data,
            entry.delivery,
            entry.send_at,
            entry.client_id,
        ))
        .await?;
    Ok(EntryId(id))
}

/// Gives a message another author.
pub async fn set_author(tx: &mut Tx, entry: EntryId, contact: ContactId, data: &EntryData) -> Result<u64> {
    let data = serde_json::to_string(data).map_err(|error| crate::db::Error::Encode(error.into()))?;
    tx.exec(q!("UPDATE entries SET contact_id = $2, data = $3 WHERE id = $1", entry, contact, data)).await
}

/// Says how far what a mail asks for has come.
pub async fn set_data(tx: &mut Tx, entry: EntryId, data: &EntryData) -> Result<u64> {
    let data = serde_json::to_string(data).map_err(|error| crate::db::Error::Encode(error.into()))?;
    tx.exec(q!("UPDATE entries SET data = $2 WHERE id = $1", entry, data)).await
}

const COLUMNS: &str = "SELECT e.id, e.case_id, e.kind, e.agent_id, e.contact_id, e.at, e.text, e.data, e.delivery,
    e.send_at, e.failure, a.name AS agent_name, c.name AS contact_name
    FROM entries e LEFT JOIN agents a ON a.id = e.agent_id LEFT JOIN contacts c ON c.id = e.contact_id ";

/// The numbers of what lies on the case itself behind `after`, in order.
pub async fn entries_behind(on: impl Read, case: CaseId, after: EntryId, limit: i64) -> Result<Vec<EntryId>> {
    let rows: Vec<(EntryId,)> = on
        .all(q!("SELECT id FROM entries WHERE case_id = $1 AND id > $2 ORDER BY id LIMIT $3", case, after, limit))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Entries of the case and of all that is merged into it (not those taken back), newest `limit` before `before`, in order of time.
pub async fn entries(on: impl Read, id: CaseId, before: Option<EntryId>, limit: i64) -> Result<Vec<EntryRow>> {
    let mut query = of_case(id);
    if let Some(before) = before {
        query = query.push(" AND e.id < ").bind(before);
    }
    let mut rows: Vec<EntryRow> = on.all(query.push(" ORDER BY e.id DESC LIMIT ").bind(limit)).await?;
    rows.reverse();
    Ok(rows)
}

/// Entries that came after `after`, oldest first.
pub async fn entries_after(on: impl Read, id: CaseId, after: EntryId, limit: i64) -> Result<Vec<EntryRow>> {
    on.all(of_case(id).push(" AND e.id > ").bind(after).push(" ORDER BY e.id LIMIT ").bind(limit)).await
}

/// One entry of the case or of what is merged into it.
pub async fn entry_of_case(on: impl Read, id: CaseId, entry: EntryId) -> Result<Option<EntryRow>> {
    on.opt(of_case(id).push(" AND e.id = ").bind(entry)).await
}

/// The newest replies of the case that were taken back: a page that shows one has to forget it.
pub async fn taken_back(on: impl Read, id: CaseId, limit: i64) -> Result<Vec<EntryId>> {
    let rows: Vec<(EntryId,)> = on
        .all(q!(
            "SELECT id FROM entries
             WHERE (case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1)) AND delivery = 'cancelled'
             ORDER BY id DESC LIMIT $2",
            id,
            limit
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The newest mail of the case that asks for details and was not taken back.
pub async fn newest_asking(on: impl Read, id: CaseId) -> Result<Option<EntryRow>> {
    // The names of those who are written to stand in the same text, but no quote of theirs is a bare one.
    let query = of_case(id).push(" AND e.kind = 'mail_out' AND e.data LIKE '%\"asks\":{%' ORDER BY e.id DESC LIMIT 1");
    on.opt(query).await
}

/// The customer's newest mails on the case besides this one, newest first.
pub async fn customers_mails(on: impl Read, id: CaseId, besides: EntryId, limit: i64) -> Result<Vec<EntryRow>> {
    let query = of_case(id).push(" AND e.kind = 'mail_in' AND e.id <> ").bind(besides);
    on.all(query.push(" ORDER BY e.id DESC LIMIT ").bind(limit)).await
}

fn of_case(id: CaseId) -> Query {
    Query::new(COLUMNS)
        .push("WHERE (e.case_id = ")
        .bind(id)
        .push(" OR e.case_id IN (SELECT id FROM cases WHERE merged_into = ")
        .bind(id)
        .push(")) AND (e.delivery IS NULL OR e.delivery <> 'cancelled')")
}

/// One entry, on whichever case.
pub async fn entry(on: impl Read, id: EntryId) -> Result<Option<EntryRow>> {
    on.opt(Query::new(COLUMNS).push("WHERE e.id = ").bind(id)).await
}

/// The entry that this agent wrote under this client id, if the request is a repeated one, and whether it is
/// on this case.
pub async fn entry_by_client_id(
    on: impl Read,
    case: CaseId,
    agent: AgentId,
    client_id: &str,
) -> Result<Option<(EntryId, bool)>> {
    on.opt(q!(
        "SELECT id, (case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1)) AS here
         FROM entries WHERE agent_id = $2 AND client_id = $3",
        case,
        agent,
        client_id
    ))
    .await
}

/// How many of these entries stand on the case itself.
pub async fn count_entries(on: impl Read, case: CaseId, entries: &[EntryId]) -> Result<i64> {
    let query = q!("SELECT COUNT(*) FROM entries WHERE case_id = $1 AND id IN ", case);
    let (count,): (i64,) = on.one(query.bind_list(entries.iter().copied())).await?;
    Ok(count)
}

/// The newest entry after `after` that somebody else wrote, or that came from outside.
pub async fn newer_by_others(on: impl Read, id: CaseId, after: EntryId, me: AgentId) -> Result<Option<EntryId>> {
    let row: Option<(EntryId,)> = on
        .opt(q!(
            "SELECT id FROM entries
             WHERE (case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1)) AND id > $2
               AND kind IN ('mail_in', 'mail_out', 'note', 'call', 'quote') AND (delivery IS NULL OR delivery <> 'cancelled')
               AND (agent_id IS NULL OR agent_id <> $3)
             ORDER BY id DESC LIMIT 1",
            id,
            after,
            me
        ))
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether a quote has had a step on the case.
pub async fn has_quote(on: impl Read, id: CaseId) -> Result<bool> {
    let found: Option<(EntryId,)> = on
        .opt(q!(
            "SELECT id FROM entries
             WHERE (case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1)) AND kind = 'quote' LIMIT 1",
            id
        ))
        .await?;
    Ok(found.is_some())
}

/// The newest mail from outside after this entry.
pub async fn newer_incoming(on: impl Read, id: CaseId, after: EntryId) -> Result<Option<EntryId>> {
    let row: Option<(EntryId,)> = on
        .opt(q!(
            "SELECT id FROM entries
             WHERE (case_id = $1 OR case_id IN (SELECT id FROM cases WHERE merged_into = $1)) AND id > $2
               AND kind = 'mail_in' ORDER BY id DESC LIMIT 1",
            id,
            after
        ))
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Moves an outgoing message on, from one of the states in which that is allowed.
pub async fn set_delivery(
    tx: &mut Tx,
    id: EntryId,
    from: &[Delivery],
    to: Delivery,
    failure: Option<&str>,
) -> Result<u64> {
    tx.exec(
        q!("UPDATE entries SET delivery = $2, failure = $3 WHERE id = $1 AND delivery IN ", id, to, failure)
            .bind_list(from.iter().copied()),
    )
    .await
}

/// A file of an entry, or of a draft while `entry_id` is empty.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Attachment {
    pub id: AttachmentId,
    pub case_id: CaseId,
    pub entry_id: Option<EntryId>,
    pub agent_id: Option<AgentId>,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub digest: String,
    pub shows_inline: bool,
    pub content_id: Option<String>,
}

const FILE_COLUMNS: &str = "SELECT id, case_id, entry_id, agent_id, name, content_type, size, digest, shows_inline, content_id FROM attachments ";

pub async fn insert_attachment(tx: &mut Tx, file: &Attachment, now: Timestamp) -> Result<AttachmentId> {
    let id = tx
        .insert(q!(
            "INSERT INTO attachments (case_id, entry_id, agent_id, name, content_type, size, digest, shows_inline,
                content_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
            file.case_id,
            file.entry_id,
            file.agent_id,
            &file.name,
            &file.content_type,
            file.size,
            &file.digest,
            file.shows_inline,
            file.content_id.as_deref(),
            now,
        ))
        .await?;
    Ok(AttachmentId(id))
}

/// The files of these entries.
pub async fn files_of_entries(on: impl Read, entries: &[EntryId]) -> Result<Vec<Attachment>> {
    on.all(
        Query::new(FILE_COLUMNS)
            .push("WHERE entry_id IN ")
            .bind_list(entries.iter().copied())
            .push(" ORDER BY id LIMIT 2000"),
    )
    .await
}

/// The files that this agent has put on the draft.
pub async fn files_of_draft(on: impl Read, case: CaseId, agent: AgentId) -> Result<Vec<Attachment>> {
    on.all(
        Query::new(FILE_COLUMNS)
            .push("WHERE entry_id IS NULL AND case_id = ")
            .bind(case)
            .push(" AND agent_id = ")
            .bind(agent)
            .push(" ORDER BY id LIMIT 100"),
    )
    .await
}

pub async fn attachment(on: impl Read, id: AttachmentId) -> Result<Option<Attachment>> {
    on.opt(Query::new(FILE_COLUMNS).push("WHERE id = ").bind(id)).await
}

/// Gives files of the draft to the entry made of it: those that are named, or else all.
pub async fn claim_draft_files(
    tx: &mut Tx,
    case: CaseId,
    agent: AgentId,
    entry: EntryId,
    named: Option<&[AttachmentId]>,
) -> Result<u64> {
    let query = q!(
        "UPDATE attachments SET entry_id = $3 WHERE case_id = $1 AND agent_id = $2 AND entry_id IS NULL",
        case,
        agent,
        entry
    );
    tx.exec(match named {
        Some([]) => return Ok(0),
        Some(named) => query.push(" AND id IN ").bind_list(named.iter().copied()),
        None => query,
    })
    .await
}

/// Gives the files of a taken-back reply to the draft again.
pub async fn return_files_to_draft(tx: &mut Tx, entry: EntryId) -> Result<u64> {
    tx.exec(q!("UPDATE attachments SET entry_id = NULL WHERE entry_id = $1 AND agent_id IS NOT NULL", entry)).await
}

pub async fn delete_draft_file(tx: &mut Tx, id: AttachmentId, agent: AgentId) -> Result<u64> {
    tx.exec(q!("DELETE FROM attachments WHERE id = $1 AND agent_id = $2 AND entry_id IS NULL", id, agent)).await
}

/// Every stored file that an attachment names, by its SHA-256.
pub async fn digests(on: impl Read) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on.all(q!("SELECT DISTINCT digest FROM attachments")).await?;
    Ok(rows.into_iter().map(|(digest,)| digest).collect())
}
