//! The first words with a server: connection, greeting, TLS, and what it offers. In the clear only
//! short lines are read, one byte at a time: nothing that an attacker put behind the answer to STARTTLS is
//! taken for something said under TLS.
use std::fmt::Debug;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::ImapError;
use crate::config::{Imap, Security};
use crate::mail::tls;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_LINE: usize = 8192;
/// How many lines an answer may have.
const MOST_LINES: usize = 50;

/// A connection, whatever it runs over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Stream for T {}
pub(super) type Wire = Box<dyn Stream>;

type Result<T> = std::result::Result<T, ImapError>;

/// A connection before sign-in.
pub(super) struct Opening {
    wire: Wire,
    host: String,
    port: u16,
}

/// Connects and, when the settings ask for it, secures.
pub(super) async fn connect(imap: &Imap) -> Result<Opening> {
    let tcp = dial(imap).await?;
    let (host, port) = (imap.host.clone(), imap.port);
    match imap.security {
        Security::Tls => Opening { wire: Box::new(secure(tcp, imap).await?), host, port }.greeted().await,
        Security::None => Opening { wire: Box::new(tcp), host, port }.greeted_in_clear().await,
        Security::Starttls => {
            let mut opening = Opening { wire: Box::new(tcp), host: host.clone(), port }.greeted_in_clear().await?;
            let answer = opening.ask("STARTTLS").await?;
            if !answer.last().is_some_and(|line| is_ok(line)) {
                let why = answer.last().cloned().unwrap_or_default();
                return Err(ImapError::NoTls { host, port, why });
            }
            Ok(Opening { wire: Box::new(secure(opening.wire, imap).await?), host, port })
        }
    }
}

impl Opening {
    /// Whether the server offers this way to sign in.
    pub(super) async fn offers(&mut self, mechanism: &str) -> Result<bool> {
        let wanted = format!("AUTH={mechanism}");
        let answer = self.ask("CAPABILITY").await?;
        Ok(answer
            .iter()
            .filter(|line| line.to_ascii_uppercase().starts_with("* CAPABILITY "))
            .any(|line| line.split_whitespace().any(|word| word.eq_ignore_ascii_case(&wanted))))
    }

    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    /// The same where a server that waits for TLS would be waited for in vain.
    async fn greeted_in_clear(self) -> Result<Self> {
        let (host, port) = (self.host.clone(), self.port);
        tokio::select! {
            greeted = self.greeted() => greeted,
            () = tls::until_it_wants_tls(&host, port) => Err(ImapError::WantsTls { host, port }),
        }
    }

    async fn greeted(mut self) -> Result<Self> {
        let line = timeout(PATIENCE, self.line()).await;
        match line {
            Ok(Ok(line)) if line.to_ascii_uppercase().starts_with("* OK") => Ok(self),
            Ok(Ok(line)) if line.to_ascii_uppercase().starts_with("* BYE") => Err(ImapError::lost(line)),
            _ => Err(ImapError::NoGreeting { host: self.host }),
        }
    }

    /// Says one command; the lines of its answer, the tagged one last.
    async fn ask(&mut self, command: &str) -> Result<Vec<String>> {
        let tag = "o1";
        let talk = async {
            self.wire.write_all(format!("{tag} {command}\r\n").as_bytes()).await.map_err(ImapError::lost)?;
            self.wire.flush().await.map_err(ImapError::lost)?;
            let mut lines = Vec::new();
            while lines.len() < MOST_LINES {
                lines.push(self.line().await?);
                if lines.last().is_some_and(|line| line.starts_with(tag)) {
                    return Ok(lines);
                }
            }
            Err(ImapError::lost("the server does not come to the point"))
        };
        timeout(PATIENCE, talk).await.map_err(|_| ImapError::TimedOut("connecting"))?
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        while line.len() < LONGEST_LINE {
            match self.wire.read_u8().await.map_err(ImapError::lost)? {
                b'\n' => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
                byte => line.push(byte),
            }
        }
        Err(ImapError::lost("a line without end"))
    }
}

fn is_ok(tagged: &str) -> bool {
    tagged.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("OK"))
}

async fn dial(imap: &Imap) -> Result<TcpStream> {
    let (host, port) = (imap.host.as_str(), imap.port);
    let unreachable = |why: String| ImapError::Unreachable { host: host.to_owned(), port, why };
    let addresses: Vec<_> = match timeout(PATIENCE, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => found.collect(),
        _ => return Err(ImapError::UnknownHost(host.to_owned())),
    };
    match timeout(PATIENCE, TcpStream::connect(&addresses[..])).await {
        Ok(Ok(tcp)) => {
            // The library writes a command in pieces, and each would wait for the last one's acknowledgement.
            let _ = tcp.set_nodelay(true);
            Ok(tcp)
        }
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(_) => Err(unreachable("no answer".into())),
    }
}

async fn secure<S: Stream>(tcp: S, imap: &Imap) -> Result<tokio_rustls::client::TlsStream<S>> {
    let (host, port) = (imap.host.clone(), imap.port);
    let name = ServerName::try_from(host.clone()).map_err(|_| ImapError::UnknownHost(host.clone()))?;
    let connector = tls::connector(&imap.ca_file)?;
    match timeout(PATIENCE, connector.connect(name, tcp)).await {
        Err(_) => Err(ImapError::NoTls { host, port, why: "no answer".into() }),
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(match error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(why)) => ImapError::Certificate { host, why: why.to_string() },
            Some(rustls::Error::InvalidMessage(_)) => ImapError::InClear { host, port },
            _ => ImapError::NoTls { host, port, why: error.to_string() },
        }),
    }
}
