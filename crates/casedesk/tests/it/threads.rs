//! The same mails in another order, some of them twice and by two ways at once, make the same cases.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use casedesk::cases::actions::{change, unmerge};
use casedesk::cases::rules::Change;
use casedesk::cases::{CaseId, Priority};
use casedesk::db::Read as _;
use casedesk::mail::actions::take_in;
use casedesk::mail::{Source, filer};
use casedesk::q;
use casedesk::staff::Role;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::{Letter, TestApp, on_both, with_settings};

const MAILS: usize = 250;

/// A generated mail: its bytes, its Message-ID, and the thread that it belongs to.
#[derive(Clone)]
struct Sample {
    raw: Bytes,
    id: String,
    thread: i64,
}

/// Mails of people, in the order of their writing. `None` where the generator is not there: that is said loudly, and
/// fails in CI.
fn generated(seed: u32) -> Option<Vec<Sample>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let beside = ["../shared", "../../shared"].map(|path| workspace.join(path).join("tools/mkmail.py"));
    let Some(script) = beside.into_iter().find(|path| path.exists()) else {
        println!("SKIPPED: ../shared absent");
        assert!(std::env::var_os("CI").is_none(), "../shared must be there in CI");
        return None;
    };
    let folder: PathBuf = std::env::temp_dir().join(format!("casedesk-threads-{}-{seed}", std::process::id()));
    let count = MAILS.to_string();
    let status = Command::new("python3")
        .arg(script)
        .arg(&folder)
        .args(["-n", &count, "--seed", &seed.to_string(), "--reply-ratio", "0.6", "--group-ratio", "0.4"])
        .args(["--auto-ratio", "0", "--bounce-ratio", "0", "--attach-size", "2000", "--html-size", "3000"])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let samples = manifest
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let raw = std::fs::read(folder.join(row["file"].as_str().unwrap())).unwrap();
            let id = row["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
            Sample { raw: raw.into(), id, thread: row["thread"].as_i64().unwrap() }
        })
        .collect();
    std::fs::remove_dir_all(&folder).unwrap();
    Some(samples)
}

/// The same order every time.
fn shuffle(order: &mut [Sample], seed: u64) {
    let mut state = seed;
    for at in (1..order.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (u64::try_from(at).unwrap() + 1)).unwrap();
        order.swap(at, other);
    }
}

/// One way in: these mails one after the other.
async fn one_way(app: &TestApp, samples: &[Sample], by_wire: bool) {
    let peer = std::net::Ipv4Addr::LOCALHOST.into();
    for sample in samples {
        let source = match by_wire {
            true => Source::Listener { envelope_from: "somebody@mx.example", envelope_to: &[], peer },
            false => Source::Import { path: &sample.id },
        };
        take_in(app.desk(), source, sample.raw.clone()).await.unwrap();
    }
}

/// The Message-IDs of each case, read off the entries. A merged case is its root's.
async fn cases(app: &TestApp) -> BTreeSet<BTreeSet<String>> {
    let rows: Vec<(i64, String)> = app
        .desk()
        .db()
        .all(q!("SELECT COALESCE(c.merged_into, c.id), m.message_id FROM mail_messages m
             JOIN entries e ON e.id = m.entry_id JOIN cases c ON c.id = e.case_id LIMIT 5000"))
        .await
        .unwrap();
    let mut cases: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let many = rows.len();
    for (case, id) in rows {
        cases.entry(case).or_default().insert(id);
    }
    assert_eq!(cases.values().map(BTreeSet::len).sum::<usize>(), many, "a message is shown twice");
    cases.into_values().collect()
}

async fn the_same_cases(seed: u32) {
    let Some(samples) = generated(seed) else { return };
    let mut threads: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for sample in &samples {
        threads.entry(sample.thread).or_default().insert(sample.id.clone());
    }
    let threads: BTreeSet<BTreeSet<String>> = threads.into_values().collect();
    assert!(threads.len() > 20 && threads.iter().any(|thread| thread.len() > 3), "threads worth the name");
    with_settings(&[("MAIL__GROUPS", "support@example.com")], async |app| {
        let mut order = samples.clone();
        order.extend(samples.iter().step_by(10).cloned());
        shuffle(&mut order, 0x2545_F491_4F6C_DD1D + u64::from(seed));
        let (one, other) = order.split_at(order.len() / 2);
        let stop = CancellationToken::new();
        let filing = async {
            tokio::join!(one_way(app, one, true), one_way(app, other, false));
            filer::file_waiting(app.desk(), &stop).await.unwrap();
        };
        // While they come in, somebody files already.
        let early = async {
            for _ in 0..20 {
                filer::file_waiting(app.desk(), &stop).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(filing, early);
        app.forget_jobs("mail.acknowledge").await;
        app.drain().await;
        let found = cases(app).await;
        let unlike: Vec<_> = found.symmetric_difference(&threads).collect();
        assert!(unlike.is_empty(), "{} cases of {} are not as the threads: {unlike:#?}", unlike.len(), threads.len());
    })
    .await;
}

#[tokio::test]
async fn shuffled_doubled_and_by_two_ways_at_once_the_same_cases() {
    the_same_cases(3).await;
}

/// Two cases of one conversation: an answer came before the message that it answers, by a way that names neither.
async fn torn(app: &TestApp, from: [&str; 3]) -> [CaseId; 3] {
    let first = Letter::new(from[0], "Nightly job", "It stops at two.").with("Message-ID", "<first@customer.example>");
    let third = Letter::new(from[1], "Re: Nightly job", "And at three.").with("Message-ID", "<third@customer.example>");
    let [one, other] = [app.case_of(&first).await, app.case_of(&third).await];
    assert_ne!(one, other);
    let second = Letter::new(from[2], "Re: Nightly job", "Here is the log.")
        .with("Message-ID", "<second@customer.example>")
        .with("In-Reply-To", "<third@customer.example>")
        .with("References", "<first@customer.example> <third@customer.example>");
    let between = app.case_of(&second).await;
    app.forget_jobs("mail.acknowledge").await;
    [one, other, between]
}

#[tokio::test]
async fn two_cases_that_a_message_ties_become_one_and_can_be_parted_for_good() {
    on_both(async |app| {
        let anna = "Anna Berg <anna@customer.example>";
        let [one, other, between] = torn(app, [anna; 3]).await;
        assert_eq!(between, other);
        app.drain().await;
        assert_eq!(app.case(other).await.merged_into, Some(one));
        let ben = app.viewer("Ben", Role::Agent).await;
        unmerge(app.desk(), &ben, 1).await.unwrap();
        let again = Letter::new(anna, "Re: Nightly job", "Any news?")
            .with("References", "<first@customer.example> <third@customer.example>");
        app.arrives(&again).await;
        app.drain().await;
        assert_eq!(app.case(other).await.merged_into, None, "an agent has said that they are two");
    })
    .await;
}

#[tokio::test]
async fn nobody_ties_cases_of_others_nor_what_agents_work_on() {
    on_both(async |app| {
        let (anna, eve) = ("Anna Berg <anna@customer.example>", "Eve <eve@elsewhere.example>");
        let [_, other, _] = torn(app, [anna, anna, eve]).await;
        app.drain().await;
        assert_eq!(app.case(other).await.merged_into, None, "a stranger who knows the ids");
    })
    .await;
    on_both(async |app| {
        let (anna, bert) = ("Anna Berg <anna@customer.example>", "Bert <bert@other.example>");
        let [_, other, _] = torn(app, [anna, bert, anna]).await;
        app.drain().await;
        assert_eq!(app.case(other).await.merged_into, None, "the cases of two customers");
    })
    .await;
    on_both(async |app| {
        let [one, other, _] = torn(app, ["Anna Berg <anna@customer.example>"; 3]).await;
        let ben = app.viewer("Ben", Role::Agent).await;
        for case in [one, other] {
            change(app.desk(), &ben, case, &Change::Priority(Priority::High)).await.unwrap();
        }
        app.drain().await;
        assert_eq!(app.case(other).await.merged_into, None, "agents have taken both up");
    })
    .await;
}
