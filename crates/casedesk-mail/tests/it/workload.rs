//! Seeded support mails, written by the generator that lies beside the checkout
//! (`CASEDESK_GENERATED` sets how many of each kind).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use casedesk_mail::thread::{Known, Placement, SimilarCase, TokenClaim, place};
use casedesk_mail::{Desk, InboundMail, Kind, read};
use serde_json::Value;

use crate::support::collapsed;

const OWN: &str = "support@example.com";

/// Few enough for every run of the tests, also on a machine with other work.
fn mails() -> usize {
    std::env::var("CASEDESK_GENERATED").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

/// The folder `shared` beside the workspace; without it a test is skipped loudly, and fails in CI.
fn shared() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let beside = ["../shared", "../../shared"].iter().map(|path| workspace.join(path));
    let found = beside.into_iter().find(|path| path.join("tools/mkmail.py").exists());
    if found.is_none() {
        println!("SKIPPED: ../shared absent");
        assert!(std::env::var_os("CI").is_none(), "../shared must be there in CI");
    }
    found
}

struct Sample {
    mail: InboundMail,
    row: Value,
}

fn generate(shared: &Path, seed: u32, options: &[&str]) -> Vec<Sample> {
    let folder = std::env::temp_dir().join(format!("casedesk-mail-{}-{seed}-{}", std::process::id(), options.len()));
    let status = Command::new("python3")
        .arg(shared.join("tools/mkmail.py"))
        .arg(&folder)
        .args(["-n", &mails().to_string(), "--seed", &seed.to_string(), "--attach-size", "2000", "--html-size", "3000"])
        .args(options)
        .stdout(std::process::Stdio::null())
        .status()
        .expect("python3 runs");
    assert!(status.success());
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).expect("a manifest");
    let samples = manifest
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("a row");
            let file = row["file"].as_str().expect("a file name");
            Sample { mail: read_raw(&std::fs::read(folder.join(file)).expect("a mail")), row }
        })
        .collect();
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    samples
}

fn read_raw(raw: &[u8]) -> InboundMail {
    let own = [OWN.to_owned()];
    let desk = Desk { own_addresses: &own, agent_addresses: &[], group_addresses: &own };
    read(raw, &desk).expect("a readable mail")
}

/// Counts what is right, and keeps some of what is not.
#[derive(Default)]
struct Tally {
    of: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn check(&mut self, ok: bool, detail: impl FnOnce() -> String) {
        self.of += 1;
        if !ok {
            self.wrong.push(detail());
        }
    }

    fn assert_at_least(&self, percent: usize, what: &str) {
        let right = self.of - self.wrong.len();
        let shown: Vec<&String> = self.wrong.iter().take(5).collect();
        assert!(right * 100 >= self.of * percent, "{what}: {right} of {}: {shown:#?}", self.of);
    }
}

/// Everything about one seed: each mail by itself, then the threads in three orders.
fn check_seed(seed: u32, options: &[&str]) {
    let Some(shared) = shared() else { return };
    let samples = generate(&shared, seed, options);
    let mut author = Tally::default();
    let mut text = Tally::default();
    let mut kind = Tally::default();
    let mut rest = Tally::default();
    for Sample { mail, row } in &samples {
        check_author(mail, row, &mut author);
        check_text(mail, row, &mut text);
        check_kind(mail, row, &mut kind);
        check_rest(mail, row, &mut rest);
    }
    author.assert_at_least(99, "author");
    text.assert_at_least(99, "new text");
    kind.assert_at_least(100, "kind");
    rest.assert_at_least(100, "subject, ids, files");

    let mut order: Vec<&Sample> = samples.iter().collect();
    assert_threads(&order, "in order");
    order.extend(samples.iter().step_by(10));
    assert_threads(&order, "every tenth twice");
    shuffle(&mut order);
    assert_threads(&order, "shuffled");
}

#[test]
fn generated_mail_and_its_threads_are_read_as_the_manifest_says() {
    check_seed(1, &[]);
}

#[test]
fn generated_mail_with_case_numbers_in_its_subjects_is_read_as_the_manifest_says() {
    check_seed(7, &["--token", "[CD-{n}]"]);
}

#[test]
fn generated_mail_that_mostly_comes_through_the_group_is_read_as_the_manifest_says() {
    check_seed(42, &["--group-ratio", "0.9", "--reply-ratio", "0.5", "--html-ratio", "0.9"]);
}

/// The same order every time.
fn shuffle(order: &mut [&Sample]) {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for at in (1..order.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (at as u64 + 1)).expect("fits");
        order.swap(at, other);
    }
}

fn check_author(mail: &InboundMail, row: &Value, tally: &mut Tally) {
    let found = &mail.author.address;
    let name = found.name.as_deref().unwrap_or_default();
    let ok = row["from_addr"] == found.address.as_str() && row["from_name"] == name;
    tally.check(ok, || format!("{}: {found:?} for {} {}", row["file"], row["from_name"], row["from_addr"]));
}

fn check_text(mail: &InboundMail, row: &Value, tally: &mut Tally) {
    if row["kind"] == "bounce" {
        return;
    }
    let wanted = collapsed(row["new_text"].as_str().unwrap_or_default());
    let new = mail.body.new_text();
    let signed = format!("{new}\n{}", mail.body.signature());
    // The manifest keeps the signature in the new text.
    let ok = wanted == collapsed(&new) || wanted == collapsed(&signed);
    tally.check(ok, || format!("{}: wanted {wanted:?}\nfound {:?}", row["file"], mail.body.segments));
}

fn check_kind(mail: &InboundMail, row: &Value, tally: &mut Tally) {
    let delayed = row["status"].as_str().is_some_and(|status| status.starts_with('4'));
    let wanted = match row["kind"].as_str() {
        Some("auto") => Kind::AutoReply,
        Some("bounce") if delayed => Kind::Delay,
        Some("bounce") => Kind::Bounce,
        _ => Kind::Person,
    };
    let report = mail.verdict.bounce.as_ref();
    let failed = report.and_then(|report| report.failures.first());
    let recipient = row["failed_recipient"].is_null()
        || failed.is_some_and(|failed| row["failed_recipient"] == failed.address.as_str());
    tally.check(mail.verdict.kind == wanted && recipient, || format!("{}: {:?}", row["file"], mail.verdict));
}

fn check_rest(mail: &InboundMail, row: &Value, tally: &mut Tally) {
    let bare = |value: &Value| value.as_str().map(|id| id.trim_matches(['<', '>']).to_owned());
    let files = row["attachments"].as_array().map_or(0, Vec::len);
    let named = row["attachments"].as_array().into_iter().flatten().all(|wanted| {
        let same =
            |file: &&casedesk_mail::Attachment| wanted["name"] == file.declared_name.as_deref().unwrap_or_default();
        mail.attachments.iter().find(same).is_some_and(|file| wanted["size"] == file.bytes.len())
    });
    let inline = usize::from(row["inline"] == 1);
    let report_parts = if row["kind"] == "bounce" { 2 } else { 0 };
    let ok = mail.subject == collapsed(row["subject"].as_str().unwrap_or_default())
        && mail.message_id == bare(&row["message_id"])
        && mail.in_reply_to.first().cloned() == bare(&row["in_reply_to"])
        && named
        && mail.attachments.len() == files + inline + report_parts
        && mail.date.is_some();
    tally.check(ok, || {
        format!("{row}\n{:?} {:?}", mail.subject, mail.attachments.iter().map(|file| &file.name).collect::<Vec<_>>())
    });
}

/// A desk in memory: every id it heard of, and who takes part in which case.
#[derive(Default)]
struct Model {
    surplus: i64,
    ids: HashMap<String, i64>,
    participants: HashMap<i64, String>,
    subjects: HashMap<i64, String>,
    placed: HashMap<String, i64>,
}

impl Model {
    fn receive(&mut self, mail: &InboundMail, thread: i64) -> i64 {
        let id = mail.message_id.clone().unwrap_or_default();
        if let Some(case) = self.placed.get(&id) {
            return *case;
        }
        let case = match place(mail, &self.known(mail)) {
            Placement::Join { case, .. } => case,
            Placement::New { .. } => self.open(mail, thread),
        };
        self.hear(mail, &id, case);
        self.placed.insert(id, case);
        case
    }

    /// The numbers in the generated subjects are those of the threads: the desk gives the same
    /// ones in whatever order the mail comes, and others to cases that should not be.
    fn open(&mut self, mail: &InboundMail, thread: i64) -> i64 {
        let mut case = thread;
        if self.participants.contains_key(&thread) {
            self.surplus += 1;
            case = 1_000_000 + self.surplus;
        }
        self.participants.insert(case, mail.author.address.address.clone());
        self.subjects.insert(case, mail.evidence.base_subject.clone());
        case
    }

    /// Ids that are heard later than the mail they belong to tie two cases together.
    fn hear(&mut self, mail: &InboundMail, id: &str, case: i64) {
        for heard in mail.evidence.ids.iter().chain([&id.to_owned()]) {
            self.ids.entry(heard.clone()).or_insert(case);
        }
    }

    fn known(&self, mail: &InboundMail) -> Known {
        let own = mail.message_id.clone().unwrap_or_default();
        let lookup = |id: &String| self.ids.get(id).map(|case| (id.clone(), *case));
        let mut ids: Vec<(String, i64)> = mail.evidence.ids.iter().filter_map(lookup).collect();
        ids.extend(lookup(&own));
        let author = &mail.author.address.address;
        let writes_in = |case: i64| self.participants.get(&case) == Some(author);
        Known {
            ids,
            tokens: mail
                .evidence
                .subject_tokens
                .iter()
                .filter(|case| self.participants.contains_key(case))
                .map(|case| TokenClaim {
                    case: *case,
                    author_is_participant: writes_in(*case),
                    author_shares_domain: false,
                })
                .collect(),
            similar: self
                .subjects
                .iter()
                .filter(|(case, _)| writes_in(**case))
                .map(|(case, subject)| SimilarCase {
                    case: *case,
                    base_subject: subject.clone(),
                    author_is_participant: true,
                    last_activity: *case,
                })
                .collect(),
            ..Known::default()
        }
    }
}

/// How many mails lie in the case that holds most of their thread, none of another thread's.
fn assert_threads(samples: &[&Sample], what: &str) {
    let mut model = Model::default();
    let mut by_case: HashMap<i64, HashMap<i64, usize>> = HashMap::new();
    let mut by_thread: HashMap<i64, HashMap<i64, usize>> = HashMap::new();
    for sample in samples {
        let mail = &sample.mail;
        let thread = sample.row["thread"].as_i64().expect("a thread");
        // The desk knows what it sent, also the mails that only bounced.
        if let Some(lost) = sample.row["failed_message_id"].as_str() {
            let first = by_thread.get(&thread).and_then(|cases| cases.keys().next());
            if let Some(case) = first {
                model.ids.insert(lost.trim_matches(['<', '>']).to_owned(), *case);
            }
        }
        let case = model.receive(mail, thread);
        *by_case.entry(case).or_default().entry(thread).or_default() += 1;
        *by_thread.entry(thread).or_default().entry(case).or_default() += 1;
    }
    let mixed = by_case.values().filter(|threads| threads.len() > 1).count();
    assert_eq!(mixed, 0, "{what}: cases that mix threads");
    let right: usize = by_thread.values().filter_map(|cases| cases.values().max()).sum();
    assert!(right * 100 >= samples.len() * 99, "{what}: {right} of {}", samples.len());
}
