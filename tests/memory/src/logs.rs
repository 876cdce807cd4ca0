//! Logs of builds that say what a test says.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;
use opsroom_application::ports::{BuildLogs, LogPage, PortError, PortErrorKind, ServiceLogs};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::pipeline_execution::LogPointer;

use crate::{Failures, lock};

/// Logs in memory, by group and stream.
#[derive(Debug, Default)]
pub struct MemoryBuildLogs {
    /// The lines of each. A log that isn't here isn't found.
    pub lines: Mutex<HashMap<(String, String), Vec<String>>>,
    /// The events of services' log groups, oldest first. A group that isn't here isn't found.
    pub events: Mutex<HashMap<String, Vec<(Timestamp, String)>>>,
    /// How many events a page has; 0 for all of them.
    pub page_size: Mutex<usize>,
    /// How often a log was read.
    pub reads: Mutex<usize>,
    /// For `tail` and `page`.
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

impl ServiceLogs for MemoryBuildLogs {
    fn page_call(&self, group: &str, from: Timestamp, to: Timestamp) -> ApiCall {
        ApiCall::new("logs", "filter-log-events")
            .with("log-group-name", group)
            .with("start-time", from.as_millisecond())
            .with("end-time", to.as_millisecond())
    }

    async fn page(&self, group: &str, from: Timestamp, to: Timestamp, next: Option<&str>) -> Result<LogPage, PortError> {
        *lock(&self.reads) += 1;
        let events = self.failures.around("page", || lock(&self.events).get(group).cloned())?;
        let events = events.ok_or_else(|| PortError::new(PortErrorKind::NotFound, "page", "no such group"))?;
        let fits: Vec<(Timestamp, String)> = events.into_iter().filter(|(at, _)| *at >= from && *at < to).collect();
        let first: usize = next.and_then(|next| next.parse().ok()).unwrap_or(0);
        let size = match *lock(&self.page_size) {
            0 => fits.len().max(1),
            size => size,
        };
        let last = (first + size).min(fits.len());
        let next = (last < fits.len()).then(|| last.to_string());
        Ok(LogPage { events: fits[first.min(last)..last].to_vec(), next })
    }
}
