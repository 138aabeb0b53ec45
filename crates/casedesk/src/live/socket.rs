//! `GET /live`: one WebSocket of one page.
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::presence::{Doing, Others, Word};
use crate::cases::{self, CaseId};
use crate::desk::Desk;
use crate::events::{self, Notice};
use crate::kit::{Timestamp, secrets};
use crate::staff::{self, Proof, Reader, Viewer};

/// A page says little; more is not one of ours.
const MOST_BYTES: usize = 4096;
/// How many words a page may say in one tick.
const MOST_WORDS: u32 = 40;
/// How often silence and the viewer's session are looked at, and the page is asked whether it is there.
const TICK: Duration = Duration::from_secs(5);
/// How often it is noted that somebody sits at a page.
const PRESENT: Duration = Duration::from_mins(1);
/// A page that has not answered for this long is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Opens the socket for a viewer.
pub async fn open(State(desk): State<Desk>, Reader(viewer): Reader, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(MOST_BYTES).on_upgrade(move |socket| async move {
        let socket = Socket {
            desk,
            viewer,
            id: secrets::random_token(),
            at: None,
            doing: Doing::Looking,
            others: Others::default(),
            heard: Instant::now(),
            words: 0,
            idle: false,
            present: None,
            socket,
        };
        // An error is a page that went away, which is nobody's concern.
        let _ = socket.run().await;
    })
}

struct Socket {
    desk: Desk,
    viewer: Viewer,
    id: String,
    at: Option<CaseId>,
    doing: Doing,
    others: Others,
    heard: Instant,
    words: u32,
    /// Nobody sits at the page, or it is not in front.
    idle: bool,
    /// When it was last noted that somebody does.
    present: Option<Timestamp>,
    socket: WebSocket,
}

/// What a page says.
#[derive(Deserialize)]
struct Said {
    look: Option<i64>,
    typing: Option<i64>,
    #[serde(default)]
    idle: bool,
}

/// Why a socket ends.
struct Ended;

impl<E: std::error::Error> From<E> for Ended {
    fn from(_: E) -> Self {
        Self
    }
}

impl Socket {
    async fn run(mut self) -> Result<(), Ended> {
        // Subscribed first, read then: nothing falls between.
        let mut notices = self.desk.db().subscribe();
        self.hello().await?;
        let mut tick = tokio::time::interval(TICK);
        let ended = loop {
            let step = tokio::select! {
                notice = notices.recv() => match notice {
                    Ok(notice) => self.pass_on(&notice).await,
                    Err(RecvError::Lagged(_)) => self.hello().await,
                    Err(RecvError::Closed) => Err(Ended),
                },
                said = self.socket.recv() => match said {
                    Some(Ok(message)) => self.hear(message).await,
                    _ => Err(Ended),
                },
                _ = tick.tick() => self.tick().await,
            };
            if step.is_err() {
                break step;
            }
        };
        self.say(Doing::Gone, false).await?;
        ended
    }

    /// Tells the page how far the desk is; it fetches anew when it was behind.
    async fn hello(&mut self) -> Result<(), Ended> {
        let event = events::latest(self.desk.db()).await?;
        self.send(json!({ "kind": "hello", "event": event })).await
    }

    async fn pass_on(&mut self, notice: &str) -> Result<(), Ended> {
        if let Some(word) = notice.strip_prefix(PRESENCE) {
            return self.hear_other(serde_json::from_str(word)?).await;
        }
        let Ok(notice) = serde_json::from_str::<Notice>(notice) else { return Ok(()) };
        if notice.team.is_some_and(|team| self.viewer.hidden_teams.iter().any(|hidden| hidden.0 == team)) {
            // The case that the page shows may have gone to that team just now: who looks at it is hidden too.
            let shown = notice.topic == "case" && self.at == Some(CaseId(notice.id));
            return if shown { Err(Ended) } else { Ok(()) };
        }
        match notice.topic.as_str() {
            "case" => self.send(json!({ "event": notice.event, "case": notice.id, "kind": notice.kind })).await,
            // Many cases at once: the page reads anew what it shows.
            "cases" => self.send(json!({ "event": notice.event, "kind": "many" })).await,
            "mailbox" => self.send(json!({ "event": notice.event, "kind": "alarm" })).await,
            "quarantine" => self.send(json!({ "event": notice.event, "kind": "counts" })).await,
            // A call that the viewer has answered: the page asks which.
            "telephone" if notice.id == self.viewer.id.0 => {
                self.send(json!({ "event": notice.event, "kind": "call" })).await
            }
            // Something that concerns the viewer alone; or they have read it, on this page or another.
            "notice" if notice.id == self.viewer.id.0 => {
                self.send(json!({ "event": notice.event, "kind": "notice" })).await
            }
            "seen" if notice.id == self.viewer.id.0 => self.send(json!({ "kind": "seen" })).await,
            // The viewer's rights have changed: the page comes back with the new ones, or not at all.
            "agent" if notice.id == self.viewer.id.0 => Err(Ended),
            _ => Ok(()),
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Ended> {
        self.heard = Instant::now();
        let Message::Text(text) = message else {
            return if matches!(message, Message::Pong(_) | Message::Ping(_)) { Ok(()) } else { Err(Ended) };
        };
        self.words += 1;
        if self.words > MOST_WORDS {
            return Err(Ended);
        }
        let Ok(said) = serde_json::from_str::<Said>(&text) else { return Ok(()) };
        self.idle = said.idle;
        if said.idle {
            self.say(Doing::Gone, false).await?;
            self.at = None;
            self.others.clear();
            return Ok(());
        }
        let doing = if said.typing.is_some() { Doing::Typing } else { Doing::Looking };
        let Some(case) = said.typing.or(said.look).map(CaseId) else { return Ok(()) };
        let arrived = self.at != Some(case);
        if arrived {
            cases::store::visible_case(self.desk.db(), case, &self.viewer.hidden_teams).await?.ok_or(Ended)?;
            self.say(Doing::Gone, false).await?;
            self.others.clear();
            self.at = Some(case);
            self.show_others().await?;
        }
        self.say(doing, arrived).await
    }

    async fn hear_other(&mut self, word: Word) -> Result<(), Ended> {
        if self.at != Some(word.case) || word.socket == self.id {
            return Ok(());
        }
        let hello = word.hello;
        if self.others.hear(word, Instant::now()) {
            self.show_others().await?;
        }
        if hello { self.say(self.doing, false).await } else { Ok(()) }
    }

    async fn tick(&mut self) -> Result<(), Ended> {
        self.words = 0;
        // Changed rights are told of; that time is over is not.
        if !staff::actions::is_still_in(&self.desk, &self.viewer).await? {
            return Err(Ended);
        }
        self.note_presence().await?;
        if self.heard.elapsed() > SILENCE {
            return Err(Ended);
        }
        self.socket.send(Message::Ping(Vec::new().into())).await?;
        // Scripts hear no ping: an empty word tells the page that the line is there.
        self.socket.send(Message::Text("".into())).await?;
        if self.others.forget(Instant::now()) {
            self.show_others().await?;
        }
        Ok(())
    }

    /// Somebody who sits at a page needs no mail of what it shows.
    async fn note_presence(&mut self) -> Result<(), Ended> {
        let now = self.desk.now();
        let noted = self.present.is_some_and(|at| now.since(at) < PRESENT);
        if self.idle || noted || !matches!(self.viewer.proof, Proof::Session(_)) {
            return Ok(());
        }
        self.present = Some(now);
        // Pages are looked at also while nothing can be written, as when the disk is full.
        if let Err(error) = staff::actions::note_presence(&self.desk, &self.viewer).await {
            tracing::warn!(%error, "who sits at a page could not be noted");
        }
        Ok(())
    }

    /// Tells the other sockets, on all nodes, what this one's viewer does.
    async fn say(&mut self, doing: Doing, hello: bool) -> Result<(), Ended> {
        let Some(case) = self.at else { return Ok(()) };
        if doing != Doing::Gone {
            self.doing = doing;
        }
        let word =
            Word { case, socket: self.id.clone(), agent: self.viewer.id, name: self.viewer.name.clone(), doing, hello };
        self.desk.db().whisper(format!("{PRESENCE}{}", serde_json::to_string(&word)?)).await?;
        Ok(())
    }

    async fn show_others(&mut self) -> Result<(), Ended> {
        let Some(case) = self.at else { return Ok(()) };
        let agents = self.others.shown(self.viewer.id);
        self.send(json!({ "kind": "presence", "case": case, "agents": agents })).await
    }

    async fn send(&mut self, value: serde_json::Value) -> Result<(), Ended> {
        Ok(self.socket.send(Message::Text(value.to_string().into())).await?)
    }
}

/// What begins a notice about presence.
const PRESENCE: &str = "presence ";
