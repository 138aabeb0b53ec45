//! Agents, sessions, roles and what keeps strangers out.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::staff::Role;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp, on_both, with_settings};

const HOUR: Duration = Duration::from_hours(1);

async fn is_in(browser: &Browser) -> bool {
    let answer = browser.get("/settings/profile").await;
    assert!(answer.status == StatusCode::OK || answer.status == StatusCode::SEE_OTHER, "{}", answer.text);
    answer.status == StatusCode::OK
}

async fn wrong(browser: &Browser, email: &str) -> crate::support::Answer {
    browser.post("/login", &[("email", email), ("password", "not the password")]).await
}

#[tokio::test]
async fn the_right_password_lets_in_and_the_way_out_ends_the_session() {
    on_both(async |app| {
        let ann = app.logged_in("Ann", Role::Agent).await;
        assert!(is_in(&ann).await);
        let id = ann.cookie("casedesk").unwrap();
        ann.post("/logout", &[]).await;
        assert!(ann.cookie("casedesk").is_none());
        ann.set_cookie("casedesk", &id);
        assert!(!is_in(&ann).await, "the id is worth nothing any more");
    })
    .await;
}
