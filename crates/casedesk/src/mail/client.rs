//! Sends mail through the relay of the settings.
//!
//! A message is sent to all its recipients or to none: when the relay refuses one of them, nothing is
//! sent and the error names it, so that the caller can tell people or leave it out.
//!
//! What SMTP cannot promise: when the connection breaks after the last byte of a message and before the
//! relay's answer, nobody here can know whether the relay has it (RFC 1047). The error is then
//! `Transient` with `maybe_sent`, and the right thing is to send the very same bytes again: the
//! recipient gets the mail at least once, and a second copy has the same Message-ID, by which mail
//! programs and our own intake recognise it. Nor does a `Receipt` say that the mail was delivered; the
//! relay has taken it over, and what becomes of it later comes back as a bounce to the return path.
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lettre::Address;
use lettre::transport::smtp::Error as Smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use super::oauth::Tokens;
use super::tls;
use crate::config::{Security, Smtp as Settings};
use crate::desk::Desk;

/// How many connections to the relay there are at once.
const WIDTH: usize = 4;
/// How long an unused connection is kept, and for how many messages.
const KEEP: Duration = Duration::from_secs(60);
const MOST_MESSAGES: u32 = 100;
/// How long the answer to the final dot may take: RFC 5321 section 4.5.3.2.6 asks for 10 minutes, but the job
/// that sends is started again after those.
const FINAL_DOT: Duration = Duration::from_mins(5);
/// How long sending one message may take in all.
const WHOLE: Duration = Duration::from_mins(9);

/// The relay has taken the message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it said, often with its own number for the message.
    pub said: String,
}

/// The message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Trying again would end the same way.
    #[error("refused for good: {code} {text}")]
    Permanent {
        code: u16,
        /// The enhanced status code (RFC 3463), when the relay gives one.
        enhanced: Option<String>,
        text: String,
        /// The recipient it is about, when it is about one.
        recipient: Option<String>,
    },
    /// It may work later.
    #[error("{text}")]
    Transient {
        code: Option<u16>,
        enhanced: Option<String>,
        text: String,
        recipient: Option<String>,
        /// Whether the relay may have the message all the same.
        maybe_sent: bool,
    },
}

impl SendError {
    fn later(text: impl Into<String>) -> Self {
        Self::Transient { code: None, enhanced: None, text: text.into(), recipient: None, maybe_sent: false }
    }

    fn never(code: u16, enhanced: &str, text: impl Into<String>) -> Self {
        Self::Permanent { code, enhanced: Some(enhanced.into()), text: text.into(), recipient: None }
    }

    fn about(mut self, address: &str) -> Self {
        match &mut self {
            Self::Permanent { recipient, .. } | Self::Transient { recipient, .. } => {
                *recipient = Some(address.to_owned());
            }
        }
        self
    }

    fn after_the_dot(mut self) -> Self {
        if let Self::Transient { code: None, maybe_sent, .. } = &mut self {
            *maybe_sent = true;
        }
        self
    }
}

/// The relay of the settings. Cheap to clone.
#[derive(Clone)]
pub struct Relay(Arc<Inner>);

struct Inner {
    settings: Settings,
    tokens: Option<Tokens>,
    hello: ClientId,
    width: Semaphore,
    idle: Mutex<Vec<Open>>,
}

struct Open {
    connection: AsyncSmtpConnection,
    used_at: Instant,
    messages: u32,
}

impl Relay {
    /// `None` when the settings name no relay.
    pub fn new(desk: &Desk) -> Result<Option<Self>, super::oauth::OAuthError> {
        let settings = desk.config().mail.smtp.clone();
        if settings.host.is_empty() {
            return Ok(None);
        }
        let tokens = settings.oauth.clone().map(|oauth| Tokens::new(desk, "smtp", oauth)).transpose()?;
        let host = desk.config().server.public_url.host_str().unwrap_or("localhost").to_owned();
        Ok(Some(Self(Arc::new(Inner {
            settings,
            tokens,
            hello: ClientId::Domain(host),
            width: Semaphore::new(WIDTH),
            idle: Mutex::default(),
        }))))
    }

    /// Sends `raw` to every one of `to`. `None` is the null return path `<>`, for notices that must
    /// never be answered.
    pub async fn send(&self, envelope_from: Option<&str>, to: &[String], raw: &[u8]) -> Result<Receipt, SendError> {
        let began = Instant::now();
        let result = timeout(WHOLE, self.0.send(envelope_from, to, raw))
            .await
            .unwrap_or_else(|_| Err(SendError::later("the relay is too slow").after_the_dot()));
        let outcome = match &result {
            Ok(_) => "sent",
            Err(SendError::Permanent { .. }) => "refused",
            Err(SendError::Transient { .. }) => "put_off",
        };
        metrics::counter!("casedesk_relay_messages_total", "outcome" => outcome).increment(1);
        metrics::histogram!("casedesk_relay_seconds").record(began.elapsed().as_secs_f64());
        result
    }

    /// Connects and signs in, for `casedesk check`.
    pub async fn try_out(&self) -> Result<(), SendError> {
        let mut connection = self.0.connect().await?;
        let _ = timeout(self.0.patience(), connection.quit()).await;
        Ok(())
    }
}

impl Inner {
    async fn send(&self, from: Option<&str>, to: &[String], raw: &[u8]) -> Result<Receipt, SendError> {
        let from = from.map(address).transpose()?;
        let to: Vec<Address> = to.iter().map(|to| address(to).map_err(|e| e.about(to))).collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err(SendError::never(503, "5.5.1", "no recipient"));
        }
        let raw = with_crlf(raw);
        let _place = self.width.acquire().await.map_err(|_| SendError::later("stopping"))?;
        let mut open = self.open().await?;
        let result = self.transact(&mut open.connection, from, &to, &raw).await;
        open.used_at = Instant::now();
        open.messages += 1;
        // After a refusal the relay may be in any state of the dialogue: the next message gets a fresh one.
        if result.is_ok() && open.messages < MOST_MESSAGES {
            self.idle.lock().await.push(open);
        } else {
            let _ = timeout(Duration::from_secs(2), open.connection.abort()).await;
        }
        result
    }

    async fn transact(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: Option<Address>,
        to: &[Address],
        raw: &[u8],
    ) -> Result<Receipt, SendError> {
        let parameters = parameters(connection, from.as_ref(), to, raw)?;
        self.within(connection.command(Mail::new(from, parameters))).await?;
        for recipient in to {
            self.within(connection.command(Rcpt::new(recipient.clone(), vec![])))
                .await
                .map_err(|error| error.about(recipient.as_ref()))?;
        }
        self.within(connection.command(Data)).await?;
        let answer = timeout(FINAL_DOT, connection.message(raw))
            .await
            .map_err(|_| SendError::later("the relay did not answer the end of the message").after_the_dot())?;
        let answer = answer.map_err(|error| judge(&error).after_the_dot())?;
        Ok(Receipt { said: answer.message().collect::<Vec<_>>().join(" ") })
    }

    /// A connection that was used before and still lives, or a new one.
    async fn open(&self) -> Result<Open, SendError> {
        loop {
            let Some(mut open) = self.idle.lock().await.pop() else { break };
            let alive = open.used_at.elapsed() < KEEP
                && timeout(Duration::from_secs(5), open.connection.test_connected()).await == Ok(true);
            if alive {
                return Ok(open);
            }
        }
        Ok(Open { connection: self.connect().await?, used_at: Instant::now(), messages: 0 })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let settings = &self.settings;
        let (host, port) = (settings.host.as_str(), settings.port);
        let tls = match settings.security {
            Security::None => None,
            Security::Tls | Security::Starttls => Some(self.tls()?),
        };
        let at_once = tls.clone().filter(|_| settings.security == Security::Tls);
        let connect =
            AsyncSmtpConnection::connect_tokio1((host, port), Some(self.patience()), &self.hello, at_once, None);
        let connected = tokio::select! {
            connected = timeout(self.patience(), connect) => connected,
            () = tls::until_it_wants_tls(host, port), if settings.security != Security::Tls => {
                return Err(SendError::later(format!(
                    "The relay {host}:{port} waits for TLS and is spoken to in the clear: set security to tls, or take \
                     the port for starttls (587)."
                )));
            }
        };
        let mut connection = connected
            .map_err(|_| SendError::later(format!("The relay {host}:{port} does not answer.")))?
            .map_err(|error| self.explain(&error))?;
        if let (Security::Starttls, Some(tls)) = (settings.security, tls) {
            timeout(self.patience(), connection.starttls(tls, &self.hello))
                .await
                .map_err(|_| SendError::later(format!("The relay {host}:{port} does not answer.")))?
                .map_err(|error| self.explain(&error))?;
        }
        self.sign_in(&mut connection).await?;
        Ok(connection)
    }

    async fn sign_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), SendError> {
        let user = self.settings.user.clone();
        let (mechanisms, secret): (&[Mechanism], _) = match &self.tokens {
            Some(tokens) => {
                let token = tokens.access().await;
                (&[Mechanism::Xoauth2], token.map_err(|e| SendError::later(format!("No access token: {e}.")))?)
            }
            None if user.is_empty() => return Ok(()),
            None => (&[Mechanism::Plain, Mechanism::Login], self.settings.password.clone()),
        };
        let credentials = Credentials::new(user.clone(), secret.reveal().to_owned());
        let answer = timeout(self.patience(), connection.auth(mechanisms, &credentials))
            .await
            .map_err(|_| SendError::later("The relay does not answer to the sign-in."))?;
        let Err(error) = answer else { return Ok(()) };
        if let Some(tokens) = &self.tokens {
            tokens.refused(&secret).await.map_err(|e| SendError::later(e.to_string()))?;
        }
        Err(SendError::later(format!(
            "The relay refuses to sign in {user}: {}. Check mail.smtp user and password.",
            text(&error)
        )))
    }

    fn tls(&self) -> Result<TlsParameters, SendError> {
        let mut builder = TlsParameters::builder(self.settings.host.clone());
        if !self.settings.ca_file.is_empty() {
            let all = tls::authorities(&self.settings.ca_file).map_err(|e| SendError::later(e.to_string()))?;
            for authority in all {
                let certificate = Certificate::from_der(authority.to_vec());
                builder = builder.add_root_certificate(certificate.map_err(|e| SendError::later(e.to_string()))?);
            }
        }
        builder.build_rustls().map_err(|e| SendError::later(e.to_string()))
    }

    /// What is wrong when there is no connection, and what to do.
    fn explain(&self, error: &Smtp) -> SendError {
        let (host, port) = (&self.settings.host, self.settings.port);
        let why = text(error);
        SendError::later(if why.contains("certificate") {
            format!(
                "The certificate of {host} is not accepted: {why}. Check mail.smtp host, or name the authority in ca_file."
            )
        } else if why.contains("lookup") || why.contains("resolve") {
            format!("The host name {host} is not known to the DNS: check mail.smtp host.")
        } else if why.contains("corrupt message") && self.settings.security == Security::Tls {
            format!(
                "The relay {host}:{port} speaks in the clear and is asked for TLS: set security to starttls, or take the \
                 port for tls (465)."
            )
        } else if error.is_tls() || why.contains("STARTTLS") || why.contains("corrupt message") {
            format!("TLS with {host}:{port} fails: {why}. Check port and security (starttls: 587, tls: 465).")
        } else {
            format!("The relay {host}:{port} cannot be used: {why}. Check host, port and the firewall.")
        })
    }

    async fn within(&self, answer: impl Future<Output = Result<Response, Smtp>>) -> Result<Response, SendError> {
        match timeout(self.patience(), answer).await {
            Ok(answer) => answer.map_err(|error| judge(&error)),
            Err(_) => Err(SendError::later("The relay does not answer.")),
        }
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.timeout_s.clamp(1, 300))
    }
}

fn parameters(
    connection: &AsyncSmtpConnection,
    from: Option<&Address>,
    to: &[Address],
    raw: &[u8],
) -> Result<Vec<MailParameter>, SendError> {
    let offers = |extension| connection.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    if to.iter().chain(from).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !offers(Extension::SmtpUtfEight) {
            return Err(SendError::never(553, "5.6.7", "the relay takes no addresses with letters beyond ASCII"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !raw.is_ascii() {
        if !offers(Extension::EightBitMime) {
            return Err(SendError::never(554, "5.6.3", "the relay takes no 8-bit text"));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

fn address(text: &str) -> Result<Address, SendError> {
    text.parse().map_err(|_| SendError::never(553, "5.1.3", format!("“{text}” is not a mail address")))
}

/// A refusal of ours to sign in is about the settings, not about the message: it waits until they are right.
fn judge(error: &Smtp) -> SendError {
    let text = text(error);
    let enhanced = enhanced(&text);
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !matches!(code, 530 | 534 | 535 | 538) => {
            SendError::Permanent { code, enhanced, text, recipient: None }
        }
        code => SendError::Transient { code, enhanced, text, recipient: None, maybe_sent: false },
    }
}

/// What the relay said, or what went wrong underneath.
fn text(error: &Smtp) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// `5.1.1` at the beginning of an answer.
fn enhanced(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let class = parts.next().filter(|c| matches!(*c, "2" | "4" | "5"))?;
    let (subject, detail) = (parts.next()?, parts.next()?);
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.next().is_none() && number(subject) && number(detail)).then(|| format!("{class}.{subject}.{detail}"))
}

/// Every line ends in CRLF, for a bare CR or LF may not be sent (RFC 5321 section 2.3.8), and the last line's
/// end is left to the final dot.
fn with_crlf(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = raw.strip_suffix(b"\r\n").or_else(|| raw.strip_suffix(b"\n")).unwrap_or(raw);
    let bare = |at: usize| match raw[at] {
        b'\n' => at == 0 || raw[at - 1] != b'\r',
        b'\r' => raw.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    if !(0..raw.len()).any(bare) {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 32);
    for (at, byte) in raw.iter().enumerate() {
        if bare(at) {
            out.extend_from_slice(b"\r\n");
        } else {
            out.push(*byte);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_codes_are_read_from_the_answer() {
        assert_eq!(enhanced("5.1.1 <x@example.com> unknown").as_deref(), Some("5.1.1"));
        assert_eq!(enhanced("5.1 no"), None);
        assert_eq!(enhanced("127.0.0.1 is listed"), None);
        assert_eq!(enhanced(""), None);
    }

    #[test]
    fn bare_line_ends_become_whole_ones() {
        assert_eq!(&*with_crlf(b"a\nb\rc\r\nd\n\n"), b"a\r\nb\r\nc\r\nd\r\n");
        assert!(matches!(with_crlf(b"a\r\nb\r\n"), Cow::Borrowed(b"a\r\nb")));
        assert_eq!(&*with_crlf(b"a\r\r\n"), b"a\r\n");
    }
}
