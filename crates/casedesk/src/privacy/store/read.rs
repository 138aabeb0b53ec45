//! What is kept about somebody, as it is handed out.
use crate::cases::store::EntryRow;
use crate::cases::{CaseId, CaseState, EntryId};
use crate::customers::{ContactId, FieldValue, InstallationId, OrganisationId};
use crate::db::{Query, Read, Result};
use crate::kit::Timestamp;
use crate::privacy::Subject;
use crate::q;
use crate::quotes::QuoteState;

/// How many contacts of an organisation are taken together.
pub const MOST_CONTACTS: i64 = 10_000;

/// `(SELECT id …)`: the contacts that it is about, with those that are shown as part of them.
pub(super) fn contacts_in(query: Query, subject: Subject) -> Query {
    match subject {
        Subject::Contact(id) => {
            query.push("(SELECT id FROM contacts WHERE id = ").bind(id).push(" OR merged_into = ").bind(id).push(")")
        }
        Subject::Organisation(_) => {
            let own = "(SELECT id FROM contacts WHERE merged_into IS NULL AND organisation_id IN ";
            let query = organisations_in(query.push(own), subject);
            let parts = " UNION SELECT p.id FROM contacts p JOIN contacts k ON k.id = p.merged_into
                WHERE k.organisation_id IN ";
            organisations_in(query.push(parts), subject).push(")")
        }
    }
}

/// `(SELECT id …)`: the organisation that it is about, with those that are shown as part of it. Of a person: none.
pub(super) fn organisations_in(query: Query, subject: Subject) -> Query {
    match subject {
        Subject::Contact(_) => query.push("(SELECT id FROM organisations WHERE 1 = 0)"),
        Subject::Organisation(id) => {
            let query = query.push("(SELECT id FROM organisations WHERE id = ").bind(id);
            query.push(" OR merged_into = ").bind(id).push(")")
        }
    }
}

/// `(SELECT address …)`: their addresses.
pub(super) fn addresses_in(query: Query, subject: Subject) -> Query {
    contacts_in(query.push("(SELECT address FROM contact_addresses WHERE contact_id IN "), subject).push(")")
}

/// The contacts that it is about, with their names; those that are part of another too.
pub async fn contacts(on: impl Read, subject: Subject) -> Result<Vec<(ContactId, String)>> {
    let query = contacts_in(Query::new("SELECT id, name FROM contacts WHERE id IN "), subject);
    on.all(query.push(" ORDER BY id LIMIT ").bind(MOST_CONTACTS)).await
}

/// Their addresses, each with its contact and why mail to it is paused.
pub async fn addresses(on: impl Read, subject: Subject) -> Result<Vec<(ContactId, String, Option<String>)>> {
    let query = Query::new("SELECT contact_id, address, paused_reason FROM contact_addresses WHERE contact_id IN ");
    on.all(contacts_in(query, subject).push(" ORDER BY contact_id, address LIMIT ").bind(MOST_CONTACTS * 5)).await
}

/// Their telephone numbers, each with its contact and label.
pub async fn numbers(on: impl Read, subject: Subject) -> Result<Vec<(ContactId, String, String)>> {
    let query = Query::new("SELECT contact_id, number_e164, label FROM contact_numbers WHERE contact_id IN ");
    on.all(contacts_in(query, subject).push(" ORDER BY contact_id, id LIMIT ").bind(MOST_CONTACTS * 5)).await
}

pub async fn contact_tags(on: impl Read, subject: Subject) -> Result<Vec<(ContactId, String)>> {
    let query = Query::new("SELECT contact_id, tag FROM contact_tags WHERE contact_id IN ");
    on.all(contacts_in(query, subject).push(" ORDER BY contact_id, tag LIMIT ").bind(MOST_CONTACTS * 5)).await
}

/// Those of the numbers by which others are rung too.
pub async fn shared_numbers(on: impl Read, subject: Subject) -> Result<Vec<String>> {
    let query = Query::new(
        "SELECT DISTINCT number_e164 FROM contact_numbers WHERE number_e164 IN (SELECT number_e164 FROM contact_numbers WHERE contact_id IN ",
    );
    let query = contacts_in(query, subject).push(") AND contact_id NOT IN ");
    let rows: Vec<(String,)> = on.all(contacts_in(query, subject).push(" LIMIT ").bind(MOST_CONTACTS * 5)).await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// `SELECT id …`: every case that has something of theirs.
pub(super) fn cases_of(subject: Subject) -> Query {
    let query = addresses_in(Query::new("SELECT case_id AS id FROM case_people WHERE address IN "), subject);
    let query = contacts_in(query.push(" UNION SELECT id FROM cases WHERE contact_id IN "), subject);
    let query = contacts_in(query.push(" UNION SELECT case_id FROM entries WHERE contact_id IN "), subject);
    let query = contacts_in(query.push(" UNION SELECT case_id FROM quotes WHERE contact_id IN "), subject);
    let quotes = " UNION SELECT case_id FROM quotes WHERE state <> 'accepted' AND LOWER(to_address) IN ";
    let query = addresses_in(query.push(quotes), subject);
    let forms =
        " UNION SELECT e.case_id FROM details_requests r JOIN entries e ON e.id = r.entry_id WHERE r.contact_id IN ";
    let query = contacts_in(query.push(forms), subject);
    organisations_in(query.push(" UNION SELECT id FROM cases WHERE organisation_id IN "), subject)
}

/// A case as the archive lists it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CaseRow {
    pub id: CaseId,
    pub subject: String,
    pub state: CaseState,
    pub contact_id: Option<ContactId>,
    pub organisation_id: Option<OrganisationId>,
    pub created_at: Timestamp,
}

/// Cases with something of theirs, behind `after`.
pub async fn cases(on: impl Read, subject: Subject, after: CaseId, limit: i64) -> Result<Vec<CaseRow>> {
    let query = cases_of(subject)
        .wrap("SELECT id, subject, state, contact_id, organisation_id, created_at FROM cases WHERE id IN (", ")")
        .push(" AND id > ")
        .bind(after);
    on.all(query.push(" ORDER BY id LIMIT ").bind(limit)).await
}

const ENTRIES: &str = "SELECT e.id, e.case_id, e.kind, e.agent_id, e.contact_id, e.at, e.text, e.data, e.delivery,
    e.send_at, e.failure, a.name AS agent_name, c.name AS contact_name
    FROM entries e LEFT JOIN agents a ON a.id = e.agent_id LEFT JOIN contacts c ON c.id = e.contact_id ";

/// Entries of this very case behind `after`, oldest first.
pub async fn entries(on: impl Read, case: CaseId, after: EntryId, limit: i64) -> Result<Vec<EntryRow>> {
    let query = Query::new(ENTRIES).push("WHERE e.case_id = ").bind(case).push(" AND e.id > ").bind(after);
    on.all(query.push(" ORDER BY e.id LIMIT ").bind(limit)).await
}

/// Names and addresses of the others on a case.
pub async fn others(on: impl Read, case: CaseId, subject: Subject) -> Result<Vec<(String, Option<String>)>> {
    let query = Query::new(
        "SELECT p.address, COALESCE(p.name, k.name) AS name FROM case_people p
         LEFT JOIN contacts k ON k.id = p.contact_id WHERE p.role <> 'removed' AND p.case_id = ",
    );
    let query = addresses_in(query.bind(case).push(" AND p.address NOT IN "), subject);
    let query = contacts_in(query.push(" AND (p.contact_id IS NULL OR p.contact_id NOT IN "), subject);
    on.all(query.push(") ORDER BY p.address LIMIT 500")).await
}

/// The sources of the mails among these entries, by their SHA-256.
pub async fn sources(on: impl Read, entries: &[EntryId]) -> Result<Vec<(EntryId, String)>> {
    let query =
        Query::new("SELECT entry_id, raw_digest FROM mail_messages WHERE raw_digest IS NOT NULL AND entry_id IN ");
    on.all(query.bind_list(entries.iter().copied())).await
}

/// Which installations have something of theirs, and what they are called.
pub async fn installations(on: impl Read, subject: Subject) -> Result<Vec<(InstallationId, String, String)>> {
    match subject {
        Subject::Organisation(id) => {
            on.all(q!(
                "SELECT id, label, role FROM installations WHERE organisation_id = $1 ORDER BY id LIMIT 1000",
                id
            ))
            .await
        }
        Subject::Contact(_) => {
            let query = Query::new(
                "SELECT id, label, role FROM installations WHERE id IN
                   (SELECT installation_id FROM installation_fields WHERE contact_id IN ",
            );
            on.all(contacts_in(query, subject).push(") ORDER BY id LIMIT 1000")).await
        }
    }
}

/// The values of an installation with their history, oldest first: all of them, or those that a person gave.
pub async fn values(on: impl Read, of: InstallationId, subject: Subject) -> Result<Vec<FieldValue>> {
    let mut query = q!(
        "SELECT f.field, f.value, f.written, f.source, f.entry_id, f.agent_id, a.name AS agent_name,
         f.contact_id, c.name AS contact_name, f.at FROM installation_fields f
         LEFT JOIN agents a ON a.id = f.agent_id LEFT JOIN contacts c ON c.id = f.contact_id
         WHERE f.installation_id = $1",
        of
    );
    if matches!(subject, Subject::Contact(_)) {
        query = contacts_in(query.push(" AND f.contact_id IN "), subject);
    }
    on.all(query.push(" ORDER BY f.id LIMIT 10000")).await
}

/// A call as it is handed out.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct CallRow {
    pub id: i64,
    pub caller_number: String,
    pub called_number: String,
    pub direction: String,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub summary: String,
    pub state: String,
    pub case_id: Option<CaseId>,
}

/// Their calls behind `after`.
pub async fn calls(on: impl Read, subject: Subject, after: i64, limit: i64) -> Result<Vec<CallRow>> {
    let query = Query::new(
        "SELECT l.id, l.caller_number, l.called_number, l.direction, l.started_at, l.ended_at, l.summary, l.state,
         e.case_id FROM calls l LEFT JOIN entries e ON e.id = l.entry_id WHERE l.id > ",
    );
    let query = contacts_in(query.bind(after).push(" AND l.contact_id IN "), subject);
    on.all(query.push(" ORDER BY l.id LIMIT ").bind(limit)).await
}

/// What they typed into the form and what waits for a look, as JSON.
pub async fn held_forms(on: impl Read, address: &str) -> Result<Vec<(i64, String, Timestamp)>> {
    on.all(q!(
        "SELECT id, typed, created_at FROM form_submissions WHERE state = 'held' AND LOWER(typed) LIKE $1 ESCAPE '\\'
         ORDER BY id LIMIT 1000",
        like(&serde_json::Value::from(address).to_string())
    ))
    .await
}

/// A pattern that holds where the text holds this, which is in lower case.
pub(super) fn like(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Links to cases that were given to them: the case, the address, when, and until when.
pub async fn links(on: impl Read, subject: Subject) -> Result<Vec<(CaseId, String, Timestamp, Option<Timestamp>)>> {
    let query = Query::new("SELECT case_id, address, created_at, revoked_at FROM private_links WHERE contact_id IN ");
    on.all(contacts_in(query, subject).push(" ORDER BY id LIMIT 10000")).await
}

/// Sessions at the customers' pages: the address, since when, and when they were last used.
pub async fn sessions(on: impl Read, subject: Subject) -> Result<Vec<(String, Timestamp, Timestamp)>> {
    let query = Query::new("SELECT address, created_at, last_used_at FROM portal_sessions WHERE contact_id IN ");
    on.all(contacts_in(query, subject).push(" ORDER BY created_at LIMIT 10000")).await
}

/// When they logged in and out, as the audit log has it.
pub async fn logins(on: impl Read, subject: Subject) -> Result<Vec<(String, Timestamp, Option<String>)>> {
    let query = Query::new(
        "SELECT action, at, ip FROM audit
         WHERE action IN ('portal.logged_in', 'portal.logged_out') AND subject_kind = 'contact' AND subject_id IN ",
    );
    on.all(contacts_in(query, subject).push(" ORDER BY id LIMIT 10000")).await
}

/// A quote that was made to them, as it is handed out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QuoteRow {
    pub id: i64,
    pub series_id: i64,
    pub version: i64,
    pub case_id: CaseId,
    pub state: QuoteState,
    pub title: String,
    pub currency: String,
    pub total_minor: i64,
    pub valid_until: String,
    pub text: String,
    pub vat_note: String,
    pub to_name: String,
    pub to_address: String,
    pub sent_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub decided_by: String,
    pub reason: String,
    pub pdf_digest: Option<String>,
}

/// Quotes that were sent to them; of an organisation all that were sent about its cases.
pub async fn quotes(on: impl Read, subject: Subject, after: i64, limit: i64) -> Result<Vec<QuoteRow>> {
    let query = Query::new(
        "SELECT q.id, COALESCE(q.series_id, q.id) AS series_id, q.version, q.case_id, q.state, q.title, q.currency,
         q.total_minor, q.valid_until, q.text, q.vat_note, q.to_name, q.to_address, q.sent_at, q.decided_at, q.decided_by,
         q.reason, q.pdf_digest FROM quotes q JOIN cases k ON k.id = q.case_id WHERE q.sent_at IS NOT NULL AND q.id > ",
    );
    let query = contacts_in(query.bind(after).push(" AND (q.contact_id IN "), subject);
    let query = addresses_in(query.push(" OR LOWER(q.to_address) IN "), subject);
    let query = organisations_in(query.push(" OR COALESCE(q.organisation_id, k.organisation_id) IN "), subject);
    on.all(query.push(") ORDER BY q.id LIMIT ").bind(limit)).await
}

/// A form for details that they were asked to fill in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FormRow {
    pub id: i64,
    pub case_id: CaseId,
    pub address: String,
    pub asked: String,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

/// Forms for details that were sent to them.
pub async fn details_forms(on: impl Read, subject: Subject) -> Result<Vec<FormRow>> {
    let query = Query::new(
        "SELECT r.id, e.case_id, r.address, r.asked, r.created_at, r.sent_at FROM details_requests r
         JOIN entries e ON e.id = r.entry_id WHERE r.contact_id IN ",
    );
    on.all(contacts_in(query, subject).push(" ORDER BY r.id LIMIT 10000")).await
}

/// What we noted of them, each with its contact.
pub async fn contact_notes(on: impl Read, subject: Subject) -> Result<Vec<(ContactId, String)>> {
    let query = Query::new("SELECT id, note FROM contacts WHERE note <> '' AND id IN ");
    on.all(contacts_in(query, subject).push(" ORDER BY id LIMIT ").bind(MOST_CONTACTS)).await
}

/// What an organisation votes for on the roadmap.
pub async fn votes(on: impl Read, of: OrganisationId) -> Result<Vec<(String, Timestamp)>> {
    on.all(q!(
        "SELECT i.title, v.at FROM roadmap_votes v JOIN roadmap_items i ON i.id = v.item_id
         WHERE v.organisation_id = $1 ORDER BY v.at LIMIT 1000",
        of
    ))
    .await
}
