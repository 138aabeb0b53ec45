//! From stored bytes to an entry on the right case.
use std::collections::BTreeSet;

use bytes::Bytes;
use casedesk_mail::thread::{self, Known, Placement, SimilarCase, TokenClaim};
use casedesk_mail::{Desk as Addresses, InboundMail, Kind, Permanence, token};

use super::colleague::{self, Writer};
use crate::cases::actions::{self as cases, Filed, Received, ReceivedFile, Remark};
use crate::cases::jobs::Tie;
use crate::cases::store as case_store;
use crate::cases::{CaseId, Door, EntryId, Incoming, LooksLike, PersonRole};
use crate::customers::{self, Person, domain_of};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::mail::{InboundId, InboundState, MailError, rules, store};
use crate::queue;
use crate::staff;

/// How many open cases of the same author are weighed.
const SIMILAR: i64 = 20;
/// How many ids of a message are looked up and remembered.
const MOST_IDS: usize = 100;

/// A message that was read, with its parts in the file store. Nothing is decided yet.
pub struct Prepared {
    id: InboundId,
    received_at: Timestamp,
    pub(super) mail: InboundMail,
    raw_digest: String,
    html_digest: Option<String>,
    files: Vec<ReceivedFile>,
    ours: Ours,
    /// A person wants a case of it, whatever it is.
    wanted: bool,
    /// The colleague who wrote it, by its From.
    writer: Option<Writer>,
}

/// Our own addresses, as the reading needs them.
#[derive(Clone)]
struct Ours {
    own: Vec<String>,
    agents: Vec<(String, staff::AgentId)>,
    groups: Vec<String>,
}

impl Ours {
    /// Whether an address is the desk's, a group's or a colleague's.
    fn has(&self, address: &str) -> bool {
        let plain = without_tag(address);
        self.own.contains(&plain) || self.groups.contains(&plain) || self.agents.iter().any(|(a, _)| *a == address)
    }
}

impl Prepared {
    /// To and Cc without ourselves: whom the mail has reached outside.
    pub(super) fn outside(&self) -> (Vec<Person>, Vec<Person>) {
        let people = |all: &[casedesk_mail::Address]| -> Vec<Person> {
            all.iter().map(rules::person).filter(|p| !self.ours.has(&p.address)).take(MOST_IDS).collect()
        };
        (people(&self.mail.to), people(&self.mail.cc))
    }
}

/// Reads a stored message. `Ok(None)`: it was dealt with meanwhile.
pub async fn prepare(desk: &Desk, id: InboundId) -> Result<Option<Prepared>, MailError> {
    let Some(row) = store::inbound(desk.db(), id).await?.filter(|row| row.state == InboundState::New) else {
        return Ok(None);
    };
    let raw = match (row.raw, &row.digest) {
        (Some(raw), _) => Bytes::from(raw),
        (None, Some(digest)) => desk.files().get(digest).await?,
        (None, None) => return Err(MailError::NoMessage(id)),
    };
    let ours = our_addresses(desk).await?;
    let mail = read(raw.clone(), ours.clone()).await?;
    if store::was_erased(desk.db(), &rules::fingerprint(&mail)).await? {
        keep_away(desk, id).await?;
        return Ok(None);
    }
    let raw_digest = desk.files().put(raw).await?;
    let html_digest = match &mail.body.html {
        Some(html) => Some(desk.files().put(Bytes::from(html.clone())).await?),
        None => None,
    };
    let mut files = Vec::with_capacity(mail.attachments.len());
    for file in &mail.attachments {
        files.push(ReceivedFile {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            digest: desk.files().put(Bytes::from(file.bytes.clone())).await?,
            shows_inline: file.shows_inline,
            content_id: file.content_id.clone(),
        });
    }
    let wanted = row.reason.as_deref() == Some(super::quarantine::WANTED);
    let writer = Writer::of(desk, &mail, &row.source, row.received_at, &ours.agents).await?;
    Ok(Some(Prepared { id, received_at: row.received_at, mail, raw_digest, html_digest, files, ours, wanted, writer }))
}

/// What a message is known by, of whatever place it came from.
pub async fn fingerprint(desk: &Desk, raw: Bytes) -> Result<String, MailError> {
    let ours = our_addresses(desk).await?;
    Ok(rules::fingerprint(&read(raw, ours).await?))
}

/// Nothing of it is stored: whoever it was of asked for that.
async fn keep_away(desk: &Desk, id: InboundId) -> Result<(), MailError> {
    let mut tx = desk.db().begin().await?;
    store::keep_away(&mut tx, id, "it was erased before").await?;
    tx.commit().await?;
    Ok(())
}

/// Reads on another thread; a panic of a parser is an error of this one message.
async fn read(raw: Bytes, ours: Ours) -> Result<InboundMail, MailError> {
    tokio::task::spawn_blocking(move || {
        let agents: Vec<String> = ours.agents.iter().map(|(address, _)| address.clone()).collect();
        let desk = Addresses { own_addresses: &ours.own, agent_addresses: &agents, group_addresses: &ours.groups };
        casedesk_mail::read(&raw, &desk)
    })
    .await
    .map_err(|panic| MailError::Broke(panic.to_string()))?
    .map_err(MailError::from)
}

async fn our_addresses(desk: &Desk) -> Result<Ours, MailError> {
    let mail = &desk.config().mail;
    let lower = |address: &String| address.to_lowercase();
    let own = std::iter::once(&mail.from).chain(&mail.also_ours).filter(|a| !a.is_empty()).map(lower).collect();
    let agents = staff::store::all_agent_addresses(desk.db()).await?;
    Ok(Ours { own, agents, groups: mail.groups.iter().map(lower).collect() })
}

/// Files a message in one transaction: an entry on a case, or a reason why it is none.
pub async fn file(desk: &Desk, prepared: &Prepared) -> Result<InboundState, MailError> {
    let mut tx = desk.db().begin().await?;
    // One message at a time on all nodes: two copies, or a mail and its answer, must see each other.
    tx.lock("mail.filing").await?;
    let fingerprint = rules::fingerprint(&prepared.mail);
    let (state, reason, filed) = decide(&mut tx, desk, prepared, &fingerprint).await?;
    let entry = filed.map(|filed| filed.entry);
    let digest = Some(prepared.raw_digest.as_str());
    if !store::settle(&mut tx, prepared.id, state, reason.as_deref(), entry, digest).await? {
        return Ok(state);
    }
    tx.commit().await?;
    metrics::counter!("casedesk_mail_filed_total", "state" => state.as_str()).increment(1);
    Ok(state)
}

type Decision = (InboundState, Option<String>, Option<Filed>);

async fn decide(tx: &mut Tx, desk: &Desk, prepared: &Prepared, fingerprint: &str) -> Result<Decision, MailError> {
    let mail = &prepared.mail;
    let keys: [&[u8]; 1] = [desk.signing_key()];
    if let Some(own) = mail.message_id.as_deref().and_then(|id| token::verify_message_id(&keys, id)) {
        let reason = format!("our own message of case {} came back", own.0);
        return Ok((InboundState::Duplicate, Some(reason), None));
    }
    let (fingerprint, again) = match seen(tx, prepared, fingerprint).await? {
        Seen::Never => (fingerprint.to_owned(), false),
        Seen::Unproven { fingerprint } => (fingerprint, true),
        Seen::Filed(entry) => {
            return Ok((InboundState::Duplicate, Some(format!("the same message is entry {entry} already")), None));
        }
    };
    let known = known(&mut *tx, desk, prepared).await?;
    let placement = thread::place(mail, &known);
    let machine = rules::is_machine(mail.verdict.kind);
    if machine && !prepared.wanted && matches!(placement, Placement::New { .. }) {
        let reason = format!("{}; it belongs to no case", mail.verdict.reason);
        return Ok((InboundState::Aside, Some(reason), None));
    }
    let filed = put(tx, desk, prepared, placement, machine && !prepared.wanted, again).await?;
    remember(tx, prepared, filed, &fingerprint).await?;
    if !machine {
        tie(tx, desk, &known, filed).await?;
    }
    if mail.verdict.kind == Kind::Bounce {
        pause_failed(tx, desk, prepared).await?;
    }
    Ok((InboundState::Filed, None, Some(filed)))
}

/// Messages that came in the wrong order may have begun two cases of one conversation, until one names both.
async fn tie(tx: &mut Tx, desk: &Desk, known: &Known, filed: Filed) -> Result<(), MailError> {
    let named: BTreeSet<i64> = known.ids.iter().map(|(_, case)| *case).filter(|case| *case != filed.case.0).collect();
    for other in named.into_iter().map(CaseId) {
        if cases::may_tie(tx, filed, other).await? {
            queue::enqueue(tx, &Tie { entry: filed.entry, other }, desk.now()).await?;
        }
    }
    Ok(())
}

/// Whether a message was filed before.
enum Seen {
    Never,
    /// From a copy that did not prove who wrote it, as this one does: copies through a group may come first.
    Unproven {
        fingerprint: String,
    },
    Filed(EntryId),
}

async fn seen(tx: &mut Tx, prepared: &Prepared, fingerprint: &str) -> Result<Seen, MailError> {
    let Some(entry) = store::by_fingerprint(&mut *tx, fingerprint).await? else { return Ok(Seen::Never) };
    if !colleague::proves_now(tx, prepared.writer.as_ref(), entry).await? {
        return Ok(Seen::Filed(entry));
    }
    let fingerprint = format!("{fingerprint} proven");
    let entry = store::by_fingerprint(&mut *tx, &fingerprint).await?;
    Ok(entry.map_or(Seen::Unproven { fingerprint }, Seen::Filed))
}

/// Collects what the desk knows of the evidence that the message carries.
async fn known(tx: &mut Tx, desk: &Desk, prepared: &Prepared) -> Result<Known, MailError> {
    let (mail, keys) = (&prepared.mail, [desk.signing_key()]);
    let author = mail.author.address.address.to_lowercase();
    let mut ids: Vec<String> = mail.evidence.ids.iter().take(MOST_IDS).cloned().collect();
    ids.extend(mail.message_id.clone());
    if let Some(bounce) = &mail.verdict.bounce {
        ids.extend(bounce.original_message_id.clone());
        ids.extend(bounce.original_references.iter().take(MOST_IDS).cloned());
    }
    let signed_reply_case = mail.evidence.reply_tokens.iter().find_map(|token| token::verify_reply(&keys, token));
    let signed_id_case = ids.iter().find_map(|id| token::verify_message_id(&keys, id)).map(|(case, _)| case);
    let mut tokens = Vec::new();
    for case in mail.evidence.subject_tokens.iter().copied().take(5) {
        let people = case_store::people(&mut *tx, CaseId(case)).await?;
        let people: Vec<_> =
            people.iter().filter(|p| matches!(p.role, PersonRole::Requester | PersonRole::Copied)).collect();
        let public = desk.config().desk.public_domains.contains(domain_of(&author));
        tokens.push(TokenClaim {
            case,
            author_is_participant: people.iter().any(|p| p.address == author),
            author_shares_domain: !public && people.iter().any(|p| domain_of(&p.address) == domain_of(&author)),
        });
    }
    let similar = case_store::cases_of_address(&mut *tx, &author, SIMILAR)
        .await?
        .into_iter()
        .map(|(case, base_subject, last_activity)| SimilarCase {
            case: case.0,
            base_subject,
            author_is_participant: true,
            last_activity,
        })
        .collect();
    let ids = store::cases_of_ids(&mut *tx, &ids).await?;
    Ok(Known { signed_reply_case, signed_id_case, ids, tokens, similar })
}

async fn put(
    tx: &mut Tx,
    desk: &Desk,
    prepared: &Prepared,
    placement: Placement,
    machine: bool,
    again: bool,
) -> Result<Filed, MailError> {
    let mut message = received(tx, desk, prepared, machine).await?;
    match placement {
        Placement::Join { case, reason, .. } => {
            message.details.place_reason = reason;
            if let Some(writer) = prepared.writer.as_ref().filter(|_| !machine) {
                return colleague::file(tx, desk, CaseId(case), writer, prepared, message, again).await;
            }
            Ok(cases::join(tx, desk, CaseId(case), &forwarded(message, prepared)).await?)
        }
        Placement::New { suggestion, reason } => {
            message.details.place_reason = reason;
            message.details.looks_like = suggestion.map(|s| LooksLike { case: CaseId(s.case), reason: s.reason });
            Ok(cases::open(tx, desk, &forwarded(message, prepared)).await?)
        }
    }
}

async fn received(tx: &mut Tx, desk: &Desk, prepared: &Prepared, machine: bool) -> Result<Received, MailError> {
    let mail = &prepared.mail;
    let from = author(prepared);
    let contact = customers::actions::contact_for(tx, desk, &from, prepared.received_at).await?;
    let to: Vec<Person> = mail.to.iter().map(rules::person).collect();
    let cc: Vec<Person> = mail.cc.iter().map(rules::person).collect();
    let is_ours = |address: &str| prepared.ours.has(address);
    let mut copied: Vec<Person> = Vec::new();
    for person in to.iter().chain(&cc) {
        let known = copied.iter().any(|p| p.address == person.address) || person.address == from.address;
        if !known && !is_ours(&person.address) && copied.len() < MOST_IDS {
            copied.push(person.clone());
        }
    }
    let forwarded = mail.forwarded.as_ref().filter(|f| mail.author.is_agent && f.from.is_some());
    let details = Incoming {
        subject: mail.subject.clone(),
        from: Some(from.clone()),
        to,
        cc,
        folds: rules::folds(mail),
        has_html: mail.body.html.is_some(),
        has_remote_images: mail.body.has_remote_images,
        author_reason: (mail.author.source != casedesk_mail::AuthorSource::From).then(|| mail.author.reason.clone()),
        alternatives: mail.author.alternatives.iter().map(|(_, address)| rules::person(address)).collect(),
        verdict: rules::verdict_word(mail.verdict.kind).map(str::to_owned),
        verdict_reason: Some(mail.verdict.reason.clone()),
        defects: mail.defects.clone(),
        raw: true,
        ..Incoming::default()
    };
    Ok(Received {
        door: Door::Mail,
        at: rules::time_of(mail.date, prepared.received_at),
        brought_over: rules::is_brought_over(mail.date, prepared.received_at),
        from,
        contact,
        subject: forwarded.and_then(|f| f.subject.clone()).unwrap_or_else(|| mail.subject.clone()),
        base_subject: mail.evidence.base_subject.clone(),
        text: mail.body.new_text(),
        remark: None,
        details,
        machine,
        copied: if machine { vec![] } else { copied },
        files: prepared.files.iter().map(copy).collect(),
        team: None,
    })
}

/// A mail that a colleague forwards says what the one who wrote it said; what the colleague wrote above it is for us.
fn forwarded(message: Received, prepared: &Prepared) -> Received {
    let mail = &prepared.mail;
    let Some(original) = mail.forwarded.as_ref().filter(|f| mail.author.is_agent && f.from.is_some()) else {
        return message;
    };
    let above = message.text.trim().to_owned();
    let from = rules::person(&mail.author.address);
    let folds = message.details.folds.into_iter().filter(|fold| fold.kind != "forward").collect();
    Received {
        text: original.text.trim().to_owned(),
        remark: (!above.is_empty()).then_some(Remark { from, text: above }),
        details: Incoming { folds, ..message.details },
        ..message
    }
}

/// Who wrote it; what a colleague forwards was written by the one they forward.
fn author(prepared: &Prepared) -> Person {
    let mail = &prepared.mail;
    let forwarded = mail.forwarded.as_ref().and_then(|f| f.from.as_ref()).filter(|_| mail.author.is_agent);
    rules::person(forwarded.unwrap_or(&mail.author.address))
}

fn copy(file: &ReceivedFile) -> ReceivedFile {
    ReceivedFile {
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        digest: file.digest.clone(),
        shows_inline: file.shows_inline,
        content_id: file.content_id.clone(),
    }
}

/// `local+tag@domain` without the tag (RFC 5233).
fn without_tag(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address.to_owned(),
    }
}

/// Keeps what later mail will be recognised by: every id seen or heard of.
async fn remember(tx: &mut Tx, prepared: &Prepared, filed: Filed, fingerprint: &str) -> Result<(), MailError> {
    let mail = &prepared.mail;
    let message = store::Message {
        entry_id: filed.entry,
        message_id: mail.message_id.clone(),
        subject: mail.subject.clone(),
        reference_ids: serde_json::to_string(&mail.references).unwrap_or_default(),
        raw_digest: Some(prepared.raw_digest.clone()),
        html_digest: prepared.html_digest.clone(),
    };
    store::insert_message(tx, &message, fingerprint).await?;
    if rules::is_machine(mail.verdict.kind) && !prepared.wanted {
        // A bounce may name ids of anything; only its own is known to be of this case.
        store::remember_ids(tx, mail.message_id.as_slice(), filed.case).await?;
    } else {
        let ids: Vec<String> = mail.message_id.iter().chain(&mail.evidence.ids).take(MOST_IDS).cloned().collect();
        store::remember_ids(tx, &ids, filed.case).await?;
    }
    Ok(())
}

/// No more automatic mail to addresses that do not exist, until somebody says otherwise.
async fn pause_failed(tx: &mut Tx, desk: &Desk, prepared: &Prepared) -> Result<(), MailError> {
    let Some(bounce) = &prepared.mail.verdict.bounce else { return Ok(()) };
    for failure in bounce.failures.iter().filter(|f| f.permanence == Permanence::Hard).take(MOST_IDS) {
        let address = failure.address.to_lowercase();
        if let Some(contact) = customers::store::contact_by_address(&mut *tx, &address).await? {
            let why = failure.diagnostic.as_deref().unwrap_or(&failure.reason);
            let reason = format!("mail to it came back: {}", why.chars().take(300).collect::<String>());
            customers::actions::pause_address(tx, desk, contact.id, &address, Some(&reason), desk.now()).await?;
        }
    }
    Ok(())
}
