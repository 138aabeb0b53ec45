//! Kinds of work in plain words, and how the desk stands. Pure.
use std::time::Duration;

use crate::kit::Timestamp;
use crate::web::health::Check;

/// Where mail waits longer, nothing is filed any more.
const MAIL_WAITS: Duration = Duration::from_mins(15);

/// What a job does, for people.
pub fn words(kind: &str) -> &'static str {
    match kind {
        "system_mail" => "A mail of the desk itself, such as an invitation or a new password",
        "staff.mail_reset" => "A link to a new password",
        "portal.mail_login" => "A customer’s link to their pages",
        "mail.deliver" => "A reply to a customer",
        "mail.acknowledge" => "The acknowledgement of a new case",
        "notices.mail" | "notices.send" => "A mail to an agent about a case",
        "notices.tidy" => "Tidying agents’ notices",
        "webhooks.deliver" => "A message to a webhook",
        "cases.pass_time" => "Opening and closing cases on their day",
        "cases.index_files" => "Making the words of files findable",
        "cases.index_case" => "Making a case findable by its new subject",
        "cases.tie" => "Joining two cases of one conversation",
        "cases.read_logs" => "Reading log files",
        "cases.judge" | "cases.judge_daily" => "Finding the verdicts of cases",
        "customers.daily" => "Reminders of contracts that end",
        "clocks.look" | "clocks.look_at_all" | "clocks.look_daily" => "Looking at what is promised",
        "phone.escalate" => "The next question about a call",
        "phone.heard" => "An answer to a call",
        "phone.recount" => "Counting unconfirmed calls",
        "quotes.expire" => "The end of a quote",
        "quotes.remind" => "The reminder of a quote that ends soon",
        "quotes.heard" => "An answer to a quote",
        "details.open" => "The form behind a mail that asks for details",
        "details.put_together" => "Putting an uploaded file together",
        "details.sweep" => "Forgetting files that came half",
        "privacy.export" => "An export of personal data",
        "privacy.expire" => "Removing an export",
        "privacy.erase" => "An erasure of personal data",
        "privacy.set_aside" | "privacy.forget_files" => "Removing files that nothing names",
        _ => "Other work",
    }
}

/// How much waits and what is stuck.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub jobs_waiting: i64,
    pub jobs_parked: i64,
    /// For how long the oldest mail has waited to be filed.
    pub mail_waits: Option<Duration>,
}

impl Standing {
    pub fn new((jobs_waiting, jobs_parked): (i64, i64), oldest_mail: Option<Timestamp>, now: Timestamp) -> Self {
        Self { jobs_waiting, jobs_parked, mail_waits: oldest_mail.map(|at| now.since(at)) }
    }

    /// For whoever watches the desk. Work that gave up is told and is no reason to take the desk out of service.
    pub fn checks(&self) -> Vec<Check> {
        let work = match self.jobs_parked {
            0 => "none has given up".to_owned(),
            n => format!("{n} gave up: Settings → Work that gave up says which and why"),
        };
        let (ok, mail) = match self.mail_waits {
            Some(waits) if waits > MAIL_WAITS => {
                (false, format!("the oldest has waited for {} minutes; the log says why", waits.as_secs() / 60))
            }
            Some(_) => (true, "is being filed".to_owned()),
            None => (true, "all of it is filed".to_owned()),
        };
        vec![
            Check { name: "work".into(), ok: true, says: work },
            Check { name: "incoming mail".into(), ok, says: mail },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_that_waits_too_long_is_not_well_and_work_that_gave_up_is_told() {
        let at = |minutes: u64| Some(Timestamp(0).plus(Duration::from_mins(minutes)));
        let now = Timestamp(0).plus(Duration::from_mins(20));
        let checks = Standing::new((0, 2), at(4), now).checks();
        assert!(checks[0].ok && checks[0].says.starts_with("2 gave up"), "{checks:?}");
        assert!(!checks[1].ok && checks[1].says.contains("16 minutes"), "{checks:?}");
        assert!(Standing::new((3, 0), at(6), now).checks().iter().all(|check| check.ok));
    }
}
