//! Pages of the details: the form behind a link with its files, and for agents the forms of a case and the words of the mail.
mod form;
mod requests;
mod settings;
mod tus;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};

use crate::config::Config;
use crate::desk::Desk;
use crate::web::routing::{delete, get, head, options, patch, post, put};
use crate::web::upload::Most;

/// What a private link leads to says to nobody where it was.
const NO_REFERRER: (HeaderName, HeaderValue) = (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));

/// What whoever has a link reaches.
pub fn link_routes(config: &Config) -> Router<Desk> {
    let send = post(form::send).layer(Most::of(config).body_limit());
    let one = head(tus::ask).merge(patch(tus::go_on)).merge(delete(tus::give_up)).merge(post(tus::instead));
    Router::new()
        .route("/details/{token}", get(form::show).merge(send))
        .route("/details/{token}/fields/{field}", put(form::keep))
        .route("/details/{token}/uploads", post(tus::announce).merge(options(tus::tell)))
        .route("/details/{token}/uploads/{word}", one)
}

/// What agents reach.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/cases/{id}/details-forms", get(requests::list))
        .route("/cases/{id}/details-forms/{form}/revocation", post(requests::revoke))
        .route("/cases/{id}/details-forms/{form}/keeping", post(requests::keep))
        .route("/settings/details", get(settings::show).merge(post(settings::save)))
        .route("/settings/details/shipped", post(settings::forget))
}
