//! A relay that follows a script: for what no well-behaved one does.
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the relay does when the message has come whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AtTheEnd {
    Takes,
    /// Closes the connection without a word.
    Drops,
    Refuses,
}

pub(crate) struct Relay {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    plan: AtTheEnd,
    sign_in: Option<String>,
    lines: Vec<String>,
    messages: Vec<String>,
    connections: Vec<tokio::task::AbortHandle>,
}

impl Relay {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state =
            State { plan: AtTheEnd::Takes, sign_in: None, lines: vec![], messages: vec![], connections: vec![] };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let task = tokio::spawn(talk(stream, shared.clone()));
                shared.lock().unwrap().connections.push(task.abort_handle());
            }
        });
        Self { port, state, task }
    }

    pub(crate) fn plan(&self, plan: AtTheEnd) {
        self.state.lock().unwrap().plan = plan;
    }

    /// From now on only those who say exactly this after `AUTH` are let in.
    pub(crate) fn accept_sign_in(&self, words: &str) {
        self.state.lock().unwrap().sign_in = Some(words.to_owned());
    }

    pub(crate) fn messages(&self) -> Vec<String> {
        self.state.lock().unwrap().messages.clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().lines.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections.len()
    }

    /// Closes every connection.
    pub(crate) fn hang_up(&self) {
        self.state.lock().unwrap().connections.iter().for_each(tokio::task::AbortHandle::abort);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(stream: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 relay.test").await?;
    loop {
        let line = line(&mut stream).await?;
        state.lock().unwrap().lines.push(line.clone());
        let wanted = state.lock().unwrap().sign_in.clone();
        let answer = match line.split_whitespace().next().unwrap_or_default() {
            "EHLO" => "250-relay.test\r\n250-8BITMIME\r\n250 AUTH PLAIN XOAUTH2",
            "AUTH" if wanted.as_deref() == Some(&line["AUTH ".len()..]) => "235 2.7.0 Welcome",
            "AUTH" => "535 5.7.8 I do not know you",
            "DATA" => "354 Go on",
            "QUIT" => "221 Bye",
            _ => "250 2.0.0 Ok",
        };
        say(&mut stream, answer).await?;
        if line == "DATA" {
            let message = text(&mut stream).await?;
            let plan = state.lock().unwrap().plan;
            if plan != AtTheEnd::Refuses {
                state.lock().unwrap().messages.push(message);
            }
            match plan {
                AtTheEnd::Takes => say(&mut stream, "250 2.0.0 Queued as 4711").await?,
                AtTheEnd::Drops => return None,
                AtTheEnd::Refuses => say(&mut stream, "554 5.7.1 <anna@northbay.example>: looks like spam").await?,
            }
        }
    }
}

async fn text(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = line(stream).await?;
        if line == "." {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push_str("\r\n");
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then(|| line.trim_end_matches("\r\n").to_owned())
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()
}
