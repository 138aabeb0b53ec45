//! SQL of quotes, their lines and their private links.
use super::{AnswerDoor, Line, QuoteAnswer, QuoteId, QuoteOrder, QuoteState, Terms};
use crate::cases::{CaseId, EntryId};
use crate::customers::{ContactId, OrganisationId};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::{Day, Timestamp};
use crate::q;
use crate::staff::{AgentId, TeamId};

/// A version of a quote as it stands, with the case that it is about.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QuoteRow {
    pub id: QuoteId,
    /// The first version, which may be this one.
    pub series_id: QuoteId,
    pub version: i64,
    pub case_id: CaseId,
    pub state: QuoteState,
    pub title: String,
    pub currency: String,
    pub total_minor: i64,
    pub valid_until: Day,
    pub text: String,
    pub vat_note: String,
    pub contact_id: Option<ContactId>,
    pub to_name: String,
    pub to_address: String,
    pub drafted_by: AgentId,
    pub edited_by: AgentId,
    pub approved_by: Option<AgentId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub decided_at: Option<Timestamp>,
    /// Who answered, as they wrote it.
    pub decided_by: String,
    pub decided_how: Option<AnswerDoor>,
    pub recorded_by: Option<AgentId>,
    pub reason: String,
    /// The paper as it was sent.
    pub pdf_digest: Option<String>,
    /// What a mail on the case seems to answer, and that mail.
    pub read_as: Option<QuoteAnswer>,
    pub read_entry_id: Option<EntryId>,
    pub case_subject: String,
    pub case_team: Option<TeamId>,
    /// The case that the quote's case is shown as part of, and its team.
    pub root_id: Option<CaseId>,
    pub root_team: Option<TeamId>,
    pub organisation_id: Option<OrganisationId>,
    pub organisation: Option<String>,
    pub drafted_by_name: Option<String>,
    pub approved_by_name: Option<String>,
}

impl QuoteRow {
    /// The case that it is shown on.
    pub fn shown_on(&self) -> CaseId {
        self.root_id.unwrap_or(self.case_id)
    }
}

const COLUMNS: &str = "SELECT q.id, COALESCE(q.series_id, q.id) AS series_id, q.version, q.case_id, q.state, q.title,
    q.currency, q.total_minor, q.valid_until, q.text, q.vat_note, COALESCE(t.merged_into, t.id) AS contact_id,
    q.to_name, q.to_address, q.drafted_by, q.edited_by, q.approved_by, q.created_at, q.updated_at, q.approved_at,
    q.sent_at, q.decided_at, q.decided_by, q.decided_how, q.recorded_by, q.reason, q.pdf_digest, q.read_as,
    q.read_entry_id, k.subject AS case_subject, k.team_id AS case_team, r.id AS root_id, r.team_id AS root_team, o.id AS organisation_id, o.name AS organisation,
    d.name AS drafted_by_name, p.name AS approved_by_name
    FROM quotes q JOIN cases k ON k.id = q.case_id LEFT JOIN cases r ON r.id = k.merged_into
    LEFT JOIN organisations o ON o.id = COALESCE(q.organisation_id, k.organisation_id)
    LEFT JOIN agents d ON d.id = q.drafted_by LEFT JOIN agents p ON p.id = q.approved_by
    LEFT JOIN contacts t ON t.id = q.contact_id ";

pub async fn quote(on: impl Read, id: QuoteId) -> Result<Option<QuoteRow>> {
    on.opt(Query::new(COLUMNS).push("WHERE q.id = ").bind(id)).await
}

/// Keeps the quotes as they are until the transaction ends: one is answered, sent or replaced at a time.
pub async fn lock_quote(tx: &mut Tx, id: QuoteId) -> Result<Option<QuoteRow>> {
    tx.lock("quotes").await?;
    quote(tx, id).await
}

/// Which quotes to list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// None: whatever their state.
    pub states: Vec<QuoteState>,
    /// Of this case and of what is merged into it.
    pub case: Option<CaseId>,
    pub before: Option<QuoteId>,
}

/// Quotes on cases that this viewer may see.
pub async fn quotes(
    on: impl Read,
    wanted: &Wanted,
    order: QuoteOrder,
    hidden: &[TeamId],
    (limit, offset): (i64, i64),
) -> Result<Vec<QuoteRow>> {
    let mut query = unhidden(Query::new(COLUMNS).push("WHERE 1 = 1"), hidden);
    if !wanted.states.is_empty() {
        query = query.push(" AND q.state IN ").bind_list(wanted.states.iter().copied());
    }
    if let Some(case) = wanted.case {
        query = query.push(" AND (k.id = ").bind(case).push(" OR k.merged_into = ").bind(case).push(")");
    }
    if let Some(before) = wanted.before {
        query = query.push(" AND q.id < ").bind(before);
    }
    query = query.push(match order {
        QuoteOrder::Newest => " ORDER BY q.id DESC",
        QuoteOrder::Due => " ORDER BY q.valid_until, q.id",
        QuoteOrder::Amount => " ORDER BY q.currency, q.total_minor DESC, q.id",
    });
    on.all(query.push(" LIMIT ").bind(limit).push(" OFFSET ").bind(offset)).await
}

/// How many quotes on visible cases stand so.
pub async fn count(on: impl Read, states: &[QuoteState], hidden: &[TeamId]) -> Result<i64> {
    let query = Query::new(
        "SELECT COUNT(*) FROM quotes q JOIN cases k ON k.id = q.case_id LEFT JOIN cases r ON r.id = k.merged_into
         WHERE q.state IN ",
    );
    let (count,): (i64,) = on.one(unhidden(query.bind_list(states.iter().copied()), hidden)).await?;
    Ok(count)
}

/// How many wait for this agent: for an approval that they may give, or for a look at what a mail seems to answer.
pub async fn count_waiting(
    on: impl Read,
    me: AgentId,
    (approves, four_eyes): (bool, bool),
    today: Day,
    hidden: &[TeamId],
) -> Result<i64> {
    let query = q!(
        "SELECT COUNT(*) FROM quotes q JOIN cases k ON k.id = q.case_id LEFT JOIN cases r ON r.id = k.merged_into
         WHERE q.state IN ('submitted', 'sent')
           AND (q.state <> 'submitted' OR ($1 AND (NOT $2 OR (q.drafted_by <> $3 AND q.edited_by <> $3))))
           AND (q.state <> 'sent' OR (q.read_as IS NOT NULL AND q.valid_until >= $4))",
        approves,
        four_eyes,
        me,
        today
    );
    let (count,): (i64,) = on.one(unhidden(query, hidden)).await?;
    Ok(count)
}

/// A merged case is seen where it is seen itself or as part of another.
fn unhidden(query: Query, hidden: &[TeamId]) -> Query {
    if hidden.is_empty() {
        return query;
    }
    query
        .push(" AND (k.team_id IS NULL OR k.team_id NOT IN ")
        .bind_list(hidden.iter().copied())
        .push(" OR (r.id IS NOT NULL AND (r.team_id IS NULL OR r.team_id NOT IN ")
        .bind_list(hidden.iter().copied())
        .push(")))")
}

/// The versions of a quote, the newest first, 100 at the most.
pub async fn versions(on: impl Read, series: QuoteId) -> Result<Vec<QuoteRow>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE COALESCE(q.series_id, q.id) = ")
            .bind(series)
            .push(" ORDER BY q.version DESC LIMIT 100"),
    )
    .await
}

/// What is with the customer on this case and on what is merged into it, 50 at the most.
pub async fn sent_on_case(on: impl Read, case: CaseId) -> Result<Vec<QuoteRow>> {
    on.all(
        Query::new(COLUMNS)
            .push("WHERE q.state = 'sent' AND (k.id = ")
            .bind(case)
            .push(" OR k.merged_into = ")
            .bind(case)
            .push(") ORDER BY q.id LIMIT 50"),
    )
    .await
}

pub async fn lines(on: impl Read, id: QuoteId) -> Result<Vec<Line>> {
    on.all(q!(
        "SELECT description, quantity_milli, unit_price_minor FROM quote_lines WHERE quote_id = $1 ORDER BY position",
        id
    ))
    .await
}

/// A version that begins as a draft.
pub struct NewQuote<'a> {
    /// The first version; none: this one.
    pub series: Option<QuoteId>,
    pub version: i64,
    pub case: CaseId,
    pub terms: &'a Terms,
    pub total_minor: i64,
    pub contact: Option<ContactId>,
    pub to_name: &'a str,
    pub by: AgentId,
    pub at: Timestamp,
}

pub async fn insert_quote(tx: &mut Tx, new: &NewQuote<'_>) -> Result<QuoteId> {
    let terms = new.terms;
    let id = tx
        .insert(q!(
            "INSERT INTO quotes (series_id, version, case_id, state, title, currency, total_minor, valid_until, text,
                vat_note, contact_id, to_name, to_address, drafted_by, edited_by, created_at, updated_at)
             VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $14) RETURNING id",
            new.series,
            new.version,
            new.case,
            &terms.title,
            &terms.currency,
            new.total_minor,
            terms.valid_until,
            &terms.text,
            &terms.vat_note,
            new.contact,
            new.to_name,
            &terms.to,
            new.by,
            new.at
        ))
        .await?;
    Ok(QuoteId(id))
}

/// What an agent has changed of a draft.
pub struct Edited<'a> {
    pub terms: &'a Terms,
    pub total_minor: i64,
    pub contact: Option<ContactId>,
    pub to_name: &'a str,
    pub by: AgentId,
    pub at: Timestamp,
}

pub async fn update_draft(tx: &mut Tx, id: QuoteId, edited: &Edited<'_>) -> Result<u64> {
    let terms = edited.terms;
    tx.exec(q!(
        "UPDATE quotes SET title = $2, currency = $3, total_minor = $4, valid_until = $5, text = $6, vat_note = $7,
            contact_id = $8, to_name = $9, to_address = $10, edited_by = $11, updated_at = $12
         WHERE id = $1 AND state = 'draft'",
        id,
        &terms.title,
        &terms.currency,
        edited.total_minor,
        terms.valid_until,
        &terms.text,
        &terms.vat_note,
        edited.contact,
        edited.to_name,
        &terms.to,
        edited.by,
        edited.at
    ))
    .await
}

pub async fn delete_lines(tx: &mut Tx, id: QuoteId) -> Result<u64> {
    tx.exec(q!("DELETE FROM quote_lines WHERE quote_id = $1", id)).await
}

pub async fn insert_line(tx: &mut Tx, id: QuoteId, position: i64, line: &Line, total_minor: i64) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO quote_lines (quote_id, position, description, quantity_milli, unit_price_minor, total_minor)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        position,
        &line.description,
        line.quantity_milli,
        line.unit_price_minor,
        total_minor
    ))
    .await
}

pub async fn set_state(tx: &mut Tx, id: QuoteId, state: QuoteState, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE quotes SET state = $2, updated_at = $3 WHERE id = $1", id, state, now)).await
}

pub async fn approve(tx: &mut Tx, id: QuoteId, by: AgentId, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE quotes SET state = 'approved', approved_by = $2, approved_at = $3, updated_at = $3
         WHERE id = $1 AND state = 'submitted'",
        id,
        by,
        now
    ))
    .await
}

/// A draft again: the approval is gone.
pub async fn send_back(tx: &mut Tx, id: QuoteId, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE quotes SET state = 'draft', approved_by = NULL, approved_at = NULL, updated_at = $2 WHERE id = $1",
        id,
        now
    ))
    .await
}

/// With the customer, for the first time or again.
pub async fn mark_sent(tx: &mut Tx, id: QuoteId, pdf_digest: &str, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "UPDATE quotes SET state = 'sent', sent_at = COALESCE(sent_at, $3), pdf_digest = $2, updated_at = $3
         WHERE id = $1",
        id,
        pdf_digest,
        now
    ))
    .await
}

/// An answer as it is kept.
pub struct Decided<'a> {
    pub answer: QuoteAnswer,
    pub by: &'a str,
    pub how: AnswerDoor,
    pub recorded_by: Option<AgentId>,
    pub reason: &'a str,
    pub at: Timestamp,
}

/// The first answer is the answer: 0, when there is one already.
pub async fn decide(tx: &mut Tx, id: QuoteId, decided: &Decided<'_>) -> Result<u64> {
    tx.exec(q!(
        "UPDATE quotes SET state = $2, decided_at = $3, decided_by = $4, decided_how = $5, recorded_by = $6, reason = $7,
            read_as = NULL, updated_at = $3
         WHERE id = $1 AND state = 'sent'",
        id,
        decided.answer.as_str(),
        decided.at,
        decided.by,
        decided.how,
        decided.recorded_by,
        decided.reason
    ))
    .await
}

/// What a mail seems to say; nothing, when an agent has read it otherwise.
pub async fn set_reading(
    tx: &mut Tx,
    id: QuoteId,
    read_as: Option<QuoteAnswer>,
    entry: Option<EntryId>,
) -> Result<u64> {
    tx.exec(q!("UPDATE quotes SET read_as = $2, read_entry_id = $3 WHERE id = $1", id, read_as, entry)).await
}

/// A private link as it was mailed.
pub struct NewLink<'a> {
    pub digest: &'a str,
    pub quote: QuoteId,
    pub entry: EntryId,
    pub address: &'a str,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert_link(tx: &mut Tx, new: &NewLink<'_>) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO quote_links (token_digest, quote_id, entry_id, address, sent_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.digest,
        new.quote,
        new.entry,
        new.address,
        new.sent_at,
        new.expires_at
    ))
    .await
}

/// The quote that a link leads to, while its time is not over.
pub async fn quote_of_link(on: impl Read, digest: &str, now: Timestamp) -> Result<Option<QuoteId>> {
    let row: Option<(QuoteId,)> =
        on.opt(q!("SELECT quote_id FROM quote_links WHERE token_digest = $1 AND expires_at > $2", digest, now)).await?;
    Ok(row.map(|(id,)| id))
}
