//! The room's part of the JSON API, under `/api/v1`.
use axum::extract::{Json, Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::actions::{self, Change, NewColleague, Profile};
use super::store::access::{self, Token};
use super::store::agents::addresses_of;
use super::store::{self, Line, MailMe, Team};
use super::{Admin, AgentId, Error, Myself, Proof, Reader, Role, Scope, TeamId, TokenId};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::paging::Cursor;
use crate::web::routing::routes;
use crate::web::{self, Result};

pub fn routes() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(me, change_me))
        .routes(routes!(my_mail, choose_my_mail))
        .routes(routes!(tokens, make_token))
        .routes(routes!(revoke_token))
        .routes(routes!(sessions, end_other_sessions))
        .routes(routes!(end_session))
        .routes(routes!(list_agents, invite))
        .routes(routes!(show_agent, change_agent))
        .routes(routes!(invite_again))
        .routes(routes!(remove_second_factor))
        .routes(routes!(list_teams, add_team))
        .routes(routes!(change_team))
        .routes(routes!(set_team_lead))
        .routes(routes!(audit))
}

/// The agent whom the session or token stands for.
#[derive(Serialize, ToSchema)]
struct Me {
    id: AgentId,
    name: String,
    email: String,
    role: Role,
    teams: Vec<TeamId>,
    time_zone: String,
    /// The token's scope; absent with a session.
    scope: Option<Scope>,
}

#[utoipa::path(get, path = "/me", tag = "agents", responses((status = 200, body = Me)))]
async fn me(Reader(viewer): Reader) -> Json<Me> {
    let scope = match viewer.proof {
        Proof::Token(_, scope) => Some(scope),
        Proof::Session(_) => None,
    };
    Json(Me {
        id: viewer.id,
        name: viewer.name,
        email: viewer.email,
        role: viewer.role,
        teams: viewer.teams,
        time_zone: viewer.time_zone,
        scope,
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeChange {
    name: String,
    signature: String,
    /// As `Europe/Dublin`; empty: as the browser says at the next page, and the desk's until then.
    time_zone: String,
    /// Where the telephone system rings you; empty: nowhere, absent: as it was.
    #[serde(default)]
    phone_extension: Option<String>,
}

#[utoipa::path(put, path = "/me", tag = "agents", request_body = MeChange, responses((status = 204)))]
async fn change_me(
    State(desk): State<Desk>,
    Reader(viewer): Reader,
    Json(change): Json<MeChange>,
) -> Result<StatusCode> {
    let profile = Profile {
        name: change.name,
        signature: change.signature,
        time_zone: change.time_zone,
        phone_extension: change.phone_extension,
    };
    actions::change_profile(&desk, &viewer, &profile).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What you are mailed about besides what your pages show.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MyMail {
    /// A colleague mentions you, and you had no page open for `notices.away_min`.
    mentioned: bool,
    /// A case is given to you.
    assigned: bool,
    /// A customer answers on a case that you watch.
    answered: bool,
}

/// Of what you are told by mail.
#[utoipa::path(get, path = "/me/mail", tag = "agents", responses((status = 200, body = MyMail)))]
async fn my_mail(State(desk): State<Desk>, Reader(viewer): Reader) -> Result<Json<MyMail>> {
    let agent = store::agent(desk.db(), viewer.id).await?.ok_or(Error::Unknown("agent"))?;
    let MailMe { mail_mentioned, mail_assigned, mail_answered } = agent.mail;
    Ok(Json(MyMail { mentioned: mail_mentioned, assigned: mail_assigned, answered: mail_answered }))
}

/// Choose of what you are told by mail.
#[utoipa::path(put, path = "/me/mail", tag = "agents", request_body = MyMail, responses((status = 204)))]
async fn choose_my_mail(
    State(desk): State<Desk>,
    Reader(viewer): Reader,
    Json(wanted): Json<MyMail>,
) -> Result<StatusCode> {
    let mail =
        MailMe { mail_mentioned: wanted.mentioned, mail_assigned: wanted.assigned, mail_answered: wanted.answered };
    actions::choose_mail(&desk, &viewer, mail).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/me/tokens", tag = "tokens", responses((status = 200, body = [Token])))]
async fn tokens(State(desk): State<Desk>, Reader(viewer): Reader) -> Result<Json<Vec<Token>>> {
    Ok(Json(access::tokens_of(desk.db(), viewer.id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    name: String,
    scope: Scope,
    /// RFC 3339; absent: until revoked.
    expires_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct MadeToken {
    id: TokenId,
    /// Given this once.
    token: String,
}

/// Needs a session: a token makes no tokens.
#[utoipa::path(post, path = "/me/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = MadeToken)))]
async fn make_token(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>)> {
    let parse = |at: String| {
        Timestamp::parse_rfc3339(&at)
            .ok_or_else(|| web::Error::bad_request("expires_at is not a time as RFC 3339 writes it."))
    };
    let expires_at = new.expires_at.map(parse).transpose()?;
    let made = actions::make_token(&desk, &viewer, &new.name, new.scope, expires_at).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { id: made.id, token: made.text })))
}

/// Needs a session.
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "tokens", params(("id" = i64, Path)), responses((status = 204)))]
async fn revoke_token(State(desk): State<Desk>, Myself(viewer): Myself, Path(id): Path<TokenId>) -> Result<StatusCode> {
    actions::revoke_token(&desk, &viewer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct Session {
    handle: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    ip: Option<String>,
    user_agent: String,
}

/// Needs a session.
#[utoipa::path(get, path = "/me/sessions", tag = "sessions", responses((status = 200, body = [Session])))]
async fn sessions(State(desk): State<Desk>, Myself(viewer): Myself) -> Result<Json<Vec<Session>>> {
    let listed = actions::own_sessions(&desk, &viewer).await?;
    let wire = |session: store::sessions::Listed| Session {
        handle: session.handle().to_owned(),
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        ip: session.ip,
        user_agent: session.user_agent,
    };
    Ok(Json(listed.into_iter().map(wire).collect()))
}

/// Ends every session but the one that asks. Needs a session.
#[utoipa::path(delete, path = "/me/sessions", tag = "sessions", responses((status = 204)))]
async fn end_other_sessions(State(desk): State<Desk>, Myself(viewer): Myself) -> Result<StatusCode> {
    actions::end_other_sessions(&desk, &viewer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Needs a session.
#[utoipa::path(delete, path = "/me/sessions/{handle}", tag = "sessions", params(("handle" = String, Path)),
    responses((status = 204)))]
async fn end_session(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Path(handle): Path<String>,
) -> Result<StatusCode> {
    actions::end_session(&desk, &viewer, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What everybody may know of an agent.
#[derive(Serialize, ToSchema)]
struct AgentBrief {
    id: AgentId,
    name: String,
    initials: String,
    email: String,
    role: Role,
}

/// Those who work here now.
#[utoipa::path(get, path = "/agents", tag = "agents", responses((status = 200, body = [AgentBrief])))]
async fn list_agents(State(desk): State<Desk>, Reader(_viewer): Reader) -> Result<Json<Vec<AgentBrief>>> {
    let wire = |agent: store::Colleague| AgentBrief {
        initials: agent.initials(),
        id: agent.id,
        name: agent.name,
        email: agent.email,
        role: agent.role,
    };
    Ok(Json(store::agents(desk.db()).await?.into_iter().map(wire).collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitee {
    name: String,
    email: String,
    role: Role,
    #[serde(default)]
    teams: Vec<TeamId>,
}

#[derive(Serialize, ToSchema)]
struct Invited {
    id: AgentId,
    /// Where a password is chosen, once, within 7 days; given this once. The same goes out by mail.
    link: String,
}

#[utoipa::path(post, path = "/agents", tag = "agents", request_body = Invitee,
    responses((status = 201, body = Invited)))]
async fn invite(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Json(new): Json<Invitee>,
) -> Result<(StatusCode, Json<Invited>)> {
    let new = NewColleague { name: new.name, email: new.email, role: new.role, teams: new.teams };
    let invited = actions::invite(&desk, &viewer, &new).await?;
    Ok((StatusCode::CREATED, Json(Invited { id: invited.agent, link: invited.link })))
}

#[utoipa::path(post, path = "/agents/{id}/invitation", tag = "agents", params(("id" = i64, Path)),
    responses((status = 201, body = Invited)))]
async fn invite_again(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<(StatusCode, Json<Invited>)> {
    let invited = actions::invite_again(&desk, &viewer, id).await?;
    Ok((StatusCode::CREATED, Json(Invited { id: invited.agent, link: invited.link })))
}

/// What administrators see of an agent.
#[derive(Serialize, ToSchema)]
struct AgentDetails {
    id: AgentId,
    name: String,
    email: String,
    role: Role,
    teams: Vec<TeamId>,
    addresses: Vec<String>,
    disabled: bool,
    invited: bool,
    second_factor: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen_at: Option<Timestamp>,
}

#[utoipa::path(get, path = "/agents/{id}", tag = "agents", params(("id" = i64, Path)),
    responses((status = 200, body = AgentDetails)))]
async fn show_agent(
    State(desk): State<Desk>,
    Admin(_viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<Json<AgentDetails>> {
    let agent = store::agent(desk.db(), id).await?.ok_or(Error::Unknown("agent"))?;
    Ok(Json(AgentDetails {
        id,
        teams: store::teams_of(desk.db(), id).await?,
        addresses: addresses_of(desk.db(), id).await?,
        name: agent.name,
        email: agent.email,
        role: agent.role,
        disabled: agent.disabled_at.is_some(),
        invited: !agent.has_password,
        second_factor: agent.has_totp,
        created_at: agent.created_at,
        last_seen_at: agent.last_seen_at,
    }))
}

/// What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgentChange {
    name: Option<String>,
    role: Option<Role>,
    teams: Option<Vec<TeamId>>,
    addresses: Option<Vec<String>>,
    /// Shuts the agent out, or lets them in again.
    disabled: Option<bool>,
}

#[utoipa::path(patch, path = "/agents/{id}", tag = "agents", params(("id" = i64, Path)), request_body = AgentChange,
    responses((status = 204)))]
async fn change_agent(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
    Json(wanted): Json<AgentChange>,
) -> Result<StatusCode> {
    let change = Change {
        name: wanted.name,
        role: wanted.role,
        teams: wanted.teams,
        addresses: wanted.addresses,
        disabled: wanted.disabled,
    };
    actions::change_agent(&desk, &viewer, id, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(delete, path = "/agents/{id}/second-factor", tag = "agents", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove_second_factor(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<AgentId>,
) -> Result<StatusCode> {
    actions::remove_totp_of(&desk, &viewer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The teams that the viewer may see.
#[utoipa::path(get, path = "/teams", tag = "teams", responses((status = 200, body = [Team])))]
async fn list_teams(State(desk): State<Desk>, Reader(viewer): Reader) -> Result<Json<Vec<Team>>> {
    let mut teams = store::teams(desk.db()).await?;
    teams.retain(|team| viewer.can_see(Some(team.id)));
    Ok(Json(teams))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamForm {
    name: String,
    #[serde(default)]
    members_only: bool,
}

#[derive(Serialize, ToSchema)]
struct MadeTeam {
    id: TeamId,
}

#[utoipa::path(post, path = "/teams", tag = "teams", request_body = TeamForm,
    responses((status = 201, body = MadeTeam)))]
async fn add_team(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Json(form): Json<TeamForm>,
) -> Result<(StatusCode, Json<MadeTeam>)> {
    let id = actions::add_team(&desk, &viewer, &form.name, form.members_only).await?;
    Ok((StatusCode::CREATED, Json(MadeTeam { id })))
}

#[utoipa::path(put, path = "/teams/{id}", tag = "teams", params(("id" = i64, Path)), request_body = TeamForm,
    responses((status = 204)))]
async fn change_team(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<TeamId>,
    Json(form): Json<TeamForm>,
) -> Result<StatusCode> {
    actions::change_team(&desk, &viewer, id, &form.name, form.members_only).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamLead {
    /// A member of the team. `null`: nobody leads it, and the administrators are told in their place.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    agent_id: Option<AgentId>,
}

/// Who is told when a promise to a customer is about to be broken.
#[utoipa::path(put, path = "/teams/{id}/lead", tag = "teams", params(("id" = i64, Path)), request_body = TeamLead,
    responses((status = 204)))]
async fn set_team_lead(
    State(desk): State<Desk>,
    Admin(viewer): Admin,
    Path(id): Path<TeamId>,
    Json(lead): Json<TeamLead>,
) -> Result<StatusCode> {
    actions::set_lead(&desk, &viewer, id, lead.agent_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// Only what this agent did.
    #[param(value_type = Option<i64>)]
    agent: Option<AgentId>,
}

#[derive(Serialize, ToSchema)]
struct AuditLines {
    lines: Vec<Line>,
    next: Option<String>,
}

/// Newest first, 100 at a time.
#[utoipa::path(get, path = "/audit", tag = "audit", responses((status = 200, body = AuditLines)))]
async fn audit(
    State(desk): State<Desk>,
    Admin(_viewer): Admin,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditLines>> {
    let decode = |word: String| {
        Cursor::decode(&word).ok_or_else(|| web::Error::bad_request("after is not a place in this list."))
    };
    let page = store::audit_page(desk.db(), query.agent, query.after.map(decode).transpose()?, 100).await?;
    Ok(Json(AuditLines { lines: page.rows, next: page.next.map(Cursor::encode) }))
}
