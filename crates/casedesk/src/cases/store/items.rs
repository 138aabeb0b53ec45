//! Which cases ask for which items of the roadmap.
use crate::cases::{CaseId, CaseState};
use crate::customers::OrganisationId;
use crate::db::{Read, Result, Tx};
use crate::kit::Timestamp;
use crate::products::{ItemId, ProductId, RoadmapStatus};
use crate::q;
use crate::staff::{AgentId, TeamId};

/// How many items of one case are listed, and cases of one item.
const MOST: i64 = 50;

/// A link as it is kept.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct CaseItem {
    pub organisation_id: OrganisationId,
    /// The vote of the organisation is there because of this link.
    pub voted: bool,
}

pub struct NewCaseItem {
    pub case: CaseId,
    pub item: ItemId,
    pub organisation: OrganisationId,
    pub agent: AgentId,
    pub voted: bool,
}

pub async fn case_item(on: impl Read, case: CaseId, item: ItemId) -> Result<Option<CaseItem>> {
    on.opt(q!("SELECT organisation_id, voted FROM case_items WHERE case_id = $1 AND item_id = $2", case, item)).await
}

pub async fn insert_case_item(tx: &mut Tx, new: &NewCaseItem, now: Timestamp) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO case_items (case_id, item_id, organisation_id, agent_id, voted, at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.case,
        new.item,
        new.organisation,
        new.agent,
        new.voted,
        now
    ))
    .await
}

pub async fn delete_case_item(tx: &mut Tx, case: CaseId, item: ItemId) -> Result<u64> {
    tx.exec(q!("DELETE FROM case_items WHERE case_id = $1 AND item_id = $2", case, item)).await
}

/// Lets the vote stand for another case of the organisation; 0: there is none.
pub async fn hand_vote_on(tx: &mut Tx, item: ItemId, organisation: OrganisationId) -> Result<u64> {
    tx.exec(q!(
        "UPDATE case_items SET voted = TRUE WHERE item_id = $1 AND case_id =
            (SELECT MIN(case_id) FROM case_items WHERE item_id = $1 AND organisation_id = $2)",
        item,
        organisation
    ))
    .await
}

/// An item of the roadmap that a case asks for.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct LinkedItem {
    pub id: ItemId,
    pub product_id: ProductId,
    pub title: String,
    pub status: RoadmapStatus,
    pub target: Option<String>,
    /// How many organisations want it.
    pub votes: i64,
}

/// What a case asks for, 50 items at the most.
pub async fn items_of_case(on: impl Read, case: CaseId) -> Result<Vec<LinkedItem>> {
    on.all(q!(
        "SELECT i.id, i.product_id, i.title, i.status, i.target,
            (SELECT COUNT(*) FROM roadmap_votes v WHERE v.item_id = i.id) AS votes
         FROM case_items l JOIN roadmap_items i ON i.id = l.item_id WHERE l.case_id = $1 ORDER BY l.at, i.id LIMIT $2",
        case,
        MOST
    ))
    .await
}

/// A case in short.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CaseInShort {
    pub id: CaseId,
    pub subject: String,
    pub state: CaseState,
}

/// The cases that ask for an item and that the viewer may see, the newest first, 50 at the most.
pub async fn cases_of_item(on: impl Read, item: ItemId, hidden: &[TeamId]) -> Result<Vec<CaseInShort>> {
    let query = q!(
        "SELECT c.id, c.subject, c.state FROM case_items l JOIN cases c ON c.id = l.case_id WHERE l.item_id = $1",
        item
    );
    on.all(super::case::unhidden(query, "c.team_id", hidden).push(" ORDER BY c.id DESC LIMIT ").bind(MOST)).await
}

/// These cases, or those that they are merged into, where the viewer may see them.
pub async fn shown_as(on: impl Read, ids: &[CaseId], hidden: &[TeamId]) -> Result<Vec<(CaseId, CaseInShort)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        hit: CaseId,
        #[sqlx(flatten)]
        case: CaseInShort,
    }
    let query = crate::db::Query::new(
        "SELECT h.id AS hit, c.id, c.subject, c.state FROM cases h JOIN cases c ON c.id = COALESCE(h.merged_into, h.id)
         WHERE h.id IN ",
    )
    .bind_list(ids.iter().copied());
    let most = i64::try_from(ids.len()).unwrap_or(0);
    let query = super::case::unhidden(query, "c.team_id", hidden).push(" ORDER BY c.id DESC LIMIT ").bind(most);
    let rows: Vec<Row> = on.all(query).await?;
    Ok(rows.into_iter().map(|row| (row.hit, row.case)).collect())
}
