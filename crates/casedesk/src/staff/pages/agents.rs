//! `/settings/agents`: people come, change and go.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::refusal;
use crate::desk::Desk;
use crate::staff::actions::{self, Change, Invited, NewColleague};
use crate::staff::store::teams::memberships;
use crate::staff::store::{self, Agent, Team, agents, teams};
use crate::staff::{Admin, AgentId, Error, Role, TeamId, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::{Person, Shell};
use crate::web::{Html, Result};

/// An agent in the list.
struct Row {
    agent: Agent,
    person: Person,
    teams: String,
}

#[derive(Template)]
#[template(path = "staff/agents.html")]
struct AgentsPage {
    shell: Shell,
    rows: Vec<Row>,
    teams: Vec<Team>,
    roles: &'static [Role],
    fault: String,
    full_name: String,
    email: String,
    invited: Option<Shown>,
}

/// An invitation just made: the link is shown to the administrator this once.
struct Shown {
    email: String,
    link: String,
}

#[derive(Template)]
#[template(path = "staff/agent.html")]
struct AgentPage {
    shell: Shell,
    agent: Agent,
    own: bool,
    addresses: String,
    /// Every team, and whether the agent is in it.
    teams: Vec<(Team, bool)>,
    roles: &'static [Role],
    fault: String,
    invited: Option<Shown>,
}

fn team_ids(form: &Fields) -> Vec<TeamId> {
    form.all("team").filter_map(|id| id.parse().ok().map(TeamId)).collect()
}

fn role(form: &Fields) -> Result<Role, Error> {
    form.one("role").parse().map_err(|_| Error::Unknown("role"))
}

async fn page(desk: &Desk, viewer: &Viewer) -> Result<AgentsPage> {
    let teams = teams(desk.db()).await?;
    let members = memberships(desk.db()).await?;
    let row = |agent: Agent| {
        let of = |team: &&Team| members.contains(&(team.id, agent.id));
        let teams = teams.iter().filter(of).map(|team| team.name.as_str()).collect::<Vec<_>>().join(", ");
        Row { person: Person::new(agent.id.0, &agent.name, &agent.email), teams, agent }
    };
    Ok(AgentsPage {
        shell: viewer.shell("settings", "agents"),
        rows: agents::roster(desk.db()).await?.into_iter().map(row).collect(),
        teams,
        roles: Role::ALL,
        fault: String::new(),
        full_name: String::new(),
        email: String::new(),
        invited: None,
    })
}

/// `GET /settings/agents`
pub(super) async fn show(State(desk): State<Desk>, Admin(viewer): Admin) -> Result<Response> {
    Ok(Html(page(&desk, &viewer).await?).into_response())
}

/// `POST /settings/agents`
pub(super) async fn invite(State(desk): State<Desk>, Admin(viewer): Admin, form: Fields) -> Result<Response> {
    let (name, email) = (form.one("name").to_owned(), form.one("email").to_owned());
    let new = NewColleague { name: name.clone(), email: email.clone(), role: role(&form)?, teams: team_ids(&form) };
    match actions::invite(&desk, &viewer, &new).await {
        Ok(Invited { link, .. }) => {
            let invited = Some(Shown { email, link });
            Ok(Html(AgentsPage { invited, ..page(&desk, &viewer).await? }).into_response())
        }
        Err(error) => {
            let (status, fault) = refusal(error)?;
            Ok((status, Html(AgentsPage { fault, full_name: name, email, ..page(&desk, &viewer).await? }))
                .into_response())
        }
    }
}

async fn one(desk: &Desk, viewer: &Viewer, id: AgentId) -> Result<AgentPage> {
    let agent = store::agent(desk.db(), id).await?.ok_or(Error::Unknown("agent"))?;
    let within = store::teams_of(desk.db(), id).await?;
    let teams = teams(desk.db()).await?;
    Ok(AgentPage {
        shell: viewer.shell("settings", "agents"),
        own: agent.id == viewer.id,
        addresses: agents::addresses_of(desk.db(), id).await?.join("\n"),
        teams: teams.into_iter().map(|team| (team.clone(), within.contains(&team.id))).collect(),
        roles: Role::ALL,
        agent,
        fault: String::new(),
        invited: None,
    })
}

async fn one_again(desk: &Desk, viewer: &Viewer, id: AgentId, error: Error) -> Result<Response> {
    let (status, fault) = refusal(error)?;
    Ok((status, Html(AgentPage { fault, ..one(desk, viewer, id).await? })).into_response())
}

/// `GET /settings/agents/{id}`
pub(super) async fn show_one(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<Response> {
    Ok(Html(one(&desk, &viewer, id).await?).into_response())
}

/// `POST /settings/agents/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
    form: Fields,
) -> Result<Response> {
    let change = Change {
        name: Some(form.one("name").to_owned()),
        role: Some(role(&form)?),
        teams: Some(team_ids(&form)),
        disabled: None,
        addresses: Some(form.one("addresses").split_whitespace().map(str::to_owned).collect()),
    };
    match actions::change_agent(&desk, &viewer, id, &change).await {
        Ok(()) => Ok(Redirect::to("/settings/agents").into_response()),
        Err(error) => one_again(&desk, &viewer, id, error).await,
    }
}

/// `POST /settings/agents/{id}/invite`
pub(super) async fn invite_again(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<Response> {
    let Invited { link, .. } = actions::invite_again(&desk, &viewer, id).await?;
    let page = one(&desk, &viewer, id).await?;
    let invited = Some(Shown { email: page.agent.email.clone(), link });
    Ok(Html(AgentPage { invited, ..page }).into_response())
}

/// `POST /settings/agents/{id}/disable`
pub(super) async fn disable(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<Response> {
    match actions::disable(&desk, &viewer, id).await {
        Ok(()) => Ok(Redirect::to("/settings/agents").into_response()),
        Err(error) => one_again(&desk, &viewer, id, error).await,
    }
}

/// `POST /settings/agents/{id}/enable`
pub(super) async fn enable(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<Redirect> {
    actions::enable(&desk, &viewer, id).await?;
    Ok(Redirect::to("/settings/agents"))
}

/// `POST /settings/agents/{id}/second-factor/remove`
pub(super) async fn remove_second_factor(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<Redirect> {
    actions::remove_totp_of(&desk, &viewer, id).await?;
    Ok(Redirect::to(&format!("/settings/agents/{id}")))
}
