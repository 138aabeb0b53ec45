//! Reading and writing support mail, purely: bytes to [`InboundMail`], [`OutboundMail`] to bytes.
//!
//! There is no clock, no network, no file and no database in here. What a decision needs to know
//! is a parameter: who we are ([`Desk`]), what was heard before ([`thread::Known`]), which key
//! signs ([`token`]).
//!
//! ```
//! let raw = b"From: Ann <ann@customer.example>\r\nSubject: Help\r\n\r\nIt broke.\r\n";
//! let mail = casedesk_mail::read(raw, &casedesk_mail::Desk::default()).expect("a mail");
//! assert_eq!(mail.author.address.address, "ann@customer.example");
//! assert_eq!(mail.body.new_text(), "It broke.");
//! assert!(mail.verdict.may_be_answered());
//! ```

mod address;
mod attachment;
mod authentication;
mod author;
mod body;
mod bounce;
mod cut;
mod evidence;
mod forward;
mod html;
mod ids;
mod inbound;
mod invisible;
mod lists;
mod mime;
mod outbound;
pub mod thread;
pub mod token;
mod verdict;

pub use address::{Address, normalise_address};
pub use attachment::{Attachment, safe_name, shows_inline};
pub use authentication::{AuthResult, Authentication};
pub use author::{Author, AuthorSource};
pub use body::{Body, BodySource, Segment, SegmentKind};
pub use bounce::{BounceReport, Failure, Permanence};
pub use evidence::Evidence;
pub use forward::Forwarded;
pub use html::{SafeHtml, sanitise, text_of_html};
pub use inbound::{Desk, InboundMail, Unreadable, read};
pub use lists::{ListFacts, ListKind};
pub use outbound::{AutoSubmitted, OutboundAttachment, OutboundMail, write};
pub use verdict::{Kind, Verdict};
