//! From a posted reply to the relay. What SMTP can promise: the relay has the mail when it said so,
//! and we ask until it does. What it cannot: when the relay took the mail and its answer was lost
//! (RFC 5321 section 4.5.3.2.6, RFC 1047), we must send again. Every try is the same bytes under the
//! same Message-ID, by which the receiving side can tell that it has the mail already.
use bytes::Bytes;
use casedesk_mail::{Address, AutoSubmitted, OutboundAttachment, OutboundMail, token};

use crate::cases::store::{self as case_store, Case, EntryRow};
use crate::cases::{Delivery, Door, EntryData, EntryId, EntryKind, Outgoing, actions as cases};
use crate::customers::Person;
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;
use crate::kit::{markdown, secrets};
use crate::mail::client::{Relay, SendError};
use crate::mail::{MailError, store};

/// The desk and its relay, when one is set up.
#[derive(Clone)]
pub struct Postman {
    pub desk: Desk,
    pub relay: Option<Relay>,
}

/// How many references a mail carries (RFC 5322 sets no bound, mail servers do).
const MOST_REFERENCES: usize = 20;

/// Offers an entry to the relay, when it is its time. `Err`: try again later.
pub async fn deliver(postman: &Postman, entry: EntryId) -> anyhow::Result<()> {
    let Some((row, case)) = begin(&postman.desk, entry).await? else { return Ok(()) };
    let EntryData::Outgoing(details) = row.data()? else { return Ok(()) };
    let Some(relay) = &postman.relay else {
        return Ok(fail(&postman.desk, entry, "no relay is set up (mail.smtp.host)").await?);
    };
    let raw = bytes_of(&postman.desk, &row, &case, &details).await?;
    let mail = &postman.desk.config().mail;
    let group = Some(&mail.copy_to_group).filter(|group| !group.is_empty() && !details.automatic);
    // Blind copies are named to the relay alone: `compose` writes none of them.
    let people = details.to.iter().chain(&details.cc).chain(&details.bcc);
    let to: Vec<String> = people.map(|p| p.address.clone()).chain(group.cloned()).collect();
    // RFC 3834 section 3.3: nobody need hear that an automatic mail failed.
    let envelope_from = (!details.automatic).then_some(mail.from.as_str());
    match relay.send(envelope_from, &to, &raw).await {
        Ok(_) => Ok(settle(&postman.desk, entry, Delivery::Sent, None).await?),
        Err(error @ SendError::Permanent { .. }) => Ok(fail(&postman.desk, entry, &error.to_string()).await?),
        Err(error) => Err(error.into()),
    }
}

/// No further try is made: the failure stands on the case for everybody to see.
pub async fn give_up(postman: &Postman, entry: EntryId, error: &str) -> Result<(), MailError> {
    fail(&postman.desk, entry, &format!("given up after 4 days: {error}")).await
}

/// Takes the entry out of the reach of undo. `None`: it is not to be sent (any more).
async fn begin(desk: &Desk, entry: EntryId) -> Result<Option<(EntryRow, Case)>, MailError> {
    let mut tx = desk.db().begin().await?;
    let Some(row) = case_store::entry(&mut tx, entry).await?.filter(|row| row.kind == EntryKind::MailOut) else {
        return Ok(None);
    };
    match row.delivery {
        Some(Delivery::Pending) => {}
        // A try that was cut off: the relay may or may not have it, so it is offered again.
        Some(Delivery::Sending) => return with_case(desk, row).await,
        _ => return Ok(None),
    }
    let EntryData::Outgoing(details) = row.data()? else { return Ok(None) };
    let root = case_store::case(&mut tx, row.case_id).await?;
    let shown = root.and_then(|case| case.merged_into).unwrap_or(row.case_id);
    if details.scheduled && case_store::newer_incoming(&mut tx, shown, row.id).await?.is_some() {
        cases::stop_reply(&mut tx, desk, &row).await?;
        tx.commit().await?;
        return Ok(None);
    }
    if case_store::set_delivery(&mut tx, entry, &[Delivery::Pending], Delivery::Sending, None).await? == 0 {
        return Ok(None);
    }
    tx.commit().await?;
    with_case(desk, row).await
}

async fn with_case(desk: &Desk, row: EntryRow) -> Result<Option<(EntryRow, Case)>, MailError> {
    let case = case_store::case(desk.db(), row.case_id).await?;
    Ok(case.map(|case| (row, case)))
}

/// The mail's bytes: written once and kept, so that every try sends the same.
async fn bytes_of(desk: &Desk, row: &EntryRow, case: &Case, details: &Outgoing) -> anyhow::Result<Bytes> {
    if let Some(digest) = store::message(desk.db(), row.id).await?.and_then(|message| message.raw_digest) {
        return Ok(desk.files().get(&digest).await?);
    }
    let mail = compose(desk, row, case, details).await?;
    let raw = Bytes::from(casedesk_mail::write(&mail));
    let digest = desk.files().put(raw.clone()).await?;
    let message = store::Message {
        entry_id: row.id,
        message_id: Some(mail.message_id.clone()),
        subject: mail.subject.clone(),
        reference_ids: serde_json::to_string(&mail.references)?,
        raw_digest: Some(digest),
        html_digest: None,
    };
    let mut tx = desk.db().begin().await?;
    store::insert_message(&mut tx, &message, &secrets::sha256_hex(mail.message_id.as_bytes())).await?;
    store::remember_ids(&mut tx, std::slice::from_ref(&mail.message_id), case.id).await?;
    tx.commit().await?;
    Ok(raw)
}

async fn compose(desk: &Desk, row: &EntryRow, case: &Case, details: &Outgoing) -> anyhow::Result<OutboundMail> {
    let settings = &desk.config().mail;
    let domain = crate::customers::domain_of(&settings.from);
    let answered = store::newest_message(desk.db(), case.merged_into.unwrap_or(case.id), row.id).await?;
    let in_reply_to = answered.as_ref().and_then(|message| message.message_id.clone());
    let mut references: Vec<String> =
        answered.as_ref().and_then(|m| serde_json::from_str(&m.reference_ids).ok()).unwrap_or_default();
    references.extend(in_reply_to.clone());
    let surplus = references.len().saturating_sub(MOST_REFERENCES);
    references.drain(..surplus);
    let signature = match row.agent_id {
        Some(agent) => crate::staff::store::agent(desk.db(), agent).await?.map(|a| a.signature).unwrap_or_default(),
        None => String::new(),
    };
    let words = details.private_link.as_ref().map_or_else(|| row.text.clone(), |link| link.write_into(desk, &row.text));
    let text = if signature.trim().is_empty() { words.clone() } else { format!("{words}\n\n-- \n{signature}") };
    let html = format!(
        "{}{}",
        markdown::to_html(&words),
        if signature.trim().is_empty() { String::new() } else { markdown::to_html(&signature) }
    );
    let name = match &row.agent_name {
        Some(agent) if !details.automatic => format!("{agent} ({})", desk.config().desk.name),
        _ => desk.config().desk.name.clone(),
    };
    let mut attachments = Vec::new();
    for file in case_store::files_of_entries(desk.db(), &[row.id]).await? {
        let bytes = desk.files().get(&file.digest).await?.to_vec();
        attachments.push(OutboundAttachment {
            name: file.name,
            content_type: file.content_type,
            bytes,
            content_id: None,
        });
    }
    let prefix = &desk.config().desk.prefix;
    Ok(OutboundMail {
        from: Address { name: Some(name), address: settings.from.clone() },
        to: details.to.iter().map(address).collect(),
        cc: details.cc.iter().map(address).collect(),
        reply_to: reply_address(desk, case.id.0).map(|address| Address { name: None, address }),
        subject: subject(about(case, details), prefix, case.id.0, in_reply_to.is_some()),
        message_id: token::sign_message_id(desk.signing_key(), case.id.0, row.id.0, domain),
        in_reply_to,
        references,
        date: row.at.seconds(),
        text,
        html: Some(html),
        attachments,
        auto: details.automatic.then_some(if details.generated {
            AutoSubmitted::AutoGenerated
        } else {
            AutoSubmitted::AutoReplied
        }),
        loop_mark: None,
        extra_headers: vec![],
    })
}

fn address(person: &Person) -> Address {
    Address { name: person.name.clone(), address: person.address.clone() }
}

/// `support+token@…`, by which an answer finds its case whatever else is lost on the way.
fn reply_address(desk: &Desk, case: i64) -> Option<String> {
    let mail = &desk.config().mail;
    let (local, domain) = mail.from.split_once('@').filter(|_| mail.plus_addresses)?;
    Some(format!("{local}+{}@{domain}", token::sign_reply(desk.signing_key(), case, "")))
}

/// What a mail is about. Anybody may have typed the address of a form: a receipt carries none of their words to it.
fn about<'a>(case: &'a Case, details: &Outgoing) -> &'a str {
    let is_receipt = details.automatic && !details.generated;
    if is_receipt && case.door == Door::Form { "Your message" } else { &case.subject }
}

/// `Re: subject [CD-1042]`.
fn subject(subject: &str, prefix: &str, case: i64, answers: bool) -> String {
    let token = format!("[{prefix}-{case}]");
    let is_reply = subject.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("re:"));
    let re = if answers && !is_reply { "Re: " } else { "" };
    if subject.contains(&token) { format!("{re}{subject}") } else { format!("{re}{subject} {token}") }
}

async fn fail(desk: &Desk, entry: EntryId, why: &str) -> Result<(), MailError> {
    settle(desk, entry, Delivery::Failed, Some(why)).await
}

/// A mail that was given up waits to be sent again.
pub async fn revive(tx: &mut Tx, desk: &Desk, entry: EntryId) -> crate::db::Result<()> {
    if case_store::set_delivery(tx, entry, &[Delivery::Failed], Delivery::Pending, None).await? == 1 {
        tell(tx, desk, entry, "reply_retried").await?;
    }
    Ok(())
}

async fn tell(tx: &mut Tx, desk: &Desk, entry: EntryId, kind: &'static str) -> crate::db::Result<()> {
    let Some(row) = case_store::entry(&mut *tx, entry).await? else { return Ok(()) };
    let Some(case) = case_store::case(&mut *tx, row.case_id).await? else { return Ok(()) };
    let event = Event {
        topic: "case",
        id: case.merged_into.unwrap_or(case.id).0,
        kind,
        team: case.team_id.map(|team| team.0),
        agent: None,
        at: desk.now(),
        data: serde_json::json!({ "entry": entry }),
    };
    desk.tell(tx, &event).await?;
    Ok(())
}

async fn settle(desk: &Desk, entry: EntryId, to: Delivery, why: Option<&str>) -> Result<(), MailError> {
    let mut tx: Tx = desk.db().begin().await?;
    let from = [Delivery::Pending, Delivery::Sending];
    if case_store::set_delivery(&mut tx, entry, &from, to, why).await? == 0 {
        return Ok(());
    }
    tell(&mut tx, desk, entry, if to == Delivery::Sent { "reply_sent" } else { "reply_failed" }).await?;
    tx.commit().await?;
    metrics::counter!("casedesk_mail_out_total", "result" => to.as_str()).increment(1);
    Ok(())
}

/// Sends a mail of the desk itself (an invitation, a reset) that belongs to no case.
pub async fn send_system_mail(postman: &Postman, job: &crate::mail::jobs::SystemMail) -> anyhow::Result<()> {
    let Some(relay) = &postman.relay else { anyhow::bail!("no relay is set up (mail.smtp.host)") };
    let desk = &postman.desk;
    let from = &desk.config().mail.from;
    let domain = crate::customers::domain_of(from);
    // Every try is the same mail; the same words in answer to another mail are another one.
    let answered = job.in_reply_to.as_deref().unwrap_or_default();
    let digest = secrets::sha256_hex(format!("{}{}{answered}", job.to, job.text).as_bytes());
    let auto = if answered.is_empty() { AutoSubmitted::AutoGenerated } else { AutoSubmitted::AutoReplied };
    let mail = OutboundMail {
        from: Address { name: Some(desk.config().desk.name.clone()), address: from.clone() },
        to: vec![Address { name: job.name.clone(), address: job.to.clone() }],
        cc: vec![],
        reply_to: None,
        subject: job.subject.clone(),
        message_id: format!("{digest}@{domain}"),
        in_reply_to: job.in_reply_to.clone(),
        references: job.in_reply_to.clone().into_iter().collect(),
        date: desk.now().seconds(),
        text: job.text.clone(),
        html: None,
        attachments: vec![],
        auto: Some(auto),
        loop_mark: None,
        extra_headers: vec![],
    };
    relay.send(None, std::slice::from_ref(&job.to), &casedesk_mail::write(&mail)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn a_subject_carries_its_token_once() {
        assert_eq!(subject("No login", "CD", 1042, true), "Re: No login [CD-1042]");
        assert_eq!(subject("RE: No login [CD-1042]", "CD", 1042, true), "RE: No login [CD-1042]");
        assert_eq!(subject("Ünïcödé", "CD", 7, false), "Ünïcödé [CD-7]");
    }
}
