//! Outgoing webhooks: signed, told once however often they are tried, and never inside our own network.
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine as _;
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::Role;
use hmac::Mac as _;
use serde_json::{Value, json};

use crate::api::World;
use crate::support::{TestApp, on_both, with_settings};

/// Settings under which the far end, which is on this machine, may be called.
const LAB: [(&str, &str); 1] = [("WEBHOOKS__ALLOW_PRIVATE", "true")];

/// A far end that keeps what it is told and answers as it is set.
#[derive(Clone)]
struct FarEnd {
    url: String,
    told: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Arc<Mutex<StatusCode>>,
}

impl FarEnd {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let far_end = Self { url, told: Arc::default(), answer: Arc::new(Mutex::new(StatusCode::OK)) };
        let router = axum::Router::new().fallback(Self::take).with_state(far_end.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        far_end
    }

    async fn take(State(far_end): State<Self>, headers: HeaderMap, body: String) -> (StatusCode, HeaderMap) {
        far_end.told.lock().unwrap().push((headers, body));
        let mut answer = HeaderMap::new();
        answer.insert("location", "/elsewhere".parse().unwrap());
        (*far_end.answer.lock().unwrap(), answer)
    }

    fn answers(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = status;
    }

    fn told(&self) -> Vec<(HeaderMap, String)> {
        self.told.lock().unwrap().clone()
    }

    fn bodies(&self) -> Vec<Value> {
        self.told().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    async fn register(&self, world: &World, more: Value) -> (i64, String) {
        let mut hook = json!({ "url": self.url });
        hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = world.admin.json(Method::POST, "/api/v1/webhooks", &hook).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let made = answer.json();
        (made["id"].as_i64().unwrap(), made["secret"].as_str().unwrap().to_owned())
    }
}

async fn write_note(world: &World, text: &str) {
    let path = format!("/api/v1/cases/{}/notes", world.open);
    let answer = world.agent.json(Method::POST, &path, &json!({ "text": text })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

async fn solve(world: &World) {
    let path = format!("/api/v1/cases/{}/solution", world.open);
    assert_eq!(world.agent.body(Method::POST, &path, "", "").await.status, StatusCode::OK);
}

async fn deliveries(world: &World, hook: i64) -> Value {
    world.admin.get(&format!("/api/v1/webhooks/{hook}/deliveries")).await.json()["deliveries"].clone()
}

#[tokio::test]
async fn an_event_is_told_with_a_signature_that_the_far_end_can_check() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let (hook, secret) = far_end.register(&world, json!({ "kinds": ["case.changed"] })).await;
        write_note(&world, "not told").await;
        solve(&world).await;
        app.drain().await;
        let told = far_end.told();
        assert_eq!(told.len(), 1, "only what it asked for");
        let (headers, body) = &told[0];
        let text = |name: &str| headers[name].to_str().unwrap();
        assert_eq!(text("content-type"), "application/json");
        let key = base64::engine::general_purpose::STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{body}", text("webhook-id"), text("webhook-timestamp")).as_bytes());
        let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(text("webhook-signature"), format!("v1,{signature}"));
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["id"], text("webhook-id"));
        assert_eq!(body["kind"], "case.changed");
        assert_eq!((&body["case"]["id"], &body["case"]["state"]), (&json!(world.open), &json!("solved")));
        let list = deliveries(&world, hook).await;
        assert_eq!((&list[0]["state"], &list[0]["last_status"]), (&json!("delivered"), &json!(200)));
        let shown = world.admin.get("/api/v1/webhooks").await.text;
        assert!(!shown.contains(&secret) && !shown.contains("whsec_"), "the secret is shown once");
    })
    .await;
}

#[tokio::test]
async fn the_words_of_messages_are_told_only_when_asked_for_and_those_of_notes_never() {
    with_settings(&LAB, async |app| {
        let (world, quiet, loud) = (World::new(app).await, FarEnd::start().await, FarEnd::start().await);
        quiet.register(&world, json!({})).await;
        loud.register(&world, json!({ "include_text": true })).await;
        write_note(&world, "our secret").await;
        let path = format!("/api/v1/cases/{}/replies", world.open);
        world.agent.json(Method::POST, &path, &crate::api::reply_to_anna("Dear Anna")).await;
        app.drain().await;
        let text = |far_end: &FarEnd| far_end.told().into_iter().map(|(_, body)| body).collect::<Vec<_>>().join("\n");
        assert_eq!((quiet.bodies().len(), loud.bodies().len()), (2, 2));
        assert!(!text(&quiet).contains("Dear Anna") && !text(&quiet).contains("our secret"));
        assert!(text(&loud).contains("Dear Anna") && !text(&loud).contains("our secret"), "{}", text(&loud));
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn steps_of_quotes_and_promises_about_to_be_broken_are_told() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let kinds = ["case.quote_step", "case.promise_warned", "case.promise_breached"];
        far_end.register(&world, json!({ "kinds": kinds })).await;
        let line = json!({ "description": "Development", "quantity": "1", "unit_price_minor": 50_000 });
        let quote = json!({ "title": "Passkeys", "lines": [line] });
        let drafted = world.agent.json(Method::POST, &format!("/api/v1/cases/{}/quotes", world.open), &quote).await;
        assert_eq!(drafted.status, StatusCode::CREATED, "{}", drafted.text);
        let case = crate::clocks::promised_case(app, &app.viewer("Cara", Role::Admin).await).await;
        app.advance(Duration::from_mins(59));
        drain_all(app).await;
        app.advance(Duration::from_mins(2));
        drain_all(app).await;
        let told = far_end.bodies();
        let told: Vec<_> = told.iter().map(|body| (&body["kind"], &body["quote_step"], &body["case"]["id"])).collect();
        let open = json!(world.open);
        let (step, drafted, case) = (json!(kinds[0]), json!("drafted"), json!(case));
        let (warned, breached) = (json!(kinds[1]), json!(kinds[2]));
        let none = Value::Null;
        assert_eq!(told, [(&step, &drafted, &open), (&warned, &none, &case), (&breached, &none, &case)]);
        app.mails().await;
        app.forget_jobs("clocks.look").await;
    })
    .await;
}

#[tokio::test]
async fn a_far_end_that_is_down_is_told_later_the_same_thing_under_the_same_id() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let (hook, _) = far_end.register(&world, json!({})).await;
        far_end.answers(StatusCode::SERVICE_UNAVAILABLE);
        solve(&world).await;
        for _ in 0..24 {
            app.drain().await;
            app.advance(Duration::from_hours(1));
        }
        assert_eq!(deliveries(&world, hook).await[0]["state"], "waiting");
        assert_eq!(deliveries(&world, hook).await[0]["last_error"], "it answered with 503");
        far_end.answers(StatusCode::NO_CONTENT);
        app.advance(Duration::from_hours(2));
        app.drain().await;
        app.drain().await;
        let told = far_end.told();
        assert!(told.len() > 10, "{}", told.len());
        assert!(
            told.iter().all(|(headers, body)| headers["webhook-id"] == told[0].0["webhook-id"] && *body == told[0].1)
        );
        assert_ne!(told[0].0["webhook-timestamp"], told.last().unwrap().0["webhook-timestamp"]);
        assert_eq!(deliveries(&world, hook).await[0]["state"], "delivered");
    })
    .await;
}

#[tokio::test]
async fn after_four_days_the_webhook_is_disabled_for_everybody_to_see() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let (hook, _) = far_end.register(&world, json!({})).await;
        // A redirect is a failure: it might lead anywhere.
        far_end.answers(StatusCode::FOUND);
        solve(&world).await;
        for _ in 0..100 {
            app.drain().await;
            app.advance(Duration::from_hours(1));
        }
        assert!(far_end.told().len() > 40);
        assert_eq!(deliveries(&world, hook).await[0]["state"], "failed");
        let shown = world.admin.get(&format!("/api/v1/webhooks/{hook}")).await.json();
        assert!(shown["disabled_at"].is_string());
        assert!(shown["disabled_reason"].as_str().unwrap().contains("it answered with 302"), "{shown}");
        let told: Vec<(String,)> =
            app.desk().db().all(q!("SELECT kind FROM events WHERE topic = 'webhook' ORDER BY id")).await.unwrap();
        assert_eq!(told.last().unwrap().0, "disabled");
        let before = far_end.told().len();
        write_note(&world, "nobody listens").await;
        app.drain().await;
        assert_eq!(far_end.told().len(), before);
        let again = json!({ "url": far_end.url, "kinds": [], "include_text": false });
        far_end.answers(StatusCode::OK);
        world.admin.json(Method::PUT, &format!("/api/v1/webhooks/{hook}"), &again).await;
        write_note(&world, "somebody listens").await;
        app.drain().await;
        assert_eq!(far_end.told().len(), before + 1);
        app.forget_jobs("webhooks.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_far_end_that_is_gone_for_good_is_asked_once() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let (hook, _) = far_end.register(&world, json!({})).await;
        far_end.answers(StatusCode::GONE);
        solve(&world).await;
        write_note(&world, "x").await;
        app.drain().await;
        assert_eq!(far_end.told().len(), 1);
        let states: Vec<_> =
            deliveries(&world, hook).await.as_array().unwrap().iter().map(|d| d["state"].clone()).collect();
        assert_eq!(states, ["cancelled", "failed"]);
        world.admin.body(Method::DELETE, &format!("/api/v1/webhooks/{hook}"), "", "").await;
        assert_eq!(world.admin.get("/api/v1/webhooks").await.json(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_test_is_tried_once_and_changes_nothing_whatever_comes_of_it() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let (hook, _) = far_end.register(&world, json!({ "kinds": ["case.merged"] })).await;
        let ping = async || {
            let answer = world.admin.body(Method::POST, &format!("/api/v1/webhooks/{hook}/pings"), "", "").await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
            app.drain().await;
            deliveries(&world, hook).await[0].clone()
        };
        let good = ping().await;
        assert_eq!((&good["kind"], &good["state"]), (&json!("webhook.ping"), &json!("delivered")));
        assert_eq!(far_end.bodies()[0]["kind"], "webhook.ping");
        assert_eq!(far_end.told()[0].0["webhook-id"], far_end.bodies()[0]["id"].as_str().unwrap());
        for status in [StatusCode::BAD_GATEWAY, StatusCode::GONE] {
            far_end.answers(status);
            let bad = ping().await;
            assert_eq!((&bad["state"], &bad["tries"]), (&json!("failed"), &json!(1)), "{status}");
            assert_eq!(bad["last_error"], format!("it answered with {}", status.as_u16()));
        }
        let shown = world.admin.get(&format!("/api/v1/webhooks/{hook}")).await.json();
        assert!(shown["disabled_at"].is_null(), "a test disables nothing: {shown}");
        let disabled = world.admin.body(Method::PUT, &format!("/api/v1/webhooks/{hook}/disablement"), "", "").await;
        assert_eq!(disabled.status, StatusCode::NO_CONTENT, "{}", disabled.text);
        far_end.answers(StatusCode::OK);
        assert_eq!(ping().await["state"], "delivered", "a disabled one can be tried before it is enabled");
    })
    .await;
}

#[tokio::test]
async fn what_failed_is_sent_again_as_it_was_and_what_arrived_is_not() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let (hook, _) = far_end.register(&world, json!({})).await;
        far_end.answers(StatusCode::GONE);
        solve(&world).await;
        app.drain().await;
        let failed = deliveries(&world, hook).await[0].clone();
        assert_eq!(failed["state"], "failed");
        let path = format!("/api/v1/webhooks/{hook}/deliveries/{}/tries", failed["id"]);
        let again = async || world.admin.body(Method::POST, &path, "", "").await;
        assert_eq!(again().await.status, StatusCode::CONFLICT, "410 has disabled it");
        let enabled = world.admin.body(Method::DELETE, &format!("/api/v1/webhooks/{hook}/disablement"), "", "").await;
        assert_eq!(enabled.status, StatusCode::NO_CONTENT, "{}", enabled.text);
        far_end.answers(StatusCode::OK);
        assert_eq!(again().await.status, StatusCode::NO_CONTENT);
        assert_eq!(again().await.status, StatusCode::CONFLICT, "it waits already");
        app.drain().await;
        let told = far_end.told();
        assert_eq!(told.len(), 2);
        assert_eq!((&told[0].1, &told[0].0["webhook-id"]), (&told[1].1, &told[1].0["webhook-id"]));
        assert_eq!(deliveries(&world, hook).await[0]["state"], "delivered");
        assert_eq!(again().await.status, StatusCode::CONFLICT);
        let (other, _) = far_end.register(&world, json!({})).await;
        let foreign = format!("/api/v1/webhooks/{other}/deliveries/{}/tries", failed["id"]);
        assert_eq!(world.admin.body(Method::POST, &foreign, "", "").await.status, StatusCode::NOT_FOUND);
        let log = world.admin.get("/api/v1/audit").await.text;
        for action in ["webhooks.registered", "webhooks.enabled", "webhooks.sent_again"] {
            assert!(log.contains(action), "{action} is not in the audit log: {log}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_runs_webhooks_from_the_settings_and_nobody_else_sees_them() {
    with_settings(&LAB, async |app| {
        let far_end = FarEnd::start().await;
        let admin = app.logged_in("Root", Role::Admin).await;
        let bad = admin.post("/settings/webhooks", &[("url", "ftp://x"), ("kind", "case.merged")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.text.contains("is not an address that can be called"), "{}", bad.text);
        assert!(bad.text.contains(r#"value="case.merged" checked"#), "what was ticked stays");
        let url = format!("{}?<b>", far_end.url);
        let made = admin.post("/settings/webhooks", &[("url", &url), ("kind", "case.opened")]).await;
        assert_eq!(made.status, StatusCode::OK);
        assert!(made.text.contains("whsec_") && !made.text.contains("?<b>"), "{}", made.text);
        let (id,): (i64,) = app.desk().db().one(q!("SELECT id FROM webhooks")).await.unwrap();
        let page = format!("/settings/webhooks/{id}");
        assert!(!admin.get(&page).await.text.contains("whsec_"), "the secret is shown once");
        far_end.answers(StatusCode::BAD_GATEWAY);
        assert_eq!(admin.post(&format!("{page}/ping"), &[]).await.location(), page);
        assert!(admin.get(&page).await.text.contains("<look-again"), "the page looks for the outcome");
        app.drain().await;
        let shown = admin.get(&page).await.text;
        assert!(shown.contains("it answered with 502") && !shown.contains("<look-again"), "{shown}");
        let again = shown.split('"').find(|word| word.ends_with("/again")).unwrap();
        far_end.answers(StatusCode::OK);
        admin.post(again, &[]).await;
        app.drain().await;
        assert!(admin.get(&page).await.text.contains("delivered"));
        admin.post(&format!("{page}/disable"), &[]).await;
        assert!(admin.get("/settings/webhooks").await.text.contains("disabled by Root"));
        admin.post(&format!("{page}/enable"), &[]).await;
        assert!(!admin.get("/settings/webhooks").await.text.contains("disabled by Root"));
        let ben = app.logged_in("Ben", Role::Agent).await;
        for path in ["/settings/webhooks", &page] {
            assert_eq!(ben.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for verb in ["", "/ping", "/secret", "/disable", "/delete", "/deliveries/1/again"] {
            let answer = ben.post(&format!("{page}{verb}"), &[("url", "https://x.example")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{verb}");
        }
        assert!(!ben.get("/settings/profile").await.text.contains("/settings/webhooks"));
        admin.post(&format!("{page}/delete"), &[]).await;
        assert_eq!(admin.get(&page).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn nothing_inside_our_network_is_called_by_address_or_by_name() {
    on_both(async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        let port = far_end.url.rsplit(':').next().unwrap().to_owned();
        for host in
            ["127.0.0.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"]
        {
            let hook = json!({ "url": format!("http://{host}:{port}") });
            let answer = world.admin.json(Method::POST, "/api/v1/webhooks", &hook).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{host}: {}", answer.text);
        }
        let hook = json!({ "url": format!("http://localhost:{port}") });
        let hook = world.admin.json(Method::POST, "/api/v1/webhooks", &hook).await.json()["id"].as_i64().unwrap();
        solve(&world).await;
        app.drain().await;
        assert_eq!(far_end.told().len(), 0);
        let error = deliveries(&world, hook).await[0]["last_error"].clone();
        assert!(error.as_str().unwrap().contains("private network"), "{error}");
        app.forget_jobs("webhooks.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_is_rolled_back_is_told_to_nobody() {
    with_settings(&LAB, async |app| {
        let (world, far_end) = (World::new(app).await, FarEnd::start().await);
        far_end.register(&world, json!({})).await;
        let path = format!("/api/v1/cases/{}/replies", world.open);
        let mut reply = crate::api::reply_to_anna("x");
        reply["then"] = json!({ "do": "wait", "on": "date" });
        let answer = world.agent.json(Method::POST, &path, &reply).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
        drain_all(app).await;
        assert_eq!(far_end.told().len(), 0);
    })
    .await;
}

async fn drain_all(app: &TestApp) {
    while app.drain().await > 0 {}
}
