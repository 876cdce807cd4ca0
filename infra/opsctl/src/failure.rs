//! What went wrong, in one line for whoever typed the command.

use std::error::Error;

use opsroom_application::ports::{PortError, PortErrorKind};

/// A line that says what went wrong and what would be right.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        let advice = match error.kind {
            PortErrorKind::Denied => "; your credentials don't allow it, or they have expired",
            PortErrorKind::Throttled => "; too many calls, try again in a minute",
            PortErrorKind::Transient => "; try again",
            PortErrorKind::NotFound | PortErrorKind::Conflict | PortErrorKind::Permanent => "",
        };
        Self(format!("{} failed: {}{advice}", error.operation, error.source))
    }
}

/// The innermost cause: what the layers above it add are Rust's names for "it failed".
pub(crate) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
