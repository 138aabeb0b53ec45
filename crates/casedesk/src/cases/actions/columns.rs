//! What an agent sees in the rows of lists.
use crate::cases::{CasesError, store};
use crate::customers::VerdictKind;
use crate::desk::Desk;
use crate::staff::Viewer;

/// Sets which verdicts the viewer sees in every row.
pub async fn set_columns(desk: &Desk, by: &Viewer, kinds: &[VerdictKind]) -> Result<(), CasesError> {
    let kinds: Vec<VerdictKind> = VerdictKind::ALL.iter().copied().filter(|kind| kinds.contains(kind)).collect();
    let mut tx = desk.db().begin().await?;
    store::set_list_columns(&mut tx, by.id, &kinds).await?;
    Ok(tx.commit().await?)
}
