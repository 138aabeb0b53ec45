//! A sheet goes out, page by page, so that no file is too large to hold.
use std::collections::HashMap;

use serde_json::json;

use super::book;
use crate::customers::rules::sheet::{self, Sheet};
use crate::customers::store::{self, Source};
use crate::customers::{ContactId, OrganisationId};
use crate::db::Result;
use crate::desk::Desk;
use crate::staff::{Audit, Viewer, actions::audit};

/// How many lines are read and sent at once.
const PAGE: i64 = 500;

/// A sheet on its way out.
pub struct Lines {
    desk: Desk,
    sheet: Sheet,
    begun: bool,
    after: i64,
}

/// Begins an export; the audit log has it. `None` as `by`: the command line.
pub async fn export(desk: &Desk, by: Option<&Viewer>, sheet: Sheet) -> Result<Lines> {
    let line = match by {
        Some(by) => Audit::by(desk.now(), by, "customers.exported"),
        None => Audit::new(desk.now(), crate::staff::Actor::System, "customers.exported"),
    };
    let mut tx = desk.db().begin().await?;
    audit(&mut tx, &line.with(json!({ "sheet": sheet }))).await?;
    tx.commit().await?;
    Ok(Lines { desk: desk.clone(), sheet, begun: false, after: 0 })
}

impl Lines {
    /// The next piece of the file; `None` at its end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut piece = Vec::new();
        if !self.begun {
            self.begun = true;
            // The mark by which spreadsheets know UTF-8.
            piece.extend("\u{feff}".bytes());
            piece.extend(sheet::written(&sheet::heading(self.sheet)));
        }
        let lines = self.page().await?;
        for line in &lines {
            piece.extend(sheet::written(line));
        }
        Ok(if piece.is_empty() { None } else { Some(piece) })
    }

    async fn page(&mut self) -> Result<Vec<Vec<String>>> {
        let desk = self.desk.clone();
        let on = &mut Source::Db(desk.db());
        let lines = match self.sheet {
            Sheet::Organisations => {
                let page = book::organisations(on, OrganisationId(self.after), PAGE).await?;
                page.iter().map(|one| (one.id.0, sheet::organisation_line(one))).collect::<Vec<_>>()
            }
            Sheet::Contacts => {
                let page = book::contacts(on, ContactId(self.after), PAGE).await?;
                let names = names(on, page.iter().filter_map(|one| one.organisation_id)).await?;
                let name = |id: Option<OrganisationId>| id.and_then(|id| names.get(&id)).map_or("", String::as_str);
                page.iter().map(|one| (one.id.0, sheet::contact_line(one, name(one.organisation_id)))).collect()
            }
            Sheet::Contracts => {
                let page = store::contracts_after(&mut *on, self.after, PAGE).await?;
                let names = names(on, page.iter().map(|one| one.organisation_id)).await?;
                page.iter().map(|one| (one.id.0, sheet::contract_line(one, &names[&one.organisation_id]))).collect()
            }
            Sheet::Licences => {
                let page = store::licences_after(&mut *on, self.after, PAGE).await?;
                let names = names(on, page.iter().map(|one| one.organisation_id)).await?;
                page.iter().map(|one| (one.id.0, sheet::licence_line(one, &names[&one.organisation_id]))).collect()
            }
            Sheet::Installations => {
                let page = book::installations(on, self.after, PAGE).await?;
                let names = names(on, page.iter().map(|one| one.installation.organisation_id)).await?;
                let line = |one: &sheet::KnownInstallation| {
                    let of = one.installation.organisation_id;
                    (one.installation.id.0, sheet::installation_line(one, &names[&of]))
                };
                page.iter().map(line).collect()
            }
        };
        self.after = lines.last().map_or(self.after, |(id, _)| *id);
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }
}

async fn names(
    on: &mut Source<'_>,
    ids: impl Iterator<Item = OrganisationId>,
) -> Result<HashMap<OrganisationId, String>> {
    let ids: std::collections::BTreeSet<OrganisationId> = ids.collect();
    Ok(store::organisation_names(on, ids).await?.into_iter().collect())
}
