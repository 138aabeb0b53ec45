//! `/health` for whoever watches the desk, `/metrics` for Prometheus.
use std::path::Path;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;

use super::Error;
use super::client::Client;
use crate::desk::Desk;
use crate::kit::disk::{self, Sync};

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
    let mut checks = vec![database(&desk).await, folder(&desk.config().server.data, Sync::No).await];
    for probe in probes {
        checks.extend(probe(desk.clone()).await);
    }
    let ok = checks.iter().all(|check| check.ok);
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(Health { ok, version: env!("CARGO_PKG_VERSION"), checks })).into_response()
}

async fn database(desk: &Desk) -> Check {
    let says = match crate::events::latest(desk.db()).await {
        Err(_) => "does not answer; the log says why",
        Ok(_) if desk.db().is_out_of_room() => "has no space left: nothing is saved and mail is put off",
        Ok(_) => return Check { name: "database".into(), ok: true, says: "answers".into() },
    };
    Check { name: "database".into(), ok: false, says: says.into() }
}

/// Whether the data folder can be written. Its path is not told, since anybody may ask for the desk's health.
pub async fn folder(data: &Path, sync: Sync) -> Check {
    let (ok, says) = match disk::try_writing(data, sync).await {
        Ok(()) => (true, "can be written".into()),
        Err(error) if disk::is_full(&error) => {
            (false, "has no space left: nothing is saved and mail is put off until there is some".into())
        }
        Err(error) => (false, format!("cannot be written ({error}): give its owner or server.data another value")),
    };
    Check { name: "data folder".into(), ok, says }
}

/// Collects every counter of the program from now on.
pub fn collect() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().install_recorder()
}

/// `GET /metrics` in Prometheus' text format, for this machine and those that the settings name.
pub fn metrics(desk: &Desk, client: &Client, handle: &PrometheusHandle) -> Response {
    if may_measure(desk, client) {
        handle.render().into_response()
    } else {
        Error::not_found("such page").into_response()
    }
}

pub fn may_measure(desk: &Desk, client: &Client) -> bool {
    let allowed = &desk.config().server.metrics_allow;
    client.ip.is_some_and(|ip| ip.is_loopback() || allowed.contains(&ip))
}
