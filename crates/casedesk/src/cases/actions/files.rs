//! Files on their way to an entry, and their words for the search.
use super::{ReceivedFile, index};
use crate::cases::jobs::IndexFiles;
use crate::cases::store::{self, Attachment, EntryRow};
use crate::cases::{CaseId, CasesError, Delivery, EntryData, EntryId, EntryKind, PersonRole};
use crate::customers::Person;
use crate::db::Tx;
use crate::desk::Desk;
use crate::files::text;
use crate::web::upload::Uploaded;
use crate::{queue, search};

/// Puts files into the store, ready for an entry.
pub async fn keep_files(desk: &Desk, files: Vec<Uploaded>) -> Result<Vec<ReceivedFile>, crate::files::FilesError> {
    let mut kept = Vec::with_capacity(files.len());
    for file in files {
        kept.push(ReceivedFile {
            size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            shows_inline: casedesk_mail::shows_inline(&file.content_type, &file.bytes),
            digest: desk.files().put(file.bytes).await?,
            name: file.name,
            content_type: file.content_type,
            content_id: None,
        });
    }
    Ok(kept)
}

/// The most text of all files of one entry that is indexed, in bytes.
const MOST: usize = 200_000;

/// Reads the entry's files and indexes it again, with their names and words.
pub async fn index_files(desk: &Desk, entry: EntryId) -> Result<(), CasesError> {
    let files = store::files_of_entries(desk.db(), &[entry]).await?;
    let mut words: String = files.iter().map(|file| format!("{} ", file.name)).collect();
    for file in &files {
        if words.len() < MOST
            && let Some(read) = read(desk, file).await?
        {
            words.push_str(&read);
            words.push('\n');
        }
    }
    let mut tx = desk.db().begin().await?;
    // Read again: it may have moved to another case meanwhile.
    let Some(row) = store::entry(&mut tx, entry).await? else { return Ok(()) };
    put(&mut tx, &row, &words).await?;
    tx.commit().await?;
    Ok(())
}

/// How many entries of a case are indexed in one go.
const BATCH: i64 = 100;

/// Indexes the entries of a case behind `after` again; where the next run goes on.
pub async fn index_case(desk: &Desk, case: CaseId, after: EntryId) -> Result<Option<EntryId>, CasesError> {
    let mut tx = desk.db().begin().await?;
    let entries = store::entries_behind(&mut tx, case, after, BATCH).await?;
    for entry in &entries {
        index_again(&mut tx, *entry).await?;
    }
    tx.commit().await?;
    Ok(entries.last().copied())
}

/// Indexes an entry again after its words were changed: at once without those of its files, which a job adds.
pub async fn index_again(tx: &mut Tx, entry: EntryId) -> Result<(), CasesError> {
    let Some(row) = store::entry(&mut *tx, entry).await? else { return Ok(()) };
    if row.kind == EntryKind::Change || row.delivery == Some(Delivery::Cancelled) {
        return Ok(search::remove(tx, entry.0).await?);
    }
    let files = store::files_of_entries(&mut *tx, &[entry]).await?;
    let names: String = files.iter().map(|file| format!("{} ", file.name)).collect();
    put(tx, &row, &names).await?;
    if !files.is_empty() {
        queue::enqueue(tx, &IndexFiles { entry }, row.at).await?;
    }
    Ok(())
}

async fn put(tx: &mut Tx, row: &EntryRow, words: &str) -> Result<(), CasesError> {
    let case = store::case(&mut *tx, row.case_id).await?.ok_or(CasesError::NoCase(row.case_id))?;
    let known = store::people(&mut *tx, row.case_id).await?;
    let taking_part = |person: &Person| {
        known.iter().any(|known| known.address == person.address && known.role != PersonRole::Removed)
    };
    let people = people(row)?.into_iter().filter(taking_part);
    let people: Vec<String> = people.map(|p| format!("{} {}", p.name.unwrap_or_default(), p.address)).collect();
    let (people, text) = match row.data()? {
        // As `quote_step` has it.
        EntryData::Quote(of) => (of.by, format!("{} {} {} {}", of.key, of.title, of.total, row.text)),
        _ => (people.join(" "), row.text.clone()),
    };
    index(tx, &case, row.id, row.case_id, &text, &people, words).await
}

async fn read(desk: &Desk, file: &Attachment) -> Result<Option<String>, CasesError> {
    let Some(kind) = text::Kind::of(&file.content_type, &file.name) else { return Ok(None) };
    if file.size > text::MOST_BYTES {
        return Ok(None);
    }
    let bytes = desk.files().get(&file.digest).await?;
    Ok(text::extract(kind, bytes, &desk.config().search.pdf_reader).await)
}

/// Who wrote it or was written to.
fn people(row: &EntryRow) -> Result<Vec<Person>, CasesError> {
    Ok(match row.data()? {
        EntryData::Incoming(details) => details.from.into_iter().chain(details.to).chain(details.cc).collect(),
        EntryData::Outgoing(details) => details.to.into_iter().chain(details.cc).chain(details.bcc).collect(),
        EntryData::Note { .. } | EntryData::Change(_) | EntryData::Call(_) | EntryData::Quote(_) => vec![],
    })
}
