//! What is done with a message of the form: taken as a case, held, released, put away; and the links to cases.
mod questions;

use std::time::Duration;

use super::rules::{self, Asked, Judged, Signs, Sound, Stamp};
use super::store::{self, LiveLink, NewSubmission};
use super::{Answered, FormsError, PrivateLinkId, SubmissionId, SubmissionState, Typed};
use crate::cases::actions::{self as cases, Received, ReceivedFile, keep_files};
use crate::cases::{CaseId, Door, Incoming, ToldDetail, ToldVersion};
use crate::customers::{self, Contact, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::secrets::{random_token, sha256_hex, sign};
use crate::products;
use crate::staff::actions::{Limit, audit, take as take_try};
use crate::staff::{Audit, Viewer};
use crate::web::client::Client;
use crate::web::upload::Uploaded;

pub use questions::*;

const BY_ADDRESS: Limit = Limit::new("form-address", 5, Duration::from_mins(10));
const BY_NETWORK: Limit = Limit::new("form-network", 20, Duration::from_mins(1));
/// So many wait for a look at the most.
const MOST_HELD: i64 = 500;

/// What somebody sent.
pub struct Sent<'a> {
    pub typed: &'a Typed,
    pub files: Vec<Uploaded>,
    pub signs: Signs<'a>,
}

/// What the form answers.
pub enum Answer {
    Opened {
        case: CaseId,
        /// The path of the private link.
        link: String,
    },
    Held,
}

/// Takes a message: a case, or held for a look. The same form sent twice is answered as the first time.
pub async fn take(desk: &Desk, sent: Sent<'_>, client: &Client) -> Result<Answer, FormsError> {
    let sound = sound(desk, sent.typed).await?;
    let settings = &desk.config().forms;
    let (bits, min_time) = (settings.proof_of_work_bits, Duration::from_secs(settings.min_time_s));
    let judged = rules::judge(&sent.signs, &Asked { key: desk.signing_key(), now: desk.now(), min_time, bits })?;
    let files: Vec<String> =
        sent.files.iter().map(|file| format!("{} {}", file.name, sha256_hex(&file.bytes))).collect();
    let digest = rules::digest(sent.typed, &files);
    if let Some(answer) = earlier(desk, judged.stamp.as_ref(), &digest).await? {
        return Ok(answer);
    }
    let network = client.network();
    take_try(desk, &[(BY_NETWORK, &network), (BY_ADDRESS, &sound.person.address)]).await?;
    let files = keep_files(desk, sent.files).await?;
    match put(desk, &sound, &judged, &digest, files).await? {
        Some(answer) => Ok(answer),
        // The same form was quicker by another connection.
        None => earlier(desk, judged.stamp.as_ref(), &digest).await?.ok_or(FormsError::Stale),
    }
}

/// What was typed, with the answers to the questions of its product; all faults at once.
async fn sound(desk: &Desk, typed: &Typed) -> Result<Sound, FormsError> {
    let questions = store::questions(desk.db()).await?;
    let named = match typed.product.trim() {
        "" => None,
        name => products::store::product_by_name(desk.db(), name).await?,
    };
    let product = named.map(|product| product.id).or_else(|| rules::questions::meant(typed, &questions));
    let read = rules::checked(typed, &own_addresses(desk));
    let answers = rules::questions::answers(typed, &questions, product);
    match (read, answers) {
        (Ok(sound), Ok(answers)) => Ok(Sound { typed: Typed { answers, ..sound.typed }, ..sound }),
        (read, answers) => {
            let faults = read.err().into_iter().chain(answers.err()).flatten().collect();
            Err(FormsError::Faults(faults))
        }
    }
}

fn own_addresses(desk: &Desk) -> Vec<String> {
    let mail = &desk.config().mail;
    std::iter::once(&mail.from).chain(&mail.also_ours).chain(&mail.groups).map(|own| own.to_lowercase()).collect()
}

/// What the same stamp was answered with before.
async fn earlier(desk: &Desk, stamp: Option<&Stamp>, digest: &str) -> Result<Option<Answer>, FormsError> {
    let Some(stamp) = stamp else { return Ok(None) };
    let Some(before) = store::by_nonce(desk.db(), &stamp.nonce).await? else { return Ok(None) };
    let number = before.case_id.map(|case| format!("{}-{case}", desk.config().desk.prefix));
    match (before.case_id, before.state) {
        _ if before.digest != digest => Err(FormsError::Used(number.unwrap_or_else(|| "another message".into()))),
        (Some(case), SubmissionState::Taken) => {
            Ok(Some(Answer::Opened { case, link: path(&token_of(desk, Some(stamp))) }))
        }
        _ => Ok(Some(Answer::Held)),
    }
}

/// The link's word. That of a stamped form can be made again, so that a form sent twice is answered twice with the same.
fn token_of(desk: &Desk, stamp: Option<&Stamp>) -> String {
    match stamp {
        Some(stamp) => sign(desk.signing_key(), format!("private link {}", stamp.nonce).as_bytes()),
        None => random_token(),
    }
}

fn path(token: &str) -> String {
    format!("/case/{token}")
}

/// `None`: a form with this stamp is there already.
async fn put(
    desk: &Desk,
    sound: &Sound,
    judged: &Judged,
    digest: &str,
    files: Vec<ReceivedFile>,
) -> Result<Option<Answer>, FormsError> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    store::sweep(&mut tx, now.minus(rules::STAMP_LIFE)).await?;
    let nonce = judged.stamp.as_ref().map(|stamp| stamp.nonce.as_str());
    let taken = NewSubmission { nonce, digest, state: SubmissionState::Taken, reason: None, typed: "", at: now };
    let Some(reason) = judged.held else {
        let Some(id) = store::insert_submission(&mut tx, &taken).await? else { return Ok(None) };
        let token = token_of(desk, judged.stamp.as_ref());
        let case = open(&mut tx, desk, sound, files, &token).await?;
        store::set_case(&mut tx, id, case).await?;
        tx.commit().await?;
        return Ok(Some(Answer::Opened { case, link: path(&token) }));
    };
    if store::count_held(&mut tx, MOST_HELD).await? >= MOST_HELD {
        return Err(FormsError::Full);
    }
    let typed = serde_json::to_string(&sound.typed).map_err(|error| crate::db::Error::Encode(error.into()))?;
    let held = NewSubmission { state: SubmissionState::Held, reason: Some(reason), typed: &typed, ..taken };
    let Some(id) = store::insert_submission(&mut tx, &held).await? else { return Ok(None) };
    for file in &files {
        store::insert_file(&mut tx, id, file).await?;
    }
    tx.commit().await?;
    metrics::counter!("casedesk_forms_held_total").increment(1);
    Ok(Some(Answer::Held))
}

/// Opens the case, with a link to it.
async fn open(
    tx: &mut Tx,
    desk: &Desk,
    sound: &Sound,
    files: Vec<ReceivedFile>,
    token: &str,
) -> Result<CaseId, FormsError> {
    let now = desk.now();
    // With mail one at a time, so that a new address becomes one contact.
    tx.lock("mail.filing").await?;
    let contact = contact(tx, desk, &sound.person).await?;
    let contact_id = contact.id;
    let subject = rules::subject(&sound.typed.description);
    let message = Received {
        door: Door::Form,
        at: now,
        from: sound.person.clone(),
        contact,
        base_subject: subject.to_lowercase(),
        text: rules::text(&sound.typed),
        details: Incoming {
            subject: subject.clone(),
            from: Some(sound.person.clone()),
            place_reason: "written in the form".into(),
            unproven: true,
            told: told(&sound.typed),
            told_version: told_version(&sound.typed),
            ..Incoming::default()
        },
        subject,
        machine: false,
        brought_over: false,
        remark: None,
        copied: vec![],
        files,
        team: None,
    };
    let filed = cases::open_as(tx, desk, &message, sound.kind).await?;
    let link = LiveLink {
        case_id: filed.case,
        contact_id,
        address: sound.person.address.clone(),
        name: sound.typed.name.clone(),
    };
    store::insert_link(tx, &sha256_hex(token.as_bytes()), &link, now).await?;
    metrics::counter!("casedesk_forms_taken_total").increment(1);
    Ok(filed.case)
}

/// The answers that are details of an installation.
fn told(typed: &Typed) -> Vec<ToldDetail> {
    let detail = |answer: &Answered| {
        answer.detail.clone().map(|field| ToldDetail { field, value: answer.value.clone(), line: rules::told(answer) })
    };
    typed.answers.iter().filter_map(detail).collect()
}

fn told_version(typed: &Typed) -> Option<ToldVersion> {
    let told = ToldVersion { product: typed.product.clone(), version: typed.version.clone() };
    (!told.version.is_empty()).then_some(told)
}

/// Whose address it is. A name that was only typed does not change what we call somebody.
async fn contact(tx: &mut Tx, desk: &Desk, person: &Person) -> Result<Contact, FormsError> {
    match customers::store::contact_by_address(&mut *tx, &person.address).await? {
        Some(known) => Ok(known),
        None => Ok(customers::actions::contact_for(tx, desk, person, desk.now()).await?),
    }
}

/// Makes a link: its path.
pub async fn new_link(tx: &mut Tx, desk: &Desk, link: &LiveLink) -> Result<String, FormsError> {
    let token = random_token();
    store::insert_link(tx, &sha256_hex(token.as_bytes()), link, desk.now()).await?;
    Ok(path(&token))
}

/// The digest of a link's word, and what it shows, unless there is no such link any more.
pub async fn live_link(desk: &Desk, token: &str) -> Result<Option<(String, LiveLink)>, FormsError> {
    let digest = sha256_hex(token.as_bytes());
    Ok(store::live_link(desk.db(), &digest).await?.map(|link| (digest, link)))
}

/// From now on the link shows nothing.
pub async fn revoke_link(desk: &Desk, by: &Viewer, case: CaseId, id: PrivateLinkId) -> Result<(), FormsError> {
    cases::may_read(desk, by, case).await?;
    let mut tx = desk.db().begin().await?;
    if store::revoke_link(&mut tx, case, id, desk.now()).await? == 0 {
        return Err(FormsError::NoLink);
    }
    audit(&mut tx, &Audit::by(desk.now(), by, "forms.link_revoked").on("case", case.0)).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a case of a held message, and mails its writer the number and the link.
pub async fn release(desk: &Desk, by: &Viewer, id: SubmissionId) -> Result<CaseId, FormsError> {
    let mut tx = desk.db().begin().await?;
    let held = store::lock_held(&mut tx, id).await?.ok_or(FormsError::NoSubmission)?;
    let typed: Typed = serde_json::from_str(&held.typed).map_err(|error| crate::db::Error::Decode(error.into()))?;
    let sound = rules::checked(&typed, &[]).map_err(FormsError::Faults)?;
    let files = store::files(&mut tx, id).await?;
    let token = random_token();
    let case = open(&mut tx, desk, &sound, files, &token).await?;
    store::settle_held(&mut tx, id, SubmissionState::Released, Some(case), desk.now()).await?;
    tell_writer(&mut tx, desk, &sound.person, case, &path(&token)).await?;
    let line = Audit::by(desk.now(), by, "forms.released").on("case", case.0);
    audit(&mut tx, &line).await?;
    tx.commit().await?;
    Ok(case)
}

async fn tell_writer(tx: &mut Tx, desk: &Desk, to: &Person, case: CaseId, link: &str) -> Result<(), FormsError> {
    let config = desk.config();
    if config.mail.from.is_empty() || config.mail.smtp.host.is_empty() {
        return Ok(());
    }
    let number = format!("{}-{case}", config.desk.prefix);
    // The writer's own words are left out: whoever typed this address may be somebody else.
    let text = format!(
        "Your message to {} has come in. Its number is {number}.\n\n\
         Follow it and answer here. Whoever has the link can read the case:\n{}\n",
        config.desk.name,
        desk.link(link)
    );
    let payload = serde_json::json!({ "to": to.address, "subject": format!("Your message is {number}"), "text": text });
    crate::queue::enqueue_raw(tx, "system_mail", &payload, None, desk.now()).await?;
    Ok(())
}

/// Puts a held message away. What was typed is deleted.
pub async fn discard(desk: &Desk, by: &Viewer, id: SubmissionId) -> Result<(), FormsError> {
    let mut tx = desk.db().begin().await?;
    store::lock_held(&mut tx, id).await?.ok_or(FormsError::NoSubmission)?;
    store::settle_held(&mut tx, id, SubmissionState::Discarded, None, desk.now()).await?;
    audit(&mut tx, &Audit::by(desk.now(), by, "forms.discarded").on("form_submission", id.0)).await?;
    tx.commit().await?;
    Ok(())
}
