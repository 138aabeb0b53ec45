//! The tests of this crate, through its public door.

#![expect(clippy::expect_used, reason = "what a test cannot do without should end it, also in its helpers")]

mod authentication;
mod auto_replies;
#[path = "../../fuzz/bodies.rs"]
mod bodies;
mod bounce_fixtures;
mod bounces;
mod files;
mod hostile;
mod html;
mod languages;
mod multiparts;
mod mutations;
mod outbound;
mod people;
mod support;
mod threads;
mod workload;
