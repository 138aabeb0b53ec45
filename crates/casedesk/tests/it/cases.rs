//! Cases: states, replies, merge and split, through the actions that pages and API share.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::cases::actions::{self as cases, HandOver, Reply};
use casedesk::cases::filter::{Filter, Sort, View};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, CaseState, CasesError, Delivery, EntryKind, LinkKind, WaitingOn, store};
use casedesk::customers::Person;
use casedesk::staff::{AgentId, Role, Viewer, store as staff_store};

use crate::support::{Letter, TestApp, on_both};

fn anna(subject: &str, text: &str) -> Letter {
    Letter::new("Anna Berg <anna@northbay.example>", subject, text)
}

fn reply(body: &str) -> Reply {
    let to = vec![Person { name: None, address: "anna@northbay.example".into() }];
    Reply { body: body.into(), to, ..Reply::default() }
}

async fn case_and_agent(app: &TestApp) -> (CaseId, Letter, Viewer) {
    let opening = anna("No login", "It does not work.");
    let case = app.case_of(&opening).await;
    app.forget_jobs("mail.acknowledge").await;
    (case, opening, app.viewer("Ben", Role::Agent).await)
}

async fn search(app: &TestApp, by: &Viewer, typed: &str) -> Vec<CaseId> {
    let filter = Filter::parse(typed, by.id).unwrap();
    let page = store::list(app.desk().db(), &filter, Sort::default(), None, 50, by.id, &by.hidden_teams).await.unwrap();
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_customers_answer_reopens_a_waiting_and_a_solved_case() {
    on_both(async |app| {
        let (case, opening, by) = case_and_agent(app).await;
        for (i, change) in [Change::Solve, Change::Wait { on: WaitingOn::Customer, until: None }].iter().enumerate() {
            cases::change(app.desk(), &by, case, change).await.unwrap();
            let more = anna("Re: No login", &format!("still not {i}")).answering(opening.get("Message-ID"));
            assert_eq!(app.arrives(&more).await.case, Some(case));
            assert_eq!(app.case(case).await.state, CaseState::Open);
        }
    })
    .await;
}

#[tokio::test]
async fn seven_days_after_solved_a_case_closes_and_an_answer_opens_a_linked_follow_up() {
    on_both(async |app| {
        let (case, opening, by) = case_and_agent(app).await;
        cases::change(app.desk(), &by, case, &Change::Solve).await.unwrap();
        app.advance(Duration::from_hours(7 * 24 - 1));
        assert_eq!(cases::pass_time(app.desk()).await.unwrap(), 0);
        app.advance(Duration::from_hours(1));
        assert_eq!(cases::pass_time(app.desk()).await.unwrap(), 1);
        assert_eq!(app.case(case).await.state, CaseState::Closed);
        let more = anna("Re: No login", "again").answering(opening.get("Message-ID"));
        let follow_up = app.arrives(&more).await.case.unwrap();
        assert_ne!(follow_up, case);
        assert_eq!(app.case(follow_up).await.follow_up_of, Some(case));
        let links = store::links(app.desk().db(), follow_up, &[]).await.unwrap();
        assert_eq!((links[0].id, links[0].kind), (case, LinkKind::FollowUp));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_case_that_waits_for_a_date_opens_on_it() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let until = app.desk().now().plus(Duration::from_hours(5));
        cases::change(app.desk(), &by, case, &Change::Wait { on: WaitingOn::Date, until: Some(until) }).await.unwrap();
        app.advance(Duration::from_hours(4));
        assert_eq!(cases::pass_time(app.desk()).await.unwrap(), 0);
        app.advance(Duration::from_hours(1));
        assert_eq!(cases::pass_time(app.desk()).await.unwrap(), 1);
        assert_eq!(app.case(case).await.state, CaseState::Open);
    })
    .await;
}

#[tokio::test]
async fn a_reply_is_stopped_when_the_case_changed_since_writing_began() {
    on_both(async |app| {
        let (case, opening, by) = case_and_agent(app).await;
        let seen = app.timeline(case).await.last().unwrap().id;
        let more = anna("Re: No login", "wait, it works").answering(opening.get("Message-ID"));
        let newest = app.arrives(&more).await.entry.unwrap();
        let written = Reply { based_on: Some(seen), ..reply("Try this.") };
        let refused = cases::reply(app.desk(), &by, case, written.clone()).await.unwrap_err();
        assert!(matches!(refused, CasesError::ChangedSince { newest: n, .. } if n == newest), "{refused:?}");
        assert_eq!(app.timeline(case).await.last().unwrap().id, newest);
        cases::reply(app.desk(), &by, case, Reply { anyway: true, ..written }).await.unwrap();
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn ones_own_note_does_not_stop_ones_reply() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let seen = app.timeline(case).await.last().unwrap().id;
        cases::note(app.desk(), &by, case, "mine", vec![], None).await.unwrap();
        cases::reply(app.desk(), &by, case, Reply { based_on: Some(seen), ..reply("Try this.") }).await.unwrap();
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn an_undone_reply_is_a_draft_again_and_the_case_stands_as_before() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let before = app.case(case).await.state;
        let entry = cases::reply(app.desk(), &by, case, reply("Try this.")).await.unwrap();
        assert_eq!(app.case(case).await.state, CaseState::Waiting);
        cases::undo_reply(app.desk(), &by, case, entry).await.unwrap();
        let drafts = store::drafts(app.desk().db(), case, by.id).await.unwrap();
        assert_eq!((drafts[0].kind.as_str(), drafts[0].body.as_str()), ("reply", "Try this."));
        assert_eq!(app.case(case).await.state, before);
        app.advance(Duration::from_secs(16));
        app.drain().await;
        let row = store::entry(app.desk().db(), entry).await.unwrap().unwrap();
        assert_eq!(row.delivery, Some(Delivery::Cancelled));
        assert!(matches!(
            cases::undo_reply(app.desk(), &by, case, entry).await,
            Err(CasesError::NoEntry(_) | CasesError::TooLate(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn what_was_begun_since_stays_above_a_reply_that_is_taken_back() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let first = cases::reply(app.desk(), &by, case, reply("The first answer.")).await.unwrap();
        // Another page keeps what is written there.
        let begun = cases::reply(app.desk(), &by, case, reply("The second answer.")).await.unwrap();
        cases::undo_reply(app.desk(), &by, case, begun).await.unwrap();
        cases::undo_reply(app.desk(), &by, case, first).await.unwrap();
        let drafts = store::drafts(app.desk().db(), case, by.id).await.unwrap();
        assert_eq!(drafts[0].body, "The second answer.\n\nThe first answer.");
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn from_the_page_only_the_files_that_stand_there_go_along() {
    on_both(async |app| {
        let (case, ..) = case_and_agent(app).await;
        let agent = app.logged_in("Cleo", Role::Agent).await;
        for name in ["shown.log", "elsewhere.log"] {
            let form = format!(
                "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nwords\r\n--x--\r\n"
            );
            let path = format!("/api/v1/cases/{case}/draft-files");
            let answer = agent.body(Method::POST, &path, "multipart/form-data; boundary=x", &form).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        }
        let cleo = staff_store::by_email(app.desk().db(), "cleo@desk.example").await.unwrap().unwrap().id;
        let files = store::files_of_draft(app.desk().db(), case, cleo).await.unwrap();
        let shown = files[0].id.0.to_string();
        let path = format!("/cases/{case}/replies");
        let fields = [("body", "See the log."), ("to", "anna@northbay.example"), ("attachment", &shown)];
        assert_eq!(agent.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let left = store::files_of_draft(app.desk().db(), case, cleo).await.unwrap();
        assert_eq!(left.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["elsewhere.log"]);
        // A file that was taken off on another page holds the reply.
        let entries = app.timeline(case).await.len();
        assert_eq!(agent.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.timeline(case).await.len(), entries);
        app.forget_jobs("mail.deliver").await;
        app.forget_jobs("cases.index_files").await;
    })
    .await;
}

#[tokio::test]
async fn the_words_of_an_undone_reply_are_found_by_nobody() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let entry = cases::reply(app.desk(), &by, case, reply("Turn the flywheel.")).await.unwrap();
        assert_eq!(search(app, &by, "flywheel").await, [case]);
        cases::undo_reply(app.desk(), &by, case, entry).await.unwrap();
        assert_eq!(search(app, &by, "flywheel").await, []);
        assert_eq!(search(app, &by, "login").await, [case], "the rest of the case is found as before");
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_scheduled_reply_stops_at_its_hour_when_the_customer_has_written() {
    on_both(async |app| {
        let (case, opening, by) = case_and_agent(app).await;
        let at = app.desk().now().plus(Duration::from_hours(12));
        let entry =
            cases::reply(app.desk(), &by, case, Reply { send_at: Some(at), ..reply("Good morning") }).await.unwrap();
        app.arrives(&anna("Re: No login", "never mind").answering(opening.get("Message-ID"))).await;
        app.advance(Duration::from_hours(13));
        app.drain().await;
        let row = store::entry(app.desk().db(), entry).await.unwrap().unwrap();
        assert_eq!(row.delivery, Some(Delivery::Cancelled));
        assert!(row.failure.unwrap().contains("written since"));
        assert_eq!(store::drafts(app.desk().db(), case, by.id).await.unwrap()[0].body, "Good morning");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_posts_one_reply() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let written = Reply { client_id: Some("abc".into()), ..reply("Try this.") };
        let first = cases::reply(app.desk(), &by, case, written.clone()).await.unwrap();
        assert_eq!(cases::reply(app.desk(), &by, case, written).await.unwrap(), first);
        let replies = app.timeline(case).await.into_iter().filter(|e| e.kind == EntryKind::MailOut).count();
        assert_eq!(replies, 1);
        app.forget_jobs("mail.deliver").await;
    })
    .await;
}

#[tokio::test]
async fn a_merge_shows_both_as_one_and_its_undo_parts_them_with_what_came_since() {
    on_both(async |app| {
        let (one, _, by) = case_and_agent(app).await;
        let other_opening =
            anna("No login from the second office", "also here").with("Message-ID", "<other@x.example>");
        let two = app.case_of(&other_opening).await;
        let merge = cases::merge(app.desk(), &by, two, one).await.unwrap();
        let messages =
            async |case| app.timeline(case).await.into_iter().filter(|e| e.kind == EntryKind::MailIn).count();
        assert_eq!(messages(one).await, 2);
        let late = anna("Re: No login from the second office", "late").answering("<other@x.example>");
        app.arrives(&late).await;
        assert_eq!(messages(one).await, 3);
        assert_eq!(search(app, &by, "second office").await, [one], "what is merged is found as the case it is part of");
        cases::unmerge(app.desk(), &by, merge).await.unwrap();
        assert_eq!((messages(one).await, messages(two).await), (1, 2));
        assert!(matches!(cases::unmerge(app.desk(), &by, merge).await, Err(CasesError::AlreadyUndone)));
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn merges_of_merged_cases_come_apart_one_by_one_and_circles_are_refused() {
    on_both(async |app| {
        let (a, _, by) = case_and_agent(app).await;
        let b = app.case_of(&anna("Second", "b")).await;
        let c = app.case_of(&anna("Third", "c")).await;
        let inner = cases::merge(app.desk(), &by, c, b).await.unwrap();
        assert!(matches!(cases::merge(app.desk(), &by, b, c).await, Err(CasesError::MergeCircle(_))));
        let outer = cases::merge(app.desk(), &by, b, a).await.unwrap();
        assert_eq!(app.case(c).await.merged_into, Some(a));
        cases::unmerge(app.desk(), &by, outer).await.unwrap();
        assert_eq!((app.case(b).await.merged_into, app.case(c).await.merged_into), (None, Some(b)));
        cases::unmerge(app.desk(), &by, inner).await.unwrap();
        assert_eq!(app.case(c).await.merged_into, None);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_split_moves_messages_and_its_undo_brings_them_back() {
    on_both(async |app| {
        let (case, opening, by) = case_and_agent(app).await;
        let more = anna("Re: No login", "And one more: the licence.").answering(opening.get("Message-ID"));
        let entry = app.arrives(&more).await.entry.unwrap();
        assert!(matches!(cases::split(app.desk(), &by, case, &[], "Licence").await, Err(CasesError::BadSplit)));
        let new = cases::split(app.desk(), &by, case, &[entry], "Licence").await.unwrap();
        assert!(app.timeline(new).await.iter().any(|e| e.id == entry));
        assert!(!app.timeline(case).await.iter().any(|e| e.id == entry));
        assert_eq!(search(app, &by, "the licence").await, [new]);
        let undo = app.timeline(new).await.iter().find_map(|e| match e.data().unwrap() {
            casedesk::cases::EntryData::Change(changed) => changed.undo,
            _ => None,
        });
        cases::unsplit(app.desk(), &by, undo.unwrap()).await.unwrap();
        assert!(app.timeline(case).await.iter().any(|e| e.id == entry));
        assert_eq!(app.case(new).await.merged_into, Some(case));
    })
    .await;
}

#[tokio::test]
async fn search_finds_by_words_people_tags_states_and_dates() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let other = Letter::new("田中 美咲 <tanaka@tokiwa.example>", "転送エラー", "接続エラーが出ます。Größe: 12");
        let other = app.case_of(&other).await;
        cases::tag(app.desk(), &by, case, "AS2", true).await.unwrap();
        for (typed, wanted) in [
            ("does not work", vec![case]),
            ("\"not work\"", vec![case]),
            ("\"work not\"", vec![]),
            ("wor", vec![case]),
            ("接続", vec![other]),
            ("grosse", vec![]),
            ("größe", vec![other]),
            ("from:tanaka", vec![other]),
            ("org:northbay", vec![case]),
            ("tag:as2", vec![case]),
            ("status:solved", vec![]),
            ("before:2027-03-01", vec![]),
            ("after:2027-03-01 from:anna", vec![case]),
            ("77%", vec![]),
            ("from:%", vec![]),
        ] {
            assert_eq!(search(app, &by, typed).await, wanted, "{typed}");
        }
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_words_beginning_finds_all_that_it_may_become_however_many() {
    on_both(async |app| {
        let by = app.viewer("Ben", Role::Agent).await;
        let few = [app.case_of(&anna("Transfers", "one")).await, app.case_of(&anna("Transferred", "two")).await];
        let many: Vec<String> = (0..100).map(|n| format!("schedule{n}")).collect();
        let many = app.case_of(&anna("Jobs", &many.join(" "))).await;
        for (typed, wanted) in [
            ("transfer", vec![few[1], few[0]]),
            ("transferr", vec![few[1]]),
            ("northbay transfe", vec![few[1], few[0]]),
            ("transfer ", vec![]),
            ("schedule", vec![many]),
            ("schedule99 schedule9", vec![many]),
            ("schedulex", vec![]),
            ("s", vec![]),
        ] {
            let mut found = search(app, &by, typed).await;
            found.sort_by_key(|id| std::cmp::Reverse(id.0));
            assert_eq!(found, wanted, "{typed}");
        }
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_case_of_a_hidden_team_is_not_there() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let teams = casedesk::staff::store::teams(app.desk().db()).await.unwrap();
        let team = teams[0].id;
        cases::change(app.desk(), &by, case, &Change::Team(Some(team))).await.unwrap();
        let outsider = Viewer { hidden_teams: vec![team], ..by.clone() };
        assert!(search(app, &outsider, "login").await.is_empty());
        let other = app.case_of(&anna("Another", "text")).await;
        for refused in [
            cases::change(app.desk(), &outsider, case, &Change::Solve).await.err(),
            cases::note(app.desk(), &outsider, case, "x", vec![], None).await.err(),
            cases::merge(app.desk(), &outsider, other, case).await.err(),
            cases::merge(app.desk(), &outsider, case, other).await.err(),
            cases::link(app.desk(), &outsider, other, case, Some(LinkKind::Related)).await.err(),
        ] {
            assert!(matches!(refused, Some(CasesError::NoCase(_))), "{refused:?}");
        }
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn lists_go_on_where_they_stopped_in_every_order() {
    on_both(async |app| {
        let by = app.viewer("Ben", Role::Agent).await;
        let mut all = Vec::new();
        for i in 0..7 {
            app.advance(Duration::from_secs(60));
            all.push(app.case_of(&anna(&format!("Subject {i}"), "text")).await);
        }
        let filter = View::AllOpen.filter(by.id).unwrap();
        for sort in Sort::ALL {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = store::list(app.desk().db(), &filter, sort, cursor, 3, by.id, &[]).await.unwrap();
                seen.extend(page.rows.iter().map(|row| row.id));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            // Of what nothing is promised of, the oldest case is first.
            if matches!(sort, Sort::OldestActivity | Sort::DueFirst) {
                seen.reverse();
            }
            assert_eq!(seen, all.iter().rev().copied().collect::<Vec<_>>(), "{}", sort.as_str());
        }
        assert_eq!(store::count(app.desk().db(), &filter, &[]).await.unwrap(), 7);
        app.forget_jobs("mail.acknowledge").await;
    })
    .await;
}

#[tokio::test]
async fn a_case_is_handed_over_with_its_note_in_one_step() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let cleo = app.agent("Cleo", Role::Agent).await;
        let sales = staff_store::teams(app.desk().db()).await.unwrap()[1].id;
        let text = cases::written_up(app.desk(), &by, case).await.unwrap();
        assert!(text.starts_with(&format!("**Hand-over of CD-{case}: No login**\n")), "{text}");
        assert!(text.contains("Not answered: Anna Berg, 1 Mar 2027, 09:00 UTC: “It does not work.”"), "{text}");
        assert_eq!(text, cases::written_up(app.desk(), &by, case).await.unwrap());
        let wanted = HandOver {
            text: text.clone(),
            assignee: Some(cleo),
            team: Some(sales),
            client_id: Some("once".into()),
            ..HandOver::default()
        };
        let entry = cases::hand_over(app.desk(), &by, case, &wanted).await.unwrap();
        assert_eq!(cases::hand_over(app.desk(), &by, case, &wanted).await.unwrap(), entry);
        let now = app.case(case).await;
        assert_eq!((now.assignee_id, now.team_id), (Some(cleo), Some(sales)));
        let notes: Vec<String> =
            app.timeline(case).await.into_iter().filter(|e| e.kind == EntryKind::Note).map(|e| e.text).collect();
        assert_eq!(notes, [text]);
    })
    .await;
}

#[tokio::test]
async fn a_case_that_can_be_given_to_nobody_of_that_number_keeps_no_note() {
    on_both(async |app| {
        let (case, _, by) = case_and_agent(app).await;
        let wanted = HandOver { text: "For you.".into(), assignee: Some(AgentId(999)), ..HandOver::default() };
        let refused = cases::hand_over(app.desk(), &by, case, &wanted).await.unwrap_err();
        assert!(matches!(refused, CasesError::NoSuch(_)), "{refused:?}");
        assert!(app.timeline(case).await.iter().all(|entry| entry.kind != EntryKind::Note));
        assert_eq!(app.case(case).await.assignee_id, None);
    })
    .await;
}

#[tokio::test]
async fn the_case_written_up_names_who_is_writing_and_what_was_tried() {
    on_both(async |app| {
        let (case, opening, by) = case_and_agent(app).await;
        cases::reply(app.desk(), &by, case, reply("Please restart it.")).await.unwrap();
        app.forget_jobs("mail.deliver").await;
        let text = cases::written_up(app.desk(), &by, case).await.unwrap();
        assert!(text.contains("Ben replied: “Please restart it.”"), "{text}");
        assert!(
            text.contains("A reply leaves at 1 Mar 2027, 09:00 UTC") && text.contains("Waits on the customer"),
            "{text}"
        );
        assert!(!text.contains("Not answered"), "{text}");
        let draft = store::Draft {
            kind: "reply".into(),
            body: "nobody's to read yet".into(),
            recipients_to: None,
            recipients_cc: None,
            recipients_bcc: None,
            based_on: app.case(case).await.last_entry_id,
            updated_at: app.desk().now(),
        };
        cases::save_draft(app.desk(), &by, case, &draft, None).await.unwrap();
        let more = anna("Re: No login", "Still not.").answering(opening.get("Message-ID"));
        app.arrives(&more).await;
        let text = cases::written_up(app.desk(), &by, case).await.unwrap();
        assert!(text.contains("“Still not.”") && text.contains("Ben has a reply that is not sent"), "{text}");
        assert!(!text.contains("nobody's to read yet"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_case_is_found_by_its_new_subject_and_no_more_by_the_old_one() {
    on_both(async |app| {
        let case = app.case_of(&Letter::new("Anna <anna@northbay.example>", "Quokkas", "Hello.")).await;
        app.forget_jobs("mail.acknowledge").await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        ben.post(&format!("/cases/{case}/subject"), &[("subject", "Wombats")]).await;
        app.drain().await;
        let found =
            async |word: &str| ben.get(&format!("/views/all?q={word}")).await.text.contains(&format!("CD-{case}"));
        assert!(found("wombats").await);
        assert!(!found("quokkas").await);
    })
    .await;
}
