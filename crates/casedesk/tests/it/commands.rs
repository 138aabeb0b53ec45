//! The command line, as an administrator uses it: the program itself, on folders of its own.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::Letter;

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
