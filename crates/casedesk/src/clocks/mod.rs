//! The promises of support options, as clocks on every case: first response, next response, resolve.
//!
//! Invariants: a due instant moves only with what happens to the case, its contract, option or hours, never with the
//! time; an alarm is raised once for an instant, whatever the machine's clock does; what was broken before the desk
//! knew of the promise is shown, and raises none. The rows belong to `cases`, so that its lists sort and filter by
//! them; this room alone finds what stands in them, by `casedesk_hours`.
pub mod actions;
pub mod jobs;
pub mod pages;
pub mod rules;
pub mod store;
