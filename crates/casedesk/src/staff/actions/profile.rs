//! What an agent says of themselves.
use crate::desk::Desk;
use crate::staff::store::agents::{self, MailMe};
use crate::staff::{Audit, Error, Result, Viewer, rules};

#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    pub signature: String,
    pub time_zone: String,
    /// `None`: as it was.
    pub phone_extension: Option<String>,
}

/// Keeps the zone of the viewer's browser, unless they have one.
pub async fn find_time_zone(desk: &Desk, viewer: &Viewer, zone: &str) -> Result<()> {
    let zone = rules::time_zone(zone)?;
    let mut tx = desk.db().begin().await?;
    if agents::set_unknown_zone(&mut tx, viewer.id, zone).await? == 1 {
        let audit = Audit::by(desk.now(), viewer, "staff.time_zone_found").on("agent", viewer.id.0);
        super::audit(&mut tx, &audit).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Changes the viewer's name, signature, time zone and extension.
pub async fn change_profile(desk: &Desk, viewer: &Viewer, profile: &Profile) -> Result<()> {
    let name = rules::name(&profile.name)?;
    let (signature, zone) = (rules::signature(&profile.signature)?, rules::time_zone(&profile.time_zone)?);
    let mut tx = desk.db().begin().await?;
    agents::set_profile(&mut tx, viewer.id, &name, signature, zone).await?;
    if let Some(extension) = &profile.phone_extension {
        let extension = rules::extension(extension)?;
        tx.lock("staff.extensions").await?;
        if agents::set_extension(&mut tx, viewer.id, extension).await? == 0 {
            return Err(Error::ExtensionTaken(extension.to_owned()));
        }
    }
    super::tell(desk, &mut tx, viewer.actor(), viewer.id, "changed").await?;
    super::audit(&mut tx, &Audit::by(desk.now(), viewer, "staff.profile_changed").on("agent", viewer.id.0)).await?;
    tx.commit().await?;
    Ok(())
}

/// Chooses what the viewer is mailed about.
pub async fn choose_mail(desk: &Desk, viewer: &Viewer, mail: MailMe) -> Result<()> {
    let mut tx = desk.db().begin().await?;
    agents::set_mail(&mut tx, viewer.id, mail).await?;
    super::audit(&mut tx, &Audit::by(desk.now(), viewer, "staff.mail_chosen").on("agent", viewer.id.0)).await?;
    tx.commit().await?;
    Ok(())
}
