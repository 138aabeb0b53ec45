//! What is taken away of the quotes and of the forms for details on one case.
use super::read::{addresses_in, contacts_in, organisations_in};
use crate::cases::CaseId;
use crate::customers::ContactId;
use crate::db::{Query, Read, Result, Tx};
use crate::privacy::Subject;
use crate::q;
use crate::quotes::QuoteState;

/// The words of a quote.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct QuoteWords {
    pub id: i64,
    pub state: QuoteState,
    pub contact_id: Option<ContactId>,
    pub to_name: String,
    pub to_address: String,
    pub title: String,
    pub text: String,
    pub vat_note: String,
    pub decided_by: String,
    pub reason: String,
    pub pdf_digest: Option<String>,
}

const QUOTES: &str = "SELECT id, state, contact_id, to_name, to_address, title, text, vat_note, decided_by, reason,
    pdf_digest FROM quotes ";

/// The quotes of a case, all versions.
pub async fn quotes_on(on: impl Read, case: CaseId) -> Result<Vec<QuoteWords>> {
    on.all(Query::new(QUOTES).push("WHERE case_id = ").bind(case).push(" ORDER BY id")).await
}

/// Quotes that were accepted stay as they were agreed, with the organisation that the case is about to lose.
pub async fn keep_accepted(tx: &mut Tx, case: CaseId, subject: Subject) -> Result<()> {
    let query = Query::new("UPDATE quotes SET contact_id = NULL WHERE state = 'accepted' AND case_id = ").bind(case);
    tx.exec(contacts_in(query.push(" AND contact_id IN "), subject)).await?;
    if let Subject::Organisation(id) = subject {
        let query = Query::new("UPDATE quotes SET organisation_id = ").bind(id);
        let query = query.push(
            " WHERE state = 'accepted' AND organisation_id IS NULL AND case_id IN (SELECT id FROM cases WHERE id = ",
        );
        let query = organisations_in(query.bind(case).push(" AND organisation_id IN "), subject);
        tx.exec(query.push(")")).await?;
    }
    Ok(())
}

/// Nothing is left of a quote but its sum, its days and where it stands; what was not answered is withdrawn.
pub async fn empty_quote(tx: &mut Tx, id: i64, words: &str) -> Result<()> {
    tx.exec(q!(
        "UPDATE quotes SET title = $2, text = '', vat_note = '', to_name = '', to_address = '', decided_by = '',
            reason = '', contact_id = NULL, pdf_digest = NULL, read_as = NULL,
            state = CASE WHEN state IN ('draft', 'submitted', 'approved', 'sent') THEN 'withdrawn' ELSE state END
         WHERE id = $1",
        id,
        words
    ))
    .await?;
    tx.exec(q!("UPDATE quote_lines SET description = $2 WHERE quote_id = $1", id, words)).await?;
    tx.exec(q!("DELETE FROM quote_links WHERE quote_id = $1", id)).await?;
    Ok(())
}

pub async fn rewrite_quote(tx: &mut Tx, quote: &QuoteWords) -> Result<u64> {
    tx.exec(q!(
        "UPDATE quotes SET title = $2, text = $3, vat_note = $4, decided_by = $5, reason = $6, pdf_digest = $7
         WHERE id = $1",
        quote.id,
        &quote.title,
        &quote.text,
        &quote.vat_note,
        &quote.decided_by,
        &quote.reason,
        quote.pdf_digest.as_deref()
    ))
    .await
}

/// The lines of a quote: place and words.
pub async fn quote_lines(on: impl Read, quote: i64) -> Result<Vec<(i64, String)>> {
    on.all(q!("SELECT position, description FROM quote_lines WHERE quote_id = $1 ORDER BY position", quote)).await
}

pub async fn rewrite_line(tx: &mut Tx, quote: i64, position: i64, words: &str) -> Result<u64> {
    tx.exec(q!("UPDATE quote_lines SET description = $3 WHERE quote_id = $1 AND position = $2", quote, position, words))
        .await
}

/// Links to quotes of a case that were sent to them.
pub async fn forget_quote_links(tx: &mut Tx, case: CaseId, subject: Subject) -> Result<u64> {
    let query = Query::new("DELETE FROM quote_links WHERE quote_id IN (SELECT id FROM quotes WHERE case_id = ");
    let query = query.bind(case).push(") AND LOWER(address) IN ");
    tx.exec(addresses_in(query, subject)).await
}

/// The forms for details of a case: number, whose it is, and the address that it was sent to.
pub async fn forms_on(on: impl Read, case: CaseId) -> Result<Vec<(i64, ContactId, String)>> {
    on.all(q!(
        "SELECT r.id, r.contact_id, r.address FROM details_requests r JOIN entries e ON e.id = r.entry_id
         WHERE e.case_id = $1 ORDER BY r.id",
        case
    ))
    .await
}

/// Takes a form away with all that stands in it: the names of the blocks of files that had not come as a whole.
pub async fn delete_form(tx: &mut Tx, form: i64) -> Result<Vec<String>> {
    let blocks: Vec<(String,)> = tx
        .all(q!(
            "DELETE FROM details_blocks WHERE upload_id IN (SELECT id FROM details_uploads WHERE request_id = $1)
             RETURNING name",
            form
        ))
        .await?;
    for table in [
        "DELETE FROM details_uploads WHERE request_id = $1",
        "DELETE FROM details_answers WHERE request_id = $1",
        "DELETE FROM details_requests WHERE id = $1",
    ] {
        tx.exec(q!(table, form)).await?;
    }
    Ok(blocks.into_iter().map(|(name,)| name).collect())
}

/// What stands in the fields of a form.
pub async fn form_answers(on: impl Read, form: i64) -> Result<Vec<(String, String)>> {
    on.all(q!("SELECT field, value FROM details_answers WHERE request_id = $1 ORDER BY field", form)).await
}

pub async fn rewrite_answer(tx: &mut Tx, form: i64, field: &str, value: &str) -> Result<u64> {
    tx.exec(q!("UPDATE details_answers SET value = $3 WHERE request_id = $1 AND field = $2", form, field, value)).await
}

/// What the files of a form are called.
pub async fn form_files(on: impl Read, form: i64) -> Result<Vec<(i64, String)>> {
    on.all(q!("SELECT id, name FROM details_uploads WHERE request_id = $1 ORDER BY id", form)).await
}

pub async fn rename_form_file(tx: &mut Tx, id: i64, name: &str) -> Result<u64> {
    tx.exec(q!("UPDATE details_uploads SET name = $2 WHERE id = $1", id, name)).await
}
