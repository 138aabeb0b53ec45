//! Files go when nothing names them. A file may be named again at the very moment, since the same bytes are one file: so
//! it is set aside first, and forgotten when nobody has come to name it.
use std::time::Duration;

use crate::db::Tx;
use crate::desk::Desk;
use crate::privacy::jobs::{ForgetFiles, SetAside};
use crate::privacy::{PrivacyError, store};
use crate::queue;

/// Longer than anybody takes from storing a file to naming it.
const ASIDE: Duration = Duration::from_hours(1);
/// How many files one job looks at.
const BATCH: usize = 500;

/// Asks for files to go that an erasure has taken from what named them.
pub(super) async fn let_go(tx: &mut Tx, desk: &Desk, mut digests: Vec<String>) -> Result<(), PrivacyError> {
    digests.sort();
    digests.dedup();
    for digests in digests.chunks(BATCH) {
        queue::enqueue(tx, &SetAside { digests: digests.to_vec() }, desk.now()).await?;
    }
    Ok(())
}

pub async fn set_aside(desk: &Desk, mut digests: Vec<String>) -> Result<(), PrivacyError> {
    let named = store::still_named(desk.db(), &digests).await?;
    digests.retain(|digest| !named.contains(digest));
    if digests.is_empty() {
        return Ok(());
    }
    for digest in &digests {
        desk.files().set_aside(digest).await?;
    }
    let mut tx = desk.db().begin().await?;
    store::forget_readings(&mut tx, &digests).await?;
    queue::enqueue(&mut tx, &ForgetFiles { digests }, desk.now().plus(ASIDE)).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn forget_files(desk: &Desk, digests: Vec<String>) -> Result<(), PrivacyError> {
    let named = store::still_named(desk.db(), &digests).await?;
    for digest in &digests {
        if named.contains(digest) {
            desk.files().bring_back(digest).await?;
        } else {
            desk.files().forget(digest).await?;
        }
    }
    Ok(())
}
