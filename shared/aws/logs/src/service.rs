//! The logs of services (`FilterLogEvents`).

use jiff::Timestamp;
use opsroom_application::ports::{LogPage, PortError, ServiceLogs};
use opsroom_aws_session::port_error;
use opsroom_domain::api_call::ApiCall;

use crate::CloudWatchLogs;

const FILTER: &str = "logs:FilterLogEvents";

/// A line that is longer is cut: a megabyte without a line break helps nobody.
const LONGEST_EVENT: usize = 4000;

impl ServiceLogs for CloudWatchLogs {
    fn page_call(&self, group: &str, from: Timestamp, to: Timestamp) -> ApiCall {
        ApiCall::new("logs", "filter-log-events")
            .with("log-group-name", group)
            .with("start-time", from.as_millisecond())
            .with("end-time", last_before(to))
    }

    async fn page(&self, group: &str, from: Timestamp, to: Timestamp, next: Option<&str>) -> Result<LogPage, PortError> {
        let got = self
            .client
            .filter_log_events()
            .log_group_name(group)
            .start_time(from.as_millisecond())
            .end_time(last_before(to))
            .set_next_token(next.map(str::to_owned))
            .send()
            .await
            .map_err(|error| port_error(FILTER, &error))?;
        let event = |event: aws_sdk_cloudwatchlogs::types::FilteredLogEvent| {
            let at = Timestamp::from_millisecond(event.timestamp?).ok()?;
            Some((at, event.message?.chars().take(LONGEST_EVENT).collect()))
        };
        let mut events: Vec<(Timestamp, String)> = got.events.unwrap_or_default().into_iter().filter_map(event).collect();
        // Several streams are interleaved, but their order within a millisecond is nobody's promise.
        events.sort_by_key(|(at, _)| *at);
        Ok(LogPage { events, next: got.next_token.filter(|token| !token.is_empty()) })
    }
}

/// The API's end is included.
fn last_before(to: Timestamp) -> i64 {
    to.as_millisecond() - 1
}
