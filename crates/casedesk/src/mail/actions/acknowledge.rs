//! The receipt for a new case: once, to a person, and only when the settings want it.
use crate::cases::rules as case_rules;
use crate::cases::store::{self as case_store, Case, NewEntry};
use crate::cases::{Delivery, EntryData, EntryId, EntryKind, Outgoing, PersonRole};
use crate::customers::{self, OrganisationKind, Person};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::mail::{MailError, rules, store};

const DAY: std::time::Duration = std::time::Duration::from_hours(24);
/// Sent while no template is chosen.
const DEFAULT: &str = "Your message has come in. Its number is {{case}}.\n\nAnswer to this mail to add something.";

/// Writes the receipt and puts it on the way, or does nothing when none is due.
pub async fn acknowledge(desk: &Desk, entry: EntryId) -> Result<(), MailError> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    let Some(row) = case_store::entry(&mut tx, entry).await?.filter(|row| row.kind == EntryKind::MailIn) else {
        return Ok(());
    };
    let Some(mut case) = case_store::lock_case(&mut tx, row.case_id).await? else { return Ok(()) };
    let requester = case_store::people(&mut tx, case.id).await?.into_iter().find(|p| p.role == PersonRole::Requester);
    let Some(requester) = requester.filter(|p| wanted_address(desk, &p.address)) else { return Ok(()) };
    if !wanted(&mut tx, desk, &case).await? {
        return Ok(());
    }
    let (today, on_case) = store::automatic_to(&mut tx, &requester.address, case.id, now.minus(DAY)).await?;
    let paused = customers::store::paused(&mut tx, &requester.address).await?;
    // Anybody may have typed the address of a form: it gets one receipt a day, and not under the name that they typed.
    let typed = row.data().is_ok_and(|data| matches!(data, EntryData::Incoming(details) if details.unproven));
    let most = desk.config().mail.automatic_per_day.min(if typed { 1 } else { i64::MAX });
    if let Some(reason) = rules::refuses_automatic(on_case, today, most, paused.as_deref()) {
        tracing::info!(case = case.id.0, reason, "no acknowledgement");
        return Ok(());
    }
    store::note_automatic(&mut tx, &requester.address, case.id, now).await?;
    let to = Person { name: requester.name.filter(|_| !typed), address: requester.address };
    write(&mut tx, desk, &mut case, to, now).await?;
    tx.commit().await?;
    Ok(())
}

fn wanted_address(desk: &Desk, address: &str) -> bool {
    let mail = &desk.config().mail;
    let ours = std::iter::once(&mail.from).chain(&mail.also_ours).chain(&mail.groups);
    !mail.from.is_empty() && !ours.into_iter().any(|own| own.eq_ignore_ascii_case(address))
}

async fn wanted(tx: &mut crate::db::Tx, desk: &Desk, case: &Case) -> Result<bool, MailError> {
    let settings = &desk.config().mail.acknowledge;
    let organisation = match case.organisation_id {
        Some(id) => customers::store::organisation(&mut *tx, id).await?,
        None => None,
    };
    Ok(match organisation.map(|o| o.kind) {
        Some(OrganisationKind::Customer) => settings.customers,
        _ => settings.prospects,
    })
}

async fn write(
    tx: &mut crate::db::Tx,
    desk: &Desk,
    case: &mut Case,
    to: Person,
    now: Timestamp,
) -> Result<(), MailError> {
    let chosen = case_store::acknowledgement(&mut *tx).await?;
    let body = chosen.as_ref().map_or(DEFAULT, |template| template.body.as_str());
    let number = format!("{}-{}", desk.config().desk.prefix, case.id);
    let text = case_rules::acknowledgement(body, &number);
    let details = Outgoing { to: vec![to], automatic: true, ..Outgoing::default() };
    let entry = NewEntry {
        case_id: case.id,
        kind: EntryKind::MailOut,
        agent_id: None,
        contact_id: None,
        at: now,
        text: &text,
        data: &EntryData::Outgoing(details),
        delivery: Some(Delivery::Pending),
        send_at: Some(now),
        client_id: None,
    };
    let entry = case_store::insert_entry(tx, &entry).await?;
    case.last_entry_id = case.last_entry_id.max(entry);
    case_store::update_case(tx, case).await?;
    crate::queue::enqueue(tx, &crate::mail::jobs::Deliver { entry }, now).await?;
    let event = crate::events::Event {
        topic: "case",
        id: case.id.0,
        kind: "acknowledged",
        team: case.team_id.map(|team| team.0),
        agent: None,
        at: now,
        data: serde_json::json!({ "entry": entry }),
    };
    desk.tell(tx, &event).await?;
    Ok(())
}
