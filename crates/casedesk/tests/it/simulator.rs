//! A seeded play of everything that may happen to a message, against a model that is no more than a list: nothing is
//! lost, nothing doubled, and each message is shown on one case, where its thread is. A failure names its seed;
//! `CASEDESK_SEED=n` plays that one alone, `CASEDESK_SEEDS=n` so many.
use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, Scope};
use serde_json::{Value, json};

use crate::api::program;
use crate::forms::{KIND, fill_in, multipart, private_link};
use crate::support::{Browser, Letter, TestApp, with_settings};

const SEEDS: u64 = 6;
const STEPS: usize = 60;

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// A message that the desk has: a word that no other has, and its mail when it came by mail.
struct Message {
    word: String,
    letter: Option<Letter>,
}

struct Play<'a> {
    app: &'a TestApp,
    agent: Browser,
    dice: Dice,
    messages: Vec<Message>,
    links: Vec<String>,
    /// Merges and splits that can be undone.
    undos: Vec<String>,
    /// What was done, for the one who reads the failure.
    done: Vec<String>,
}

/// What the desk shows: the messages of every case that is not part of another.
type Shown = BTreeMap<i64, Vec<(i64, String)>>;

impl Play<'_> {
    async fn step(&mut self) {
        match self.dice.below(12) {
            0 | 1 => self.mail().await,
            2 | 3 => self.answer_by_mail().await,
            4 => self.mail_again().await,
            5 => self.form().await,
            6 => self.answer_by_link().await,
            7 => self.call().await,
            8 => self.note().await,
            9 => self.merge().await,
            10 => self.split().await,
            _ => self.undo().await,
        }
    }

    fn word(&self) -> String {
        format!("word{:04}", self.messages.len())
    }

    fn says(&mut self, word: String, letter: Option<Letter>, what: String) {
        self.done.push(format!("{what} {word}"));
        self.messages.push(Message { word, letter });
    }

    fn writer(&mut self) -> String {
        format!("person{}@customer{}.example", self.dice.below(2), self.dice.below(3))
    }

    async fn mail(&mut self) {
        let (word, from) = (self.word(), self.writer());
        let letter = Letter::new(&from, &format!("About {word}"), &format!("It is {word}."));
        assert!(self.app.arrives(&letter).await.case.is_some());
        self.says(word, Some(letter), format!("mail of {from}"));
    }

    async fn answer_by_mail(&mut self) {
        let mails: Vec<usize> = (0..self.messages.len()).filter(|n| self.messages[*n].letter.is_some()).collect();
        if mails.is_empty() {
            return;
        }
        let answered = mails[self.dice.below(mails.len())];
        let first = self.messages[answered].letter.clone().unwrap();
        let (word, to) = (self.word(), self.messages[answered].word.clone());
        let letter =
            Letter::new(first.get("From"), &format!("Re: {}", first.get("Subject")), &format!("It is {word}."))
                .answering(first.get("Message-ID"));
        let before = self.shown().await;
        let lies = self.app.arrives(&letter).await;
        self.says(word, Some(letter), format!("answer to {to} by"));
        let shown =
            before.iter().find(|(_, all)| all.iter().any(|(_, text)| text.contains(&to))).map(|(case, _)| *case);
        let case = self.root(lies.case.unwrap().0).await;
        assert_eq!(Some(case), shown, "the answer is shown where its thread is\n{}", self.done.join("\n"));
    }

    async fn mail_again(&mut self) {
        let mails: Vec<Letter> = self.messages.iter().filter_map(|message| message.letter.clone()).collect();
        if mails.is_empty() {
            return;
        }
        let again = &mails[self.dice.below(mails.len())];
        self.done.push(format!("again: {}", again.text));
        self.app.arrives(again).await;
    }

    async fn form(&mut self) {
        let (word, address) = (self.word(), self.writer());
        let browser = self.app.browser().at(&format!("198.18.0.{}", self.messages.len()));
        let changed = [("address", address.as_str()), ("description", word.as_str())];
        self.app.advance(Duration::from_hours(1));
        let answer = fill_in(self.app, &browser, &changed, &[]).await;
        self.links.push(private_link(&answer));
        self.says(word, None, format!("form of {address}"));
    }

    async fn answer_by_link(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let link = self.links[self.dice.below(self.links.len())].clone();
        let word = self.word();
        let sent = multipart(&[("text", &word)], &[]);
        let answer = self.app.browser().body(Method::POST, &format!("{link}/answers"), KIND, &sent).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}\n{}", answer.text, self.done.join("\n"));
        self.says(word, None, "answer by a link".into());
    }

    async fn call(&mut self) {
        let (word, address) = (self.word(), self.writer());
        let cases: Vec<i64> = self.shown().await.into_keys().collect();
        let case = (!cases.is_empty() && self.dice.below(2) == 0).then(|| cases[self.dice.below(cases.len())]);
        let call = json!({
            "caller": { "name": "Somebody", "address": address }, "subject": "A call", "case_id": case,
            "summary": word, "started_at": self.app.desk().now(),
        });
        self.post("/calls", &call).await;
        self.says(word, None, format!("call on {case:?}"));
    }

    async fn note(&mut self) {
        let Some((case, _)) = self.some_case().await else { return };
        let word = self.word();
        self.post(&format!("/cases/{case}/notes"), &json!({ "text": word })).await;
        self.says(word, None, format!("note on {case}"));
    }

    async fn merge(&mut self) {
        let (Some((case, _)), Some((into, _))) = (self.some_case().await, self.some_case().await) else { return };
        if case != into {
            let merged = self.post(&format!("/cases/{case}/merges"), &json!({ "into": into })).await;
            self.undos.push(format!("/merges/{}", merged["merge_id"]));
            self.done.push(format!("merge of {case} into {into}"));
        }
    }

    async fn split(&mut self) {
        let Some((case, all)) = self.some_case().await else { return };
        let (entry, _) = all[self.dice.below(all.len())];
        let body = json!({ "entries": [entry], "subject": "Split off" });
        let answer = self.agent.json(Method::POST, &format!("/api/v1/cases/{case}/splits"), &body).await;
        // The only message of a case, or one of a case merged into it, stays.
        let refused = answer.status.is_client_error();
        assert!(refused || answer.status == StatusCode::CREATED, "{}", answer.text);
        self.done.push(format!("split of {entry} off {case}: {}", answer.status));
        if !refused {
            let (split,): (i64,) = self.app.desk().db().one(q!("SELECT MAX(id) FROM splits")).await.unwrap();
            self.undos.push(format!("/splits/{split}"));
        }
    }

    async fn undo(&mut self) {
        if self.undos.is_empty() {
            return;
        }
        let undo = self.undos.remove(self.dice.below(self.undos.len()));
        let answer = self.agent.body(Method::DELETE, &format!("/api/v1{undo}"), "", "").await;
        assert!(!answer.status.is_server_error(), "{undo}: {}", answer.text);
        self.done.push(format!("undo of {undo}: {}", answer.status));
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.agent.json(Method::POST, &format!("/api/v1{path}"), body).await;
        assert!(answer.status.is_success(), "{path} {body}: {}\n{}", answer.text, self.done.join("\n"));
        answer.json()
    }

    async fn some_case(&mut self) -> Option<(i64, Vec<(i64, String)>)> {
        let mut all: Vec<_> = self.shown().await.into_iter().collect();
        (!all.is_empty()).then(|| all.swap_remove(self.dice.below(all.len())))
    }

    async fn root(&self, mut case: i64) -> i64 {
        while let Some(into) = self.agent.get(&format!("/api/v1/cases/{case}")).await.json()["merged_into"].as_i64() {
            case = into;
        }
        case
    }

    /// Every case of the list with its messages.
    async fn shown(&self) -> Shown {
        let mut shown = Shown::new();
        let mut after = String::new();
        loop {
            let page = self.agent.get(&format!("/api/v1/cases?view=all&limit=100{after}")).await.json();
            for case in page["cases"].as_array().unwrap() {
                let id = case["id"].as_i64().unwrap();
                let case = self.agent.get(&format!("/api/v1/cases/{id}")).await.json();
                let said = case["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] != "change");
                let text = |entry: &Value| (entry["id"].as_i64().unwrap(), entry["text"].as_str().unwrap().to_owned());
                let before = shown.insert(id, said.map(text).filter(|(_, text)| text.contains("word")).collect());
                assert!(before.is_none(), "{id} is listed twice\n{}", self.done.join("\n"));
            }
            let Some(next) = page["next"].as_str() else { return shown };
            after = format!("&after={next}");
        }
    }

    async fn check(&self) {
        let shown = self.shown().await;
        for message in &self.messages {
            let on: Vec<i64> = shown
                .iter()
                .flat_map(|(case, all)| all.iter().filter(|(_, text)| text.contains(&message.word)).map(|_| *case))
                .collect();
            assert_eq!(on.len(), 1, "{} is shown on {on:?}\n{}", message.word, self.done.join("\n"));
        }
    }
}

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[tokio::test]
async fn whatever_happens_no_message_is_lost_or_doubled_and_each_is_shown_on_one_case() {
    let seeds = match asked("CASEDESK_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..1 + asked("CASEDESK_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        println!("seed {seed}");
        with_settings(&[], async |app| {
            let ben = app.viewer("Ben", Role::Agent).await;
            let agent = program(app, &ben, Scope::Write).await;
            let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            let mut play = Play {
                app,
                agent,
                dice,
                messages: vec![],
                links: vec![],
                undos: vec![],
                done: vec![format!("seed {seed}")],
            };
            for step in 0..STEPS {
                play.step().await;
                if step % 10 == 9 {
                    play.check().await;
                }
            }
            assert!(play.messages.len() > STEPS / 3);
            for kind in ["mail.acknowledge", "mail.deliver", "cases.index_files", "phone.heard", "phone.recount"] {
                app.forget_jobs(kind).await;
            }
        })
        .await;
    }
}
