//! What is done with mail.
mod acknowledge;
mod colleague;
mod deliver;
mod file;
mod intake;
mod quarantine;

pub use acknowledge::acknowledge;
pub use deliver::{Postman, deliver, give_up, revive, send_system_mail};
pub use file::{Prepared, file, fingerprint, prepare};
pub use intake::{note_oversized, take_in};
pub use quarantine::{dismiss, make_case, make_case_of_unread, retry};
