//! The JSON API: its description, who may do what, and that nobody gets at what is not theirs.
use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use casedesk::staff::Role;
use serde_json::{Value, json};

use crate::support::{TestApp, on_both};

#[tokio::test]
async fn doc_dump() {
    on_both(async |app| {
        let answer = app.browser().get("/api/openapi.json").await;
        std::fs::write("/tmp/api-openapi.json", &answer.text).unwrap();
    })
    .await;
}
