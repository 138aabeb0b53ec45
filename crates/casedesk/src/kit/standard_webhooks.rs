//! Standard Webhooks: secrets, and the signature over id, time and body, for what we send and what we are sent.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// How many signatures of one message are looked at: a sender that changes its secret sends two.
const MOST_SIGNATURES: usize = 5;

/// The key that a secret stands for.
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Reads `whsec_` and 24 to 64 bytes in base64; `None` for anything else.
    pub fn parse(secret: &str) -> Option<Self> {
        let bytes = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
        if !BYTES.contains(&bytes.len()) {
            return None;
        }
        Hmac::new_from_slice(&bytes).ok().map(Self)
    }

    /// The header `webhook-signature`.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.over(id, timestamp_s, body).finalize().into_bytes()))
    }

    /// Whether one of the signatures in the header is ours, compared in constant time.
    pub fn verify(&self, id: &str, timestamp_s: i64, body: &[u8], signatures: &str) -> bool {
        signatures.split(' ').take(MOST_SIGNATURES).any(|signature| {
            let bytes = signature.strip_prefix("v1,").and_then(|encoded| STANDARD.decode(encoded).ok());
            bytes.is_some_and(|bytes| self.over(id, timestamp_s, body).verify_slice(&bytes).is_ok())
        })
    }

    fn over(&self, id: &str, timestamp_s: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        mac
    }
}

/// A secret of these bytes.
pub fn secret(random: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_id_time_and_body_alone() {
        let key = Key::parse(&secret(&[7; 32])).unwrap();
        let signature = key.sign("msg_1", 1_800_000_000, b"{}");
        assert!(key.verify("msg_1", 1_800_000_000, b"{}", &signature));
        assert!(key.verify("msg_1", 1_800_000_000, b"{}", &format!("v1,AAAA {signature}")));
        for (id, at, body) in
            [("msg_2", 1_800_000_000, "{}"), ("msg_1", 1_800_000_001, "{}"), ("msg_1", 1_800_000_000, "[]")]
        {
            assert!(!key.verify(id, at, body.as_bytes(), &signature), "{id} {at} {body}");
        }
        let other = Key::parse(&secret(&[8; 32])).unwrap();
        assert!(!other.verify("msg_1", 1_800_000_000, b"{}", &signature));
        assert!(!key.verify("msg_1", 1_800_000_000, b"{}", &signature.replace("v1,", "v2,")));
    }

    #[test]
    fn a_secret_is_24_to_64_bytes() {
        for bad in [secret(&[1; 23]), secret(&[1; 65]), "whsec_?".into(), "AAAA".into(), String::new()] {
            assert!(Key::parse(&bad).is_none(), "{bad}");
        }
    }
}
