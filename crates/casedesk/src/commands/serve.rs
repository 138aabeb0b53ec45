//! `casedesk serve`.
use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::web::client::Client;
use crate::web::health;
use crate::web::routing::get;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let counters = health::collect()?;
    let desk = super::desk(config).await?;
    let listener = TcpListener::bind(desk.config().server.listen).await.map_err(|error| {
        anyhow::anyhow!("cannot listen on {} (server.listen): {error}", desk.config().server.listen)
    })?;
    println!("Casedesk serves {} on {}", desk.config().server.public_url, listener.local_addr()?);
    if let Some(link) = crate::staff::actions::setup_link(&desk).await? {
        println!("Make the first administrator here: {link}");
    }
    let stop = CancellationToken::new();
    let background = crate::app::start(&desk, &stop).await?;
    let watched = desk.clone();
    let metrics = get(async move |client: Client| {
        if health::may_measure(&watched, &client)
            && let Err(error) = crate::upkeep::actions::gauge(&watched).await
        {
            tracing::warn!(%error, "what waits could not be counted");
        }
        health::metrics(&watched, &client, &counters)
    });
    let router = crate::app::router(desk.clone())
        .route("/metrics", metrics.with_state(desk.clone()))
        .into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).with_graceful_shutdown(told_to_stop(stop.clone())).await?;
    stop.cancel();
    background.wait().await;
    desk.db().close().await;
    Ok(())
}

/// Returns on Ctrl C or SIGTERM, having told everything else to stop.
async fn told_to_stop(stop: CancellationToken) {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
    tracing::info!("stopping");
    stop.cancel();
}
