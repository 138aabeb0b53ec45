//! What handlers of the JSON API take and give: strict bodies, refusals in words; and the parts of its
//! description that all operations share.
use std::collections::BTreeMap;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, Response as Described, ResponseBuilder,
    Schema, SecurityRequirement,
};

use super::Error;
use super::error::Problem;

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

/// What any operation may answer with instead, each time a `Problem` (RFC 9457).
const PROBLEMS: [(&str, &str); 11] = [
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
    ("507", "The desk has no space left; nothing was saved."),
];

const ABOUT: &str = "Everything that the pages of the desk do. Log in with an API token of yours in \
    `Authorization: Bearer …`; what it may do is its scope (read, write, admin) within your role. Cases of teams \
    that you may not see do not exist for you. Errors are `application/problem+json` (RFC 9457). Times are RFC 3339.";

/// Adds what all operations share to what the rooms describe: title, how to log in, and the errors.
pub fn describe(mut description: OpenApi) -> OpenApi {
    description.info = InfoBuilder::new()
        .title("Casedesk")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let token =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token of an agent.")).build();
    let session =
        ApiKeyValue::with_description("casedesk", "The session of a page of the desk; `__Host-casedesk` over https.");
    let shared = ComponentsBuilder::new()
        .schema_from::<Problem>()
        .security_scheme("token", SecurityScheme::Http(token))
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)))
        .build();
    let components = description.components.get_or_insert_default();
    components.schemas.extend(shared.schemas);
    components.security_schemes.extend(shared.security_schemes);
    open_what_is_extended(&mut components.schemas);
    let either = ["token", "session"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    description.security = Some(either.to_vec());
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        for (status, words) in PROBLEMS {
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| problem(words).into());
        }
    }
    description
}

/// A body refuses fields that it does not know, and says so; as a part of an answer that has more of them, it must not.
fn open_what_is_extended(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let extended: Vec<String> = schemas
        .values()
        .filter_map(|schema| match schema {
            RefOr::T(Schema::AllOf(all)) => Some(&all.items),
            _ => None,
        })
        .flatten()
        .filter_map(|part| match part {
            RefOr::Ref(part) => part.ref_location.rsplit('/').next().map(str::to_owned),
            RefOr::T(_) => None,
        })
        .collect();
    for name in extended {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(&name) {
            object.additional_properties = None;
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch].into_iter().flatten()
}

fn problem(words: &str) -> Described {
    let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(words).content("application/problem+json", schema).build()
}
