//! What an agent is told of: that a colleague named them in a note, that a case was given to them, and what comes to a
//! case that they watch. Invariants: nobody is told of what they did themselves or may not see; a notice holds no words,
//! so that what is shown or mailed of it is read when it is shown or mailed; who has read the case has read its notices.
pub mod actions;
pub mod api;
pub mod jobs;
pub mod pages;
pub mod rules;
pub mod store;

crate::id!(
    /// A notice to one agent.
    NoticeId
);

crate::words!(
    /// Why somebody is told.
    NoticeKind {
        /// A note names them.
        Mentioned = "mentioned",
        /// The case was given to them.
        Assigned = "assigned",
        /// The customer wrote on a case that they watch.
        Answered = "answered",
        /// A colleague wrote on a case that they watch.
        Written = "written",
        /// A case that they watch was solved, opened again, merged or the like.
        Changed = "changed",
    }
);
