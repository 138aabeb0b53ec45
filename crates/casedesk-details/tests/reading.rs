//! What the reader promises, one promise a test.
mod score;

use casedesk_details::{Confidence, Context, Field, Known, Product, Proposal, read};

/// `field: value` of all proposals, marked `?` where unsure, `no` where denied, `[name]` for the installation.
fn told(text: &str) -> Vec<String> {
    words(&read(text, &score::context()))
}

fn words(found: &[Proposal]) -> Vec<String> {
    let word = |one: &Proposal| {
        let place = one.installation.as_ref().map_or(String::new(), |name| format!("[{name}] "));
        let doubt = if one.confidence == Confidence::Unsure { "?" } else { "" };
        format!("{place}{}: {}{}{doubt}", one.field, if one.present { "" } else { "no " }, one.value)
    };
    let mut words: Vec<String> = found.iter().map(word).collect();
    words.sort();
    words
}

#[test]
fn what_is_planned_is_not_proposed() {
    assert_eq!(told("We run 5.1. We plan to move to RHEL 9."), ["product_version: 5.1"]);
    assert_eq!(told("Wir planen den Umstieg auf RHEL 9."), [""; 0]);
    assert_eq!(told("Next year we get Windows Server 2022."), [""; 0]);
}

#[test]
fn what_is_past_is_not_proposed() {
    assert_eq!(told("We upgraded from 5.0 to 5.1."), ["product_version: 5.1"]);
    assert_eq!(told("We rolled back from 5.2 to 5.1.2."), ["product_version: 5.1.2"]);
    assert_eq!(told("The old server was Windows 2008 R2."), [""; 0]);
    assert_eq!(told("Wir haben von 5.0 auf 5.1.1 aktualisiert."), ["product_version: 5.1.1"]);
}

#[test]
fn a_change_that_fails_leaves_what_was() {
    assert_eq!(told("The upgrade from 5.1 to 5.2 fails."), ["product_version: 5.1"]);
}

#[test]
fn what_is_denied_is_proposed_as_absent() {
    assert_eq!(
        told("No LDAP, AD or SSO."),
        ["integrations: no Active Directory", "integrations: no LDAP", "integrations: no single sign-on"]
    );
    assert_eq!(told("We're not using FTPS any more."), ["protocols: no FTPS"]);
    assert_eq!(told("We don't have HA."), ["high_availability: none"]);
    assert_eq!(told("FTP and SCP are disabled."), ["protocols: no FTP", "protocols: no SCP"]);
    assert_eq!(told("LDAPは使っていません。"), ["integrations: no LDAP"]);
}

#[test]
fn what_is_broken_is_there() {
    assert_eq!(told("SFTP does not work."), ["protocols: SFTP"]);
    assert_eq!(told("No problem with HTTPS."), ["protocols: HTTPS"]);
    assert_eq!(told("No pueden conectarse por FTPS."), ["protocols: FTPS"]);
}

#[test]
fn what_is_in_doubt_is_unsure() {
    assert_eq!(told("I think it's 5.2, will check."), ["product_version: 5.2?"]);
    assert_eq!(told("It's either 5.1 or 5.2."), ["product_version: 5.1?", "product_version: 5.2?"]);
    assert_eq!(told("Version: 5.2?"), ["product_version: 5.2?"]);
}

#[test]
fn a_question_to_us_says_nothing() {
    assert_eq!(told("Do you support Ubuntu 24.04 with 5.2?"), [""; 0]);
}

#[test]
fn two_values_of_one_field_are_unsure() {
    assert_eq!(
        told("The about box says 5.1.2. The file says 5.1.1."),
        ["product_version: 5.1.1?", "product_version: 5.1.2?"]
    );
}

#[test]
fn the_system_of_clients_and_of_others_is_not_the_server_s() {
    assert_eq!(told("Clients use Windows 10 with FileZilla 3.66."), [""; 0]);
    assert_eq!(told("The partner runs AIX 7.3."), [""; 0]);
    assert_eq!(told("The domain controllers are Windows Server 2016."), [""; 0]);
    assert_eq!(told("Server 5.1.2, client 5.2."), ["product_version: 5.1.2"]);
}

#[test]
fn several_installations_are_kept_apart() {
    assert_eq!(
        told("Production 5.1 on RHEL 8, test 5.2 on Rocky 9. Both speak SFTP."),
        [
            "[production] os_name: Red Hat Enterprise Linux",
            "[production] os_version: 8",
            "[production] product_version: 5.1",
            "[production] role: production",
            "[test] os_name: Rocky Linux",
            "[test] os_version: 9",
            "[test] product_version: 5.2",
            "[test] role: test",
            "protocols: SFTP",
        ]
    );
}

#[test]
fn answers_between_quoted_questions_count_and_older_mail_does_not() {
    let text =
        "> 1. Product version\n5.2\n> We had FTPS with LDAP.\n\nOn Monday, Ann wrote:\n> We run 5.0 on AIX 7.2.\n";
    assert_eq!(told(text), ["product_version: 5.2"]);
}

#[test]
fn the_template_itself_answers_nothing() {
    let context = score::context();
    let quoted: String = context.template.lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(words(&read(&quoted, &context)), [""; 0]);
    assert_eq!(words(&read(&context.template, &context)), [""; 0]);
}

#[test]
fn addresses_signatures_and_log_lines_say_nothing() {
    assert_eq!(told("See https://sftp.harbourline.example/ldap or C:\\FTP\\ad.log, ask x@rhel8.example."), [""; 0]);
    assert_eq!(told("Thanks\n\nKind regards\nPeter, Windows Server 2019 team"), [""; 0]);
    assert_eq!(told("2024-05-01 12:00:00,123 ERROR LDAP bind on Windows Server 2019 failed"), [""; 0]);
    assert_eq!(told("Sent from Mail for Windows 10"), [""; 0]);
}

#[test]
fn numbers_that_are_no_version_are_left_alone() {
    for text in
        ["On 5.1.2024 at 5.1 GB.", "Port 5.1", "10.5.1.2 answers.", "kernel 5.1", "case 5.1", "VAT number is 5.2.1"]
    {
        assert_eq!(told(text), [""; 0], "{text}");
    }
}

#[test]
fn a_version_is_matched_to_its_product_and_release() {
    let product = |name: &str, releases: &[&str]| Product {
        name: name.into(),
        aliases: Vec::new(),
        releases: releases.iter().map(|release| (*release).to_owned()).collect(),
    };
    let products = vec![product("Ferrywell Transfer", &["5.1", "5.2"]), product("Ferrywell Monitor", &["2.0", "2.1"])];
    let context = Context { products, ..Context::default() };
    let found = read("We run Ferrywell Transfer 5.1.9 and Ferrywell Monitor 2.1.", &context);
    let versions: Vec<_> =
        found.iter().map(|one| (one.product.as_deref(), one.value.as_str(), one.key.as_deref())).collect();
    assert_eq!(
        versions,
        [(Some("Ferrywell Transfer"), "5.1.9", Some("5.1")), (Some("Ferrywell Monitor"), "2.1", Some("2.1"))]
    );
    let unknown = read("Version 7.3", &score::context());
    assert_eq!((unknown[0].value.as_str(), unknown[0].key.as_deref()), ("7.3", None));
    assert_eq!(unknown[0].confidence, Confidence::Likely);
}

#[test]
fn names_come_with_the_keys_of_life_cycle_tables() {
    let found = read("RHEL8.6, SLES 15 SP4, PostgreSQL 14", &Context::default());
    let keys: Vec<_> = found.iter().map(|one| (one.field, one.key.as_deref().unwrap_or_default())).collect();
    assert!(keys.contains(&(Field::OsName, "rhel")) && keys.contains(&(Field::OsVersion, "8")));
    assert!(keys.contains(&(Field::OsName, "sles")) && keys.contains(&(Field::OsVersion, "15.4")));
    assert!(keys.contains(&(Field::Database, "postgresql")));
}

#[test]
fn a_proposal_says_where_it_was_read_and_whether_it_is_known() {
    let text = "Hello.\n\nWe use SFTP here. Bye.";
    let known = vec![Known { field: Field::Protocols, value: "SFTP".into() }];
    let found = read(text, &Context { known, ..Context::default() });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].source.text, "We use SFTP here.");
    assert_eq!(&text[found[0].source.range.clone()], "We use SFTP here.");
    assert_eq!((found[0].as_written.as_str(), found[0].why), ("SFTP", "as it is known already"));
}
