//! The only file that knows all rooms: routes, jobs, subscribers, probes.
use std::sync::Arc;

use axum::Router;
use axum::middleware;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::desk::Desk;
use crate::events::Subscribers;
use crate::live;
use crate::mail::actions::Postman;
use crate::mail::client::Relay;
use crate::mail::imap::Pace;
use crate::mail::listener::Listener;
use crate::queue::{self, Worker};
use crate::web::routing::get;
use crate::web::{self, assets, guard, health};
use crate::webhooks::actions::Hooks;
use crate::webhooks::client::Caller;
use crate::{
    cases, clocks, customers, details, forms, mail, notices, phone, portal, privacy, products, quotes, staff, upkeep,
    webhooks,
};

/// Who listens to events.
pub fn subscribers() -> Subscribers {
    Subscribers::new(vec![mail::jobs::subscriber]).asking(vec![
        cases::jobs::following,
        cases::jobs::subscriber,
        cases::jobs::judging,
        webhooks::jobs::subscriber,
        phone::jobs::subscriber,
        clocks::jobs::subscriber,
        quotes::jobs::subscriber,
        details::jobs::subscriber,
        notices::jobs::subscriber,
    ])
}

/// Every job kind.
pub fn worker(desk: &Desk) -> anyhow::Result<Worker> {
    let postman = Postman { desk: desk.clone(), relay: Relay::new(desk)? };
    let caller = Caller::new(desk.config().webhooks.allow_private)?;
    let hooks = Hooks { desk: desk.clone(), caller };
    let worker = Worker::new(desk.db().clone(), desk.clock().clone())
        .register::<staff::jobs::MailReset>(desk.clone())
        .register::<cases::jobs::PassTime>(desk.clone())
        .register::<cases::jobs::IndexFiles>(desk.clone())
        .register::<cases::jobs::IndexCase>(desk.clone())
        .register::<cases::jobs::ReadLogs>(desk.clone())
        .register::<cases::jobs::Tie>(desk.clone())
        .register::<cases::jobs::Judge>(desk.clone())
        .register::<cases::jobs::JudgeDaily>(desk.clone())
        .register::<customers::jobs::Daily>(desk.clone())
        .register::<mail::jobs::Acknowledge>(desk.clone())
        .register::<mail::jobs::Deliver>(postman.clone())
        .register::<mail::jobs::SystemMail>(postman.clone())
        .register::<notices::jobs::Send>(postman)
        .register::<notices::jobs::Mail>(desk.clone())
        .register::<notices::jobs::Tidy>(desk.clone())
        .register::<portal::jobs::MailLogin>(desk.clone())
        .register::<webhooks::jobs::Deliver>(hooks)
        .register::<phone::jobs::Escalate>(desk.clone())
        .register::<phone::jobs::Heard>(desk.clone())
        .register::<phone::jobs::Recount>(desk.clone())
        .register::<clocks::jobs::Look>(desk.clone())
        .register::<clocks::jobs::LookAtAll>(desk.clone())
        .register::<clocks::jobs::LookDaily>(desk.clone())
        .register::<quotes::jobs::Expire>(desk.clone())
        .register::<quotes::jobs::Remind>(desk.clone())
        .register::<quotes::jobs::Heard>(desk.clone())
        .register::<details::jobs::Open>(desk.clone())
        .register::<details::jobs::PutTogether>(desk.clone())
        .register::<details::jobs::Sweep>(desk.clone())
        .register::<privacy::jobs::Export>(desk.clone())
        .register::<privacy::jobs::Expire>(desk.clone())
        .register::<privacy::jobs::Erase>(desk.clone())
        .register::<privacy::jobs::SetAside>(desk.clone())
        .register::<privacy::jobs::ForgetFiles>(desk.clone());
    Ok(worker)
}

/// Asks for the work that goes on for ever.
pub async fn keep_time(desk: &Desk) -> crate::db::Result<()> {
    let (mut tx, now) = (desk.db().begin().await?, desk.now());
    queue::keep(&mut tx, &cases::jobs::PassTime {}, now).await?;
    queue::keep(&mut tx, &cases::jobs::JudgeDaily {}, now).await?;
    queue::keep(&mut tx, &customers::jobs::Daily {}, now).await?;
    queue::keep(&mut tx, &clocks::jobs::LookDaily {}, now).await?;
    queue::keep(&mut tx, &details::jobs::Sweep {}, now).await?;
    queue::keep(&mut tx, &notices::jobs::Tidy {}, now).await?;
    tx.commit().await
}

/// Starts what runs beside the requests, until `stop`.
pub async fn start(desk: &Desk, stop: &CancellationToken) -> anyhow::Result<TaskTracker> {
    let tracker = TaskTracker::new();
    keep_time(desk).await?;
    mail::mailboxes::begin(desk).await?;
    tracker.spawn(worker(desk)?.run(stop.clone()));
    tracker.spawn(mail::filer::run(desk.clone(), stop.clone()));
    tracker.spawn(mail::imap::read_all(desk.clone(), desk.clone(), Pace::default(), stop.clone()));
    tracker.spawn(mail::mailboxes::watch(desk.clone(), stop.clone()));
    for listener in Listener::bind_all(desk.config()).await? {
        tracing::info!(address = %listener.address()?, "taking mail in");
        tracker.spawn(listener.serve(desk.clone(), stop.clone()));
    }
    tracker.close();
    Ok(tracker)
}

/// What `/health` asks.
const PROBES: &[health::Probe] = &[mail::mailboxes::probe, mail::check::probe, upkeep::actions::probe];

/// What the rail counts besides cases.
const COUNTERS: &[cases::pages::Counter] = &[notices::pages::count, quotes::pages::waiting];

/// Every room's part of the JSON API, under one address, with its description.
fn api(desk: &Desk) -> Router<Desk> {
    let most_mail = desk.config().mail.max_size;
    let rooms = OpenApiRouter::new()
        .merge(staff::api::routes())
        .merge(products::api::routes())
        .merge(customers::api::routes())
        .merge(cases::api::routes(most_mail))
        .merge(mail::api::routes(most_mail))
        .merge(phone::api::routes())
        .merge(quotes::api::routes())
        .merge(details::api::routes())
        .merge(notices::api::routes())
        .merge(forms::api::routes())
        .merge(portal::api::routes())
        .merge(privacy::api::routes())
        .merge(upkeep::api::routes())
        .merge(webhooks::api::routes());
    let (router, description) = OpenApiRouter::new()
        .nest("/api/v1", rooms)
        .merge(cases::api::files())
        .merge(mail::api::files())
        .split_for_parts();
    let description = Arc::new(web::api::describe(description));
    router.route("/api/openapi.json", get(move || async move { axum::Json(description) }))
}

/// What customers reach, as far as it is switched on.
fn for_customers(desk: &Desk) -> Router<Desk> {
    let config = desk.config();
    let mut router = portal::pages::link_routes(config).merge(details::pages::link_routes(config));
    if config.portal.enabled {
        router = router.merge(portal::pages::routes(config));
    }
    if config.forms.enabled {
        router = router.merge(forms::pages::public_routes(config));
    }
    router
}

/// Every route, behind the same guards.
pub fn router(desk: Desk) -> Router {
    let for_health = desk.clone();
    Router::new()
        .route("/assets/{name}", get(assets::serve))
        .route("/live", get(live::open))
        .merge(staff::pages::routes())
        .merge(products::pages::routes())
        .merge(cases::pages::routes(COUNTERS))
        .merge(customers::pages::routes())
        .merge(mail::pages::routes())
        .merge(phone::pages::routes())
        .merge(phone::pages::open_routes())
        .merge(clocks::pages::routes())
        .merge(quotes::pages::routes())
        .merge(quotes::pages::open_routes())
        .merge(details::pages::routes())
        .merge(notices::pages::routes())
        .merge(forms::pages::routes())
        .merge(portal::pages::agent_routes())
        .merge(privacy::pages::routes())
        .merge(upkeep::pages::routes())
        .merge(for_customers(&desk))
        .merge(webhooks::pages::routes())
        .merge(api(&desk))
        .route("/health", get(move || health::answer(for_health.clone(), PROBES)))
        .with_state(desk.clone())
        .layer(middleware::from_fn_with_state(desk, guard::same_origin))
        .layer(middleware::from_fn(web::error::render))
        .layer(middleware::from_fn(guard::headers))
        // What is rendered for one viewer is compressed once: speed counts for more than the last tenth of its size.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
}
