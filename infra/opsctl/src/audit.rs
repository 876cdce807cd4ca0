//! `opsctl audit`: the log as a file, and whether it is as it was written.
//!
//! A file that was exported is also the only thing that can tell whether entries were cut off at the log's end: the log itself doesn't know how
//! long it is.

mod export;
pub(crate) mod verify;

use std::path::PathBuf;

use aws_config::SdkConfig;

use crate::Report;
use crate::failure::Failure;
use crate::stack::Stack;

/// What is done.
pub(crate) enum Step {
    /// Write the log as JSON Lines.
    Export(export::Wish),
    /// Check its chain.
    Verify {
        /// Also hold it against what was exported before.
        against: Option<PathBuf>,
    },
}

pub(crate) use export::Wish;

/// Does it.
pub(crate) async fn run(config: &SdkConfig, stack: &Stack, step: Step) -> Result<Report, Failure> {
    match step {
        Step::Export(wish) => export::run(config, stack, &wish).await,
        Step::Verify { against } => verify::run(config, stack, against.as_deref()).await,
    }
}
