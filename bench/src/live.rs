//! 200 open consoles: how long until each hears of a note, and until it has the row that changed.
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::http::Session;
use crate::process::Setup;

const CONSOLES: u32 = 200;
const NOTES: usize = 20;
/// Over how long consoles spread their questions, as `live-apply.ts` does.
const SPREAD: Duration = Duration::from_millis(100);

/// A console that heard of a change, or has what changed.
enum Step {
    Ready,
    Heard(Instant),
    Shown(Instant),
}

/// Milliseconds from the request that writes a note.
#[derive(Default)]
pub(crate) struct Times {
    /// Until each socket has its notice.
    pub(crate) heard: Vec<f64>,
    /// Until each console has its new row.
    pub(crate) shown: Vec<f64>,
}

/// Opens consoles and writes notes.
pub(crate) async fn measure(setup: &Setup, session: &Session, cases: &[i64]) -> anyhow::Result<Times> {
    let (told, mut steps) = mpsc::unbounded_channel();
    let mut consoles = Vec::new();
    for at in 0..CONSOLES {
        let wait = SPREAD * at / CONSOLES;
        consoles.push(tokio::spawn(console(setup.clone(), session.clone(), wait, told.clone())));
    }
    for _ in 0..CONSOLES {
        steps.recv().await.context("a socket did not open")?;
    }
    let mut times = Times::default();
    // The first note opens the connections that later ones go on with.
    for note in 0..=NOTES {
        let case = cases[note % cases.len()];
        let begun = Instant::now();
        session.post(&format!("/api/v1/cases/{case}/notes"), &json!({ "text": "To be heard of." })).await?;
        for step in 0..CONSOLES * 2 {
            let next = tokio::time::timeout(Duration::from_secs(10), steps.recv()).await;
            let next = next.with_context(|| format!("only {step} steps were told"))?.context("all are closed")?;
            let ms = |at: Instant| at.duration_since(begun).as_secs_f64() * 1000.0;
            match next {
                _ if note == 0 => {}
                Step::Heard(at) => times.heard.push(ms(at)),
                Step::Shown(at) => times.shown.push(ms(at)),
                Step::Ready => {}
            }
        }
    }
    for console in consoles {
        console.abort();
    }
    Ok(times)
}

/// One console with a list in front: on a notice it waits its turn and asks for the row, as the page does.
async fn console(
    setup: Setup,
    session: Session,
    wait: Duration,
    told: mpsc::UnboundedSender<Step>,
) -> anyhow::Result<()> {
    let mut request = format!("ws://127.0.0.1:{}/live", setup.http).into_client_request()?;
    request.headers_mut().insert("cookie", session.cookie().parse()?);
    request.headers_mut().insert("origin", setup.url().parse()?);
    let (mut socket, answer) = tokio_tungstenite::connect_async(request).await?;
    ensure!(answer.status() == 101, "the socket answers {}", answer.status());
    while let Some(message) = socket.next().await {
        for line in message?.into_text()?.lines().filter(|line| !line.is_empty()) {
            let message: Value = serde_json::from_str(line)?;
            let kind = message["kind"].as_str().unwrap_or_default();
            match message["case"].as_i64() {
                None if kind == "hello" => told.send(Step::Ready)?,
                Some(case) if kind.starts_with("note") => {
                    told.send(Step::Heard(Instant::now()))?;
                    tokio::time::sleep(wait).await;
                    session.page(&format!("/views/open/rows/{case}?known=true&current=false&sort=newest&q=")).await?;
                    told.send(Step::Shown(Instant::now()))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}
