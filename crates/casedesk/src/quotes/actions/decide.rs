//! The answer to a quote: by the customer on a page, or written down by an agent. The first one counts, once.
use super::{Moved, locked, of_link, step, tell_sales, today};
use crate::cases::store as case_store;
use crate::cases::{EntryId, QuoteStep};
use crate::customers::ContactId;
use crate::db::Tx;
use crate::desk::Desk;
use crate::quotes::rules::{self, Step};
use crate::quotes::store::{self, Decided, QuoteRow};
use crate::quotes::{AnswerDoor, QuoteAnswer, QuoteId, QuoteState, QuotesError};
use crate::staff::actions::audit;
use crate::staff::{Actor, Audit, Viewer};
use crate::web::client::Client;

/// What somebody answers.
#[derive(Clone, Debug)]
pub struct Answered {
    pub answer: QuoteAnswer,
    /// Who says so, as they write it.
    pub name: String,
    pub reason: String,
}

impl Answered {
    /// With what was typed put straight. A yes needs a name.
    fn checked(self) -> Result<Self, QuotesError> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let reason = self.reason.replace("\r\n", "\n").trim().to_owned();
        if self.answer == QuoteAnswer::Accepted && name.is_empty() {
            return Err(QuotesError::NoName);
        }
        for (field, text, most) in [("name", &name, rules::MOST_NAME), ("reason", &reason, rules::MOST_REASON)] {
            if text.chars().count() > most {
                return Err(QuotesError::TooLong { field, most });
            }
        }
        Ok(Self { name, reason, ..self })
    }
}

/// Takes the answer of whoever has the link; one that comes too late changes nothing.
pub async fn answer_by_link(desk: &Desk, token: &str, answered: Answered, client: &Client) -> Result<(), QuotesError> {
    let row = of_link(desk, token).await?;
    answer_by_customer(desk, row.id, answered, AnswerDoor::Link, client).await
}

/// The same of a customer on their own pages. Whether it is theirs to answer is the caller's to know.
pub async fn answer_by_customer(
    desk: &Desk,
    id: QuoteId,
    answered: Answered,
    how: AnswerDoor,
    client: &Client,
) -> Result<(), QuotesError> {
    let answered = answered.checked()?;
    let mut tx = desk.db().begin().await?;
    let row = store::lock_quote(&mut tx, id).await?.ok_or(QuotesError::DeadLink)?;
    if rules::standing(row.state, row.valid_until, today(desk)) != QuoteState::Sent {
        return Ok(());
    }
    let action = match answered.answer {
        QuoteAnswer::Accepted => "quotes.accepted",
        QuoteAnswer::Declined => "quotes.declined",
    };
    let line = Audit::new(desk.now(), Actor::System, action).on("quote", id.0).from(client);
    let line = line.with(serde_json::json!({ "how": how, "contact": row.contact_id }));
    let given = Given { answered: &answered, how, actor: Actor::System, contact: row.contact_id, by_mail: None };
    decide(&mut tx, desk, &row, given, &line).await?;
    tx.commit().await?;
    Ok(())
}

/// An agent writes down what the customer has said elsewhere. A quote whose last day is over is not accepted any more.
pub async fn record(desk: &Desk, by: &Viewer, id: QuoteId, answered: Answered) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    record_in(&mut tx, desk, by, &row, answered, None).await?;
    tx.commit().await?;
    Ok(())
}

/// An agent has read the mail that seems to answer: it does, or it does not.
pub async fn settle_reading(desk: &Desk, by: &Viewer, id: QuoteId, right: bool) -> Result<(), QuotesError> {
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    let (Some(answer), Some(entry)) = (row.read_as, row.read_entry_id) else { return Err(QuotesError::NothingRead) };
    if right {
        let mail = case_store::entry(&mut tx, entry).await?;
        let name = mail.and_then(|mail| mail.contact_name).unwrap_or_else(|| row.to_address.clone());
        let answered = Answered { answer, name, reason: String::new() };
        record_in(&mut tx, desk, by, &row, answered, Some(entry)).await?;
    } else {
        store::set_reading(&mut tx, id, None, None).await?;
        step(&mut tx, desk, &row, Moved::by_agent(QuoteStep::Dismissed, by)).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn record_in(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    row: &QuoteRow,
    answered: Answered,
    by_mail: Option<EntryId>,
) -> Result<(), QuotesError> {
    let answered = answered.checked()?;
    rules::may(Step::Decide, row.state)?;
    if answered.answer == QuoteAnswer::Accepted && by_mail.is_none() && row.valid_until < today(desk) {
        return Err(QuotesError::DayIsOver);
    }
    let how = if by_mail.is_some() { AnswerDoor::Mail } else { AnswerDoor::Agent };
    let line = Audit::by(desk.now(), by, "quotes.answer_recorded").on("quote", row.id.0);
    let line = line.with(serde_json::json!({ "answer": answered.answer, "how": how, "entry": by_mail }));
    let given = Given { answered: &answered, how, actor: by.actor(), contact: row.contact_id, by_mail };
    decide(tx, desk, row, given, &line).await
}

struct Given<'a> {
    answered: &'a Answered,
    how: AnswerDoor,
    actor: Actor,
    contact: Option<ContactId>,
    by_mail: Option<EntryId>,
}

async fn decide(tx: &mut Tx, desk: &Desk, row: &QuoteRow, given: Given<'_>, line: &Audit) -> Result<(), QuotesError> {
    let Given { answered, how, actor, contact, by_mail } = given;
    let decided = Decided {
        answer: answered.answer,
        by: &answered.name,
        how,
        recorded_by: actor.agent(),
        reason: &answered.reason,
        at: desk.now(),
    };
    if store::decide(tx, row.id, &decided).await? == 0 {
        return Ok(());
    }
    let (quote_step, words) = match answered.answer {
        QuoteAnswer::Accepted => (QuoteStep::Accepted, "The quote is accepted"),
        QuoteAnswer::Declined => (QuoteStep::Declined, "The quote is declined"),
    };
    let moved = Moved { step: quote_step, actor, contact, text: &answered.reason, by: &answered.name, by_mail };
    step(tx, desk, row, moved).await?;
    if answered.answer == QuoteAnswer::Accepted {
        drop_drafts(tx, desk, row).await?;
    }
    audit(tx, line).await?;
    tell_sales(tx, desk, row, words, actor.agent()).await
}

/// Once a version is accepted, another that is still written is not needed.
async fn drop_drafts(tx: &mut Tx, desk: &Desk, row: &QuoteRow) -> Result<(), QuotesError> {
    for other in store::versions(&mut *tx, row.series_id).await? {
        if other.id != row.id && other.state.is_in_work() {
            store::set_state(tx, other.id, QuoteState::Withdrawn, desk.now()).await?;
            step(tx, desk, &other, Moved::by_desk(QuoteStep::Withdrawn)).await?;
        }
    }
    Ok(())
}
