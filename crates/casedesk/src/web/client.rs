//! Where a request comes from: the peer's address, or what a trusted proxy says of it.
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::desk::Desk;

/// Says once that a proxy is not named in the settings.
static NOT_TRUSTED: Once = Once::new();

/// The far end of a request.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Unknown only where there is no connection.
    pub ip: Option<IpAddr>,
    /// What the program calls itself, cut to 200 characters.
    pub program: String,
}

impl Client {
    /// The network to count tries by: an IPv6 customer holds a whole /64.
    pub fn network(&self) -> String {
        match self.ip {
            Some(IpAddr::V6(ip)) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).to_string(),
            Some(ip) => ip.to_string(),
            None => "unknown".into(),
        }
    }
}

impl FromRequestParts<Desk> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let program = parts.headers.get(header::USER_AGENT).map(|v| String::from_utf8_lossy(v.as_bytes()));
        let proxies = &desk.config().server.trusted_proxies;
        if proxies.is_empty() && parts.headers.contains_key("x-forwarded-for") {
            NOT_TRUSTED.call_once(|| tracing::warn!(peer = ?peer, "requests come through a proxy that server.trusted_proxies does not name: all its clients count as one"));
        }
        Ok(Self {
            ip: peer.map(|peer| origin(peer, &parts.headers, proxies)),
            program: program.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect(),
        })
    }
}

/// The last address that was not one of our proxies: everything before it may be made up.
fn origin(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut origin = peer;
    let said: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).collect();
    for hop in said.iter().rev() {
        if !proxies.contains(&origin) {
            return origin;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(ip) => origin = ip.to_canonical(),
            Err(_) => return origin,
        }
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&'static str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_static(value));
        }
        let proxies: Vec<IpAddr> = proxies.iter().map(|p| p.parse().unwrap()).collect();
        origin(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(of("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(of("10.0.0.1", &["198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &[], &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_put_before_the_proxy_is_not_believed() {
        assert_eq!(of("10.0.0.1", &["127.0.0.1, 198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["127.0.0.1", "198.51.100.1, 10.0.0.2"], &["10.0.0.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["127.0.0.1, nonsense"], &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let client = |ip: &str| Client { ip: ip.parse().ok(), program: String::new() }.network();
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
    }
}
