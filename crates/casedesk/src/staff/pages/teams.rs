//! `/settings/teams`.
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::refusal;
use crate::desk::Desk;
use crate::staff::store::teams::memberships;
use crate::staff::store::{Team, agents, teams};
use crate::staff::{Admin, AgentId, Error, TeamId, Viewer, actions};
use crate::web::shell::Shell;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "staff/teams.html")]
struct TeamsPage {
    shell: Shell,
    teams: Vec<Shown>,
    fault: String,
}

struct Shown {
    team: Team,
    /// Number and name.
    members: Vec<(AgentId, String)>,
}

impl Shown {
    fn is_led_by(&self, agent: &AgentId) -> bool {
        self.team.lead_id == Some(*agent)
    }
}

#[derive(Deserialize)]
pub(super) struct TeamForm {
    name: String,
    /// A checkbox: there when ticked.
    members_only: Option<String>,
    /// The number of a member; empty: nobody.
    #[serde(default)]
    lead: String,
}

async fn page(desk: &Desk, viewer: &Viewer, fault: String) -> Result<Html<TeamsPage>> {
    let memberships = memberships(desk.db()).await?;
    let agents = agents(desk.db()).await?;
    let is_member = |team, agent| memberships.contains(&(team, agent));
    let teams = teams(desk.db()).await?.into_iter().map(|team| {
        let members = agents.iter().filter(|agent| is_member(team.id, agent.id));
        Shown { members: members.map(|agent| (agent.id, agent.name.clone())).collect(), team }
    });
    let teams = teams.collect();
    Ok(Html(TeamsPage { shell: viewer.shell("settings", "teams"), teams, fault }))
}

/// `GET /settings/teams`
pub(super) async fn show(State(desk): State<Desk>, Admin(viewer): Admin) -> Result<Response> {
    Ok(page(&desk, &viewer, String::new()).await?.into_response())
}

async fn done(desk: &Desk, viewer: &Viewer, outcome: Result<(), Error>) -> Result<Response> {
    match outcome {
        Ok(()) => Ok(Redirect::to("/settings/teams").into_response()),
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, page(desk, viewer, fault).await?).into_response())
        }
    }
}

/// `POST /settings/teams`
pub(super) async fn add(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Form(form): Form<TeamForm>,
) -> Result<Response> {
    let added = actions::add_team(&desk, &viewer, &form.name, form.members_only.is_some()).await;
    done(&desk, &viewer, added.map(drop)).await
}

/// `POST /settings/teams/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<TeamId>,
    Form(form): Form<TeamForm>,
) -> Result<Response> {
    let changed = match actions::change_team(&desk, &viewer, id, &form.name, form.members_only.is_some()).await {
        Ok(()) => actions::set_lead(&desk, &viewer, id, form.lead.parse().ok().map(AgentId)).await,
        refused => refused,
    };
    done(&desk, &viewer, changed).await
}
