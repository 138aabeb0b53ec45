//! `/settings/sessions`: where the agent is logged in.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use crate::desk::Desk;
use crate::staff::store::sessions::Listed;
use crate::staff::{Myself, Proof, Viewer, actions};
use crate::web::shell::Shell;
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "staff/sessions.html")]
pub(super) struct SessionsPage {
    shell: Shell,
    sessions: Vec<Listed>,
    viewer: Viewer,
}

impl SessionsPage {
    fn is_this(&self, session: &Listed) -> bool {
        matches!(&self.viewer.proof, Proof::Session(digest) if *digest == session.digest)
    }
}

/// `GET /settings/sessions`
pub(super) async fn show(State(desk): State<Desk>, Myself(viewer): Myself) -> Result<Html<SessionsPage>> {
    let sessions = actions::own_sessions(&desk, &viewer).await?;
    Ok(Html(SessionsPage { shell: viewer.shell("settings", "sessions"), sessions, viewer }))
}

/// `POST /settings/sessions/{handle}/end`
pub(super) async fn end(
    State(desk): State<Desk>,
    Myself(viewer): Myself,
    Path(handle): Path<String>,
) -> Result<Redirect> {
    actions::end_session(&desk, &viewer, &handle).await?;
    Ok(Redirect::to("/settings/sessions"))
}

/// `POST /settings/sessions/end`
pub(super) async fn end_others(State(desk): State<Desk>, Myself(viewer): Myself) -> Result<Redirect> {
    actions::end_other_sessions(&desk, &viewer).await?;
    Ok(Redirect::to("/settings/sessions"))
}
