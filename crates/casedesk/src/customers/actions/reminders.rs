//! Contracts that end are told in time, to whoever looks after the organisation or else to a team.
use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::merge::organisation_in_use;
use super::{record, today};
use crate::customers::store::{self, EndingContract};
use crate::customers::{CustomersError, OrganisationId, rules};
use crate::db::{Result, Tx};
use crate::desk::Desk;
use crate::kit::Day;
use crate::queue;
use crate::staff::store::{agents, members, teams};
use crate::staff::{AgentId, Viewer};

/// How many contracts are looked at in one day.
const MOST: i64 = 5_000;

/// The contracts that end within so many days and that nothing follows.
pub async fn ending_contracts(desk: &Desk, within_days: i64, limit: i64) -> Result<Vec<EndingContract>> {
    let today = today(desk);
    let last = today.begins().plus(Duration::from_hours(24 * u64::try_from(within_days).unwrap_or(0)));
    store::ending_contracts(desk.db(), &today.to_string(), &Day::of(last, "UTC").to_string(), limit).await
}

/// How many days it is to the end of a contract.
pub fn days_left(desk: &Desk, contract: &EndingContract) -> i64 {
    let end = contract.contract.terms.ends_on.as_deref().and_then(Day::parse);
    end.map_or(0, |end| today(desk).days_until(end))
}

/// Whom to write to: address and name.
type Recipient = (String, String);

/// Sends what is due, each reminder once; how many mails that are.
pub async fn remind(desk: &Desk) -> Result<usize> {
    let days: Vec<i64> = desk.config().customers.remind_days.iter().map(|days| i64::from(*days)).collect();
    let Some(most) = days.iter().copied().max() else { return Ok(0) };
    let ending = ending_contracts(desk, most, MOST).await?;
    let (managers, team) = (agents(desk.db()).await?, team(desk).await?);
    let mut mails: BTreeMap<Recipient, Vec<String>> = BTreeMap::new();
    let mut tx = desk.db().begin().await?;
    for one in &ending {
        let manager = managers.iter().find(|agent| Some(agent.id) == one.account_manager_id);
        let to = manager.map_or_else(|| team.clone(), |agent| vec![(agent.email.clone(), agent.name.clone())]);
        let ends_on = one.contract.terms.ends_on.as_deref().unwrap_or_default();
        let left = days_left(desk, one);
        let sent = store::reminders(&mut tx, one.contract.id, ends_on).await?;
        // As long as there is nobody to tell, it is not told.
        let Some(due) = rules::due(left, &days, &sent).filter(|_| !to.is_empty()) else { continue };
        if store::insert_reminder(&mut tx, one.contract.id, ends_on, due, desk.now()).await? == 1 {
            for recipient in to {
                mails.entry(recipient).or_default().push(line(desk, one, left));
            }
        }
    }
    let count = mails.len();
    for ((address, name), lines) in mails {
        send(&mut tx, desk, &address, &name, &lines).await?;
    }
    tx.commit().await?;
    Ok(count)
}

fn line(desk: &Desk, one: &EndingContract, left: i64) -> String {
    let when = match left {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        left => format!("in {left} days"),
    };
    let contract = &one.contract;
    let end = contract.terms.ends_on.as_deref().and_then(Day::parse).map_or_else(String::new, Day::words);
    let reference = match contract.terms.reference.as_str() {
        "" => String::new(),
        reference => format!(" ({reference})"),
    };
    let page = desk.link(&format!("/organisations/{}", contract.organisation_id));
    format!("{}: {}{reference} ends on {end}, {when}.\n{page}\n", one.organisation_name, contract.option_name)
}

async fn send(tx: &mut Tx, desk: &Desk, address: &str, name: &str, lines: &[String]) -> Result<()> {
    let subject = match lines {
        [_] => "A contract ends soon".to_owned(),
        more => format!("{} contracts end soon", more.len()),
    };
    let text =
        format!("Nothing follows yet:\n\n{}\nAll contracts that end: {}\n", lines.join("\n"), desk.link("/contracts"));
    let payload = json!({ "to": address, "name": name, "subject": subject, "text": text });
    queue::enqueue_raw(tx, "system_mail", &payload, None, desk.now()).await
}

/// Everybody in the team of the settings.
async fn team(desk: &Desk) -> Result<Vec<Recipient>> {
    let wanted = &desk.config().customers.remind_team;
    let Some(team) = teams(desk.db()).await?.into_iter().find(|team| team.name.eq_ignore_ascii_case(wanted)) else {
        return Ok(vec![]);
    };
    let members = members(desk.db(), team.id).await?;
    let all = agents(desk.db()).await?.into_iter().filter(|agent| members.contains(&agent.id));
    Ok(all.map(|agent| (agent.email, agent.name)).collect())
}

/// Says who looks after an organisation on our side; `None`: nobody in particular.
pub async fn set_account_manager(
    desk: &Desk,
    by: &Viewer,
    id: OrganisationId,
    agent: Option<AgentId>,
) -> std::result::Result<(), CustomersError> {
    let known = agents(desk.db()).await?;
    if agent.is_some_and(|agent| !known.iter().any(|one| one.id == agent)) {
        return Err(CustomersError::Missing("agent"));
    }
    let mut tx = desk.db().begin().await?;
    organisation_in_use(&mut tx, id).await?;
    store::set_account_manager(&mut tx, id, agent).await?;
    let detail = json!({ "account_manager": agent });
    record(&mut tx, desk, by, "customers.account_manager_set", ("organisation", id.0), detail).await?;
    Ok(tx.commit().await?)
}
