//! The desk's promises, tried through its public door on a real database. One file for each room.
mod api;
mod staff;
mod support;
