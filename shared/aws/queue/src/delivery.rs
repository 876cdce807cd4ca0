//! Nudges for `delivery`, in a FIFO queue: one sender per lane, in order, and one beside it for what is urgent.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use opsroom_application::ports::{DeliveryQueue, Nudge, PortError, PortErrorKind};
use opsroom_aws_session::{SdkConfig, port_error};
use sha2::{Digest as _, Sha256};

use crate::batch::{MOST_PER_CALL, SEND, refusal};

/// The queue of `delivery`. A message's body is the nudge as JSON.
#[derive(Debug, Clone)]
pub struct SqsDeliveryQueue {
    client: Client,
    url: String,
}

impl SqsDeliveryQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self { client: Client::new(config), url: url.into() }
    }
}

impl DeliveryQueue for SqsDeliveryQueue {
    async fn nudge(&self, nudges: &[Nudge]) -> Result<(), PortError> {
        let mut refused = Vec::new();
        for call in nudges.chunks(MOST_PER_CALL) {
            let entries = call.iter().enumerate().map(|(at, nudge)| entry(at, nudge)).collect::<Result<Vec<_>, _>>()?;
            let sent = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await;
            refused.extend(sent.map_err(|error| port_error(SEND, &error))?.failed);
        }
        refusal(&refused, nudges.len(), "nudges").map_or(Ok(()), Err)
    }
}

fn entry(at: usize, nudge: &Nudge) -> Result<SendMessageBatchRequestEntry, PortError> {
    let permanent = |error: Box<dyn std::error::Error + Send + Sync>| PortError::new(PortErrorKind::Permanent, SEND, error);
    SendMessageBatchRequestEntry::builder()
        .id(at.to_string())
        .message_body(serde_json::to_string(nudge).map_err(|error| permanent(error.into()))?)
        .message_group_id(group(nudge))
        .message_deduplication_id(deduplication(nudge))
        .build()
        .map_err(|error| permanent(error.into()))
}

/// The message group of a nudge: its lane's, or for an urgent one a group beside it, because the queue hands out nothing of a group while
/// something of it is being worked on. A group has at most 128 characters, and not all (SQS API reference, `MessageGroupId`); a channel's
/// id is taken as it is, so that it can be read in the console.
fn group(nudge: &Nudge) -> String {
    let lane = nudge.lane.as_str();
    let plain = !lane.is_empty() && lane.len() <= 64 && lane.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let group = if plain { lane.to_owned() } else { hex::encode(Sha256::digest(lane)) };
    if nudge.urgent { format!("{group}!urgent") } else { group }
}

/// Doubled nudges for one occasion are one; the queue forgets after five minutes (SQS API reference, `MessageDeduplicationId`). It may look
/// at the whole queue for doubles, so the way is part of it.
fn deduplication(nudge: &Nudge) -> String {
    let way = if nudge.urgent { "\0urgent" } else { "" };
    hex::encode(Sha256::digest(format!("{}\0{}{way}", nudge.occasion, nudge.key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nudge(occasion: &str) -> Nudge {
        Nudge { key: "deployment/d-1".into(), lane: "C1".into(), urgent: false, occasion: occasion.into(), correlation: "c".into() }
    }

    fn in_lane(lane: &str, urgent: bool) -> String {
        group(&Nudge { lane: lane.into(), urgent, ..nudge("1") })
    }

    #[test]
    fn a_lane_is_a_group_that_the_queue_takes() {
        assert_eq!(in_lane("C0OPS", false), "C0OPS");
        for odd in ["", "a b", "C1!urgent", "ü", &"x".repeat(300)] {
            let group = in_lane(odd, false);
            assert!(group.len() == 64 && group.bytes().all(|b| b.is_ascii_hexdigit()), "{group}");
            assert_eq!(in_lane(odd, true), format!("{group}!urgent"), "71 characters");
        }
        assert_ne!(in_lane("a b", false), in_lane("a c", false));
    }

    #[test]
    fn what_is_urgent_waits_behind_nothing_of_its_lane() {
        assert_eq!(in_lane("C0OPS", true), "C0OPS!urgent");
        let urgent = Nudge { urgent: true, ..nudge("1") };
        assert_ne!(deduplication(&urgent), deduplication(&nudge("1")), "neither is a double of the other");
    }

    #[test]
    fn the_same_occasion_is_the_same_nudge() {
        assert_eq!(deduplication(&nudge("sweep/1")), deduplication(&nudge("sweep/1")));
        assert_ne!(deduplication(&nudge("sweep/1")), deduplication(&nudge("sweep/2")));
    }
}
