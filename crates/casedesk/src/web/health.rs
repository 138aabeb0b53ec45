//! `/health` for whoever watches the desk, `/metrics` for Prometheus.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

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

/// `GET /metrics`, in Prometheus' text format.
pub async fn metrics(State(handle): State<metrics_exporter_prometheus::PrometheusHandle>) -> String {
    handle.render()
}
