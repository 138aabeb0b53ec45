//! What a step of a quote does to its case: a line on the timeline, and where the case stands from then on.
use super::{change_in, index, locked, record};
use crate::cases::rules;
use crate::cases::store::{self, NewEntry};
use crate::cases::{CaseId, CaseState, CasesError, EntryData, EntryId, EntryKind, QuoteStep, Quoted};
use crate::customers::ContactId;
use crate::db::Tx;
use crate::desk::Desk;
use crate::staff::Actor;

/// A step with who took it and what they wrote.
pub struct QuoteMoved<'a> {
    pub actor: Actor,
    /// The customer, where it was their step.
    pub contact: Option<ContactId>,
    pub text: &'a str,
    pub details: Quoted,
}

/// Writes a step of a quote, within the caller's transaction. Nothing is drafted on a closed case.
pub async fn quote_step(tx: &mut Tx, desk: &Desk, id: CaseId, moved: QuoteMoved<'_>) -> Result<EntryId, CasesError> {
    let now = desk.now();
    let mut case = locked(tx, id, &[]).await?;
    let step = moved.details.step;
    if step == QuoteStep::Drafted && case.state == CaseState::Closed {
        return Err(CasesError::Closed(case.id));
    }
    let words = format!("{} {} {} {}", moved.details.key, moved.details.title, moved.details.total, moved.text);
    let (actor, by) = (moved.actor, moved.details.by.clone());
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::Quote,
        agent_id: actor.agent(),
        contact_id: moved.contact,
        at: now,
        text: moved.text,
        data: &EntryData::Quote(moved.details),
        delivery: None,
        send_at: None,
        client_id: None,
    };
    let entry = store::insert_entry(tx, &entry).await?;
    index(tx, &case, entry, case.id, &words, &by, "").await?;
    if moved.contact.is_some() {
        case.last_customer_at = Some(now);
    }
    record(tx, desk, &mut case, entry, "quote_step", actor, serde_json::json!({ "entry": entry, "step": step }))
        .await?;
    if let Some(change) = rules::after_quote(&case, step) {
        change_in(tx, desk, &mut case, &change, actor).await?;
    }
    Ok(entry)
}
