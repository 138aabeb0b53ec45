//! The customer file goes out as CSV and comes in again.
use axum::http::{Method, StatusCode};
use casedesk::customers::actions::{self as file, ImportReport};
use casedesk::customers::rules::sheet::{ImportFate, Sheet};
use casedesk::customers::{OptionTerms, SupportChannel, store};
use casedesk::db::Read as _;
use casedesk::products::{self, ProductDraft, ProductKind};
use casedesk::q;
use casedesk::staff::{Role, Scope, Viewer};
use serde_json::json;

use crate::support::{TestApp, on_both};

async fn take(app: &TestApp, by: &Viewer, sheet: Sheet, text: &str) -> ImportReport {
    file::import_file(app.desk(), Some(by), sheet, text.as_bytes().to_vec().into(), vec![]).await.unwrap()
}

fn counts(report: &ImportReport) -> [usize; 4] {
    [report.new, report.changed, report.same, report.bad]
}

fn bad(report: &ImportReport) -> Vec<String> {
    let bad = report.lines.iter().filter(|line| line.fate == ImportFate::Bad);
    bad.map(|line| format!("{}: {}", line.line, line.why)).collect()
}

async fn out(app: &TestApp, sheet: Sheet) -> String {
    let mut lines = file::export(app.desk(), None, sheet).await.unwrap();
    let mut text = String::new();
    while let Some(piece) = lines.next().await.unwrap() {
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    text
}

async fn on_sale(app: &TestApp, by: &Viewer) {
    let terms = OptionTerms {
        name: "Premier".into(),
        channels: vec![SupportChannel::Mail],
        hours: "24/7".into(),
        ..OptionTerms::default()
    };
    file::add_option(app.desk(), by, &terms).await.unwrap();
    let draft = ProductDraft {
        name: "Ferrywell Transfer".into(),
        slug: String::new(),
        kind: ProductKind::Own,
        aliases: vec!["FT".into()],
    };
    products::actions::add_product(app.desk(), by, &draft).await.unwrap();
}

const ORGANISATIONS: &str = "Company;Type;Domain;Tags;Comment\r\nNorthbay;customer;northbay.example;vip, eu;\"pays; late\"\r\n\
    Müller & Söhne;lead;mueller.example;;\r\n;customer;;;no name\r\nGale;friend;;;\r\nHarbour;customer;northbay.example;;\r\n";
const CONTACTS: &str = "Full name,Company,E-mail,Email 2,Phone\nAnna Berg,Northbay,anna@northbay.example,\
    berg@northbay.example,+353 1 234 5678\nJo Lee,,jo@mueller.example,,\nKit,Nowhere,kit@x.example,,\nNobody,Northbay,,,\n";
const CONTRACTS: &str = "Organisation,Support option,Reference,Start,End,Seats\nNorthbay,premier,PO-1,31.01.2027,2027-12-31,25\n\
    Northbay,Premier,PO-2,03/04/2027,,\nNorthbay,Gold,PO-3,2027-01-01,,\n";
const LICENCES: &str = "Organisation,Product,Edition,Key id,Seats,Expires\nNorthbay,FT,Enterprise,K-77,25,31 Dec 2027\n\
    Northbay,FT,Enterprise,K-78,many,\n";
const INSTALLATIONS: &str = "Organisation,Label,Environment,Product,Version,OS,OS version,Protocols\n\
    Northbay,Dublin,production,Ferrywell Transfer,5.1.2,Debian,12,\"SFTP, FTPS\"\nNorthbay,Lab,moon,,,,,\n";

#[tokio::test]
async fn each_sheet_is_taken_over_its_bad_lines_are_named_and_a_second_time_changes_nothing() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        on_sale(app, &by).await;
        let first = take(app, &by, Sheet::Organisations, ORGANISATIONS).await;
        assert_eq!(counts(&first), [2, 0, 0, 3], "{:#?}", first.lines);
        assert_eq!(
            bad(&first),
            [
                "4: “name” is empty",
                "5: “friend” is neither customer nor prospect",
                "6: line 2 has “northbay.example” already"
            ]
        );
        let contacts = take(app, &by, Sheet::Contacts, CONTACTS).await;
        assert_eq!(counts(&contacts), [2, 0, 0, 2], "{:#?}", contacts.lines);
        let contracts = take(app, &by, Sheet::Contracts, CONTRACTS).await;
        assert_eq!(
            bad(&contracts),
            [
                "3: “03/04/2027” may be one of two days: write it as 2027-03-31",
                "4: there is no support option “Gold”, but Premier"
            ]
        );
        assert_eq!(counts(&take(app, &by, Sheet::Licences, LICENCES).await), [1, 0, 0, 1]);
        assert_eq!(counts(&take(app, &by, Sheet::Installations, INSTALLATIONS).await), [1, 0, 0, 1]);

        let again = [
            (Sheet::Organisations, ORGANISATIONS),
            (Sheet::Contacts, CONTACTS),
            (Sheet::Contracts, CONTRACTS),
            (Sheet::Licences, LICENCES),
            (Sheet::Installations, INSTALLATIONS),
        ];
        for (sheet, text) in again {
            let report = take(app, &by, sheet, text).await;
            assert!(!report.does_something() && report.same > 0, "{sheet}: {:#?}", report.lines);
        }
        let db = app.desk().db();
        let of = store::organisation_by_domain(db, "mueller.example").await.unwrap().unwrap();
        let jo = store::contact_by_address(db, "jo@mueller.example").await.unwrap().unwrap();
        assert_eq!((jo.organisation_id, of.name.as_str()), (Some(of.id), "Müller & Söhne"));
        let anna = store::contact_by_address(db, "berg@northbay.example").await.unwrap().unwrap();
        assert_eq!(store::numbers(db, anna.id).await.unwrap()[0].number_e164, "+35312345678");
        let northbay = anna.organisation_id.unwrap();
        assert_eq!(store::contracts(db, northbay).await.unwrap()[0].terms.starts_on, "2027-01-31");
        let installation = &store::installations(db, northbay).await.unwrap()[0];
        let values = store::current_values(db, installation.id).await.unwrap();
        assert!(values.iter().any(|value| value.value == "SFTP, FTPS" && value.source.as_str() == "import"));
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_file_changes_only_what_it_says() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        on_sale(app, &by).await;
        take(app, &by, Sheet::Organisations, ORGANISATIONS).await;
        take(app, &by, Sheet::Contracts, CONTRACTS).await;
        let longer = "Organisation,Support option,Reference,First day,Last day,Seats\nNorthbay,,PO-1,,2028-12-31,\n";
        let report = take(app, &by, Sheet::Contracts, longer).await;
        let changes: Vec<_> =
            report.lines[0].differences.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
        assert_eq!(changes, [("2027-12-31", "2028-12-31")]);
        let of = store::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().unwrap().id;
        let kept = &store::contracts(app.desk().db(), of).await.unwrap()[0];
        assert_eq!((kept.terms.seats, kept.terms.reference.as_str()), (Some(25), "PO-1"));
        let tagged = take(app, &by, Sheet::Organisations, "Name,Tags\nnorthbay,new vip\n").await;
        assert_eq!(tagged.lines[0].differences[0].from, "Northbay");
        assert_eq!(store::organisation_tags(app.desk().db(), of).await.unwrap(), ["eu", "new", "vip"]);
        app.drain().await;
    })
    .await;
}

/// What spreadsheets and attackers make of names, notes and values.
const NASTY: [&str; 12] = [
    "=HYPERLINK(\"x\")",
    "+353",
    "-1",
    "@SUM",
    "'=a",
    "''quoted",
    "a,b;c\td",
    "\"quotes\" \"\"",
    "line\nbreak",
    "Ünïcödé €",
    "x\r\ny",
    "---",
];

#[tokio::test]
async fn an_export_taken_back_changes_nothing_whatever_is_in_the_file() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        on_sale(app, &by).await;
        let (desk, now) = (app.desk(), app.desk().now());
        let option = store::options(desk.db()).await.unwrap()[0].id;
        let mut tx = desk.db().begin().await.unwrap();
        for (number, odd) in NASTY.iter().enumerate() {
            // Written past the rules, as an older version or a mail may have.
            let of = tx
                .insert(q!(
                    "INSERT INTO organisations (name, kind, created_at) VALUES ($1, 'customer', $2) RETURNING id",
                    *odd,
                    now
                ))
                .await
                .unwrap();
            tx.exec(q!("INSERT INTO organisations (name, kind, created_at) VALUES ($1, 'prospect', $2)", *odd, now))
                .await
                .unwrap();
            for other in NASTY {
                tx.exec(q!("INSERT INTO organisation_notes (organisation_id, text, at) VALUES ($1, $2, $3)", of, other, now))
                    .await
                    .unwrap();
            }
            tx.exec(q!("INSERT INTO organisation_tags (organisation_id, tag) VALUES ($1, '=a,b;c')", of)).await.unwrap();
            let contact = tx
                .insert(q!(
                    "INSERT INTO contacts (organisation_id, name, note, created_at) VALUES ($1, $2, $2, $3) RETURNING id",
                    of,
                    *odd,
                    now
                ))
                .await
                .unwrap();
            tx.exec(q!(
                "INSERT INTO contact_addresses (address, contact_id) VALUES ($1, $2)",
                format!("=a{number}@x.example"),
                contact
            ))
            .await
            .unwrap();
            tx.exec(q!(
                "INSERT INTO contracts (organisation_id, option_id, reference, starts_on, created_at)
                 VALUES ($1, $2, $3, '2027-01-01', $4)",
                of,
                option,
                *odd,
                now
            ))
            .await
            .unwrap();
            tx.exec(q!(
                "INSERT INTO licences (organisation_id, edition, key_id, created_at) VALUES ($1, $2, $2, $3)",
                of,
                odd.split_whitespace().collect::<Vec<_>>().join(" "),
                now
            ))
            .await
            .unwrap();
            tx.exec(q!(
                "INSERT INTO installations (organisation_id, label, role, created_at) VALUES ($1, $2, 'test', $3)",
                of,
                odd.split_whitespace().collect::<Vec<_>>().join(" "),
                now
            ))
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        for sheet in Sheet::ALL {
            let before = out(app, *sheet).await;
            let starts = before.lines().filter(|line| line.starts_with(['=', '+', '-', '@', '\t'])).count();
            assert!(sheet == &Sheet::Organisations || starts == 0, "{before}");
            assert!(!before.contains("\"=") && !before.contains(",="), "{before}");
            let report = take(app, &by, *sheet, &before).await;
            assert!(!report.does_something() && report.bad == 0, "{sheet}: {:#?}", report.lines);
            assert_eq!(out(app, *sheet).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_is_looked_at_its_columns_chosen_and_taken_over_once_on_the_page() {
    on_both(async |app| {
        let admin = app.logged_in("Ada", Role::Admin).await;
        let boundary = "multipart/form-data; boundary=x";
        let part = |name: &str, more: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
        };
        let csv = "Wer,Wo\r\nAnna,anna@northbay.example\r\nBo\r\n";
        let body =
            format!("{}{}--x--\r\n", part("sheet", "", "contacts"), part("file", "; filename=\"people.csv\"", csv));
        let sent = admin.body(Method::POST, "/organisations/import", boundary, &body).await;
        let page = sent.location().to_owned();
        assert!(page.starts_with("/organisations/import/"), "{}", sent.text);
        let unsure = admin.get(&page).await.text;
        assert!(
            unsure.contains("No column is chosen for “Name”") && unsure.contains("anna@northbay.example"),
            "{unsure}"
        );
        admin.post(&page, &[("column", "name"), ("column", "addresses")]).await;
        let sure = admin.get(&page).await.text;
        assert!(sure.contains("1 new, 0 changed, 0 as they are, 1 not taken"), "{sure}");
        assert!(sure.contains("it has fewer cells than the heading"), "{sure}");
        let contacts = q!("SELECT COUNT(*) FROM contacts");
        assert_eq!(app.desk().db().one::<(i64,)>(contacts.clone()).await.unwrap().0, 0);
        assert_eq!(admin.post(&format!("{page}/apply"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(admin.post(&format!("{page}/apply"), &[]).await.status, StatusCode::CONFLICT);
        assert_eq!(app.desk().db().one::<(i64,)>(contacts).await.unwrap().0, 1);
        let done = admin.get(&page).await.text;
        assert!(done.contains("What it did") && !done.contains("Take it over"), "{done}");
        let kept = q!("SELECT LENGTH(bytes) FROM customer_imports");
        assert_eq!(app.desk().db().one::<(i64,)>(kept).await.map(|row| row.0).unwrap_or(0), 0);
        let empty = format!("{}--x--\r\n", part("sheet", "", "contacts"));
        let none = admin.body(Method::POST, "/organisations/import", boundary, &empty).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.text.contains("Choose a file."), "{}", none.text);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_takes_the_file_out_or_in_and_the_audit_log_has_it() {
    on_both(async |app| {
        let (ada, bo) = (app.viewer("Ada", Role::Admin).await, app.viewer("Bo", Role::Agent).await);
        let admin = crate::api::program(app, &ada, Scope::Admin).await;
        let writer = crate::api::program(app, &bo, Scope::Write).await;
        let csv = "Name,Domains\nNorthbay,northbay.example\n,\n=1+1,\n";
        let path = "/api/v1/customer-imports?sheet=organisations";
        let dry = admin.body(Method::POST, &format!("{path}&dry_run=true"), "text/csv", csv).await;
        assert_eq!((dry.status, dry.json()["new"].as_u64()), (StatusCode::OK, Some(2)), "{}", dry.text);
        assert!(store::organisation_by_domain(app.desk().db(), "northbay.example").await.unwrap().is_none());
        assert_eq!(writer.body(Method::POST, path, "text/csv", csv).await.status, StatusCode::FORBIDDEN);
        let taken = admin.body(Method::POST, path, "text/csv", csv).await;
        assert_eq!(taken.json()["lines"][0]["line"], json!(2));
        let wrong = admin.body(Method::POST, &format!("{path}&columns=size,"), "text/csv", csv).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
        assert_eq!(writer.get("/api/v1/customer-exports/organisations").await.status, StatusCode::FORBIDDEN);
        let exported = admin.get("/api/v1/customer-exports/organisations").await;
        assert_eq!(exported.headers["content-type"], "text/csv; charset=utf-8");
        assert!(exported.text.contains("Northbay,customer,northbay.example") && exported.text.contains("\"'=1+1\""));
        assert_eq!(admin.get("/api/v1/customer-exports/cases").await.status, StatusCode::NOT_FOUND);
        let lines: Vec<(String,)> = app
            .desk()
            .db()
            .all(q!("SELECT action FROM audit WHERE action LIKE 'customers.%' ORDER BY id"))
            .await
            .unwrap();
        let lines: Vec<&str> = lines.iter().map(|(line,)| line.as_str()).collect();
        assert_eq!(lines, ["customers.imported", "customers.exported"]);
        app.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_hundred_thousand_lines_are_looked_at() {
    on_both(async |app| {
        let mut text = String::from("Name;Domains;Tags\n");
        for number in 0..100_000 {
            text.push_str(&format!("Organisation {number};o{number}.example;bulk\n"));
        }
        let preview = async |text: &str| {
            let bytes = text.as_bytes().to_vec().into();
            file::preview(app.desk(), Sheet::Organisations, bytes, vec![]).await.and_then(|seen| seen.report())
        };
        let report = preview(&text).await.unwrap();
        assert_eq!((counts(&report), report.lines.len(), report.left_out), ([100_000, 0, 0, 0], 1_000, 99_000));
        text.push_str("One more;;\n");
        assert!(preview(&text).await.unwrap_err().to_string().contains("more than 100000 lines"));
    })
    .await;
}

#[tokio::test]
async fn contacts_have_tags_on_their_page_over_the_api_and_in_sheets() {
    on_both(async |app| {
        let by = app.viewer("Ada", Role::Admin).await;
        take(app, &by, Sheet::Organisations, ORGANISATIONS).await;
        let tagged = "Name,E-mail,Tags\nAnna Berg,anna@northbay.example,VIP root\nBo Lind,bo@northbay.example,root\n";
        assert_eq!(counts(&take(app, &by, Sheet::Contacts, tagged).await), [2, 0, 0, 0]);
        let sheet = out(app, Sheet::Contacts).await;
        assert!(sheet.contains(",root vip,"), "{sheet}");
        assert_eq!(
            counts(&take(app, &by, Sheet::Contacts, &sheet).await),
            [0, 0, 2, 0],
            "what went out changes nothing"
        );
        let program = crate::api::program(app, &by, Scope::Admin).await;
        let anna = crate::merges::contact(app, "anna@northbay.example").await;
        let tags = async || program.get(&format!("/api/v1/contacts/{anna}")).await.json()["tags"].clone();
        assert_eq!(tags().await, json!(["root", "vip"]));
        let page = app.logged_in("Ben", Role::Agent).await;
        let path = format!("/contacts/{anna}/tags");
        assert_eq!(page.post(&path, &[("remove", "vip")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(page.post(&path, &[("tag", "<b>new</b>")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(tags().await, json!(["<b>new</b>", "root"]));
        let shown = page.get(&format!("/contacts/{anna}")).await.text;
        assert!(shown.contains("new") && !shown.contains("<b>new"), "{shown}");
        let found = async |query: &str| {
            let found = program.get(&format!("/api/v1/contacts?{query}")).await.json();
            found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("q=&tag=root").await, ["Anna Berg", "Bo Lind"]);
        assert_eq!(found("q=bo&tag=root").await, ["Bo Lind"]);
        assert!(found("q=&tag=vip").await.is_empty(), "it was taken off");
        let list = page.get("/organisations?tag=root").await.text;
        assert!(
            list.contains("Contacts with this tag") && list.contains(&format!("href=\"/contacts/{anna}\"")),
            "{list}"
        );
        let long = page.post(&path, &[("tag", &"x".repeat(51))]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        let log: (i64,) = app
            .desk()
            .db()
            .one(q!("SELECT COUNT(*) FROM audit WHERE action LIKE 'customers.contact_tag%'"))
            .await
            .unwrap();
        assert_eq!(log.0, 2);
        app.drain().await;
    })
    .await;
}
