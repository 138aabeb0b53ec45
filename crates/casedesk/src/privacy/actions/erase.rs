//! An erasure: asked for by name, then done batch by batch. It can break off anywhere and go on: what is done is not found
//! again, and who it is about is known until the very end.
use super::steps;
use super::{ask, name, note};
use crate::desk::Desk;
use crate::privacy::jobs::{Erase, Step};
use crate::privacy::rules::{self, Circle, Scrub};
use crate::privacy::store::{self, Request};
use crate::privacy::{PrivacyError, RequestId, RequestKind, RequestState, Subject};
use crate::queue;
use crate::search;
use crate::staff::Viewer;

/// Erases somebody, once the name was typed.
pub async fn ask_erasure(desk: &Desk, by: &Viewer, subject: Subject, typed: &str) -> Result<RequestId, PrivacyError> {
    let mut tx = desk.db().begin().await?;
    let name = name(&mut tx, subject).await?;
    if !rules::is_the_name(typed, &name) {
        return Err(PrivacyError::NotTheName(name));
    }
    let request = ask(&mut tx, desk, by, (RequestKind::Erasure, subject, false)).await?;
    let first = Erase { request, step: Step::Cases, after: 0, word: String::new() };
    queue::enqueue(&mut tx, &first, desk.now()).await?;
    tx.commit().await?;
    Ok(request)
}

/// Who is erased, as they are looked for.
pub(super) struct Known {
    pub(super) subject: Subject,
    pub(super) circle: Circle,
    pub(super) names: Vec<String>,
    /// Addresses and telephone numbers, in lower case.
    pub(super) words: Vec<String>,
    pub(super) numbers: Vec<String>,
}

impl Known {
    async fn load(desk: &Desk, subject: Subject) -> Result<Self, PrivacyError> {
        let contacts = store::contacts(desk.db(), subject).await?;
        let addresses = store::addresses(desk.db(), subject).await?;
        let numbers = store::numbers(desk.db(), subject).await?;
        // A switchboard rings for others too.
        let shared = store::shared_numbers(desk.db(), subject).await?;
        let numbers = numbers.into_iter().map(|(_, number, _)| number);
        let numbers: Vec<String> = numbers.filter(|number| !shared.contains(number)).collect();
        let addresses = addresses.into_iter().map(|(_, address, _)| address.to_lowercase()).collect();
        let circle = Circle { contacts: contacts.iter().map(|(id, _)| *id).collect(), addresses };
        let words = circle.addresses.iter().cloned().chain(numbers.iter().cloned()).collect();
        let mut names: Vec<String> = contacts.into_iter().map(|(_, name)| name).collect();
        for (before, after) in store::earlier_names(desk.db(), subject).await? {
            names.extend([before, after].iter().filter_map(|json| rules::name_in(json)));
        }
        names.sort();
        names.dedup();
        Ok(Self { subject, circle, names, words, numbers })
    }

    /// Looks for addresses and numbers alone: others may be called the same.
    pub(super) fn addresses(&self) -> Scrub {
        Scrub::addresses(self.words.iter().cloned())
    }
}

/// One batch. The next one is asked for when it is done.
pub async fn run_erasure(desk: &Desk, job: Erase) -> Result<(), PrivacyError> {
    let Some(request) = store::request(desk.db(), job.request).await? else { return Ok(()) };
    if request.state != RequestState::Running {
        return Ok(());
    }
    let known = Known::load(desk, request.subject()).await?;
    let next = match job.step {
        Step::Cases => steps::cases(desk, &known).await?.then_some(0),
        Step::Entries => steps::entries(desk, &known, job.after).await?,
        Step::Events => steps::events(desk, &known, job.after).await?,
        Step::Unfiled => steps::unfiled(desk, &known, job.after).await?,
        Step::Waiting => steps::waiting(desk, &known).await?,
        Step::Places => steps::places(desk, &known, job.after).await?,
        Step::Rest => steps::rest(desk, &known).await?,
        Step::Words => return words_step(desk, &request, job).await,
    };
    let (step, after) = match (job.step, next) {
        (step, Some(after)) => (step, after),
        (Step::Cases, None) => (Step::Entries, 0),
        (Step::Entries, None) => (Step::Events, 0),
        (Step::Events, None) => (Step::Unfiled, 0),
        (Step::Unfiled, None) => (Step::Waiting, 0),
        (Step::Waiting, None) => (Step::Places, 0),
        (Step::Places, None) => (Step::Rest, 0),
        (Step::Rest | Step::Words, None) => (Step::Words, 0),
    };
    go_on(desk, Erase { request: job.request, step, after, word: String::new() }).await
}

async fn go_on(desk: &Desk, next: Erase) -> Result<(), PrivacyError> {
    let mut tx = desk.db().begin().await?;
    queue::enqueue(&mut tx, &next, desk.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Words that nothing has any more leave the search, then it is over.
async fn words_step(desk: &Desk, request: &Request, job: Erase) -> Result<(), PrivacyError> {
    if let Some(word) = search::forget_words(desk.db(), &job.word).await? {
        return go_on(desk, Erase { word, ..job }).await;
    }
    let mut tx = desk.db().begin().await?;
    let outcome = "Everything that was listed is erased. Files are gone within the hour, backups when they age out.";
    if store::end(&mut tx, request.id, RequestState::Done, outcome, desk.now()).await? == 1 {
        note(&mut tx, desk, request, "privacy.erased").await?;
    }
    tx.commit().await?;
    Ok(())
}
