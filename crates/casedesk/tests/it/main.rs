//! The desk's promises, tried through its public door on a real database. One file for each room.
#![expect(clippy::unwrap_used, reason = "a test that breaks off says where")]
#![expect(clippy::too_many_lines, reason = "a test tells a story from its beginning to its end")]

mod api;
mod architecture;
mod attachments;
mod cases;
mod clocks;
mod colleague;
mod commands;
mod demo;
mod details;
mod disk;
mod endings;
mod file;
mod forms;
mod hostile;
mod isolation;
mod lists;
mod live;
mod mail;
mod merges;
mod notices;
mod options;
mod pages;
mod phone;
mod portal;
mod privacy;
mod products;
mod quotes;
mod sheets;
mod simulator;
mod staff;
mod support;
mod threads;
mod upkeep;
mod verdicts;
mod webhooks;
mod wire;
