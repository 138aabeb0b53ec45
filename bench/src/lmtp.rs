//! A sender of mail by LMTP, one connection.
use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

pub(crate) struct Sender {
    stream: BufReader<TcpStream>,
    to: String,
}

impl Sender {
    pub(crate) async fn connect(port: u16, to: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut sender = Self { stream: BufReader::new(stream), to: to.into() };
        sender.answer().await?;
        sender.ask("LHLO sender.example\r\n").await?;
        Ok(sender)
    }

    /// Hands one mail over; the answer to its final dot. `Err`: the line broke, so that nobody knows.
    pub(crate) async fn send(&mut self, mail: &[u8]) -> anyhow::Result<String> {
        let envelope = format!("MAIL FROM:<sender@customer.example>\r\nRCPT TO:<{}>\r\nDATA\r\n", self.to);
        self.stream.write_all(envelope.as_bytes()).await?;
        for _ in 0..2 {
            let answer = self.answer().await?;
            ensure!(answer.starts_with("250"), "refused: {answer}");
        }
        let answer = self.answer().await?;
        ensure!(answer.starts_with("354"), "refused: {answer}");
        self.stream.write_all(mail).await?;
        self.stream.write_all(b".\r\n").await?;
        self.answer().await
    }

    async fn ask(&mut self, command: &str) -> anyhow::Result<String> {
        self.stream.write_all(command.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> anyhow::Result<String> {
        loop {
            let mut line = String::new();
            ensure!(self.stream.read_line(&mut line).await? > 0, "the line broke");
            if line.as_bytes().get(3).context("a short answer")? == &b' ' {
                return Ok(line.trim_end().to_owned());
            }
        }
    }
}

/// The mail as it goes over the wire: CRLF at its end, dots at the start of lines doubled.
pub(crate) fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len() + 64);
    for line in mail.split_inclusive(|&b| b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}
