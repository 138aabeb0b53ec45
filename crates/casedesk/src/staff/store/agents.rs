//! Agents and their addresses.
use crate::db::{Db, Read, Result, Tx};
use crate::kit::Timestamp;
use crate::q;
use crate::staff::{AgentId, Role};

/// An agent as the desk's own pages need it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
    pub signature: String,
    pub time_zone: String,
    /// Where the telephone system rings them; empty: nowhere.
    pub phone_extension: String,
    #[sqlx(flatten)]
    pub mail: MailMe,
    pub has_password: bool,
    pub has_totp: bool,
}

/// What an agent is mailed about besides what their pages show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MailMe {
    pub mail_mentioned: bool,
    pub mail_assigned: bool,
    pub mail_answered: bool,
}

/// What everybody may know of an agent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Colleague {
    pub id: AgentId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub disabled: bool,
}

impl Colleague {
    pub fn initials(&self) -> String {
        crate::kit::names::initials(&self.name)
    }
}

/// What a login is checked against.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Locks {
    pub id: AgentId,
    pub password_hash: Option<String>,
    pub totp_secret: Option<String>,
}

pub struct NewAgent<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub role: Role,
    pub password_hash: Option<&'a str>,
    pub at: Timestamp,
}

macro_rules! agent_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, email, role, disabled_at, created_at, last_seen_at, signature, time_zone, phone_extension,
                    mail_mentioned, mail_assigned, mail_answered,
                    password_hash IS NOT NULL AS has_password, totp_secret IS NOT NULL AS has_totp FROM agents ",
            $rest
        )
    };
}

macro_rules! colleague_where {
    ($rest:literal) => {
        concat!("SELECT id, name, email, role, disabled_at IS NOT NULL AS disabled FROM agents ", $rest)
    };
}

/// Those who work here now, by name.
pub async fn agents(db: &Db) -> Result<Vec<Colleague>> {
    db.all(q!(colleague_where!("WHERE disabled_at IS NULL ORDER BY name, id"))).await
}

/// Also those who have left, for the names in old entries.
pub async fn everybody(db: &Db) -> Result<Vec<Colleague>> {
    db.all(q!(colleague_where!("ORDER BY name, id"))).await
}

/// Everybody with the details that administrators see.
pub async fn roster(db: &Db) -> Result<Vec<Agent>> {
    db.all(q!(agent_where!("ORDER BY CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, name, id"))).await
}

pub async fn agent(from: impl Read, id: AgentId) -> Result<Option<Agent>> {
    from.opt(q!(agent_where!("WHERE id = $1"), id)).await
}

/// `email` in lower case.
pub async fn by_email(from: impl Read, email: &str) -> Result<Option<Agent>> {
    from.opt(q!(agent_where!("WHERE email = $1"), email)).await
}

/// Who works here and is rung at this extension.
pub async fn by_extension(from: impl Read, extension: &str) -> Result<Option<Agent>> {
    from.opt(q!(
        agent_where!("WHERE phone_extension = $1 AND disabled_at IS NULL AND phone_extension <> ''"),
        extension
    ))
    .await
}

/// 0: somebody else has it.
pub async fn set_extension(tx: &mut Tx, id: AgentId, extension: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE agents SET phone_extension = $2
         WHERE id = $1 AND ($2 = '' OR NOT EXISTS (SELECT 1 FROM agents WHERE phone_extension = $2 AND id <> $1))",
        id,
        extension
    ))
    .await
}

pub async fn count(from: impl Read) -> Result<i64> {
    let (count,): (i64,) = from.one(q!("SELECT COUNT(*) FROM agents")).await?;
    Ok(count)
}

/// Everybody who works here.
pub async fn working_ids(tx: &mut Tx) -> Result<Vec<AgentId>> {
    let rows: Vec<(AgentId,)> = tx.all(q!("SELECT id FROM agents WHERE disabled_at IS NULL ORDER BY id")).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Administrators who can log in, besides `id`.
pub async fn other_admins(tx: &mut Tx, id: AgentId) -> Result<i64> {
    let (count,): (i64,) = tx
        .one(q!(
            "SELECT COUNT(*) FROM agents
             WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL AND id <> $1",
            id
        ))
        .await?;
    Ok(count)
}

pub async fn locks_by_email(db: &Db, email: &str) -> Result<Option<Locks>> {
    db.opt(q!("SELECT id, password_hash, totp_secret FROM agents WHERE email = $1 AND disabled_at IS NULL", email))
        .await
}

pub async fn locks(from: impl Read, id: AgentId) -> Result<Option<Locks>> {
    from.opt(q!("SELECT id, password_hash, totp_secret FROM agents WHERE id = $1 AND disabled_at IS NULL", id)).await
}

pub async fn insert(tx: &mut Tx, new: &NewAgent<'_>) -> Result<AgentId> {
    let id = tx
        .insert(q!(
            "INSERT INTO agents (name, email, role, password_hash, created_at, time_zone)
             VALUES ($1, $2, $3, $4, $5, '') RETURNING id",
            new.name,
            new.email,
            new.role,
            new.password_hash,
            new.at
        ))
        .await?;
    Ok(AgentId(id))
}

pub async fn set_password(tx: &mut Tx, id: AgentId, hash: &str) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET password_hash = $2 WHERE id = $1", id, hash)).await
}

/// Sets the zone of an agent who has none. 0: they have one.
pub async fn set_unknown_zone(tx: &mut Tx, id: AgentId, time_zone: &str) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET time_zone = $2 WHERE id = $1 AND time_zone = ''", id, time_zone)).await
}

pub async fn set_profile(tx: &mut Tx, id: AgentId, name: &str, signature: &str, time_zone: &str) -> Result<u64> {
    tx.exec(q!(
        "UPDATE agents SET name = $2, signature = $3, time_zone = $4 WHERE id = $1",
        id,
        name,
        signature,
        time_zone
    ))
    .await
}

pub async fn set_mail(tx: &mut Tx, id: AgentId, mail: MailMe) -> Result<u64> {
    tx.exec(q!(
        "UPDATE agents SET mail_mentioned = $2, mail_assigned = $3, mail_answered = $4 WHERE id = $1",
        id,
        mail.mail_mentioned,
        mail.mail_assigned,
        mail.mail_answered
    ))
    .await
}

/// They sit at an open page.
pub async fn set_present(tx: &mut Tx, id: AgentId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET present_at = $2 WHERE id = $1", id, at)).await
}

pub async fn set_name(tx: &mut Tx, id: AgentId, name: &str) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET name = $2 WHERE id = $1", id, name)).await
}

pub async fn set_role(tx: &mut Tx, id: AgentId, role: Role) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET role = $2 WHERE id = $1", id, role)).await
}

pub async fn set_disabled(tx: &mut Tx, id: AgentId, at: Option<Timestamp>) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET disabled_at = $2 WHERE id = $1", id, at)).await
}

/// A new second factor, or none.
pub async fn set_totp(tx: &mut Tx, id: AgentId, secret: Option<&str>, step: Option<i64>) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET totp_secret = $2, totp_last_step = $3 WHERE id = $1", id, secret, step)).await
}

/// Takes a code's time step; no row when it or a later one was taken before.
pub async fn take_totp_step(tx: &mut Tx, id: AgentId, step: i64) -> Result<u64> {
    tx.exec(q!(
        "UPDATE agents SET totp_last_step = $2 WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)",
        id,
        step
    ))
    .await
}

pub async fn seen(tx: &mut Tx, id: AgentId, at: Timestamp) -> Result<u64> {
    tx.exec(q!("UPDATE agents SET last_seen_at = $2 WHERE id = $1", id, at)).await
}

/// Whether somebody else than `besides` is known under `address`.
pub async fn address_taken(tx: &mut Tx, address: &str, besides: Option<AgentId>) -> Result<bool> {
    let found: Option<(AgentId,)> = tx
        .opt(q!(
            "SELECT owner FROM (SELECT id AS owner FROM agents WHERE email = $1
             UNION ALL SELECT agent_id AS owner FROM agent_addresses WHERE address = $1) o
             WHERE owner <> $2 LIMIT 1",
            address,
            besides.unwrap_or(AgentId(0))
        ))
        .await?;
    Ok(found.is_some())
}

pub async fn addresses_of(from: impl Read, id: AgentId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        from.all(q!("SELECT address FROM agent_addresses WHERE agent_id = $1 ORDER BY address", id)).await?;
    Ok(rows.into_iter().map(|(address,)| address).collect())
}

/// Every address that stands for an agent who works here: the one to log in with and the others.
pub async fn all_agent_addresses(db: &Db) -> Result<Vec<(String, AgentId)>> {
    db.all(q!("SELECT email, id FROM agents WHERE disabled_at IS NULL
               UNION ALL SELECT a.address, a.agent_id FROM agent_addresses a
               JOIN agents g ON g.id = a.agent_id WHERE g.disabled_at IS NULL"))
        .await
}

pub async fn clear_addresses(tx: &mut Tx, id: AgentId) -> Result<u64> {
    tx.exec(q!("DELETE FROM agent_addresses WHERE agent_id = $1", id)).await
}

pub async fn add_address(tx: &mut Tx, id: AgentId, address: &str) -> Result<u64> {
    tx.exec(q!("INSERT INTO agent_addresses (address, agent_id) VALUES ($1, $2)", address, id)).await
}
