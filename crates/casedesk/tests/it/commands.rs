//! The command line, as an administrator uses it: the program itself, on folders of its own.
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::Letter;
use crate::support::process::{Running, free_port, installed, until_listening};

struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("casedesk-cli-{}", casedesk::kit::secrets::random_token()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn casedesk(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_casedesk"))
        .args(arguments)
        .env("CASEDESK_SERVER__DATA", data)
        .env("CASEDESK_LOG__LEVEL", "error")
        .env_remove("CASEDESK_DATABASE__URL")
        .output()
        .unwrap()
}

fn says(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A desk with two mails of a Maildir, one with a file.
fn with_mail(place: &Place) -> PathBuf {
    let cur = place.at("Maildir/cur");
    std::fs::create_dir_all(&cur).unwrap();
    std::fs::create_dir_all(place.at("Maildir/tmp")).unwrap();
    std::fs::write(place.at("Maildir/tmp/half"), "From: half").unwrap();
    for i in 0..2 {
        let letter = Letter::new("Anna <anna@northbay.example>", &format!("Subject {i}"), "text");
        std::fs::write(cur.join(format!("{i}:2,S")), letter.raw()).unwrap();
    }
    let data = place.at("data");
    let output = casedesk(&data, &["mail", "import", place.at("Maildir").to_str().unwrap()]);
    assert!(output.status.success() && says(&output).contains("2 stored"), "{}", says(&output));
    data
}

#[test]
fn a_maildir_is_imported_and_a_backup_restored_elsewhere_is_whole() {
    let place = Place::new();
    let data = with_mail(&place);
    let (backup, other) = (place.at("backup"), place.at("other"));
    assert!(casedesk(&data, &["backup", backup.to_str().unwrap()]).status.success());
    let restored = casedesk(&other, &["restore", backup.to_str().unwrap()]);
    assert!(restored.status.success() && says(&restored).contains("2 files are whole"), "{}", says(&restored));
    let checked = casedesk(&other, &["check"]);
    assert!(says(&checked).contains("sound and up to date"), "{}", says(&checked));
    // A second time would overwrite a desk.
    let again = casedesk(&other, &["restore", backup.to_str().unwrap()]);
    assert!(!again.status.success() && says(&again).contains("exists already"), "{}", says(&again));
}

#[test]
fn a_damaged_backup_is_told() {
    let place = Place::new();
    let data = with_mail(&place);
    let backup = place.at("backup");
    assert!(casedesk(&data, &["backup", backup.to_str().unwrap()]).status.success());
    let folder = std::fs::read_dir(backup.join("files")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, "something else").unwrap();
    let restored = casedesk(&place.at("other"), &["restore", backup.to_str().unwrap()]);
    assert!(!restored.status.success() && says(&restored).contains("missing or damaged"), "{}", says(&restored));
}

#[test]
fn importing_again_changes_nothing() {
    let place = Place::new();
    let data = with_mail(&place);
    let output = casedesk(&data, &["mail", "import", place.at("Maildir").to_str().unwrap()]);
    assert!(output.status.success());
    let backup = place.at("backup");
    casedesk(&data, &["backup", backup.to_str().unwrap()]);
    let restored = casedesk(&place.at("other"), &["restore", backup.to_str().unwrap()]);
    assert!(says(&restored).contains("2 files are whole"), "{}", says(&restored));
}

#[test]
fn wrong_settings_are_told_together_in_words() {
    let place = Place::new();
    std::fs::write(place.at("casedesk.toml"), "[desk]\nprefix = \"cd\"\n[mail]\nfrom = \"nobody\"\n").unwrap();
    let output = casedesk(&place.0, &["check"]);
    let text = says(&output);
    assert!(!output.status.success() && text.contains("desk.prefix") && text.contains("mail.from"), "{text}");
}

#[test]
fn the_customer_file_goes_out_and_in_by_command_and_a_dry_run_writes_nothing() {
    let place = Place::new();
    let (data, other, sheet) = (place.at("data"), place.at("other"), place.at("organisations.csv"));
    std::fs::write(&sheet, "Name,Kind,Domains\nNorthbay,customer,northbay.example\nGale,friend,\n").unwrap();
    let path = sheet.to_str().unwrap();
    let import = |data: &Path, more: &[&str]| {
        let mut arguments = vec!["customers", "import", path, "--sheet", "organisations"];
        arguments.extend_from_slice(more);
        let output = casedesk(data, &arguments);
        assert!(output.status.success(), "{}", says(&output));
        says(&output)
    };
    let export = |data: &Path| {
        let output = casedesk(data, &["customers", "export", "organisations"]);
        assert!(output.status.success(), "{}", says(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(import(&data, &["--dry-run"]).contains("would be: 1 new, 0 changed, 0 as they are, 1 not taken"));
    assert!(!export(&data).contains("Northbay"), "a dry run writes nothing");
    let told = import(&data, &[]);
    assert!(told.contains("1 new, 0 changed, 0 as they are, 1 not taken") && told.contains("line 3"), "{told}");
    let out = export(&data);
    assert!(out.contains("Northbay,customer,northbay.example"), "{out}");
    std::fs::write(&sheet, &out).unwrap();
    assert!(
        import(&data, &[]).contains("0 new, 0 changed, 1 as they are, 0 not taken"),
        "the same file changes nothing"
    );
    std::fs::write(&sheet, "Northbay,,customer\n".replace("Northbay", "a,b,c\nNorthbay")).unwrap();
    let columns = import(&other, &["--columns", "name,domains,kind"]);
    assert!(columns.contains("1 new"), "{columns}");
    let unknown = casedesk(&data, &["customers", "export", "invoices"]);
    assert!(!unknown.status.success(), "{}", says(&unknown));
}

#[test]
fn one_mail_is_imported_from_a_file_and_many_from_standard_input() {
    let place = Place::new();
    let letter = |i: usize| Letter::new("Anna <anna@northbay.example>", &format!("Subject {i}"), "text").raw();
    std::fs::write(place.at("one.eml"), letter(0)).unwrap();
    let data = place.at("data");
    let output = casedesk(&data, &["mail", "import", place.at("one.eml").to_str().unwrap()]);
    assert!(output.status.success() && says(&output).contains("1 stored"), "{}", says(&output));
    let mut child = Command::new(env!("CARGO_BIN_EXE_casedesk"))
        .args(["mail", "import", "-"])
        .env("CASEDESK_SERVER__DATA", &data)
        .env("CASEDESK_LOG__LEVEL", "error")
        .env_remove("CASEDESK_DATABASE__URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for i in 1..3 {
        input.write_all(b"From anna@northbay.example Mon Mar  1 08:59:00 2027\n").unwrap();
        input.write_all(&letter(i)).unwrap();
        input.write_all(b"\n").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && says(&output).contains("2 stored"), "{}", says(&output));
}

#[test]
fn every_shell_gets_completions_that_name_the_commands() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = casedesk(&place.0, &["completions", shell]);
        let text = says(&output);
        assert!(output.status.success() && text.contains("casedesk") && text.contains("backup"), "{shell}: {text}");
    }
    assert!(!casedesk(&place.0, &["completions", "abacus"]).status.success());
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A line of Prometheus' text format: a comment, or a name, labels that may be, and a number.
fn is_of_metrics(line: &str) -> bool {
    if line.is_empty() || line.starts_with("# TYPE casedesk_") || line.starts_with("# HELP casedesk_") {
        return true;
    }
    let Some((name, value)) = line.rsplit_once(' ') else { return false };
    name.starts_with("casedesk_") && value.parse::<f64>().is_ok()
}

#[tokio::test]
async fn metrics_are_numbers_that_prometheus_reads_and_name_nobody() {
    let place = Place::new();
    let data = with_mail(&place);
    let (port, lmtp) = (free_port(), free_port());
    let command = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casedesk"));
        command.args(arguments).env("CASEDESK_SERVER__DATA", &data).env("CASEDESK_LOG__LEVEL", "error");
        command.env("CASEDESK_SERVER__LISTEN", format!("127.0.0.1:{port}"));
        command.env("CASEDESK_SERVER__PUBLIC_URL", format!("http://localhost:{port}"));
        command.env("CASEDESK_MAIL__LISTENER__LISTEN", format!("127.0.0.1:{lmtp}"));
        command.env_remove("CASEDESK_DATABASE__URL").stdout(Stdio::piped());
        command
    };
    let before = command(&["check"]).output().unwrap();
    assert!(says(&before).contains(&format!("LMTP at 127.0.0.1:{lmtp}")) && says(&before).contains("is free"));
    let _serving = Running::start(&mut command(&["serve"]));
    until_listening(port).await;
    until_listening(lmtp).await;
    let answer = get(port, "/metrics");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    for name in ["casedesk_jobs_waiting", "casedesk_jobs_parked 0", "casedesk_mail_waiting_seconds 0"] {
        assert!(body.contains(name), "{name}: {body}");
    }
    let wrong: Vec<&str> = body.split(['\r', '\n']).filter(|line| line.len() > 8 && !is_of_metrics(line)).collect();
    assert!(wrong.is_empty() && !body.contains('@'), "{wrong:?}");
    let checked = command(&["check"]).output().unwrap();
    let text = says(&checked);
    assert!(text.contains("none has given up") && text.contains("answers"), "{text}");
}

#[tokio::test]
async fn a_desk_on_postgresql_is_backed_up_and_restored() {
    let (Some(server), true) = (std::env::var_os("TEST_POSTGRES"), installed(&["pg_dump", "pg_restore"])) else {
        return;
    };
    let server = server.into_string().unwrap();
    let place = Place::new();
    let names = ["from", "to"].map(|name| format!("backup_{name}_{}", std::process::id()));
    let psql = |statement: String| {
        let done = Command::new("psql").args(["-q", "-c", &statement, &server]).output().unwrap();
        assert!(done.status.success(), "{}", says(&done));
    };
    let on = |name: &str, data: &Path, arguments: &[&str]| {
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        let mut command = Command::new(env!("CARGO_BIN_EXE_casedesk"));
        command.args(arguments).env("CASEDESK_SERVER__DATA", data).env("CASEDESK_LOG__LEVEL", "error");
        command.env("CASEDESK_DATABASE__URL", url).output().unwrap()
    };
    names.iter().for_each(|name| psql(format!("CREATE DATABASE {name}")));
    std::fs::write(place.at("one.eml"), Letter::new("Anna <anna@northbay.example>", "One", "text").raw()).unwrap();
    let (data, backup) = (place.at("data"), place.at("backup"));
    let imported = on(&names[0], &data, &["mail", "import", place.at("one.eml").to_str().unwrap()]);
    assert!(says(&imported).contains("1 stored"), "{}", says(&imported));
    let backed = on(&names[0], &data, &["backup", backup.to_str().unwrap()]);
    assert!(backed.status.success(), "{}", says(&backed));
    let restored = on(&names[1], &place.at("other"), &["restore", backup.to_str().unwrap()]);
    names.iter().for_each(|name| psql(format!("DROP DATABASE {name} WITH (FORCE)")));
    assert!(restored.status.success() && says(&restored).contains("1 files are whole"), "{}", says(&restored));
}
