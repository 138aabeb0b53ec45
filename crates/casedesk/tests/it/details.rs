//! Details of installations, asked for and understood: what logs say, the mail that asks, the form behind its link.
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use casedesk::cases::actions as cases;
use casedesk::cases::rules::{Change, logs_say};
use casedesk::cases::{CaseId, CaseKind, CaseState, EntryKind, WaitingOn, store as case_store};
use casedesk::customers::actions::{self as file, Given, Origin};
use casedesk::customers::rules::Logs;
use casedesk::customers::{
    FieldSource, FieldValue, InstallationId, InstallationRole, InstallationTerms, OrganisationKind, store,
};
use casedesk::db::{Dialect, Read as _};
use casedesk::details::actions as details;
use casedesk::kit::secrets;
use casedesk::q;
use casedesk::staff::{Role, Scope, Viewer};
use casedesk_details::Field;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Caught, Letter, Relay, TestApp, on_both, with_settings};

const STAMPED: &str = "2027-03-01T08:12:44+01:00 INFO started\n    at Main.run\n2027-03-01T08:59:02+01:00 WARN slow\n";
const UNSTAMPED: &str = "INFO started\nWARN slow\nERROR refused\n";

/// A mail of Anna's with files.
fn with_files(subject: &str, text: &str, files: &[(&str, &str)]) -> Letter {
    let mut body = format!("--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n");
    for (name, content) in files {
        body.push_str(&format!(
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--b--\r\n");
    let letter = Letter::new("Anna Berg <anna@northbay.example>", subject, &body);
    letter.with("MIME-Version", "1.0").with("Content-Type", "multipart/mixed; boundary=b")
}

async fn arrives(app: &TestApp, letter: &Letter) -> CaseId {
    let case = app.case_of(letter).await;
    app.forget_jobs("mail.acknowledge").await;
    app.drain().await;
    case
}

#[tokio::test]
async fn a_log_is_read_once_and_its_case_says_whether_it_has_time_stamps() {
    on_both(async |app| {
        let ben = app.viewer("Ben", Role::Agent).await;
        let program = crate::api::program(app, &ben, Scope::Read).await;
        let letter = with_files("Refused", "Logs.", &[("server.log", STAMPED), ("client.log", UNSTAMPED)]);
        let case = arrives(app, &letter).await;
        let logs = program.get(&format!("/api/v1/cases/{case}/logs")).await.json();
        let [client, server] = logs.as_array().unwrap().as_slice() else { panic!("{logs}") };
        assert_eq!((&client["name"], &client["ask_again"]), (&"client.log".into(), &true.into()));
        assert!(client["format"].is_null() && client["first_stamp"].is_null(), "{client}");
        assert_eq!(server["format"], "ISO 8601 / RFC 3339");
        assert_eq!(server["zone"], "UTC+01:00");
        assert_eq!(server["first_stamp"], "2027-03-01T08:12:44+01:00");
        assert_eq!(server["last_stamp"], "2027-03-01T08:59:02+01:00");
        assert_eq!((&server["lines"], &server["stamped"]), (&3.into(), &2.into()));
        let page = app.browser();
        page.log_in("Ben").await;
        let shown = page.get(&format!("/cases/{case}")).await.text;
        for words in ["no time stamps</span>", ">time stamps</span>", "UTC+01:00", "3, 2 with a stamp"] {
            assert!(shown.contains(words), "{words}");
        }
        // What was read stands, however often the same file comes.
        let mut tx = app.desk().db().begin().await.unwrap();
        tx.exec(q!("UPDATE log_readings SET verdict = 'as it was read' WHERE ask_again = FALSE")).await.unwrap();
        tx.commit().await.unwrap();
        let again = arrives(app, &with_files("Again", "The same log.", &[("server.log.1", STAMPED)])).await;
        let logs = case_store::read_logs_of_case(app.desk().db(), again).await.unwrap();
        assert_eq!(logs[0].reading.verdict, "as it was read");
        let (count,): (i64,) = app.desk().db().one(q!("SELECT COUNT(*) FROM log_readings")).await.unwrap();
        assert_eq!(count, 2);
        let foreign = app.browser().body(Method::GET, &format!("/api/v1/cases/{case}/logs"), "", "").await;
        assert_eq!(foreign.status.as_u16(), 401);
    })
    .await;
}

#[tokio::test]
async fn a_hand_over_says_of_logs_what_their_reader_found() {
    with_world(&[], async |app, world| {
        let path = format!("/api/v1/cases/{}/hand-over", world.case);
        let lacks = "a log with time stamps (the one that came has none)";
        for (name, log, said) in [("client.log", UNSTAMPED, true), ("server.log", STAMPED, false)] {
            let letter = with_files("Re: Refused", name, &[(name, log)]);
            let opening = Letter::new("Anna Berg <anna@northbay.example>", "Refused", "All partners are refused.");
            let lies = app.arrives(&letter.answering(opening.get("Message-ID"))).await;
            assert_eq!(lies.case, Some(world.case), "{lies:?}");
            app.drain().await;
            let text = world.program.get(&path).await.json()["text"].as_str().unwrap().to_owned();
            assert_eq!(text.contains(lacks), said, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_packed_log_is_read_as_what_it_was_and_one_that_cannot_be_is_no_log_with_time_stamps() {
    on_both(async |app| {
        let packed = |text: &str| {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut gz, text.as_bytes()).unwrap();
            gz.finish().unwrap()
        };
        let zipped = |files: &[(&str, &str)]| {
            let mut zip = casedesk::kit::zip::Zip::new(Vec::new());
            for (name, text) in files {
                zip.start(name).unwrap();
                zip.add(text.as_bytes()).unwrap();
            }
            zip.finish().unwrap().0
        };
        let both = [("conf/server.xml", "<xml/>"), ("client.log", UNSTAMPED), ("server.log", STAMPED)];
        let mut locked = zipped(&[("server.log", STAMPED)]);
        locked[6] |= 1;
        let broken = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff\xff".to_vec();
        for (bytes, format, say) in [
            (packed(STAMPED), Some("ISO 8601 / RFC 3339"), Logs::Stamped),
            (packed(UNSTAMPED), None, Logs::Unstamped),
            (broken, None, Logs::None),
            (b"PK\x03\x04 and more".to_vec(), None, Logs::None),
            (zipped(&both), Some("ISO 8601 / RFC 3339"), Logs::Stamped),
            (zipped(&both[..2]), None, Logs::Unstamped),
            (zipped(&[]), None, Logs::Unstamped),
            (locked.clone(), None, Logs::None),
        ] {
            let digest = app.desk().files().put(bytes.into()).await.unwrap();
            let reading = cases::log_reading(app.desk(), &digest).await.unwrap();
            assert_eq!(reading.format.as_deref(), format, "{reading:?}");
            assert_eq!(logs_say([&reading].into_iter()), say, "{reading:?}");
        }
        let reading = cases::log_reading(app.desk(), &secrets::sha256_hex(&locked)).await.unwrap();
        assert_eq!(reading.verdict, "The file cannot be read: it is locked.");
    })
    .await;
}

/// The desk with a relay, an agent Ben with a page and a token, and Anna's organisation with an installation.
struct World {
    relay: Relay,
    ben: Viewer,
    page: Browser,
    program: Browser,
    place: InstallationId,
    case: CaseId,
}

async fn with_world(settings: &[(&str, &str)], test: impl AsyncFn(&TestApp, &World)) {
    let (relay, port) = Relay::start().await;
    let mut all = vec![
        ("MAIL__FROM", "support@desk.example"),
        ("MAIL__SMTP__HOST", "127.0.0.1"),
        ("MAIL__SMTP__PORT", port.as_str()),
        ("MAIL__SMTP__SECURITY", "none"),
        ("MAIL__ACKNOWLEDGE__CUSTOMERS", "false"),
    ];
    all.extend_from_slice(settings);
    with_settings(&all, async |app| {
        let ben = app.viewer("Ben", Role::Admin).await;
        let page = app.browser();
        page.log_in("Ben").await;
        let program = crate::api::program(app, &ben, Scope::Admin).await;
        let domains = ["northbay.example".to_owned()];
        let of =
            file::new_organisation(app.desk(), &ben, "Northbay", OrganisationKind::Customer, &domains).await.unwrap();
        let terms =
            InstallationTerms { label: "Main site".into(), role: InstallationRole::Production, product_id: None };
        let place = file::add_installation(app.desk(), &ben, of, &terms).await.unwrap();
        agent_writes(app, &ben, place, Field::OsName, "Debian").await;
        let letter = Letter::new("Anna Berg <anna@northbay.example>", "Refused", "All partners are refused.");
        let case = app.case_of(&letter).await;
        cases::change(app.desk(), &ben, case, &Change::Kind(CaseKind::Problem)).await.unwrap();
        app.drain().await;
        test(app, &World { relay: relay.clone(), ben, page, program, place, case }).await;
        relay.take();
    })
    .await;
}

async fn agent_writes(app: &TestApp, by: &Viewer, place: InstallationId, field: Field, value: &str) {
    let given = [Given { field, value: value.into(), written: String::new() }];
    file::set_values(app.desk(), by, place, &given, Origin::AGENT).await.unwrap();
}

impl World {
    /// The text that asks for what is missing.
    async fn question(&self) -> String {
        let answer = self.program.get(&format!("/api/v1/cases/{}/details-question", self.case)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["text"].as_str().unwrap().to_owned()
    }

    /// Sends a text to Anna: the path of the link in the mail.
    async fn ask(&self, app: &TestApp, text: &str) -> String {
        link(&self.mails(app, text).await)
    }

    /// Sends a text to Anna: the mail.
    async fn mails(&self, app: &TestApp, text: &str) -> Caught {
        let reply = json!({ "body": text, "to": [{ "address": "anna@northbay.example", "name": "Anna Berg" }] });
        let posted = self.program.json(Method::POST, &format!("/api/v1/cases/{}/replies", self.case), &reply).await;
        assert_eq!(posted.status, StatusCode::CREATED, "{}", posted.text);
        app.advance(Duration::from_secs(16));
        app.drain().await;
        self.relay.take().pop().unwrap()
    }

    /// What a mail of Anna's proposes, as `field value`.
    async fn proposed(&self, app: &TestApp, letter: &Letter) -> Vec<String> {
        let lies = app.arrives(letter).await;
        assert_eq!(lies.case, Some(self.case), "{lies:?}");
        app.drain().await;
        let path = format!("/api/v1/cases/{}/entries/{}/details", self.case, lies.entry.unwrap());
        let read = self.program.get(&path).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text);
        let told = |one: &Value| format!("{} {}", one["field"].as_str().unwrap(), one["value"].as_str().unwrap());
        let mut told: Vec<String> = read.json().as_array().unwrap().iter().map(told).collect();
        told.sort();
        told
    }

    async fn asked(&self, app: &TestApp) -> String {
        self.ask(app, &self.question().await).await
    }

    async fn form(&self) -> Value {
        let forms = self.program.get(&format!("/api/v1/cases/{}/details-forms", self.case)).await;
        assert_eq!(forms.status, StatusCode::OK, "{}", forms.text);
        forms.json()[0].clone()
    }

    async fn value(&self, app: &TestApp, field: Field) -> Option<FieldValue> {
        let values = store::current_values(app.desk().db(), self.place).await.unwrap();
        values.into_iter().find(|value| value.field == field.name())
    }
}

/// The path of the private link in a mail.
fn link(mail: &Caught) -> String {
    let text = mail.raw.replace("=\r\n", "").replace("=3D", "=");
    let at = text.find("/details/").unwrap_or_else(|| panic!("no link in {text}"));
    let token: String = text[at + "/details/".len()..].chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64, "{text}");
    format!("/details/{token}")
}

async fn types(browser: &Browser, link: &str, field: &str, value: &str, version: i64) -> Answer {
    let body = json!({ "value": value, "version": version });
    let script = browser.clone_with("accept", "application/json");
    script.json(Method::PUT, &format!("{link}/fields/{field}"), &body).await
}

#[tokio::test]
async fn what_is_missing_is_asked_for_by_mail_and_the_case_remembers_it() {
    with_world(&[], async |app, world| {
        let streams = app.browser().with("accept", "text/vnd.turbo-stream.html");
        streams.log_in("Ben").await;
        let put = streams.post(&format!("/cases/{}/details", world.case), &[]).await;
        assert!(put.text.contains("action=\"draft\"") && put.text.contains("Product version"), "{}", put.text);
        let text = world.question().await;
        assert!(text.contains("Hello Anna,") && text.contains("- Product version\n"), "{text}");
        assert!(text.contains("Operating system name and version (we know: Debian)"), "{text}");
        assert!(text.contains("A time-stamped server-side log"), "{text}");
        assert!(text.ends_with("to improve support and the product."), "{text}");
        agent_writes(app, &world.ben, world.place, Field::ProductVersion, "5.8.3").await;
        let text = world.question().await;
        assert!(!text.contains("Product version"), "what is known is not asked");
        let link = world.ask(app, &text.replace("- File transfer protocols used\n", "")).await;
        let form = world.form().await;
        let asked = ["os_version", "log", "high_availability", "integrations", "other"];
        assert_eq!(form["asked"], json!(asked), "what the agent took out was not asked");
        assert_eq!(form["address"], "anna@northbay.example");
        let case = app.case(world.case).await;
        assert_eq!((case.state, case.waiting_on), (CaseState::Waiting, Some(WaitingOn::Customer)));
        let page = world.page.get(&format!("/cases/{}", world.case)).await.text;
        for words in ["no answer yet", "OS version, Server log, Availability, Integrations, Other", "asks for details"]
        {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains(&link), "the link is known to the recipients alone");
        let all = [Field::OsVersion, Field::Protocols, Field::HighAvailability, Field::Integrations];
        for field in all {
            agent_writes(app, &world.ben, world.place, field, "known").await;
        }
        cases::change(app.desk(), &world.ben, world.case, &Change::Kind(CaseKind::Question)).await.unwrap();
        let nothing = world.program.get(&format!("/api/v1/cases/{}/details-question", world.case)).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text);
        app.drain().await;
    })
    .await;
}

/// The mail that asks, as mail programs give it back below a reply: with `answered`, as Anna has typed into it.
fn returned(asked: &Caught, answered: impl Fn(&str) -> String) -> Vec<(&'static str, Letter)> {
    let mail = casedesk_mail::read(asked.raw.as_bytes(), &casedesk_mail::Desk::default()).unwrap();
    let text = mail.body.full_text();
    let marked = |text: &str| text.lines().map(|line| format!("> {line}\n")).collect::<String>();
    let wrote = "On Mon, 1 Mar 2027 at 09:00, Ben <support@desk.example> wrote:";
    // Between quoted lines what is typed has no mark; other programs quote the mail as a whole.
    let between: String = answered(&text)
        .lines()
        .map(|line| if text.contains(line) { format!("> {line}\n") } else { format!("{line}\n\n") })
        .collect();
    let html = answered(&text).replace('<', "&lt;").replace('\n', "<br>\n");
    let all = [
        (
            "Outlook",
            format!(
                "See my answers below.\n\nKind regards\nAnna\n\nFrom: Ben <support@desk.example>\nSent: Monday, March 1, 2027 \
                 9:00 AM\nTo: Anna Berg <anna@northbay.example>\nSubject: Refused\n\n{}",
                answered(&text)
            ),
        ),
        ("between", format!("{wrote}\n\n{between}")),
        ("quoted as a whole", format!("See below.\n\n{wrote}\n{}", marked(&answered(&text)))),
        (
            "Gmail",
            format!(
                "<div dir=\"ltr\">See below.</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br>\
                 </div><blockquote class=\"gmail_quote\" style=\"margin:0\">{html}</blockquote></div>",
                wrote.replace('<', "&lt;")
            ),
        ),
    ];
    let id = asked.header("message-id").unwrap();
    let letter = |(name, body): (&'static str, String)| {
        let letter = Letter::new("Anna Berg <anna@northbay.example>", "Re: Refused", &body).answering(&id);
        let kind = if name == "Gmail" { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
        (name, letter.with("MIME-Version", "1.0").with("Content-Type", kind))
    };
    all.map(letter).into()
}

#[tokio::test]
async fn answers_are_read_wherever_they_were_typed_and_a_template_that_comes_back_says_nothing() {
    with_world(&[], async |app, world| {
        let asked = world.mails(app, &world.question().await).await;
        for (style, letter) in returned(&asked, str::to_owned) {
            assert_eq!(world.proposed(app, &letter).await, [""; 0], "{style}");
        }
        let asked = world.mails(app, &world.question().await).await;
        let answers = [("5.8.3", "SFTP"), ("5.8.4", "HTTPS"), ("5.9.0", "FTP"), ("5.9.1", "SCP")];
        for (at, (version, protocol)) in answers.into_iter().enumerate() {
            let answered = |text: &str| {
                let text = text.replace("Product version\n", &format!("Product version\n{version}\n"));
                text.replace("protocols used\n", &format!("protocols used\n{protocol}\n"))
            };
            let (style, letter) = returned(&asked, answered).remove(at);
            let all = [format!("product_version {version}"), format!("protocols {protocol}")];
            assert_eq!(world.proposed(app, &letter).await, all, "{style}");
            if style == "between" {
                continue; // there the answers are words of this mail
            }
            // The same history once more: it was read already.
            let again = letter.with("Message-ID", &format!("<again-{}@northbay.example>", style.len()));
            assert_eq!(world.proposed(app, &again).await, [""; 0], "{style}, again");
        }
    })
    .await;
}

#[tokio::test]
async fn earlier_mails_are_offered_while_something_in_them_is_not_settled() {
    with_world(&[], async |app, world| {
        let tells =
            Letter::new("Anna Berg <anna@northbay.example>", "Versions", "Product version: 5.8.3\nProtocols: SFTP");
        let told = app.arrives(&tells).await;
        app.forget_jobs("mail.acknowledge").await;
        let case = told.case.unwrap();
        let thanks = Letter::new("Anna Berg <anna@northbay.example>", "Re: Versions", "Thank you!");
        let thanks = app.arrives(&thanks.answering(tells.get("Message-ID"))).await;
        assert_eq!(thanks.case, Some(case));
        app.drain().await;
        let newest = format!("/cases/{case}/details/{}", thanks.entry.unwrap());
        let earlier = format!("/cases/{case}/details/{}", told.entry.unwrap());
        let page = world.page.get(&newest).await.text;
        assert!(page.contains(&earlier) && page.contains("2 details in the mail of"), "{page}");
        let place = world.place.to_string();
        let kept = world.page.post(&earlier, &[("all", "true"), ("installation", place.as_str())]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        assert!(!world.page.get(&newest).await.text.contains(&earlier), "all of it was accepted");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_reply_that_is_taken_back_leads_nowhere_and_can_be_sent_again() {
    with_world(&[], async |app, world| {
        let text = world.question().await;
        let reply = json!({ "body": text, "to": [{ "address": "anna@northbay.example" }] });
        let path = format!("/api/v1/cases/{}/replies", world.case);
        let posted = world.program.json(Method::POST, &path, &reply).await.json();
        app.drain().await;
        assert_eq!(world.form().await["asked"][0], "product_version");
        let entry = posted["entry_id"].as_i64().unwrap_or_else(|| panic!("{posted}"));
        cases::undo_reply(app.desk(), &world.ben, world.case, casedesk::cases::EntryId(entry)).await.unwrap();
        assert!(world.form().await.is_null());
        let link = world.ask(app, &text).await;
        assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_form_keeps_each_field_and_loses_no_word_of_two_pages() {
    with_world(&[], async |app, world| {
        let link = world.asked(app).await;
        let anna = app.browser();
        let form = anna.get(&link).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.text);
        for words in ["Version of our product", "value=\"Debian\"", "from our file", "What we asked for"] {
            assert!(form.text.contains(words), "{words}");
        }
        assert!(!form.text.contains("Ben") && !form.text.contains("Refused"), "nothing but the installation");
        assert_eq!(form.headers["referrer-policy"], "no-referrer");
        let first = types(&anna, &link, "product_version", "5.8.3", 0).await.json();
        assert_eq!((&first["version"], &first["done"], &first["of"]), (&json!(1), &json!(1), &json!(7)));
        // The same page goes on; another that has not seen it is told, and neither is lost.
        assert_eq!(types(&anna, &link, "product_version", "5.8.4", 1).await.json()["version"], 2);
        let clash = types(&anna, &link, "product_version", "5.9.0", 1).await;
        assert_eq!(clash.status, StatusCode::CONFLICT);
        assert_eq!((&clash.json()["value"], &clash.json()["version"]), (&json!("5.8.4"), &json!(2)));
        assert_eq!(types(&anna, &link, "product_version", "5.8.4", 0).await.json()["version"], 2, "the same words");
        let plain = [
            ("product_version", "6.0"),
            ("was-product_version", "5.8.3"),
            ("at-product_version", "1"),
            ("protocols", " SFTP and\nFTPS "),
            ("was-protocols", ""),
            ("at-protocols", "0"),
            ("os_name", "Debian"),
            ("was-os_name", "Debian"),
            ("at-os_name", "0"),
            ("do", "send"),
        ];
        let both = anna.post(&link, &plain).await;
        assert_eq!(both.status, StatusCode::CONFLICT, "{}", both.text);
        for words in ["value=\"6.0\"", "“<bdi>5.8.4</bdi>”", "name=\"at-product_version\" value=\"2\""] {
            assert!(both.text.contains(words), "{words}: {}", both.text);
        }
        let typed = world.form().await["answers"].clone();
        assert_eq!(typed.as_array().unwrap().len(), 2, "what was not touched is no answer: {typed}");
        assert_eq!(typed[0]["value"], "5.8.4");
        assert!(world.value(app, Field::ProductVersion).await.is_none(), "nothing is sent yet");
        assert_eq!(
            types(&anna, &link, "protocols", &"x".repeat(1001), 1).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(types(&anna, &link, "role", "king", 0).await.status, StatusCode::NOT_FOUND);
        assert_eq!(types(&anna, &link, "colour", "red", 0).await.status, StatusCode::NOT_FOUND);
        let kept = anna.post(&link, &[("other", "Two sites."), ("was-other", ""), ("at-other", "0")]).await;
        assert_eq!(kept.location(), format!("{link}?kept=1"));
        assert!(anna.get(kept.location()).await.text.contains("Nothing was sent yet"));
        let page = world.page.get(&format!("/cases/{}", world.case)).await.text;
        assert!(page.contains("3 of 7 there"), "half filled");
        let half = world.page.get(&format!("/cases/{}/details-forms", world.case)).await.text;
        assert!(half.contains("typed, not sent") && half.contains("SFTP and FTPS"), "{half}");
    })
    .await;
}

#[tokio::test]
async fn answers_go_into_the_file_with_their_source_and_an_agents_newer_value_stays() {
    with_world(&[], async |app, world| {
        let link = world.asked(app).await;
        let anna = app.browser();
        for (field, value) in [("product_version", "5.8.3"), ("os_name", "win server"), ("os_version", "2019")] {
            assert_eq!(types(&anna, &link, field, value, 0).await.status, StatusCode::OK);
        }
        app.advance(Duration::from_mins(5));
        agent_writes(app, &world.ben, world.place, Field::ProductVersion, "5.9.0").await;
        let sent = anna.post(&link, &[("do", "send")]).await;
        assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, link.as_str()), "{}", sent.text);
        let system = world.value(app, Field::OsName).await.unwrap();
        assert_eq!((system.value.as_str(), system.written.as_str()), ("Windows Server", "win server"));
        assert_eq!((system.source, system.contact_name.as_deref()), (FieldSource::Form, Some("Anna Berg")));
        assert!(system.agent_id.is_none() && system.entry_id.is_some());
        assert_eq!(world.value(app, Field::ProductVersion).await.unwrap().value, "5.9.0", "the agent's is newer");
        let case = app.case(world.case).await;
        assert_eq!(case.state, CaseState::Open, "an answer is a word of the customer");
        let rows = app.timeline(world.case).await;
        let told = rows.iter().find(|row| row.kind == EntryKind::MailIn && row.text.contains("OS version")).unwrap();
        assert!(told.text.contains("Version: 5.8.3 (not taken over: the file has the newer “5.9.0”)"), "{}", told.text);
        assert!(
            told.text.contains("Operating system: Windows Server (typed: win server); before: Debian"),
            "{}",
            told.text
        );
        let page = world.page.get(&format!("/cases/{}", world.case)).await.text;
        assert!(page.contains("took details over from the form") && page.contains("Debian → Windows Server"), "{page}");
        assert!(page.contains("form answered"), "{page}");
        let entries = rows.len();
        anna.post(&link, &[("do", "send")]).await;
        assert_eq!(app.timeline(world.case).await.len(), entries, "sent twice is sent once");
        let form = world.form().await;
        let waits: Vec<&Value> =
            form["answers"].as_array().unwrap().iter().filter(|one| one["waits"] == true).collect();
        assert_eq!((waits.len(), &waits[0]["field"]), (1, &json!("product_version")));
        let keep = format!("/cases/{}/details-forms/{}/keeping", world.case, form["id"]);
        let kept = world.page.post(&keep, &[("field", "product_version")]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let version = world.value(app, Field::ProductVersion).await.unwrap();
        assert_eq!((version.value.as_str(), version.agent_name.as_deref()), ("5.8.3", Some("Ben")));
        assert_eq!(world.page.post(&keep, &[("field", "product_version")]).await.status, StatusCode::NOT_FOUND);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_and_shows_nothing_to_another_organisation() {
    with_world(&[], async |app, world| {
        let link = world.asked(app).await;
        let anna = app.browser();
        let form = world.form().await["id"].clone();
        // The case goes to another organisation: what runs there is not Anna's to see, nor to change.
        let mut tx = app.desk().db().begin().await.unwrap();
        tx.exec(q!("UPDATE contacts SET organisation_id = NULL WHERE name = 'Anna Berg'")).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!anna.get(&link).await.text.contains("Debian"));
        types(&anna, &link, "os_name", "Plan 9", 0).await;
        anna.post(&link, &[("do", "send")]).await;
        assert_eq!(world.value(app, Field::OsName).await.unwrap().value, "Debian");
        assert_eq!(world.form().await["answers"][0]["waits"], true);
        let dead = app.browser();
        let wrong = format!("/details/{}", "0".repeat(64));
        for path in [wrong.as_str(), "/details/x", "/details/%00"] {
            assert_eq!(dead.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(dead.post(path, &[("do", "send")]).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(types(&dead, path, "other", "x", 0).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        app.advance(Duration::from_hours(30 * 24));
        assert_eq!(anna.get(&link).await.status, StatusCode::NOT_FOUND, "its time is over");
        app.drain().await;
        world.relay.take();
        let link = world.asked(app).await;
        assert_eq!(anna.get(&link).await.status, StatusCode::OK);
        let other = format!("/api/v1/cases/{}/details-forms/{}", world.case.0 + 1, form);
        assert_eq!(world.program.body(Method::DELETE, &other, "", "").await.status, StatusCode::NOT_FOUND);
        let own = format!("/api/v1/cases/{}/details-forms/{}", world.case, world.form().await["id"]);
        assert_eq!(world.program.body(Method::DELETE, &own, "", "").await.status, StatusCode::NO_CONTENT);
        for method in [Method::GET, Method::POST] {
            let gone = anna.body(method, &link, "application/x-www-form-urlencoded", "do=send").await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND, "withdrawn");
        }
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_form_belongs_to_the_one_whom_its_contact_became() {
    with_world(&[], async |app, world| {
        let link = world.asked(app).await;
        let letter = Letter::new("Anna B <berg@northbay.example>", "From my other address", "It is me.");
        app.case_of(&letter).await;
        app.drain().await;
        let asked = world.form().await["contact_id"].as_i64().unwrap();
        let keep = crate::merges::contact(app, "berg@northbay.example").await;
        let anna = app.browser();
        let merge = crate::merges::merge(&world.program, "contact", keep, asked).await;
        types(&anna, &link, "os_version", "12", 0).await;
        anna.post(&link, &[("do", "send")]).await;
        let told = world.value(app, Field::OsVersion).await.unwrap();
        assert_eq!((told.value.as_str(), told.contact_id.unwrap().0), ("12", keep));
        assert_eq!(world.form().await["contact_id"], keep);
        assert_eq!(crate::merges::undo(&world.program, merge).await, StatusCode::NO_CONTENT);
        assert_eq!(world.form().await["contact_id"], asked);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_first_answers_of_an_organisation_make_its_first_installation() {
    with_world(&[], async |app, world| {
        let letter = Letter::new("Kim <kim@southbay.example>", "New here", "Which version is newest?");
        let case = app.case_of(&letter).await;
        app.drain().await;
        let kim = World { case, ..world_of(world) };
        let text = kim.question().await;
        assert!(!text.contains("time-stamped"), "a question needs no log: {text}");
        let reply = json!({ "body": text, "to": [{ "address": "kim@southbay.example" }] });
        world.program.json(Method::POST, &format!("/api/v1/cases/{case}/replies"), &reply).await;
        app.advance(Duration::from_secs(16));
        app.drain().await;
        let link = link(&world.relay.take().pop().unwrap());
        let browser = app.browser();
        types(&browser, &link, "role", "test", 0).await;
        types(&browser, &link, "product_version", "5.8.3", 0).await;
        browser.post(&link, &[("do", "send")]).await;
        let place = app.case(case).await.installation_id.unwrap();
        let made = store::installation(app.desk().db(), place).await.unwrap().unwrap();
        assert_eq!((made.terms.label.as_str(), made.terms.role), ("Main installation", InstallationRole::Test));
        let values = store::current_values(app.desk().db(), place).await.unwrap();
        assert!(values.iter().any(|value| value.value == "5.8.3" && value.source == FieldSource::Form));
        app.drain().await;
    })
    .await;
}

fn world_of(world: &World) -> World {
    World {
        relay: world.relay.clone(),
        ben: world.ben.clone(),
        page: world.page.clone_with("x-same", "1"),
        program: world.program.clone_with("x-same", "1"),
        place: world.place,
        case: world.case,
    }
}

#[tokio::test]
async fn administrators_choose_the_words_and_the_shipped_ones_come_back() {
    with_world(&[], async |app, world| {
        let page = world.page.get("/settings/details").await.text;
        assert!(page.contains("{{questions}}") && page.contains("File transfer protocols used"), "{page}");
        let rea = app.logged_in("Rea", Role::Agent).await;
        assert_eq!(rea.post("/settings/details", &[("mail", "x")]).await.status, StatusCode::FORBIDDEN);
        let words =
            json!({ "words": { "version": "Which version do you run?", "mail": "{{questions}}\n\n{{private link}}" } });
        let set = world.program.json(Method::PUT, "/api/v1/details-words", &words).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.text);
        assert!(world.question().await.starts_with("- Which version do you run?\n"));
        let without = json!({ "words": { "mail": "No place for anything." } });
        let refused = world.program.json(Method::PUT, "/api/v1/details-words", &without).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(world.page.post("/settings/details/shipped", &[]).await.location(), "/settings/details");
        assert!(world.question().await.contains("- Product version\n"));
    })
    .await;
}

/// A program that speaks tus, as the form's own script does.
struct Tus<'a> {
    browser: &'a Browser,
    /// Where files are announced.
    folder: String,
}

impl Tus<'_> {
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut all = vec![("tus-resumable", "1.0.0")];
        all.extend_from_slice(headers);
        self.browser.stream(Method::from_bytes(method.as_bytes()).unwrap(), path, &all, body).await
    }

    async fn announce(&self, name: &str, size: usize) -> Answer {
        let name = format!("filename {}", STANDARD.encode(name));
        let size = size.to_string();
        let headers = [("upload-length", size.as_str()), ("upload-metadata", name.as_str())];
        self.send("POST", &self.folder, &headers, Body::empty()).await
    }

    /// Announces a file: its place.
    async fn begin(&self, name: &str, size: usize) -> String {
        let made = self.announce(name, size).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.location().to_owned()
    }

    async fn go_on(&self, place: &str, at: usize, body: Body) -> Answer {
        let at = at.to_string();
        let headers = [("upload-offset", at.as_str()), ("content-type", "application/offset+octet-stream")];
        self.send("PATCH", place, &headers, body).await
    }

    async fn received(&self, place: &str) -> usize {
        let asked = self.send("HEAD", place, &[], Body::empty()).await;
        assert_eq!(asked.status, StatusCode::OK);
        asked.headers["upload-offset"].to_str().unwrap().parse().unwrap()
    }
}

fn blocks_left(app: &TestApp) -> usize {
    let folder = app.desk().config().server.data.join("files/coming");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_file_comes_piece_by_piece_and_goes_on_where_it_was_cut() {
    with_world(&[], async |app, world| {
        let anna = app.browser();
        let tus = Tus { folder: format!("{}/uploads", world.asked(app).await), browser: &anna };
        let told = tus.send("OPTIONS", &tus.folder, &[], Body::empty()).await;
        assert_eq!(told.headers["tus-extension"], "creation,termination");
        assert_eq!(told.headers["tus-max-size"], "1073741824");
        let log: Vec<u8> = STAMPED.bytes().cycle().take(10_000_000).collect();
        let place = tus.begin("server.log", log.len()).await;
        // The connection breaks off in the middle of a block.
        let pieces = [Ok(log[..5_000_000].to_vec()), Err(std::io::Error::other("cut"))];
        let cut = tus.go_on(&place, 0, Body::from_stream(futures::stream::iter(pieces))).await;
        assert_eq!(cut.status, StatusCode::BAD_REQUEST);
        assert_eq!(tus.received(&place).await, 5_000_000, "what had arrived is kept");
        assert_eq!(tus.go_on(&place, 4_999_999, Body::from("x")).await.status, StatusCode::CONFLICT);
        assert_eq!(tus.go_on(&place, 5_000_001, Body::from("x")).await.status, StatusCode::CONFLICT);
        assert_eq!(tus.go_on(&place, 5_000_000, Body::from(log[5_000_000..5_000_001].to_vec())).await.status, 204);
        let page = anna.get(tus.folder.trim_end_matches("/uploads")).await.text;
        assert!(page.contains("50 % here; choose the same file again to go on"), "{page}");
        let past = tus.go_on(&place, 5_000_001, Body::from(vec![b'x'; 6_000_000])).await;
        assert_eq!(past.status, StatusCode::PAYLOAD_TOO_LARGE);
        let at = tus.received(&place).await;
        assert_eq!(tus.go_on(&place, at, Body::from(log[at..].to_vec())).await.status, 204);
        assert_eq!(blocks_left(app), 3);
        app.drain().await;
        assert_eq!(blocks_left(app), 0, "the whole file needs no blocks");
        let rows = app.timeline(world.case).await;
        let came = rows.iter().find(|row| row.text.starts_with("Sent by the form: server.log")).unwrap();
        let file = case_store::files_of_entries(app.desk().db(), &[came.id]).await.unwrap().remove(0);
        assert_eq!((file.size, file.digest), (10_000_000, secrets::sha256_hex(&log)));
        let down = world.page.get(&format!("/attachments/{}", file.id)).await;
        assert_eq!((down.text.len(), down.headers["content-length"].to_str().unwrap()), (10_000_000, "10000000"));
        let logs = case_store::read_logs_of_case(app.desk().db(), world.case).await.unwrap();
        assert_eq!(logs[0].reading.zone.as_deref(), Some("UTC+01:00"), "it is read as every log is");
        assert_eq!(tus.go_on(&place, 10_000_000, Body::from("x")).await.status, StatusCode::CONFLICT);
        assert_eq!(tus.send("DELETE", &place, &[], Body::empty()).await.status, StatusCode::CONFLICT, "it is ours now");
        assert!(world.page.get(&format!("/cases/{}", world.case)).await.text.contains("1 of 7 there"));
    })
    .await;
}

#[tokio::test]
async fn a_file_is_somebody_elses_too_large_or_not_announced() {
    let small = [("DETAILS__MAX_FILE", "1000"), ("DETAILS__MAX_TOTAL", "1500")];
    with_world(&small, async |app, world| {
        let anna = app.browser();
        let tus = Tus { folder: format!("{}/uploads", world.asked(app).await), browser: &anna };
        let other = Tus { folder: format!("{}/uploads", world.asked(app).await), browser: &anna };
        let place = tus.begin("../../\u{202e}etc/pass\u{0}wd", 10).await;
        let stored: Vec<(String,)> = app.desk().db().all(q!("SELECT name FROM details_uploads")).await.unwrap();
        assert!(!stored[0].0.contains(['/', '\u{202e}', '\u{0}']), "{stored:?}");
        let word = place.rsplit('/').next().unwrap();
        for path in
            [format!("{}/{word}", other.folder), format!("{}/nothing", tus.folder), "/details/x/uploads/y".into()]
        {
            assert_eq!(tus.send("HEAD", &path, &[], Body::empty()).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(tus.go_on(&path, 0, Body::from("x")).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(tus.send("DELETE", &path, &[], Body::empty()).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(tus.announce("a.log", 1001).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(tus.announce("a.log", 0).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        tus.begin("b.log", 1000).await;
        assert_eq!(tus.announce("c.log", 491).await.status, StatusCode::PAYLOAD_TOO_LARGE, "all together");
        for odd in ["-1", "x", "9223372036854775808", ""] {
            let headers = [("upload-length", odd)];
            assert_eq!(
                tus.send("POST", &tus.folder, &headers, Body::empty()).await.status,
                StatusCode::BAD_REQUEST,
                "{odd}"
            );
        }
        let plain = anna.stream(Method::HEAD, &place, &[], Body::empty()).await;
        assert_eq!(plain.status, StatusCode::PRECONDITION_FAILED, "it does not say that it speaks tus");
        let headers = [("upload-offset", "0"), ("content-type", "text/plain")];
        assert_eq!(
            tus.send("PATCH", &place, &headers, Body::from("x")).await.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
        let instead = [
            ("x-http-method-override", "PATCH"),
            ("upload-offset", "0"),
            ("content-type", "application/offset+octet-stream"),
        ];
        assert_eq!(tus.send("POST", &place, &instead, Body::from("12345")).await.status, 204);
        assert_eq!(tus.received(&place).await, 5);
        assert_eq!(blocks_left(app), 1);
        assert_eq!(tus.send("DELETE", &place, &[], Body::empty()).await.status, 204);
        assert_eq!(blocks_left(app), 0);
        assert_eq!(tus.go_on(&place, 5, Body::from("x")).await.status, StatusCode::NOT_FOUND);
        app.advance(Duration::from_hours(71));
        let rest = tus.begin("d.log", 100).await;
        tus.go_on(&rest, 0, Body::from("half")).await;
        app.advance(Duration::from_hours(2));
        details::sweep(app.desk()).await.unwrap();
        let left: Vec<(String,)> = app.desk().db().all(q!("SELECT name FROM details_uploads")).await.unwrap();
        assert_eq!(left, [("d.log".to_owned(),)], "only what nobody went on with for 72 hours is forgotten");
        app.drain().await;
    })
    .await;
}

/// Nothing more of a file can be noted: PostgreSQL says that the disk is full, SQLite that it may not.
async fn refuse_pieces(app: &TestApp) -> StatusCode {
    let mut tx = app.desk().db().begin().await.unwrap();
    let status = if tx.dialect() == Dialect::Sqlite {
        tx.exec(q!("CREATE TRIGGER no_room BEFORE UPDATE OF received ON details_uploads
                    BEGIN SELECT RAISE(ABORT, 'no room'); END"))
            .await
            .unwrap();
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        tx.exec(q!("CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100'', MESSAGE = ''No space left on device''; END'"))
            .await
            .unwrap();
        tx.exec(q!("CREATE TRIGGER no_room BEFORE UPDATE OF received ON details_uploads EXECUTE FUNCTION no_room()"))
            .await
            .unwrap();
        StatusCode::INSUFFICIENT_STORAGE
    };
    tx.commit().await.unwrap();
    status
}

async fn take_pieces(app: &TestApp) {
    let mut tx = app.desk().db().begin().await.unwrap();
    match tx.dialect() {
        Dialect::Sqlite => tx.exec(q!("DROP TRIGGER no_room")).await.unwrap(),
        Dialect::Postgres => tx.exec(q!("DROP TRIGGER no_room ON details_uploads")).await.unwrap(),
    };
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_file_that_finds_no_room_waits_and_goes_on_when_there_is_some() {
    with_world(&[], async |app, world| {
        let anna = app.browser();
        let tus = Tus { folder: format!("{}/uploads", world.asked(app).await), browser: &anna };
        let place = tus.begin("server.log", 100).await;
        assert_eq!(tus.go_on(&place, 0, Body::from(vec![b'x'; 40])).await.status, 204);
        let status = refuse_pieces(app).await;
        let full = tus.go_on(&place, 40, Body::from(vec![b'x'; 60])).await;
        assert_eq!(full.status, status, "{}", full.text);
        take_pieces(app).await;
        assert_eq!(tus.received(&place).await, 40, "nothing of it is lost");
        assert_eq!(blocks_left(app), 1, "and nothing of the try is left");
        assert_eq!(tus.go_on(&place, 40, Body::from(vec![b'x'; 60])).await.status, 204);
        app.drain().await;
        assert!(app.timeline(world.case).await.iter().any(|row| row.text.contains("server.log")));
    })
    .await;
}

#[test]
fn a_file_store_without_room_is_told_as_such() {
    let no_space = std::io::Error::from_raw_os_error(28);
    let store = object_store::Error::Generic { store: "folder", source: no_space.into() };
    let error = casedesk::details::DetailsError::from(casedesk::files::FilesError::Store(store));
    assert_eq!(casedesk::web::Error::from(error).status(), StatusCode::INSUFFICIENT_STORAGE);
}

/// Who sees the case in the customers' pages and was sent the form opens it from there, and nobody else.
#[tokio::test]
async fn a_form_is_opened_from_its_case_in_the_customers_pages_by_whom_it_was_sent_to_alone() {
    with_world(&[], async |app, world| {
        let link = world.asked(app).await;
        for (from, name) in [("Bob <bob@northbay.example>", "bob"), ("Carl <carl@southbay.example>", "carl")] {
            let case = app.case_of(&Letter::new(from, &format!("{name}-case"), "Words.")).await;
            assert_ne!(case, world.case);
        }
        app.drain().await;
        let log_in = async |address: &str| crate::portal::log_in(app, &world.relay, address).await;
        let (anna, bob, carl) = (
            log_in("anna@northbay.example").await,
            log_in("bob@northbay.example").await,
            log_in("carl@southbay.example").await,
        );
        let case = format!("/portal/cases/{}", world.case);
        let way = format!("{case}/details/{}", world.form().await["id"]);
        let page = anna.get(&case).await.text;
        assert!(page.contains("We ask for details of your installation") && page.contains(&way), "{page}");
        assert!(!page.contains(&link), "the link itself stands on no page");
        let led = anna.post(&way, &[]).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, link.as_str()));
        assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);
        let nothing = anna.post(&format!("{case}/details/987654"), &[]).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        // Neither does another customer get there, nor a colleague, whatever they see of the case.
        assert_eq!(carl.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bob.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
        let (theirs,): (CaseId,) =
            app.desk().db().one(q!("SELECT id FROM cases WHERE subject = 'carl-case'")).await.unwrap();
        let by_own = way.replace(&case, &format!("/portal/cases/{theirs}"));
        assert_eq!(carl.post(&by_own, &[]).await.status, StatusCode::NOT_FOUND, "a form of another case");
        let organisation = store::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap();
        let scope = format!("/api/v1/organisations/{}/portal-scope", organisation.id);
        let set = world.program.json(Method::PUT, &scope, &json!({ "scope": "organisation" })).await;
        assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.text);
        let page = bob.get(&case).await;
        assert!(page.status == StatusCode::OK && !page.text.contains("We ask for details"), "{}", page.text);
        assert_eq!(bob.post(&way, &[]).await.status, StatusCode::NOT_FOUND, "in Anna's name nobody else answers");
        let stranger = app.browser().post(&way, &[]).await;
        assert_eq!((stranger.status, stranger.location()), (StatusCode::UNAUTHORIZED, ""), "nobody is logged in");
        // Once it is withdrawn it is not there any more.
        let forms = format!("/api/v1/cases/{}/details-forms/{}", world.case, world.form().await["id"]);
        let gone = world.program.body(Method::DELETE, &forms, "", "").await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text);
        assert_eq!(anna.post(&way, &[]).await.status, StatusCode::NOT_FOUND);
        assert!(!anna.get(&case).await.text.contains(&way));
        app.drain().await;
    })
    .await;
}

/// The most memory that this process had at once since it was asked last, in bytes.
fn most_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    kilobytes << 10
}

#[tokio::test]
#[ignore = "it writes 2 GB to the disk: `bin/test faults` runs it"]
async fn a_file_of_a_gigabyte_goes_on_after_a_cut_and_stays_out_of_memory() {
    const SIZE: usize = 1 << 30;
    const CUT: usize = 600_000_000;
    const DIGEST: &str = "49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14";
    static ZEROS: [u8; 1 << 18] = [0; 1 << 18];
    let zeros = |size: usize, cut: bool| {
        let sizes = std::iter::repeat_n(ZEROS.len(), size / ZEROS.len()).chain([size % ZEROS.len()]);
        let pieces = sizes.map(|size| Ok(bytes::Bytes::from_static(&ZEROS[..size])));
        Body::from_stream(futures::stream::iter(pieces.chain(cut.then(|| Err(std::io::Error::other("cut"))))))
    };
    with_world(&[], async |app, world| {
        if app.desk().db().dialect() != Dialect::Sqlite {
            return; // files lie beside either database
        }
        let anna = app.browser();
        let tus = Tus { folder: format!("{}/uploads", world.asked(app).await), browser: &anna };
        let place = tus.begin("core.dump", SIZE).await;
        most_memory();
        let before = most_memory();
        assert_eq!(tus.go_on(&place, 0, zeros(CUT, true)).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(tus.received(&place).await, CUT, "what had arrived is kept");
        assert_eq!(tus.go_on(&place, CUT, zeros(SIZE - CUT, false)).await.status, 204);
        app.drain().await;
        assert!(most_memory() < before + (128 << 20), "it is never in memory as a whole");
        let rows = app.timeline(world.case).await;
        let came = rows.iter().find(|row| row.text.contains("core.dump")).unwrap();
        let file = case_store::files_of_entries(app.desk().db(), &[came.id]).await.unwrap().remove(0);
        assert_eq!((file.size, file.digest.as_str()), (1 << 30, DIGEST));
    })
    .await;
}
