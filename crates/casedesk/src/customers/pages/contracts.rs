//! Contracts that end soon, and who looks after an organisation.
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::customers::store::EndingContract;
use crate::customers::{OrganisationId, actions, rules};
use crate::desk::Desk;
use crate::kit::Day;
use crate::staff::{AgentId, Reader, Worker};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Error, Html, Result};

/// How many contracts the page shows.
const MOST: i64 = 200;
const USUAL_DAYS: i64 = 60;
const MOST_DAYS: i64 = 3650;

struct Row {
    ending: EndingContract,
    left: i64,
    when: String,
    end: String,
    /// The last day of one that follows and is as long.
    next_end: String,
}

#[derive(Template)]
#[template(path = "customers/contracts.html")]
struct ContractsPage {
    shell: Shell,
    within: i64,
    days: String,
    team: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    within: Option<i64>,
}

/// `GET /contracts`
pub(super) async fn ending(
    State(desk): State<Desk>,
    Reader(by): Reader,
    Query(asked): Query<Asked>,
) -> Result<Html<impl Template>> {
    let within = asked.within.unwrap_or(USUAL_DAYS).clamp(1, MOST_DAYS);
    let ending = actions::ending_contracts(&desk, within, MOST).await?;
    let config = &desk.config().customers;
    let days: Vec<String> = config.remind_days.iter().map(u32::to_string).collect();
    Ok(Html(ContractsPage {
        shell: by.shell("organisations", ""),
        within,
        days: days.join(", "),
        team: config.remind_team.clone(),
        rows: ending.into_iter().map(|one| row(&desk, one)).collect::<Result<_>>()?,
    }))
}

fn row(desk: &Desk, ending: EndingContract) -> Result<Row> {
    let left = actions::days_left(desk, &ending);
    let when = match left {
        0 => "ends today".to_owned(),
        1 => "ends tomorrow".to_owned(),
        left => format!("ends in {left} days"),
    };
    let end = ending.contract.terms.ends_on.as_deref().and_then(Day::parse).map_or_else(String::new, Day::words);
    let next_end = rules::next_end(&ending.contract.terms)?;
    Ok(Row { ending, left, when, end, next_end })
}

/// `POST /organisations/{id}/account-manager`
pub(super) async fn manager(
    State(desk): State<Desk>,
    Worker(by): Worker,
    Path(id): Path<OrganisationId>,
    sent: Fields,
) -> Result<Response> {
    let read =
        |text: &str| text.parse().map(AgentId).map_err(|_| Error::unprocessable("Choose one of your colleagues."));
    let agent = sent.filled("agent").map(read).transpose()?;
    actions::set_account_manager(&desk, &by, id, agent).await?;
    Ok(see_other(&format!("/organisations/{id}")))
}
