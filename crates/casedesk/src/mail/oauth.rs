//! Access tokens for mail servers that want XOAUTH2: had by a refresh token (RFC 6749 section 6), kept in
//! the database, renewed before they expire.
//!
//! Some providers hand out a new refresh token each time and treat the use of an old one as theft. So a
//! new one is stored before anything else happens, and only one node at a time asks.
mod store;

use std::time::Duration;

use serde::Deserialize;

use self::store::Row;
use crate::config::OAuth;
use crate::db::Db;
use crate::desk::Desk;
use crate::kit::secrets::sha256_hex;
use crate::kit::{Clock, Secret};

/// How long the token endpoint may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_mins(2);
/// How long a token is good for when the endpoint does not say.
const UNSAID: Duration = Duration::from_mins(10);
/// How often to look whether another node has got the token.
const LOOK: Duration = Duration::from_millis(250);
/// The longest answer of a token endpoint that is read.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Why there is no token, in plain words.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    #[error(
        "the permission was withdrawn or has run out ({0}): sign in to the provider again and put the new refresh_token into the settings"
    )]
    Withdrawn(String),
    #[error("the provider does not accept client_id and client_secret ({0}): compare them with the app's registration")]
    Client(String),
    #[error("the provider refuses the request ({0}): check scope and token_url")]
    Refused(String),
    #[error("the token endpoint {host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    #[error("the token endpoint answers something else than a token: {0}")]
    Unexpected(String),
    #[error("the stored tokens cannot be read or written")]
    Database(#[from] crate::db::Error),
}

impl OAuthError {
    /// Whether only a person can help.
    pub fn needs_a_person(&self) -> bool {
        matches!(self, Self::Withdrawn(_) | Self::Client(_) | Self::Refused(_))
    }
}

/// The tokens of one mailbox or relay.
#[derive(Clone)]
pub struct Tokens {
    db: Db,
    clock: Clock,
    http: reqwest::Client,
    name: String,
    settings: OAuth,
}

/// RFC 6749 section 5.1.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
}

/// RFC 6749 section 5.2.
#[derive(Deserialize)]
struct Denied {
    error: String,
    error_description: Option<String>,
}

impl Tokens {
    /// `name` tells whose tokens they are: `imap:support`, `smtp`.
    pub fn new(desk: &Desk, name: impl Into<String>, settings: OAuth) -> Result<Self, OAuthError> {
        let http = client().map_err(|e| OAuthError::Unexpected(e.to_string()))?;
        Ok(Self { db: desk.db().clone(), clock: desk.clock().clone(), http, name: name.into(), settings })
    }

    /// A token that is good for some minutes at least.
    pub async fn access(&self) -> Result<Secret, OAuthError> {
        let origin = self.origin();
        self.prepare(&origin).await?;
        let give_up = tokio::time::Instant::now() + TIMEOUT * 2;
        loop {
            let row = self.row().await?;
            if !row.access_token.is_empty() && row.expires_at > self.clock.now().plus(MARGIN) {
                return Ok(Secret::new(row.access_token));
            }
            if self.take_turn().await? {
                // A token may have come between the look and the turn.
                let row = self.row().await?;
                let renewed = self.renew(&row).await;
                self.end_turn().await?;
                return renewed;
            }
            if tokio::time::Instant::now() > give_up {
                return Err(OAuthError::Unexpected("another node has been waiting for it too long".into()));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Forgets a token that the mail server refused, so that the next one is new.
    pub async fn refused(&self, token: &Secret) -> Result<(), OAuthError> {
        let mut tx = self.db.begin().await?;
        store::forget(&mut tx, &self.name, token).await?;
        Ok(tx.commit().await?)
    }

    /// The row is the settings' until the endpoint changes it; other settings begin anew.
    async fn prepare(&self, origin: &str) -> Result<(), OAuthError> {
        let mut tx = self.db.begin().await?;
        store::prepare(&mut tx, &self.name, origin, &self.settings.refresh_token).await?;
        Ok(tx.commit().await?)
    }

    async fn row(&self) -> Result<Row, OAuthError> {
        Ok(store::row(&self.db, &self.name).await?)
    }

    async fn take_turn(&self) -> Result<bool, OAuthError> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let rows = store::take_turn(&mut tx, &self.name, now.plus(TIMEOUT * 2), now).await?;
        tx.commit().await?;
        Ok(rows == 1)
    }

    async fn end_turn(&self) -> Result<(), OAuthError> {
        let mut tx = self.db.begin().await?;
        store::end_turn(&mut tx, &self.name).await?;
        Ok(tx.commit().await?)
    }

    async fn renew(&self, row: &Row) -> Result<Secret, OAuthError> {
        if !row.access_token.is_empty() && row.expires_at > self.clock.now().plus(MARGIN) {
            return Ok(Secret::new(&row.access_token));
        }
        let granted = self.ask(&row.refresh_token).await?;
        let good_for = granted.expires_in.map_or(UNSAID, Duration::from_secs);
        let refresh_token = granted.refresh_token.as_deref().filter(|t| !t.is_empty()).unwrap_or(&row.refresh_token);
        let mut tx = self.db.begin().await?;
        let until = self.clock.now().plus(good_for);
        store::keep(&mut tx, &self.name, refresh_token, &granted.access_token, until).await?;
        tx.commit().await?;
        metrics::counter!("casedesk_oauth_refreshed_total", "name" => self.name.clone()).increment(1);
        Ok(Secret::new(granted.access_token))
    }

    async fn ask(&self, refresh_token: &str) -> Result<Granted, OAuthError> {
        let request = self
            .http
            .post(self.settings.token_url.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(self.form(refresh_token));
        let mut answer = request.send().await.map_err(|e| self.unreachable(&e))?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|e| self.unreachable(&e))? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST_ANSWER {
                return Err(OAuthError::Unexpected("far too long an answer".into()));
            }
        }
        if status.is_success() {
            return granted(&body);
        }
        Err(denied(status.as_u16(), &body))
    }

    /// The client's secret goes in the body: the providers that mail needs ask for it there.
    fn form(&self, refresh_token: &str) -> String {
        let settings = &self.settings;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", refresh_token);
        form.append_pair("client_id", &settings.client_id);
        if !settings.client_secret.is_empty() {
            form.append_pair("client_secret", settings.client_secret.reveal());
        }
        if !settings.scope.is_empty() {
            form.append_pair("scope", &settings.scope);
        }
        form.finish()
    }

    fn unreachable(&self, error: &reqwest::Error) -> OAuthError {
        let mut why = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            why = cause.to_string();
            source = cause.source();
        }
        OAuthError::Unreachable { host: self.settings.token_url.host_str().unwrap_or_default().to_owned(), why }
    }

    fn origin(&self) -> String {
        let settings = &self.settings;
        let all = [settings.token_url.as_str(), &settings.client_id, settings.refresh_token.reveal(), &settings.scope];
        sha256_hex(all.join("\n").as_bytes())
    }
}

fn client() -> reqwest::Result<reqwest::Client> {
    // Another part of the program may have chosen it already: it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()
}

fn granted(body: &[u8]) -> Result<Granted, OAuthError> {
    let granted: Granted = serde_json::from_slice(body).map_err(|e| OAuthError::Unexpected(e.to_string()))?;
    if !granted.token_type.eq_ignore_ascii_case("bearer") {
        return Err(OAuthError::Unexpected(format!("a token of the type “{}”", granted.token_type)));
    }
    if granted.access_token.is_empty() || granted.access_token.bytes().any(|b| b.is_ascii_control()) {
        return Err(OAuthError::Unexpected("a token that is none".into()));
    }
    Ok(granted)
}

fn denied(status: u16, body: &[u8]) -> OAuthError {
    let Ok(denied) = serde_json::from_slice::<Denied>(body) else {
        return OAuthError::Unexpected(format!("status {status}"));
    };
    let first_line = denied.error_description.as_deref().and_then(|d| d.lines().next());
    let says = match first_line {
        Some(description) => format!("{}: {}", denied.error, description.chars().take(200).collect::<String>()),
        None => denied.error.clone(),
    };
    match denied.error.as_str() {
        "invalid_grant" | "interaction_required" | "consent_required" => OAuthError::Withdrawn(says),
        "invalid_client" | "unauthorized_client" => OAuthError::Client(says),
        "temporarily_unavailable" | "server_error" => OAuthError::Unexpected(says),
        _ => OAuthError::Refused(says),
    }
}
