//! The live socket: one per open page. It says which case changed, never how; the page then fetches
//! what it shows. Presence (who looks, who types) is passed between sockets and stored nowhere.
//! Invariants: a socket belongs to a viewer whose rights were checked when it opened, and is closed when
//! they change or when the session or token behind it runs out; it hears nothing of teams hidden from its viewer.
mod presence;
mod socket;

pub use socket::open;
