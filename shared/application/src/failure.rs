//! How a use case fails.

use crate::ports::PortError;

/// Why an event could not be worked off. What people may read was put into a message before; this is for the log and the queue.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something outside failed.
    #[error(transparent)]
    Upstream(#[from] PortError),
    /// Others kept changing the same thing; trying again later will do.
    #[error("{0} kept changing while it was worked on")]
    Contended(String),
    /// Should never happen.
    #[error("bug: {0}")]
    Bug(String),
}

impl Failure {
    /// Whether the queue should bring the event back.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Upstream(error) => error.is_retryable(),
            Self::Contended(_) => true,
            Self::Bug(_) => false,
        }
    }
}
