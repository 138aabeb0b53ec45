//! The listener: the team's mail server hands mail over by LMTP (RFC 2033) or SMTP (RFC 5321).
//!
//! Invariants: 250 is said only after the message is durably stored; any trouble of ours is a 4xx, so
//! that the mail server keeps the message; a message that did not come whole is never taken. The
//! listener forwards nothing, so every recipient is accepted: which addresses lead here is decided by
//! the mail server, and who may connect by `mail.listener.allow`.
mod body;
mod session;
mod wire;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::handover::Intake;
use crate::config::{self, Config, Protocol};

/// How much memory messages on their way in may take, at the least, in units of `body::UNIT`.
const LEAST_BUDGET: usize = 256;

/// What a session needs to know of the settings.
struct Settings {
    protocol: Protocol,
    host: String,
    max_size: usize,
    timeout: Duration,
    budget: Arc<Semaphore>,
}

/// A bound listener that does not answer yet.
pub struct Listener {
    socket: TcpListener,
    allow: Vec<IpAddr>,
    connections: Arc<Semaphore>,
    settings: Arc<Settings>,
}

impl Listener {
    /// Binds every address of `mail.listener` and `mail.listeners`; messages on their way in share one budget.
    pub async fn bind_all(config: &Config) -> std::io::Result<Vec<Self>> {
        let units = (config.mail.max_size / body::UNIT + 1).saturating_mul(4).max(LEAST_BUDGET);
        let budget = Arc::new(Semaphore::new(units));
        let mut bound = Vec::new();
        for (address, listener) in config.mail.all_listeners() {
            bound.push(Self::bind(config, address, listener, budget.clone()).await?);
        }
        Ok(bound)
    }

    async fn bind(
        config: &Config,
        address: SocketAddr,
        listener: &config::Listener,
        budget: Arc<Semaphore>,
    ) -> std::io::Result<Self> {
        let settings = Settings {
            protocol: listener.protocol,
            host: config.server.public_url.host_str().unwrap_or("localhost").to_owned(),
            max_size: config.mail.max_size,
            timeout: Duration::from_secs(listener.timeout_s.max(1)),
            budget,
        };
        let socket = TcpListener::bind(address).await.map_err(|error| {
            std::io::Error::new(error.kind(), format!("mail cannot be taken in on {address} (mail.listeners): {error}"))
        })?;
        Ok(Self {
            socket,
            allow: listener.allow.clone(),
            connections: Arc::new(Semaphore::new(listener.max_connections)),
            settings: Arc::new(settings),
        })
    }

    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers until `stop`; then lets messages under way finish and says goodbye to idle peers.
    pub async fn serve<I: Intake>(self, intake: I, stop: CancellationToken) {
        let sessions = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer.ip().to_canonical(), &intake, &stop, &sessions),
                Err(error) => {
                    tracing::warn!(%error, "a mail connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        sessions.close();
        sessions.wait().await;
    }

    fn admit<I: Intake>(
        &self,
        stream: TcpStream,
        peer: IpAddr,
        intake: &I,
        stop: &CancellationToken,
        sessions: &TaskTracker,
    ) {
        metrics::counter!("casedesk_listener_connections_total").increment(1);
        if !self.may_connect(peer) {
            tracing::warn!(%peer, "a mail connection was refused: its address is not in mail.listener.allow");
            sessions.spawn(wire::turn_away(stream, "554 5.7.1 This address may not hand over mail here\r\n"));
            return;
        }
        let Ok(place) = self.connections.clone().try_acquire_owned() else {
            sessions.spawn(wire::turn_away(stream, "421 4.7.0 Too many connections, try again later\r\n"));
            return;
        };
        let (settings, intake, stop) = (self.settings.clone(), intake.clone(), stop.clone());
        sessions.spawn(async move {
            if let Err(error) = session::run(stream, peer, &settings, intake, stop).await {
                tracing::debug!(%error, %peer, "a mail connection broke");
            }
            drop(place);
        });
    }

    fn may_connect(&self, peer: IpAddr) -> bool {
        if self.allow.is_empty() { peer.is_loopback() } else { self.allow.iter().any(|ip| ip.to_canonical() == peer) }
    }
}
