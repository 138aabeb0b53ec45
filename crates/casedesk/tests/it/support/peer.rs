//! A mail server at our listener, driven by hand, and the listener that it talks to.
use std::net::IpAddr;

use casedesk::config::Protocol;
use casedesk::mail::listener::Listener;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::process::Folder;
use super::recorder::Recorder;
use super::wire::config;

pub(crate) struct Listening {
    pub(crate) port: u16,
    pub(crate) intake: Recorder,
    pub(crate) stop: CancellationToken,
    pub(crate) task: JoinHandle<()>,
    _folder: Folder,
}

impl Listening {
    pub(crate) async fn lmtp() -> Self {
        Self::new(|_| ()).await
    }

    pub(crate) async fn smtp() -> Self {
        Self::new(|config| config.mail.listener.protocol = Protocol::Smtp).await
    }

    pub(crate) async fn new(change: impl FnOnce(&mut casedesk::config::Config)) -> Self {
        let folder = Folder::new("listener");
        let mut config = config(&folder);
        config.mail.listener.listen = Some(([127, 0, 0, 1], 0).into());
        config.mail.max_size = 100_000;
        config.mail.listener.timeout_s = 20;
        change(&mut config);
        let listener = Listener::bind_all(&config).await.unwrap().remove(0);
        let port = listener.address().unwrap().port();
        let (intake, stop) = (Recorder::default(), CancellationToken::new());
        let task = tokio::spawn(listener.serve(intake.clone(), stop.clone()));
        Self { port, intake, stop, task, _folder: folder }
    }

    /// Connects and hears the greeting.
    pub(crate) async fn peer(&self) -> Peer {
        let mut peer = self.raw().await;
        peer.hear("220").await;
        peer
    }

    /// The same after `LHLO`.
    pub(crate) async fn met(&self) -> Peer {
        let mut peer = self.peer().await;
        peer.say("LHLO relay.test\r\n", &["250"]).await;
        peer
    }

    pub(crate) async fn raw(&self) -> Peer {
        Peer::connect(self.port).await
    }
}

/// Nobody is allowed but a host elsewhere.
pub(crate) fn elsewhere() -> Vec<IpAddr> {
    vec!["192.0.2.1".parse().unwrap()]
}

pub(crate) struct Peer(pub(crate) BufReader<TcpStream>);

impl Peer {
    pub(crate) async fn connect(port: u16) -> Self {
        Self(BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()))
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // The far end may have closed already; what it answered before is what counts.
        let _ = self.0.get_mut().write_all(bytes.as_ref()).await;
    }

    /// Sends, and expects answers with these beginnings; gives the last one.
    pub(crate) async fn say(&mut self, text: impl AsRef<[u8]>, answers: &[&str]) -> String {
        self.send(text).await;
        let mut last = String::new();
        for answer in answers {
            last = self.hear(answer).await;
        }
        last
    }

    /// The next answer, all its lines.
    pub(crate) async fn hear(&mut self, beginning: &str) -> String {
        let answer = self.answer().await.unwrap_or_else(|| panic!("closed, expected {beginning}"));
        assert!(answer.starts_with(beginning), "expected {beginning}, got {answer}");
        answer
    }

    pub(crate) async fn answer(&mut self) -> Option<String> {
        let mut answer = String::new();
        loop {
            let mut line = String::new();
            match self.0.read_line(&mut line).await {
                Ok(n) if n > 0 => {}
                _ => return None,
            }
            let more = line.as_bytes().get(3) == Some(&b'-');
            answer.push_str(&line);
            if !more {
                return Some(answer);
            }
        }
    }

    pub(crate) async fn is_closed(&mut self) -> bool {
        self.answer().await.is_none()
    }
}
