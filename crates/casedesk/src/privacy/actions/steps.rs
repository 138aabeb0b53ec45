//! The steps of an erasure. Each says where it goes on, or that it is over.
use bytes::Bytes;

use super::case::{erase_case, json};
use super::erase::Known;
use super::files::let_go;
use crate::cases::store as case_store;
use crate::cases::{EntryData, EntryId, actions as case_actions};
use crate::db::Tx;
use crate::desk::Desk;
use crate::files::FilesError;
use crate::mail;
use crate::privacy::rules::{self, Scrub};
use crate::privacy::store::{self, Left, NAMED, PLACES, SAID};
use crate::privacy::{PrivacyError, Subject};

/// How many cases, entries, mails one run looks at.
const CASES: i64 = 10;
const SPAN: i64 = 2_000;
const MAILS: i64 = 50;
/// How many addresses one statement looks for.
const ADDRESSES: usize = 50;

/// Whether there may be more.
pub(super) async fn cases(desk: &Desk, known: &Known) -> Result<bool, PrivacyError> {
    let cases = store::next_cases(desk.db(), known.subject, CASES).await?;
    for case in &cases {
        let mut tx = desk.db().begin().await?;
        let taken = erase_case(&mut tx, desk, known, *case).await?;
        let_go(&mut tx, desk, taken.files).await?;
        tx.commit().await?;
        for block in &taken.blocks {
            desk.files().delete_block(block).await?;
        }
    }
    Ok(!cases.is_empty())
}

/// Entries of cases that they took no part in, as when they were a blind copy.
pub(super) async fn entries(desk: &Desk, known: &Known, after: i64) -> Result<Option<i64>, PrivacyError> {
    let (newest, _) = store::newest(desk.db()).await?;
    if after >= newest {
        return Ok(None);
    }
    for words in known.words.chunks(ADDRESSES) {
        let (from, to) = (EntryId(after), EntryId(after + SPAN));
        for entry in store::entries_naming(desk.db(), words, from, to).await? {
            let mut tx = desk.db().begin().await?;
            scrub_entry(&mut tx, desk, known, entry).await?;
            tx.commit().await?;
        }
    }
    Ok(Some(after + SPAN))
}

/// The source of such a message goes too, since it says the same.
async fn scrub_entry(tx: &mut Tx, desk: &Desk, known: &Known, entry: EntryId) -> Result<(), PrivacyError> {
    let Some(row) = case_store::entry(&mut *tx, entry).await? else { return Ok(()) };
    let scrub = known.addresses();
    let mut data = row.data()?;
    let subject = store::mail_subject(&mut *tx, entry).await?;
    let (before, mut after) = (json_value(&data)?, json_value(&data)?);
    scrub.json(&mut after);
    let texts = [Some(&row.text), row.failure.as_ref(), subject.as_ref()];
    if before == after && !texts.into_iter().flatten().any(|text| scrub.finds_in(text)) {
        return Ok(()); // a longer address has this one in it
    }
    let delivery = rules::without_source(&mut data, row.delivery, &known.circle);
    let (text, data) = (scrub.text(&row.text), scrub.stored(&json(&data)?));
    let failure = row.failure.as_deref().map(|failure| scrub.text(failure));
    let left = Left { id: entry, text: &text, data: &data, failure: failure.as_deref(), delivery, nobodys: false };
    store::rewrite_entry(tx, &left).await?;
    let files = store::mail_files(&mut *tx, entry).await?;
    if let Some(subject) = subject {
        store::strip_message(tx, entry, &scrub.text(&subject), desk.now()).await?;
    }
    let_go(tx, desk, files).await?;
    case_actions::index_again(tx, entry).await?;
    Ok(())
}

fn json_value(data: &EntryData) -> Result<serde_json::Value, PrivacyError> {
    Ok(serde_json::to_value(data).map_err(|error| crate::db::Error::Encode(error.into()))?)
}

pub(super) async fn events(desk: &Desk, known: &Known, after: i64) -> Result<Option<i64>, PrivacyError> {
    let (_, newest) = store::newest(desk.db()).await?;
    if after >= newest {
        return Ok(None);
    }
    let scrub = known.addresses();
    let mut tx = desk.db().begin().await?;
    for words in known.words.chunks(ADDRESSES) {
        for (id, data) in store::events_naming(&mut tx, words, after, after + SPAN).await? {
            store::rewrite_event(&mut tx, id, &scrub.stored(&data)).await?;
        }
    }
    tx.commit().await?;
    Ok(Some(after + SPAN))
}

/// Copies, mail of machines, what was set aside: whatever names one of their addresses loses its bytes.
pub(super) async fn unfiled(desk: &Desk, known: &Known, after: i64) -> Result<Option<i64>, PrivacyError> {
    let mails = store::unfiled(desk.db(), after, MAILS).await?;
    let finder = Scrub::addresses(known.circle.addresses.iter().cloned());
    for one in &mails {
        let raw: Bytes = match (&one.raw, &one.digest) {
            (Some(raw), _) => raw.clone().into(),
            (None, Some(digest)) => match desk.files().get(digest).await {
                Err(FilesError::Missing(_)) => Bytes::new(),
                read => read?,
            },
            (None, None) => continue,
        };
        let text = String::from_utf8_lossy(&raw);
        // What somebody else wrote, and waits to be looked at, is theirs.
        let text = if one.quarantined { rules::author_lines(&text) } else { text.into_owned() };
        if finder.finds_in(&format!("{}\n{text}", one.envelope)) {
            // One that cannot be read is taken in by nobody.
            let fingerprint = mail::actions::fingerprint(desk, raw).await.ok();
            let mut tx = desk.db().begin().await?;
            if let Some(fingerprint) = fingerprint {
                store::remember_fingerprint(&mut tx, &fingerprint, desk.now()).await?;
            }
            store::empty_unfiled(&mut tx, one.id).await?;
            let_go(&mut tx, desk, one.digest.iter().cloned().collect()).await?;
            tx.commit().await?;
        }
    }
    Ok(mails.last().map(|last| last.id))
}

/// What waits to become something of theirs again, and what their own organisation says of them.
pub(super) async fn waiting(desk: &Desk, known: &Known) -> Result<Option<i64>, PrivacyError> {
    let mut tx = desk.db().begin().await?;
    let files = forget_waiting(&mut tx, known).await?;
    let_go(&mut tx, desk, files).await?;
    tx.commit().await?;
    if matches!(known.subject, Subject::Contact(_)) {
        colleagues(desk, known).await?;
    }
    Ok(None)
}

/// Forms, jobs, calls that are being written down, sheets that were not taken over: the files of the forms.
async fn forget_waiting(tx: &mut Tx, known: &Known) -> Result<Vec<String>, PrivacyError> {
    let mut files = Vec::new();
    for address in &known.circle.addresses {
        files.extend(store::forget_forms(tx, address).await?);
        store::forget_jobs(tx, address).await?;
    }
    let named = known.addresses().with_whole_names(known.names.iter().map(String::as_str));
    for (id, draft) in store::call_drafts(&mut *tx).await? {
        if named.finds_in(&draft) || rules::is_with(&draft, &known.circle) {
            store::empty_call_draft(tx, id).await?;
        }
    }
    let mut after = 0;
    while let Some((id, bytes)) = store::waiting_imports(&mut *tx, after).await?.pop() {
        if rules::texts_of(&bytes).iter().any(|text| named.finds_in(text)) {
            store::delete_import(tx, id).await?;
        }
        after = id;
    }
    Ok(files)
}

/// What the file of a person's organisation says of them by name.
async fn colleagues(desk: &Desk, known: &Known) -> Result<(), PrivacyError> {
    let contacts: Vec<_> = known.circle.contacts.iter().copied().collect();
    let (organisations, others) = store::around(desk.db(), &contacts).await?;
    let names = || known.names.iter().map(String::as_str);
    let in_sentences = known.addresses().with_names(names(), others.iter().map(String::as_str));
    let in_values = known.addresses().with_whole_names(names());
    for of in organisations {
        for what in SAID {
            let scrub = if what.value { &in_values } else { &in_sentences };
            let mut after = 0;
            loop {
                let mut tx = desk.db().begin().await?;
                let texts = store::said(&mut tx, *what, of, after).await?;
                let Some((last, _)) = texts.last() else { break };
                after = *last;
                for (id, text) in &texts {
                    if let Some(left) = scrub.rewritten(text) {
                        store::rewrite_said(&mut tx, *what, *id, &left).await?;
                    }
                }
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

/// Every other text in which an address or a number stands; where programs wrote, a whole name too.
pub(super) async fn places(desk: &Desk, known: &Known, after: i64) -> Result<Option<i64>, PrivacyError> {
    let at = usize::try_from(after).unwrap_or(usize::MAX);
    let names: Vec<String> = known.names.iter().filter(|name| name.contains(' ')).map(|n| n.to_lowercase()).collect();
    let (place, words, scrub) = match (PLACES.get(at), NAMED.get(at.saturating_sub(PLACES.len()))) {
        (Some(place), _) => (*place, &known.words, known.addresses()),
        (None, Some(place)) => {
            (*place, &names, Scrub::default().with_whole_names(known.names.iter().map(String::as_str)))
        }
        (None, None) => return Ok(None),
    };
    let mut tx = desk.db().begin().await?;
    for words in words.chunks(ADDRESSES) {
        for text in store::texts_naming(&mut tx, place, words).await? {
            if let Some(left) = scrub.rewritten(&text) {
                let entries = store::known_by_text(&mut tx, place, &text).await?;
                store::rewrite_texts(&mut tx, place, &text, &left).await?;
                for entry in entries {
                    case_actions::index_again(&mut tx, entry).await?;
                }
            }
        }
    }
    tx.commit().await?;
    Ok(Some(after + 1))
}

/// At the very end the people themselves: all of it or nothing.
pub(super) async fn rest(desk: &Desk, known: &Known) -> Result<Option<i64>, PrivacyError> {
    let mut tx = desk.db().begin().await?;
    tx.lock("mail.filing").await?;
    // Mail of theirs may have come in meanwhile.
    if !store::next_cases(&mut tx, known.subject, 1).await?.is_empty() {
        drop(tx);
        cases(desk, known).await?;
        return Ok(Some(0));
    }
    let kept = store::kept(&mut tx, known.subject).await?;
    let files = forget_waiting(&mut tx, known).await?;
    for (request, archive) in store::archives_of(&mut tx, known.subject).await? {
        desk.files().remove_archive(&archive).await?;
        store::archive_is_gone(&mut tx, request).await?;
    }
    store::end_exports(&mut tx, known.subject, desk.now()).await?;
    store::lock_out(&mut tx, known.subject).await?;
    store::forget_calls(&mut tx, known.subject, &known.numbers).await?;
    store::empty_values(&mut tx, known.subject).await?;
    store::forget_merges(&mut tx, known.subject).await?;
    store::delete_contacts(&mut tx, known.subject).await?;
    store::delete_organisation(&mut tx, known.subject, kept.keeps_organisation()).await?;
    let_go(&mut tx, desk, files).await?;
    tx.commit().await?;
    Ok(None)
}
