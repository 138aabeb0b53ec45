//! Files that come by the form piece by piece, as the tus protocol has it (tus.io, version 1.0): any connection may go on
//! where the last one stopped. Of each file one block is in memory at the most.
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use tokio::sync::Semaphore;

use super::answer::file_message;
use crate::cases::actions::ReceivedFile;
use crate::desk::Desk;
use crate::details::jobs::PutTogether;
use crate::details::store::{self, NewUpload, Upload};
use crate::details::{DetailsError, Holder, UploadId, UploadState};
use crate::files::FilesError;
use crate::kit::{prose, secrets};
use crate::queue;
use crate::staff::actions::{Limit, take};

/// The size of a block in bytes. Every block of a file but the last has it.
pub const BLOCK: i64 = 4 * 1024 * 1024;
/// How many files one link takes.
const MOST_FILES: i64 = 40;
/// How long a connection may be silent before the file waits for another.
const SILENCE: Duration = Duration::from_secs(60);
const STARTS: Limit = Limit::new("details-upload", 20, Duration::from_secs(20));
const GOES_ON: Limit = Limit::new("details-upload-part", 600, Duration::from_millis(100));
/// How many files may come at once on this node: each takes two blocks of memory.
static COMING: Semaphore = Semaphore::const_new(32);

/// A file that is about to come.
pub struct Announced {
    pub name: String,
    pub content_type: String,
    pub size: i64,
}

/// Makes room for a file: what it is called in addresses.
pub async fn announce(desk: &Desk, holder: &Holder, file: Announced) -> Result<Upload, DetailsError> {
    let settings = &desk.config().details;
    take(desk, &[(STARTS, &holder.request.id.to_string())]).await?;
    if file.size < 1 {
        return Err(DetailsError::EmptyFile);
    }
    if file.size > settings.max_file {
        return Err(DetailsError::FileTooLarge(prose::bytes(settings.max_file)));
    }
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, holder.request.id).await?;
    let there = store::uploads(&mut tx, holder.request.id).await?;
    if i64::try_from(there.len()).is_ok_and(|count| count >= MOST_FILES) {
        return Err(DetailsError::TooManyFiles(MOST_FILES));
    }
    if there.iter().map(|one| one.size).sum::<i64>() + file.size > settings.max_total {
        return Err(DetailsError::TooMuch(prose::bytes(settings.max_total)));
    }
    let word = secrets::random_token();
    let new = NewUpload {
        word: &word,
        request: holder.request.id,
        name: &casedesk_mail::safe_name(&file.name),
        content_type: &file.content_type.chars().take(120).collect::<String>(),
        size: file.size,
        at: desk.now(),
    };
    let id = store::insert_upload(&mut tx, &new).await?;
    let upload = store::upload(&mut tx, id).await?.ok_or(DetailsError::Missing("file"))?;
    tx.commit().await?;
    Ok(upload)
}

/// A file of this form. One that belongs to another does not exist here.
pub async fn upload(desk: &Desk, holder: &Holder, word: &str) -> Result<Upload, DetailsError> {
    store::upload_of(desk.db(), holder.request.id, word).await?.ok_or(DetailsError::Missing("file"))
}

/// Takes the bytes of a file from `at` on, as many as come: how many are here then. It goes on to its end also when
/// whoever waits for it has gone, so that nothing is lost that has arrived.
pub async fn receive(desk: &Desk, holder: &Holder, word: &str, at: i64, body: Body) -> Result<i64, DetailsError> {
    take(desk, &[(GOES_ON, &holder.request.id.to_string())]).await?;
    let found = upload(desk, holder, word).await?;
    if found.received != at || found.state != UploadState::Coming {
        return Err(DetailsError::OtherPlace(found.received));
    }
    let place = COMING.try_acquire().map_err(|_| DetailsError::Busy)?;
    let (desk, body) = (desk.clone(), body.into_data_stream());
    let work = tokio::spawn(async move {
        let received = take_in(&desk, &found, body).await;
        drop(place);
        received
    });
    work.await.map_err(|broke| FilesError::Folder(std::io::Error::other(broke)))?
}

/// A connection that goes on with a file.
struct Coming<'a> {
    desk: &'a Desk,
    upload: &'a Upload,
    lease: String,
    /// How much of the file is stored.
    stored: i64,
    /// The block that is being filled; it begins where the last whole one ends.
    block: BytesMut,
}

async fn take_in(desk: &Desk, upload: &Upload, mut body: BodyDataStream) -> Result<i64, DetailsError> {
    let lease = secrets::random_token();
    let mut tx = desk.db().begin().await?;
    if store::lease(&mut tx, upload.id, upload.received, &lease, desk.now()).await? == 0 {
        return Err(DetailsError::TakenOver);
    }
    tx.commit().await?;
    let block = begun(desk, upload).await?;
    let mut coming = Coming { desk, upload, lease, stored: upload.received, block };
    loop {
        match tokio::time::timeout(SILENCE, body.next()).await {
            Ok(Some(Ok(bytes))) => coming.add(bytes).await?,
            Ok(None) => {
                coming.store().await?;
                return Ok(coming.stored);
            }
            Ok(Some(Err(_))) | Err(_) => {
                coming.store().await?;
                return Err(DetailsError::Cut);
            }
        }
    }
}

/// What is here already of the block that is begun. A file whose block is gone (it was restored from a backup) can only
/// come anew.
async fn begun(desk: &Desk, upload: &Upload) -> Result<BytesMut, DetailsError> {
    let have = usize::try_from(upload.received % BLOCK).unwrap_or(0);
    let mut block = BytesMut::with_capacity(usize::try_from(BLOCK.min(upload.size)).unwrap_or(0));
    if have == 0 {
        return Ok(block);
    }
    let bytes = match store::block(desk.db(), upload.id, upload.received / BLOCK).await? {
        Some(name) => match desk.files().block(&name).await {
            Ok(bytes) => Some(bytes),
            Err(FilesError::Missing(_)) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    let Some(bytes) = bytes.filter(|bytes| bytes.len() >= have) else {
        forget(desk, upload.id).await?;
        return Err(DetailsError::Missing("file"));
    };
    block.extend_from_slice(&bytes[..have]);
    Ok(block)
}

impl Coming<'_> {
    /// Where the bytes end that were taken, stored or not.
    fn end(&self) -> i64 {
        self.stored / BLOCK * BLOCK + i64::try_from(self.block.len()).unwrap_or(0)
    }

    async fn add(&mut self, mut bytes: Bytes) -> Result<(), DetailsError> {
        if self.end() + i64::try_from(bytes.len()).unwrap_or(i64::MAX) > self.upload.size {
            return Err(DetailsError::PastTheEnd);
        }
        while !bytes.is_empty() {
            let room = usize::try_from(BLOCK).unwrap_or(0) - self.block.len();
            let part = bytes.split_to(room.min(bytes.len()));
            self.block.extend_from_slice(&part);
            if self.block.len() == usize::try_from(BLOCK).unwrap_or(0) {
                self.store().await?;
            }
        }
        Ok(())
    }

    /// Stores the block as far as it is filled. From then on that much is here, whatever happens.
    async fn store(&mut self) -> Result<(), DetailsError> {
        let (place, end) = (self.stored / BLOCK, self.end());
        if end == self.stored {
            return Ok(());
        }
        let files = self.desk.files();
        let name = files.put_block(Bytes::copy_from_slice(&self.block)).await?;
        let before = match self.note(place, end, &name).await {
            Ok(before) => before,
            Err(error) => {
                files.delete_block(&name).await?;
                return Err(error);
            }
        };
        if let Some(before) = before {
            files.delete_block(&before).await?;
        }
        self.stored = end;
        if end % BLOCK == 0 {
            self.block.clear();
        }
        Ok(())
    }

    async fn note(&self, place: i64, end: i64, name: &str) -> Result<Option<String>, DetailsError> {
        let (desk, id) = (self.desk, self.upload.id);
        let mut tx = desk.db().begin().await?;
        if store::advance(&mut tx, id, &self.lease, end, desk.now()).await? == 0 {
            return Err(DetailsError::TakenOver);
        }
        let before = store::block(&mut tx, id, place).await?;
        store::set_block(&mut tx, id, place, name).await?;
        if end == self.upload.size {
            queue::enqueue(&mut tx, &PutTogether { upload: id }, desk.now()).await?;
        }
        tx.commit().await?;
        Ok(before)
    }
}

/// Makes one file of the blocks and puts it on the case; once, however often it is asked for.
pub async fn put_together(desk: &Desk, id: UploadId) -> Result<(), DetailsError> {
    let Some(upload) = store::upload(desk.db(), id).await?.filter(|one| one.state == UploadState::Whole) else {
        return Ok(());
    };
    let blocks = store::blocks(desk.db(), id).await?;
    let digest = desk.files().join(&blocks).await?;
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, upload.request_id).await?;
    if store::upload(&mut tx, id).await?.is_none_or(|now| now.state != UploadState::Whole) {
        return Ok(());
    }
    let request = store::request(&mut tx, upload.request_id).await?.ok_or(DetailsError::DeadLink)?;
    let contact = crate::customers::store::contact(&mut tx, request.contact_id).await?;
    let holder = Holder { contact: contact.ok_or(DetailsError::DeadLink)?, request: request.clone() };
    let file = ReceivedFile {
        name: upload.name.clone(),
        content_type: upload.content_type,
        size: upload.size,
        digest,
        shows_inline: false,
        content_id: None,
    };
    let text = format!("Sent by the form: {} ({})", upload.name, prose::bytes(upload.size));
    let filed = file_message(&mut tx, desk, &holder, &request, text, vec![file]).await?;
    store::keep_upload(&mut tx, id, filed.entry, desk.now()).await?;
    super::answer::say_progress(&mut tx, desk, &holder).await?;
    tx.commit().await?;
    for block in &blocks {
        desk.files().delete_block(block).await?;
    }
    Ok(())
}

/// Forgets a file that has not come as a whole.
pub async fn give_up(desk: &Desk, holder: &Holder, word: &str) -> Result<(), DetailsError> {
    let found = upload(desk, holder, word).await?;
    if forget(desk, found.id).await? { Ok(()) } else { Err(DetailsError::OtherPlace(found.received)) }
}

async fn forget(desk: &Desk, id: UploadId) -> Result<bool, DetailsError> {
    let mut tx = desk.db().begin().await?;
    let blocks = store::blocks(&mut tx, id).await?;
    if store::delete_upload(&mut tx, id).await? == 0 {
        return Ok(false);
    }
    tx.commit().await?;
    for block in &blocks {
        desk.files().delete_block(block).await?;
    }
    Ok(true)
}

/// When a file that nobody goes on with is forgotten.
pub fn expires_at(desk: &Desk, upload: &Upload) -> crate::kit::Timestamp {
    upload.touched_at.plus(Duration::from_secs(desk.config().details.upload_hours * 3600))
}

/// Forgets files that nobody has gone on with for long, and blocks that belong to no file.
pub async fn sweep(desk: &Desk) -> Result<(), DetailsError> {
    let life = Duration::from_secs(desk.config().details.upload_hours * 3600);
    for id in store::left(desk.db(), desk.now().minus(life)).await? {
        forget(desk, id).await?;
    }
    for name in desk.files().old_blocks(life * 2).await? {
        if !store::knows_block(desk.db(), &name).await? {
            desk.files().delete_block(&name).await?;
        }
    }
    Ok(())
}
