//! What time does to a quote: sales is reminded, and its last day ends.
use super::{Moved, step, tell_sales, today};
use crate::cases::QuoteStep;
use crate::desk::Desk;
use crate::quotes::rules;
use crate::quotes::store;
use crate::quotes::{QuoteId, QuoteState, QuotesError};

/// Its last day is over: nobody has answered. Once, however often it runs.
pub async fn expire(desk: &Desk, id: QuoteId) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let Some(row) = store::lock_quote(&mut tx, id).await? else { return Ok(()) };
    let over = rules::standing(row.state, row.valid_until, today(desk)) == QuoteState::Expired;
    if row.state != QuoteState::Sent || !over {
        return Ok(());
    }
    store::set_state(&mut tx, id, QuoteState::Expired, desk.now()).await?;
    step(&mut tx, desk, &row, Moved::by_desk(QuoteStep::Expired)).await?;
    tell_sales(&mut tx, desk, &row, "The quote has run out", None).await?;
    tx.commit().await?;
    Ok(())
}

/// A quote that is with the customer ends soon.
pub async fn remind(desk: &Desk, id: QuoteId) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let Some(row) = store::lock_quote(&mut tx, id).await? else { return Ok(()) };
    if rules::standing(row.state, row.valid_until, today(desk)) != QuoteState::Sent {
        return Ok(());
    }
    let words = match today(desk).days_until(row.valid_until) {
        0 => "The quote ends today, and nobody has answered".to_owned(),
        1 => "The quote ends tomorrow, and nobody has answered".to_owned(),
        days => format!("The quote ends in {days} days, and nobody has answered"),
    };
    tell_sales(&mut tx, desk, &row, &words, None).await?;
    tx.commit().await?;
    Ok(())
}
