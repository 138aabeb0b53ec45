//! SQL of files that are being taken over.
use crate::customers::ImportId;
use crate::customers::rules::sheet::Sheet;
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// A file that was sent. Once taken over it has a report and no bytes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Import {
    pub id: ImportId,
    pub sheet: Sheet,
    pub name: String,
    pub bytes: Vec<u8>,
    /// Keys with commas between; empty: as the heading says.
    pub columns: String,
    pub created_at: Timestamp,
    pub taken_at: Option<Timestamp>,
    /// JSON.
    pub report: String,
}

impl Import {
    pub fn chosen(&self) -> Vec<String> {
        if self.columns.is_empty() { vec![] } else { self.columns.split(',').map(str::to_owned).collect() }
    }
}

/// One line of the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ImportRow {
    pub id: ImportId,
    pub sheet: Sheet,
    pub name: String,
    pub agent_name: Option<String>,
    pub created_at: Timestamp,
    pub taken_at: Option<Timestamp>,
}

pub async fn import(on: impl Read, id: ImportId) -> Result<Option<Import>> {
    on.opt(q!(
        "SELECT id, sheet, name, bytes, columns, created_at, taken_at, report FROM customer_imports WHERE id = $1",
        id
    ))
    .await
}

/// The newest files, 20 at the most.
pub async fn imports(on: impl Read) -> Result<Vec<ImportRow>> {
    on.all(q!("SELECT i.id, i.sheet, i.name, a.name AS agent_name, i.created_at, i.taken_at FROM customer_imports i
         LEFT JOIN agents a ON a.id = i.agent_id ORDER BY i.id DESC LIMIT 20"))
        .await
}

pub(in crate::customers) async fn insert_import(
    tx: &mut Tx,
    sheet: Sheet,
    name: &str,
    bytes: &[u8],
    agent: AgentId,
    now: Timestamp,
) -> Result<ImportId> {
    let id = tx
        .insert(q!(
            "INSERT INTO customer_imports (sheet, name, bytes, columns, agent_id, created_at, report)
             VALUES ($1, $2, $3, '', $4, $5, '') RETURNING id",
            sheet,
            name,
            bytes,
            agent,
            now
        ))
        .await?;
    Ok(ImportId(id))
}

pub(in crate::customers) async fn set_import_columns(tx: &mut Tx, id: ImportId, columns: &str) -> Result<u64> {
    tx.exec(q!("UPDATE customer_imports SET columns = $2 WHERE id = $1 AND taken_at IS NULL", id, columns)).await
}

pub(in crate::customers) async fn finish_import(
    tx: &mut Tx,
    id: ImportId,
    report: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE customer_imports SET bytes = $2, report = $3, taken_at = $4 WHERE id = $1 AND taken_at IS NULL",
        id,
        Vec::<u8>::new(),
        report,
        now
    ))
    .await
}

/// Forgets files that nobody took over, and reports, that are older than this.
pub(in crate::customers) async fn delete_imports(tx: &mut Tx, untaken: Timestamp, taken: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "DELETE FROM customer_imports WHERE (taken_at IS NULL AND created_at < $1) OR taken_at < $2",
        untaken,
        taken
    ))
    .await
}
