//! Why a benchmark could not be taken. A slow function is no failure; one that does not answer is.

use std::fmt::Display;
use std::time::Duration;

/// What went wrong, in words for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or socket of this machine could not be used.
    #[error("{0}")]
    Machine(String),
    /// The function ended, reported an error or answered something else than it should.
    #[error("{0}")]
    Function(String),
    /// The function said nothing for too long.
    #[error("no {awaited} within {limit:?}")]
    Silence {
        /// What it should have sent.
        awaited: &'static str,
        /// How long it was given.
        limit: Duration,
    },
}

impl Failure {
    /// An error of the operating system, with what it was about.
    pub fn io(subject: impl Display, error: &std::io::Error) -> Self {
        Self::Machine(format!("{subject}: {error}"))
    }
}
