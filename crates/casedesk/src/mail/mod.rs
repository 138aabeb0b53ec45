//! Mail, one of the doors: what comes in by IMAP, LMTP, SMTP and import, and what goes out.
pub mod check;
pub mod client;
pub mod handover;
pub mod imap;
pub mod listener;
pub mod mailboxes;
pub mod oauth;
pub mod tls;

use std::net::IpAddr;

/// The way a message came.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    Imap { mailbox: &'a str, uid_validity: u32, uid: u32 },
    Listener { envelope_from: &'a str, envelope_to: &'a [String], peer: IpAddr },
    Import { path: &'a str },
    Api,
}
