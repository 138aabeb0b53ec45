//! Mail by wire: the listener, the mailboxes, the relay, each against the real thing.
mod circle;
mod imap;
mod intake;
mod listener;
mod oauth;
mod relay;
