//! What can go wrong with a mailbox, in words that say what to do.
use crate::mail::handover::NotStored;
use crate::mail::mailboxes::Trouble;
use crate::mail::oauth::OAuthError;
use crate::mail::tls::TlsError;

#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    #[error("The host name {0} is not known to the DNS: check mail.imap host.")]
    UnknownHost(String),
    #[error("{host}:{port} cannot be reached: {why}. Check host, port and the firewall.")]
    Unreachable { host: String, port: u16, why: String },
    #[error("The certificate of {host} is not accepted: {why}. Check host, or name the server's authority in ca_file.")]
    Certificate { host: String, why: String },
    #[error("TLS with {host}:{port} fails: {why}. Check port and security (tls: 993, starttls: 143).")]
    NoTls { host: String, port: u16, why: String },
    #[error(
        "{host}:{port} waits for TLS and is spoken to in the clear: set security to tls, or take the port for starttls (143)."
    )]
    WantsTls { host: String, port: u16 },
    #[error(
        "{host}:{port} speaks in the clear and is asked for TLS: set security to starttls, or take the port for tls (993)."
    )]
    InClear { host: String, port: u16 },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{host} does not greet like an IMAP server. Check port and security.")]
    NoGreeting { host: String },
    #[error("The server refuses to sign in {user}: {why}. Check user and password, and that IMAP is allowed for it.")]
    SignIn { user: String, why: String },
    #[error("{0} offers no way to sign in that is known here.")]
    NoMechanism(String),
    #[error("No access token: {0}.")]
    Token(#[from] OAuthError),
    #[error("The folder “{folder}” cannot be opened: {why}.{}", folders(.known))]
    Folder { folder: String, why: String, known: Vec<String> },
    #[error("The folder “{0}” has no UIDVALIDITY, so nothing in it can be told apart.")]
    NoUidValidity(String),
    #[error("The server did not answer in time ({0}).")]
    TimedOut(&'static str),
    #[error("The connection broke: {0}.")]
    Lost(String),
    #[error("The server says no to {what}: {why}.")]
    Refused { what: &'static str, why: String },
    #[error("Mail was fetched but not stored: {0}.")]
    NotStored(#[from] NotStored),
    #[error("The database does not work: {0}.")]
    Database(#[from] crate::db::Error),
    #[error("Another node took this mailbox over.")]
    TakenOver,
}

impl ImapError {
    pub(super) fn lost(why: impl std::fmt::Display) -> Self {
        Self::Lost(why.to_string())
    }

    pub fn trouble(&self) -> Trouble {
        match self {
            Self::SignIn { .. } | Self::NoMechanism(_) => Trouble::SignIn,
            Self::Token(error) if error.needs_a_person() => Trouble::SignIn,
            Self::Certificate { .. }
            | Self::Tls(_)
            | Self::NoTls { .. }
            | Self::WantsTls { .. }
            | Self::InClear { .. } => Trouble::Certificate,
            Self::Folder { .. } | Self::NoUidValidity(_) => Trouble::Folder,
            Self::Refused { .. } => Trouble::Server,
            Self::NotStored(_) | Self::Database(_) => Trouble::Storage,
            _ => Trouble::Unreachable,
        }
    }
}

fn folders(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!(" The folders there are: {}.", known.join(", ")) }
}
