//! Files and mail as they came: who gets them, and what a browser may make of them.
use axum::http::{Method, StatusCode};
use casedesk::cases::{CaseId, EntryId};
use serde_json::{Value, json};

use crate::api::World;
use crate::support::{Answer, Letter, TestApp, on_both, with_settings};

/// One transparent pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// A mail with HTML, a picture in it, and files of which some pretend.
fn letter() -> Letter {
    let html = "<p>Look: <img src=\"cid:logo@north\"><img src=\"https://track.example/p.gif\">\
        <script>alert(1)</script><a href=\"https://north.example\">site</a></p>";
    let part = |kind: &str, rest: &str, body: &str| format!("--b\r\nContent-Type: {kind}\r\n{rest}\r\n\r\n{body}\r\n");
    let base64 =
        |name: &str| format!("Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename={name}");
    let body = [
        part("text/html; charset=utf-8", "X-Part: 1", html),
        part(
            "image/png",
            "Content-Transfer-Encoding: base64\r\nContent-ID: <logo@north>\r\nContent-Disposition: inline; filename=logo.png",
            PNG,
        ),
        part("image/svg+xml; x", &base64("\"evil.svg\""), "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"),
        part("image/png", &base64("\"page.png\""), "PGh0bWw+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="),
        part(
            "text/plain",
            &base64("\"=?utf-8?q?r=C3=A9sum=C3=A9_=E2=80=AEgpj=2E..=2F.htaccess?=\""),
            "bGluZSBvbmU6IGtleSBleGNoYW5nZSBmYWlsZWQ=",
        ),
        part("text/html", &base64("\"report.html\""), "PHA+VGhlIDxiPmFsYmF0cm9zczwvYj4gbGFuZGVkPC9wPg=="),
    ];
    Letter::new("Anna Berg <anna@northbay.example>", "With files", &format!("{}--b--\r\n", body.concat()))
        .with("MIME-Version", "1.0")
        .with("Content-Type", "multipart/mixed; boundary=b")
}

async fn filed(app: &TestApp, letter: &Letter) -> (CaseId, EntryId) {
    let lies = app.arrives(letter).await;
    app.forget_jobs("mail.acknowledge").await;
    (lies.case.unwrap(), lies.entry.unwrap())
}

async fn files(world: &World, case: CaseId) -> Vec<Value> {
    let case = world.agent.get(&format!("/api/v1/cases/{case}")).await.json();
    case["entries"][0]["files"].as_array().unwrap().clone()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn only_real_pictures_are_shown_and_every_file_is_locked_in() {
    on_both(async |app| {
        let world = World::new(app).await;
        let (case, _) = filed(app, &letter()).await;
        let files = files(&world, case).await;
        assert_eq!(files.len(), 5, "{files:?}");
        for file in &files {
            let answer = world.agent.get(&format!("/attachments/{}", file["id"])).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
            assert_eq!(header(&answer, "content-security-policy"), "sandbox; default-src 'none'");
            let is_logo = file["name"] == "logo.png";
            let (kind, way) =
                if is_logo { ("image/png", "inline") } else { ("application/octet-stream", "attachment") };
            assert_eq!(header(&answer, "content-type"), kind, "{}", file["name"]);
            let disposition = header(&answer, "content-disposition");
            assert!(disposition.starts_with(&format!("{way}; filename=\"")), "{disposition}");
            assert!(disposition.is_ascii() && !disposition.contains(['/', '\\']), "{disposition}");
            let tag = header(&answer, "etag").to_owned();
            let path = format!("/attachments/{}", file["id"]);
            let token = world.agent.clone_with("if-none-match", &tag);
            assert_eq!(token.get(&path).await.status, StatusCode::NOT_MODIFIED);
        }
        let stranger = app.browser().with("accept", "application/json");
        let answer = stranger.get(&format!("/attachments/{}", files[0]["id"])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_files_and_the_source_of_a_closed_case_do_not_exist_for_others() {
    on_both(async |app| {
        let world = World::new(app).await;
        let (case, entry) = filed(app, &letter()).await;
        let file = files(&world, case).await[0]["id"].clone();
        let paths = [format!("/attachments/{file}"), format!("/entries/{entry}/html"), format!("/entries/{entry}/raw")];
        for path in &paths {
            assert_eq!(world.agent.get(path).await.status, StatusCode::OK, "{path}");
        }
        world.hide(case).await;
        for path in &paths {
            assert_eq!(world.agent.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(world.admin.get(path).await.status, StatusCode::OK, "{path}");
        }
        // As part of an open case it is everybody's to read.
        let into = json!({ "into": world.open });
        world.admin.json(Method::POST, &format!("/api/v1/cases/{case}/merges"), &into).await;
        for path in &paths {
            assert_eq!(world.agent.get(path).await.status, StatusCode::OK, "{path}");
        }
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_html_of_a_mail_is_shown_locked_in_and_asks_nobody_for_pictures_until_somebody_wants_them() {
    on_both(async |app| {
        let world = World::new(app).await;
        let (_, entry) = filed(app, &letter()).await;
        let quiet = world.agent.get(&format!("/entries/{entry}/html")).await;
        let policy = header(&quiet, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; img-src data:;"), "{policy}");
        assert!(policy.contains("sandbox allow-popups") && policy.contains("frame-ancestors 'self'"), "{policy}");
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(header(&quiet, "x-frame-options"), "SAMEORIGIN");
        assert!(quiet.text.contains(&format!("src=\"data:image/png;base64,{PNG}\"")), "{}", quiet.text);
        assert!(!quiet.text.contains("<script"), "{}", quiet.text);
        assert!(!quiet.text.contains(" src=\"https:"), "{}", quiet.text);
        let loud = world.agent.get(&format!("/entries/{entry}/html?images=yes")).await;
        assert!(loud.text.contains("src=\"https://track.example/p.gif\""), "{}", loud.text);
        assert!(header(&loud, "content-security-policy").contains("img-src data: https: http:;"));
        let raw = world.agent.get(&format!("/entries/{entry}/raw")).await;
        assert_eq!(header(&raw, "content-type"), "message/rfc822");
        assert!(header(&raw, "content-disposition").starts_with("attachment"));
        assert!(raw.text.contains("<script>alert(1)</script>"), "the source is whole");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_file_larger_than_the_limit_is_refused() {
    with_settings(&[("MAIL__MAX_SIZE", "4096")], async |app| {
        let world = World::new(app).await;
        let path = format!("/api/v1/cases/{}/draft-files", world.open);
        for (size, status) in [(4000, StatusCode::CREATED), (5000, StatusCode::PAYLOAD_TOO_LARGE), (200_000, StatusCode::PAYLOAD_TOO_LARGE)] {
            let form = format!(
                "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"..\\..\\a\u{202E}b.txt\"\r\n\r\n{}\r\n--x--\r\n",
                "y".repeat(size)
            );
            let answer = world.agent.body(Method::POST, &path, "multipart/form-data; boundary=x", &form).await;
            assert_eq!(answer.status, status, "{size}: {}", answer.text);
        }
        let drafts = world.agent.get(&format!("/api/v1/cases/{}/drafts", world.open)).await.json();
        let name = drafts["files"][0]["name"].as_str().unwrap();
        assert!(!name.contains(['\\', '/', '\u{202E}']), "{name}");
        let mail = format!("From: a@b.example\r\n\r\n{}", "z".repeat(5000));
        let answer = world.admin.body(Method::POST, "/api/v1/mail", "message/rfc822", &mail).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    })
    .await;
}

/// The smallest PDF that says something.
fn pdf(words: &str) -> String {
    let page = format!("BT /F1 24 Tf 72 700 Td ({words}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".into(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let table = file.len();
    file.push_str("xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
    file
}

#[tokio::test]
async fn the_words_in_files_are_found_and_a_broken_file_does_no_harm() {
    let settings = [("SEARCH__PDF_READER", concat!(env!("CARGO_BIN_EXE_casedesk"), ",pdf-text"))];
    with_settings(&settings, async |app| {
        let world = World::new(app).await;
        let (case, _) = filed(app, &letter()).await;
        let found = async |words: &str| {
            let found = world.agent.get(&format!("/api/v1/cases?q={words}")).await.json();
            found["cases"].as_array().unwrap().iter().map(|case| case["id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(found("albatross%20").await, [0; 0], "not before the job has run");
        app.drain().await;
        for words in ["albatross%20", "%22key%20exchange%20failed%22%20", "report.html%20", "anna@northbay.example%20files%20albatross%20"] {
            assert_eq!(found(words).await, [case.0], "{words}");
        }
        let upload = async |name: &str, content: &str| {
            let form = format!(
                "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/pdf\r\n\r\n{content}\r\n--x--\r\n"
            );
            let path = format!("/api/v1/cases/{}/draft-files", world.open);
            let answer = world.agent.body(Method::POST, &path, "multipart/form-data; boundary=x", &form).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        };
        upload("manual.pdf", &pdf("The wandering cormorant")).await;
        upload("broken.pdf", &format!("%PDF-1.4\n{}", "[".repeat(100_000))).await;
        let path = format!("/api/v1/cases/{}/notes", world.open);
        let note = world.agent.json(Method::POST, &path, &json!({ "text": "See the manual." })).await;
        assert_eq!(note.status, StatusCode::CREATED, "{}", note.text);
        app.drain().await;
        assert_eq!(found("cormorant%20").await, [world.open.0]);
        assert_eq!(found("%22see%20the%20manual%22%20").await, [world.open.0], "its own words stay");
        assert_eq!(found("broken.pdf%20").await, [world.open.0]);
    })
    .await;
}
