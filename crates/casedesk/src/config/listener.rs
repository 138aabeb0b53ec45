//! Where the team's mail servers hand mail over.
use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Lmtp,
    Smtp,
}

impl Protocol {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lmtp => "LMTP",
            Self::Smtp => "SMTP",
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    #[serde(deserialize_with = "address_or_empty")]
    pub listen: Option<SocketAddr>,
    #[serde(default = "lmtp")]
    pub protocol: Protocol,
    #[serde(default)]
    pub allow: Vec<IpAddr>,
    #[serde(default = "connections")]
    pub max_connections: usize,
    #[serde(default = "five_minutes")]
    pub timeout_s: u64,
}

fn lmtp() -> Protocol {
    Protocol::Lmtp
}
fn connections() -> usize {
    64
}
fn five_minutes() -> u64 {
    300
}

fn address_or_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| serde::de::Error::custom(format!("“{text}” is not an address and port")))
}

impl super::Mail {
    /// Every place where mail is handed over: the one of `mail.listener`, and those of `mail.listeners`.
    pub fn all_listeners(&self) -> impl Iterator<Item = (SocketAddr, &Listener)> {
        std::iter::once(&self.listener).chain(&self.listeners).filter_map(|one| Some((one.listen?, one)))
    }

    pub(super) fn listener_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.listeners.iter().any(|one| one.listen.is_none()) {
            faults.push("mail.listeners: each needs an address and port in “listen”".to_owned());
        }
        let mut seen = std::collections::BTreeSet::new();
        for (address, _) in self.all_listeners() {
            if address.port() != 0 && !seen.insert(address) {
                faults.push(format!("mail.listeners: two listen on {address}"));
            }
        }
        faults
    }
}
