//! The logs of builds and of services, in CloudWatch Logs.

mod service;

use aws_sdk_cloudwatchlogs::Client;
use opsroom_application::ports::{BuildLogs, PortError};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::pipeline_execution::LogPointer;

const GET: &str = "logs:GetLogEvents";

/// A line longer than that is cut: a megabyte without a line break helps nobody.
const LONGEST_LINE: usize = 1000;

/// CloudWatch Logs.
#[derive(Debug, Clone)]
pub struct CloudWatchLogs {
    client: Client,
}

impl CloudWatchLogs {
    /// The logs of the configuration's region.
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config) }
    }
}

impl BuildLogs for CloudWatchLogs {
    /// The end of a stream comes first without `startFromHead` ("`GetLogEvents`", API reference). One call: it brings up to a megabyte.
    async fn tail(&self, log: &LogPointer, lines: usize) -> Result<Vec<String>, PortError> {
        let got = self
            .client
            .get_log_events()
            .log_group_name(&log.group)
            .log_stream_name(&log.stream)
            .start_from_head(false)
            .limit(i32::try_from(lines.clamp(1, 10_000)).unwrap_or(10_000))
            .send()
            .await
            .map_err(|error| port_error(GET, &error))?;
        let events = got.events.unwrap_or_default().into_iter().filter_map(|event| event.message);
        Ok(last_lines(events, lines))
    }
}

/// An event may hold several lines.
fn last_lines(events: impl Iterator<Item = String>, wanted: usize) -> Vec<String> {
    let all: Vec<String> = events
        .flat_map(|event| event.lines().map(|line| line.trim_end().chars().take(LONGEST_LINE).collect::<String>()).collect::<Vec<_>>())
        .collect();
    let too_many = all.len().saturating_sub(wanted);
    all.into_iter().skip(too_many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_events_of_several_lines_each() {
        let events = ["one\ntwo\n".to_owned(), "x".repeat(5000), "three\r\n".to_owned()];
        let lines = last_lines(events.into_iter(), 3);
        assert_eq!((lines[0].as_str(), lines[1].len(), lines[2].as_str()), ("two", LONGEST_LINE, "three"));
        assert_eq!(last_lines(std::iter::empty(), 3), Vec::<String>::new());
    }
}
