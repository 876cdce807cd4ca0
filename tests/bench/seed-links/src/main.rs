//! Fills a room with links for a benchmark: as many as nobody posts while it waits.
//!
//! Written through the same port as posted ones, so that what lies in the table has the shapes that the functions read, and no second place has to
//! know them.

mod library;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use opsroom_application::ports::{Commit, PortError, Store as _};
use opsroom_aws_session::MissingVariable;
use opsroom_aws_table::Records;
use opsroom_domain::ids::ChannelId;

/// So many are written at once. The emulator works on one thread: more only wait.
const AT_ONCE: usize = 8;

/// Writes links into a room's part of the state table. Region, credentials and endpoint come from the environment, as a function has them.
#[derive(Debug, Parser)]
struct Options {
    /// The state table.
    #[arg(long)]
    table: String,
    /// The audit table; nothing is written to it.
    #[arg(long)]
    audit_table: String,
    /// The room.
    #[arg(long)]
    channel: String,
    /// How many.
    #[arg(long)]
    count: u32,
    /// The moment at which the youngest were posted, such as `2026-11-25T12:00:00Z`.
    #[arg(long)]
    until: Timestamp,
}

/// Why the room isn't full.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Environment(#[from] MissingVariable),
    #[error(transparent)]
    Table(#[from] PortError),
    #[error(transparent)]
    Address(#[from] opsroom_domain::bytes::NotKept),
    #[error("link {0} is there already; a room is filled once")]
    There(u32),
    #[error("{0}")]
    Runtime(#[from] std::io::Error),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let filled = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(fill(&options)));
    match filled {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where even standard error is closed, the exit code still speaks.
            let _ = writeln!(std::io::stderr(), "the room is not full: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn fill(options: &Options) -> Result<(), Failure> {
    let config = opsroom_aws_session::from_environment()?;
    let records = Records::new(&config, &options.table, &options.audit_table);
    let channel = ChannelId::from(options.channel.as_str());
    stream::iter(0..options.count)
        .map(|number| write(&records, &channel, number, options.until))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn write(records: &Records, channel: &ChannelId, number: u32, until: Timestamp) -> Result<(), Failure> {
    let change = library::posted(channel, number, until)?;
    match records.commit(change).await? {
        Commit::Done => Ok(()),
        _ => Err(Failure::There(number)),
    }
}
