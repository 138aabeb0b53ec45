//! Quotes with their paper, and the forms for installation details.
use serde_json::{Value, json};

use super::Order;
use crate::desk::Desk;
use crate::details::{self, store as details_store};
use crate::privacy::archive::Archive;
use crate::privacy::{PrivacyError, store};
use crate::quotes::{self, QuoteId};

/// How many quotes are read at once.
const BATCH: i64 = 100;

pub(super) async fn write(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    quotes(desk, order, archive).await?;
    forms(desk, order, archive).await
}

async fn quotes(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let (mut all, mut after): (Vec<Value>, i64) = (Vec::new(), 0);
    loop {
        let rows = store::quotes(desk.db(), order.subject, after, BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            let key = format!("Q-{}-{}", row.series_id, row.version);
            let lines = quotes::store::lines(desk.db(), QuoteId(row.id)).await?;
            let lines = lines.iter().map(|line| {
                json!({
                    "description": line.description,
                    "quantity_thousandths": line.quantity_milli,
                    "price_smallest_unit": line.unit_price_minor,
                })
            });
            let paper = row.pdf_digest.as_ref().map(|_| format!("quotes/{key}.pdf"));
            if let (Some(path), Some(digest)) = (&paper, &row.pdf_digest) {
                archive.stored(desk, path, digest).await?;
            }
            all.push(json!({
                "quote": key,
                "case": format!("{}-{}", desk.config().desk.prefix, row.case_id),
                "state": row.state,
                "title": row.title,
                "text": row.text,
                "lines": lines.collect::<Vec<_>>(),
                "total_smallest_unit": row.total_minor,
                "currency": row.currency,
                "vat": row.vat_note,
                "valid_until": row.valid_until,
                "to": { "name": row.to_name, "address": row.to_address },
                "sent_at": row.sent_at,
                "answered_at": row.decided_at,
                "answered_by": row.decided_by,
                "reason": row.reason,
                "paper": paper,
            }));
        }
    }
    archive.leave_out("Quotes that were never sent", "they are drafts of ours, and nobody was told of them");
    archive.json("data/quotes.json", "Quotes that were sent, with their lines, papers and answers", &all).await
}

async fn forms(desk: &Desk, order: &Order, archive: &mut Archive) -> Result<(), PrivacyError> {
    let mut all: Vec<Value> = Vec::new();
    for form in store::details_forms(desk.db(), order.subject).await? {
        let id = details::RequestId(form.id);
        let answers = details_store::answers(desk.db(), id).await?;
        let answers = answers.iter().map(|one| json!({ "field": one.field, "value": one.value, "at": one.changed_at }));
        let files = details_store::uploads(desk.db(), id).await?;
        let files = files.iter().map(|one| json!({ "name": one.name, "size": one.size, "received": one.received }));
        all.push(json!({
            "case": format!("{}-{}", desk.config().desk.prefix, form.case_id),
            "sent_to": form.address,
            "asked": form.asked.split_whitespace().collect::<Vec<_>>(),
            "at": form.created_at,
            "sent_back_at": form.sent_at,
            "answers": answers.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
        }));
    }
    archive.json("data/details-forms.json", "Forms for installation details; their files are on the cases", &all).await
}
