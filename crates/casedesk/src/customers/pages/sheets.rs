//! `/organisations/import`: a file of a spreadsheet is sent, looked at, and taken over; and sheets go out.
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::customers::actions::{self, ImportReport, Preview};
use crate::customers::rules::sheet::{self, Column, ImportFate, MOST_BYTES, Sheet};
use crate::customers::store::{self, Import, ImportRow};
use crate::customers::{CustomersError, ImportId};
use crate::desk::Desk;
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::upload::{self, Most};
use crate::web::{Html, Result};

#[derive(Template)]
#[template(path = "customers/imports.html")]
struct ImportsPage {
    shell: Shell,
    sheets: &'static [Sheet],
    rows: Vec<ImportRow>,
    fault: String,
}

impl ImportsPage {
    fn title(sheet: &Sheet) -> &'static str {
        match sheet {
            Sheet::Organisations => "Organisations",
            Sheet::Contacts => "Contacts",
            Sheet::Contracts => "Contracts",
            Sheet::Licences => "Licences",
            Sheet::Installations => "Installations",
        }
    }

    /// What a sheet of this kind may say, in the words of its heading.
    fn columns_of(sheet: &Sheet) -> String {
        let titles =
            sheet::columns(*sheet).iter().filter(|column| !column.key.ends_with("id") || column.key == "key_id");
        titles.map(|column| column.title).collect::<Vec<_>>().join(", ")
    }
}

async fn page(desk: &Desk, by: &Viewer, fault: String) -> Result<ImportsPage> {
    let rows = store::imports(desk.db()).await?;
    Ok(ImportsPage { shell: by.shell("organisations", ""), sheets: Sheet::ALL, rows, fault })
}

/// `GET /organisations/import`
pub(super) async fn all(State(desk): State<Desk>, Admin(by): Admin) -> Result<Html<impl Template>> {
    Ok(Html(page(&desk, &by, String::new()).await?))
}

/// `POST /organisations/import`
pub(super) async fn add(State(desk): State<Desk>, Admin(by): Admin, request: Request) -> Result<Response> {
    let sent = upload::read(request, &desk, Most { files: 1, bytes: MOST_BYTES }).await?;
    match kept(&desk, &by, &sent).await {
        Ok(id) => Ok(see_other(&format!("/organisations/import/{id}"))),
        Err(CustomersError::Database(error)) => Err(error.into()),
        Err(error) => {
            let page = page(&desk, &by, error.to_string()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

async fn kept(desk: &Desk, by: &Viewer, sent: &upload::Upload) -> Result<ImportId, CustomersError> {
    if sent.too_much {
        return Err(sheet::Unreadable::TooLarge.into());
    }
    let sheet = sent.fields.one("sheet").parse().map_err(|_| CustomersError::Missing("kind of file"))?;
    let file = sent.files.first().ok_or(CustomersError::NoFile)?;
    actions::keep_import(desk, by, sheet, &file.name, &file.bytes).await
}

/// A column of the file, and what it may be.
struct ColumnRow {
    number: usize,
    heading: String,
    sample: String,
    is: &'static str,
}

#[derive(Template)]
#[template(path = "customers/import.html")]
struct ImportPage {
    shell: Shell,
    import: Import,
    all: &'static [Column],
    columns: Vec<ColumnRow>,
    report: Option<ImportReport>,
    fault: String,
}

impl ImportPage {
    fn tone(fate: &ImportFate) -> &'static str {
        match fate {
            ImportFate::New => "ok",
            ImportFate::Changed => "acc",
            ImportFate::Same => "line",
            ImportFate::Bad => "bad",
        }
    }
}

/// `GET /organisations/import/{id}`: what it would do, or what it did.
pub(super) async fn one(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<ImportId>,
) -> Result<Html<impl Template>> {
    let import = store::import(desk.db(), id).await?.ok_or(CustomersError::Missing("file"))?;
    let shell = by.shell("organisations", "");
    let all = sheet::columns(import.sheet);
    if import.taken_at.is_some() {
        let report = serde_json::from_str(&import.report).ok();
        return Ok(Html(ImportPage { shell, import, all, columns: vec![], report, fault: String::new() }));
    }
    let chosen = import.chosen();
    let looked = actions::preview(&desk, import.sheet, import.bytes.clone().into(), chosen.clone()).await?;
    let columns = columns(import.sheet, &looked, &chosen);
    let (report, fault) = match looked.report {
        Ok(report) => (Some(report), String::new()),
        Err(fault) => (None, fault.to_string()),
    };
    Ok(Html(ImportPage { shell, import, all, columns, report, fault }))
}

fn columns(sheet: Sheet, looked: &Preview, chosen: &[String]) -> Vec<ColumnRow> {
    let is = |at: usize, heading: &str| match chosen.get(at) {
        Some(key) => sheet::column(sheet, key),
        None => sheet::column_named(sheet, heading),
    };
    let rows = looked.head.iter().enumerate().map(|(at, heading)| ColumnRow {
        number: at + 1,
        sample: looked.sample.get(at).map_or_else(String::new, |cell| cell.chars().take(60).collect()),
        is: is(at, heading).map_or("", |column| column.key),
        heading: heading.clone(),
    });
    rows.collect()
}

/// `POST /organisations/import/{id}`: what its columns are.
pub(super) async fn choose(
    State(desk): State<Desk>,
    _: Admin,
    Path(id): Path<ImportId>,
    sent: Fields,
) -> Result<Response> {
    let chosen: Vec<String> = sent.all("column").map(str::to_owned).collect();
    actions::choose_columns(&desk, id, &chosen).await?;
    Ok(see_other(&format!("/organisations/import/{id}")))
}

/// `POST /organisations/import/{id}/apply`
pub(super) async fn apply(State(desk): State<Desk>, Admin(by): Admin, Path(id): Path<ImportId>) -> Result<Response> {
    actions::take_over(&desk, &by, id).await?;
    Ok(see_other(&format!("/organisations/import/{id}")))
}

/// `GET /organisations/export/{sheet}`
pub(super) async fn export(State(desk): State<Desk>, Admin(by): Admin, Path(sheet): Path<Sheet>) -> Result<Response> {
    Ok(crate::customers::api::streamed(sheet, actions::export(&desk, Some(&by), sheet).await?))
}
