//! Casedesk, the support desk for software that customers run themselves. The map of the rooms is ARCHITECTURE.md.
pub mod app;
pub mod cases;
pub mod commands;
pub mod config;
pub mod customers;
pub mod db;
pub mod demo;
pub mod desk;
pub mod events;
pub mod files;
pub mod kit;
pub mod live;
pub mod mail;
pub mod queue;
pub mod search;
pub mod staff;
pub mod web;
