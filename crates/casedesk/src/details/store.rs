//! SQL of the form behind a link, of what stands in it, and of the files that come by it.
use super::{RequestId, UploadId, UploadState};
use crate::cases::{CaseId, EntryId};
use crate::customers::{ContactId, InstallationId, OrganisationId};
use crate::db::{Dialect, Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// A form, with the case that its mail stands on now; that of a merged one is the case that it is part of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Request {
    pub id: RequestId,
    pub entry_id: EntryId,
    /// The case that the mail stands on itself.
    pub own_case: CaseId,
    pub case_id: CaseId,
    pub organisation_id: Option<OrganisationId>,
    pub installation_id: Option<InstallationId>,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub address: String,
    /// Names of fields, and `log`, with spaces between.
    pub asked: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// When the customer last sent it.
    pub sent_at: Option<Timestamp>,
}

impl Request {
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        self.asked.split_whitespace()
    }
}

const REQUESTS: &str = "SELECT r.id, r.entry_id, e.case_id AS own_case, COALESCE(m.id, c.id) AS case_id,
    CASE WHEN m.id IS NULL THEN c.organisation_id ELSE m.organisation_id END AS organisation_id,
    CASE WHEN m.id IS NULL THEN c.installation_id ELSE m.installation_id END AS installation_id,
    k.id AS contact_id, k.name AS contact_name, r.address, r.asked, r.created_at, r.expires_at, r.revoked_at, r.sent_at
    FROM details_requests r JOIN entries e ON e.id = r.entry_id JOIN cases c ON c.id = e.case_id
    LEFT JOIN cases m ON m.id = c.merged_into JOIN contacts t ON t.id = r.contact_id
    JOIN contacts k ON k.id = COALESCE(t.merged_into, t.id)
    WHERE e.delivery <> 'cancelled' AND ";

/// The form that a link leads to, while it is good.
pub async fn live(on: impl Read, digest: &str, now: Timestamp) -> Result<Option<Request>> {
    let query = Query::new(REQUESTS).push("r.revoked_at IS NULL AND r.token_digest = ").bind(digest);
    on.opt(query.push(" AND r.expires_at > ").bind(now)).await
}

/// The forms of a case and of what is merged into it, newest first, 50 at the most.
pub async fn of_case(on: impl Read, case: CaseId) -> Result<Vec<Request>> {
    let query = Query::new(REQUESTS).push("(c.id = ").bind(case).push(" OR c.merged_into = ").bind(case);
    on.all(query.push(") ORDER BY r.id DESC LIMIT 50")).await
}

/// The forms of a case, and of what is merged into it, that were sent to this contact and are good, newest first.
pub async fn open_to(on: impl Read, case: CaseId, contact: ContactId, now: Timestamp) -> Result<Vec<Request>> {
    let query = Query::new(REQUESTS).push("e.delivery = 'sent' AND r.revoked_at IS NULL AND r.expires_at > ").bind(now);
    let query = query.push(" AND k.id = ").bind(contact).push(" AND (c.id = ").bind(case);
    on.all(query.push(" OR c.merged_into = ").bind(case).push(") ORDER BY r.id DESC LIMIT 20")).await
}

pub async fn request(on: impl Read, id: RequestId) -> Result<Option<Request>> {
    on.opt(Query::new(REQUESTS).push("r.id = ").bind(id)).await
}

/// The form of this case, or of one that is merged into it.
pub async fn request_of(on: impl Read, case: CaseId, id: RequestId) -> Result<Option<Request>> {
    let query = Query::new(REQUESTS).push("r.id = ").bind(id).push(" AND (c.id = ").bind(case);
    on.opt(query.push(" OR c.merged_into = ").bind(case).push(")")).await
}

/// Keeps the form until the transaction ends: one thing happens to it at a time.
pub async fn lock(tx: &mut Tx, id: RequestId) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        let _: Option<(RequestId,)> =
            tx.opt(q!("SELECT id FROM details_requests WHERE id = $1 FOR UPDATE", id)).await?;
    }
    Ok(())
}

pub struct NewRequest<'a> {
    pub entry: EntryId,
    pub digest: &'a str,
    pub contact: ContactId,
    pub address: &'a str,
    pub asked: &'a str,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A second try for the same mail, or the same link in a mail that was taken back and sent again, changes the first.
pub async fn insert(tx: &mut Tx, new: &NewRequest<'_>) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO details_requests (entry_id, token_digest, contact_id, address, asked, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        new.entry,
        new.digest,
        new.contact,
        new.address,
        new.asked,
        new.created_at,
        new.expires_at
    ))
    .await
}

pub async fn revoke(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE details_requests SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, now)).await
}

pub async fn set_sent(tx: &mut Tx, id: RequestId, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE details_requests SET sent_at = $2 WHERE id = $1", id, now)).await
}

/// What stands in a field of the form.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Answer {
    pub field: String,
    pub value: String,
    /// Grows with each change.
    pub version: i64,
    /// The version that was sent last; 0: none was.
    pub sent: i64,
    /// The version that went into the file last; 0: none did.
    pub kept: i64,
    pub changed_at: Timestamp,
}

impl Answer {
    /// It was sent, and an agent has not let it into the file yet.
    pub const fn waits(&self) -> bool {
        self.sent > 0 && self.kept < self.sent
    }
}

/// What stands in the form, 50 fields at the most.
pub async fn answers(on: impl Read, id: RequestId) -> Result<Vec<Answer>> {
    on.all(q!(
        "SELECT field, value, version, sent, kept, changed_at FROM details_answers WHERE request_id = $1
         ORDER BY field LIMIT 50",
        id
    ))
    .await
}

/// Writes a field over the version that was seen (0: none); 0: there is another version by now.
pub async fn write_answer(
    tx: &mut Tx,
    id: RequestId,
    field: &str,
    value: &str,
    seen: i64,
    now: Timestamp,
) -> Result<u64> {
    if seen == 0 {
        return tx
            .exec(q!(
                "INSERT INTO details_answers (request_id, field, value, version, sent, kept, changed_at)
                 VALUES ($1, $2, $3, 1, 0, 0, $4) ON CONFLICT DO NOTHING",
                id,
                field,
                value,
                now
            ))
            .await;
    }
    tx.exec(q!(
        "UPDATE details_answers SET value = $3, version = version + 1, changed_at = $5
         WHERE request_id = $1 AND field = $2 AND version = $4",
        id,
        field,
        value,
        seen,
        now
    ))
    .await
}

/// Says how far a field has come: which version was sent, and which went into the file.
pub async fn settle_answer(tx: &mut Tx, id: RequestId, field: &str, sent: i64, kept: i64) -> Result<u64> {
    tx.exec(q!(
        "UPDATE details_answers SET sent = $3, kept = $4 WHERE request_id = $1 AND field = $2",
        id,
        field,
        sent,
        kept
    ))
    .await
}

/// A file that comes by the form.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Upload {
    pub id: UploadId,
    /// What it is called in addresses.
    pub word: String,
    pub request_id: RequestId,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub received: i64,
    pub state: UploadState,
    pub created_at: Timestamp,
    pub touched_at: Timestamp,
}

const UPLOADS: &str = "SELECT id, word, request_id, name, content_type, size, received, state, created_at, touched_at
    FROM details_uploads ";

/// The files of a form, oldest first, 100 at the most.
pub async fn uploads(on: impl Read, request: RequestId) -> Result<Vec<Upload>> {
    on.all(Query::new(UPLOADS).push("WHERE request_id = ").bind(request).push(" ORDER BY id LIMIT 100")).await
}

/// A file of this form and of no other.
pub async fn upload_of(on: impl Read, request: RequestId, word: &str) -> Result<Option<Upload>> {
    on.opt(Query::new(UPLOADS).push("WHERE request_id = ").bind(request).push(" AND word = ").bind(word)).await
}

pub async fn upload(on: impl Read, id: UploadId) -> Result<Option<Upload>> {
    on.opt(Query::new(UPLOADS).push("WHERE id = ").bind(id)).await
}

pub struct NewUpload<'a> {
    pub word: &'a str,
    pub request: RequestId,
    pub name: &'a str,
    pub content_type: &'a str,
    pub size: i64,
    pub at: Timestamp,
}

pub async fn insert_upload(tx: &mut Tx, new: &NewUpload<'_>) -> Result<UploadId> {
    let id = tx
        .insert(q!(
            "INSERT INTO details_uploads (word, request_id, name, content_type, size, received, state, lease, created_at,
                touched_at)
             VALUES ($1, $2, $3, $4, $5, 0, 'coming', '', $6, $6) RETURNING id",
            new.word,
            new.request,
            new.name,
            new.content_type,
            new.size,
            new.at
        ))
        .await?;
    Ok(UploadId(id))
}

/// Lets one connection go on with a file from where it is, and no other any more; 0: it is not there, or elsewhere.
pub async fn lease(tx: &mut Tx, id: UploadId, received: i64, lease: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE details_uploads SET lease = $3, touched_at = $4 WHERE id = $1 AND state = 'coming' AND received = $2",
        id,
        received,
        lease,
        now
    ))
    .await
}

/// Says how much of a file is here; 0: another connection goes on with it by now.
pub async fn advance(tx: &mut Tx, id: UploadId, lease: &str, received: i64, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE details_uploads SET received = $3, touched_at = $4,
            state = CASE WHEN $3 = size THEN 'whole' ELSE 'coming' END
         WHERE id = $1 AND lease = $2 AND state = 'coming'",
        id,
        lease,
        received,
        now
    ))
    .await
}

/// The name of a block, when it is there.
pub async fn block(on: impl Read, id: UploadId, place: i64) -> Result<Option<String>> {
    let row: Option<(String,)> =
        on.opt(q!("SELECT name FROM details_blocks WHERE upload_id = $1 AND place = $2", id, place)).await?;
    Ok(row.map(|(name,)| name))
}

/// The names of a file's blocks in their order; a file of 64 GB has less than 20,000.
pub async fn blocks(on: impl Read, id: UploadId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        on.all(q!("SELECT name FROM details_blocks WHERE upload_id = $1 ORDER BY place LIMIT 20000", id)).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

pub async fn set_block(tx: &mut Tx, id: UploadId, place: i64, name: &str) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO details_blocks (upload_id, place, name) VALUES ($1, $2, $3)
         ON CONFLICT (upload_id, place) DO UPDATE SET name = $3",
        id,
        place,
        name
    ))
    .await
}

/// The file is on the case; its blocks are of no use any more. 0: it was so already.
pub async fn keep_upload(tx: &mut Tx, id: UploadId, entry: EntryId, now: Timestamp) -> Result<u64> {
    tx.exec(q!("DELETE FROM details_blocks WHERE upload_id = $1", id)).await?;
    tx.exec(q!(
        "UPDATE details_uploads SET state = 'kept', entry_id = $2, touched_at = $3 WHERE id = $1 AND state = 'whole'",
        id,
        entry,
        now
    ))
    .await
}

/// Forgets a file that has not come as a whole; 0: it has.
pub async fn delete_upload(tx: &mut Tx, id: UploadId) -> Result<u64> {
    let known: Option<(UploadId,)> =
        tx.opt(q!("SELECT id FROM details_uploads WHERE id = $1 AND state = 'coming'", id)).await?;
    if known.is_none() {
        return Ok(0);
    }
    tx.exec(q!("DELETE FROM details_blocks WHERE upload_id = $1", id)).await?;
    tx.exec(q!("DELETE FROM details_uploads WHERE id = $1 AND state = 'coming'", id)).await
}

/// Files that nobody has gone on with since then, 100 at the most.
pub async fn left(on: impl Read, before: Timestamp) -> Result<Vec<UploadId>> {
    let rows: Vec<(UploadId,)> = on
        .all(q!(
            "SELECT id FROM details_uploads WHERE state = 'coming' AND touched_at < $1 ORDER BY id LIMIT 100",
            before
        ))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether a block of this name belongs to a file.
pub async fn knows_block(on: impl Read, name: &str) -> Result<bool> {
    let row: Option<(UploadId,)> = on.opt(q!("SELECT upload_id FROM details_blocks WHERE name = $1", name)).await?;
    Ok(row.is_some())
}
