//! What senders of alarms told, for `alarms`, in a queue without order.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use opsroom_application::ports::{AlertQueue, PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error_without_words};

use crate::batch::{MOST_PER_CALL, SEND, refusal};

/// Somewhat less than all messages of one call may have together (SQS developer guide, "Amazon SQS message quotas": 1 MiB).
const LARGEST_CALL: usize = 1_040_000;

/// The queue of `alarms`, for the door.
#[derive(Debug, Clone)]
pub struct SqsAlertQueue {
    client: Client,
    url: String,
}

impl SqsAlertQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl AlertQueue for SqsAlertQueue {
    async fn send(&self, bodies: Vec<String>) -> Result<(), PortError> {
        let count = bodies.len();
        let mut refused = Vec::new();
        for call in calls(bodies) {
            let entries = call.into_iter().enumerate().map(|(at, body)| {
                let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(body).build();
                entry.map_err(|error| PortError::new(PortErrorKind::Permanent, SEND, error))
            });
            let entries = entries.collect::<Result<Vec<_>, _>>()?;
            let sent = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await;
            // SQS may quote a body that it doesn't like, and what senders say is not ours to log.
            refused.extend(sent.map_err(|error| port_error_without_words(SEND, &error))?.failed);
        }
        refusal(&refused, count, "messages").map_or(Ok(()), Err)
    }
}

/// As few calls as take them all.
fn calls(bodies: Vec<String>) -> Vec<Vec<String>> {
    let mut calls: Vec<Vec<String>> = Vec::new();
    let mut size = 0;
    for body in bodies {
        let fits = calls.last().is_some_and(|call| call.len() < MOST_PER_CALL && size + body.len() <= LARGEST_CALL);
        size = if fits { size + body.len() } else { body.len() };
        match calls.last_mut() {
            Some(call) if fits => call.push(body),
            _ => calls.push(vec![body]),
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_ten_messages_and_no_more_than_a_mebibyte() {
        let lengths =
            |sizes: &[usize]| -> Vec<usize> { calls(sizes.iter().map(|size| "x".repeat(*size)).collect()).iter().map(Vec::len).collect() };
        assert_eq!(lengths(&[]), Vec::<usize>::new());
        assert_eq!(lengths(&[1; 21]), [10, 10, 1]);
        assert_eq!(lengths(&[600_000, 400_000, 600_000, 500_000]), [2, 1, 1]);
    }
}
