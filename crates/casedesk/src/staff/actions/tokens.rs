//! API tokens: made by their agent, shown once, good until revoked or run out.
use std::time::Duration;

use super::throttle::{self, Limit};
use crate::desk::Desk;
use crate::kit::Timestamp;
use crate::kit::secrets::{random_token, sha256_hex};
use crate::staff::store::access;
use crate::staff::{Audit, Error, Proof, Result, Scope, TokenId, Viewer, rules};
use crate::web::client::Client;

/// Tokens tried that do not exist.
const UNKNOWN: Limit = Limit::new("unknown-token", 60, Duration::from_secs(2));
const TOUCH_AFTER: Duration = Duration::from_mins(1);
/// Lets people and secret scanners see what a leaked word is.
const PREFIX: &str = "casedesk_";

/// A new token; its text is shown this once.
pub struct MadeToken {
    pub id: TokenId,
    pub text: String,
}

pub async fn make_token(
    desk: &Desk,
    viewer: &Viewer,
    name: &str,
    scope: Scope,
    expires_at: Option<Timestamp>,
) -> Result<MadeToken> {
    let name = rules::name(name)?;
    if expires_at.is_some_and(|at| at <= desk.now()) {
        return Err(rules::Unfit::Expiry.into());
    }
    let text = format!("{PREFIX}{}", random_token());
    let digest = sha256_hex(text.as_bytes());
    let mut tx = desk.db().begin().await?;
    let new = access::NewToken { agent: viewer.id, name: &name, digest: &digest, scope, at: desk.now(), expires_at };
    let id = access::insert_token(&mut tx, &new).await?;
    let detail = serde_json::json!({"name": name, "scope": scope, "expires_at": expires_at});
    super::audit(&mut tx, &Audit::by(desk.now(), viewer, "staff.token_made").on("token", id.0).with(detail)).await?;
    tx.commit().await?;
    Ok(MadeToken { id, text })
}

/// Ends one of the viewer's own tokens.
pub async fn revoke_token(desk: &Desk, viewer: &Viewer, id: TokenId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    if access::revoke_token(&mut tx, viewer.id, id, desk.now()).await? == 0 {
        return Err(Error::Unknown("token"));
    }
    super::access_changed(desk, &mut tx, viewer.actor(), viewer.id).await?;
    super::audit(&mut tx, &Audit::by(desk.now(), viewer, "staff.token_revoked").on("token", id.0)).await?;
    tx.commit().await?;
    Ok(())
}

/// Who holds this token, while it is good.
pub async fn viewer_by_token(desk: &Desk, token: &str, client: Client) -> Result<Option<Viewer>> {
    let now = desk.now();
    let Some(live) = access::live_token(desk.db(), &sha256_hex(token.as_bytes()), now).await? else {
        throttle::take(desk, &[(UNKNOWN, &client.network())]).await?;
        return Ok(None);
    };
    if live.last_used_at.is_none_or(|at| now.since(at) >= TOUCH_AFTER) {
        // As with sessions: who may read, reads also while nothing can be written.
        if let Err(error) = touch(desk, live.id).await {
            tracing::warn!(%error, "the use of a token could not be noted");
        }
    }
    let (teams, hidden_teams) = super::sessions::team_scope(desk, live.agent_id, live.role).await?;
    Ok(Some(Viewer {
        id: live.agent_id,
        name: live.name,
        email: live.email,
        role: live.role,
        teams,
        hidden_teams,
        time_zone: live.time_zone,
        proof: Proof::Token(live.id, live.scope),
        client,
        event: 0,
    }))
}

async fn touch(desk: &Desk, token: TokenId) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    access::touch_token(&mut tx, token, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}
