//! Password hashes (Argon2id), computed beside the async threads and only a few at once, since each
//! takes 19 MiB and a core.
use std::sync::LazyLock;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

/// How long one waits for a turn before being told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A hash of nothing in particular, with the parameters of the real ones: checking a password against it
/// takes the same time as for an agent who exists.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Tm9ib2R5J3Mgc2FsdCE$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8)));

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("too many passwords are being checked")]
    Busy,
    #[error("the hash cannot be made: {0}")]
    Failed(argon2::password_hash::Error),
}

/// The hash to store for `password`, as a PHC string.
pub async fn hash(password: String) -> Result<String, Error> {
    let salt = SaltString::encode_b64(super::secrets::random_token().as_bytes()).map_err(Error::Failed)?;
    let password = same_on_every_keyboard(&password);
    in_turn(move || Argon2::default().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()))
        .await?
        .map_err(Error::Failed)
}

/// Whether `password` is the one that `stored` was made of; it takes as long when there is none.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool, Error> {
    let password = same_on_every_keyboard(&password);
    in_turn(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let hash = PasswordHash::new(&stored)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await?
    .map_err(Error::Failed)
}

/// One keyboard types é as one character, another as two (NIST SP 800-63B section 3.1.1.2).
fn same_on_every_keyboard(password: &str) -> String {
    password.nfkc().collect()
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(Error::Busy) };
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let stored = hash("correct horse".into()).await.unwrap();
        assert!(verify("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!verify("correct house".into(), Some(stored)).await.unwrap());
        assert!(!verify(String::new(), None).await.unwrap());
        let stored = hash("caf\u{e9} au lait".into()).await.unwrap();
        assert!(verify("cafe\u{301} au lait".into(), Some(stored)).await.unwrap());
    }

    #[test]
    fn the_stand_in_costs_what_a_real_hash_costs() {
        let stand_in = PasswordHash::new(NOBODY).unwrap();
        let real = Argon2::default()
            .hash_password(b"x", &SaltString::encode_b64(b"0123456789abcdef").unwrap())
            .unwrap()
            .to_string();
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(stand_in.params, real.params);
        assert_eq!(stand_in.hash.unwrap().len(), real.hash.unwrap().len());
    }
}
