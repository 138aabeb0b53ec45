//! Calls a webhook. Names are resolved here and only public addresses are connected to, so that a name that
//! changes between a check and the call changes nothing. No redirect is followed, no answer is read.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::rules;

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);

/// Why a call did not come through, in words for the page.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("{0}")]
    Refused(#[from] super::WebhooksError),
    #[error("the far end cannot be reached: {0}")]
    Unreachable(String),
}

/// A message of Standard Webhooks.
pub struct Message<'a> {
    pub id: &'a str,
    pub timestamp_s: i64,
    pub signature: &'a str,
    pub body: String,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    allow_private: bool,
}

impl Caller {
    pub fn new(allow_private: bool) -> reqwest::Result<Self> {
        // Another part of the program may have chosen it already: it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("Casedesk/", env!("CARGO_PKG_VERSION")));
        let builder = if allow_private { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
        Ok(Self { http: builder.build()?, allow_private })
    }

    /// The status that the far end answered with.
    pub async fn post(&self, url: &str, message: Message<'_>) -> Result<u16, CallError> {
        let url = rules::checked_url(url, self.allow_private)?;
        let response = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp_s)
            .header("webhook-signature", message.signature)
            .body(message.body)
            .send()
            .await
            .map_err(|error| CallError::Unreachable(innermost(&error)))?;
        Ok(response.status().as_u16())
    }
}

/// The cause that says most, without the address (which may hold a token).
fn innermost(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took longer than 10 s".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().chars().take(200).collect()
}

struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = all.filter(|address| rules::is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(format!("{} leads into a private network", name.as_str()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_to_ourselves_is_not_connected_to() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = || Message { id: "evt_1", timestamp_s: 0, signature: "v1,", body: "{}".into() };
        let called = Caller::new(false).unwrap().post(&format!("http://localhost:{port}/"), message()).await;
        assert!(called.unwrap_err().to_string().contains("private network"));
        assert!(tokio::time::timeout(Duration::from_millis(50), listener.accept()).await.is_err());
    }
}
