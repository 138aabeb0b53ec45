//! SQL of the customers' pages. Whoever reads a case, a message or a file says by which sight.
use std::collections::BTreeSet;

use super::{PortalScope, Sight};
use crate::cases::store::Attachment;
use crate::cases::{AttachmentId, CaseId, CaseState, Delivery, EntryData, EntryId, EntryKind, WaitingOn};
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::quotes::QuoteId;

/// A case as its customer sees it; one that is merged stands as the case that it is part of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Seen {
    pub id: CaseId,
    pub subject: String,
    pub state: CaseState,
    pub waiting_on: Option<WaitingOn>,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub created_at: Timestamp,
    pub merged_into: Option<CaseId>,
}

const CASES: &str = "SELECT c.id, c.subject, COALESCE(r.state, c.state) AS state,
    CASE WHEN r.id IS NULL THEN c.waiting_on ELSE r.waiting_on END AS waiting_on, c.contact_id, k.name AS contact_name,
    c.created_at, c.merged_into
    FROM cases c LEFT JOIN cases r ON r.id = c.merged_into LEFT JOIN contacts k ON k.id = c.contact_id WHERE ";

/// Narrows a query to the cases, named `alias` in it, that are within sight.
fn within(query: Query, alias: &'static str, sight: &Sight) -> Query {
    match sight {
        Sight::Contact(me) => query
            .push("(")
            .push(alias)
            .push(".contact_id = ")
            .bind(*me)
            .push(
                " OR EXISTS (SELECT 1 FROM contacts me JOIN portal_scopes s ON s.organisation_id = me.organisation_id
                  WHERE s.scope = 'organisation' AND me.organisation_id = ",
            )
            .push(alias)
            .push(".organisation_id AND me.id = ")
            .bind(*me)
            .push("))"),
        Sight::Link(digest) => query
            .push("EXISTS (SELECT 1 FROM private_links l WHERE l.revoked_at IS NULL AND l.case_id = ")
            .push(alias)
            .push(".id AND l.digest = ")
            .bind(digest.as_str())
            .push(")"),
    }
}

/// The case, when it is within sight.
pub async fn case(on: impl Read, sight: &Sight, id: CaseId) -> Result<Option<Seen>> {
    on.opt(within(Query::new(CASES), "c", sight).push(" AND c.id = ").bind(id)).await
}

/// Cases within sight below `before`, newest first. One that is merged stands for itself only where the case that it
/// is part of is out of sight.
pub async fn cases(on: impl Read, sight: &Sight, before: Option<CaseId>, limit: i64) -> Result<Vec<Seen>> {
    let query = within(Query::new(CASES), "c", sight).push(" AND (c.merged_into IS NULL OR NOT ");
    let query = within(query, "r", sight).push(") AND c.id < ").bind(before.unwrap_or(CaseId(i64::MAX)));
    on.all(query.push(" ORDER BY c.id DESC LIMIT ").bind(limit)).await
}

/// An entry that may be a message for a customer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    pub id: EntryId,
    pub kind: EntryKind,
    pub contact_id: Option<ContactId>,
    pub at: Timestamp,
    pub text: String,
    pub data: String,
    pub delivery: Option<Delivery>,
    pub agent_name: Option<String>,
    pub contact_name: Option<String>,
}

impl Message {
    /// What it holds; an error means that the row was not written by this program.
    pub fn data(&self) -> Result<EntryData> {
        serde_json::from_str(&self.data).map_err(|error| crate::db::Error::Decode(error.into()))
    }
}

const MESSAGES: &str = "SELECT e.id, e.kind, e.contact_id, e.at, e.text, e.data, e.delivery, a.name AS agent_name,
    k.name AS contact_name
    FROM entries e JOIN cases c ON c.id = e.case_id LEFT JOIN agents a ON a.id = e.agent_id
    LEFT JOIN contacts k ON k.id = e.contact_id WHERE ";

/// What came in and what was sent.
const SENT: &str = " AND (e.kind = 'mail_in' OR (e.kind = 'mail_out' AND e.delivery = 'sent'))";

/// Messages below `before` on the case and on what is merged into it, each case within sight, newest first.
pub async fn messages(
    on: impl Read,
    sight: &Sight,
    id: CaseId,
    before: Option<EntryId>,
    limit: i64,
) -> Result<Vec<Message>> {
    let query = within(Query::new(MESSAGES), "c", sight).push(SENT).push(" AND (c.id = ").bind(id);
    let query = query.push(" OR c.merged_into = ").bind(id).push(") AND e.id < ");
    on.all(query.bind(before.unwrap_or(EntryId(i64::MAX))).push(" ORDER BY e.id DESC LIMIT ").bind(limit)).await
}

/// The message that this file came with, when its case is within sight, and the file.
pub async fn file(on: impl Read, sight: &Sight, id: AttachmentId) -> Result<Option<(Message, Attachment)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        message: Message,
        file_id: AttachmentId,
        case_id: CaseId,
        name: String,
        content_type: String,
        size: i64,
        digest: String,
    }
    let query = Query::new(
        "SELECT e.id, e.kind, e.contact_id, e.at, e.text, e.data, e.delivery, NULL AS agent_name, NULL AS contact_name,
         f.id AS file_id, f.case_id, f.name, f.content_type, f.size, f.digest
         FROM attachments f JOIN entries e ON e.id = f.entry_id JOIN cases c ON c.id = e.case_id WHERE ",
    );
    let row: Option<Row> = on.opt(within(query, "c", sight).push(SENT).push(" AND f.id = ").bind(id)).await?;
    Ok(row.map(|row| {
        let file = Attachment {
            id: row.file_id,
            case_id: row.case_id,
            entry_id: Some(row.message.id),
            agent_id: None,
            name: row.name,
            content_type: row.content_type,
            size: row.size,
            digest: row.digest,
            shows_inline: false,
            content_id: None,
        };
        (row.message, file)
    }))
}

/// Quotes that were sent to one of these addresses, on cases within sight, below `before`, the newest first.
pub async fn quotes(
    on: impl Read,
    sight: &Sight,
    to: &BTreeSet<String>,
    before: Option<QuoteId>,
    limit: i64,
) -> Result<Vec<QuoteId>> {
    let query = within(Query::new("SELECT q.id FROM quotes q JOIN cases c ON c.id = q.case_id WHERE "), "c", sight);
    let query = query.push(" AND q.sent_at IS NOT NULL AND q.to_address IN ").bind_list(to.iter());
    let query = query.push(" AND q.id < ").bind(before.unwrap_or(QuoteId(i64::MAX)));
    let rows: Vec<(QuoteId,)> = on.all(query.push(" ORDER BY q.id DESC LIMIT ").bind(limit)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The addresses of a contact, and of their organisation where they see its cases; 5,000 at the most.
pub async fn circle(on: impl Read, contact: ContactId, colleagues: bool) -> Result<Vec<String>> {
    let query = q!("SELECT address FROM contact_addresses WHERE contact_id = $1", contact);
    let query = if colleagues {
        query
            .push(
                " UNION SELECT a.address FROM contact_addresses a JOIN contacts k ON k.id = a.contact_id
                  JOIN contacts me ON me.organisation_id = k.organisation_id
                  JOIN portal_scopes s ON s.organisation_id = me.organisation_id
                  WHERE s.scope = 'organisation' AND me.id = ",
            )
            .bind(contact)
    } else {
        query
    };
    let rows: Vec<(String,)> = on.all(query.push(" LIMIT 5000")).await?;
    Ok(rows.into_iter().map(|(address,)| address).collect())
}

/// How much the contacts of an organisation see.
pub async fn scope(on: impl Read, organisation: OrganisationId) -> Result<PortalScope> {
    let row: Option<(PortalScope,)> =
        on.opt(q!("SELECT scope FROM portal_scopes WHERE organisation_id = $1", organisation)).await?;
    Ok(row.map_or(PortalScope::Own, |(scope,)| scope))
}

pub async fn set_scope(tx: &mut Tx, organisation: OrganisationId, scope: PortalScope) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO portal_scopes (organisation_id, scope) VALUES ($1, $2)
         ON CONFLICT (organisation_id) DO UPDATE SET scope = $2",
        organisation,
        scope
    ))
    .await
}

pub async fn insert_login(
    tx: &mut Tx,
    digest: &str,
    contact: ContactId,
    address: &str,
    expires_at: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO portal_logins (digest, contact_id, address, expires_at) VALUES ($1, $2, $3, $4)",
        digest,
        contact,
        address,
        expires_at
    ))
    .await
}

/// Takes a mailed link: whose it was. `None`: there is none, it was used, or its time is over.
pub async fn take_login(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<Option<(ContactId, String)>> {
    tx.opt(q!(
        "UPDATE portal_logins SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2
         RETURNING contact_id, address",
        digest,
        now
    ))
    .await
}

/// A session that is open.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub contact_id: ContactId,
    pub address: String,
    pub last_used_at: Timestamp,
}

pub async fn insert_session(
    tx: &mut Tx,
    digest: &str,
    contact: ContactId,
    address: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO portal_sessions (digest, contact_id, address, created_at, last_used_at, expires_at)
         VALUES ($1, $2, $3, $4, $4, $5)",
        digest,
        contact,
        address,
        now,
        expires_at
    ))
    .await
}

pub async fn session(on: impl Read, digest: &str, now: Timestamp, idle_since: Timestamp) -> Result<Option<Session>> {
    on.opt(q!(
        "SELECT contact_id, address, last_used_at FROM portal_sessions
         WHERE digest = $1 AND expires_at > $2 AND last_used_at > $3",
        digest,
        now,
        idle_since
    ))
    .await
}

pub async fn touch_session(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE portal_sessions SET last_used_at = $2 WHERE digest = $1", digest, now)).await
}

pub async fn end_session(tx: &mut Tx, digest: &str) -> Result<Option<(ContactId,)>> {
    tx.opt(q!("DELETE FROM portal_sessions WHERE digest = $1 RETURNING contact_id", digest)).await
}

/// Forgets links, sessions and posts whose time is over.
pub async fn sweep(tx: &mut Tx, now: Timestamp, idle_since: Timestamp, posts_before: Timestamp) -> Result<()> {
    tx.exec(q!("DELETE FROM portal_logins WHERE expires_at <= $1", now)).await?;
    tx.exec(q!("DELETE FROM portal_sessions WHERE expires_at <= $1 OR last_used_at <= $2", now, idle_since)).await?;
    tx.exec(q!("DELETE FROM portal_posts WHERE at < $1", posts_before)).await?;
    Ok(())
}

/// Notes that an answer was posted; 0: it was before.
pub async fn note_post(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!("INSERT INTO portal_posts (digest, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", digest, now)).await
}
