//! The made-up company has something of everything to show, however few cases are asked for.
use std::collections::BTreeSet;

use casedesk::cases::{CallStep, CaseState, Door, WaitingOn};
use casedesk::customers::VerdictKind;
use casedesk::db::Read as _;
use casedesk::quotes::QuoteState;
use casedesk::{demo, q};
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, on_both};

async fn words(app: &TestApp, query: casedesk::db::Query) -> BTreeSet<String> {
    let rows: Vec<(String,)> = app.desk().db().all(query).await.unwrap();
    rows.into_iter().map(|(word,)| word).collect()
}

async fn fill(app: &TestApp, cases: usize) {
    let stop = CancellationToken::new();
    let config = demo::prepare(app.desk().config().clone(), &stop).await.unwrap();
    demo::fill(&config, app.desk().db(), 7, cases).await.unwrap();
    stop.cancel();
}

#[tokio::test]
async fn with_a_few_more_cases_there_are_quotes_in_every_state() {
    on_both(async |app| {
        fill(app, 60).await;
        let states = words(app, q!("SELECT DISTINCT state FROM quotes")).await;
        assert_eq!(states, QuoteState::ALL.iter().map(ToString::to_string).collect());
        for kind in ["phone.escalate", "clocks.look", "notices.mail", "quotes.expire", "quotes.remind"] {
            app.forget_jobs(kind).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_demo_shows_every_door_every_state_every_verdict_and_calls_in_each_step() {
    on_both(async |app| {
        fill(app, 3).await;
        let states = words(app, q!("SELECT DISTINCT state FROM cases")).await;
        let all: BTreeSet<String> = CaseState::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(states, all);
        let waits = words(app, q!("SELECT DISTINCT waiting_on FROM cases WHERE waiting_on IS NOT NULL")).await;
        assert_eq!(waits, WaitingOn::ALL.iter().map(ToString::to_string).collect());
        let doors = words(app, q!("SELECT DISTINCT door FROM cases")).await;
        let all: BTreeSet<String> =
            Door::ALL.iter().filter(|door| **door != Door::Chat).map(ToString::to_string).collect();
        assert_eq!(doors, all);
        for kind in VerdictKind::ALL {
            let found = words(app, q!("SELECT DISTINCT state FROM case_verdicts WHERE kind = $1", *kind)).await;
            let all: BTreeSet<String> = kind.states().iter().map(ToString::to_string).collect();
            assert_eq!(found, all, "{kind}");
        }
        let calls = words(app, q!("SELECT DISTINCT state FROM calls")).await;
        for step in [CallStep::Confirmed, CallStep::Corrected, CallStep::Written] {
            assert!(calls.contains(step.as_str()), "{calls:?} lacks {step}");
        }
        for (what, query) in [
            ("an unconfirmed call", q!("SELECT COUNT(*) FROM cases WHERE unconfirmed_since IS NOT NULL")),
            ("a question of the form", q!("SELECT COUNT(*) FROM form_questions")),
            ("a log without time stamps", q!("SELECT COUNT(*) FROM log_readings WHERE ask_again")),
            ("a mention", q!("SELECT COUNT(*) FROM notices WHERE kind = 'mentioned'")),
            ("a held form", q!("SELECT COUNT(*) FROM form_submissions WHERE state = 'held'")),
            ("a case that asks for a roadmap item", q!("SELECT COUNT(*) FROM case_items")),
            ("votes", q!("SELECT COUNT(*) FROM roadmap_votes WHERE item_id IN (SELECT item_id FROM case_items)")),
        ] {
            let (count,): (i64,) = app.desk().db().one(query).await.unwrap();
            assert!(count > 0, "the demo has no {what}");
        }
        // The questions of calls that nobody has answered look again at their hour.
        app.forget_jobs("phone.escalate").await;
        app.forget_jobs("clocks.look").await;
        app.forget_jobs("notices.mail").await;
    })
    .await;
}
