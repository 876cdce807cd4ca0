//! The logs of builds.

use opsroom_domain::pipeline_execution::LogPointer;

use super::PortError;

/// Reads the end of a build's log.
pub trait BuildLogs: Send + Sync {
    /// The last lines, oldest first, at most `lines`; `NotFound` where there is no such log (yet).
    fn tail(&self, log: &LogPointer, lines: usize) -> impl Future<Output = Result<Vec<String>, PortError>> + Send;
}
