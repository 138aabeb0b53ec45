//! The promises on a case: kept here, and found by the room `clocks`, which knows how they come about.
use serde_json::json;

use super::{change_entry, record, tell};
use crate::cases::store::{self, Case, CaseClock, Due};
use crate::cases::{CasesError, Changed, EntryId, Promise};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::staff::Actor;

/// Keeps how the promises of a case stand, and what of them is due first; whether that is other than before. The
/// case is locked by the caller.
pub async fn keep_clocks(
    tx: &mut Tx,
    desk: &Desk,
    case: &Case,
    clocks: &[CaseClock],
    due: Option<Due>,
) -> Result<bool, CasesError> {
    let same = store::clocks(&mut *tx, case.id).await? == clocks && store::due(&mut *tx, case.id).await? == due;
    if same {
        return Ok(false);
    }
    store::delete_clocks(tx, case.id).await?;
    for clock in clocks {
        store::insert_clock(tx, case.id, clock).await?;
    }
    store::set_due(tx, case.id, due).await?;
    tell(tx, desk, case, "clocked", Actor::System, json!({})).await?;
    Ok(true)
}

/// A promise that is about to be broken, or is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub promise: Promise,
    pub due_at: Timestamp,
    pub breached: bool,
}

/// What the line of an alarm on the timeline is about.
pub const DUE_SOON: &str = "promise due soon";
pub const BROKEN: &str = "promise broken";

/// Writes an alarm on the timeline, and tells every page of those who may see the case.
pub async fn raise_alarm(tx: &mut Tx, desk: &Desk, case: &mut Case, alarm: Alarm) -> Result<EntryId, CasesError> {
    let (field, kind) = if alarm.breached { (BROKEN, "promise_breached") } else { (DUE_SOON, "promise_warned") };
    let (from, to) = (Some(alarm.promise.to_string()), Some(alarm.due_at.rfc3339()));
    let changed = Changed { field: field.into(), from, to, undo: None };
    let data = json!({ "changed": changed });
    let entry = change_entry(tx, case.id, Actor::System, changed, desk.now()).await?;
    record(tx, desk, case, entry, kind, Actor::System, data).await?;
    Ok(entry)
}
