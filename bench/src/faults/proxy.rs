//! A relay between sender and desk that stands for a desk with a bug. It is part of what is killed: what it holds is
//! gone with the desk.
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::lmtp::Sender;
use crate::process::free_port;

/// How long a mail stays between the relay and the desk, or an answer between the desk and the sender.
const DELAY: Duration = Duration::from_millis(40);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bug {
    /// Says 250 to the final dot, and only then hands the mail to the desk.
    AcknowledgesFirst,
    /// Says 250 well after the desk has stored the mail, so that a kill often falls between the two.
    AcknowledgesLate,
}

/// Serves one sender after another on a port of its own until it is aborted.
pub(super) fn start(desk: u16, bug: Bug) -> anyhow::Result<(u16, JoinHandle<()>)> {
    let port = free_port()?;
    let task = tokio::spawn(async move {
        let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await else { return };
        // Dropped with this task, and everything that it began with it.
        let mut sessions = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            sessions.spawn(async move {
                let _ = serve(stream, desk, bug).await;
            });
        }
    });
    Ok((port, task))
}

async fn serve(stream: TcpStream, desk: u16, bug: Bug) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 relay\r\n").await?;
    let mut onward = tokio::task::JoinSet::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        match line.get(..4).unwrap_or_default() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mail = text(&mut stream).await?;
                if bug == Bug::AcknowledgesFirst {
                    stream.write_all(b"250 taken\r\n").await?;
                    onward.spawn(async move {
                        tokio::time::sleep(DELAY).await;
                        hand_over(desk, &mail).await
                    });
                } else {
                    let answer = hand_over(desk, &mail).await?;
                    tokio::time::sleep(DELAY).await;
                    stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
                }
            }
            _ => stream.write_all(b"250 noted\r\n").await?,
        }
    }
}

async fn hand_over(desk: u16, mail: &[u8]) -> anyhow::Result<String> {
    Sender::connect(desk, "support@desk.example").await?.send(mail).await
}

/// Up to the final dot, as it came.
async fn text(stream: &mut BufReader<TcpStream>) -> anyhow::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let begin = mail.len();
        stream.read_until(b'\n', &mut mail).await?;
        if &mail[begin..] == b".\r\n" {
            mail.truncate(begin);
            return Ok(mail);
        }
        mail.get(begin).context("the line broke")?;
    }
}
