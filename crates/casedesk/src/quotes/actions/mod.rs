//! What is done with quotes: one verb, one transaction each.
mod approve;
mod decide;
mod draft;
mod heard;
mod send;
mod time;

pub use approve::*;
pub use decide::*;
pub use draft::*;
pub use heard::*;
pub use send::*;
pub use time::*;

use super::rules::{self, money};
use super::store::{self, QuoteRow};
use super::{QuoteId, QuotesError};
use crate::cases::actions::{self as cases, QuoteMoved};
use crate::cases::{EntryId, QuoteStep, Quoted};
use crate::customers::ContactId;
use crate::db::Tx;
use crate::desk::Desk;
use crate::kit::Day;
use crate::queue;
use crate::staff::{self, Actor, AgentId, Viewer};

/// How many people are told of one step.
const MOST_TOLD: usize = 50;

/// The quote, where the viewer may see its case.
pub async fn visible(desk: &Desk, by: &Viewer, id: QuoteId) -> Result<QuoteRow, QuotesError> {
    seen(store::quote(desk.db(), id).await?.ok_or(QuotesError::NoQuote(id))?, by)
}

/// The same, kept as it is until the transaction ends.
async fn locked(tx: &mut Tx, by: &Viewer, id: QuoteId) -> Result<QuoteRow, QuotesError> {
    seen(store::lock_quote(tx, id).await?.ok_or(QuotesError::NoQuote(id))?, by)
}

fn seen(row: QuoteRow, by: &Viewer) -> Result<QuoteRow, QuotesError> {
    let shown = by.can_see(row.case_team) || (row.root_id.is_some() && by.can_see(row.root_team));
    if shown { Ok(row) } else { Err(QuotesError::NoQuote(row.id)) }
}

/// Whether the viewer is in the team that approves quotes.
pub async fn is_in_sales(desk: &Desk, by: &Viewer) -> Result<bool, QuotesError> {
    let team = staff::store::team_named(desk.db(), &desk.config().quotes.team).await?;
    Ok(team.is_some_and(|team| by.teams.contains(&team.id)))
}

/// The day that it is for the desk.
pub fn today(desk: &Desk) -> Day {
    Day::of(desk.now(), &desk.config().desk.time_zone)
}

/// Its number, as people say it.
pub fn key(desk: &Desk, row: &QuoteRow) -> String {
    rules::key(&desk.config().quotes.prefix, row.series_id.0, row.version)
}

/// What a step is besides its quote.
struct Moved<'a> {
    step: QuoteStep,
    actor: Actor,
    contact: Option<ContactId>,
    text: &'a str,
    by: &'a str,
    by_mail: Option<EntryId>,
}

impl Moved<'_> {
    fn by_agent(step: QuoteStep, by: &Viewer) -> Self {
        Self { step, actor: by.actor(), contact: None, text: "", by: "", by_mail: None }
    }

    fn by_desk(step: QuoteStep) -> Self {
        Self { step, actor: Actor::System, contact: None, text: "", by: "", by_mail: None }
    }
}

/// Writes the step onto the case.
async fn step(tx: &mut Tx, desk: &Desk, row: &QuoteRow, moved: Moved<'_>) -> Result<EntryId, QuotesError> {
    let details = Quoted {
        quote: row.id.0,
        step: moved.step,
        key: key(desk, row),
        title: row.title.clone(),
        total: money::money(row.total_minor, &row.currency),
        by: moved.by.to_owned(),
        by_mail: moved.by_mail,
    };
    let moved = QuoteMoved { actor: moved.actor, contact: moved.contact, text: moved.text, details };
    Ok(cases::quote_step(tx, desk, row.case_id, moved).await?)
}

/// Writes to the team that approves quotes and to who drafted this one: to those who may see its case, and not to who did it.
async fn tell_sales(
    tx: &mut Tx,
    desk: &Desk,
    row: &QuoteRow,
    words: &str,
    besides: Option<AgentId>,
) -> Result<(), QuotesError> {
    if desk.config().mail.from.is_empty() {
        return Ok(());
    }
    let team = staff::store::team_named(&mut *tx, &desk.config().quotes.team).await?;
    let mut told = match team {
        Some(team) => staff::store::members(&mut *tx, team.id).await?,
        None => vec![],
    };
    if !told.contains(&row.drafted_by) {
        told.push(row.drafted_by);
    }
    let key = key(desk, row);
    for id in told.into_iter().filter(|id| Some(*id) != besides).take(MOST_TOLD) {
        let Some(standing) = staff::actions::standing(desk, id).await? else { continue };
        if row.case_team.is_some_and(|team| standing.hidden_teams.contains(&team)) {
            continue;
        }
        let Some(agent) = staff::store::agent(&mut *tx, id).await? else { continue };
        let text = format!(
            "{words}\n\n{key}: {}\n{}, valid until {}\n\n{}\n",
            row.title,
            money::money(row.total_minor, &row.currency),
            row.valid_until.words(),
            desk.link(&format!("/quotes/{}", row.id))
        );
        let payload = serde_json::json!({ "to": agent.email, "subject": format!("{key}: {words}"), "text": text });
        queue::enqueue_raw(tx, "system_mail", &payload, None, desk.now()).await?;
    }
    Ok(())
}
