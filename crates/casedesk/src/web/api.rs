//! What handlers of the JSON API take and give: strict bodies, refusals in words, and the error
//! responses that every operation has.
use std::collections::BTreeMap;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

use super::Error;

/// How many rows a page of the API has, when nobody says, and at the most.
pub const USUAL_LIMIT: u32 = 50;
pub const MOST_LIMIT: u32 = 100;

/// A JSON body. A field that the type does not know is refused.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let refused = |rejection: JsonRejection| Error::new(rejection.status(), rejection.body_text());
        axum::Json::from_request(request, state).await.map(|axum::Json(body)| Self(body)).map_err(refused)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The parameters behind the `?`.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let refused = |rejection: QueryRejection| Error::new(rejection.status(), rejection.body_text());
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(refused)
    }
}

/// The parameters in the path. One that is no number, where a number stands, names nothing.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(path)| Self(path))
            .map_err(|_| Error::not_found("such thing"))
    }
}

/// How many rows are asked for, within what one answer gives.
pub fn limit(asked: Option<u32>) -> Result<usize, Error> {
    match asked.unwrap_or(USUAL_LIMIT) {
        limit @ 1..=MOST_LIMIT => Ok(usize::try_from(limit).unwrap_or(1)),
        _ => Err(Error::unprocessable(format!("“limit” is between 1 and {MOST_LIMIT}."))),
    }
}

/// The errors that any operation may answer with, each a `Problem` (RFC 9457).
pub struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let all = [
            ("400", "The request cannot be read."),
            ("401", "No token and no session, or one that is not valid any more."),
            ("403", "The role or the token does not allow it."),
            ("404", "There is no such thing, or it is not yours to see."),
            ("409", "It clashes with what happened meanwhile."),
            ("413", "The body is too large."),
            ("415", "The body is of another type than the operation takes."),
            ("422", "The request was understood and is not acceptable; the detail says why."),
            ("429", "Too many tries; Retry-After says when to come back."),
            ("500", "Something failed on our side; the detail names the line in the log."),
        ];
        let problem = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        all.into_iter()
            .map(|(status, words)| {
                let response = ResponseBuilder::new().description(words).content("application/problem+json", problem());
                (status.to_owned(), RefOr::T(response.build()))
            })
            .collect()
    }
}
