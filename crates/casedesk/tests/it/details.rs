//! Details of installations, asked for and understood: what logs say, the mail that asks, the form behind its link.
use axum::http::Method;
use casedesk::cases::{CaseId, store as case_store};
use casedesk::db::Read as _;
use casedesk::q;
use casedesk::staff::{Role, Scope};

use crate::support::{Letter, TestApp, on_both};

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
