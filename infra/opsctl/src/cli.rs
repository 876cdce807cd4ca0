//! What can be typed, and which module does it.

use std::path::PathBuf;

use aws_config::SdkConfig;
use clap::{Args, Parser, Subcommand};

use crate::failure::Failure;
use crate::redrive::Queue;
use crate::secrets::{RetirableSecret, SettableSecret};
use crate::stack::{Stack, output};
use crate::{Report, audit, bytes, catalog, command_page, doctor, manifest, redrive, secrets, session};

/// Set an Opsroom stack up and look after it.
#[derive(Debug, Parser)]
#[command(name = "opsctl", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which stack, in which account.
#[derive(Debug, Args)]
struct Place {
    /// CloudFormation stack that `sam deploy` made
    #[arg(long, global = true, default_value = "opsroom")]
    stack: String,
    /// Region of the stack [default: as the AWS CLI finds it]
    #[arg(long, global = true)]
    region: Option<String>,
    /// Profile of your AWS configuration [default: as the AWS CLI finds it]
    #[arg(long, global = true)]
    profile: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the Slack app manifest with this stack's addresses in it
    Manifest,
    /// Set, list and retire the secrets that the functions read
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Check, apply and show the catalog: services, people, rights, rooms
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Check the stack, its secrets, the Slack app, the catalog and the audit log against what exists, and say what to mend
    Doctor,
    /// Write the audit log into a file, and check that it is as it was written
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Tell readers outside Slack what a room's peers like best
    #[command(subcommand)]
    Bytes(BytesCommand),
    /// Bring messages that were given up on back into their queues
    Redrive {
        /// Only this queue [default: all]
        #[arg(long)]
        queue: Option<Queue>,
    },
    /// Print documentation generated from the program itself
    #[command(subcommand)]
    Docs(DocsCommand),
}

#[derive(Debug, Subcommand)]
enum SecretsCommand {
    /// Set a secret; asks for the value without showing it, or reads it from standard input
    ///
    /// A new signing secret leaves the old one valid as slack/signing-secret-previous, so that nothing Slack signs during
    /// the rotation is refused. Retire that one when Slack has stopped using it.
    Set {
        /// Which one
        name: SettableSecret,
        /// Read the value from standard input, also if that is a terminal
        #[arg(long)]
        value_stdin: bool,
    },
    /// List the secrets and when they last changed; never their values
    List,
    /// Delete a secret that a rotation left valid
    Retire {
        /// Which one
        name: RetirableSecret,
    },
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Check a file; needs neither network nor credentials
    Check {
        /// The catalog, in YAML
        file: PathBuf,
    },
    /// Check a file and put it in force
    Apply {
        /// The catalog, in YAML
        file: PathBuf,
        /// Who applies it, for the record [default: the ARN of your AWS identity]
        #[arg(long = "as", value_name = "WHO")]
        applied_by: Option<String>,
    },
    /// Print the catalog in force, or an earlier one, as YAML
    Show {
        /// That version
        #[arg(long = "version", value_name = "N")]
        number: Option<u64>,
    },
    /// List the latest versions: when they were applied, and by whom
    Versions,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Write the log as JSON Lines, an entry a line, oldest first
    ///
    /// A file that is there already is continued behind its last whole line, so that an export that was interrupted, or
    /// yesterday's, only takes what is new.
    Export {
        /// The file [default: standard output]
        #[arg(long)]
        out: Option<PathBuf>,
        /// Only entries behind this one
        #[arg(long, value_name = "SEQUENCE", default_value_t = 0)]
        after: u64,
        /// Add the permalink of each entry's message; asks Slack once a message
        #[arg(long)]
        permalinks: bool,
    },
    /// Check that no entry is missing, changed or out of its place; exit status 1 and the place if one is
    Verify {
        /// Also check this whole export, and that the log still has what it has: entries cut off at the log's end show in no other way
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum BytesCommand {
    /// Write an Atom feed of a room's best links, for a web server or a bucket
    ///
    /// The file is put into its place at once, and is the same as long as the links are. Who can read it can read what was shared
    /// in the room, and by whom.
    Feed {
        /// The room's channel id
        #[arg(long, value_name = "CHANNEL")]
        channel: String,
        /// Links of so many days
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=364))]
        days: u16,
        /// So many links at most
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
        most: u8,
        /// The file [default: standard output]
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum DocsCommand {
    /// The page on the commands that people type in the room (docs/commands.md)
    Commands,
}

/// Runs what was typed.
pub(crate) async fn run(cli: Cli) -> Result<Report, Failure> {
    let Cli { place, command } = cli;
    match command {
        Command::Docs(DocsCommand::Commands) => Ok(command_page::page().into()),
        Command::Catalog(CatalogCommand::Check { file }) => catalog::check_file(&file),
        Command::Manifest => {
            let (_, stack) = place.open().await?;
            manifest::filled(stack.output(output::SLACK_INGRESS_URL)?).map(Report::from)
        }
        Command::Secrets(command) => place.secrets(command).await.map(Report::from),
        Command::Catalog(command) => place.catalog(command).await,
        Command::Doctor => {
            let name = place.stack.clone();
            let config = place.session().await?;
            doctor::run(&config, &name).await
        }
        Command::Audit(command) => {
            let step = match command {
                AuditCommand::Export { out, after, permalinks } => audit::Step::Export(audit::Wish { out, after, permalinks }),
                AuditCommand::Verify { against } => audit::Step::Verify { against },
            };
            let (config, stack) = place.open().await?;
            audit::run(&config, &stack, step).await
        }
        Command::Bytes(BytesCommand::Feed { channel, days, most, out }) => {
            let (config, stack) = place.open().await?;
            let wish = bytes::Wish { channel: channel.as_str().into(), days, most: most.into(), out };
            bytes::feed(&config, &stack, &wish).await.map(Report::from)
        }
        Command::Redrive { queue } => {
            let (config, stack) = place.open().await?;
            redrive::run(&config, &stack, queue).await.map(Report::from)
        }
    }
}

impl Place {
    async fn session(&self) -> Result<SdkConfig, Failure> {
        session::open(self.region.clone(), self.profile.clone()).await
    }

    async fn open(&self) -> Result<(SdkConfig, Stack), Failure> {
        let config = self.session().await?;
        let stack = Stack::find(&config, &self.stack).await?;
        Ok((config, stack))
    }

    async fn secrets(&self, command: SecretsCommand) -> Result<String, Failure> {
        let (config, stack) = self.open().await?;
        let store = opsroom_aws_parameters::Secrets::new(&config, stack.output(output::SECRETS_PREFIX)?);
        match command {
            SecretsCommand::Set { name, value_stdin } => secrets::set(&store, name, value_stdin).await,
            SecretsCommand::List => secrets::list(&store).await,
            SecretsCommand::Retire { name } => secrets::retire(&store, name).await,
        }
    }

    async fn catalog(&self, command: CatalogCommand) -> Result<Report, Failure> {
        // What is wrong with a file is told before anybody has to sign on.
        let ready = match command {
            CatalogCommand::Check { file } => return catalog::check_file(&file),
            CatalogCommand::Apply { file, applied_by } => match catalog::read_file(&file)? {
                Ok(checked) => catalog::Step::Apply { catalog: Box::new(checked), applied_by },
                Err(report) => return Ok(report),
            },
            CatalogCommand::Show { number } => catalog::Step::Show { number },
            CatalogCommand::Versions => catalog::Step::Versions,
        };
        let (config, stack) = self.open().await?;
        catalog::run(&config, &stack, ready).await.map(Report::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn takes_only_secrets_and_queues_that_there_are() {
        let cases = [
            (vec!["secrets", "set", "slack/signing-secret"], true),
            (vec!["secrets", "set", "slack/bot-token", "--value-stdin"], true),
            (vec!["secrets", "set", "slack/signing-secret-previous"], false),
            (vec!["secrets", "set", "/opsroom/slack/bot-token"], false),
            (vec!["secrets", "retire", "slack/signing-secret-previous"], true),
            (vec!["secrets", "retire", "slack/bot-token"], false),
            (vec!["audit", "export", "--out", "audit.jsonl", "--after", "7", "--permalinks"], true),
            (vec!["audit", "export", "--after", "yesterday"], false),
            (vec!["audit", "verify", "--against", "audit.jsonl"], true),
            (vec!["bytes", "feed", "--channel", "C0BYTES", "--days", "364", "--most", "100", "--out", "best.xml"], true),
            (vec!["bytes", "feed"], false),
            (vec!["bytes", "feed", "--channel", "C0BYTES", "--days", "365"], false),
            (vec!["bytes", "feed", "--channel", "C0BYTES", "--most", "0"], false),
            (vec!["redrive", "--queue", "delivery"], true),
            (vec!["redrive", "--queue", "mail"], false),
            (vec!["catalog", "show", "--version", "3", "--stack", "other"], true),
            (vec!["catalog", "show", "--version", "latest"], false),
        ];
        for (line, valid) in cases {
            let parsed = Cli::try_parse_from(std::iter::once("opsctl").chain(line.iter().copied()));
            assert_eq!(parsed.is_ok(), valid, "{line:?}");
        }
    }

    #[test]
    fn a_wrong_secret_is_answered_with_the_right_ones() {
        let message = Cli::try_parse_from(["opsctl", "secrets", "set", "slack/token"]).unwrap_err().to_string();
        assert!(message.contains("slack/signing-secret, slack/bot-token"), "{message}");
    }
}
