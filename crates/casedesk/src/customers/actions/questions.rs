//! How customers are asked for details: the shipped words, and the desk's own.
use serde_json::json;

use super::known;
use crate::customers::rules::{self, Logs, Questionnaire};
use crate::customers::{CustomersError, InstallationId, store};
use crate::db::Read;
use crate::desk::Desk;
use crate::staff::actions::audit;
use crate::staff::{Audit, Viewer};

/// The questions as they are asked today.
pub async fn questionnaire(on: impl Read) -> crate::db::Result<Questionnaire> {
    let own = store::own_words(on).await?;
    Ok(rules::questionnaire(&own.into_iter().collect()))
}

/// Changes the words under these names; those that are as they ship are not kept.
pub async fn set_words(desk: &Desk, by: &Viewer, words: &[(String, String)]) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    for (name, body) in words {
        match rules::checked_words(name, body)? {
            Some(own) => store::set_words(&mut tx, name, &own, by.id, desk.now()).await?,
            None => store::forget_words(&mut tx, name).await?,
        };
    }
    note(&mut tx, desk, by, words.iter().map(|(name, _)| name.as_str()).collect()).await?;
    Ok(tx.commit().await?)
}

/// Goes back to the shipped words.
pub async fn forget_words(desk: &Desk, by: &Viewer) -> Result<(), CustomersError> {
    let mut tx = desk.db().begin().await?;
    let own = store::own_words(&mut tx).await?;
    for (name, _) in &own {
        store::forget_words(&mut tx, name).await?;
    }
    note(&mut tx, desk, by, own.iter().map(|(name, _)| name.as_str()).collect()).await?;
    Ok(tx.commit().await?)
}

async fn note(tx: &mut crate::db::Tx, desk: &Desk, by: &Viewer, names: Vec<&str>) -> crate::db::Result<()> {
    let line = Audit::by(desk.now(), by, "customers.questions_changed").with(json!({ "words": names }));
    audit(tx, &line).await?;
    Ok(())
}

/// What is lacking of an installation, of these details and of the logs.
pub async fn lacks(
    on: impl Read,
    installation: Option<InstallationId>,
    required: &[casedesk_details::Field],
    logs: Option<Logs>,
) -> crate::db::Result<rules::Lacks> {
    let values = match installation {
        Some(id) => store::current_values(on, id).await?,
        None => vec![],
    };
    let known = known(&values);
    let fields = casedesk_details::completeness::missing(required, &known);
    Ok(rules::Lacks { fields, log: logs.filter(|logs| *logs != Logs::Stamped), known })
}
