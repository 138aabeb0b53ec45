//! What support options promise, as clocks on every case.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::app;
use casedesk::cases::actions::{self as cases, Reply};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, EntryData, EntryKind, Priority, WaitingOn};
use casedesk::customers::actions as file;
use casedesk::customers::{
    ContractTerms, OptionTerms, OrganisationId, OrganisationKind, Person, SupportChannel, SupportOptionId,
    SupportTarget, store,
};
use casedesk::db::Read as _;
use casedesk::desk::Desk;
use casedesk::kit::{Clock, Timestamp};
use casedesk::q;
use casedesk::staff::actions as staff;
use casedesk::staff::{Role, Scope, TeamId, Viewer};
use serde_json::{Value, json};

use crate::support::{Browser, Letter, Mail, START, TestApp, on_both, with_settings};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);

/// The desk with an administrator, their program, and Northbay, a customer with a contract.
struct World {
    ada: Viewer,
    program: Browser,
    of: OrganisationId,
    option: SupportOptionId,
}

fn target(priority: Priority, first: i64, next: i64, resolve: i64) -> SupportTarget {
    SupportTarget {
        priority,
        first_response_min: Some(first),
        next_response_min: Some(next),
        resolve_min: Some(resolve),
    }
}

/// Around the clock: an hour for the first reply, two for each later one, eight to the solution; quicker when critical.
fn premier() -> OptionTerms {
    OptionTerms {
        name: "Premier".into(),
        channels: vec![SupportChannel::Mail],
        hours: "24/7".into(),
        covers: String::new(),
        targets: vec![target(Priority::Normal, 60, 120, 480), target(Priority::Critical, 20, 40, 120)],
    }
}

fn standard() -> OptionTerms {
    let hours = "zone Europe/Dublin\nMon-Fri 09:00-17:30\n2027-03-29 closed Easter Monday";
    OptionTerms {
        name: "Standard".into(),
        hours: hours.into(),
        targets: vec![target(Priority::Normal, 120, 240, 960)],
        ..premier()
    }
}

/// As `Date` has it: written when it comes, since what is older counts as brought over.
pub(crate) fn now(app: &TestApp) -> String {
    let now = jiff::Timestamp::from_microsecond(app.desk().now().0).unwrap();
    now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[tokio::test]
async fn each_day_begins_once_where_the_desk_is() {
    with_settings(&[("DESK__TIME_ZONE", "Europe/Dublin")], async |app| {
        let daily = ["cases.judge_daily", "clocks.look_daily", "customers.daily"];
        let next = async || {
            app.drain().await;
            let query = q!("SELECT kind, run_at FROM jobs WHERE kind IN ").bind_list(daily.map(String::from));
            let rows: Vec<(String, Timestamp)> = app.desk().db().all(query.push(" ORDER BY kind")).await.unwrap();
            rows.into_iter().map(|(kind, at)| format!("{kind} {}", at.rfc3339())).collect::<Vec<_>>()
        };
        // Each node asks for them.
        for _ in 0..2 {
            app::keep_time(app.desk()).await.unwrap();
        }
        let of_march = [
            "cases.judge_daily 2027-03-02T00:00:00Z",
            "clocks.look_daily 2027-03-02T00:00:00Z",
            "customers.daily 2027-03-02T07:00:00Z",
        ];
        assert_eq!(next().await, of_march);
        app.advance(14 * HOUR);
        assert_eq!(next().await, of_march, "it is not morning yet");
        app.advance(HOUR);
        assert_eq!(next().await[0], "cases.judge_daily 2027-03-03T00:00:00Z");
        assert_eq!(next().await[2], of_march[2]);
        // Days on which nothing ran are not made up for, and on the 28th the clocks there go forward.
        app.advance(26 * 24 * HOUR);
        let in_summer = [
            "cases.judge_daily 2027-03-28T23:00:00Z",
            "clocks.look_daily 2027-03-28T23:00:00Z",
            "customers.daily 2027-03-29T06:00:00Z",
        ];
        assert_eq!(next().await, in_summer);
        for kind in daily.into_iter().chain(["cases.pass_time", "details.sweep", "notices.tidy"]) {
            app.forget_jobs(kind).await;
        }
    })
    .await;
}

/// A case of a customer to whom a reply within the hour is promised.
pub(crate) async fn promised_case(app: &TestApp, ada: &Viewer) -> CaseId {
    let program = crate::api::program(app, ada, Scope::Admin).await;
    let domains = ["eastbay.example".to_owned()];
    let of = file::new_organisation(app.desk(), ada, "Eastbay", OrganisationKind::Customer, &domains).await.unwrap();
    let option = file::add_option(app.desk(), ada, &premier()).await.unwrap();
    let world = World { ada: ada.clone(), program, of, option };
    world.contract(app, option, "2027-01-01", "2027-12-31").await;
    let letter = Letter::new("Eve <eve@eastbay.example>", "Down", "It does not work.");
    let case = app.case_of(&letter.with("Date", &now(app))).await;
    app.forget_jobs("mail.acknowledge").await;
    case
}

async fn on_contract(terms: OptionTerms, test: impl AsyncFn(&TestApp, &World)) {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let program = crate::api::program(app, &ada, Scope::Admin).await;
        let domains = ["northbay.example".to_owned()];
        let kind = OrganisationKind::Customer;
        let of = file::new_organisation(app.desk(), &ada, "Northbay", kind, &domains).await.unwrap();
        let option = file::add_option(app.desk(), &ada, &terms).await.unwrap();
        let world = World { ada, program, of, option };
        world.contract(app, option, "2027-01-01", "2027-12-31").await;
        test(app, &world).await;
        app.forget_jobs("clocks.look").await;
    })
    .await;
}

impl World {
    async fn contract(&self, app: &TestApp, option_id: SupportOptionId, starts: &str, ends: &str) {
        let terms = ContractTerms {
            option_id,
            reference: String::new(),
            starts_on: starts.into(),
            ends_on: Some(ends.into()),
            seats: None,
            renews_months: None,
        };
        file::add_contract(app.desk(), &self.ada, self.of, &terms).await.unwrap();
        app.drain().await;
    }

    /// A case that Anna opens by mail.
    async fn case(&self, app: &TestApp, subject: &str) -> CaseId {
        let case = app.case_of(&letter(subject, "It does not work.").with("Date", &now(app))).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        case
    }

    async fn clocks(&self, case: CaseId) -> Value {
        let answer = self.program.get(&format!("/api/v1/cases/{case}/clocks")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// State and due instant of a promise, as `running 10:00`, on 1 March; `none` when there is no such clock.
    async fn stands(&self, case: CaseId, promise: &str) -> String {
        let clocks = self.clocks(case).await;
        let Some(clock) = clocks.as_array().unwrap().iter().find(|clock| clock["promise"] == promise) else {
            return "none".into();
        };
        let state = clock["state"].as_str().unwrap();
        match (clock["due_at"].as_str(), clock["left_s"].as_i64()) {
            (Some(due), _) => format!("{state} {}", due.trim_start_matches("2027-03-01T").trim_end_matches(":00Z")),
            (None, Some(left)) => format!("{state} with {} min left", left / 60),
            (None, None) => state.to_owned(),
        }
    }

    async fn listed(&self, query: &str) -> Vec<i64> {
        let answer = self.program.get(&format!("/api/v1/cases?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["cases"].as_array().unwrap().iter().map(|case| case["id"].as_i64().unwrap()).collect()
    }

    async fn change(&self, app: &TestApp, case: CaseId, change: Change) {
        cases::change(app.desk(), &self.ada, case, &change).await.unwrap();
        app.drain().await;
    }

    async fn replies(&self, app: &TestApp, case: CaseId, send_at: Option<Timestamp>) {
        let anna = Person { name: None, address: "anna@northbay.example".into() };
        let reply = Reply { body: "Restart it.".into(), to: vec![anna], send_at, ..Reply::default() };
        cases::reply(app.desk(), &self.ada, case, reply).await.unwrap();
        app.forget_jobs("mail.deliver").await;
        app.drain().await;
    }

    /// Anna answers on the case.
    async fn writes(&self, app: &TestApp, case: CaseId, text: &str) {
        let subject = app.case(case).await.subject;
        let first = letter(&subject, "It does not work.");
        app.arrives(&letter(&format!("Re: {subject}"), text).answering(first.get("Message-ID"))).await;
        app.drain().await;
    }
}

fn letter(subject: &str, text: &str) -> Letter {
    Letter::new("Anna Berg <anna@northbay.example>", subject, text)
}

/// On 1 March 2027.
fn at(time: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("2027-03-01T{time}:00Z")).unwrap()
}

/// The steps that the desk itself wrote on the timeline about promises: what, and whether it is over.
async fn alarms(app: &TestApp, case: CaseId) -> Vec<(String, bool)> {
    let rows = app.timeline(case).await;
    let alarm = |row: &casedesk::cases::store::EntryRow| match row.data().unwrap() {
        EntryData::Change(changed) if changed.field.starts_with("promise ") => {
            assert_eq!((row.kind, row.agent_id), (EntryKind::Change, None));
            Some((changed.from.unwrap(), changed.field == "promise broken"))
        }
        _ => None,
    };
    rows.iter().filter_map(alarm).collect()
}

fn told(mails: &[Mail]) -> Vec<(&str, &str)> {
    mails.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect()
}

#[tokio::test]
async fn a_case_on_a_contract_is_due_and_an_answer_keeps_the_promise() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00");
        assert_eq!(world.stands(case, "next_response").await, "none");
        assert_eq!(world.stands(case, "resolve").await, "running 17:00");
        app.advance(MINUTE * 40);
        world.replies(app, case, None).await;
        assert_eq!(world.stands(case, "first_response").await, "met with 20 min left");
        assert_eq!(world.stands(case, "resolve").await, "paused with 440 min left");
        app.advance(HOUR * 2);
        world.writes(app, case, "It still does not.").await;
        assert_eq!(world.stands(case, "next_response").await, "running 13:40");
        assert_eq!(world.stands(case, "resolve").await, "running 19:00");
        let clock = &world.clocks(case).await[0];
        assert_eq!((&clock["support_option"], &clock["target_min"]), (&json!("Premier"), &json!(60)));
        app.advance(MINUTE * 10);
        world.change(app, case, Change::Solve).await;
        assert_eq!(world.stands(case, "resolve").await, "met with 430 min left");
        assert_eq!(world.stands(case, "next_response").await, "paused with 110 min left");
        app.advance(HOUR * 24);
        world.writes(app, case, "It is back.").await;
        assert_eq!(world.stands(case, "resolve").await, "running 2027-03-02T19:00");
    })
    .await;
}

#[tokio::test]
async fn business_time_skips_nights_holidays_and_the_hour_that_a_clock_loses() {
    on_contract(standard(), async |app, world| {
        // Friday 26 March, 16:30 in Dublin: an hour is left; clocks go forward on Sunday, Monday is a holiday.
        app.advance(HOUR * (25 * 24 + 7) + MINUTE * 30);
        let case = world.case(app, "No login").await;
        assert_eq!(world.stands(case, "first_response").await, "running 2027-03-30T09:00");
        app.advance(HOUR * 87);
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "running 2027-03-30T09:00");
        assert_eq!(alarms(app, case).await, []);
    })
    .await;
}

#[tokio::test]
async fn another_priority_contract_or_option_counts_at_once() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        app.advance(MINUTE * 10);
        world.change(app, case, Change::Priority(Priority::Critical)).await;
        assert_eq!(world.stands(case, "first_response").await, "running 09:20");
        world.change(app, case, Change::Priority(Priority::Low)).await;
        assert_eq!(world.clocks(case).await, json!([]), "nothing is promised for a low priority");
        world.change(app, case, Change::Priority(Priority::Normal)).await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00");

        let longer = OptionTerms { targets: vec![target(Priority::Normal, 90, 120, 480)], ..premier() };
        file::change_option(app.desk(), &world.ada, world.option, &longer).await.unwrap();
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:30");
        let later = OptionTerms { hours: "zone UTC\nMon-Fri 09:30-17:30".into(), ..longer };
        file::change_option(app.desk(), &world.ada, world.option, &later).await.unwrap();
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "running 11:00");

        let contract = store::contracts(app.desk().db(), world.of).await.unwrap()[0].id;
        file::remove_contract(app.desk(), &world.ada, world.of, contract).await.unwrap();
        app.drain().await;
        assert_eq!(world.clocks(case).await, json!([]));
        assert_eq!(world.listed("sort=due&due=soon").await, Vec::<i64>::new());
    })
    .await;
}

#[tokio::test]
async fn without_a_contract_only_the_desks_default_option_promises() {
    on_contract(premier(), async |app, world| {
        let stranger = Letter::new("Sam <sam@elsewhere.example>", "Prices", "What does it cost?");
        let case = app.case_of(&stranger).await;
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        assert_eq!(world.clocks(case).await, json!([]));
        let default = format!("/api/v1/support-options/{}/default", world.option);
        assert_eq!(world.program.json(Method::PUT, &default, &json!({})).await.status, StatusCode::NO_CONTENT);
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00");
        assert_eq!(world.program.json(Method::DELETE, &default, &json!({})).await.status, StatusCode::NO_CONTENT);
        app.drain().await;
        assert_eq!(world.clocks(case).await, json!([]));
        let page = app.browser();
        page.log_in("Ada").await;
        let text = page.get(&format!("/cases/{case}")).await.text;
        assert!(text.contains("no support option promises anything"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn notes_robots_and_receipts_answer_nobody_and_ask_for_nothing() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        cases::note(app.desk(), &world.ada, case, "I look at it.", vec![], None).await.unwrap();
        let first = letter("No login", "It does not work.");
        let away = letter("Automatic reply: No login", "I am away.")
            .with("Auto-Submitted", "auto-replied")
            .answering(first.get("Message-ID"));
        app.arrives(&away).await;
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00");
        app.advance(MINUTE);
        world.replies(app, case, None).await;
        app.arrives(&away.with("Message-ID", "<again@northbay.example>").clone()).await;
        app.drain().await;
        assert_eq!(world.stands(case, "next_response").await, "none");
        assert_eq!(world.stands(case, "resolve").await, "paused with 479 min left");
    })
    .await;
}

#[tokio::test]
async fn a_reply_for_later_counts_at_its_hour_and_one_that_is_taken_back_never() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        world.replies(app, case, Some(at("09:50"))).await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00", "nothing has been said yet");
        app.advance(MINUTE * 50);
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "met with 10 min left");
        assert_eq!(world.stands(case, "resolve").await, "paused with 430 min left");

        let other = world.case(app, "No logout").await;
        world.replies(app, other, None).await;
        assert_eq!(world.stands(other, "first_response").await, "met with 60 min left");
        let reply = app.timeline(other).await.last().unwrap().id;
        cases::undo_reply(app.desk(), &world.ada, other, reply).await.unwrap();
        app.drain().await;
        assert_eq!(world.stands(other, "first_response").await, "running 10:50");
    })
    .await;
}

#[tokio::test]
async fn waiting_on_the_customer_stops_the_clock_and_on_anybody_else_does_not() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        let wait = |on| Change::Wait { on, until: None };
        app.advance(MINUTE * 10);
        world.change(app, case, wait(WaitingOn::Engineering)).await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00");
        app.advance(MINUTE * 10);
        world.change(app, case, wait(WaitingOn::Customer)).await;
        assert_eq!(world.stands(case, "first_response").await, "paused with 40 min left");
        assert_eq!(world.listed("due=soon").await, Vec::<i64>::new());
        app.advance(HOUR);
        world.change(app, case, Change::Reopen).await;
        assert_eq!(world.stands(case, "first_response").await, "running 11:00");
    })
    .await;
}

#[tokio::test]
async fn a_merged_case_has_its_clocks_in_the_other_and_gets_them_back() {
    on_contract(premier(), async |app, world| {
        let first = world.case(app, "No login").await;
        app.advance(MINUTE * 20);
        let second = world.case(app, "Login fails").await;
        assert_eq!(world.stands(second, "first_response").await, "running 10:20");
        let merge = cases::merge(app.desk(), &world.ada, first, second).await.unwrap();
        app.drain().await;
        assert_eq!(world.clocks(first).await, json!([]));
        assert_eq!(world.stands(second, "first_response").await, "running 10:00", "the customer has waited since then");
        cases::unmerge(app.desk(), &world.ada, merge).await.unwrap();
        app.drain().await;
        assert_eq!(world.stands(first, "first_response").await, "running 10:00");
        assert_eq!(world.stands(second, "first_response").await, "running 10:20");
    })
    .await;
}

#[tokio::test]
async fn the_promises_of_a_split_case_begin_with_the_split() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        app.advance(MINUTE * 10);
        world.writes(app, case, "And another thing.").await;
        app.advance(MINUTE * 10);
        let moved = app.timeline(case).await.last().unwrap().id;
        let new = cases::split(app.desk(), &world.ada, case, &[moved], "Another thing").await.unwrap();
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "running 10:00");
        assert_eq!(world.stands(new, "first_response").await, "running 10:20");
        assert_eq!(world.stands(new, "resolve").await, "running 17:20");
    })
    .await;
}

#[tokio::test]
async fn an_alarm_is_raised_once_when_the_end_is_near_and_once_when_it_is_over() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        let key = format!("CD-{case}");
        app.advance(MINUTE * 45 - Duration::from_micros(1));
        app.drain().await;
        assert_eq!(alarms(app, case).await, []);
        app.advance(Duration::from_micros(1));
        app.drain().await;
        assert_eq!(alarms(app, case).await, [("first_response".into(), false)]);
        let mails = app.mails().await;
        assert_eq!(told(&mails), [("ada@desk.example", format!("{key}: First reply is due soon").as_str())]);
        assert!(mails[0].text.contains("No login") && mails[0].link(app) == format!("/cases/{case}"), "{:?}", mails[0]);
        app.advance(MINUTE * 15);
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "warned 10:00", "at the very instant it is kept");
        app.advance(Duration::from_micros(1));
        app.drain().await;
        assert_eq!(world.stands(case, "first_response").await, "breached 10:00");
        assert_eq!(alarms(app, case).await, [("first_response".into(), false), ("first_response".into(), true)]);
        assert_eq!(told(&app.mails().await), [("ada@desk.example", format!("{key}: First reply is overdue").as_str())]);

        // Nothing that happens later tells it again.
        world.writes(app, case, "Hello?").await;
        app.advance(HOUR);
        world.change(app, case, Change::Assign(Some(world.ada.id))).await;
        world.change(app, case, Change::Wait { on: WaitingOn::Customer, until: None }).await;
        world.change(app, case, Change::Reopen).await;
        assert_eq!(alarms(app, case).await.len(), 2);
        assert!(app.mails().await.is_empty());
        world.replies(app, case, None).await;
        assert_eq!(world.stands(case, "first_response").await, "met_late 10:00");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_turned_back_or_forward_raises_no_alarm_early_or_twice() {
    on_contract(premier(), async |app, world| {
        let case = world.case(app, "No login").await;
        let drain_at = async |time: &str| {
            let (config, db) = (app.desk().config().clone(), app.desk().db().clone());
            let desk = Desk::open(config, db, Clock::fixed(at(time)), app::subscribers()).await.unwrap();
            app::worker(&desk).unwrap().drain().await.unwrap();
            cases::change(&desk, &world.ada, case, &Change::Subject(format!("At {time}"))).await.unwrap();
            cases::change(&desk, &world.ada, case, &Change::Priority(Priority::High)).await.unwrap();
            cases::change(&desk, &world.ada, case, &Change::Priority(Priority::Normal)).await.unwrap();
            app::worker(&desk).unwrap().drain().await.unwrap();
        };
        drain_at("08:30").await;
        drain_at("09:44").await;
        assert_eq!(alarms(app, case).await, [], "not early");
        drain_at("10:01").await;
        assert_eq!(alarms(app, case).await, [("first_response".into(), true)]);
        drain_at("09:01").await;
        drain_at("09:50").await;
        drain_at("10:01").await;
        drain_at("11:01").await;
        assert_eq!(alarms(app, case).await, [("first_response".into(), true)], "not twice");
        assert_eq!(app.mails().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_teams_lead_is_told_and_the_administrators_where_there_is_none() {
    on_contract(premier(), async |app, world| {
        let ben = app.agent("Ben", Role::Agent).await;
        let team = TeamId(1);
        let lead = format!("/api/v1/teams/{team}/lead");
        let refused = world.program.json(Method::PUT, &lead, &json!({ "agent_id": ben })).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        let member = staff::Change { teams: Some(vec![team]), ..staff::Change::default() };
        staff::change_agent(app.desk(), &world.ada, ben, &member).await.unwrap();
        let named = world.program.json(Method::PUT, &lead, &json!({ "agent_id": ben })).await;
        assert_eq!(named.status, StatusCode::NO_CONTENT, "{}", named.text);
        let teams = world.program.get("/api/v1/teams").await.json();
        assert_eq!(teams[0]["lead_id"], json!(ben));

        let case = world.case(app, "No login").await;
        world.change(app, case, Change::Team(Some(team))).await;
        app.advance(MINUTE * 46);
        app.drain().await;
        assert_eq!(told(&app.mails().await)[0].0, "ben@desk.example");

        // Who leaves the team leads it no longer.
        let nobody = staff::Change { teams: Some(vec![]), ..staff::Change::default() };
        staff::change_agent(app.desk(), &world.ada, ben, &nobody).await.unwrap();
        assert_eq!(world.program.get("/api/v1/teams").await.json()[0]["lead_id"], json!(null));
        app.advance(MINUTE * 15);
        app.drain().await;
        assert_eq!(told(&app.mails().await)[0].0, "ada@desk.example");
    })
    .await;
}

#[tokio::test]
async fn an_alarm_is_shown_to_those_whom_the_case_concerns_and_hidden_from_those_who_may_not_see_it() {
    on_contract(premier(), async |app, world| {
        let ben = app.logged_in("Ben", Role::Agent).await;
        let ada = app.browser();
        ada.log_in("Ada").await;
        let case = world.case(app, "No login").await;
        app.advance(MINUTE * 46);
        app.drain().await;
        let alarm = format!("/cases/{case}/alarm");
        let shown = ben.get(&alarm).await;
        assert!(shown.text.contains("wants its first reply") && shown.text.contains("No login"), "{}", shown.text);
        // Of a team that is not Ben's: he may look, and is not called.
        world.change(app, case, Change::Team(Some(TeamId(2)))).await;
        let quiet = ben.get(&alarm).await;
        assert_eq!((quiet.status, quiet.text.contains("toast")), (StatusCode::OK, false));
        assert_eq!(ben.get("/views/due").await.text.matches("No login").count(), 1);
        staff::change_team(app.desk(), &world.ada, TeamId(2), "Sales", true).await.unwrap();
        assert_eq!(ben.get(&alarm).await.status, StatusCode::NOT_FOUND);
        assert!(!ben.get("/views/due").await.text.contains("No login"));
        let theirs = crate::api::program(app, &app.viewer("Cem", Role::Agent).await, Scope::Read).await;
        assert_eq!(theirs.get(&format!("/api/v1/cases/{case}/clocks")).await.status, StatusCode::NOT_FOUND);
        assert!(ada.get("/views/due").await.text.contains("No login"));
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn lists_find_and_sort_by_what_is_due() {
    on_contract(premier(), async |app, world| {
        let late = world.case(app, "Late").await;
        app.advance(MINUTE * 50);
        let soon = world.case(app, "Soon").await;
        world.change(app, soon, Change::Priority(Priority::Critical)).await;
        let paused = world.case(app, "Paused").await;
        world.change(app, paused, Change::Wait { on: WaitingOn::Customer, until: None }).await;
        let stranger = app.case_of(&Letter::new("Sam <sam@elsewhere.example>", "Prices", "How much?")).await;
        app.forget_jobs("mail.acknowledge").await;
        app.advance(MINUTE * 11);
        app.drain().await;
        assert_eq!(world.listed("view=due&sort=due").await, [late.0, soon.0]);
        assert_eq!(world.listed("q=is:breached").await, [late.0]);
        assert_eq!(world.listed("due=breached").await, [late.0]);
        let all = world.listed("view=open&sort=due").await;
        assert_eq!(all, [late.0, soon.0, paused.0.min(stranger.0), paused.0.max(stranger.0)]);
        let first = world.program.get("/api/v1/cases?view=open&sort=due&limit=1").await.json();
        let case = &first["cases"][0];
        assert_eq!((&case["due_at"], &case["due_state"]), (&json!("2027-03-01T10:00:00Z"), &json!("breached")));
        assert_eq!(case["due_promise"], "first_response");
        let next = first["next"].as_str().unwrap();
        assert_eq!(world.listed(&format!("view=open&sort=due&limit=2&after={next}")).await, all[1..3]);
        app.mails().await;

        let page = app.browser();
        page.log_in("Ada").await;
        let rail = page.get("/rail").await.text;
        assert!(rail.contains("/views/due") && rail.contains("count hot"), "{rail}");
        let shown = page.get(&format!("/cases/{late}")).await.text;
        assert!(shown.contains("First reply due") && shown.contains("breached"), "{shown}");
        let entry = page.get(&format!("/views/due/rows/{soon}?known=true&sort=due")).await.text;
        assert!(entry.contains("action=\"append\""), "{entry}");
        let before = page.get(&format!("/views/due/rows/{late}?sort=due")).await.text;
        assert!(before.contains(&format!("target=\"row-due-{soon}\"")), "{before}");
    })
    .await;
}

#[tokio::test]
async fn what_was_broken_before_the_desk_knew_is_shown_and_not_told() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let program = crate::api::program(app, &ada, Scope::Admin).await;
        let option = file::add_option(app.desk(), &ada, &premier()).await.unwrap();
        let domains = ["northbay.example".to_owned()];
        let kind = OrganisationKind::Customer;
        let of = file::new_organisation(app.desk(), &ada, "Northbay", kind, &domains).await.unwrap();
        let world = World { ada, program, of, option };
        let case = world.case(app, "No login").await;
        app.advance(HOUR * 48);
        world.contract(app, option, "2027-01-01", "2027-12-31").await;
        assert_eq!(world.stands(case, "first_response").await, "breached 10:00");
        assert_eq!(alarms(app, case).await, []);
        assert!(app.mails().await.is_empty());
        app.forget_jobs("clocks.look").await;
    })
    .await;
}

#[tokio::test]
async fn another_option_is_looked_up_for_all_open_cases_in_batches() {
    on_contract(premier(), async |app, world| {
        let mut all = vec![];
        for number in 0..60 {
            all.push(world.case(app, &format!("No login {number}")).await);
        }
        let longer = OptionTerms { targets: vec![target(Priority::Normal, 90, 120, 480)], ..premier() };
        file::change_option(app.desk(), &world.ada, world.option, &longer).await.unwrap();
        app.drain().await;
        let dues: Vec<(Timestamp,)> =
            app.desk().db().all(q!("SELECT DISTINCT due_at FROM cases WHERE due_state IS NOT NULL")).await.unwrap();
        assert_eq!(dues, [(at("10:30"),)]);
        assert_eq!(Timestamp::parse_rfc3339(START), Some(at("09:00")));
    })
    .await;
}
