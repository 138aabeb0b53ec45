//! What happened to a case, as promises see it, and what follows for its clocks. Pure.
use std::time::Duration;

use casedesk_hours::{Clock, Goal, Happening, Hours, State, Target};

use crate::cases::actions::{Alarm, BROKEN, DUE_SOON};
use crate::cases::store::{Case, CaseClock, Due, Happened};
use crate::cases::{
    CallStep, CaseId, CaseState, Changed, DueState, EntryData, EntryKind, Priority, Promise, PromiseState, WaitingOn,
};
use crate::customers::SupportTarget;
use crate::customers::actions::Promised;
use crate::kit::Timestamp;

/// What is this near is urgent.
const URGENT: Duration = Duration::from_hours(1);
/// What was due longer ago than this when the desk first knew of the promise raises no alarm: a contract that is
/// written down later, or mail that is brought over, is no news.
const NEWS: Duration = Duration::from_hours(24);
/// A promise is broken after the instant at which it was due, and kept at it.
const AFTER: Duration = Duration::from_micros(1);

/// The part of a target at which it warns, and how long before it is due something is due soon.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub warn_percent: u8,
    pub soon: Duration,
}

/// Where a case stands, as far as clocks care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Open,
    OnCustomer,
    /// On anybody else, or on a date: the desk's own time.
    OnOthers,
    Solved,
}

impl Stands {
    fn of(case: &Case) -> Self {
        match (case.state, case.waiting_on) {
            (CaseState::New | CaseState::Open, _) => Self::Open,
            (CaseState::Waiting, Some(WaitingOn::Customer)) => Self::OnCustomer,
            (CaseState::Waiting, _) => Self::OnOthers,
            (CaseState::Solved | CaseState::Closed, _) => Self::Solved,
        }
    }

    /// From the words of a change of state.
    fn said(words: &str) -> Self {
        match words {
            "waiting on customer" => Self::OnCustomer,
            "solved" | "closed" => Self::Solved,
            words if words.starts_with("waiting") => Self::OnOthers,
            _ => Self::Open,
        }
    }
}

/// The history of a case while it is folded.
struct Fold {
    stands: Stands,
    happenings: Happenings,
}

impl Fold {
    fn push(&mut self, at: Timestamp, happening: Happening<Priority>) {
        self.happenings.push((instant(at), happening));
    }

    fn stand(&mut self, at: Timestamp, now: Stands) {
        let before = std::mem::replace(&mut self.stands, now);
        if before == now {
            return;
        }
        match before {
            Stands::OnCustomer => self.push(at, Happening::WaitsNoMore),
            Stands::Solved => self.push(at, Happening::Reopened),
            Stands::Open | Stands::OnOthers => {}
        }
        match now {
            Stands::OnCustomer => self.push(at, Happening::WaitsOnCustomer),
            Stands::Solved => self.push(at, Happening::Solved),
            Stands::Open | Stands::OnOthers => {}
        }
    }
}

/// What happened to a case, in order.
type Happenings = Vec<(jiff::Timestamp, Happening<Priority>)>;

/// What happened to a case since `began_at`, and the priority that it began with. What comes after `now` (a reply at
/// its hour) is left out; the third value is the first instant of that.
///
/// Messages count from the case and from all that is merged into it, changes of state and priority from the case alone.
/// A message from before the case began, which a split has moved, counts as of its beginning.
fn history(
    case: &Case,
    began_at: Timestamp,
    rows: &[Happened],
    now: Timestamp,
) -> (Happenings, Priority, Option<Timestamp>) {
    let entries: Vec<(&Happened, Option<EntryData>)> =
        rows.iter().map(|row| (row, serde_json::from_str(&row.data).ok())).collect();
    let priority = first_priority(case, &entries);
    let mut fold = Fold { stands: Stands::Open, happenings: vec![] };
    fold.push(began_at, Happening::Opened);
    fold.stand(began_at, first_state(case, &entries));
    // Replies whose hour is yet to come, as the walk goes.
    let mut waiting: Vec<(Timestamp, bool)> = vec![];
    for (row, data) in &entries {
        let (own, at) = (row.case_id == case.id, row.at.max(began_at));
        for (hour, own) in waiting.extract_if(.., |(hour, _)| *hour <= at) {
            replied(&mut fold, hour, own);
        }
        match (row.kind, data) {
            (EntryKind::MailIn, _) => fold.push(at, Happening::CustomerWrote),
            (EntryKind::MailOut, Some(data)) if is_answer(row, data) => match hour(row, data) {
                Some(hour) => waiting.push((hour, own)),
                None => replied(&mut fold, at, own),
            },
            (EntryKind::Call, Some(EntryData::Call(call))) => match call.step {
                // Somebody called, and an agent answered.
                CallStep::Logged => {
                    fold.push(call.started_at.unwrap_or(at).clamp(began_at, at), Happening::CustomerWrote);
                    fold.push(at, Happening::AgentReplied);
                }
                CallStep::Corrected | CallStep::Written if row.has_text => fold.push(at, Happening::CustomerWrote),
                _ => {}
            },
            (EntryKind::Change, Some(EntryData::Change(changed))) if own => change(&mut fold, at, changed),
            _ => {}
        }
    }
    waiting.sort_unstable();
    for (hour, own) in waiting.iter().filter(|(hour, _)| *hour <= now) {
        replied(&mut fold, *hour, *own);
    }
    let later = waiting.iter().map(|(hour, _)| *hour).find(|hour| *hour > now);
    (fold.happenings, priority, later)
}

/// After an agent's answer the customer has the next word, as `cases` has it.
fn replied(fold: &mut Fold, at: Timestamp, own: bool) {
    fold.push(at, Happening::AgentReplied);
    if own && fold.stands == Stands::Open {
        fold.stand(at, Stands::OnCustomer);
    }
}

fn change(fold: &mut Fold, at: Timestamp, changed: &Changed) {
    match (changed.field.as_str(), changed.to.as_deref()) {
        ("state", Some(to)) => fold.stand(at, Stands::said(to)),
        ("solved by the customer", _) => fold.stand(at, Stands::Solved),
        ("priority", Some(to)) => {
            if let Ok(priority) = to.parse() {
                fold.push(at, Happening::PriorityChanged(priority));
            }
        }
        _ => {}
    }
}

/// A reply counts when it was written, and one for later at its hour: until then the customer has heard nothing.
fn hour(row: &Happened, data: &EntryData) -> Option<Timestamp> {
    row.send_at.filter(|_| matches!(data, EntryData::Outgoing(details) if details.scheduled))
}

/// Whether an agent has answered by it: not what the desk writes by itself, nor what stayed on the case.
fn is_answer(row: &Happened, data: &EntryData) -> bool {
    let automatic = matches!(data, EntryData::Outgoing(details) if details.automatic);
    row.agent_id.is_some() && row.delivery.is_some() && !automatic
}

/// The priority at the beginning: what the first change says it was, or else what it is.
fn first_priority(case: &Case, entries: &[(&Happened, Option<EntryData>)]) -> Priority {
    let first = changes(case.id, entries).find(|changed| changed.field == "priority");
    first.and_then(|changed| changed.from.as_deref()).and_then(|word| word.parse().ok()).unwrap_or(case.priority)
}

/// Where a case stood at its beginning. Only one that a split has made can begin otherwise than open: what moved it
/// first says where it stood, and when nothing did it stands there still.
fn first_state(case: &Case, entries: &[(&Happened, Option<EntryData>)]) -> Stands {
    if !changes(case.id, entries).any(|changed| changed.field == "split from") {
        return Stands::Open;
    }
    let after_split = |(row, data): &&(&Happened, Option<EntryData>)| {
        row.case_id == case.id && row.at >= case.created_at && data.is_some()
    };
    for (row, data) in entries.iter().filter(after_split) {
        match data {
            Some(EntryData::Change(changed)) if changed.field == "state" => {
                return changed.from.as_deref().map_or(Stands::Open, Stands::said);
            }
            Some(EntryData::Outgoing(details)) if row.kind == EntryKind::MailOut => {
                return match details.state_before {
                    Some(CaseState::Waiting) => Stands::OnCustomer,
                    Some(CaseState::Solved | CaseState::Closed) => Stands::Solved,
                    _ => Stands::Open,
                };
            }
            _ => {}
        }
    }
    Stands::of(case)
}

fn changes<'a>(case: CaseId, entries: &'a [(&Happened, Option<EntryData>)]) -> impl Iterator<Item = &'a Changed> {
    entries.iter().filter(move |(row, _)| row.case_id == case).filter_map(|(_, data)| match data {
        Some(EntryData::Change(changed)) => Some(changed),
        _ => None,
    })
}

/// What is to be kept of the promises of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub clocks: Vec<CaseClock>,
    pub due: Option<Due>,
    pub alarms: Vec<Alarm>,
    /// When something changes by itself next.
    pub next: Option<Timestamp>,
}

/// How the promises of a case stand at `now`. `before` is what was kept of them last.
pub fn standing(
    case: &Case,
    (began_at, rows): (Timestamp, &[Happened]),
    promised: &Promised,
    before: &[CaseClock],
    now: Timestamp,
    settings: Settings,
) -> Standing {
    let terms = &promised.terms;
    let Ok(hours) = terms.hours.parse::<Hours>() else { return Standing::default() };
    let (happenings, priority, later) = history(case, began_at, rows, now);
    let mut standing = Standing::default();
    for promise in Promise::ALL {
        let rounds = Clock::rounds(priority, &goal(*promise).events(&happenings));
        // What began before there was the option was never promised.
        let Some(clock) = rounds.last().filter(|clock| moment(clock.started_at()) >= promised.since) else { continue };
        let target = terms.targets.iter().find(|target| target.priority == clock.priority());
        let Some(minutes) = target.and_then(|target| minutes(*promise, target)) else { continue };
        let known = before.iter().find(|known| known.promise == *promise);
        let Some(mut kept) = kept(*promise, clock, minutes, &hours, now, settings) else { continue };
        kept.option_name.clone_from(&terms.name);
        let alarm = alarms(&mut kept, known, now).filter(|alarm| case.state.is_open() && !is_told(case, rows, *alarm));
        standing.alarms.extend(alarm);
        standing.clocks.push(kept);
    }
    if case.state.is_open() {
        let owed = || standing.clocks.iter().filter(|clock| clock.met_at.is_none());
        let first = owed().filter_map(|clock| Some((clock.due_at?, clock))).min_by_key(|(at, _)| *at);
        let moments = owed().flat_map(|clock| moments(clock, settings));
        let next = moments.chain(later).filter(|at| *at > now).min();
        (standing.due, standing.next) = (first.map(|(at, clock)| due(at, clock, now, settings)), next);
    }
    standing
}

fn goal(promise: Promise) -> Goal {
    match promise {
        Promise::FirstResponse => Goal::FirstResponse,
        Promise::NextResponse => Goal::NextResponse,
        Promise::Resolve => Goal::Resolve,
    }
}

fn minutes(promise: Promise, target: &SupportTarget) -> Option<i64> {
    match promise {
        Promise::FirstResponse => target.first_response_min,
        Promise::NextResponse => target.next_response_min,
        Promise::Resolve => target.resolve_min,
    }
}

/// `None`: the hours are too few for the target, so that it is never due.
fn kept(
    promise: Promise,
    clock: &Clock<Priority>,
    target_min: i64,
    hours: &Hours,
    now: Timestamp,
    settings: Settings,
) -> Option<CaseClock> {
    let time = Duration::from_secs(u64::try_from(target_min).ok()?.checked_mul(60)?);
    let target = Target::new(time, settings.warn_percent).ok()?;
    let due_at = clock.due_at(target, hours).ok()?.map(moment);
    let warn_at = clock.warn_at(target, hours).ok()?.map(moment);
    let (state, left) = match clock.state(target, hours, instant(now)).ok()? {
        State::Running { soon: false, .. } => (PromiseState::Running, None),
        State::Running { .. } => (PromiseState::Warned, None),
        State::Paused { remaining } => (PromiseState::Paused, Some(remaining)),
        State::Breached { .. } => (PromiseState::Breached, None),
        State::Met { left, .. } => (PromiseState::Met, Some(left)),
        State::MetLate { .. } => (PromiseState::MetLate, None),
    };
    Some(CaseClock {
        promise,
        state,
        started_at: moment(clock.started_at()),
        due_at,
        warn_at,
        met_at: clock.met_at().map(moment),
        left_s: left.map(|left| i64::try_from(left.as_secs()).unwrap_or(i64::MAX)),
        target_min,
        option_name: String::new(),
        warning_told_at: None,
        breach_told_at: None,
    })
}

/// What is to be told of a clock now, once for each instant: what was told stays told while its instant stays, even
/// when the machine's clock goes back, and until a later instant that takes its place has come.
fn alarms(clock: &mut CaseClock, before: Option<&CaseClock>, now: Timestamp) -> Option<Alarm> {
    let before = before.filter(|before| before.started_at == clock.started_at);
    let told = |at: Option<Timestamp>, known: Option<Timestamp>, told: Option<Timestamp>| {
        told.filter(|told| at == known || at.is_none_or(|at| at <= *told))
    };
    if let Some(before) = before {
        clock.warning_told_at = told(clock.warn_at, before.warn_at, before.warning_told_at);
        clock.breach_told_at = told(clock.due_at, before.due_at, before.breach_told_at);
    }
    let owed = clock.met_at.is_none();
    let due_at = clock.due_at.filter(|_| owed)?;
    let is_news = before.is_some_and(|before| before.due_at == clock.due_at) || now.since(due_at) <= NEWS;
    if due_at < now {
        let raised = clock.breach_told_at.is_none() && is_news;
        clock.breach_told_at = clock.breach_told_at.or(Some(now));
        // Who is told that it is over needs not be told that it is near.
        clock.warning_told_at = clock.warning_told_at.or(Some(now));
        return raised.then_some(Alarm { promise: clock.promise, due_at, breached: true });
    }
    if clock.warn_at.is_some_and(|at| at <= now) && clock.warning_told_at.is_none() {
        clock.warning_told_at = Some(now);
        return Some(Alarm { promise: clock.promise, due_at, breached: false });
    }
    None
}

/// Whether the timeline has this alarm already, or the one after it: the case may have had other promises meanwhile.
fn is_told(case: &Case, rows: &[Happened], alarm: Alarm) -> bool {
    let (promise, due_at) = (alarm.promise.to_string(), alarm.due_at.rfc3339());
    let told = rows.iter().filter(|row| row.case_id == case.id && row.kind == EntryKind::Change);
    told.filter_map(|row| serde_json::from_str::<EntryData>(&row.data).ok()).any(|data| match data {
        EntryData::Change(changed) => {
            let covers = changed.field == BROKEN || (changed.field == DUE_SOON && !alarm.breached);
            covers && changed.from.as_ref() == Some(&promise) && changed.to.as_ref() == Some(&due_at)
        }
        _ => false,
    })
}

/// The instants at which an owed clock changes by itself.
fn moments(clock: &CaseClock, settings: Settings) -> impl Iterator<Item = Timestamp> {
    let due = clock.due_at;
    let before = move |time| due.map(|due: Timestamp| due.minus(time));
    let warns = clock.warn_at.filter(|_| due.is_some());
    [warns, before(settings.soon), before(URGENT), due.map(|due| due.plus(AFTER))].into_iter().flatten()
}

fn due(at: Timestamp, clock: &CaseClock, now: Timestamp, settings: Settings) -> Due {
    let soon_from = clock.warn_at.unwrap_or(at).min(at.minus(settings.soon));
    let state = match clock.state {
        PromiseState::Breached => DueState::Breached,
        _ if at.minus(URGENT) <= now => DueState::Urgent,
        _ if soon_from <= now => DueState::Soon,
        _ => DueState::Later,
    };
    Due { at, promise: clock.promise, state }
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.0).unwrap_or(if at.0 < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}

fn moment(at: jiff::Timestamp) -> Timestamp {
    Timestamp(at.as_microsecond())
}
