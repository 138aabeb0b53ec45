//! What is done with calls: one verb, one transaction each.
mod announce;
mod answer;
mod confirm;
mod log;
mod numbers;

pub use announce::*;
pub use answer::*;
pub use confirm::*;
pub use log::*;
pub use numbers::*;

use super::store::{self, CallRow};
use super::{CallId, CallState, PhoneError};
use crate::cases::actions as cases;
use crate::cases::{Call, CallStep, CaseId, EntryId};
use crate::customers::ContactId;
use crate::db::Tx;
use crate::desk::Desk;
use crate::staff::{Actor, Viewer};

/// The call, where the viewer may see it: on a case of theirs, or running and their own.
pub async fn visible(desk: &Desk, by: &Viewer, id: CallId) -> Result<CallRow, PhoneError> {
    let row = store::call(desk.db(), id).await?.ok_or(PhoneError::NoCall(id))?;
    seen(row, by)
}

fn seen(row: CallRow, by: &Viewer) -> Result<CallRow, PhoneError> {
    let shown = match row.case_id {
        Some(_) => by.can_see(row.case_team) || (row.root_id.is_some() && by.can_see(row.root_team)),
        None => row.agent_id == Some(by.id),
    };
    if shown { Ok(row) } else { Err(PhoneError::NoCall(row.id)) }
}

/// A step that ends the question whether the call was as written.
struct Ended<'a> {
    state: CallState,
    step: CallStep,
    actor: Actor,
    contact: Option<ContactId>,
    text: &'a str,
    by_mail: Option<EntryId>,
}

/// Writes the step onto the case, which is unconfirmed no longer when this was its last open call.
async fn end(tx: &mut Tx, desk: &Desk, call: &CallRow, ended: Ended<'_>) -> Result<(), PhoneError> {
    let case: CaseId = call.case_id.ok_or(PhoneError::NotLogged)?;
    store::set_state(tx, call.id, ended.state, desk.now()).await?;
    let still = if ended.state.is_unconfirmed() { CallId(0) } else { call.id };
    let step = cases::Step {
        actor: ended.actor,
        contact: ended.contact,
        text: ended.text,
        details: Call {
            call: call.id.0,
            step: ended.step,
            number: String::new(),
            started_at: None,
            ended_at: None,
            by_mail: ended.by_mail,
        },
        unconfirmed_since: store::unconfirmed_since(&mut *tx, case, still).await?,
    };
    cases::call_step(tx, desk, case, step).await?;
    Ok(())
}
