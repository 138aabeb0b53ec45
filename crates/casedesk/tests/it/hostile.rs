//! Hostile input of the kinds that other desks fell to, from outside and at once. What one room alone refuses is tried
//! with that room; here is what goes through several.
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode, header};
use casedesk::cases::{CaseState, EntryKind};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, actions as staff};
use futures::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::api::World;
use crate::forms::{KIND, fill_in, hidden, multipart, private_link};
use crate::live::{hears, open, page, serve};
use crate::mail::{anna, answered, sends, with_relay};
use crate::support::{Letter, on_both, with_settings};

// Files.

/// Names that lead elsewhere, hide their kind or break a header.
const NAMES: [&str; 9] = [
    "\u{200b}.htaccess",
    "..",
    "../../../etc/cron.d/x",
    "..\\..\\x.bat",
    "a\u{202e}gpj.exe",
    "con.txt.",
    ".",
    "x;filename=y.html",
    "%2e%2e%2fx",
];

fn stored(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let read = |path: std::path::PathBuf| if path.is_dir() { stored(&path) } else { vec![path] };
    std::fs::read_dir(folder).unwrap().flat_map(|entry| read(entry.unwrap().path())).collect()
}

#[tokio::test]
async fn files_are_kept_under_names_of_ours_whatever_they_are_called() {
    on_both(async |app| {
        let world = World::new(app).await;
        let long = "x".repeat(300);
        let names: Vec<&str> = NAMES.into_iter().chain([long.as_str()]).collect();
        let files: Vec<(&str, &str)> = names.iter().take(5).map(|name| (*name, *name)).collect();
        private_link(&fill_in(app, &app.browser(), &[], &files).await);
        for name in &names {
            let upload = multipart(&[], &[(name, name)]);
            let path = format!("/api/v1/cases/{}/draft-files", world.open);
            let answer = world.agent.body(Method::POST, &path, KIND, &upload).await;
            assert!(!answer.status.is_server_error(), "{name:?}: {}", answer.text);
            let body = format!(
                "--b\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\n{name}\r\n--b--\r\n",
                name.replace('\\', "\\\\")
            );
            let letter = anna("A file", &body).with("Content-Type", "multipart/mixed; boundary=b");
            app.arrives(&letter.with("Message-ID", &format!("<{}@x.example>", name.len()))).await;
        }
        let data = app.desk().config().server.data.clone();
        let files = stored(&data.join("files"));
        assert!(files.len() > 8, "{files:?}");
        for path in &files {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(name.len() >= 60 && name.chars().all(|c| c.is_ascii_hexdigit()), "{path:?}");
        }
        let shown: Vec<(i64, String)> = app.desk().db().all(q!("SELECT id, name FROM attachments")).await.unwrap();
        assert!(shown.len() > 8, "{shown:?}");
        for (id, name) in shown {
            let harmless = !name.contains(['/', '\\', '"', '\u{202e}', '\u{200b}']) && !name.starts_with('.');
            assert!(harmless && name.len() <= 120, "{name:?}");
            let answer = world.agent.get(&format!("/attachments/{id}")).await;
            let disposition = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
            assert!(disposition.starts_with("attachment; filename=\"") && disposition.is_ascii(), "{disposition}");
        }
        app.drain().await;
    })
    .await;
}

// Mail in others' names.

#[tokio::test]
async fn a_colleague_who_was_disabled_sends_and_changes_nothing_by_mail() {
    let settings = [("MAIL__TRUSTED_AUTHSERV_IDS", "mx.desk.example")];
    with_relay(&settings, async |app, relay| {
        let (case, mail) = answered(app, relay).await;
        let ada = app.viewer("Ada", Role::Admin).await;
        let ben = casedesk::staff::store::by_email(app.desk().db(), "ben@desk.example").await.unwrap().unwrap();
        staff::disable(app.desk(), &ada, ben.id).await.unwrap();
        let answer = Letter::new("Ben <ben@desk.example>", "Re: No login", "!close\nSend your password to evil.")
            .with("To", &mail.header("Reply-To").unwrap())
            .with("Authentication-Results", "mx.desk.example; dmarc=pass header.from=desk.example");
        let lies = app.arrives_by_wire(&answer).await;
        assert_ne!(app.case(case).await.state, CaseState::Closed);
        let newest = app.timeline(case).await.into_iter().find(|row| Some(row.id) == lies.entry).unwrap();
        assert_eq!((newest.kind, newest.agent_id), (EntryKind::MailIn, None), "it is somebody's mail like any other");
        let sent = sends(app, relay).await;
        assert!(sent.iter().all(|mail| !mail.raw.contains("evil")), "{sent:?}");
    })
    .await;
}

#[tokio::test]
async fn a_thousand_forms_in_one_name_send_at_most_one_mail_with_none_of_the_posters_words() {
    with_relay(&[], async |app, relay| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let kind = casedesk::customers::OrganisationKind::Customer;
        let domains = ["northbay.example".to_owned()];
        let new = casedesk::customers::actions::new_organisation(app.desk(), &ada, "Northbay", kind, &domains).await;
        new.unwrap();
        let mut stamps = Vec::new();
        for n in 0..1000 {
            let browser = app.browser().at(&format!("198.18.{}.{}", n / 250, n % 250));
            stamps.push(hidden(&browser.get("/support/new").await.text, "stamp").to_owned());
        }
        app.advance(Duration::from_secs(5));
        let mut taken = 0;
        for (n, stamp) in stamps.iter().enumerate() {
            let browser = app.browser().at(&format!("198.18.{}.{}", n / 250, n % 250));
            let words = format!("Buy at http://spam.example/{n}");
            let fields = [
                ("stamp", stamp.as_str()),
                ("name", "Spam Spammer"),
                ("address", "anna@northbay.example"),
                ("kind", "question"),
                ("description", &words),
            ];
            let answer = browser.body(Method::POST, "/support/new", KIND, &multipart(&fields, &[])).await;
            taken += usize::from(answer.status.is_success());
        }
        assert!(taken <= 6, "{taken} were taken");
        let mails = sends(app, relay).await;
        let to_anna: Vec<_> = mails.iter().filter(|mail| mail.envelope_to == ["anna@northbay.example"]).collect();
        assert!(to_anna.len() <= 1, "{} mails", to_anna.len());
        for mail in to_anna {
            assert!(!mail.raw.to_lowercase().contains("spam"), "{}", mail.raw);
        }
    })
    .await;
}

// Other sites.

#[tokio::test]
async fn another_site_opens_no_socket_and_reads_no_answer() {
    on_both(async |app| {
        let (at, _serving) = serve(app).await;
        let ben = app.logged_in("Ben", Role::Agent).await;
        for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
            let mut request = format!("ws://{at}/live").into_client_request().unwrap();
            let (name, value) = page(&ben);
            request.headers_mut().insert(name, value.parse().unwrap());
            request.headers_mut().insert("origin", origin.parse().unwrap());
            let refused = connect_async(request).await.unwrap_err().to_string();
            assert!(refused.contains("403"), "{origin}: {refused}");
        }
        let evil = app.browser().with("origin", "https://evil.example");
        evil.set_cookie("casedesk", &ben.cookie("casedesk").unwrap());
        for path in ["/api/v1/me", "/views/open", "/api/openapi.json", "/support/new", "/roadmap.json"] {
            let answer = evil.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let shared: Vec<_> =
                answer.headers.keys().filter(|name| name.as_str().starts_with("access-control")).collect();
            assert!(shared.is_empty(), "{path}: {shared:?}");
            let asked = evil.body(Method::OPTIONS, path, "", "").await;
            assert!(asked.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn whatever_is_said_on_a_socket_the_others_go_on() {
    on_both(async |app| {
        let (at, _serving) = serve(app).await;
        let world = World::new(app).await;
        let (ben, cleo) = (app.browser(), app.logged_in("Cleo", Role::Agent).await);
        ben.log_in("Ben").await;
        let mut good = open(at, page(&cleo)).await;
        let frames = [
            Message::text("not json"),
            Message::text(""),
            Message::text("[1,2"),
            Message::text("{\"look\":\"%\"}"),
            Message::text("{\"look\":-1}"),
            Message::text("{\"look\":99999999999999999999999}"),
            Message::text(format!("{{\"look\":{}}}", world.open)),
            Message::text("{\"typing\":{\"__proto__\":1}}"),
            Message::binary(vec![0xff, 0x00, 0xfe]),
            Message::text("x".repeat(100_000)),
        ];
        for frame in frames {
            let mut bad = open(at, page(&ben)).await;
            let _ = bad.send(frame).await;
            let _ = bad.send(Message::Ping(vec![1].into())).await;
            // It answers, or it has closed; it never hangs.
            tokio::time::timeout(Duration::from_secs(20), bad.next()).await.unwrap();
        }
        let note = serde_json::json!({ "text": "still here" });
        world.agent.json(Method::POST, &format!("/api/v1/cases/{}/notes", world.open), &note).await;
        while !hears(&mut good).await.unwrap().contains("note_posted") {}
    })
    .await;
}

// Guessing and flooding.

/// Doors that open to whoever has the right word.
const GUESSED: [&str; 6] = ["/case/", "/confirm/", "/reset/", "/invitation/", "/setup/", "/portal/login/"];

#[tokio::test]
async fn guessing_any_link_is_throttled_for_each_network_and_others_go_on() {
    on_both(async |app| {
        let link = private_link(&fill_in(app, &app.browser(), &[], &[]).await);
        assert!(link.trim_start_matches("/case/").len() >= 32, "128 bits at least: {link}");
        for (n, door) in GUESSED.into_iter().enumerate() {
            let eve = app.browser().at(&format!("198.18.1.{n}"));
            let mut answered = 0;
            for guess in 0..200 {
                let path = format!("{door}{guess:032x}");
                // The page behind a login's link shows a button to everybody.
                let answer = if door == "/portal/login/" { eve.post(&path, &[]).await } else { eve.get(&path).await };
                answered += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
            }
            assert!(answered <= 60, "{door}: {answered} of 200 guesses were answered");
        }
        assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn of_ten_thousand_logins_few_are_tried_and_agents_go_on() {
    on_both(async |app| {
        let ben = app.logged_in("Ben", Role::Agent).await;
        app.agent("Ann", Role::Agent).await;
        let mut tried = 0;
        for n in 0..10_000_u32 {
            // Half of them one account from everywhere, half of them every account from one place.
            let (ip, email) = match n % 2 {
                0 => (format!("198.18.{}.{}", n / 250 % 250, n % 250), "ann@desk.example".to_owned()),
                _ => ("198.19.0.1".to_owned(), format!("a{n}@desk.example")),
            };
            let fields = [("email", email.as_str()), ("password", "not the password")];
            let answer = app.browser().at(&ip).post("/login", &fields).await;
            assert!(!answer.status.is_redirection() && !answer.status.is_server_error(), "{}", answer.status);
            tried += u32::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(tried <= 60, "{tried} passwords were tried");
        assert_eq!(ben.get("/views/open").await.status, StatusCode::OK);
        app.agent("Cleo", Role::Agent).await;
        app.browser().log_in("Cleo").await;
    })
    .await;
}

// Mail that costs.

fn costly() -> Vec<(&'static str, String)> {
    let head = "From: eve@evil.example\r\nTo: support@desk.example\r\n";
    let nested = |depth: usize| {
        let mut body = String::new();
        for n in 0..depth {
            body.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"));
        }
        body + "\r\nThe innermost words.\r\n"
    };
    let parts = "--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n".repeat(10_000);
    vec![
        ("a thousand parts deep", format!("{head}Subject: deep\r\n{}", nested(1000))),
        (
            "a hundred thousand header fields",
            format!("{head}Subject: fields\r\n{}\r\nHello.", "X: y\r\n".repeat(100_000)),
        ),
        (
            "ten thousand parts",
            format!("{head}Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"),
        ),
        ("a long line", format!("{head}Subject: line\r\n\r\n{}", "> ".repeat(5_000_000))),
        ("deep HTML", format!("{head}Subject: html\r\nContent-Type: text/html\r\n\r\n{}x", "<div>".repeat(100_000))),
        (
            "many recipients",
            format!("From: eve@evil.example\r\nSubject: many\r\nTo: {}\r\n\r\nHello.", "a@b.example, ".repeat(50_000)),
        ),
    ]
}

#[tokio::test]
async fn a_costly_mail_can_be_seen_and_the_one_behind_it_is_filed() {
    with_settings(&[], async |app| {
        let world = World::new(app).await;
        for (what, raw) in costly() {
            let began = Instant::now();
            let lies = app.arrives_raw(raw.into()).await;
            let good = app.arrives(&anna(&format!("After {what}"), "Hello.")).await;
            assert!(good.case.is_some(), "{what}: {}", good.reason);
            let seen = match lies.case {
                Some(case) => world.agent.get(&format!("/api/v1/cases/{case}")).await.status,
                None => world.agent.get(&format!("/api/v1/quarantine/{}/raw", lies.id)).await.status,
            };
            assert_eq!(seen, StatusCode::OK, "{what}: {:?} {}", lies.state, lies.reason);
            // A debug build on a busy machine; what grows faster than the mail takes minutes.
            assert!(began.elapsed() < Duration::from_secs(60), "{what}: {:?}", began.elapsed());
        }
        app.forget_jobs("mail.acknowledge").await;
        app.forget_jobs("cases.index_files").await;
    })
    .await;
}
