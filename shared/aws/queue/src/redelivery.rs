//! When a message that couldn't be worked on is handed out again.

use aws_sdk_sqs::Client;
use jiff::SignedDuration;
use opsroom_application::ports::PortError;
use opsroom_aws_session::{SdkConfig, port_error};

/// The longest that a message can be hidden (SQS API reference, `ChangeMessageVisibility`).
const LONGEST: i64 = 43_200;

/// Decides for messages of one queue when they come back.
#[derive(Debug, Clone)]
pub struct Redelivery {
    client: Client,
    url: String,
}

impl Redelivery {
    /// For the queue at this address.
    pub fn new(config: &SdkConfig, queue_url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: queue_url.into() }
    }

    /// Lets a message come back after a while instead of after the queue's own time.
    pub async fn delay(&self, receipt_handle: &str, delay: SignedDuration) -> Result<(), PortError> {
        let changed = self
            .client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(seconds(delay))
            .send()
            .await;
        changed.map(|_| ()).map_err(|error| port_error("sqs:ChangeMessageVisibility", &error))
    }
}

/// Whole seconds, rounded up: to come back too early is to be refused again.
fn seconds(delay: SignedDuration) -> i32 {
    let up = delay.as_secs() + i64::from(delay.subsec_nanos() > 0);
    i32::try_from(up.clamp(0, LONGEST)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_up_and_stays_within_what_the_queue_takes() {
        let cases = [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (-5, 0), (90_000_000_000, 43_200)];
        for (milliseconds, expected) in cases {
            assert_eq!(seconds(SignedDuration::from_millis(milliseconds)), expected, "{milliseconds} ms");
        }
    }
}
