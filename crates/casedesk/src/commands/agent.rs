//! `casedesk agent`: people, where the pages are not at hand.
use std::io::Read as _;

use clap::Subcommand;

use crate::config::Config;
use crate::kit::Secret;
use crate::staff::actions::{NewColleague, add_agent, reset_link};
use crate::staff::{Role, store};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an agent; prints a link to choose a password, unless one is given.
    Add {
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
        /// admin, agent or read-only
        #[arg(long, default_value = "agent")]
        role: Role,
        /// Teams to join, by name.
        #[arg(long = "team", value_name = "TEAM")]
        teams: Vec<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a link to a new password for an agent whose mail does not arrive.
    ResetLink {
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    let desk = super::desk(config).await?;
    match command {
        Command::ResetLink { email } => println!("{}", reset_link(&desk, &email).await?),
        Command::Add { name, email, role, teams, password_stdin } => {
            let all = store::teams(desk.db()).await?;
            let find = |wanted: &String| {
                let team = all.iter().find(|team| team.name.eq_ignore_ascii_case(wanted));
                team.map(|team| team.id).ok_or_else(|| anyhow::anyhow!("there is no team “{wanted}”"))
            };
            let teams = teams.iter().map(find).collect::<anyhow::Result<Vec<_>>>()?;
            let password = if password_stdin { Some(password_from_stdin()?) } else { None };
            match add_agent(&desk, &NewColleague { name, email, role, teams }, password).await? {
                Some(link) => println!("A password can be chosen here, once, within 7 days: {link}"),
                None => println!("The agent can log in at {}", desk.link("/login")),
            }
        }
    }
    desk.db().close().await;
    Ok(())
}

fn password_from_stdin() -> anyhow::Result<Secret> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}
