//! How the desk stands, and what an administrator does about work that gave up.
use super::UpkeepError;
use super::rules::Standing;
use crate::db;
use crate::db::Tx;
use crate::desk::Desk;
use crate::mail;
use crate::privacy;
use crate::queue::{self, Job};
use crate::staff::{self, Audit, Viewer};
use crate::web::health::Check;
use crate::webhooks;

pub async fn standing(desk: &Desk) -> db::Result<Standing> {
    let jobs = queue::counts(desk.db()).await?;
    Ok(Standing::new(jobs, mail::store::oldest_waiting(desk.db()).await?, desk.now()))
}

/// The checks of `/health` and of `casedesk check`.
pub async fn checks(desk: &Desk) -> Vec<Check> {
    match standing(desk).await {
        Ok(standing) => standing.checks(),
        Err(_) => vec![Check { name: "work".into(), ok: false, says: "cannot be counted; the log says why".into() }],
    }
}

pub fn probe(desk: Desk) -> std::pin::Pin<Box<dyn Future<Output = Vec<Check>> + Send>> {
    Box::pin(async move { checks(&desk).await })
}

/// Sets the gauges of `/metrics`, when it is asked for.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and counts fit well")]
pub async fn gauge(desk: &Desk) -> db::Result<()> {
    let standing = standing(desk).await?;
    metrics::gauge!("casedesk_jobs_waiting").set(standing.jobs_waiting as f64);
    metrics::gauge!("casedesk_jobs_parked").set(standing.jobs_parked as f64);
    metrics::gauge!("casedesk_mail_waiting_seconds").set(standing.mail_waits.unwrap_or_default().as_secs_f64());
    Ok(())
}

/// Lets work that gave up start over.
pub async fn retry(desk: &Desk, by: &Viewer, job: i64) -> Result<(), UpkeepError> {
    let mut tx = desk.db().begin().await?;
    let (kind, payload) = queue::retry_parked(&mut tx, job, desk.now()).await?.ok_or(UpkeepError::Gone)?;
    revive(&mut tx, desk, &kind, &payload).await?;
    staff::actions::audit(&mut tx, &Audit::by(desk.now(), by, "upkeep.work_retried").on("job", job)).await?;
    tx.commit().await?;
    Ok(())
}

/// What was marked as failed when its job gave up waits again, or the job would find nothing to do.
async fn revive(tx: &mut Tx, desk: &Desk, kind: &str, payload: &str) -> Result<(), UpkeepError> {
    match kind {
        mail::jobs::Deliver::KIND => {
            mail::actions::revive(tx, desk, read::<mail::jobs::Deliver>(payload)?.entry).await?
        }
        webhooks::jobs::Deliver::KIND => {
            webhooks::store::revive_with_hook(tx, read::<webhooks::jobs::Deliver>(payload)?.delivery).await?;
        }
        privacy::jobs::Export::KIND => {
            privacy::store::revive(tx, read::<privacy::jobs::Export>(payload)?.request).await?;
        }
        privacy::jobs::Erase::KIND => {
            privacy::store::revive(tx, read::<privacy::jobs::Erase>(payload)?.request).await?;
        }
        _ => {}
    }
    Ok(())
}

fn read<J: Job>(payload: &str) -> db::Result<J> {
    serde_json::from_str(payload).map_err(|error| db::Error::Encode(error.into()))
}

/// Gives it up for good.
pub async fn give_up(desk: &Desk, by: &Viewer, job: i64) -> Result<(), UpkeepError> {
    let mut tx = desk.db().begin().await?;
    let kind = queue::delete_parked(&mut tx, job).await?.ok_or(UpkeepError::Gone)?;
    let audit = Audit::by(desk.now(), by, "upkeep.work_given_up").on("job", job);
    staff::actions::audit(&mut tx, &audit.with(serde_json::json!({ "kind": kind }))).await?;
    tx.commit().await?;
    Ok(())
}
