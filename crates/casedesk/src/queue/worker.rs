//! Runs jobs: claims those that are due, a few at a time, and sleeps until a commit or the clock wakes it.
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::store::{self, Claimed};
use super::{Job, Retry, WAKE};
use crate::db::{Db, Dialect};
use crate::kit::Clock;

/// How long a job may take before another worker may start it again.
const LEASE: Duration = Duration::from_mins(10);
/// How many jobs run at once on this node.
const WIDTH: usize = 8;
/// The longest sleep, so that a lost notice costs at most this.
const NAP: Duration = Duration::from_secs(20);

/// The pause when the database refuses, as on a full disk.
const PAUSE: Duration = Duration::from_secs(1);

type Outcome = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

type Run = dyn Fn(&str) -> anyhow::Result<Outcome> + Send + Sync;
type GiveUp = dyn Fn(&str, String) -> anyhow::Result<Outcome> + Send + Sync;

struct Handler {
    retry: Retry,
    run: Box<Run>,
    given_up: Box<GiveUp>,
}

/// Every job kind this program can run.
pub struct Worker {
    db: Db,
    clock: Clock,
    handlers: HashMap<&'static str, Handler>,
}

impl Worker {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, handlers: HashMap::new() }
    }

    #[must_use]
    pub fn register<J: Job>(mut self, room: J::Room) -> Self {
        let other = room.clone();
        let handler = Handler {
            retry: J::RETRY,
            run: Box::new(move |payload| {
                let job: J = serde_json::from_str(payload)?;
                Ok(Box::pin(job.run(room.clone())) as Outcome)
            }),
            given_up: Box::new(move |payload, error| {
                let job: J = serde_json::from_str(payload)?;
                Ok(Box::pin(job.given_up(other.clone(), error)) as Outcome)
            }),
        };
        self.handlers.insert(J::KIND, handler);
        self
    }

    /// Every kind of job that it can run.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.handlers.keys().copied()
    }

    /// Runs until `stop`, then lets the jobs under way finish.
    pub async fn run(self, stop: CancellationToken) {
        if self.db.dialect() == Dialect::Sqlite
            && let Err(error) = self.release_all().await
        {
            tracing::warn!(%error, "jobs of the last run could not be given back");
        }
        let worker = Arc::new(self);
        let (tracker, room) = (TaskTracker::new(), Arc::new(Semaphore::new(WIDTH)));
        let mut notices = worker.db.subscribe();
        while !stop.is_cancelled() {
            match worker.start_due(&tracker, &room).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "jobs could not be claimed");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = woken(&mut notices) => {}
                () = tokio::time::sleep(worker.nap().await) => {}
            }
        }
        tracker.close();
        tracker.wait().await;
    }

    /// Runs everything that is due now, one after the other, until nothing is; for tests and commands.
    pub async fn drain(&self) -> crate::db::Result<usize> {
        let mut ran = 0;
        loop {
            let jobs = self.claim(1).await?;
            if jobs.is_empty() {
                return Ok(ran);
            }
            for job in jobs {
                self.run_one(job).await;
                ran += 1;
            }
        }
    }

    async fn start_due(self: &Arc<Self>, tracker: &TaskTracker, room: &Arc<Semaphore>) -> crate::db::Result<usize> {
        let Ok(first) = room.clone().acquire_owned().await else { return Ok(0) };
        let mut permits = vec![first];
        while let Ok(permit) = room.clone().try_acquire_owned() {
            permits.push(permit);
        }
        if store::next_due(&self.db).await?.is_none_or(|at| at > self.clock.now()) {
            return Ok(0);
        }
        let jobs = self.claim(i64::try_from(permits.len()).unwrap_or(1)).await?;
        let started = jobs.len();
        for (job, permit) in jobs.into_iter().zip(permits) {
            let worker = self.clone();
            tracker.spawn(async move {
                worker.run_one(job).await;
                drop(permit);
            });
        }
        Ok(started)
    }

    async fn claim(&self, limit: i64) -> crate::db::Result<Vec<Claimed>> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let jobs = store::claim(&mut tx, now, now.plus(LEASE), limit).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    async fn run_one(&self, job: Claimed) {
        let result = match self.handlers.get(job.kind.as_str()) {
            None => Err(anyhow::anyhow!("no handler for this kind of job")),
            Some(handler) => match (handler.run)(&job.payload) {
                Ok(work) => finish_of(work).await,
                Err(error) => Err(error),
            },
        };
        metrics::counter!("casedesk_jobs_total", "kind" => job.kind.clone(), "ok" => if result.is_ok() { "true" } else { "false" })
            .increment(1);
        if let Err(error) = self.settle(&job, result).await {
            tracing::error!(%error, job = job.id, kind = job.kind, "the outcome of a job could not be kept");
        }
    }

    async fn settle(&self, job: &Claimed, result: anyhow::Result<()>) -> crate::db::Result<()> {
        let Err(error) = result else {
            let mut tx = self.db.begin().await?;
            store::finish(&mut tx, job.id, job.attempts).await?;
            return tx.commit().await;
        };
        let now = self.clock.now();
        let retry = self.handlers.get(job.kind.as_str()).map_or(Retry::SHORT, |h| h.retry);
        let pause = retry.pause(job.attempts);
        let parked = now.plus(pause) > job.created_at.plus(retry.give_up_after);
        // What a far end says may name people: its words are kept in the database, where administrators see them.
        let why = category(&error);
        tracing::warn!(why, job = job.id, kind = job.kind, attempt = job.attempts, parked, "a job failed");
        let mut tx = self.db.begin().await?;
        let state = if parked { "parked" } else { "ready" };
        store::fail(&mut tx, job, state, now.plus(pause), &format!("{error:#}")).await?;
        tx.commit().await?;
        if parked
            && let Some(handler) = self.handlers.get(job.kind.as_str())
            && let Err(error) = match (handler.given_up)(&job.payload, format!("{error:#}")) {
                Ok(work) => finish_of(work).await,
                Err(error) => Err(error),
            }
        {
            tracing::error!(why = category(&error), job = job.id, kind = job.kind, "giving up a job failed");
        }
        Ok(())
    }

    async fn release_all(&self) -> crate::db::Result<()> {
        let mut tx = self.db.begin().await?;
        store::release_all(&mut tx).await?;
        tx.commit().await
    }

    async fn nap(&self) -> Duration {
        match store::next_due(&self.db).await {
            Ok(Some(at)) => at.since(self.clock.now()).clamp(Duration::from_millis(5), NAP),
            _ => NAP,
        }
    }
}

/// The outcome of work in a task of its own, so that a panic is a failed try and no more.
async fn finish_of(work: Outcome) -> anyhow::Result<()> {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(panic) => Err(anyhow::Error::new(panic).context("the job broke off")),
    }
}

/// What kind of thing went wrong, without its words.
fn category(error: &anyhow::Error) -> &'static str {
    let is = |wanted: fn(&(dyn std::error::Error + 'static)) -> bool| error.chain().any(wanted);
    if is(|cause| cause.is::<tokio::task::JoinError>()) {
        "broke off"
    } else if is(|cause| cause.is::<crate::db::Error>()) {
        "database"
    } else if is(|cause| cause.is::<serde_json::Error>()) {
        "payload"
    } else if is(|cause| cause.is::<std::io::Error>()) {
        "input or output"
    } else {
        "refused or not possible"
    }
}

/// Returns when somebody enqueued something, or when notices were missed.
async fn woken(notices: &mut tokio::sync::broadcast::Receiver<String>) {
    loop {
        match notices.recv().await {
            Ok(notice) if notice == WAKE => return,
            Ok(_) => {}
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(200)).await;
                return;
            }
        }
    }
}
