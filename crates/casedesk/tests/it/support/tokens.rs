//! A token endpoint that holds every request against RFC 6749, hands out short-lived tokens and a new
//! refresh token each time, and tells Dovecot which tokens are good.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use casedesk::config::OAuth;
use casedesk::kit::Secret;
use serde_json::json;

#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) port: u16,
    kept: Arc<Mutex<Kept>>,
}

struct Kept {
    /// The one refresh token that is good now.
    refresh: String,
    /// The access tokens that are good now, and whose they are.
    access: HashMap<String, String>,
    lives_s: u64,
    granted: u32,
    faults: Vec<String>,
    denial: Option<&'static str>,
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Kept {
            refresh: "refresh-0".into(),
            access: HashMap::new(),
            lives_s: 3600,
            granted: 0,
            faults: vec![],
            denial: None,
        };
        let endpoint = Self { port, kept: Arc::new(Mutex::new(kept)) };
        let router =
            Router::new().route("/token", post(grant)).route("/tokeninfo", get(tell)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    pub(crate) fn settings(&self) -> OAuth {
        OAuth {
            token_url: format!("http://127.0.0.1:{}/token", self.port).parse().unwrap(),
            client_id: "casedesk".into(),
            client_secret: Secret::new("s3cret&more"),
            refresh_token: Secret::new("refresh-0"),
            scope: "mail offline_access".into(),
        }
    }

    /// How many tokens were handed out.
    pub(crate) fn granted(&self) -> u32 {
        self.kept.lock().unwrap().granted
    }

    /// What was wrong with the requests, by RFC 6749.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.kept.lock().unwrap().faults.clone()
    }

    /// From now on answers with this error.
    pub(crate) fn deny(&self, error: Option<&'static str>) {
        self.kept.lock().unwrap().denial = error;
    }

    /// Withdraws every access token.
    pub(crate) fn withdraw(&self) {
        self.kept.lock().unwrap().access.clear();
    }

    /// The refresh token that is good now.
    pub(crate) fn refresh(&self) -> String {
        self.kept.lock().unwrap().refresh.clone()
    }
}

async fn grant(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let mut kept = endpoint.kept.lock().unwrap();
    let form: HashMap<_, _> = pairs.iter().cloned().collect();
    let field = |name: &str| form.get(name).map(String::as_str);
    let mut fault = |ok: bool, text: &str| {
        if !ok {
            kept.faults.push(text.to_owned());
        }
    };
    fault(pairs.len() == form.len(), "section 3.2: a parameter more than once");
    fault(pairs.iter().all(|(_, value)| !value.is_empty()), "section 3.2: a parameter without a value");
    let media = headers.get("content-type").and_then(|v| v.to_str().ok());
    fault(media == Some("application/x-www-form-urlencoded"), "section 6: not form-encoded");
    fault(field("grant_type") == Some("refresh_token"), "section 6: grant_type");
    fault(field("scope") == Some("mail offline_access"), "section 6: scope");
    let client = (field("client_id"), field("client_secret")) == (Some("casedesk"), Some("s3cret&more"));
    fault(client, "section 2.3.1: the client's credentials");
    let good = field("refresh_token") == Some(kept.refresh.as_str());
    if let Some(error) = kept.denial.or((!good).then_some("invalid_grant")) {
        let body = json!({ "error": error, "error_description": "It was taken back.\r\nTrace 1" });
        return (StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
    }
    kept.granted += 1;
    let (access, refresh) = (format!("access-{}", kept.granted), format!("refresh-{}", kept.granted));
    kept.access.insert(access.clone(), "ada".into());
    kept.refresh.clone_from(&refresh);
    let body = json!({
        "access_token": access, "token_type": "Bearer", "expires_in": kept.lives_s, "refresh_token": refresh,
    });
    ([("cache-control", "no-store")], axum::Json(body)).into_response()
}

/// What Dovecot asks: whose token is this?
async fn tell(State(endpoint): State<Endpoint>, Query(query): Query<HashMap<String, String>>) -> Response {
    let kept = endpoint.kept.lock().unwrap();
    match query.get("access_token").and_then(|token| kept.access.get(token)) {
        Some(user) => axum::Json(json!({ "email": user, "active": true })).into_response(),
        None => (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_token" }))).into_response(),
    }
}
