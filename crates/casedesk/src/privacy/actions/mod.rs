//! What is done for a request: looked at, asked for, written, handed out, removed.
mod case;
mod erase;
mod export;
mod files;
mod papers;
mod steps;

pub use erase::*;
pub use export::*;
pub use files::*;

use super::rules::{self, Cases, Counts, Item, Kept};
use super::store::{self, Request};
use super::{PrivacyError, RequestId, RequestKind, RequestState, Subject, jobs};
use crate::customers;
use crate::db::{Read, Tx};
use crate::desk::Desk;
use crate::queue;
use crate::staff::{Actor, Audit, Viewer, actions::audit};

/// What is kept about somebody, in figures, and what of it has to stay.
#[derive(Clone, Debug)]
pub struct Survey {
    pub name: String,
    /// The organisation that a contact is at.
    pub at: Option<String>,
    pub contacts: usize,
    pub cases: Cases,
    pub counts: Counts,
    pub kept: Kept,
}

impl Survey {
    pub fn goes(&self) -> Vec<Item> {
        rules::goes(self.counts, self.cases, self.contacts)
    }

    pub fn stays(&self) -> Vec<Item> {
        rules::stays(self.counts, self.cases, self.kept)
    }
}

pub async fn survey(desk: &Desk, subject: Subject) -> Result<Survey, PrivacyError> {
    let db = desk.db();
    let name = name(db, subject).await?;
    let at = match subject {
        Subject::Contact(id) => {
            match customers::store::contact(db, id).await?.and_then(|found| found.organisation_id) {
                Some(organisation) => customers::store::organisation(db, organisation).await?.map(|found| found.name),
                None => None,
            }
        }
        Subject::Organisation(_) => None,
    };
    Ok(Survey {
        name,
        at,
        contacts: store::contacts(db, subject).await?.len(),
        cases: Cases { all: store::count_cases(db, subject).await?, shared: store::count_shared(db, subject).await? },
        counts: store::counts(db, subject).await?,
        kept: store::kept(db, subject).await?,
    })
}

async fn name(on: impl Read, subject: Subject) -> Result<String, PrivacyError> {
    store::name(on, subject).await?.ok_or(PrivacyError::NoSubject(subject.kind()))
}

/// Asks for a copy of what is kept.
pub async fn ask_export(desk: &Desk, by: &Viewer, subject: Subject, notes: bool) -> Result<RequestId, PrivacyError> {
    let mut tx = desk.db().begin().await?;
    name(&mut tx, subject).await?;
    let id = ask(&mut tx, desk, by, (RequestKind::Export, subject, notes)).await?;
    queue::enqueue(&mut tx, &jobs::Export { request: id }, desk.now()).await?;
    tx.commit().await?;
    Ok(id)
}

async fn ask(
    tx: &mut Tx,
    desk: &Desk,
    by: &Viewer,
    (kind, subject, notes): (RequestKind, Subject, bool),
) -> Result<RequestId, PrivacyError> {
    tx.lock("privacy.request").await?;
    let earlier = store::requests(&mut *tx, Some(subject), None, 100).await?;
    if earlier.iter().any(|one| one.state == RequestState::Running) {
        return Err(PrivacyError::UnderWay);
    }
    let id = store::insert_request(tx, kind, subject, notes, by.id, desk.now()).await?;
    let action = match kind {
        RequestKind::Export => "privacy.export_asked",
        RequestKind::Erasure => "privacy.erasure_asked",
    };
    let line = Audit::by(desk.now(), by, action).on(subject.kind().as_str(), subject.number());
    audit(tx, &line.with(serde_json::json!({ "request": id, "notes": notes }))).await?;
    Ok(id)
}

/// A line of the audit log about a request, that the desk itself writes.
async fn note(tx: &mut Tx, desk: &Desk, request: &Request, action: &'static str) -> Result<(), PrivacyError> {
    let line = Audit::new(desk.now(), Actor::System, action).on(request.subject_kind.as_str(), request.subject_id);
    audit(tx, &line.with(serde_json::json!({ "request": request.id }))).await?;
    Ok(())
}

/// No further try is made; what went wrong stands with it.
pub async fn give_up(desk: &Desk, id: RequestId, error: &str) -> Result<(), PrivacyError> {
    let mut tx = desk.db().begin().await?;
    let Some(request) = store::request(&mut tx, id).await? else { return Ok(()) };
    if store::end(&mut tx, id, RequestState::Failed, error, desk.now()).await? == 1 {
        note(&mut tx, desk, &request, "privacy.given_up").await?;
    }
    tx.commit().await?;
    Ok(())
}
