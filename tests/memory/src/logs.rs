//! Logs of builds that say what a test says.

use std::collections::HashMap;
use std::sync::Mutex;

use opsroom_application::ports::{BuildLogs, PortError, PortErrorKind};
use opsroom_domain::pipeline_execution::LogPointer;

use crate::{Failures, lock};

/// Logs in memory, by group and stream.
#[derive(Debug, Default)]
pub struct MemoryBuildLogs {
    /// The lines of each. A log that isn't here isn't found.
    pub lines: Mutex<HashMap<(String, String), Vec<String>>>,
    /// How often a log was read.
    pub reads: Mutex<usize>,
    /// For `tail`.
    pub failures: Failures,
}

impl MemoryBuildLogs {
    /// Writes a log.
    pub fn write(&self, log: &LogPointer, lines: &[&str]) {
        let lines = lines.iter().map(|&line| line.to_owned()).collect();
        lock(&self.lines).insert((log.group.clone(), log.stream.clone()), lines);
    }
}

impl BuildLogs for MemoryBuildLogs {
    async fn tail(&self, log: &LogPointer, lines: usize) -> Result<Vec<String>, PortError> {
        *lock(&self.reads) += 1;
        let found = self.failures.around("tail", || lock(&self.lines).get(&(log.group.clone(), log.stream.clone())).cloned())?;
        let all = found.ok_or_else(|| PortError::new(PortErrorKind::NotFound, "tail", "no such log"))?;
        Ok(all[all.len().saturating_sub(lines)..].to_vec())
    }
}
