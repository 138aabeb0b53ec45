//! The form behind a link: opened when its mail is posted, withdrawn by an agent.
use std::time::Duration;

use crate::cases::actions as cases;
use crate::cases::store as case_store;
use crate::cases::{CaseId, EntryData, EntryId, LINK_TO_FORM};
use crate::customers;
use crate::desk::Desk;
use crate::details::store::{self, NewRequest, Request};
use crate::details::{DetailsError, Holder, RequestId};
use crate::kit::secrets::sha256_hex;
use crate::staff::actions::{Limit, audit, take};
use crate::staff::{Audit, Viewer};
use crate::web::client::Client;

const DAY: u64 = 24 * 3600;
const DEAD_LINKS: Limit = Limit::new("details-dead-link", 20, Duration::from_secs(30));

/// Opens the form of a mail that asks for details; once, however often it is asked for.
pub async fn open(desk: &Desk, entry: EntryId) -> Result<(), DetailsError> {
    let mut tx = desk.db().begin().await?;
    let Some(row) = case_store::entry(&mut tx, entry).await? else { return Ok(()) };
    let EntryData::Outgoing(details) = row.data()? else { return Ok(()) };
    let (Some(link), Some(asks)) = (details.private_link, details.asks) else { return Ok(()) };
    let Some(to) = details.to.first().filter(|_| link.path == LINK_TO_FORM) else { return Ok(()) };
    let contact = customers::actions::contact_for(&mut tx, desk, to, desk.now()).await?;
    let now = desk.now();
    let new = NewRequest {
        entry,
        digest: &sha256_hex(link.token(desk).as_bytes()),
        contact: contact.id,
        address: &to.address,
        asked: &asks.details.join(" "),
        created_at: now,
        expires_at: now.plus(Duration::from_secs(desk.config().details.link_days * DAY)),
    };
    store::insert(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(())
}

/// Who holds this link. Tries at links that do not exist are counted.
pub async fn holder(desk: &Desk, token: &str, client: &Client) -> Result<Holder, DetailsError> {
    let found = store::live(desk.db(), &sha256_hex(token.as_bytes()), desk.now()).await?;
    let Some(request) = found else {
        take(desk, &[(DEAD_LINKS, &client.network())]).await?;
        return Err(DetailsError::DeadLink);
    };
    let contact = customers::store::contact(desk.db(), request.contact_id).await?.ok_or(DetailsError::DeadLink)?;
    Ok(Holder { request, contact })
}

/// The forms of a case that the viewer may see.
pub async fn of_case(desk: &Desk, by: &Viewer, case: CaseId) -> Result<Vec<Request>, DetailsError> {
    cases::may_read(desk, by, case).await?;
    Ok(store::of_case(desk.db(), case).await?)
}

/// The same for a program; the audit log has it.
pub async fn read_of_case(desk: &Desk, by: &Viewer, case: CaseId) -> Result<Vec<Request>, DetailsError> {
    let requests = of_case(desk, by, case).await?;
    if let Some(case) = case_store::case(desk.db(), case).await? {
        cases::note_details_read(desk, by, &case).await?;
    }
    Ok(requests)
}

/// One of them.
pub async fn request_of(desk: &Desk, by: &Viewer, case: CaseId, id: RequestId) -> Result<Request, DetailsError> {
    cases::may_read(desk, by, case).await?;
    store::request_of(desk.db(), case, id).await?.ok_or(DetailsError::Missing("form"))
}

/// From now on the link leads to nothing.
pub async fn revoke(desk: &Desk, by: &Viewer, case: CaseId, id: RequestId) -> Result<(), DetailsError> {
    let request = request_of(desk, by, case, id).await?;
    let mut tx = desk.db().begin().await?;
    if store::revoke(&mut tx, request.id, desk.now()).await? == 0 {
        return Err(DetailsError::Missing("link that is good"));
    }
    audit(&mut tx, &Audit::by(desk.now(), by, "details.link_revoked").on("case", request.case_id.0)).await?;
    tx.commit().await?;
    Ok(())
}
