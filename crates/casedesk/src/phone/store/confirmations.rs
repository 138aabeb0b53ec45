//! What contacts were asked about their calls.
use crate::cases::{CaseId, EntryId};
use crate::customers::ContactId;
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::phone::{CallId, CallState, ConfirmationId, Question};
use crate::q;

/// A question as it was sent. Its token is known to the contact alone.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Confirmation {
    pub id: ConfirmationId,
    pub call_id: CallId,
    pub kind: Question,
    pub sent_at: Timestamp,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub answer: Option<CallState>,
}

const COLUMNS: &str =
    "SELECT id, call_id, kind, sent_at, due_at, expires_at, answered_at, answer FROM call_confirmations ";

pub async fn confirmation(on: impl Read, id: ConfirmationId) -> Result<Option<Confirmation>> {
    on.opt(Query::new(COLUMNS).push("WHERE id = ").bind(id)).await
}

/// The question that a link belongs to, while its time is not over.
pub async fn confirmation_by_digest(on: impl Read, digest: &str, now: Timestamp) -> Result<Option<Confirmation>> {
    on.opt(Query::new(COLUMNS).push("WHERE token_digest = ").bind(digest).push(" AND expires_at > ").bind(now)).await
}

/// What was asked about a call, oldest first, 50 at the most.
pub async fn confirmations(on: impl Read, call: CallId) -> Result<Vec<Confirmation>> {
    on.all(Query::new(COLUMNS).push("WHERE call_id = ").bind(call).push(" ORDER BY id LIMIT 50")).await
}

pub async fn newest_confirmation(on: impl Read, call: CallId) -> Result<Option<ConfirmationId>> {
    let (id,): (Option<ConfirmationId>,) =
        on.one(q!("SELECT MAX(id) FROM call_confirmations WHERE call_id = $1", call)).await?;
    Ok(id)
}

/// A question that a contact has not answered, with the mail that asked it and when they called.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpenQuestion {
    pub id: ConfirmationId,
    pub entry_id: EntryId,
    pub kind: Question,
    pub started_at: Timestamp,
}

/// The newest question about each call of this contact on a case, and on what is merged into it, that awaits an answer.
pub async fn open_questions(
    on: impl Read,
    case: CaseId,
    contact: ContactId,
    now: Timestamp,
) -> Result<Vec<OpenQuestion>> {
    on.all(q!(
        "SELECT f.id, f.entry_id, f.kind, l.started_at FROM call_confirmations f JOIN calls l ON l.id = f.call_id
         JOIN entries e ON e.id = l.entry_id JOIN cases k ON k.id = e.case_id
         WHERE (k.id = $1 OR k.merged_into = $1)
           AND l.contact_id IN (SELECT id FROM contacts WHERE id = $2 OR merged_into = $2)
           AND l.state IN ('asked', 'summary sent', 'unanswered') AND f.answered_at IS NULL AND f.expires_at > $3
           AND f.id = (SELECT MAX(n.id) FROM call_confirmations n WHERE n.call_id = l.id)
         ORDER BY f.id DESC LIMIT 20",
        case,
        contact,
        now
    ))
    .await
}

/// A question on its way.
pub struct NewConfirmation<'a> {
    pub digest: &'a str,
    pub call: CallId,
    pub kind: Question,
    pub entry: EntryId,
    pub sent_at: Timestamp,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert_confirmation(tx: &mut Tx, new: &NewConfirmation<'_>) -> Result<ConfirmationId> {
    let id = tx
        .insert(q!(
            "INSERT INTO call_confirmations (token_digest, call_id, kind, entry_id, sent_at, due_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            new.digest,
            new.call,
            new.kind,
            new.entry,
            new.sent_at,
            new.due_at,
            new.expires_at
        ))
        .await?;
    Ok(ConfirmationId(id))
}

pub async fn answer_confirmation(tx: &mut Tx, id: ConfirmationId, answer: CallState, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE call_confirmations SET answered_at = $2, answer = $3 WHERE id = $1 AND answered_at IS NULL",
        id,
        now,
        answer
    ))
    .await
}
