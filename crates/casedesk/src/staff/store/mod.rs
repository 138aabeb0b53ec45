//! All SQL of the room, one function per statement.
pub mod access;
pub mod agents;
pub mod audit;
pub mod sessions;
pub mod teams;

pub use agents::{Agent, Colleague, MailMe, agent, agents, all_agent_addresses, by_email, by_extension, everybody};
pub use audit::{Line, audit_page};
pub use teams::{Team, by_name as team_named, members, team, teams, teams_of};
