//! What customers type into the form, field by field, what they send, and what an agent lets into the file.
use std::collections::BTreeMap;
use std::time::Duration;

use casedesk_details::Field;

use crate::cases::actions::{self as cases, Received, ReceivedFile};
use crate::cases::store as case_store;
use crate::cases::{CaseId, Door, Incoming};
use crate::customers::actions::{self as file, Given, Origin};
use crate::customers::{self, FieldSource, FieldValue, InstallationId, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::details::rules::{self, Fate, Input};
use crate::details::store::{self, Answer, Request};
use crate::details::{DetailsError, Holder, RequestId};
use crate::kit::prose;
use crate::staff::Viewer;
use crate::staff::actions::{Limit, take};
use crate::web::client::Client;

const SAVES: Limit = Limit::new("details-save", 240, Duration::from_millis(500));
const SENDS: Limit = Limit::new("details-send", 20, Duration::from_mins(1));

/// A field as somebody typed it, over the version that they saw.
pub struct Typed {
    pub input: Input,
    pub value: String,
    pub seen: i64,
}

/// A field that another page has changed meanwhile.
pub struct Clash {
    pub field: Field,
    pub value: String,
    pub version: i64,
}

/// What the form shows of the installation of its case, to somebody of the same organisation.
pub async fn known(desk: &Desk, holder: &Holder) -> Result<Vec<FieldValue>, DetailsError> {
    match own_installation(holder) {
        Some(id) => Ok(customers::store::current_values(desk.db(), id).await?),
        None => Ok(vec![]),
    }
}

/// The installation of the case, unless the link's holder belongs to another organisation than the case.
fn own_installation(holder: &Holder) -> Option<InstallationId> {
    holder.request.installation_id.filter(|_| is_own(holder))
}

fn is_own(holder: &Holder) -> bool {
    holder.contact.organisation_id.is_some() && holder.contact.organisation_id == holder.request.organisation_id
}

/// Keeps fields as they were typed. Those that another page has changed meanwhile are left as they are and returned.
pub async fn keep_typed(desk: &Desk, holder: &Holder, typed: Vec<Typed>) -> Result<Vec<Clash>, DetailsError> {
    take(desk, &[(SAVES, &holder.request.id.to_string())]).await?;
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, holder.request.id).await?;
    let mut clashes = Vec::new();
    for one in typed {
        match write(&mut tx, desk, holder, &one).await {
            Ok(_) => {}
            Err(DetailsError::ChangedElsewhere { value, version }) => {
                clashes.push(Clash { field: one.input.field, value, version });
            }
            Err(error) => return Err(error),
        }
    }
    say_progress(&mut tx, desk, holder).await?;
    tx.commit().await?;
    Ok(clashes)
}

/// Keeps one field: its version from now on.
pub async fn keep_field(desk: &Desk, holder: &Holder, typed: &Typed) -> Result<i64, DetailsError> {
    take(desk, &[(SAVES, &holder.request.id.to_string())]).await?;
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, holder.request.id).await?;
    let version = write(&mut tx, desk, holder, typed).await?;
    say_progress(&mut tx, desk, holder).await?;
    tx.commit().await?;
    Ok(version)
}

async fn write(tx: &mut Tx, desk: &Desk, holder: &Holder, typed: &Typed) -> Result<i64, DetailsError> {
    let (id, field) = (holder.request.id, typed.input.field.name());
    let value = rules::checked(typed.input, &typed.value)?;
    if store::write_answer(tx, id, field, &value, typed.seen, desk.now()).await? == 1 {
        return Ok(typed.seen + 1);
    }
    let now = store::answers(&mut *tx, id).await?.into_iter().find(|answer| answer.field == field);
    match now {
        Some(now) if now.value == value => Ok(now.version),
        Some(now) => Err(DetailsError::ChangedElsewhere { value: now.value, version: now.version }),
        None => Err(DetailsError::ChangedElsewhere { value: String::new(), version: 0 }),
    }
}

/// Lets the case say how far its form is filled in.
pub(super) async fn say_progress(tx: &mut Tx, desk: &Desk, holder: &Holder) -> Result<(), DetailsError> {
    let request = store::request(&mut *tx, holder.request.id).await?.ok_or(DetailsError::DeadLink)?;
    let answers = store::answers(&mut *tx, request.id).await?;
    let files = store::uploads(&mut *tx, request.id).await?;
    let values = match own_installation(holder) {
        Some(id) => customers::store::current_values(&mut *tx, id).await?,
        None => vec![],
    };
    let came = files.iter().filter(|one| one.received == one.size).count();
    let asked: Vec<&str> = request.asked().collect();
    let (done, _) = rules::progress(&asked, &answers, &values, came);
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    cases::note_asks(tx, desk, request.entry_id, done, request.sent_at).await?;
    Ok(())
}

/// Sends what was typed since the last time, with these files: an entry of the customer's, and values in the file.
pub async fn send(desk: &Desk, holder: &Holder, files: Vec<ReceivedFile>, client: &Client) -> Result<(), DetailsError> {
    take(desk, &[(SENDS, &holder.request.id.to_string()), (SENDS, &client.network())]).await?;
    let meant = meant(desk, holder).await?;
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, holder.request.id).await?;
    let request = store::request(&mut tx, holder.request.id).await?.ok_or(DetailsError::DeadLink)?;
    let mut fresh = store::answers(&mut tx, request.id).await?;
    fresh.retain(|answer| answer.version > answer.sent);
    if fresh.is_empty() && files.is_empty() && request.sent_at.is_some() {
        return Ok(());
    }
    let place = place(&mut tx, desk, holder, &fresh).await?;
    let values = match place {
        Some(id) => customers::store::current_values(&mut tx, id).await?,
        None => vec![],
    };
    let fates = fates(&fresh, &meant, &values);
    let text = text(&fates, place.is_some(), &files);
    let filed = file_message(&mut tx, desk, holder, &request, text, files).await?;
    let given: Vec<Given> = fates.iter().filter_map(|(field, answer, fate)| given(*field, answer, fate)).collect();
    let origin =
        Origin { source: FieldSource::Form, entry_id: Some(filed.entry.0), contact_id: Some(holder.contact.id) };
    if let Some(place) = place.filter(|_| !given.is_empty()) {
        cases::details_from_form(&mut tx, desk, None, filed.case, place, &given, origin).await?;
    }
    for (_, answer, fate) in &fates {
        let kept = if place.is_some() && !matches!(fate, Fate::Waits { .. }) { answer.version } else { answer.kept };
        store::settle_answer(&mut tx, request.id, &answer.field, answer.version, kept).await?;
    }
    store::set_sent(&mut tx, request.id, desk.now()).await?;
    say_progress(&mut tx, desk, holder).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts files on the case at once, while the rest of the form is not finished.
pub async fn send_files(
    desk: &Desk,
    holder: &Holder,
    files: Vec<ReceivedFile>,
    client: &Client,
) -> Result<(), DetailsError> {
    if files.is_empty() {
        return Ok(());
    }
    take(desk, &[(SENDS, &holder.request.id.to_string()), (SENDS, &client.network())]).await?;
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, holder.request.id).await?;
    let text = format!("Sent by the form: {}", named(&files));
    file_message(&mut tx, desk, holder, &holder.request, text, files).await?;
    tx.commit().await?;
    Ok(())
}

/// `server.log (12 KB), client.log (3 KB)`.
fn named(files: &[ReceivedFile]) -> String {
    let one = |file: &ReceivedFile| format!("{} ({})", file.name, prose::bytes(file.size));
    files.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What is typed in each field, as the reader understands it. On a thread of its own, where a panic is this form's
/// trouble alone.
async fn meant(desk: &Desk, holder: &Holder) -> Result<BTreeMap<String, String>, DetailsError> {
    let context = file::reading_context(desk.db(), vec![]).await?;
    let answers = store::answers(desk.db(), holder.request.id).await?;
    let read = tokio::task::spawn_blocking(move || {
        let one = |answer: Answer| {
            let field = Field::from_name(&answer.field)?;
            Some((answer.value.clone(), rules::understood(field, &answer.value, &context)))
                .map(|(typed, value)| (format!("{} {typed}", answer.field), value))
        };
        answers.into_iter().filter_map(one).collect()
    });
    Ok(read.await.unwrap_or_default())
}

fn fates<'a>(
    fresh: &'a [Answer],
    meant: &BTreeMap<String, String>,
    values: &[FieldValue],
) -> Vec<(Field, &'a Answer, Fate)> {
    let one = |answer: &'a Answer| {
        let field = Field::from_name(&answer.field)?;
        let key = format!("{} {}", answer.field, answer.value);
        let value = meant.get(&key).cloned().unwrap_or_else(|| answer.value.clone());
        let now = values.iter().find(|value| value.field == answer.field);
        Some((field, answer, rules::fate(answer, value, now)))
    };
    fresh.iter().filter_map(one).collect()
}

fn given(field: Field, answer: &Answer, fate: &Fate) -> Option<Given> {
    match fate {
        Fate::Kept { value, .. } => Some(Given { field, value: value.clone(), written: answer.value.clone() }),
        Fate::Same | Fate::Waits { .. } => None,
    }
}

/// The installation that the answers are of: the case's, or the obvious one. `None`: an agent has to say which it is.
async fn place(
    tx: &mut Tx,
    desk: &Desk,
    holder: &Holder,
    fresh: &[Answer],
) -> Result<Option<InstallationId>, DetailsError> {
    if let Some(own) = own_installation(holder) {
        return Ok(Some(own));
    }
    let of = holder.contact.organisation_id.filter(|_| is_own(holder));
    let (Some(of), None, false) = (of, holder.request.installation_id, fresh.is_empty()) else { return Ok(None) };
    let role = fresh.iter().find(|answer| answer.field == Field::Role.name());
    let role = role.and_then(|answer| customers::rules::role_named(&answer.value));
    Ok(file::obvious_installation_in(tx, desk, of, role).await?)
}

fn text(fates: &[(Field, &Answer, Fate)], placed: bool, files: &[ReceivedFile]) -> String {
    let line = |(field, answer, fate): &(Field, &Answer, Fate)| match placed {
        true => rules::line(*field, &answer.value, fate),
        false => format!("{}: {}", customers::rules::label(*field), answer.value),
    };
    let mut lines: Vec<String> = fates.iter().map(line).collect();
    if !files.is_empty() {
        lines.push(format!("Files: {}", named(files)));
    }
    if lines.is_empty() {
        lines.push("Nothing was changed in the form.".into());
    }
    if !placed && !fates.is_empty() {
        lines.push("\nIt is not said which installation this is of, so nothing went into the file yet.".into());
    }
    lines.join("\n")
}

/// Puts a message on the case in the customer's name, as a mail of theirs would be.
pub(super) async fn file_message(
    tx: &mut Tx,
    desk: &Desk,
    holder: &Holder,
    request: &Request,
    text: String,
    files: Vec<ReceivedFile>,
) -> Result<cases::Filed, DetailsError> {
    let case = case_store::case(&mut *tx, request.own_case).await?.ok_or(DetailsError::DeadLink)?;
    let from = Person { name: Some(holder.contact.name.clone()), address: request.address.clone() };
    let message = Received {
        door: Door::Form,
        at: desk.now(),
        from: from.clone(),
        contact: holder.contact.clone(),
        base_subject: case.subject.to_lowercase(),
        details: Incoming {
            subject: case.subject.clone(),
            from: Some(from),
            place_reason: "sent by the form behind the case's link".into(),
            unproven: true,
            ..Incoming::default()
        },
        subject: case.subject,
        text,
        machine: false,
        brought_over: false,
        remark: None,
        copied: vec![],
        files,
        team: None,
    };
    Ok(cases::join(tx, desk, request.own_case, &message).await?)
}

/// An agent lets answers into the file that wait for that: how many were not so already.
pub async fn keep(
    desk: &Desk,
    by: &Viewer,
    case: CaseId,
    id: RequestId,
    fields: &[String],
) -> Result<usize, DetailsError> {
    let request = super::request_of(desk, by, case, id).await?;
    let place = request.installation_id.ok_or(DetailsError::NoInstallation)?;
    let context = file::reading_context(desk.db(), vec![]).await?;
    let mut tx = desk.db().begin().await?;
    store::lock(&mut tx, id).await?;
    let mut waiting = store::answers(&mut tx, id).await?;
    waiting.retain(|answer| answer.waits() && answer.version == answer.sent && fields.contains(&answer.field));
    let given = |answer: &Answer| {
        let field = Field::from_name(&answer.field)?;
        let value = rules::understood(field, &answer.value, &context);
        Some(Given { field, value, written: answer.value.clone() })
    };
    let given: Vec<Given> = waiting.iter().filter_map(given).collect();
    if given.is_empty() {
        return Err(DetailsError::Missing("answer that waits"));
    }
    let origin = Origin { source: FieldSource::Form, entry_id: None, contact_id: Some(request.contact_id) };
    let kept = cases::details_from_form(&mut tx, desk, Some(by), request.case_id, place, &given, origin).await?;
    for answer in &waiting {
        store::settle_answer(&mut tx, id, &answer.field, answer.sent, answer.sent).await?;
    }
    tx.commit().await?;
    Ok(kept)
}
