//! `/settings/support-options`: the levels of support on sale.
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::forms;
use crate::customers::store::{self, OptionRow};
use crate::customers::{
    CustomersError, OptionTerms, Priority, SupportChannel, SupportOptionId, SupportTarget, actions,
};
use crate::desk::Desk;
use crate::staff::{Admin, Viewer};
use crate::web::fields::Fields;
use crate::web::shell::Shell;
use crate::web::turbo::see_other;
use crate::web::{Html, Result};

const USUAL_HOURS: &str = "zone Europe/Dublin\nMon-Fri 09:00-17:30\n*-12-25 closed Christmas Day";

/// The form that adds or changes an option.
struct Form {
    terms: OptionTerms,
    fault: String,
}

impl Form {
    fn has(&self, channel: &SupportChannel) -> bool {
        self.terms.channels.contains(channel)
    }

    fn first(&self, priority: &Priority) -> String {
        self.minutes(*priority, |target| target.first_response_min)
    }

    fn next(&self, priority: &Priority) -> String {
        self.minutes(*priority, |target| target.next_response_min)
    }

    fn resolve(&self, priority: &Priority) -> String {
        self.minutes(*priority, |target| target.resolve_min)
    }

    fn minutes(&self, priority: Priority, of: impl Fn(&SupportTarget) -> Option<i64>) -> String {
        let target = self.terms.targets.iter().find(|target| target.priority == priority);
        target.and_then(of).map_or_else(String::new, |minutes| minutes.to_string())
    }
}

#[derive(Template)]
#[template(path = "customers/options.html")]
struct AllPage {
    shell: Shell,
    rows: Vec<OptionRow>,
    form: Form,
    channels: &'static [SupportChannel],
    priorities: &'static [Priority],
}

#[derive(Template)]
#[template(path = "customers/option.html")]
struct OnePage {
    shell: Shell,
    row: OptionRow,
    form: Form,
    channels: &'static [SupportChannel],
    priorities: &'static [Priority],
}

async fn all_page(desk: &Desk, by: &Viewer, form: Form) -> Result<Html<AllPage>> {
    Ok(Html(AllPage {
        shell: by.shell("settings", "options"),
        rows: store::options(desk.db()).await?,
        form,
        channels: SupportChannel::ALL,
        priorities: Priority::ALL,
    }))
}

fn one_page(by: &Viewer, row: OptionRow, form: Form) -> Html<OnePage> {
    Html(OnePage {
        shell: by.shell("settings", "options"),
        row,
        form,
        channels: SupportChannel::ALL,
        priorities: Priority::ALL,
    })
}

/// What was sent, with what was refused; failures of ours get their own page.
fn again(terms: OptionTerms, error: CustomersError) -> Result<Form> {
    match error {
        CustomersError::Database(_) | CustomersError::Missing(_) => Err(error.into()),
        said => Ok(Form { terms, fault: said.to_string() }),
    }
}

async fn row(desk: &Desk, id: SupportOptionId) -> Result<OptionRow> {
    Ok(store::option(desk.db(), id).await?.ok_or(CustomersError::Missing("support option"))?)
}

/// `GET /settings/support-options`
pub(super) async fn all(State(desk): State<Desk>, Admin(by): Admin) -> Result<Response> {
    let terms = OptionTerms { hours: USUAL_HOURS.into(), ..OptionTerms::default() };
    Ok(all_page(&desk, &by, Form { terms, fault: String::new() }).await?.into_response())
}

/// `POST /settings/support-options`
pub(super) async fn add(State(desk): State<Desk>, Admin(by): Admin, sent: Fields) -> Result<Response> {
    let terms = forms::option(&sent)?;
    match actions::add_option(&desk, &by, &terms).await {
        Ok(_) => Ok(see_other("/settings/support-options")),
        Err(error) => {
            let page = all_page(&desk, &by, again(terms, error)?).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `GET /settings/support-options/{id}`
pub(super) async fn one(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    let row = row(&desk, id).await?;
    let terms = row.terms(store::targets(desk.db(), id).await?);
    Ok(one_page(&by, row, Form { terms, fault: String::new() }).into_response())
}

/// `POST /settings/support-options/{id}`
pub(super) async fn change(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
    sent: Fields,
) -> Result<Response> {
    let terms = forms::option(&sent)?;
    match actions::change_option(&desk, &by, id, &terms).await {
        Ok(()) => Ok(see_other("/settings/support-options")),
        Err(error) => {
            let page = one_page(&by, row(&desk, id).await?, again(terms, error)?);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST /settings/support-options/{id}/archive`
pub(super) async fn archive(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    actions::archive_option(&desk, &by, id, true).await?;
    Ok(see_other("/settings/support-options"))
}

/// `POST /settings/support-options/{id}/restore`
pub(super) async fn restore(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    actions::archive_option(&desk, &by, id, false).await?;
    Ok(see_other("/settings/support-options"))
}

/// `POST /settings/support-options/{id}/default`: it counts where no contract is in force.
pub(super) async fn make_default(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    actions::set_default_option(&desk, &by, id, true).await?;
    Ok(see_other("/settings/support-options"))
}

/// `POST /settings/support-options/{id}/not-default`
pub(super) async fn not_default(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    actions::set_default_option(&desk, &by, id, false).await?;
    Ok(see_other("/settings/support-options"))
}

/// `POST /settings/support-options/{id}/public`: everybody may read about it.
pub(super) async fn publish(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    actions::set_public_option(&desk, &by, id, true).await?;
    Ok(see_other("/settings/support-options"))
}

/// `POST /settings/support-options/{id}/not-public`
pub(super) async fn unpublish(
    State(desk): State<Desk>,
    Admin(by): Admin,
    Path(id): Path<SupportOptionId>,
) -> Result<Response> {
    actions::set_public_option(&desk, &by, id, false).await?;
    Ok(see_other("/settings/support-options"))
}
