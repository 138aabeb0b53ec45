//! From a request to an archive, and until that is gone.
use std::pin::pin;
use std::time::Duration;

use super::note;
use crate::desk::Desk;
use crate::files::{FilesError, Pieces};
use crate::kit::Day;
use crate::privacy::archive::Archive;
use crate::privacy::jobs::Expire;
use crate::privacy::parts::{self, Order};
use crate::privacy::store::{self, Request};
use crate::privacy::{PrivacyError, RequestId, RequestKind, RequestState};
use crate::queue;
use crate::staff::{Audit, Viewer, actions::audit};

const DAY: Duration = Duration::from_hours(24);
/// A run is heard of so often, and given up for dead when it was not heard of for so long.
const BEAT: Duration = Duration::from_secs(30);
const DEAD_AFTER: Duration = Duration::from_mins(5);

/// Writes the archive, when it is asked for and no other run does.
pub async fn run_export(desk: &Desk, id: RequestId) -> Result<(), PrivacyError> {
    let Some(request) = store::request(desk.db(), id).await? else { return Ok(()) };
    if request.state != RequestState::Running || request.kind != RequestKind::Export {
        return Ok(());
    }
    let mut tx = desk.db().begin().await?;
    if store::take_run(&mut tx, id, desk.now(), desk.now().minus(DEAD_AFTER)).await? == 0 {
        return Err(PrivacyError::Elsewhere);
    }
    tx.commit().await?;
    // One name for each request: a run that broke off leaves nothing that the next one does not write over.
    let name = format!("{id}.zip");
    let size = match heard(desk, id, written(desk, &request, &name)).await {
        Ok(size) => size,
        Err(error) => {
            let mut tx = desk.db().begin().await?;
            store::let_go(&mut tx, id).await?;
            tx.commit().await?;
            return Err(error);
        }
    };
    let (now, size) = (desk.now(), i64::try_from(size).unwrap_or(i64::MAX));
    let expires_at = now.plus(DAY * desk.config().privacy.export_days);
    let mut tx = desk.db().begin().await?;
    if store::archive_is_ready(&mut tx, id, &name, size, now, expires_at).await? == 0 {
        drop(tx);
        return Ok(desk.files().remove_archive(&name).await?);
    }
    queue::enqueue(&mut tx, &Expire { request: id }, expires_at).await?;
    note(&mut tx, desk, &request, "privacy.export_ready").await?;
    tx.commit().await?;
    Ok(())
}

/// Lets it be known that the work goes on, until it is over.
async fn heard<T>(
    desk: &Desk,
    id: RequestId,
    work: impl Future<Output = Result<T, PrivacyError>>,
) -> Result<T, PrivacyError> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(BEAT) => {}
        }
        let mut tx = desk.db().begin().await?;
        store::hear(&mut tx, id, desk.now()).await?;
        tx.commit().await?;
    }
}

async fn written(desk: &Desk, request: &Request, name: &str) -> Result<u64, PrivacyError> {
    let order = Order::load(desk, request).await?;
    let mut archive = Archive::begin(desk, name);
    for part in 0..parts::COUNT {
        parts::write(part, desk, &order, &mut archive).await?;
    }
    archive.finish().await
}

/// The archive for an administrator: what to call it, its size, what it holds. That it was fetched is in the audit log.
pub async fn download(desk: &Desk, by: &Viewer, id: RequestId) -> Result<(String, u64, Pieces), PrivacyError> {
    let request = store::request(desk.db(), id).await?.ok_or(PrivacyError::NoRequest)?;
    let name = request.archive.as_deref().ok_or(PrivacyError::NoArchive)?;
    let (size, pieces) = desk.files().archive(name).await.map_err(|error| match error {
        // It was removed just now, and the note of that comes.
        FilesError::Missing(_) => PrivacyError::NoArchive,
        error => error.into(),
    })?;
    let mut tx = desk.db().begin().await?;
    let line = Audit::by(desk.now(), by, "privacy.export_downloaded");
    let line = line.on(request.subject_kind.as_str(), request.subject_id);
    audit(&mut tx, &line.with(serde_json::json!({ "request": id }))).await?;
    tx.commit().await?;
    let day = Day::of(request.created_at, &desk.config().desk.time_zone);
    Ok((format!("export-{}-{}-{day}.zip", request.subject_kind, request.subject_id), size, pieces))
}

/// Removes the archive before its time.
pub async fn discard(desk: &Desk, by: &Viewer, id: RequestId) -> Result<(), PrivacyError> {
    let request = store::request(desk.db(), id).await?.ok_or(PrivacyError::NoRequest)?;
    let name = request.archive.as_deref().ok_or(PrivacyError::NoArchive)?;
    let mut tx = desk.db().begin().await?;
    if store::archive_is_gone(&mut tx, id).await? == 0 {
        return Err(PrivacyError::NoArchive);
    }
    let line = Audit::by(desk.now(), by, "privacy.export_removed");
    let line = line.on(request.subject_kind.as_str(), request.subject_id);
    audit(&mut tx, &line.with(serde_json::json!({ "request": id }))).await?;
    // The file first: should the commit fail, the job at its end comes back to it.
    desk.files().remove_archive(name).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an archive whose time is over. Twice is as once.
pub async fn expire(desk: &Desk, id: RequestId) -> Result<(), PrivacyError> {
    let Some(request) = store::request(desk.db(), id).await? else { return Ok(()) };
    let Some(name) = request.archive.as_deref() else { return Ok(()) };
    desk.files().remove_archive(name).await?;
    let mut tx = desk.db().begin().await?;
    if store::archive_is_gone(&mut tx, id).await? == 1 {
        note(&mut tx, desk, &request, "privacy.export_expired").await?;
    }
    tx.commit().await?;
    Ok(())
}
