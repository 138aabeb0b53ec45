//! What customers do: log in by a mailed link, answer, say that it is solved. Each asks for its case by sight again.
use std::collections::BTreeSet;
use std::time::Duration;

use super::jobs::MailLogin;
use super::rules::MOST_TEXT;
use super::store::{self, Message};
use super::{Guest, PortalError, PortalScope, Sight, rules};
use crate::cases::actions::{self as cases, Received, keep_files};
use crate::cases::{
    AttachmentId, CaseId, Door, EntryData, EntryId, Incoming, Outgoing,
    store::{self as case_store, Attachment},
};
use crate::customers::{self, OrganisationId, Person};
use crate::db::Read;
use crate::desk::Desk;
use crate::details::store::Request;
use crate::details::{self, RequestId};
use crate::forms::actions::{live_link, new_link};
use crate::forms::store::LiveLink;
use crate::kit::Timestamp;
use crate::kit::secrets::{random_token, sha256_hex};
use crate::phone::store::OpenQuestion;
use crate::phone::{self, ConfirmationId};
use crate::quotes::store::QuoteRow;
use crate::quotes::{self, AnswerDoor, QuoteId};
use crate::staff::actions::{Limit, audit, take};
use crate::staff::{Actor, Audit, Viewer};
use crate::web::client::Client;
use crate::web::upload::{Most, Upload};

/// How long a mailed link is good for.
const LOGIN_LIFE: Duration = Duration::from_mins(15);
/// How old the note of the last use may get before it is written again.
const TOUCH_AFTER: Duration = Duration::from_mins(1);
/// How long a posted answer is known again.
const POSTS_KEPT: Duration = Duration::from_hours(72);
const ASKED_BY_NETWORK: Limit = Limit::new("portal-network", 20, Duration::from_mins(1));
const ASKED_BY_ADDRESS: Limit = Limit::new("portal-address", 3, Duration::from_mins(5));
const DEAD_LINKS: Limit = Limit::new("portal-dead-link", 20, Duration::from_secs(30));
const ANSWERS: Limit = Limit::new("portal-answer", 20, Duration::from_mins(1));

/// Asks for a link. Whether we know the address is not looked at here: the answer and its time are the same.
pub async fn ask_for_link(desk: &Desk, typed: &str, client: &Client) -> Result<(), PortalError> {
    let address: String = typed.trim().to_lowercase().chars().take(254).collect();
    take(desk, &[(ASKED_BY_NETWORK, &client.network()), (ASKED_BY_ADDRESS, &address)]).await?;
    let mut tx = desk.db().begin().await?;
    crate::queue::enqueue(&mut tx, &MailLogin { address }, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Mails the link, when the address is a contact's.
pub async fn mail_link(desk: &Desk, address: &str) -> Result<(), PortalError> {
    let mut tx = desk.db().begin().await?;
    let Some(contact) = customers::store::contact_by_address(&mut tx, address).await? else { return Ok(()) };
    let token = random_token();
    let expires_at = desk.now().plus(LOGIN_LIFE);
    store::insert_login(&mut tx, &sha256_hex(token.as_bytes()), contact.id, address, expires_at).await?;
    let name = &desk.config().desk.name;
    let text = format!(
        "Somebody asked for a link to the cases of this address at {name}.\n\n\
         Log in here. The link works once, within 15 minutes:\n{}\n\n\
         If it was not you, do nothing.\n",
        desk.link(&format!("/portal/login/{token}"))
    );
    let payload = serde_json::json!({ "to": address, "subject": format!("Your link to {name}"), "text": text });
    crate::queue::enqueue_raw(&mut tx, "system_mail", &payload, None, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Opens a session by a mailed link, which works once: the session's word, for the cookie.
pub async fn log_in(desk: &Desk, token: &str, old: Option<&str>, client: &Client) -> Result<String, PortalError> {
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    let Some((contact, address)) = store::take_login(&mut tx, &sha256_hex(token.as_bytes()), now).await? else {
        drop(tx);
        take(desk, &[(DEAD_LINKS, &client.network())]).await?;
        return Err(PortalError::DeadLink);
    };
    if let Some(old) = old {
        store::end_session(&mut tx, &sha256_hex(old.as_bytes())).await?;
    }
    let session = random_token();
    let expires_at = now.plus(Duration::from_hours(desk.config().portal.longest_h));
    store::insert_session(&mut tx, &sha256_hex(session.as_bytes()), contact, &address, now, expires_at).await?;
    store::sweep(&mut tx, now, idle_since(desk), now.minus(POSTS_KEPT)).await?;
    let line = Audit::new(now, Actor::System, "portal.logged_in").on("contact", contact.0).from(client);
    audit(&mut tx, &line).await?;
    tx.commit().await?;
    Ok(session)
}

fn idle_since(desk: &Desk) -> Timestamp {
    desk.now().minus(Duration::from_hours(desk.config().portal.idle_h))
}

/// Ends the session that the cookie named.
pub async fn log_out(desk: &Desk, session: &str, client: &Client) -> Result<(), PortalError> {
    let mut tx = desk.db().begin().await?;
    if let Some((contact,)) = store::end_session(&mut tx, &sha256_hex(session.as_bytes())).await? {
        let line = Audit::new(desk.now(), Actor::System, "portal.logged_out").on("contact", contact.0).from(client);
        audit(&mut tx, &line).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Who holds this session, while it lives.
pub async fn guest_by_session(desk: &Desk, session: &str) -> Result<Option<Guest>, PortalError> {
    let (digest, now) = (sha256_hex(session.as_bytes()), desk.now());
    let Some(live) = store::session(desk.db(), &digest, now, idle_since(desk)).await? else { return Ok(None) };
    if now.since(live.last_used_at) >= TOUCH_AFTER {
        // Pages are read also while nothing can be written, as when the disk is full.
        if let Err(error) = touch(desk, &digest).await {
            tracing::warn!(%error, "the use of a customer's session could not be noted");
        }
    }
    let contact = customers::store::contact_today(desk.db(), live.contact_id).await?;
    Ok(contact.map(|contact| Guest {
        sight: Sight::Contact(contact.id),
        name: contact.name.clone(),
        address: live.address,
        contact,
    }))
}

async fn touch(desk: &Desk, digest: &str) -> Result<(), PortalError> {
    let mut tx = desk.db().begin().await?;
    store::touch_session(&mut tx, digest, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Who holds this private link, and its case. Tries at links that do not exist are counted.
pub async fn guest_by_link(desk: &Desk, token: &str, client: &Client) -> Result<(Guest, CaseId), PortalError> {
    let Some((digest, link)) = live_link(desk, token).await? else {
        take(desk, &[(DEAD_LINKS, &client.network())]).await?;
        return Err(PortalError::NoCase);
    };
    let contact = customers::store::contact_today(desk.db(), link.contact_id).await?.ok_or(PortalError::NoCase)?;
    Ok((Guest { sight: Sight::Link(digest), contact, address: link.address, name: link.name }, link.case_id))
}

/// The addresses whose messages the guest sees.
async fn circle(on: impl Read, guest: &Guest) -> Result<BTreeSet<String>, PortalError> {
    let colleagues = matches!(guest.sight, Sight::Contact(_));
    let addresses = store::circle(on, guest.contact.id, colleagues).await?;
    Ok(addresses.into_iter().map(|address| address.to_lowercase()).collect())
}

/// The messages of a case that the guest may read, newest first, of the `limit` newest below `before`; and where the
/// next page begins.
pub async fn messages(
    desk: &Desk,
    guest: &Guest,
    id: CaseId,
    before: Option<EntryId>,
    limit: usize,
) -> Result<(Vec<Message>, Option<EntryId>), PortalError> {
    let circle = circle(desk.db(), guest).await?;
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = store::messages(desk.db(), &guest.sight, id, before, one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        if rules::may_see(row.kind, row.delivery, &row.data()?, &circle) {
            seen.push(row);
        }
    }
    Ok((seen, next))
}

/// A file of a message that the guest may read.
pub async fn file(desk: &Desk, guest: &Guest, id: AttachmentId) -> Result<Attachment, PortalError> {
    let found = store::file(desk.db(), &guest.sight, id).await?;
    let (message, file) = found.ok_or(PortalError::NoCase)?;
    let circle = circle(desk.db(), guest).await?;
    let may = rules::may_see(message.kind, message.delivery, &message.data()?, &circle);
    if may { Ok(file) } else { Err(PortalError::NoCase) }
}

/// The quotes that the guest may read, below `before`, the newest first.
pub async fn quotes(
    desk: &Desk,
    guest: &Guest,
    before: Option<QuoteId>,
    limit: i64,
) -> Result<Vec<QuoteRow>, PortalError> {
    let circle = circle(desk.db(), guest).await?;
    let ids = store::quotes(desk.db(), &guest.sight, &circle, before, limit).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(quotes::store::quote(desk.db(), id).await?);
    }
    Ok(rows)
}

/// One of them, and whether it is the guest's own to answer: a colleague may read it, and only who it was sent to decides.
pub async fn quote(desk: &Desk, guest: &Guest, id: QuoteId) -> Result<(QuoteRow, bool), PortalError> {
    let circle = circle(desk.db(), guest).await?;
    let from = Some(QuoteId(id.0.saturating_add(1)));
    let found = store::quotes(desk.db(), &guest.sight, &circle, from, 1).await?;
    let id = found.into_iter().find(|found| *found == id).ok_or(PortalError::NoCase)?;
    let row = quotes::store::quote(desk.db(), id).await?.ok_or(PortalError::NoCase)?;
    let own = store::circle(desk.db(), guest.contact.id, false).await?;
    let mine = own.iter().any(|address| address.eq_ignore_ascii_case(&row.to_address));
    Ok((row, mine))
}

/// Accepts or declines a quote that was sent to the guest.
pub async fn answer_quote(
    desk: &Desk,
    guest: &Guest,
    id: QuoteId,
    answered: quotes::actions::Answered,
    client: &Client,
) -> Result<(), PortalError> {
    let (row, mine) = quote(desk, guest, id).await?;
    if !mine {
        return Err(PortalError::NoCase);
    }
    Ok(quotes::actions::answer_by_customer(desk, row.id, answered, AnswerDoor::Portal, client).await?)
}

/// Where an answer has come to lie.
pub struct Answered {
    pub case: CaseId,
    /// It opened a case of its own, since this one is closed.
    pub opened: bool,
    /// The path of the link to that one, for whoever came by a link.
    pub link: Option<String>,
}

/// Writes an answer on a case, as a mail of theirs would be. The same one posted twice is one entry.
pub async fn answer(
    desk: &Desk,
    guest: &Guest,
    id: CaseId,
    sent: Upload,
    client: &Client,
) -> Result<Answered, PortalError> {
    let (text, once) = (checked(desk, &sent)?, sent.fields.one("once").to_owned());
    take(desk, &[(ANSWERS, &guest.address), (ANSWERS, &client.network())]).await?;
    let files = keep_files(desk, sent.files).await?;
    let now = desk.now();
    let mut tx = desk.db().begin().await?;
    let case = store::case(&mut tx, &guest.sight, id).await?.ok_or(PortalError::NoCase)?;
    let post = sha256_hex(format!("{:?} {id} {once}", guest.sight).as_bytes());
    if !once.is_empty() && store::note_post(&mut tx, &post, now).await? == 0 {
        return Ok(Answered { case: id, opened: false, link: None });
    }
    let from = Person { name: Some(guest.name.clone()), address: guest.address.clone() };
    let by_link = matches!(guest.sight, Sight::Link(_));
    let message = Received {
        door: if by_link { Door::Form } else { Door::Portal },
        at: now,
        from: from.clone(),
        contact: guest.contact.clone(),
        base_subject: case.subject.to_lowercase(),
        details: Incoming {
            subject: case.subject.clone(),
            from: Some(from),
            place_reason: if by_link {
                "written by the case's private link"
            } else {
                "written on the customer's pages"
            }
            .into(),
            unproven: by_link,
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
    let filed = cases::join(&mut tx, desk, id, &message).await?;
    let link = if by_link && filed.opened {
        let (address, name) = (guest.address.clone(), guest.name.clone());
        let link = LiveLink { case_id: filed.case, contact_id: guest.contact.id, address, name };
        Some(new_link(&mut tx, desk, &link).await?)
    } else {
        None
    };
    tx.commit().await?;
    let case = if filed.opened { filed.case } else { id };
    Ok(Answered { case, opened: filed.opened, link })
}

fn checked(desk: &Desk, sent: &Upload) -> Result<String, PortalError> {
    let text = sent.fields.one("text").replace("\r\n", "\n").trim().to_owned();
    if sent.too_much {
        return Err(PortalError::TooMuch(Most::of(desk.config()).in_words()));
    }
    if text.is_empty() && sent.files.is_empty() {
        return Err(PortalError::Empty);
    }
    if text.chars().count() > MOST_TEXT { Err(PortalError::TooLong) } else { Ok(text) }
}

/// What we ask of the guest on a case: forms for details and questions about calls that were sent to themselves. What a
/// colleague was sent is theirs to answer, and a private link of a case leads to no other.
pub async fn asked(desk: &Desk, guest: &Guest, id: CaseId) -> Result<(Vec<Request>, Vec<OpenQuestion>), PortalError> {
    let Sight::Contact(me) = guest.sight else { return Ok((vec![], vec![])) };
    store::case(desk.db(), &guest.sight, id).await?.ok_or(PortalError::NoCase)?;
    let forms = details::store::open_to(desk.db(), id, me, desk.now()).await?;
    Ok((forms, phone::store::open_questions(desk.db(), id, me, desk.now()).await?))
}

/// The path of a form that the guest is asked to fill in.
pub async fn way_to_form(desk: &Desk, guest: &Guest, id: CaseId, form: RequestId) -> Result<String, PortalError> {
    let (forms, _) = asked(desk, guest, id).await?;
    let found = forms.into_iter().find(|one| one.id == form).ok_or(PortalError::NoCase)?;
    link_of(desk, found.entry_id).await
}

/// The path of a page on which the guest is asked to confirm a call.
pub async fn way_to_question(
    desk: &Desk,
    guest: &Guest,
    id: CaseId,
    question: ConfirmationId,
) -> Result<String, PortalError> {
    let (_, questions) = asked(desk, guest, id).await?;
    let found = questions.into_iter().find(|one| one.id == question).ok_or(PortalError::NoCase)?;
    link_of(desk, found.entry_id).await
}

/// The private link that a mail had in it. Its token is kept nowhere: it is made again, as when the mail was written.
async fn link_of(desk: &Desk, entry: EntryId) -> Result<String, PortalError> {
    let row = case_store::entry(desk.db(), entry).await?.ok_or(PortalError::NoCase)?;
    match row.data()? {
        EntryData::Outgoing(Outgoing { private_link: Some(link), .. }) => Ok(link.href(desk)),
        _ => Err(PortalError::NoCase),
    }
}

/// The customer says that it is solved.
pub async fn solve(desk: &Desk, guest: &Guest, id: CaseId) -> Result<(), PortalError> {
    let mut tx = desk.db().begin().await?;
    store::case(&mut tx, &guest.sight, id).await?.ok_or(PortalError::NoCase)?;
    cases::solve_by_customer(&mut tx, desk, id, &guest.name).await?;
    tx.commit().await?;
    Ok(())
}

/// How much the contacts of an organisation see. `None`: there is no such organisation.
pub async fn scope(desk: &Desk, id: OrganisationId) -> Result<Option<PortalScope>, PortalError> {
    if customers::store::organisation(desk.db(), id).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(store::scope(desk.db(), id).await?))
}

/// Sets it. False: there is no such organisation.
pub async fn set_scope(desk: &Desk, by: &Viewer, id: OrganisationId, scope: PortalScope) -> Result<bool, PortalError> {
    let mut tx = desk.db().begin().await?;
    if customers::store::organisation(&mut tx, id).await?.is_none() {
        return Ok(false);
    }
    store::set_scope(&mut tx, id, scope).await?;
    let line = Audit::by(desk.now(), by, "portal.scope_changed").on("organisation", id.0);
    audit(&mut tx, &line.with(serde_json::json!({ "scope": scope }))).await?;
    tx.commit().await?;
    Ok(true)
}
