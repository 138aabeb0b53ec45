//! Customers' own pages: the login, their cases, one case, its files; one case behind a private link; and, for agents, how
//! much the contacts of an organisation see.
mod case;
mod cases;
mod link;
mod login;
mod quotes;
mod scope;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};

use crate::config::Config;
use crate::desk::Desk;
use crate::web::routing::{get, post};
use crate::web::upload::Most;

/// The cookie of a customer's session; never that of an agent's.
pub(super) const SESSION: &str = "casedesk-portal";

/// What a private link leads to: it says to nobody where it was.
const NO_REFERRER: (HeaderName, HeaderValue) = (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));

pub fn routes(config: &Config) -> Router<Desk> {
    let answer = post(cases::answer).layer(Most::of(config).body_limit());
    Router::new()
        .route("/portal", get(cases::home))
        .route("/portal/login", post(login::ask))
        .route("/portal/login/{token}", get(login::show).merge(post(login::enter)))
        .route("/portal/logout", post(login::leave))
        .route("/portal/cases/{id}", get(cases::show))
        .route("/portal/cases/{id}/answers", answer)
        .route("/portal/cases/{id}/solution", post(cases::solve))
        .route("/portal/cases/{id}/details/{form}", post(cases::form))
        .route("/portal/cases/{id}/confirmations/{confirmation}", post(cases::question))
        .route("/portal/files/{file}", get(cases::file))
        .route("/portal/quotes", get(quotes::list))
        .route("/portal/quotes/{quote}", get(quotes::show).merge(post(quotes::answer)))
        .route("/portal/quotes/{quote}/paper", get(quotes::paper))
}

/// What agents reach: how much an organisation's contacts see.
pub fn agent_routes() -> Router<Desk> {
    Router::new().route("/organisations/{id}/portal", get(scope::show).merge(post(scope::set)))
}

/// Private links work also where customers have no pages of their own.
pub fn link_routes(config: &Config) -> Router<Desk> {
    let answer = post(link::answer).layer(Most::of(config).body_limit());
    Router::new()
        .route("/case/{token}", get(link::show))
        .route("/case/{token}/answers", answer)
        .route("/case/{token}/solution", post(link::solve))
        .route("/case/{token}/files/{file}", get(link::file))
}
