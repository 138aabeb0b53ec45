//! The tests of this crate, through its public door.

mod auto_replies;
mod bounces;
mod files;
mod hostile;
mod html;
mod languages;
mod mutations;
mod outbound;
mod people;
mod support;
mod threads;
mod workload;
