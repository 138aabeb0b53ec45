//! The ends of contracts are told in time, once each; and what is kept of people on their page.
use std::time::Duration;

use axum::http::{Method, StatusCode};
use casedesk::customers::actions as file;
use casedesk::customers::{ContractTerms, OptionTerms, OrganisationId, OrganisationKind, SupportChannel, store};
use casedesk::staff::{Role, Scope, Viewer};
use serde_json::{Value, json};

use crate::support::{TestApp, on_both};

async fn customer(app: &TestApp, by: &Viewer, name: &str) -> OrganisationId {
    let domains = [format!("{}.example", name.to_lowercase())];
    file::new_organisation(app.desk(), by, name, OrganisationKind::Customer, &domains).await.unwrap()
}

async fn contract(app: &TestApp, by: &Viewer, of: OrganisationId, starts: &str, ends: &str) {
    let option_id = match store::options(app.desk().db()).await.unwrap().first() {
        Some(option) => option.id,
        None => {
            let channels = vec![SupportChannel::Mail];
            let terms =
                OptionTerms { name: "Premier".into(), channels, hours: "24/7".into(), ..OptionTerms::default() };
            file::add_option(app.desk(), by, &terms).await.unwrap()
        }
    };
    let terms = ContractTerms {
        option_id,
        reference: "PO-1".into(),
        starts_on: starts.into(),
        ends_on: Some(ends.into()),
        seats: None,
        renews_months: None,
    };
    file::add_contract(app.desk(), by, of, &terms).await.unwrap();
}

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn the_end_of_a_contract_is_told_once_at_each_of_its_days_to_whoever_looks_after_them() {
    on_both(async |app| {
        let ada = app.viewer("Ada", Role::Admin).await;
        let sal = app.agent("Sal", Role::Agent).await;
        let tom = app.agent("Tom", Role::Agent).await;
        let (northbay, quay) = (customer(app, &ada, "Northbay").await, customer(app, &ada, "Quay").await);
        contract(app, &ada, northbay, "2026-04-11", "2027-04-10").await;
        contract(app, &ada, quay, "2026-04-11", "2027-04-10").await;
        app.drain().await;
        // Nobody looks after them and the team is empty: it is told once somebody is there.
        assert_eq!(file::remind(app.desk()).await.unwrap(), 0);
        let teams = casedesk::staff::store::teams(app.desk().db()).await.unwrap();
        let team = teams.into_iter().find(|team| team.name == "Sales").unwrap().id;
        let change = casedesk::staff::actions::Change { teams: Some(vec![team]), ..Default::default() };
        casedesk::staff::actions::change_agent(app.desk(), &ada, tom, &change).await.unwrap();
        file::set_account_manager(app.desk(), &ada, northbay, Some(sal)).await.unwrap();
        assert_eq!(file::remind(app.desk()).await.unwrap(), 2);
        let mut mails = app.mails().await;
        mails.sort_by(|one, other| one.to.cmp(&other.to));
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["sal@desk.example", "tom@desk.example"]);
        assert!(
            mails[0].text.contains("Northbay: Premier (PO-1) ends on 10 April 2027, in 40 days."),
            "{}",
            mails[0].text
        );
        assert!(!mails[0].text.contains("Quay") && mails[1].text.contains("Quay"));
        assert_eq!(file::remind(app.desk()).await.unwrap(), 0, "once each");

        // Ten days on, the next one; then a standstill over the last one until after the end.
        app.advance(10 * DAY);
        assert_eq!(file::remind(app.desk()).await.unwrap(), 2);
        let renewed = file::renew_contract(
            app.desk(),
            &ada,
            quay,
            store::contracts(app.desk().db(), quay).await.unwrap()[0].id,
            "2028-04-10",
        );
        renewed.await.unwrap();
        app.advance(25 * DAY);
        assert_eq!(file::remind(app.desk()).await.unwrap(), 1, "what is renewed is not told");
        assert!(app.mails().await.last().unwrap().text.contains("in 5 days"));
        app.advance(10 * DAY);
        assert_eq!(file::remind(app.desk()).await.unwrap(), 0, "what is over is not told");
        let told_of = store::contracts(app.desk().db(), northbay).await.unwrap()[0].id;
        file::remove_contract(app.desk(), &ada, northbay, told_of).await.unwrap();
        assert!(store::contracts(app.desk().db(), northbay).await.unwrap().is_empty());
        app.drain().await;
        app.mails().await;
    })
    .await;
}

#[tokio::test]
async fn contracts_that_end_are_listed_and_renewed_with_one_click_for_as_long_again() {
    on_both(async |app| {
        let admin = app.logged_in("Ada", Role::Admin).await;
        let by = app.viewer("Bea", Role::Admin).await;
        let of = customer(app, &by, "Northbay").await;
        contract(app, &by, of, "2026-04-11", "2027-04-10").await;
        let listed = admin.get("/api/v1/ending-contracts").await.json();
        assert_eq!(
            (&listed[0]["ends_on"], &listed[0]["organisation_name"]),
            (&json!("2027-04-10"), &json!("Northbay"))
        );
        assert_eq!(admin.get("/api/v1/ending-contracts?within_days=39").await.json(), json!([]));
        assert_eq!(admin.get("/api/v1/ending-contracts?within_days=0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = admin.get("/contracts").await.text;
        assert!(page.contains("ends in 40 days") && page.contains("Renew until 2028-04-10"), "{page}");
        let id = store::contracts(app.desk().db(), of).await.unwrap()[0].id;
        let path = format!("/organisations/{of}/contracts/{id}/renewal");
        let renewed = admin.post(&path, &[("ends_on", "2028-04-10"), ("back", "contracts")]).await;
        assert_eq!(renewed.location(), "/contracts");
        assert!(admin.get("/contracts").await.text.contains("No contract ends"));
        assert_eq!(store::contracts(app.desk().db(), of).await.unwrap()[0].terms.starts_on, "2027-04-11");
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_contact_keeps_addresses_numbers_and_a_note() {
    on_both(async |app| {
        let agent = app.logged_in("Ben", Role::Agent).await;
        let by = app.viewer("Ada", Role::Admin).await;
        let of = customer(app, &by, "Northbay").await;
        let addresses = ["berg@northbay.example".to_owned(), "anna@northbay.example".to_owned()];
        let id = file::add_contact(app.desk(), &by, Some(of), "Anna Berg", &addresses).await.unwrap();
        let page = format!("/contacts/{id}");
        let ways = format!("{page}/addresses");
        agent.post(&ways, &[("main", "berg@northbay.example")]).await;
        agent.post(&ways, &[("pause", "anna@northbay.example")]).await;
        agent.post(&format!("{page}/numbers"), &[("number", "+353 1 234 5678")]).await;
        agent.post(&page, &[("name", "Anna Berg"), ("note", "Speaks Danish.")]).await;
        let program = crate::api::program(app, &by, Scope::Admin).await;
        let known = program.get(&format!("/api/v1/contacts/{id}")).await.json();
        assert_eq!(known["addresses"][0]["address"], "berg@northbay.example");
        assert_eq!(known["addresses"][1]["paused_reason"], "paused by a colleague");
        assert_eq!(known["note"], "Speaks Danish.");
        let shown = agent.get(&page).await.text;
        assert!(shown.contains("+35312345678") && shown.contains("Speaks Danish."), "{shown}");
        agent.post(&ways, &[("resume", "anna@northbay.example")]).await;
        let main = format!("/api/v1/contacts/{id}/addresses/anna@northbay.example/main");
        assert_eq!(program.json(Method::PUT, &main, &Value::Null).await.status, StatusCode::NO_CONTENT);
        let known = program.get(&format!("/api/v1/contacts/{id}")).await.json();
        assert_eq!(known["addresses"][0], json!({ "address": "anna@northbay.example", "paused_reason": null }));
        let none = format!("/api/v1/contacts/{id}/addresses/else@northbay.example/main");
        assert_eq!(program.json(Method::PUT, &none, &Value::Null).await.status, StatusCode::NOT_FOUND);

        let notes = format!("/organisations/{of}/notes");
        agent.post(&notes, &[("text", "Pays late.")]).await;
        let note = store::file_notes(app.desk().db(), of).await.unwrap()[0].id;
        agent.post(&format!("{notes}/{note}"), &[("text", "Pays on time.")]).await;
        assert_eq!(store::file_notes(app.desk().db(), of).await.unwrap()[0].text, "Pays on time.");
        app.drain().await;
    })
    .await;
}
