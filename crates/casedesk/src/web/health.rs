//! `/health` for whoever watches the desk, `/metrics` for Prometheus.
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;

use super::Error;
use super::client::Client;
use crate::desk::Desk;

/// One thing that can be well or not, in words.
#[derive(Serialize, Clone, Debug)]
pub struct Check {
    pub name: String,
    pub ok: bool,
    pub says: String,
}

#[derive(Serialize)]
struct Health {
    ok: bool,
    version: &'static str,
    checks: Vec<Check>,
}

/// A room's own checks, registered by `app.rs`.
pub type Probe = fn(Desk) -> std::pin::Pin<Box<dyn Future<Output = Vec<Check>> + Send>>;

/// 200 when all is well, 503 with the reasons when not.
pub async fn answer(desk: Desk, probes: &[Probe]) -> Response {
    let mut checks = vec![database(&desk).await];
    for probe in probes {
        checks.extend(probe(desk.clone()).await);
    }
    let ok = checks.iter().all(|check| check.ok);
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(Health { ok, version: env!("CARGO_PKG_VERSION"), checks })).into_response()
}

async fn database(desk: &Desk) -> Check {
    match crate::events::latest(desk.db()).await {
        Ok(_) => Check { name: "database".into(), ok: true, says: "answers".into() },
        Err(_) => Check { name: "database".into(), ok: false, says: "does not answer; the log says why".into() },
    }
}

/// Collects every counter of the program from now on.
pub fn collect() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().install_recorder()
}

/// `GET /metrics` in Prometheus' text format, for this machine and those that the settings name.
pub fn metrics(desk: &Desk, client: &Client, handle: &PrometheusHandle) -> Response {
    let allowed = &desk.config().server.metrics_allow;
    match client.ip {
        Some(ip) if ip.is_loopback() || allowed.contains(&ip) => handle.render().into_response(),
        _ => Error::not_found("such page").into_response(),
    }
}
