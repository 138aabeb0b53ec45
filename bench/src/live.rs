//! 200 open pages: how long until each hears of a note.
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::StreamExt as _;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::http::Session;
use crate::process::Setup;

const SOCKETS: usize = 200;
const NOTES: usize = 20;

/// Opens the sockets and gives them to `load` while they are open; the times of all notices in milliseconds.
pub(crate) async fn measure(setup: &Setup, session: &Session, cases: &[i64]) -> anyhow::Result<Vec<f64>> {
    let (heard, mut notices) = mpsc::unbounded_channel();
    let mut sockets = Vec::with_capacity(SOCKETS);
    for _ in 0..SOCKETS {
        sockets.push(tokio::spawn(listen(setup.clone(), session.clone(), heard.clone())));
    }
    for _ in 0..SOCKETS {
        notices.recv().await.context("a socket did not open")?;
    }
    let mut times = Vec::with_capacity(SOCKETS * NOTES);
    for note in 0..NOTES {
        let case = cases[note % cases.len()];
        let begun = Instant::now();
        session.post(&format!("/api/v1/cases/{case}/notes"), &json!({ "text": "To be heard of." })).await?;
        for heard in 0..SOCKETS {
            let notice = tokio::time::timeout(Duration::from_secs(10), notices.recv()).await;
            let at = notice.with_context(|| format!("only {heard} sockets heard of it"))?.context("all are closed")?;
            times.push(at.duration_since(begun).as_secs_f64() * 1000.0);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for socket in sockets {
        socket.abort();
    }
    Ok(times)
}

/// Tells when the socket is open, and then of every note.
async fn listen(setup: Setup, session: Session, heard: mpsc::UnboundedSender<Instant>) -> anyhow::Result<()> {
    let mut request = format!("ws://127.0.0.1:{}/live", setup.http).into_client_request()?;
    request.headers_mut().insert("cookie", session.cookie().parse()?);
    request.headers_mut().insert("origin", setup.url().parse()?);
    let (mut socket, answer) = tokio_tungstenite::connect_async(request).await?;
    ensure!(answer.status() == 101, "the socket answers {}", answer.status());
    while let Some(message) = socket.next().await {
        let text = message?.into_text()?;
        if text.contains("\"hello\"") || text.contains("\"note") {
            heard.send(Instant::now())?;
        }
    }
    Ok(())
}
