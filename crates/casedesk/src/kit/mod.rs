//! The small tools every room uses: clock, secrets, cursors, safe HTML, words of pages, room on the disk. No SQL, no HTTP, no domain words.
pub mod clock;
pub mod disk;
pub mod markdown;
pub mod names;
pub mod paging;
pub mod passwords;
pub mod prose;
pub mod qr;
pub mod secrets;

pub use clock::{Clock, Timestamp};
pub use secrets::Secret;
