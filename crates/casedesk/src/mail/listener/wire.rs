//! Lines, pieces and replies of one connection, each with a time limit and a size limit.
use std::io;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The longest command: 512 by RFC 5321, more for the parameters of extensions.
const LONGEST_LINE: usize = 4096;
/// How much of an endless line is read before the connection is given up.
const LONGEST_SKIP: usize = 256 * 1024;

pub(super) enum Line {
    /// A command, with its CRLF.
    Command(Vec<u8>),
    TooLong,
    /// A line that ends in LF alone.
    Bare,
    /// The peer closed the connection, or never ends its line.
    Gone,
    /// Nothing came in time.
    Quiet,
    Stopped,
}

pub(super) struct Wire {
    stream: TcpStream,
    buffer: BytesMut,
    timeout: Duration,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, timeout: Duration) -> Self {
        // Only a matter of speed: replies are small and each is waited for.
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: BytesMut::with_capacity(8192), timeout }
    }

    /// The next command line, or why there is none.
    pub(super) async fn line(&mut self, stop: &CancellationToken) -> io::Result<Line> {
        let mut skipped = 0;
        loop {
            if let Some(end) = self.buffer.iter().position(|&b| b == b'\n') {
                let line = self.buffer.split_to(end + 1);
                return Ok(match line.len() {
                    _ if skipped > 0 => Line::TooLong,
                    n if n > LONGEST_LINE => Line::TooLong,
                    n if n < 2 || line[n - 2] != b'\r' => Line::Bare,
                    _ => Line::Command(line.to_vec()),
                });
            }
            if self.buffer.len() > LONGEST_LINE {
                skipped += self.buffer.len();
                self.buffer.clear();
            }
            if skipped > LONGEST_SKIP {
                return Ok(Line::Gone);
            }
            let read = tokio::select! {
                () = stop.cancelled() => return Ok(Line::Stopped),
                read = timeout(self.timeout, self.stream.read_buf(&mut self.buffer)) => read,
            };
            let Ok(read) = read else { return Ok(Line::Quiet) };
            if read? == 0 {
                return Ok(Line::Gone);
            }
        }
    }

    /// What has come and was not used yet; waits for more when there is nothing.
    pub(super) async fn piece(&mut self) -> io::Result<&[u8]> {
        if self.buffer.is_empty() {
            self.buffer.reserve(64 * 1024);
            let read = timeout(self.timeout, self.stream.read_buf(&mut self.buffer)).await;
            let read = read.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(&self.buffer)
    }

    /// Takes the first bytes of the last piece away.
    pub(super) fn used(&mut self, bytes: usize) {
        self.buffer.advance(bytes.min(self.buffer.len()));
    }

    pub(super) async fn reply(&mut self, text: &str) -> io::Result<()> {
        timeout(self.timeout, self.stream.write_all(text.as_bytes()))
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    pub(super) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.stream.shutdown()).await;
    }
}

/// Says one line and closes.
pub(super) async fn turn_away(stream: TcpStream, text: &'static str) {
    let mut wire = Wire::new(stream, Duration::from_secs(2));
    let _ = wire.reply(text).await;
    wire.close().await;
}
