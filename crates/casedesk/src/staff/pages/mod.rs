//! The room's pages: logging in, the own profile, people, teams, audit.
mod agents;
mod audit;
pub mod cookies;
mod links;
mod login;
mod profile;
mod second_factor;
mod sessions;
mod setup;
mod teams;
mod tokens;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;

use super::Error;
use crate::desk::Desk;
use crate::web;
use crate::web::routing::{get, post};

pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/login", get(login::show).merge(post(login::enter)))
        .route("/login/code", get(login::show_code).merge(post(login::enter_code)))
        .route("/login/second-factor", get(second_factor::show_at_login).merge(post(second_factor::confirm_at_login)))
        .route("/logout", post(login::leave))
        .route("/setup/{token}", get(setup::show).merge(post(setup::make)))
        .route("/reset", get(links::show_ask).merge(post(links::ask)))
        .route("/reset/{token}", get(links::show_reset).merge(post(links::reset)))
        .route("/invitation/{token}", get(links::show_invitation).merge(post(links::take_invitation)))
        .merge(own())
        .merge(desk())
}

/// What everybody sets for themselves.
fn own() -> Router<Desk> {
    Router::new()
        .route("/settings", get(async || Redirect::to("/settings/profile")))
        .route("/settings/profile", get(profile::show).merge(post(profile::change)))
        .route("/settings/mail", post(profile::choose_mail))
        .route("/settings/time-zone", post(profile::find_time_zone))
        .route("/settings/password", post(profile::change_password))
        .route("/settings/second-factor", get(second_factor::show).merge(post(second_factor::confirm)))
        .route("/settings/second-factor/remove", post(second_factor::remove))
        .route("/settings/recovery-codes", post(second_factor::replace_codes))
        .route("/settings/sessions", get(sessions::show))
        .route("/settings/sessions/end", post(sessions::end_others))
        .route("/settings/sessions/{handle}/end", post(sessions::end))
        .route("/settings/tokens", get(tokens::show).merge(post(tokens::make)))
        .route("/settings/tokens/{id}/revoke", post(tokens::revoke))
}

/// What administrators set for all.
fn desk() -> Router<Desk> {
    Router::new()
        .route("/settings/agents", get(agents::show).merge(post(agents::invite)))
        .route("/settings/agents/{id}", get(agents::show_one).merge(post(agents::change)))
        .route("/settings/agents/{id}/invite", post(agents::invite_again))
        .route("/settings/agents/{id}/disable", post(agents::disable))
        .route("/settings/agents/{id}/enable", post(agents::enable))
        .route("/settings/agents/{id}/second-factor/remove", post(agents::remove_second_factor))
        .route("/settings/teams", get(teams::show).merge(post(teams::add)))
        .route("/settings/teams/{id}", post(teams::change))
        .route("/settings/audit", get(audit::show))
}

/// What a form says of a refusal, and with which status; limits and failures of ours get their own page.
fn refusal(error: Error) -> web::Result<(StatusCode, String)> {
    match error {
        Error::TooMany(_) | Error::Database(_) | Error::Hash(_) => Err(error.into()),
        said => {
            let words = said.to_string();
            Ok((web::Error::from(said).status(), words))
        }
    }
}

/// Where to go after the login: a path of ours, whatever the query says.
fn safe_next(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if ours { next } else { "/" }
}

/// `path` with the page to go to afterwards.
fn with_next(path: &str, next: &str) -> String {
    let next = safe_next(next);
    if next == "/" {
        return path.to_owned();
    }
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_leads_to_our_own_pages_alone() {
        for next in ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/\t/evil.example"] {
            assert_eq!(safe_next(next), "/", "{next}");
        }
        assert_eq!(with_next("/login/code", "/cases/42?x=1&y=2"), "/login/code?next=%2Fcases%2F42%3Fx%3D1%26y%3D2");
    }
}
