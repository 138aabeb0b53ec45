//! What is done with the form behind a link: opened, filled in, sent, let into the file; and with the files that come by it.
mod answer;
mod receive;
mod request;

pub use answer::*;
pub use receive::*;
pub use request::*;
