//! SQL of merges: what moved, and moving just that back.
use crate::customers::{ContactId, FileKind, MergeId, OrganisationId, OrganisationKind};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::AgentId;

/// A merge of two organisations or two contacts.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Merge {
    pub id: MergeId,
    pub kind: FileKind,
    pub kept_id: i64,
    pub merged_id: i64,
    pub kept_name: String,
    pub merged_name: String,
    /// JSON.
    pub before: String,
    pub after: String,
    pub agent_name: Option<String>,
    pub at: Timestamp,
    pub undone_at: Option<Timestamp>,
}

const MERGES: &str = "SELECT m.id, m.kind, m.kept_id, m.merged_id,
    COALESCE(CASE WHEN m.kind = 'contact' THEN (SELECT name FROM contacts WHERE id = m.kept_id)
        ELSE (SELECT name FROM organisations WHERE id = m.kept_id) END, '') AS kept_name,
    COALESCE(CASE WHEN m.kind = 'contact' THEN (SELECT name FROM contacts WHERE id = m.merged_id)
        ELSE (SELECT name FROM organisations WHERE id = m.merged_id) END, '') AS merged_name,
    m.before, m.after, a.name AS agent_name, m.at, m.undone_at
    FROM file_merges m LEFT JOIN agents a ON a.id = m.agent_id ";

pub async fn merge(on: impl Read, id: MergeId) -> Result<Option<Merge>> {
    on.opt(Query::new(MERGES).push("WHERE m.id = ").bind(id)).await
}

/// The newest merges, 50 at the most.
pub async fn merges(on: impl Read) -> Result<Vec<Merge>> {
    on.all(Query::new(MERGES).push("ORDER BY m.id DESC LIMIT 50")).await
}

/// A later merge of the same things, which has to be undone first.
pub async fn later_merge(on: impl Read, of: &Merge) -> Result<Option<Merge>> {
    let query = Query::new(MERGES).push("WHERE m.undone_at IS NULL AND m.id > ").bind(of.id).push(" AND ((m.kind = ");
    let query = query.bind(of.kind).push(" AND (m.kept_id IN ").bind_list([of.kept_id, of.merged_id]);
    let query = query.push(" OR m.merged_id IN ").bind_list([of.kept_id, of.merged_id]).push("))");
    let query = match of.kind {
        FileKind::Contact => query,
        // Contacts that this one moved, and that became one with another since.
        FileKind::Organisation => query
            .push(
                " OR (m.kind = 'contact' AND EXISTS (SELECT 1 FROM file_merge_moves v WHERE v.what = 'contact'
                AND v.moved IN (CAST(m.kept_id AS TEXT), CAST(m.merged_id AS TEXT)) AND v.merge_id = ",
            )
            .bind(of.id)
            .push("))"),
    };
    on.opt(query.push(") ORDER BY m.id DESC LIMIT 1")).await
}

pub(in crate::customers) async fn insert_merge(
    tx: &mut Tx,
    (kind, kept, merged): (FileKind, i64, i64),
    (before, after): (&str, &str),
    agent: AgentId,
    now: Timestamp,
) -> Result<MergeId> {
    let id = tx
        .insert(q!(
            "INSERT INTO file_merges (kind, kept_id, merged_id, before, after, agent_id, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            kind,
            kept,
            merged,
            before,
            after,
            agent,
            now
        ))
        .await?;
    Ok(MergeId(id))
}

pub(in crate::customers) async fn end_merge(tx: &mut Tx, id: MergeId, now: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE file_merges SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL", id, now)).await
}

pub(in crate::customers) async fn insert_move(
    tx: &mut Tx,
    id: MergeId,
    what: &'static str,
    moved: &str,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO file_merge_moves (merge_id, what, moved) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        id,
        what,
        moved
    ))
    .await
}

pub(in crate::customers) async fn moves(on: impl Read, id: MergeId, what: &'static str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on
        .all(q!("SELECT moved FROM file_merge_moves WHERE merge_id = $1 AND what = $2 ORDER BY moved", id, what))
        .await?;
    Ok(rows.into_iter().map(|(moved,)| moved).collect())
}

/// A table whose rows belong to an organisation: what its rows are called in a merge, noting them, moving them, and
/// moving back those that nobody moved since.
struct Belonging {
    note: &'static str,
    go: &'static str,
    back: &'static str,
}

macro_rules! belonging {
    ($what:literal, $table:literal, $key:literal, $as_key:literal) => {
        Belonging {
            note: concat!(
                "INSERT INTO file_merge_moves (merge_id, what, moved) SELECT $1, '",
                $what,
                "', CAST(",
                $key,
                " AS TEXT) FROM ",
                $table,
                " WHERE organisation_id = $2"
            ),
            go: concat!("UPDATE ", $table, " SET organisation_id = $2 WHERE organisation_id = $1"),
            back: concat!(
                "UPDATE ",
                $table,
                " SET organisation_id = $3 WHERE organisation_id = $2 AND ",
                $key,
                " IN (SELECT ",
                $as_key,
                " FROM file_merge_moves WHERE merge_id = $1 AND what = '",
                $what,
                "')"
            ),
        }
    };
}

const BELONGINGS: [Belonging; 6] = [
    belonging!("contact", "contacts", "id", "CAST(moved AS BIGINT)"),
    belonging!("domain", "organisation_domains", "domain", "moved"),
    belonging!("note", "organisation_notes", "id", "CAST(moved AS BIGINT)"),
    belonging!("contract", "contracts", "id", "CAST(moved AS BIGINT)"),
    belonging!("licence", "licences", "id", "CAST(moved AS BIGINT)"),
    belonging!("installation", "installations", "id", "CAST(moved AS BIGINT)"),
];

/// What organisations and contacts have alike: tags, each of which is had once, and those that are part of them.
struct Alike {
    note_tags: &'static str,
    give_tags: &'static str,
    take_tags: &'static str,
    note_parts: &'static str,
    join: &'static str,
    part: &'static str,
}

macro_rules! alike {
    ($table:literal, $tags:literal, $owner:literal) => {
        Alike {
            note_tags: concat!(
                "INSERT INTO file_merge_moves (merge_id, what, moved) SELECT $1, 'tag', t.tag FROM ",
                $tags,
                " t WHERE t.",
                $owner,
                " = $2 AND NOT EXISTS (SELECT 1 FROM ",
                $tags,
                " k WHERE k.",
                $owner,
                " = $3 AND k.tag = t.tag)"
            ),
            give_tags: concat!(
                "INSERT INTO ",
                $tags,
                " (",
                $owner,
                ", tag) SELECT $2, moved FROM file_merge_moves WHERE merge_id = $1 AND what = 'tag'"
            ),
            take_tags: concat!(
                "DELETE FROM ",
                $tags,
                " WHERE ",
                $owner,
                " = $2 AND tag IN (SELECT moved FROM file_merge_moves WHERE merge_id = $1 AND what = 'tag')"
            ),
            note_parts: concat!(
                "INSERT INTO file_merge_moves (merge_id, what, moved) SELECT $1, 'part', CAST(id AS TEXT) FROM ",
                $table,
                " WHERE merged_into = $2 OR id = $2"
            ),
            join: concat!("UPDATE ", $table, " SET merged_into = $2 WHERE merged_into = $1 OR id = $1"),
            part: concat!(
                "UPDATE ",
                $table,
                " SET merged_into = CASE WHEN id = $2 THEN NULL ELSE CAST($2 AS BIGINT) END WHERE id IN
                 (SELECT CAST(moved AS BIGINT) FROM file_merge_moves WHERE merge_id = $1 AND what = 'part')"
            ),
        }
    };
}

const fn alike(kind: FileKind) -> Alike {
    match kind {
        FileKind::Organisation => alike!("organisations", "organisation_tags", "organisation_id"),
        FileKind::Contact => alike!("contacts", "contact_tags", "contact_id"),
    }
}

/// Gives one thing the tags of the other that it does not have, and notes them.
async fn move_tags(tx: &mut Tx, id: MergeId, kind: FileKind, from: i64, to: i64) -> Result<()> {
    tx.exec(q!(alike(kind).note_tags, id, from, to)).await?;
    tx.exec(q!(alike(kind).give_tags, id, to)).await?;
    Ok(())
}

async fn return_tags(tx: &mut Tx, id: MergeId, kind: FileKind, kept: i64) -> Result<u64> {
    tx.exec(q!(alike(kind).take_tags, id, kept)).await
}

/// Says what a thing is part of, also for those that were part of it before.
pub(in crate::customers) async fn set_merged(
    tx: &mut Tx,
    id: MergeId,
    kind: FileKind,
    merged: i64,
    into: i64,
) -> Result<()> {
    tx.exec(q!(alike(kind).note_parts, id, merged)).await?;
    tx.exec(q!(alike(kind).join, merged, into)).await?;
    Ok(())
}

/// It stands for itself again, and those that were part of it before are part of it.
pub(in crate::customers) async fn clear_merged(tx: &mut Tx, id: MergeId, kind: FileKind, merged: i64) -> Result<u64> {
    tx.exec(q!(alike(kind).part, id, merged)).await
}

/// Gives one organisation what belongs to the other, and notes it.
pub(in crate::customers) async fn move_belongings(
    tx: &mut Tx,
    id: MergeId,
    from: OrganisationId,
    to: OrganisationId,
) -> Result<()> {
    for belonging in BELONGINGS {
        tx.exec(q!(belonging.note, id, from)).await?;
        tx.exec(q!(belonging.go, from, to)).await?;
    }
    move_tags(tx, id, FileKind::Organisation, from.0, to.0).await
}

/// Gives back what the merge moved and nobody has moved since.
pub(in crate::customers) async fn return_belongings(
    tx: &mut Tx,
    id: MergeId,
    kept: OrganisationId,
    merged: OrganisationId,
) -> Result<()> {
    for belonging in BELONGINGS {
        tx.exec(q!(belonging.back, id, kept, merged)).await?;
    }
    return_tags(tx, id, FileKind::Organisation, kept.0).await?;
    Ok(())
}

/// How many contracts, licences and installations both have together, the most of the three.
pub(in crate::customers) async fn most_together(
    on: impl Read,
    one: OrganisationId,
    other: OrganisationId,
) -> Result<i64> {
    let (contracts, licences, installations): (i64, i64, i64) = on
        .one(q!(
            "SELECT (SELECT COUNT(*) FROM contracts WHERE organisation_id IN ($1, $2)),
                    (SELECT COUNT(*) FROM licences WHERE organisation_id IN ($1, $2)),
                    (SELECT COUNT(*) FROM installations WHERE organisation_id IN ($1, $2))",
            one,
            other
        ))
        .await?;
    Ok(contracts.max(licences).max(installations))
}

/// Gives one contact the other's addresses, numbers and tags, and notes them. Its own main address stays the main one.
pub(in crate::customers) async fn move_ways(tx: &mut Tx, id: MergeId, from: ContactId, to: ContactId) -> Result<()> {
    for note in [
        "INSERT INTO file_merge_moves (merge_id, what, moved)
         SELECT $1, 'address', address FROM contact_addresses WHERE contact_id = $2",
        "INSERT INTO file_merge_moves (merge_id, what, moved)
         SELECT $1, 'main', address FROM contact_addresses WHERE contact_id = $2 AND is_main",
    ] {
        tx.exec(q!(note, id, from)).await?;
    }
    tx.exec(q!(
        "INSERT INTO file_merge_moves (merge_id, what, moved) SELECT $1, 'number', CAST(n.id AS TEXT)
         FROM contact_numbers n WHERE n.contact_id = $2
           AND NOT EXISTS (SELECT 1 FROM contact_numbers k WHERE k.contact_id = $3 AND k.number_e164 = n.number_e164)",
        id,
        from,
        to
    ))
    .await?;
    tx.exec(q!("UPDATE contact_addresses SET contact_id = $2, is_main = FALSE WHERE contact_id = $1", from, to))
        .await?;
    tx.exec(q!(
        "UPDATE contact_numbers SET contact_id = $2 WHERE contact_id = $1 AND id IN
            (SELECT CAST(moved AS BIGINT) FROM file_merge_moves WHERE merge_id = $3 AND what = 'number')",
        from,
        to,
        id
    ))
    .await?;
    move_tags(tx, id, FileKind::Contact, from.0, to.0).await
}

/// Gives back the addresses, numbers and tags that the merge moved and that are still where it put them.
pub(in crate::customers) async fn return_ways(
    tx: &mut Tx,
    id: MergeId,
    kept: ContactId,
    merged: ContactId,
) -> Result<()> {
    tx.exec(q!(
        "UPDATE contact_addresses SET contact_id = $3, is_main = EXISTS (SELECT 1 FROM file_merge_moves m
            WHERE m.merge_id = $1 AND m.what = 'main' AND m.moved = contact_addresses.address)
         WHERE contact_id = $2 AND address IN
            (SELECT moved FROM file_merge_moves WHERE merge_id = $1 AND what = 'address')",
        id,
        kept,
        merged
    ))
    .await?;
    tx.exec(q!(
        "UPDATE contact_numbers SET contact_id = $3 WHERE contact_id = $2
           AND id IN (SELECT CAST(moved AS BIGINT) FROM file_merge_moves WHERE merge_id = $1 AND what = 'number')
           AND NOT EXISTS (SELECT 1 FROM contact_numbers o
                WHERE o.contact_id = $3 AND o.number_e164 = contact_numbers.number_e164)",
        id,
        kept,
        merged
    ))
    .await?;
    return_tags(tx, id, FileKind::Contact, kept.0).await?;
    Ok(())
}

/// Puts a name and a kind back, where they are still what the merge made of them.
pub(in crate::customers) async fn rename_back(
    tx: &mut Tx,
    id: OrganisationId,
    (name, kind): (&str, OrganisationKind),
    (was_name, was_kind): (&str, OrganisationKind),
) -> Result<()> {
    tx.exec(q!("UPDATE organisations SET name = $3 WHERE id = $1 AND name = $2", id, name, was_name)).await?;
    tx.exec(q!("UPDATE organisations SET kind = $3 WHERE id = $1 AND kind = $2", id, kind, was_kind)).await?;
    Ok(())
}

/// The same for a contact's name and note.
pub(in crate::customers) async fn reword_back(
    tx: &mut Tx,
    id: ContactId,
    (name, note): (&str, &str),
    (was_name, was_note): (&str, &str),
) -> Result<()> {
    tx.exec(q!("UPDATE contacts SET name = $3 WHERE id = $1 AND name = $2", id, name, was_name)).await?;
    tx.exec(q!("UPDATE contacts SET note = $3 WHERE id = $1 AND note = $2", id, note, was_note)).await?;
    Ok(())
}

/// Notes that two are not the same. The smaller number comes first.
pub(in crate::customers) async fn insert_distinct(tx: &mut Tx, kind: FileKind, one: i64, other: i64) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO file_distinct (kind, one_id, other_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        kind,
        one.min(other),
        one.max(other)
    ))
    .await
}

/// The pairs that are not the same, the smaller number first; 10,000 at the most.
pub async fn distinct(on: impl Read, kind: FileKind) -> Result<Vec<(i64, i64)>> {
    on.all(q!("SELECT one_id, other_id FROM file_distinct WHERE kind = $1 ORDER BY one_id, other_id LIMIT 10000", kind))
        .await
}
