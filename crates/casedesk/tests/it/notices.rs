//! Agents are told of what concerns them, and of nothing else: mentions, cases given to them, cases that they watch.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::actions::{self as cases, HandOver, Reply};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, CasesError};
use casedesk::notices::{NoticeKind, actions, store};
use casedesk::staff::store::MailMe;
use casedesk::staff::{AgentId, Role, Scope, TeamId, Viewer, actions as staff};
use serde_json::{Value, json};

use crate::api::program;
use crate::live::{hears, open, page, serve};
use crate::mail::{anna, to, with_relay};
use crate::support::{Caught, Letter, Relay, TestApp, on_both};

/// A case of Anna's, the mail that opened it, and two agents.
async fn begin(app: &TestApp) -> (CaseId, Letter, Viewer, Viewer) {
    let opening = anna("No login", "It does not work.");
    let case = app.case_of(&opening).await;
    app.forget_jobs("mail.acknowledge").await;
    (case, opening, app.viewer("Ben", Role::Agent).await, app.viewer("Cleo", Role::Agent).await)
}

async fn unread(app: &TestApp, by: &Viewer) -> i64 {
    store::unread_cases(app.desk().db(), by.id, &by.hidden_teams).await.unwrap()
}

/// What the agent was told, the newest first.
async fn told(app: &TestApp, by: &Viewer) -> Vec<(NoticeKind, CaseId)> {
    let page = store::list(app.desk().db(), by.id, &by.hidden_teams, false, None, 50).await.unwrap();
    page.rows.into_iter().map(|row| (row.kind, row.case_id)).collect()
}

async fn mention(app: &TestApp, by: &Viewer, case: CaseId, whom: AgentId, text: &str) {
    cases::note(app.desk(), by, case, text, vec![whom], None).await.unwrap();
}

async fn answers(app: &TestApp, opening: &Letter, text: &str) {
    app.arrives(&anna("Re: No login", text).answering(opening.get("Message-ID"))).await;
}

async fn see(app: &TestApp, by: &Viewer, case: CaseId) {
    let newest = app.timeline(case).await.last().unwrap().id;
    cases::see(app.desk(), by, case, newest).await.unwrap();
}

/// A team that only its members see, with the case in it.
async fn hide(app: &TestApp, case: CaseId) -> TeamId {
    let ada = app.viewer("Ada", Role::Admin).await;
    let team = staff::add_team(app.desk(), &ada, "Secret", true).await.unwrap();
    cases::change(app.desk(), &ada, case, &Change::Team(Some(team))).await.unwrap();
    team
}

#[tokio::test]
async fn a_mention_is_unread_until_the_case_was_seen_and_never_ones_own() {
    on_both(async |app| {
        let (case, _, ben, cleo) = begin(app).await;
        cases::note(app.desk(), &ben, case, "@cleo @ben look", vec![cleo.id, ben.id], None).await.unwrap();
        assert_eq!((unread(app, &cleo).await, unread(app, &ben).await), (1, 0));
        assert_eq!(told(app, &cleo).await, [(NoticeKind::Mentioned, case)], "once, and not again as a watcher");
        see(app, &cleo, case).await;
        assert_eq!(unread(app, &cleo).await, 0);
        // What Cleo does herself is not news to her; Ben, whom the note named, watches too.
        cases::note(app.desk(), &cleo, case, "I have looked", vec![], None).await.unwrap();
        assert_eq!((unread(app, &cleo).await, unread(app, &ben).await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn those_who_watch_hear_what_people_do_and_not_what_machines_do() {
    on_both(async |app| {
        let (case, opening, ben, cleo) = begin(app).await;
        cases::watch(app.desk(), &cleo, case, true).await.unwrap();
        let robot =
            anna("Re: No login", "Away.").answering(opening.get("Message-ID")).with("Auto-Submitted", "auto-replied");
        app.arrives(&robot).await;
        cases::tag(app.desk(), &ben, case, "as2", true).await.unwrap();
        assert_eq!(unread(app, &cleo).await, 0);
        answers(app, &opening, "Still not.").await;
        let reply = Reply { body: "Try again.".into(), to: to("anna@northbay.example"), ..Reply::default() };
        let reply = cases::reply(app.desk(), &ben, case, reply).await.unwrap();
        cases::change(app.desk(), &ben, case, &Change::Solve).await.unwrap();
        let kinds: Vec<NoticeKind> = told(app, &cleo).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [NoticeKind::Changed, NoticeKind::Written, NoticeKind::Answered]);
        cases::undo_reply(app.desk(), &ben, case, reply).await.unwrap();
        assert_eq!(told(app, &cleo).await.len(), 2, "a reply that was taken back was never written");
        assert_eq!(unread(app, &cleo).await, 1, "a case is counted once");
        cases::watch(app.desk(), &cleo, case, false).await.unwrap();
        assert_eq!(unread(app, &cleo).await, 0, "who watches no longer has nothing to read");
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_case_that_is_given_to_somebody_is_told_to_them_alone() {
    on_both(async |app| {
        let (case, _, ben, cleo) = begin(app).await;
        cases::change(app.desk(), &ben, case, &Change::Assign(Some(cleo.id))).await.unwrap();
        assert_eq!(told(app, &cleo).await, [(NoticeKind::Assigned, case)]);
        cases::change(app.desk(), &ben, case, &Change::Assign(Some(ben.id))).await.unwrap();
        assert_eq!(told(app, &ben).await, []);
        assert_eq!(unread(app, &cleo).await, 0, "a case that is not watched is not counted beside “Watched”");
    })
    .await;
}

#[tokio::test]
async fn whoever_watches_a_merged_case_hears_of_the_one_that_it_became_part_of() {
    on_both(async |app| {
        let (case, _, ben, cleo) = begin(app).await;
        let other = app.case_of(&anna("Another", "text")).await;
        app.forget_jobs("mail.acknowledge").await;
        cases::watch(app.desk(), &cleo, other, true).await.unwrap();
        let merge = cases::merge(app.desk(), &ben, other, case).await.unwrap();
        assert_eq!(told(app, &cleo).await, [(NoticeKind::Changed, case)]);
        see(app, &cleo, case).await;
        cases::note(app.desk(), &ben, case, "news", vec![], None).await.unwrap();
        assert_eq!(unread(app, &cleo).await, 1);
        let cleos = program(app, &cleo, Scope::Read).await;
        let watched = cleos.get("/api/v1/cases?view=watched").await.json();
        assert_eq!(watched["cases"][0]["id"], json!(case), "the view lists what it is part of: {watched}");
        cases::unmerge(app.desk(), &ben, merge).await.unwrap();
        cases::note(app.desk(), &ben, case, "more", vec![], None).await.unwrap();
        assert_eq!(told(app, &cleo).await.len(), 2, "apart again, the other case is not theirs");
    })
    .await;
}

#[tokio::test]
async fn a_note_that_names_somebody_who_may_not_see_the_case_is_refused_in_plain_words() {
    on_both(async |app| {
        let (case, _, ben, cleo) = begin(app).await;
        let team = hide(app, case).await;
        let dora = app.viewer("Dora", Role::Agent).await;
        let ada = Viewer { role: Role::Admin, ..ben.clone() };
        let change = staff::Change { teams: Some(vec![team]), ..staff::Change::default() };
        staff::change_agent(app.desk(), &ada, dora.id, &change).await.unwrap();
        let before = app.timeline(case).await.len();
        let refused =
            cases::note(app.desk(), &ada, case, "@cleo @dora", vec![cleo.id, dora.id], None).await.unwrap_err();
        assert!(matches!(&refused, CasesError::CannotSee(who) if who == "Cleo"), "{refused}");
        assert_eq!(app.timeline(case).await.len(), before, "the note is not kept");
        assert_eq!((told(app, &cleo).await.len(), told(app, &dora).await.len()), (0, 0));
        // Given to everybody along with the note, it may name her; and the other way round.
        let open = casedesk::staff::store::teams(app.desk().db()).await.unwrap()[0].id;
        let along =
            |team| HandOver { text: "@cleo".into(), mentions: vec![cleo.id], team: Some(team), ..HandOver::default() };
        cases::hand_over(app.desk(), &ada, case, &along(open)).await.unwrap();
        assert_eq!(told(app, &cleo).await.len(), 1, "she is told of what she may see from now on");
        assert!(cases::hand_over(app.desk(), &ada, case, &along(team)).await.is_err());
        // Who watches and may no longer see it hears nothing more.
        cases::change(app.desk(), &ada, case, &Change::Team(Some(team))).await.unwrap();
        let heard = store::list(app.desk().db(), cleo.id, &[], false, None, 50).await.unwrap().rows.len();
        cases::note(app.desk(), &ada, case, "secret", vec![], None).await.unwrap();
        assert_eq!(store::list(app.desk().db(), cleo.id, &[], false, None, 50).await.unwrap().rows.len(), heard);
        let cleo = Viewer { hidden_teams: vec![team], ..cleo };
        assert_eq!((unread(app, &cleo).await, told(app, &cleo).await), (0, vec![]), "nor reads what was told before");
    })
    .await;
}

#[tokio::test]
async fn a_mention_reaches_the_pages_of_the_one_it_names_and_no_others() {
    on_both(async |app| {
        let (case, _, ben, _) = begin(app).await;
        let (at, _serving) = serve(app).await;
        let (dora, eve) = (app.logged_in("Dora", Role::Agent).await, app.logged_in("Eve", Role::Agent).await);
        let (mut doras, mut eves) = (open(at, page(&dora)).await, open(at, page(&eve)).await);
        let id = casedesk::staff::store::by_email(app.desk().db(), "dora@desk.example").await.unwrap().unwrap().id;
        mention(app, &ben, case, id, "@dora <b>look</b>").await;
        cases::tag(app.desk(), &ben, case, "end", true).await.unwrap();
        let mut heard = [Vec::new(), Vec::new()];
        for (socket, kinds) in [&mut doras, &mut eves].into_iter().zip(&mut heard) {
            while !kinds.contains(&"changed".to_owned()) {
                let said: Value = serde_json::from_str(&hears(socket).await.unwrap()).unwrap();
                kinds.push(said["kind"].as_str().unwrap().to_owned());
            }
        }
        assert!(heard[0].contains(&"notice".to_owned()) && !heard[1].contains(&"notice".to_owned()), "{heard:?}");
        let pop = dora.get("/notices/pop").await.text;
        assert!(pop.contains("Ben") && pop.contains("mentioned you") && pop.contains(&format!("CD-{case}")), "{pop}");
        assert!(pop.contains("&#60;b&#62;look") || pop.contains("&lt;b&gt;look"), "hostile words are escaped: {pop}");
        assert!(!dora.get(&format!("/notices/pop?looking={case}")).await.text.contains("toast"), "it is on the page");
        assert!(!eve.get("/notices/pop").await.text.contains("toast"));
        assert!(dora.get("/rail").await.text.split("/views/watched").nth(1).unwrap().contains("class=\"count\">1<"));
        let newest = app.timeline(case).await.last().unwrap().id.to_string();
        dora.post(&format!("/cases/{case}/seen"), &[("entry", &newest)]).await;
        assert!(hears(&mut doras).await.unwrap().contains("seen"), "other pages of theirs count anew");
        assert!(!dora.get("/notices/pop").await.text.contains("toast"));
    })
    .await;
}

#[tokio::test]
async fn a_mention_elsewhere_pops_up_though_the_case_in_front_was_written_on_since() {
    on_both(async |app| {
        let (case, opening, ben, cleo) = begin(app).await;
        let other = app.case_of(&anna("Another matter", "Please look.")).await;
        app.forget_jobs("mail.acknowledge").await;
        mention(app, &ben, other, cleo.id, "Do you know this?").await;
        mention(app, &ben, case, cleo.id, "And this?").await;
        answers(app, &opening, "It works again.").await;
        let shown = actions::newest(app.desk(), &cleo, Some(case)).await.unwrap().unwrap();
        assert_eq!(shown.case, other.0);
        app.forget_jobs("notices.mail").await;
    })
    .await;
}

#[tokio::test]
async fn own_notices_are_listed_page_by_page_and_marked_as_read() {
    on_both(async |app| {
        let (case, _, ben, cleo) = begin(app).await;
        for text in ["one", "two", "three"] {
            mention(app, &ben, case, cleo.id, text).await;
        }
        let (cleos, bens) = (program(app, &cleo, Scope::Write).await, program(app, &ben, Scope::Write).await);
        let first = cleos.get("/api/v1/notices?limit=2").await.json();
        let texts = |page: &Value| -> Vec<String> {
            page["notices"].as_array().unwrap().iter().map(|n| n["text"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((texts(&first), &first["notices"][0]["name"]), (vec!["three".into(), "two".into()], &json!("Ben")));
        let next = first["next"].as_str().unwrap();
        let second = cleos.get(&format!("/api/v1/notices?limit=2&after={next}")).await.json();
        assert_eq!((texts(&second), &second["next"]), (vec!["one".into()], &Value::Null));
        let one = format!("/api/v1/notices/{}/read", second["notices"][0]["id"]);
        assert_eq!(bens.json(Method::POST, &one, &Value::Null).await.status, StatusCode::NOT_FOUND, "it is not his");
        assert_eq!(cleos.json(Method::POST, &one, &Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(texts(&cleos.get("/api/v1/notices?unread=true").await.json()).len(), 2);
        cleos.json(Method::POST, "/api/v1/notices/read", &Value::Null).await;
        assert_eq!(
            (texts(&cleos.get("/api/v1/notices?unread=true").await.json()).len(), unread(app, &cleo).await),
            (0, 0)
        );
        app.advance(Duration::from_hours(24 * 91));
        actions::tidy(app.desk()).await.unwrap();
        assert_eq!(told(app, &cleo).await, [], "they are kept for `notices.keep_days`");
    })
    .await;
}

/// Mails to agents that the relay got.
async fn to_agents(app: &TestApp, relay: &Relay) -> Vec<Caught> {
    app.drain().await;
    relay.take().into_iter().filter(|mail| mail.envelope_to[0].ends_with("@desk.example")).collect()
}

#[tokio::test]
async fn a_mention_is_mailed_to_somebody_who_is_away_with_a_link_and_the_first_words() {
    with_relay(&[], async |app, relay| {
        let (case, _, ben, cleo) = begin(app).await;
        mention(app, &ben, case, cleo.id, "@cleo the licence server").await;
        assert!(to_agents(app, relay).await.is_empty(), "first they may see it on a page");
        app.advance(Duration::from_mins(10));
        let mails = to_agents(app, relay).await;
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert_eq!(mail.envelope_to, ["cleo@desk.example"]);
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"), "RFC 3834 section 5");
        assert_eq!(mail.header("Subject"), Some(format!("CD-{case}: Ben mentioned you")));
        assert!(
            mail.raw.contains("the licence server") && mail.raw.contains(&format!("/cases/{case}")),
            "{}",
            mail.raw
        );
        // Read by then, at a page still, or disabled: no mail.
        app.advance(Duration::from_mins(20));
        mention(app, &ben, case, cleo.id, "again").await;
        see(app, &cleo, case).await;
        app.advance(Duration::from_mins(10));
        assert!(to_agents(app, relay).await.is_empty(), "it was read");
        mention(app, &ben, case, cleo.id, "at the page").await;
        app.advance(Duration::from_mins(5));
        staff::note_presence(app.desk(), &cleo).await.unwrap();
        app.advance(Duration::from_mins(5));
        assert!(to_agents(app, relay).await.is_empty(), "she had a page open");
        app.advance(Duration::from_mins(5));
        let mails = to_agents(app, relay).await;
        assert!(mails.len() == 1 && mails[0].raw.contains("at the page"), "she left without reading it");
        app.advance(Duration::from_mins(20));
        mention(app, &ben, case, cleo.id, "gone").await;
        let ada = app.viewer("Ada", Role::Admin).await;
        staff::disable(app.desk(), &ada, cleo.id).await.unwrap();
        app.advance(Duration::from_mins(10));
        assert!(to_agents(app, relay).await.is_empty(), "she does not work here any more");
    })
    .await;
}

#[tokio::test]
async fn one_mail_goes_out_for_a_case_in_a_quarter_of_an_hour_and_only_of_what_was_chosen() {
    with_relay(&[], async |app, relay| {
        let (case, opening, ben, cleo) = begin(app).await;
        cases::watch(app.desk(), &cleo, case, true).await.unwrap();
        answers(app, &opening, "zero").await;
        assert!(to_agents(app, relay).await.is_empty(), "nobody asked for it");
        see(app, &cleo, case).await;
        let mail = MailMe { mail_mentioned: false, mail_assigned: true, mail_answered: true };
        staff::choose_mail(app.desk(), &cleo, mail).await.unwrap();
        answers(app, &opening, "first answer").await;
        assert_eq!(to_agents(app, relay).await.len(), 1);
        for text in ["second answer", "third answer"] {
            app.advance(Duration::from_mins(1));
            answers(app, &opening, text).await;
        }
        cases::change(app.desk(), &ben, case, &Change::Assign(Some(cleo.id))).await.unwrap();
        mention(app, &ben, case, cleo.id, "a mention").await;
        assert!(to_agents(app, relay).await.is_empty(), "too soon after the first");
        app.advance(Duration::from_mins(15));
        let mails = to_agents(app, relay).await;
        assert_eq!(mails.len(), 1, "together");
        let text = &mails[0].raw;
        assert!(
            text.contains("second answer") && text.contains("third answer") && text.contains("gave you the case"),
            "{text}"
        );
        assert!(!text.contains("a mention"), "which she does not want by mail");
    })
    .await;
}

#[tokio::test]
async fn a_note_is_not_mailed_to_somebody_who_may_no_longer_see_the_case_when_the_mail_leaves() {
    with_relay(&[], async |app, relay| {
        let (case, _, ben, cleo) = begin(app).await;
        mention(app, &ben, case, cleo.id, "a secret").await;
        app.advance(Duration::from_mins(10));
        actions::mail(app.desk(), store::list(app.desk().db(), cleo.id, &[], true, None, 1).await.unwrap().rows[0].id)
            .await
            .unwrap();
        hide(app, case).await;
        assert!(to_agents(app, relay).await.is_empty(), "it was on its way, and is stopped there");
    })
    .await;
}

#[tokio::test]
async fn what_an_agent_is_mailed_about_is_chosen_on_their_own_page_and_over_the_api() {
    on_both(async |app| {
        let ben = app.logged_in("Ben", Role::ReadOnly).await;
        let mail = ben.get("/api/v1/me/mail").await.json();
        assert_eq!(mail, json!({ "mentioned": true, "assigned": false, "answered": false }), "as it is at first");
        ben.post("/settings/mail", &[("assigned", "on")]).await;
        let mail = ben.get("/api/v1/me/mail").await.json();
        assert_eq!(mail, json!({ "mentioned": false, "assigned": true, "answered": false }));
        ben.json(Method::PUT, "/api/v1/me/mail", &json!({ "mentioned": true, "assigned": false, "answered": true }))
            .await;
        let page = ben.get("/settings/profile").await.text;
        assert!(page.contains("name=\"answered\" checked") && !page.contains("name=\"assigned\" checked"), "{page}");
    })
    .await;
}
