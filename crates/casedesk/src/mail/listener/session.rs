//! One connection's dialogue, any number of messages long.
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use smtp_proto::{Error as Syntax, MAIL_BODY_BINARYMIME, MailFrom, RcptTo, Request};
use std::borrow::Cow;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Settings;
use super::body::{Body, Refused, Text};
use super::wire::{Line, Wire};
use crate::config::Protocol;
use crate::mail::Source;
use crate::mail::handover::{Intake, NotStored};

/// Recipients of one message, as RFC 5321 section 4.5.3.1.8 asks for.
const MOST_RECIPIENTS: usize = 100;
/// Mistakes before the peer is asked to leave.
const MOST_ERRORS: u32 = 20;
/// Commands without a message in between.
const MOST_COMMANDS: u32 = 1000;
/// `Received` lines that say a mail goes in circles.
const MOST_HOPS: usize = 50;
/// How long one message may take to come in, however steadily.
const LONGEST_MESSAGE: Duration = Duration::from_mins(30);
/// How long a message under way may go on after the desk was told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// The sender waits 10 minutes for the answer to its final dot; ours comes sooner.
const LONGEST_STORE: Duration = Duration::from_mins(4);

pub(super) async fn run<I: Intake>(
    stream: TcpStream,
    peer: IpAddr,
    settings: &Settings,
    intake: I,
    stop: CancellationToken,
) -> io::Result<()> {
    let wire = Wire::new(stream, settings.timeout);
    let mut session = Session { wire, peer, settings, intake, stop, met: false, mail: None, errors: 0, commands: 0 };
    let result = session.talk().await;
    session.wire.close().await;
    result
}

struct Session<'a, I> {
    wire: Wire,
    peer: IpAddr,
    settings: &'a Settings,
    intake: I,
    stop: CancellationToken,
    /// Whether the peer has said its name.
    met: bool,
    mail: Option<Envelope>,
    errors: u32,
    commands: u32,
}

/// One message's envelope, from MAIL to its end.
#[derive(Default)]
struct Envelope {
    from: String,
    to: Vec<String>,
    /// What came by BDAT so far.
    chunks: Option<Body>,
}

/// Whether the dialogue goes on.
enum Next {
    Go,
    End,
}

impl<I: Intake> Session<'_, I> {
    async fn talk(&mut self) -> io::Result<()> {
        let word = match self.settings.protocol {
            Protocol::Lmtp => "LMTP",
            Protocol::Smtp => "ESMTP",
        };
        self.wire.reply(&format!("220 {} {word} Casedesk\r\n", self.settings.host)).await?;
        loop {
            let next = match self.wire.line(&self.stop).await? {
                Line::Command(line) => self.obey(&line).await?,
                Line::TooLong => self.mistake("500 5.5.2 This line is too long\r\n").await?,
                Line::Bare => self.part("500 5.5.2 Lines end in CR LF\r\n").await?,
                Line::Quiet => self.part("421 4.4.2 Nothing came in time\r\n").await?,
                Line::Stopped => self.part("421 4.3.2 The desk is stopping, try again later\r\n").await?,
                Line::Gone => Next::End,
            };
            if matches!(next, Next::End) {
                return Ok(());
            }
        }
    }

    async fn obey(&mut self, line: &[u8]) -> io::Result<Next> {
        self.commands += 1;
        if self.commands > MOST_COMMANDS {
            return self.part("421 4.7.0 Too many commands without a mail\r\n").await;
        }
        let request = match Request::parse(&mut line.iter()) {
            Ok(request) => request,
            Err(error) => return self.not_understood(error).await,
        };
        match request {
            Request::Lhlo { .. } if self.settings.protocol == Protocol::Lmtp => self.hello(true).await,
            Request::Ehlo { .. } if self.settings.protocol == Protocol::Smtp => self.hello(true).await,
            Request::Helo { .. } if self.settings.protocol == Protocol::Smtp => self.hello(false).await,
            Request::Lhlo { .. } => self.mistake("500 5.5.1 This is SMTP: say EHLO\r\n").await,
            Request::Ehlo { .. } | Request::Helo { .. } => self.mistake("500 5.5.1 This is LMTP: say LHLO\r\n").await,
            Request::Quit => self.part("221 2.0.0 Goodbye\r\n").await,
            Request::Noop { .. } => self.say("250 2.0.0 Well\r\n").await,
            Request::Rset => {
                self.mail = None;
                self.say("250 2.0.0 Forgotten\r\n").await
            }
            Request::Vrfy { .. } => self.say("252 2.5.2 Send some mail and see\r\n").await,
            Request::Help { .. } => self.say("214 2.0.0 RFC 5321 and RFC 2033\r\n").await,
            _ if !self.met => self.mistake("503 5.5.1 Say your name first\r\n").await,
            Request::Mail { from } => self.mail_from(from).await,
            Request::Rcpt { to } => self.recipient(to).await,
            Request::Data => self.data().await,
            Request::Bdat { chunk_size, is_last } => self.chunk(chunk_size, is_last).await,
            _ => self.mistake("502 5.5.1 Not offered here\r\n").await,
        }
    }

    /// A peer whose first words are no mail protocol (a browser, say) is not listened to: the rest
    /// of its request could be made to look like one.
    async fn not_understood(&mut self, error: Syntax) -> io::Result<Next> {
        match error {
            _ if !self.met => self.part("421 4.5.0 This is a mail server\r\n").await,
            Syntax::InvalidSenderAddress => self.mistake("501 5.1.7 This is no sender's address\r\n").await,
            Syntax::InvalidRecipientAddress => self.mistake("501 5.1.3 This is no address\r\n").await,
            Syntax::UnsupportedParameter { .. } | Syntax::InvalidParameter { .. } => {
                self.mistake("555 5.5.4 Parameter not understood\r\n").await
            }
            Syntax::SyntaxError { syntax } => self.mistake(&format!("501 5.5.4 Say it like this: {syntax}\r\n")).await,
            _ => self.mistake("500 5.5.2 Command not understood\r\n").await,
        }
    }

    async fn hello(&mut self, extended: bool) -> io::Result<Next> {
        self.met = true;
        self.mail = None;
        let (host, size) = (&self.settings.host, self.settings.max_size);
        let text = if extended {
            format!(
                "250-{host}\r\n250-PIPELINING\r\n250-SIZE {size}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
                 250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n"
            )
        } else {
            format!("250 {host}\r\n")
        };
        self.say(&text).await
    }

    async fn mail_from(&mut self, from: MailFrom<Cow<'_, str>>) -> io::Result<Next> {
        if self.mail.is_some() {
            return self.mistake("503 5.5.1 A mail is under way already\r\n").await;
        }
        if from.size > self.settings.max_size {
            count("too_large");
            return self.say("552 5.3.4 Larger than what is taken here\r\n").await;
        }
        if from.flags & MAIL_BODY_BINARYMIME != 0 {
            return self.mistake("555 5.5.4 BINARYMIME is not offered here\r\n").await;
        }
        self.mail = Some(Envelope { from: from.address.into_owned(), ..Envelope::default() });
        self.say("250 2.1.0 Sender noted\r\n").await
    }

    async fn recipient(&mut self, to: RcptTo<Cow<'_, str>>) -> io::Result<Next> {
        let Some(mail) = self.mail.as_mut().filter(|mail| mail.chunks.is_none()) else {
            return self.mistake("503 5.5.1 MAIL comes first\r\n").await;
        };
        if to.address.is_empty() {
            return self.mistake("501 5.1.3 This is no address\r\n").await;
        }
        if mail.to.len() >= MOST_RECIPIENTS {
            return self.say("452 4.5.3 Too many recipients: send the rest separately\r\n").await;
        }
        mail.to.push(to.address.into_owned());
        self.say("250 2.1.5 Recipient noted\r\n").await
    }

    async fn data(&mut self) -> io::Result<Next> {
        if !self.mail.as_ref().is_some_and(|mail| !mail.to.is_empty() && mail.chunks.is_none()) {
            return self.mistake("503 5.5.1 MAIL and RCPT come first\r\n").await;
        }
        let mail = self.mail.take().unwrap_or_default();
        self.wire.reply("354 Go on, end with a dot on a line of its own\r\n").await?;
        let mut body = Body::new(self.settings.max_size, self.settings.budget.clone());
        let stop = self.stop.clone();
        let read = tokio::select! {
            read = timeout(LONGEST_MESSAGE, self.text(&mut body)) => read,
            () = grace(&stop) => return self.part("421 4.3.2 The desk is stopping, try again later\r\n").await,
        };
        match read {
            Err(_) => self.part("421 4.4.2 This took too long\r\n").await,
            Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => {
                self.part("421 4.4.2 Nothing came in time\r\n").await
            }
            Ok(Err(error)) => Err(error),
            Ok(Ok(false)) => self.part("552 5.3.4 Far larger than what is taken here\r\n").await,
            Ok(Ok(true)) => self.store(mail, body).await,
        }
    }

    /// Reads up to the final dot; false when the peer floods us.
    async fn text(&mut self, body: &mut Body) -> io::Result<bool> {
        let mut text = Text::LineStart;
        while !body.is_flood() {
            let (used, end) = text.read(self.wire.piece().await?, body);
            self.wire.used(used);
            if end {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn chunk(&mut self, size: usize, last: bool) -> io::Result<Next> {
        let settings = self.settings;
        let ready = self.mail.as_ref().is_some_and(|mail| !mail.to.is_empty());
        let mut mail = self.mail.take().unwrap_or_default();
        let new = || Body::new(settings.max_size, settings.budget.clone());
        let mut body = mail.chunks.take().unwrap_or_else(new);
        let stop = self.stop.clone();
        let read = tokio::select! {
            read = timeout(LONGEST_MESSAGE, self.exactly(size, &mut body)) => read,
            () = grace(&stop) => return self.part("421 4.3.2 The desk is stopping, try again later\r\n").await,
        };
        match read {
            Err(_) => self.part("421 4.4.2 This took too long\r\n").await,
            Ok(Err(error)) => Err(error),
            Ok(Ok(false)) => self.part("552 5.3.4 Far larger than what is taken here\r\n").await,
            Ok(Ok(true)) if !ready => self.mistake("503 5.5.1 MAIL and RCPT come first\r\n").await,
            Ok(Ok(true)) if last => self.store(mail, body).await,
            Ok(Ok(true)) => {
                mail.chunks = Some(body);
                self.mail = Some(mail);
                self.say("250 2.0.0 Go on\r\n").await
            }
        }
    }

    /// Reads `size` bytes; false when the peer floods us.
    async fn exactly(&mut self, size: usize, body: &mut Body) -> io::Result<bool> {
        let mut left = size;
        while left > 0 && !body.is_flood() {
            let piece = self.wire.piece().await?;
            let used = piece.len().min(left);
            body.push(&piece[..used]);
            self.wire.used(used);
            left -= used;
        }
        Ok(left == 0)
    }

    async fn store(&mut self, mail: Envelope, body: Body) -> io::Result<Next> {
        self.commands = 0;
        let (code, text) = match body.finish() {
            Err(Refused::TooLarge) => ("too_large", "552 5.3.4 Larger than what is taken here\r\n"),
            Err(Refused::NoMemory) => ("no_memory", "452 4.3.1 Too much mail at once, try again later\r\n"),
            Ok((raw, _)) if hops(&raw) > MOST_HOPS => ("loop", "554 5.4.6 This mail goes in circles\r\n"),
            Ok((raw, memory)) => {
                let answer = self.hand_over(&mail, raw).await;
                drop(memory);
                answer
            }
        };
        count(code);
        let replies = match self.settings.protocol {
            Protocol::Smtp => 1,
            Protocol::Lmtp => mail.to.len(),
        };
        self.say(&text.repeat(replies)).await
    }

    async fn hand_over(&self, mail: &Envelope, raw: Bytes) -> (&'static str, &'static str) {
        let source = Source::Listener { envelope_from: &mail.from, envelope_to: &mail.to, peer: self.peer };
        match timeout(LONGEST_STORE, self.intake.take_in(source, raw)).await {
            Ok(Ok(())) => ("taken", "250 2.0.0 Taken in\r\n"),
            Ok(Err(NotStored::Full)) => {
                tracing::error!("a mail was put off: there is no space left");
                ("full", "452 4.3.1 No space left, try again later\r\n")
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a mail was put off: it could not be stored");
                ("failed", "451 4.3.0 It could not be stored, try again later\r\n")
            }
            Err(_) => {
                tracing::error!("a mail was put off: storing it took too long");
                ("slow", "451 4.3.0 Storing it took too long, try again later\r\n")
            }
        }
    }

    async fn say(&mut self, text: &str) -> io::Result<Next> {
        self.wire.reply(text).await.map(|()| Next::Go)
    }

    async fn part(&mut self, text: &str) -> io::Result<Next> {
        self.wire.reply(text).await.map(|()| Next::End)
    }

    async fn mistake(&mut self, text: &str) -> io::Result<Next> {
        self.errors += 1;
        self.wire.reply(text).await?;
        if self.errors < MOST_ERRORS { Ok(Next::Go) } else { self.part("421 4.7.0 Too many mistakes\r\n").await }
    }
}

async fn grace(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

fn count(answer: &'static str) {
    metrics::counter!("casedesk_listener_messages_total", "answer" => answer).increment(1);
}

/// How many servers a mail says it came through.
fn hops(raw: &[u8]) -> usize {
    let name = b"received:";
    raw.split(|&b| b == b'\n')
        .take_while(|line| !matches!(line, [] | [b'\r']))
        .filter(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
        .count()
}
