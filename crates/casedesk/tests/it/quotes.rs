//! Quotes: drafted by anybody, approved by sales, sent, and answered once by who they were sent to.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::{CaseId, CaseState, Delivery, EntryData, EntryKind, QuoteStep, WaitingOn, store as case_store};
use casedesk::db::Read as _;
use casedesk::files::text::{Kind, extract};
use casedesk::quotes::{QuoteId, actions as quotes, store};
use casedesk::staff::{Role, Scope, TeamId, Viewer};
use casedesk::{q, staff};
use serde_json::{Value, json};

use crate::mail::{anna, sends, with_relay};
use crate::support::{Answer, Browser, Caught, Letter, Relay, TestApp};

const DAY: Duration = Duration::from_hours(24);

/// A case of Anna's; Ben answers it, Cara and Cleo are of sales.
pub(crate) struct World {
    pub(crate) case: CaseId,
    pub(crate) ben: Browser,
    pub(crate) cara: Browser,
    cleo: Browser,
    ada: Viewer,
    page: Browser,
}

impl World {
    pub(crate) async fn new(app: &TestApp) -> Self {
        let ada = app.viewer("Ada", Role::Admin).await;
        let sales = staff::store::team_named(app.desk().db(), "Sales").await.unwrap().unwrap().id;
        let ben = app.viewer("Ben", Role::Agent).await;
        let cara = in_team(app, "Cara", sales).await;
        let cleo = in_team(app, "Cleo", sales).await;
        let page = app.browser();
        page.log_in("Ben").await;
        let case = app.case_of(&anna("Passkeys for administrators", "Can we have them?")).await;
        app.forget_jobs("mail.acknowledge").await;
        Self {
            case,
            ben: crate::api::program(app, &ben, Scope::Write).await,
            cara: crate::api::program(app, &cara, Scope::Write).await,
            cleo: crate::api::program(app, &cleo, Scope::Write).await,
            ada,
            page,
        }
    }

    /// Drafts as Ben, with two lines of EUR 1,205.00 in all.
    pub(crate) async fn draft(&self, more: Value) -> i64 {
        let mut terms = json!({
            "title": "Passkeys",
            "lines": [
                { "description": "Development", "quantity": "2.5", "unit_price_minor": 50_000 },
                { "description": "Discount", "quantity": "1", "unit_price_minor": -4_500 },
            ],
            "text": "Logging in with a passkey, in 6.1.",
        });
        terms.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/api/v1/cases/{}/quotes", self.case);
        let made = self.ben.json(Method::POST, &path, &terms).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.json()["id"].as_i64().unwrap()
    }

    /// Drafted by Ben, approved by Cara.
    pub(crate) async fn approved(&self, more: Value) -> i64 {
        let id = self.draft(more).await;
        done(&act(&self.ben, id, "submission").await);
        done(&act(&self.cara, id, "approval").await);
        id
    }

    /// With the customer: its number, and the mail.
    pub(crate) async fn sent(&self, app: &TestApp, relay: &Relay, more: Value) -> (i64, Caught) {
        let id = self.approved(more).await;
        done(&act(&self.ben, id, "sending").await);
        (id, quote_mail(app, relay).await)
    }

    async fn state(&self, id: i64) -> String {
        self.get(id).await["state"].as_str().unwrap().to_owned()
    }

    async fn get(&self, id: i64) -> Value {
        self.ben.get(&format!("/api/v1/quotes/{id}")).await.json()
    }
}

async fn in_team(app: &TestApp, name: &str, team: TeamId) -> Viewer {
    let viewer = app.viewer(name, Role::Agent).await;
    let mut tx = app.desk().db().begin().await.unwrap();
    staff::store::teams::join(&mut tx, viewer.id, team).await.unwrap();
    tx.commit().await.unwrap();
    Viewer { teams: vec![team], ..viewer }
}

async fn act(by: &Browser, id: i64, verb: &str) -> Answer {
    by.body(Method::POST, &format!("/api/v1/quotes/{id}/{verb}"), "", "").await
}

fn done(answer: &Answer) {
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.text);
}

/// The mail with the paper, out of what the desk sends now.
async fn quote_mail(app: &TestApp, relay: &Relay) -> Caught {
    let mails = sends(app, relay).await;
    let mut found = mails.into_iter().filter(|mail| mail.raw.contains("application/pdf"));
    let mail = found.next().unwrap();
    assert!(found.next().is_none(), "one mail");
    mail
}

/// The private page that the mail leads to.
pub(crate) fn link(mail: &Caught) -> String {
    let text = mail.raw.replace("=\r\n", "").replace("=3D", "=");
    let at = text.find("/quote/").unwrap_or_else(|| panic!("no link in {text}"));
    let token: String = text[at + "/quote/".len()..].chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64, "{text}");
    format!("/quote/{token}")
}

async fn steps(app: &TestApp, case: CaseId) -> Vec<QuoteStep> {
    let rows = app.timeline(case).await;
    let step = |row: &case_store::EntryRow| match row.data().unwrap() {
        EntryData::Quote(quoted) => Some(quoted.step),
        _ => None,
    };
    rows.iter().filter_map(step).collect()
}

async fn stands(app: &TestApp, case: CaseId) -> (CaseState, Option<WaitingOn>) {
    let case = app.case(case).await;
    (case.state, case.waiting_on)
}

/// The number beside “Quotes” in the rail; empty: none.
async fn waiting(by: &Browser) -> String {
    let rail = by.get("/rail").await.text;
    let link = rail.split("href=\"/quotes\"").nth(1).unwrap().split("</a>").next().unwrap();
    let count = link.split("class=\"count\">").nth(1).unwrap_or_default();
    count.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_rail_counts_the_quotes_that_wait_for_the_one_who_looks() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        assert_eq!(waiting(&world.cara).await, "");
        let id = world.draft(json!({})).await;
        let own = format!("/api/v1/cases/{}/quotes", world.case);
        let line = json!({ "description": "Work", "quantity": "1", "unit_price_minor": 100 });
        let own = world.cara.json(Method::POST, &own, &json!({ "title": "Own", "lines": [line] })).await.json();
        done(&act(&world.ben, id, "submission").await);
        done(&act(&world.cara, own["id"].as_i64().unwrap(), "submission").await);
        let seen = (waiting(&world.ben).await, waiting(&world.cara).await, waiting(&world.cleo).await);
        assert_eq!(seen, (String::new(), "1".into(), "2".into()), "nobody approves what they wrote");
        done(&act(&world.cara, id, "approval").await);
        done(&act(&world.ben, id, "sending").await);
        assert_eq!((waiting(&world.ben).await, waiting(&world.cara).await), (String::new(), String::new()));
        let mail = quote_mail(app, relay).await;
        let yes = anna("Re: Quote", "Yes, we accept the quote.").answering(&mail.header("Message-ID").unwrap());
        app.arrives(&yes).await;
        app.drain().await;
        assert_eq!(waiting(&world.ben).await, "1", "a mail that answers it waits for any agent");
        app.advance(DAY * 60);
        assert_eq!(waiting(&world.ben).await, "", "it has run out");
        app.drain().await;
        relay.take();
    })
    .await;
}

const YES: [(&str, &str); 3] = [("do", "accept"), ("name", "Anna Berg"), ("agreed", "yes")];

/// The words of a PDF, read as those of an attachment are.
async fn words_of(bytes: Vec<u8>) -> String {
    let reader = [env!("CARGO_BIN_EXE_casedesk").to_owned(), "pdf-text".to_owned()];
    extract(Kind::Pdf, bytes.into(), &reader).await.unwrap()
}

async fn paper_of(app: &TestApp, id: i64) -> Vec<u8> {
    let row = store::quote(app.desk().db(), QuoteId(id)).await.unwrap().unwrap();
    quotes::paper(app.desk(), &row).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_quote_goes_its_whole_way_and_the_case_waits_and_continues() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let id = world.draft(json!({})).await;
        assert_eq!(stands(app, world.case).await, (CaseState::Waiting, Some(WaitingOn::Sales)));
        let drafted = world.get(id).await;
        assert_eq!((&drafted["total_minor"], &drafted["to"]), (&json!(120_500), &json!("anna@northbay.example")));
        assert_eq!(drafted["valid_until"], "2027-03-31", "30 days from 1 March");
        done(&act(&world.ben, id, "submission").await);
        let told = app.mails().await;
        let to: Vec<&str> = told.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["cara@desk.example", "cleo@desk.example"], "sales, and not who asked");
        assert!(told[0].text.contains("EUR 1,205.00") && told[0].text.contains(&format!("/quotes/{id}")));
        done(&act(&world.cara, id, "approval").await);
        assert_eq!(stands(app, world.case).await, (CaseState::Waiting, Some(WaitingOn::Sales)));
        done(&act(&world.ben, id, "sending").await);
        assert_eq!(stands(app, world.case).await, (CaseState::Waiting, Some(WaitingOn::Customer)));
        let mail = quote_mail(app, relay).await;
        assert_eq!(mail.envelope_to, ["anna@northbay.example"]);
        assert_eq!(mail.header("Auto-Submitted"), None, "an agent sent it");
        assert!(mail.raw.contains(&format!("Q-{id}.pdf")), "{}", mail.raw);
        let link = link(&mail);
        assert!(!app.timeline(world.case).await.iter().any(|row| row.text.contains(&link)), "the link is in no entry");
        let visitor = app.browser().without_origin();
        let page = visitor.get(&link).await;
        assert_eq!((page.status, page.headers["referrer-policy"].to_str().unwrap()), (StatusCode::OK, "no-referrer"));
        assert_eq!(page.headers["cache-control"], "no-store");
        for words in ["Passkeys", "EUR 1,205.00", "31 March 2027", "Accept the quote", "Decline the quote"] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        assert_eq!(world.state(id).await, "sent", "looking changes nothing");
        let clicked = app.browser().with("origin", "null").post(&link, &YES).await;
        assert_eq!((clicked.status, clicked.location()), (StatusCode::SEE_OTHER, link.as_str()), "{}", clicked.text);
        let decided = world.get(id).await;
        assert_eq!(
            (&decided["state"], &decided["decided_by"], &decided["decided_how"]),
            (&json!("accepted"), &json!("Anna Berg"), &json!("private link"))
        );
        assert_eq!(stands(app, world.case).await, (CaseState::Open, None), "the case continues");
        let want =
            [QuoteStep::Drafted, QuoteStep::Submitted, QuoteStep::Approved, QuoteStep::Sent, QuoteStep::Accepted];
        assert_eq!(steps(app, world.case).await, want);
        let shown = world.page.get(&format!("/cases/{}", world.case)).await.text;
        assert!(shown.contains(&format!("Quote Q-{id} accepted by Anna Berg")), "{shown}");
        assert!(visitor.get(&link).await.text.contains("This quote was accepted. Anna Berg,"));
        let lines: Vec<(String,)> =
            app.desk().db().all(q!("SELECT action FROM audit WHERE action LIKE 'quotes.%' ORDER BY id")).await.unwrap();
        let lines: Vec<&str> = lines.iter().map(|(line,)| line.as_str()).collect();
        assert_eq!(lines, ["quotes.approved", "quotes.sent", "quotes.accepted"]);
        app.mails().await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn only_sales_approves_and_nobody_what_they_wrote() {
    with_relay(&[], async |app, _| {
        let world = World::new(app).await;
        let id = world.draft(json!({})).await;
        assert_eq!(act(&world.cara, id, "approval").await.status, StatusCode::CONFLICT, "it was not submitted");
        done(&act(&world.ben, id, "submission").await);
        let refused = act(&world.ben, id, "approval").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text.contains("the team “Sales”"), "{}", refused.text);
        let page = app.browser();
        page.log_in("Ben").await;
        assert_eq!(page.post(&format!("/quotes/{id}/approval"), &[("as_of", "1")]).await.status, StatusCode::FORBIDDEN);
        assert!(!page.get(&format!("/quotes/{id}")).await.text.contains("Approve EUR"));
        // An administrator's token needs the scope for it.
        let narrow = crate::api::program(app, &world.ada, Scope::Write).await;
        assert_eq!(act(&narrow, id, "approval").await.status, StatusCode::FORBIDDEN);
        // Whoever has written on it needs somebody else, also within sales.
        done(&act(&world.cara, id, "return").await);
        let changed = json!({ "lines": [{ "description": "All", "quantity": "1", "unit_price_minor": 1 }] });
        done(&world.cara.json(Method::PUT, &format!("/api/v1/quotes/{id}"), &changed).await);
        done(&act(&world.ben, id, "submission").await);
        let own = act(&world.cara, id, "approval").await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        assert!(own.text.contains("You wrote this quote"), "{}", own.text);
        // What is approved is what was looked at.
        let looks = app.browser();
        looks.log_in("Cleo").await;
        let shown = looks.get(&format!("/quotes/{id}")).await.text;
        let as_of = crate::forms::hidden(&shown, "as_of").to_owned();
        done(&act(&world.ben, id, "return").await);
        app.advance(Duration::from_secs(1));
        done(&act(&world.ben, id, "submission").await);
        let late = looks.post(&format!("/quotes/{id}/approval"), &[("as_of", &as_of)]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        done(&act(&world.cleo, id, "approval").await);
        assert_eq!(world.state(id).await, "approved");
        let lax = app.again(|config| config.quotes.four_eyes = false).await;
        let own = world.draft(json!({})).await;
        done(&act(&world.ben, own, "submission").await);
        let ada = crate::api::program(&lax, &world.ada, Scope::Admin).await;
        done(&act(&ada, own, "return").await);
        done(&ada.json(Method::PUT, &format!("/api/v1/quotes/{own}"), &changed).await);
        done(&act(&ada, own, "submission").await);
        done(&act(&ada, own, "approval").await);
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn what_sales_may_not_see_it_does_not_approve_and_hears_nothing_of() {
    with_relay(&[], async |app, _| {
        let world = World::new(app).await;
        let closed = staff::actions::add_team(app.desk(), &world.ada, "Security", true).await.unwrap();
        let admin = crate::api::program(app, &world.ada, Scope::Admin).await;
        let path = format!("/api/v1/cases/{}/team", world.case);
        let id = world.draft(json!({})).await;
        done(&admin.json(Method::PUT, &path, &json!({ "team_id": closed })).await);
        done(&act(&admin, id, "submission").await);
        assert_eq!(app.mails().await.len(), 0, "neither sales nor Ben see the case any more");
        assert_eq!(act(&world.cara, id, "approval").await.status, StatusCode::NOT_FOUND);
        let listed = world.cara.get("/api/v1/quotes").await.json();
        assert_eq!(listed["quotes"], json!([]));
        assert!(!world.page.get("/quotes?tab=all").await.text.contains("Passkeys"));
        assert_eq!(world.page.get(&format!("/cases/{}/quotes", world.case)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.page.post(&format!("/cases/{}/quotes", world.case), &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(admin.get("/api/v1/quotes").await.json()["quotes"][0]["id"], id);
    })
    .await;
}

#[tokio::test]
async fn only_the_first_answer_counts_and_only_once() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let (id, mail) = world.sent(app, relay, json!({})).await;
        let link = link(&mail);
        let visitor = app.browser().without_origin();
        for (fields, why) in [
            (vec![("do", "accept"), ("name", " "), ("agreed", "yes")], "Write your name"),
            (vec![("do", "accept"), ("name", "Anna")], "Tick that you accept it"),
        ] {
            let refused = visitor.post(&link, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text.contains(why), "{}", refused.text);
        }
        let long = "x".repeat(5_001);
        let refused = visitor.post(&link, &[("do", "decline"), ("reason", &long)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(world.state(id).await, "sent");
        let no = [("do", "decline"), ("name", "Bob"), ("reason", "Too late.")];
        let (one, other) = tokio::join!(visitor.post(&link, &YES), visitor.post(&link, &no));
        assert_eq!((one.status, other.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
        let state = world.state(id).await;
        assert!(matches!(state.as_str(), "accepted" | "declined"), "{state}");
        for fields in [YES.as_slice(), no.as_slice()] {
            visitor.post(&link, fields).await;
        }
        assert_eq!(world.state(id).await, state, "what was answered stays");
        let answers = steps(app, world.case).await;
        let answers = answers.iter().filter(|step| matches!(step, QuoteStep::Accepted | QuoteStep::Declined)).count();
        assert_eq!(answers, 1);
        let by_agent = json!({ "answer": "declined" });
        let late = world.ben.json(Method::POST, &format!("/api/v1/quotes/{id}/answer"), &by_agent).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert_eq!(act(&world.ben, id, "withdrawal").await.status, StatusCode::CONFLICT);
        app.mails().await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn a_quote_is_answered_by_the_one_whom_its_contact_became() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let (id, mail) = world.sent(app, relay, json!({})).await;
        let was = world.get(id).await["contact_id"].as_i64().unwrap();
        app.case_of(&Letter::new("Anna B <berg@quay.example>", "From my other address", "It is me.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let keep = crate::merges::contact(app, "berg@quay.example").await;
        let ada = crate::api::program(app, &world.ada, Scope::Admin).await;
        crate::merges::merge(&ada, "contact", keep, was).await;
        assert_eq!(world.get(id).await["contact_id"], keep);
        app.browser().without_origin().post(&link(&mail), &YES).await;
        assert_eq!(world.state(id).await, "accepted");
        let entries = app.timeline(world.case).await;
        let answer = entries.iter().rfind(|entry| entry.kind == EntryKind::Quote).unwrap();
        assert_eq!(answer.contact_id.map(|id| id.0), Some(keep));
        app.mails().await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn a_decline_stands_on_the_case_with_its_reason_as_words() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let (id, mail) = world.sent(app, relay, json!({})).await;
        let reason = "<b>Next year</b>\nperhaps";
        app.browser().without_origin().post(&link(&mail), &[("do", "decline"), ("reason", reason)]).await;
        let quote = world.get(id).await;
        assert_eq!((&quote["state"], &quote["reason"]), (&json!("declined"), &json!(reason)));
        assert_eq!(stands(app, world.case).await, (CaseState::Open, None));
        let page = world.page.get(&format!("/cases/{}", world.case)).await.text;
        assert!(page.contains("&lt;b&gt;Next year&lt;/b&gt;<br>perhaps"), "{page}");
        let told = app.mails().await;
        assert!(
            told.iter().any(|mail| mail.to == "ben@desk.example" && mail.subject.contains("is declined")),
            "{told:?}"
        );
        // After a no a new version may follow, and the number stays.
        let next = act(&world.ben, id, "versions").await.json();
        assert_eq!(next["key"], format!("Q-{id} version 2"));
        assert_eq!((&next["state"], &next["total_minor"]), (&json!("draft"), &json!(120_500)));
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn a_quote_runs_out_at_the_end_of_its_day_where_the_desk_is() {
    with_relay(&[("DESK__TIME_ZONE", "America/New_York")], async |app, relay| {
        let world = World::new(app).await;
        let (id, mail) = world.sent(app, relay, json!({ "valid_until": "2027-03-05" })).await;
        let link = link(&mail);
        // It is 09:00 in UTC on 1 March. Sales is reminded 3 days before, at 08:00 there.
        app.advance(DAY + Duration::from_hours(4) - Duration::from_mins(1));
        app.drain().await;
        assert!(relay.take().is_empty());
        app.advance(Duration::from_mins(1));
        let reminded = sends(app, relay).await;
        assert!(reminded.iter().all(|mail| mail.raw.contains("The quote ends in 3 days")), "{reminded:?}");
        let to: Vec<&str> = reminded.iter().flat_map(|mail| &mail.envelope_to).map(String::as_str).collect();
        assert_eq!(to, ["cara@desk.example", "cleo@desk.example", "ben@desk.example"]);
        // 6 March, 04:59:59 in UTC is the last second of 5 March in New York.
        let now = app.desk().now();
        let end = casedesk::kit::Timestamp::parse_rfc3339("2027-03-06T05:00:00Z").unwrap();
        app.advance(end.since(now) - Duration::from_secs(1));
        app.drain().await;
        assert_eq!(world.state(id).await, "sent");
        assert!(app.browser().get(&link).await.text.contains("Accept the quote"));
        app.advance(Duration::from_secs(1));
        // Also before the job has run.
        assert!(app.browser().get(&link).await.text.contains("This quote has run out."));
        app.browser().without_origin().post(&link, &YES).await;
        assert_eq!(world.state(id).await, "sent");
        assert_eq!(act(&world.ben, id, "sending").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        app.drain().await;
        assert_eq!(world.state(id).await, "expired");
        assert_eq!(stands(app, world.case).await, (CaseState::Open, None));
        quotes::expire(app.desk(), QuoteId(id)).await.unwrap();
        quotes::remind(app.desk(), QuoteId(id)).await.unwrap();
        assert_eq!(steps(app, world.case).await.last(), Some(&QuoteStep::Expired));
        assert_eq!(steps(app, world.case).await.len(), 5, "a job that runs again does nothing");
        app.advance(91 * DAY);
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND, "the link's time is over");
        app.drain().await;
        relay.take();
    })
    .await;
}

#[tokio::test]
async fn a_newer_version_takes_the_place_of_the_one_that_was_sent() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let (first, mail) = world.sent(app, relay, json!({})).await;
        let old = link(&mail);
        let changed = json!({ "title": "x" });
        let edit = world.ben.json(Method::PUT, &format!("/api/v1/quotes/{first}"), &changed).await;
        assert_eq!(edit.status, StatusCode::CONFLICT, "what was sent never changes");
        let second = act(&world.ben, first, "versions").await.json()["id"].as_i64().unwrap();
        assert_eq!(act(&world.ben, first, "versions").await.status, StatusCode::CONFLICT, "one is written already");
        assert!(app.browser().get(&old).await.text.contains("Accept the quote"), "the old one holds meanwhile");
        let cheaper = json!({ "lines": [{ "description": "All", "quantity": "1", "unit_price_minor": 99_900 }] });
        done(&world.ben.json(Method::PUT, &format!("/api/v1/quotes/{second}"), &cheaper).await);
        done(&act(&world.ben, second, "submission").await);
        done(&act(&world.cara, second, "approval").await);
        done(&act(&world.ben, second, "sending").await);
        let new = link(&quote_mail(app, relay).await);
        assert_eq!((world.state(first).await.as_str(), world.state(second).await.as_str()), ("superseded", "sent"));
        let page = app.browser().get(&old).await.text;
        assert!(
            page.contains("A newer version of this quote was sent") && !page.contains("Accept the quote"),
            "{page}"
        );
        app.browser().without_origin().post(&old, &YES).await;
        assert_eq!(world.state(first).await, "superseded");
        // A third is in work when the second is accepted: it is not needed any more, and cannot be sent.
        let third = act(&world.ben, second, "versions").await.json()["id"].as_i64().unwrap();
        app.browser().without_origin().post(&new, &YES).await;
        assert_eq!((world.state(second).await.as_str(), world.state(third).await.as_str()), ("accepted", "withdrawn"));
        assert_eq!(act(&world.ben, second, "versions").await.status, StatusCode::CONFLICT);
        app.mails().await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_quote_says_so_and_a_strangers_word_leads_to_nothing() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let (id, mail) = world.sent(app, relay, json!({})).await;
        let link = link(&mail);
        let visitor = app.browser().without_origin();
        let confirm = link.replace("/quote/", "/confirm/");
        for wrong in [
            format!("/quote/{}", "0".repeat(64)),
            "/quote/x".into(),
            "/quote/%00".into(),
            format!("{link}0"),
            link.to_uppercase().replace("/QUOTE/", "/quote/"),
            format!("/quote/{id}"),
            confirm,
        ] {
            assert_eq!(visitor.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
            assert_eq!(visitor.post(&wrong, &YES).await.status, StatusCode::NOT_FOUND, "{wrong}");
            assert_eq!(visitor.get(&format!("{wrong}/paper")).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        let kept = q!("SELECT COUNT(*) FROM quote_links WHERE token_digest = $1", &link["/quote/".len()..]);
        let (kept,): (i64,) = app.desk().db().one(kept).await.unwrap();
        assert_eq!(kept, 0, "only its digest is kept");
        // A link opens its own quote and nothing of the desk.
        for inside in [format!("/quotes/{id}"), format!("/quotes/{id}/paper"), format!("/cases/{}", world.case)] {
            assert_ne!(visitor.get(&inside).await.status, StatusCode::OK, "{inside}");
        }
        done(&act(&world.ben, id, "withdrawal").await);
        assert!(visitor.get(&link).await.text.contains("This quote was withdrawn"));
        visitor.post(&link, &YES).await;
        assert_eq!(world.state(id).await, "withdrawn");
        assert_eq!(stands(app, world.case).await, (CaseState::Open, None));
        app.mails().await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_reads_like_a_yes_is_a_proposal_until_an_agent_confirms() {
    with_relay(&[], async |app, relay| {
        let world = World::new(app).await;
        let (id, mail) = world.sent(app, relay, json!({})).await;
        let reply_to = mail.header("Reply-To").unwrap();
        let reply_to = reply_to.trim_matches(['<', '>']).to_owned();
        let says = async |from: &str, text: &str, to: &str| {
            let letter = Letter::new(from, "Re: quote", text).with("To", to);
            let letter = letter.answering(&mail.header("Message-ID").unwrap());
            assert_eq!(app.arrives(&letter).await.case, Some(world.case));
            app.drain().await;
            world.get(id).await["read_as"].clone()
        };
        let own = "support@desk.example";
        let anna = "Anna Berg <anna@northbay.example>";
        assert_eq!(says(anna, "Thank you, we will look at it.", own).await, Value::Null);
        assert_eq!(says(anna, "Thanks.\n\n> We accept the quote.", own).await, Value::Null, "not of quoted text");
        assert_eq!(says("Carl <carl@southbay.example>", "We accept.", own).await, Value::Null, "not of a stranger");
        let machine = Letter::new(anna, "Out of office", "We accept.").with("Auto-Submitted", "auto-replied");
        app.arrives(&machine.answering(&mail.header("Message-ID").unwrap())).await;
        app.drain().await;
        assert_eq!(world.get(id).await["read_as"], Value::Null, "not of a machine");
        assert_eq!(says(anna, "We decline.", own).await, "declined");
        let wrong =
            world.ben.json(Method::POST, &format!("/api/v1/quotes/{id}/reading"), &json!({ "right": false })).await;
        assert_eq!((wrong.status, &wrong.json()["read_as"]), (StatusCode::OK, &Value::Null));
        // Whoever answers to the signed address has the mail.
        assert_eq!(says("Bob <bob@elsewhere.example>", "Accepted, please go ahead.", &reply_to).await, "accepted");
        assert_eq!(world.state(id).await, "sent", "nothing is decided by itself");
        let frame = world.page.get(&format!("/cases/{}/quotes", world.case)).await.text;
        assert!(frame.contains("A mail looks like accepted"), "{frame}");
        let clicked = world.page.post(&format!("/quotes/{id}/reading"), &[("right", "yes")]).await;
        assert_eq!(clicked.status, StatusCode::SEE_OTHER, "{}", clicked.text);
        let decided = world.get(id).await;
        assert_eq!(
            (&decided["state"], &decided["decided_how"], &decided["decided_by"]),
            (&json!("accepted"), &json!("mail"), &json!("Bob"))
        );
        assert!(decided["recorded_by"].is_i64());
        let again =
            world.ben.json(Method::POST, &format!("/api/v1/quotes/{id}/reading"), &json!({ "right": true })).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        app.drain().await;
        relay.take();
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn the_paper_says_what_was_approved_in_the_letters_of_its_names() {
    let settings = [("DESK__NAME", "Ferrywell Ltd"), ("QUOTES__ADDRESS", "1 Quay Street\nGalway")];
    with_relay(&settings, async |app, relay| {
        let world = World::new(app).await;
        let lines: Vec<Value> = (1..=60)
            .map(|at| json!({ "description": format!("Work package {at}, Σωκράτης, Владимир, Łukasz"), "quantity": "1", "unit_price_minor": 100_000 }))
            .collect();
        let text = "A paragraph of the offer. ".repeat(120);
        let terms = json!({ "title": "Überweisung für Žofie", "lines": lines, "text": text });
        let id = world.draft(terms).await;
        let draft = words_of(paper_of(app, id).await).await;
        assert!(draft.contains("Draft, not an offer"), "{draft}");
        done(&act(&world.ben, id, "submission").await);
        done(&act(&world.cara, id, "approval").await);
        let (one, other) = (paper_of(app, id).await, paper_of(app, id).await);
        assert!(one.starts_with(b"%PDF") && one == other, "the same quote gives the same bytes");
        assert!(one.len() < 200_000, "{} bytes", one.len());
        done(&act(&world.ben, id, "sending").await);
        let mail = quote_mail(app, relay).await;
        let sent = words_of(paper_of(app, id).await).await;
        let flat = sent.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "Ferrywell Ltd", "1 Quay Street", "Galway", "Überweisung für Žofie", "anna@northbay.example", "31 March 2027",
            "Work package 1,", "Work package 60,", "Σωκράτης", "Владимир", "Łukasz", "1,000.00", "EUR 60,000.00",
            "All prices are without VAT.", "Page 1 of", &format!("Q-{id}"), &format!("CD-{}", world.case),
        ] {
            assert!(flat.contains(words), "{words}: {flat}");
        }
        assert!(!flat.contains("Draft"), "{flat}");
        // The paper that was sent stays, whatever the settings say later.
        let later = app.again(|config| config.desk.name = "Other Ltd".into()).await;
        let row = store::quote(later.desk().db(), QuoteId(id)).await.unwrap().unwrap();
        let kept = quotes::paper(later.desk(), &row).await.unwrap();
        let visitor = later.browser();
        let served = visitor.get(&format!("{}/paper", link(&mail))).await;
        assert_eq!(served.status, StatusCode::OK);
        assert_eq!(served.headers["content-type"], "application/pdf");
        assert!(served.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        let on_case = app.timeline(world.case).await;
        let out = on_case.iter().find(|row| row.kind == EntryKind::MailOut).unwrap();
        assert_eq!(out.delivery, Some(Delivery::Sent));
        let files = case_store::files_of_entries(app.desk().db(), &[out.id]).await.unwrap();
        assert_eq!(app.desk().files().get(&files[0].digest).await.unwrap(), kept);
        app.mails().await;
        app.forget_jobs("quotes.expire").await;
        app.forget_jobs("quotes.remind").await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_quote_is_refused_in_words() {
    with_relay(&[], async |app, _| {
        let world = World::new(app).await;
        let path = format!("/api/v1/cases/{}/quotes", world.case);
        let line = |quantity: &str, price: i64| json!([{ "description": "x", "quantity": quantity, "unit_price_minor": price }]);
        for (terms, why) in [
            (json!({ "title": " " }), "“title” is empty"),
            (json!({ "title": "x".repeat(201) }), "longer than 200"),
            (json!({ "currency": "XXX" }), "no currency of ISO 4217"),
            (json!({ "valid_until": "2027-02-28" }), "last day is over"),
            (json!({ "valid_until": "2040-01-01" }), "5 years"),
            (json!({ "to": "carl@southbay.example" }), "does not take part"),
            (json!({ "lines": line("0", 1) }), "no quantity"),
            (json!({ "lines": line("1", -1) }), "below zero"),
            (json!({ "lines": line("1000000", i64::MAX) }), "too large"),
            (json!({ "text": "a\n".repeat(400) }), "more than 300 lines"),
        ] {
            let refused = world.ben.json(Method::POST, &path, &terms).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{terms}: {}", refused.text);
            assert!(refused.text.contains(why), "{why}: {}", refused.text);
        }
        assert!(steps(app, world.case).await.is_empty());
        let empty = world.draft(json!({ "lines": [], "to": "" })).await;
        assert!(act(&world.ben, empty, "submission").await.text.contains("Write at least one line"));
        let nobody = world.draft(json!({ "to": "" })).await;
        assert!(act(&world.ben, nobody, "submission").await.text.contains("Choose who it goes to"));
        done(&world.ben.body(Method::POST, &format!("/api/v1/cases/{}/closure", world.case), "", "").await);
        let closed = world.ben.json(Method::POST, &path, &json!({})).await;
        assert_eq!(closed.status, StatusCode::CONFLICT, "{}", closed.text);
    })
    .await;
}

#[tokio::test]
async fn the_form_keeps_what_was_typed_and_the_verdicts_button_leads_to_one_draft() {
    with_relay(&[], async |app, _| {
        let world = World::new(app).await;
        let made = world.page.post(&format!("/cases/{}/quotes", world.case), &[]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let path = made.location().to_owned();
        let again = world.page.post(&format!("/cases/{}/quotes", world.case), &[]).await;
        assert_eq!(again.location(), path, "asking twice makes one");
        let form = world.page.get(&path).await.text;
        assert!(form.contains("Passkeys for administrators") && form.contains("All prices are without VAT."), "{form}");
        let fields = |price: &'static str| {
            vec![
                ("title", "Passkeys & more"),
                ("to", "anna@northbay.example"),
                ("currency", "CHF"),
                ("valid_until", "2027-04-30"),
                ("text", ""),
                ("vat_note", ""),
                ("description", "Development"),
                ("quantity", "1,5"),
                ("price", price),
                ("description", ""),
                ("quantity", ""),
                ("price", ""),
            ]
        };
        let refused = world.page.post(&path, &fields("1.2.3")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("“1.2.3” is no amount") && refused.text.contains("Passkeys &#38; more"),
            "{}",
            refused.text
        );
        assert_eq!(world.page.post(&path, &fields("1'000")).await.status, StatusCode::SEE_OTHER);
        let kept = world.page.get(&path).await.text;
        assert!(kept.contains("CHF 1,500.00"), "{kept}");
        let submitted = [fields("1'000"), vec![("do", "submit")]].concat();
        assert_eq!(world.page.post(&path, &submitted).await.status, StatusCode::SEE_OTHER);
        let shown = world.page.get(&path).await.text;
        assert!(
            shown.contains("waits for approval") && shown.contains("The team “Sales” or an administrator"),
            "{shown}"
        );
        let sales = app.browser();
        sales.log_in("Cara").await;
        assert!(sales.get("/quotes?tab=approval").await.text.contains("Passkeys &#38; more"));
        let page = sales.get(&path).await.text;
        assert!(page.contains("Approve CHF 1,500.00"), "{page}");
        let as_of = crate::forms::hidden(&page, "as_of").to_owned();
        assert_eq!(sales.post(&format!("{path}/approval"), &[("as_of", &as_of)]).await.status, StatusCode::SEE_OTHER);
        for order in ["newest", "due", "amount", "nonsense"] {
            assert!(world.page.get(&format!("/quotes?order={order}")).await.text.contains("CHF 1,500.00"), "{order}");
        }
        let case = world.page.get(&format!("/cases/{}", world.case)).await.text;
        assert!(case.contains("drafted <a href=\"/quotes/") && case.contains("<turbo-frame id=\"quotes-"), "{case}");
        app.mails().await;
    })
    .await;
}
