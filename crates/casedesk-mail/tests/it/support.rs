//! What several tests need: mail in short form, and the desk of the examples.

use casedesk_mail::{Desk, InboundMail, read};

/// The addresses of a desk behind a group.
pub(crate) struct Addresses {
    own: Vec<String>,
    agents: Vec<String>,
    groups: Vec<String>,
}

impl Addresses {
    pub(crate) fn example() -> Addresses {
        Addresses {
            own: vec!["support@desk.example".to_owned()],
            agents: vec!["maya@desk.example".to_owned()],
            groups: vec!["support@desk.example".to_owned(), "help@groups.example".to_owned()],
        }
    }

    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk { own_addresses: &self.own, agent_addresses: &self.agents, group_addresses: &self.groups }
    }
}

/// Reads a mail for the example desk.
pub(crate) fn mail(raw: impl AsRef<[u8]>) -> InboundMail {
    read(raw.as_ref(), &Addresses::example().desk()).expect("a readable mail")
}

/// A plain mail from a customer with these further header lines and this body.
pub(crate) fn from_customer(headers: &str, body: &str) -> InboundMail {
    mail(format!(
        "From: Ann Doe <ann@customer.example>\nTo: support@desk.example\nSubject: Help\n\
         Message-ID: <1@customer.example>\nContent-Type: text/plain; charset=utf-8\n{headers}\n{body}"
    ))
}

/// Text on one line, for comparing what line breaks do not matter to.
pub(crate) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
