//! Talks IMAP to one server: connects, signs in, searches and fetches without changing anything.
//!
//! The library parses and signs in; commands whose answer decides what is read are run here, because
//! only an answer with its `OK` may count: a connection that breaks in the middle of one looks, to
//! the library, like a shorter answer.
use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Outcome, Response, ResponseCode, SectionPath, Status};
use async_imap::types::UnsolicitedResponse;
use bytes::Bytes;
use tokio::time::timeout;

use super::error::ImapError;
use super::opening::{self, Wire};
use crate::config::Imap;
use crate::kit::Timestamp;
use crate::mail::oauth::Tokens;

/// How long the server may take to answer anything but a big fetch.
const PATIENCE: Duration = Duration::from_secs(60);
/// The slowest line, in bytes a second, over which a big mail is still waited for.
const SLOWEST: u64 = 16 * 1024;
/// How many folders are named when the right one is missing.
const MOST_FOLDERS: usize = 50;
/// How much of a mail's headers is fetched when the rest is too large.
const HEADERS: u32 = 65_536;

type Result<T> = std::result::Result<T, ImapError>;

/// A folder opened for reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub(super) uid_validity: u32,
    /// The highest uid that was given when the folder was opened.
    pub(super) highest_uid: u32,
}

/// What a folder says of a message without fetching it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    pub(super) uid: u32,
    pub(super) size: u32,
    /// The beginning of the day on which the server got it, by its own calendar (RFC 3501 section 2.3.3).
    pub(super) arrived_on: Option<Timestamp>,
}

/// A signed-in connection.
#[derive(Debug)]
pub(super) struct Session {
    inner: async_imap::Session<Wire>,
    can_idle: bool,
    /// How many messages the folder has, as far as the server told.
    exists: u32,
    /// Whether the server told of new mail since the last search began.
    news: bool,
}

impl Session {
    /// Connects and signs in.
    pub(super) async fn open(imap: &Imap, tokens: Option<&Tokens>) -> Result<Self> {
        let mut opening = opening::connect(imap).await?;
        let mechanism = if tokens.is_some() { "XOAUTH2" } else { "PLAIN" };
        let offered = opening.offers(mechanism).await?;
        let client = async_imap::Client::new(opening.into_wire());
        let mut inner = match tokens {
            Some(tokens) if offered => by_token(client, imap, tokens).await?,
            Some(_) => return Err(ImapError::NoMechanism(imap.host.clone())),
            None => by_password(client, imap, offered).await?,
        };
        let capabilities = within("CAPABILITY", inner.capabilities()).await?.map_err(refused("CAPABILITY"))?;
        Ok(Self { can_idle: imap.idle && capabilities.has_str("IDLE"), inner, exists: 0, news: false })
    }

    /// Opens the folder read-only, so that nothing here can change a flag.
    pub(super) async fn examine(&mut self, folder: &str) -> Result<Opened> {
        let (mut uid_validity, mut uid_next, mut exists) = (None, None, 0);
        let result = self
            .run("EXAMINE", &format!("EXAMINE {}", quoted(folder)?), |response| match response {
                Response::Data { status: Status::Ok, outcome } => match outcome.code {
                    Some(ResponseCode::UidValidity(n)) => uid_validity = Some(n),
                    Some(ResponseCode::UidNext(n)) => uid_next = Some(n),
                    _ => {}
                },
                Response::MailboxData(MailboxDatum::Exists(n)) => exists = *n,
                _ => {}
            })
            .await;
        match result {
            Ok(()) => {}
            Err(ImapError::Refused { why, .. }) => {
                let known = self.folders().await.unwrap_or_default();
                return Err(ImapError::Folder { folder: folder.to_owned(), why, known });
            }
            Err(other) => return Err(other),
        }
        let uid_validity = uid_validity.ok_or_else(|| ImapError::NoUidValidity(folder.to_owned()))?;
        let highest_uid = match uid_next {
            Some(next) => next.saturating_sub(1),
            None if exists == 0 => 0,
            None => self.search("UID 1:*").await?.last().copied().unwrap_or(0),
        };
        Ok(Opened { uid_validity, highest_uid })
    }

    /// The uids that match, in order.
    pub(super) async fn search(&mut self, query: &str) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        self.news = false;
        while self.inner.unsolicited_responses.try_recv().is_ok() {}
        self.run("SEARCH", &format!("UID SEARCH {query}"), |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend(uids);
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Size and day of arrival of each message that still exists.
    pub(super) async fn listing(&mut self, uids: &[u32]) -> Result<Vec<Listed>> {
        let mut listed = Vec::with_capacity(uids.len());
        let command = format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE)", set(uids));
        self.run("FETCH", &command, |response| {
            let Response::Fetch(_, attributes) = response else { return };
            let (mut uid, mut size, mut arrived_on) = (None, None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(n) => uid = Some(*n),
                    AttributeValue::Rfc822Size(n) => size = Some(*n),
                    AttributeValue::InternalDate(date) => arrived_on = day(date),
                    _ => {}
                }
            }
            listed.extend(uid.zip(size).map(|(uid, size)| Listed { uid, size, arrived_on }));
        })
        .await?;
        listed.sort_unstable_by_key(|message: &Listed| message.uid);
        listed.dedup_by_key(|message| message.uid);
        Ok(listed)
    }

    /// The headers of one message, without its flags being touched; `None` when it is gone.
    pub(super) async fn headers(&mut self, uid: u32) -> Result<Option<Bytes>> {
        let mut headers = None;
        self.run("FETCH", &format!("UID FETCH {uid} (UID BODY.PEEK[HEADER]<0.{HEADERS}>)"), |response| {
            headers = headers.take().or_else(|| content(response, true).map(|(_, bytes)| bytes));
        })
        .await?;
        Ok(headers)
    }

    /// Begins to fetch whole messages of `size` bytes together, without touching their flags. They
    /// come one by one from `next`.
    pub(super) async fn fetch(&mut self, uids: &[u32], size: u64) -> Result<Fetching<'_>> {
        let command = format!("UID FETCH {} (UID BODY.PEEK[])", set(uids));
        let tag = within("FETCH", self.inner.run_command(command)).await?.map_err(ImapError::lost)?;
        let patience = PATIENCE + Duration::from_secs(size / SLOWEST);
        Ok(Fetching { session: self, tag, patience })
    }

    /// Waits until the server tells of something new, but `longest` at the most. With a server that
    /// cannot tell, sleeps for `poll` and asks.
    pub(super) async fn wait(mut self, longest: Duration, poll: Duration) -> Result<Self> {
        if self.news {
            return Ok(self);
        }
        if !self.can_idle {
            tokio::time::sleep(poll).await;
            self.run("NOOP", "NOOP", |_| ()).await?;
            return Ok(self);
        }
        let (told, exists) = (self.inner.unsolicited_responses.clone(), self.exists);
        let mut idle = self.inner.idle();
        within("IDLE", idle.init()).await?.map_err(ImapError::lost)?;
        // What was told between the last search and now has been put aside, and must not be slept over.
        if !std::iter::from_fn(|| told.try_recv().ok())
            .any(|told| matches!(told, UnsolicitedResponse::Exists(n) if n > exists))
        {
            let (news, _keep) = idle.wait_with_timeout(longest);
            // The library starts its own clock again at every sign of life.
            if let Ok(news) = timeout(longest, news).await {
                news.map_err(ImapError::lost)?;
            }
        }
        let inner = within("DONE", idle.done()).await?.map_err(refused("IDLE"))?;
        Ok(Self { inner, can_idle: true, exists, news: false })
    }

    pub(super) async fn leave(mut self) {
        let _ = timeout(Duration::from_secs(2), self.inner.logout()).await;
    }

    async fn folders(&mut self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        self.run("LIST", "LIST \"\" \"*\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response
                && names.len() < MOST_FOLDERS
            {
                names.push(list.name.to_string());
            }
        })
        .await?;
        names.sort();
        Ok(names)
    }

    /// More messages than before are news. The same number said again is none: some servers repeat it.
    fn notice(&mut self, response: &Response<'_>) {
        match response {
            Response::MailboxData(MailboxDatum::Exists(n)) => {
                self.news |= *n > self.exists;
                self.exists = *n;
            }
            Response::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            _ => {}
        }
    }

    /// Runs a command to its end and shows everything the server says on the way.
    async fn run(&mut self, what: &'static str, command: &str, mut see: impl FnMut(&Response<'_>)) -> Result<()> {
        let tag = within(what, self.inner.run_command(command)).await?.map_err(ImapError::lost)?;
        loop {
            let response = within(what, self.inner.read_response()).await?.map_err(ImapError::lost)?;
            let Some(response) = response else { return Err(ImapError::lost("it was closed")) };
            match response.parsed() {
                Response::Done { tag: of, status, outcome } if *of == tag => return judge(what, status, outcome),
                Response::Data { status: Status::Bye, outcome } => return Err(bye(outcome)),
                other => {
                    self.notice(other);
                    see(other);
                }
            }
        }
    }
}

/// Messages on their way.
pub(super) struct Fetching<'a> {
    session: &'a mut Session,
    tag: async_imap::imap_proto::RequestId,
    patience: Duration,
}

impl Fetching<'_> {
    /// The next whole message; `None` when the server says that these were all.
    pub(super) async fn next(&mut self) -> Result<Option<(u32, Bytes)>> {
        loop {
            let response = timeout(self.patience, self.session.inner.read_response()).await;
            let response = response.map_err(|_| ImapError::TimedOut("FETCH"))?.map_err(ImapError::lost)?;
            let Some(response) = response else { return Err(ImapError::lost("it was closed")) };
            match response.parsed() {
                Response::Done { tag, status, outcome } if *tag == self.tag => {
                    return judge("FETCH", status, outcome).map(|()| None);
                }
                Response::Data { status: Status::Bye, outcome } => return Err(bye(outcome)),
                other => {
                    self.session.notice(other);
                    if let Some(message) = content(other, false) {
                        return Ok(Some(message));
                    }
                }
            }
        }
    }
}

/// The day of ` 1-Feb-2026 12:00:00 +0100`, which is the one that SEARCH compares, whatever the zone.
fn day(date: &str) -> Option<Timestamp> {
    let day = date.trim().split(' ').next()?;
    let day = jiff::civil::Date::strptime("%d-%b-%Y", day).ok()?;
    Some(Timestamp::from_seconds(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second()))
}

/// Uid and bytes of a FETCH answer; other clients' changes of flags come as answers without bytes.
fn content(response: &Response<'_>, headers: bool) -> Option<(u32, Bytes)> {
    let Response::Fetch(_, attributes) = response else { return None };
    let mut uid = None;
    let mut bytes = None;
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(n) => uid = Some(*n),
            AttributeValue::BodySection { section, data: Some(data), .. }
                if headers == matches!(section, Some(SectionPath::Full(_))) =>
            {
                bytes = Some(Bytes::copy_from_slice(data));
            }
            _ => {}
        }
    }
    uid.zip(bytes)
}

async fn by_password(client: async_imap::Client<Wire>, imap: &Imap, plain: bool) -> Result<async_imap::Session<Wire>> {
    let (user, password) = (imap.user.as_str(), imap.password.reveal());
    let signed_in = if plain {
        let says = vec![format!("\0{user}\0{password}").into_bytes()];
        within("AUTHENTICATE", client.authenticate("PLAIN", Says(says))).await?
    } else {
        within("LOGIN", client.login(user, password)).await?
    };
    signed_in.map_err(|(error, _)| sign_in(&error, imap))
}

async fn by_token(client: async_imap::Client<Wire>, imap: &Imap, tokens: &Tokens) -> Result<async_imap::Session<Wire>> {
    let token = tokens.access().await?;
    let says = format!("user={}\x01auth=Bearer {}\x01\x01", imap.user, token.reveal()).into_bytes();
    // A refusal comes as a challenge, which wants an empty answer before the server says no.
    let signed_in = within("AUTHENTICATE", client.authenticate("XOAUTH2", Says(vec![says]))).await?;
    match signed_in {
        Ok(session) => Ok(session),
        Err((error, _)) => {
            tokens.refused(&token).await?;
            Err(sign_in(&error, imap))
        }
    }
}

/// Says these, one for each challenge, and nothing after the last.
struct Says(Vec<Vec<u8>>);

impl async_imap::Authenticator for Says {
    type Response = Vec<u8>;

    fn process(&mut self, _: &[u8]) -> Vec<u8> {
        self.0.pop().unwrap_or_default()
    }
}

/// A server that is out of order for the moment says so; everything else is about user and password.
fn sign_in(error: &async_imap::error::Error, imap: &Imap) -> ImapError {
    use async_imap::error::Error;
    let why = answer(error);
    match error {
        Error::No(text) if text.contains("UNAVAILABLE") || text.contains("INUSE") || text.contains("SERVERBUG") => {
            ImapError::Refused { what: "signing in", why }
        }
        Error::No(_) | Error::Bad(_) | Error::Validate(_) => ImapError::SignIn { user: imap.user.clone(), why },
        _ => ImapError::lost(why),
    }
}

/// The server's own words, without the library's wrapping.
fn answer(error: &async_imap::error::Error) -> String {
    use async_imap::error::Error;
    let text = match error {
        Error::No(text) | Error::Bad(text) => text.as_str(),
        other => return other.to_string(),
    };
    match text.split_once("info: Some(\"").and_then(|(_, rest)| rest.strip_suffix("\")")) {
        Some(words) => words.to_owned(),
        None => text.to_owned(),
    }
}

fn refused(what: &'static str) -> impl Fn(async_imap::error::Error) -> ImapError {
    use async_imap::error::Error;
    move |error| match &error {
        Error::No(_) | Error::Bad(_) => ImapError::Refused { what, why: answer(&error) },
        _ => ImapError::lost(error),
    }
}

fn judge(what: &'static str, status: &Status, outcome: &Outcome<'_>) -> Result<()> {
    match status {
        Status::Ok => Ok(()),
        _ => Err(ImapError::Refused { what, why: outcome.information.as_deref().unwrap_or("no reason").to_owned() }),
    }
}

fn bye(outcome: &Outcome<'_>) -> ImapError {
    ImapError::lost(format!("the server said goodbye: {}", outcome.information.as_deref().unwrap_or("no reason")))
}

async fn within<T>(what: &'static str, answer: impl Future<Output = T>) -> Result<T> {
    timeout(PATIENCE, answer).await.map_err(|_| ImapError::TimedOut(what))
}

fn quoted(folder: &str) -> Result<String> {
    if folder.contains(['\r', '\n', '\0']) {
        let why = "its name has a line break".to_owned();
        return Err(ImapError::Folder { folder: folder.to_owned(), why, known: Vec::new() });
    }
    Ok(format!("\"{}\"", utf7(folder).replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A folder's name as RFC 3501 section 5.1.3 writes it on the wire.
fn utf7(name: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let mut out = String::with_capacity(name.len());
    let mut foreign = Vec::new();
    let flush = |foreign: &mut Vec<u8>, out: &mut String| {
        if !foreign.is_empty() {
            out.push_str(&format!("&{}-", STANDARD_NO_PAD.encode(&*foreign).replace('/', ",")));
            foreign.clear();
        }
    };
    for letter in name.chars() {
        if matches!(letter, ' '..='~') {
            flush(&mut foreign, &mut out);
            out.push(letter);
            if letter == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(letter.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut foreign, &mut out);
    out
}

/// `1:3,7`.
fn set(uids: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = uids;
    while let [first, ..] = rest {
        // In 64 bits, since the last UID there can be has no successor in 32.
        let run = (u64::from(*first)..).zip(rest).take_while(|(expected, uid)| u64::from(**uid) == *expected).count();
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&first.to_string());
        if run > 1 {
            out.push_str(&format!(":{}", rest[run - 1]));
        }
        rest = &rest[run..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_uids_are_written_short() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set(&[u32::MAX - 1, u32::MAX]), format!("{}:{}", u32::MAX - 1, u32::MAX));
        assert_eq!(set(&[]), "");
    }

    #[test]
    fn folder_names_are_written_in_the_servers_letters() {
        assert_eq!(utf7("INBOX/Support"), "INBOX/Support");
        assert_eq!(utf7("Entwürfe"), "Entw&APw-rfe");
        assert_eq!(utf7("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!(utf7("R&D"), "R&-D");
        assert_eq!(quoted("a\"b\\").unwrap(), r#""a\"b\\""#);
        assert!(quoted("a\r\nb").is_err());
    }
}
