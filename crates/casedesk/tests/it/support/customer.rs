//! A customer at a mail program of their own: sends through Postfix, reads a mailbox of Dovecot by IMAP.
use std::time::{Duration, UNIX_EPOCH};

use casedesk::kit::Timestamp;
use futures::TryStreamExt as _;
use lettre::message::MessageBuilder;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::net::TcpStream;

use super::dovecot::{Dovecot, PASSWORD};
use super::postfix::Postfix;
use super::process::until;

pub(crate) struct Customer {
    address: String,
    outbox: AsyncSmtpTransport<Tokio1Executor>,
    mailbox: async_imap::Session<TcpStream>,
}

impl Customer {
    pub(crate) async fn new(address: &str, postfix: &Postfix, dovecot: &Dovecot) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", dovecot.imap)).await.unwrap();
        let mut client = async_imap::Client::new(stream);
        client.read_response().await.unwrap().unwrap();
        let mailbox = client.login(address, PASSWORD).await.map_err(|(error, _)| error).unwrap();
        let outbox = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(postfix.port).build();
        Self { address: address.into(), outbox, mailbox }
    }

    /// A mail of theirs to somebody, written at this time, with an id of its own.
    pub(crate) fn writes(&self, to: &str, subject: &str, at: Timestamp) -> MessageBuilder {
        let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(at.seconds()).unwrap());
        Message::builder()
            .from(format!("Ada Byron <{}>", self.address).parse().unwrap())
            .to(to.parse().unwrap())
            .subject(subject)
            .date(at)
            .message_id(None)
    }

    pub(crate) async fn sends(&self, mail: Message) {
        self.outbox.send(mail).await.unwrap();
    }

    /// Puts a copy of what they sent into their mailbox, as mail programs do.
    pub(crate) async fn keeps(&mut self, mail: &Message) {
        self.mailbox.append("INBOX", Some("(\\Seen)"), None, mail.formatted()).await.unwrap();
    }

    /// The mails of their mailbox once there are so many.
    pub(crate) async fn has(&mut self, count: usize) -> Vec<String> {
        let mailbox = tokio::sync::Mutex::new(&mut self.mailbox);
        until(&format!("{count} mails are in the customer's mailbox"), || async {
            let mut mailbox = mailbox.lock().await;
            let there = mailbox.select("INBOX").await.unwrap().exists;
            if usize::try_from(there).unwrap() < count {
                return None;
            }
            let fetched: Vec<_> = mailbox.fetch("1:*", "BODY.PEEK[]").await.unwrap().try_collect().await.unwrap();
            let text = |mail: &async_imap::types::Fetch| String::from_utf8_lossy(mail.body().unwrap()).into_owned();
            Some(fetched.iter().map(text).collect())
        })
        .await
    }
}
