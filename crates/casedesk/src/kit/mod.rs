//! The small tools every room uses: clock, days, secrets, signed webhooks, cursors, safe HTML, words of pages, room on the
//! disk. No SQL, no HTTP, no domain words.
pub mod clock;
pub mod day;
pub mod disk;
pub mod markdown;
pub mod names;
pub mod paging;
pub mod passwords;
pub mod prose;
pub mod qr;
pub mod secrets;
pub mod standard_webhooks;
pub mod unzip;
pub mod zip;

pub use clock::{Clock, Timestamp};
pub use day::Day;
pub use secrets::Secret;
