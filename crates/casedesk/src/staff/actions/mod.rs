//! The room's verbs, one transaction each.
mod agents;
mod login;
mod password;
mod profile;
mod sessions;
mod teams;
mod throttle;
mod tokens;
mod totp;

pub use agents::{
    Change, Invited, NewColleague, add_agent, change_agent, disable, enable, invite, invite_again, reset_link,
};
pub use login::{Attempt, Opened, enter_code, log_in, log_out, set_up, setup_link, setup_token_is_valid};
pub use password::{ask_for_reset, change_password, link_owner, mail_reset, set_password_by_link};
pub use profile::{Profile, change_profile, choose_mail, find_time_zone};
pub use sessions::{
    Half, Standing, end_other_sessions, end_session, half_session, is_still_in, note_presence, own_sessions, standing,
    viewer_by_session,
};
pub use teams::{add_team, change_team, set_lead};
pub use throttle::{Limit, take};
pub use tokens::{MadeToken, make_token, revoke_token, viewer_by_token};
pub use totp::{Enrolment, begin_totp, confirm_totp, new_recovery_codes, remove_totp, remove_totp_of, set_up_totp};

use super::store::{audit as lines, sessions as session_rows};
use super::{Actor, AgentId, Audit, Result};
use crate::db::Tx;
use crate::desk::Desk;
use crate::events::Event;

/// Adds a line to the audit log, in the transaction of what it tells of.
pub async fn audit(tx: &mut Tx, line: &Audit) -> crate::db::Result<i64> {
    lines::insert(tx, line).await
}

/// Tells every open page of `agent` that what they may see has changed: each asks again who it is.
async fn access_changed(desk: &Desk, tx: &mut Tx, actor: Actor, agent: AgentId) -> Result<()> {
    tell(desk, tx, actor, agent, "access_changed").await
}

async fn tell(desk: &Desk, tx: &mut Tx, actor: Actor, agent: AgentId, kind: &'static str) -> Result<()> {
    let event = Event {
        topic: "agent",
        id: agent.0,
        kind,
        team: None,
        agent: actor.agent().map(|id| id.0),
        at: desk.now(),
        data: serde_json::json!({}),
    };
    desk.tell(tx, &event).await?;
    Ok(())
}

/// Ends an agent's sessions at once, but the one under the digest `besides`.
async fn end_all(desk: &Desk, tx: &mut Tx, actor: Actor, agent: AgentId, besides: Option<&str>) -> Result<()> {
    session_rows::end_all(tx, agent, besides).await?;
    access_changed(desk, tx, actor, agent).await
}
