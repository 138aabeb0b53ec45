//! Sending a quote: a mail of the desk on its case, with the paper and a private link.
use bytes::Bytes;

use super::{Moved, key, locked, step, today, visible};
use crate::cases::actions::{self as cases, DeskMail, ReceivedFile};
use crate::cases::store as case_store;
use crate::cases::{PrivateLink, QuoteStep};
use crate::customers::{self, Person};
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::secrets::sha256_hex;
use crate::kit::{Day, Timestamp};
use crate::queue;
use crate::quotes::jobs::{Expire, Remind};
use crate::quotes::pdf::{self, Paper};
use crate::quotes::rules::{self, Filling, Step, money};
use crate::quotes::store::{self, NewLink, QuoteRow};
use crate::quotes::{Line, QuoteId, QuoteState, QuotesError};
use crate::staff::actions::audit;
use crate::staff::{Audit, Viewer};

/// For so many days after its last one a quote can still be looked at by its link.
const LOOKED_AT_FOR_DAYS: i64 = 90;
/// The hour at which sales is reminded.
const REMINDS_AT: i8 = 8;

/// The paper of a quote: as it was sent, or as it would be sent today.
pub async fn paper(desk: &Desk, row: &QuoteRow) -> Result<Bytes, QuotesError> {
    if let Some(digest) = &row.pdf_digest {
        return Ok(desk.files().get(digest).await?);
    }
    let lines = store::lines(desk.db(), row.id).await?;
    written(desk, row, &lines, today(desk)).await
}

/// Writes the paper on a thread of its own: fonts are much to read.
async fn written(desk: &Desk, row: &QuoteRow, lines: &[Line], on: Day) -> Result<Bytes, QuotesError> {
    let paper = Paper {
        sender: desk.config().desk.name.clone(),
        sender_address: desk.config().quotes.address.clone(),
        key: key(desk, row),
        case: format!("{}-{}", desk.config().desk.prefix, row.shown_on()),
        to: [Some(row.to_name.clone()), row.organisation.clone(), Some(row.to_address.clone())]
            .into_iter()
            .flatten()
            .filter(|line| !line.is_empty())
            .collect(),
        date: on,
        valid_until: row.valid_until,
        title: row.title.clone(),
        text: row.text.clone(),
        currency: row.currency.clone(),
        lines: lines.to_vec(),
        total_minor: row.total_minor,
        vat_note: row.vat_note.clone(),
        draft: matches!(row.state, QuoteState::Draft | QuoteState::Submitted | QuoteState::Withdrawn),
    };
    let bytes = tokio::task::spawn_blocking(move || pdf::write(&paper)).await;
    Ok(Bytes::from(bytes.map_err(|error| QuotesError::Paper(error.to_string()))??))
}

/// Sends an approved quote, or one that is with the customer once more. Older versions no longer hold.
pub async fn send(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<(), QuotesError> {
    let shown = visible(desk, by, id).await?;
    rules::may(Step::Send, shown.state)?;
    // Before the transaction: a file is there before a row names it.
    let bytes = paper(desk, &shown).await?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let digest = desk.files().put(bytes).await?;
    let mut tx = desk.db().begin().await?;
    let row = locked(&mut tx, by, id).await?;
    if row.updated_at != shown.updated_at {
        return Err(QuotesError::ChangedSince);
    }
    rules::may(Step::Send, row.state)?;
    rules::complete(&store::lines(&mut tx, id).await?, &row.to_address, row.valid_until, today(desk))?;
    supersede(&mut tx, desk, &row).await?;
    let file = ReceivedFile {
        name: rules::file_name(&desk.config().quotes.prefix, row.series_id.0, row.version),
        content_type: "application/pdf".into(),
        size,
        digest: digest.clone(),
        shows_inline: false,
        content_id: None,
    };
    mail(&mut tx, desk, by, &row, file).await?;
    store::mark_sent(&mut tx, id, &digest, desk.now()).await?;
    step(&mut tx, desk, &row, Moved::by_agent(QuoteStep::Sent, by)).await?;
    if row.sent_at.is_none() {
        look_again(&mut tx, desk, &row).await?;
    }
    let line = Audit::by(desk.now(), by, "quotes.sent").on("quote", id.0);
    audit(&mut tx, &line.with(serde_json::json!({ "version": row.version, "paper": digest }))).await?;
    tx.commit().await?;
    Ok(())
}

/// The versions before this one no longer hold. One that was accepted is the end of it.
async fn supersede(tx: &mut Tx, desk: &Desk, row: &QuoteRow) -> Result<(), QuotesError> {
    for other in store::versions(&mut *tx, row.series_id).await? {
        match other.state {
            QuoteState::Accepted => return Err(QuotesError::AcceptedBefore),
            QuoteState::Sent if other.id != row.id => {
                store::set_state(tx, other.id, QuoteState::Superseded, desk.now()).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn mail(tx: &mut Tx, desk: &Desk, by: &Viewer, row: &QuoteRow, file: ReceivedFile) -> Result<(), QuotesError> {
    if desk.config().mail.from.is_empty() {
        return Err(QuotesError::NoMail);
    }
    if let Some(why) = customers::store::paused(&mut *tx, &row.to_address).await? {
        return Err(QuotesError::Paused(row.to_address.clone(), why));
    }
    let (name, usual) = rules::TEMPLATE;
    let own = case_store::template_by_name(&mut *tx, name).await?;
    let filling = Filling {
        quote: &key(desk, row),
        title: &row.title,
        total: &money::money(row.total_minor, &row.currency),
        valid: &row.valid_until.words(),
        link: PrivateLink::PLACE,
        case: &format!("{}-{}", desk.config().desk.prefix, row.shown_on()),
    };
    let text = rules::mail(own.as_ref().map_or(usual, |own| &own.body), &filling);
    let link = PrivateLink::new("/quote/");
    let token_digest = sha256_hex(link.token(desk).as_bytes());
    let to =
        Person { name: Some(row.to_name.clone()).filter(|name| !name.is_empty()), address: row.to_address.clone() };
    let mail = DeskMail { to, text: &text, link, files: &[file], asked_by: Some(by.id) };
    let entry = cases::send_from_desk(tx, desk, row.case_id, mail).await?;
    let link = NewLink {
        digest: &token_digest,
        quote: row.id,
        entry,
        address: &row.to_address,
        sent_at: desk.now(),
        expires_at: end_of(desk, row.valid_until.plus_days(LOOKED_AT_FOR_DAYS)),
    };
    store::insert_link(tx, &link).await?;
    Ok(())
}

/// The moment at which a day is over where the desk is.
fn end_of(desk: &Desk, day: Day) -> Timestamp {
    let next = day.plus_days(1);
    Timestamp::on_day(&next.to_string(), 0, &desk.config().desk.time_zone).unwrap_or_else(|| next.begins())
}

/// Asks for the reminder and for the look at the end of its last day.
async fn look_again(tx: &mut Tx, desk: &Desk, row: &QuoteRow) -> Result<(), QuotesError> {
    queue::enqueue(tx, &Expire { quote: row.id }, end_of(desk, row.valid_until)).await?;
    let days = desk.config().quotes.remind_days;
    let day = row.valid_until.plus_days(-days);
    let at = Timestamp::on_day(&day.to_string(), REMINDS_AT, &desk.config().desk.time_zone);
    if let Some(at) = at.filter(|at| days > 0 && *at > desk.now()) {
        queue::enqueue(tx, &Remind { quote: row.id }, at).await?;
    }
    Ok(())
}

/// Asked of a link after it has expired or was never one: nothing is told apart.
pub async fn of_link(desk: &Desk, token: &str) -> Result<QuoteRow, QuotesError> {
    let digest = sha256_hex(token.as_bytes());
    let id = store::quote_of_link(desk.db(), &digest, desk.now()).await?.ok_or(QuotesError::DeadLink)?;
    store::quote(desk.db(), id).await?.ok_or(QuotesError::DeadLink)
}
