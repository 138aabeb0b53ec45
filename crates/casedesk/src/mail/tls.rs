//! TLS towards mail servers: the public authorities, and one of the settings' own; and whether a silent port wants it.
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long a server may take to greet before it is asked whether it waits for TLS.
const SILENCE: Duration = Duration::from_secs(3);
/// How long that question may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The first byte of a TLS record that answers a hello: an alert or a handshake (RFC 8446 section 5.1).
const RECORDS: [u8; 2] = [21, 22];

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificate authority {file} (ca_file) cannot be read: {why}")]
    Authority { file: String, why: String },
    #[error("TLS cannot be set up")]
    Setup(#[from] rustls::Error),
}

/// The certificates in a PEM file.
pub(super) fn authorities(file: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |why: String| TlsError::Authority { file: file.to_owned(), why };
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(|e| wrong(e.to_string()))?.collect();
    let all = all.map_err(|e| wrong(e.to_string()))?;
    if all.is_empty() { Err(wrong("no certificate is in it".into())) } else { Ok(all) }
}

/// Ends when a server that does not greet turns out to wait for TLS; never, when it does not. To be raced
/// against the greeting.
pub(super) async fn until_it_wants_tls(host: &str, port: u16) {
    tokio::time::sleep(SILENCE).await;
    if timeout(PATIENCE, wants_tls(host, port)).await != Ok(Some(true)) {
        std::future::pending().await
    }
}

/// Says hello on a connection of its own. What the certificate is worth does not matter here.
async fn wants_tls(host: &str, port: u16) -> Option<bool> {
    let name = rustls::pki_types::ServerName::try_from(host.to_owned()).ok()?;
    let config = connector("").ok()?.config().clone();
    let mut hello = Vec::new();
    rustls::ClientConnection::new(config, name).ok()?.write_tls(&mut hello).ok()?;
    let mut tcp = TcpStream::connect((host, port)).await.ok()?;
    tcp.write_all(&hello).await.ok()?;
    Some(RECORDS.contains(&tcp.read_u8().await.ok()?))
}

pub(super) fn connector(ca_file: &str) -> Result<TlsConnector, TlsError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if !ca_file.is_empty() {
        for certificate in authorities(ca_file)? {
            roots.add(certificate)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
