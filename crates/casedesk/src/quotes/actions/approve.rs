//! From a draft to something that may be sent: submitted by anybody who works here, approved by sales.
use super::{Moved, locked, step, tell_sales, today};
use crate::cases::QuoteStep;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::quotes::rules::{self, Step};
use crate::quotes::store;
use crate::quotes::{QuoteId, QuoteState, QuotesError};
use crate::staff::actions::audit;
use crate::staff::{Audit, Viewer};

/// Asks sales to approve a draft.
pub async fn submit(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    rules::may(Step::Submit, row.state)?;
    rules::complete(&store::lines(&mut tx, id).await?, &row.to_address, row.valid_until, today(desk))?;
    store::set_state(&mut tx, id, QuoteState::Submitted, desk.now()).await?;
    step(&mut tx, desk, &row, Moved::by_agent(QuoteStep::Submitted, by)).await?;
    tell_sales(&mut tx, desk, &row, "A quote waits for your approval", Some(by.id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Approves what somebody else wrote. `as_of`: when what was looked at was last changed; a later change stops it.
/// Whether the viewer is of sales is the caller's to know (`Approver`).
pub async fn approve(desk: &Desk, by: &Viewer, id: QuoteId, as_of: Option<Timestamp>) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    rules::may(Step::Approve, row.state)?;
    rules::other_eyes(desk.config().quotes.four_eyes, row.drafted_by, row.edited_by, by.id)?;
    if as_of.is_some_and(|as_of| as_of != row.updated_at) {
        return Err(QuotesError::ChangedSince);
    }
    rules::complete(&store::lines(&mut tx, id).await?, &row.to_address, row.valid_until, today(desk))?;
    if store::approve(&mut tx, id, by.id, desk.now()).await? == 0 {
        return Err(QuotesError::ChangedSince);
    }
    step(&mut tx, desk, &row, Moved::by_agent(QuoteStep::Approved, by)).await?;
    let line = Audit::by(desk.now(), by, "quotes.approved").on("quote", id.0);
    let sums = serde_json::json!({ "currency": row.currency, "total_minor": row.total_minor });
    audit(&mut tx, &line.with(sums)).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes it a draft again, to be changed; an approval is gone.
pub async fn send_back(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    rules::may(Step::SendBack, row.state)?;
    store::send_back(&mut tx, id, desk.now()).await?;
    step(&mut tx, desk, &row, Moved::by_agent(QuoteStep::SentBack, by)).await?;
    audit(&mut tx, &Audit::by(desk.now(), by, "quotes.sent_back").on("quote", id.0)).await?;
    tx.commit().await?;
    Ok(())
}
