//! SQL of support options, contracts and licences.
use crate::customers::{
    ContractId, ContractTerms, LicenceId, LicenceTerms, OptionTerms, OrganisationId, SupportOptionId, SupportTarget,
};
use crate::db::{Query, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;

/// How many options there can be, and contracts, licences or installations of one organisation.
pub const MOST: i64 = 200;

/// A support option as stored; its channels are words with spaces between.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OptionRow {
    pub id: SupportOptionId,
    pub name: String,
    pub channels: String,
    pub hours: String,
    pub covers: String,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Counts where no contract is in force.
    pub is_default: bool,
    /// Everybody may read about it.
    pub is_public: bool,
    /// When its words last changed, or it was made public.
    pub changed_at: Timestamp,
}

impl OptionRow {
    /// The terms, with the targets that are stored apart.
    pub fn terms(&self, targets: Vec<SupportTarget>) -> OptionTerms {
        OptionTerms {
            name: self.name.clone(),
            channels: self.channels.split(' ').filter_map(|word| word.parse().ok()).collect(),
            hours: self.hours.clone(),
            covers: self.covers.clone(),
            targets,
        }
    }
}

/// A contract with the name of its option.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Contract {
    pub id: ContractId,
    pub organisation_id: OrganisationId,
    pub option_name: String,
    /// The contract that this one goes on from.
    pub renews_id: Option<ContractId>,
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub terms: ContractTerms,
}

/// A licence with the name of its product.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Licence {
    pub id: LicenceId,
    pub organisation_id: OrganisationId,
    pub product_name: Option<String>,
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub terms: LicenceTerms,
}

impl Licence {
    /// The number of its product; 0 when it has none.
    pub fn product(&self) -> i64 {
        self.terms.product_id.map_or(0, |id| id.0)
    }
}

const OPTIONS: &str = "SELECT id, name, channels, hours, covers, archived_at, created_at, is_default, is_public,
    CASE WHEN changed_at > created_at THEN changed_at ELSE created_at END AS changed_at FROM support_options ";

pub async fn options(on: impl Read) -> Result<Vec<OptionRow>> {
    let query = Query::new(OPTIONS).push("ORDER BY (CASE WHEN archived_at IS NULL THEN 0 ELSE 1 END), name LIMIT ");
    on.all(query.bind(MOST)).await
}

/// What is on sale and may be read about by everybody.
pub async fn public_options(on: impl Read) -> Result<Vec<OptionRow>> {
    let query = Query::new(OPTIONS).push("WHERE is_public AND archived_at IS NULL ORDER BY name LIMIT ");
    on.all(query.bind(MOST)).await
}

/// Whether there is anything on the public page of support options.
pub async fn has_public_options(on: impl Read) -> Result<bool> {
    let (any,): (bool,) =
        on.one(q!("SELECT EXISTS (SELECT 1 FROM support_options WHERE is_public AND archived_at IS NULL)")).await?;
    Ok(any)
}

pub async fn option(on: impl Read, id: SupportOptionId) -> Result<Option<OptionRow>> {
    on.opt(Query::new(OPTIONS).push("WHERE id = ").bind(id)).await
}

/// The option that counts where no contract is in force.
pub async fn default_option(on: impl Read) -> Result<Option<OptionRow>> {
    on.opt(Query::new(OPTIONS).push("WHERE is_default")).await
}

pub(in crate::customers) async fn set_public_option(
    tx: &mut Tx,
    id: SupportOptionId,
    public: bool,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!("UPDATE support_options SET is_public = $2, changed_at = $3 WHERE id = $1", id, public, now)).await
}

/// Makes this the option that counts where no contract is in force; `None`: there is none.
pub(in crate::customers) async fn set_default_option(tx: &mut Tx, id: Option<SupportOptionId>) -> Result<u64> {
    tx.exec(q!("UPDATE support_options SET is_default = FALSE WHERE is_default")).await?;
    tx.exec(q!("UPDATE support_options SET is_default = TRUE WHERE id = $1", id)).await
}

/// Whether anything may be promised to this organisation, now or later.
pub async fn may_be_promised(on: impl Read, organisation: Option<OrganisationId>) -> Result<bool> {
    let (any,): (bool,) = on
        .one(q!(
            "SELECT EXISTS (SELECT 1 FROM support_options WHERE is_default)
                 OR EXISTS (SELECT 1 FROM contracts WHERE organisation_id = $1)",
            organisation
        ))
        .await?;
    Ok(any)
}

pub async fn option_by_name(on: impl Read, name: &str) -> Result<Option<SupportOptionId>> {
    let row: Option<(SupportOptionId,)> = on.opt(q!("SELECT id FROM support_options WHERE name = $1", name)).await?;
    Ok(row.map(|(id,)| id))
}

pub async fn count_options(on: impl Read) -> Result<i64> {
    let (count,): (i64,) = on.one(q!("SELECT COUNT(*) FROM support_options")).await?;
    Ok(count)
}

pub async fn targets(on: impl Read, id: SupportOptionId) -> Result<Vec<SupportTarget>> {
    on.all(q!(
        "SELECT priority, first_response_min, next_response_min, resolve_min FROM support_option_targets
         WHERE option_id = $1 ORDER BY priority LIMIT 10",
        id
    ))
    .await
}

fn channels(terms: &OptionTerms) -> String {
    terms.channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(" ")
}

pub(in crate::customers) async fn insert_option(
    tx: &mut Tx,
    terms: &OptionTerms,
    now: Timestamp,
) -> Result<SupportOptionId> {
    let id = tx
        .insert(q!(
            "INSERT INTO support_options (name, channels, hours, covers, created_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            &terms.name,
            channels(terms),
            &terms.hours,
            &terms.covers,
            now
        ))
        .await?;
    Ok(SupportOptionId(id))
}

pub(in crate::customers) async fn update_option(
    tx: &mut Tx,
    id: SupportOptionId,
    terms: &OptionTerms,
    now: Timestamp,
) -> Result<u64> {
    tx.exec(q!(
        "UPDATE support_options SET name = $2, channels = $3, hours = $4, covers = $5, changed_at = $6 WHERE id = $1",
        id,
        &terms.name,
        channels(terms),
        &terms.hours,
        &terms.covers,
        now
    ))
    .await
}

pub(in crate::customers) async fn archive_option(
    tx: &mut Tx,
    id: SupportOptionId,
    at: Option<Timestamp>,
) -> Result<u64> {
    tx.exec(q!("UPDATE support_options SET archived_at = $2 WHERE id = $1", id, at)).await
}

pub(in crate::customers) async fn delete_targets(tx: &mut Tx, id: SupportOptionId) -> Result<u64> {
    tx.exec(q!("DELETE FROM support_option_targets WHERE option_id = $1", id)).await
}

pub(in crate::customers) async fn insert_target(
    tx: &mut Tx,
    id: SupportOptionId,
    target: &SupportTarget,
) -> Result<u64> {
    tx.exec(q!(
        "INSERT INTO support_option_targets (option_id, priority, first_response_min, next_response_min, resolve_min)
         VALUES ($1, $2, $3, $4, $5)",
        id,
        target.priority,
        target.first_response_min,
        target.next_response_min,
        target.resolve_min
    ))
    .await
}

pub(super) const CONTRACTS: &str =
    "SELECT c.id, c.organisation_id, c.option_id, o.name AS option_name, c.reference, c.starts_on,
    c.ends_on, c.seats, c.renews_months, c.renews_id FROM contracts c JOIN support_options o ON o.id = c.option_id ";

/// An organisation's contracts, the newest first.
pub async fn contracts(on: impl Read, id: OrganisationId) -> Result<Vec<Contract>> {
    let query = Query::new(CONTRACTS).push("WHERE c.organisation_id = ").bind(id);
    on.all(query.push(" ORDER BY c.starts_on DESC, c.id DESC LIMIT ").bind(MOST)).await
}

/// The contracts of several organisations.
pub async fn contracts_of_many(on: impl Read, ids: &[OrganisationId]) -> Result<Vec<Contract>> {
    let most = MOST * i64::try_from(ids.len()).unwrap_or(1);
    let query = Query::new(CONTRACTS).push("WHERE c.organisation_id IN ").bind_list(ids.iter().copied());
    on.all(query.push(" ORDER BY c.id LIMIT ").bind(most)).await
}

pub async fn contract(on: impl Read, of: OrganisationId, id: ContractId) -> Result<Option<Contract>> {
    on.opt(Query::new(CONTRACTS).push("WHERE c.organisation_id = ").bind(of).push(" AND c.id = ").bind(id)).await
}

pub(in crate::customers) async fn insert_contract(
    tx: &mut Tx,
    of: OrganisationId,
    terms: &ContractTerms,
    renews: Option<ContractId>,
    now: Timestamp,
) -> Result<ContractId> {
    let id = tx
        .insert(q!(
            "INSERT INTO contracts (organisation_id, option_id, reference, starts_on, ends_on, seats, renews_months,
                renews_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            of,
            terms.option_id,
            &terms.reference,
            &terms.starts_on,
            terms.ends_on.as_deref(),
            terms.seats,
            terms.renews_months,
            renews,
            now
        ))
        .await?;
    Ok(ContractId(id))
}

pub(in crate::customers) async fn update_contract(tx: &mut Tx, id: ContractId, terms: &ContractTerms) -> Result<u64> {
    tx.exec(q!(
        "UPDATE contracts SET option_id = $2, reference = $3, starts_on = $4, ends_on = $5, seats = $6,
            renews_months = $7 WHERE id = $1",
        id,
        terms.option_id,
        &terms.reference,
        &terms.starts_on,
        terms.ends_on.as_deref(),
        terms.seats,
        terms.renews_months
    ))
    .await
}

/// Also lets go of what followed it, and forgets what was told of its end.
pub(in crate::customers) async fn delete_contract(tx: &mut Tx, id: ContractId) -> Result<u64> {
    tx.exec(q!("UPDATE contracts SET renews_id = NULL WHERE renews_id = $1", id)).await?;
    tx.exec(q!("DELETE FROM contract_reminders WHERE contract_id = $1", id)).await?;
    tx.exec(q!("DELETE FROM contracts WHERE id = $1", id)).await
}

pub(super) const LICENCES: &str =
    "SELECT l.id, l.organisation_id, l.product_id, p.name AS product_name, l.edition, l.key_id,
    l.seats, l.expires_on FROM licences l LEFT JOIN products p ON p.id = l.product_id ";

/// An organisation's licences, the newest first.
pub async fn licences(on: impl Read, id: OrganisationId) -> Result<Vec<Licence>> {
    let query = Query::new(LICENCES).push("WHERE l.organisation_id = ").bind(id);
    on.all(query.push(" ORDER BY l.id DESC LIMIT ").bind(MOST)).await
}

pub async fn licence(on: impl Read, of: OrganisationId, id: LicenceId) -> Result<Option<Licence>> {
    on.opt(Query::new(LICENCES).push("WHERE l.organisation_id = ").bind(of).push(" AND l.id = ").bind(id)).await
}

pub(in crate::customers) async fn insert_licence(
    tx: &mut Tx,
    of: OrganisationId,
    terms: &LicenceTerms,
    now: Timestamp,
) -> Result<LicenceId> {
    let id = tx
        .insert(q!(
            "INSERT INTO licences (organisation_id, product_id, edition, key_id, seats, expires_on, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            of,
            terms.product_id,
            &terms.edition,
            &terms.key_id,
            terms.seats,
            terms.expires_on.as_deref(),
            now
        ))
        .await?;
    Ok(LicenceId(id))
}

pub(in crate::customers) async fn update_licence(tx: &mut Tx, id: LicenceId, terms: &LicenceTerms) -> Result<u64> {
    tx.exec(q!(
        "UPDATE licences SET product_id = $2, edition = $3, key_id = $4, seats = $5, expires_on = $6 WHERE id = $1",
        id,
        terms.product_id,
        &terms.edition,
        &terms.key_id,
        terms.seats,
        terms.expires_on.as_deref()
    ))
    .await
}

pub(in crate::customers) async fn delete_licence(tx: &mut Tx, id: LicenceId) -> Result<u64> {
    tx.exec(q!("DELETE FROM licences WHERE id = $1", id)).await
}
