//! Sorts a batch into lanes. What is urgent is a lane of its own here, as it is in the queue: that is where it must keep its order, and what
//! it must not be held back by.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};

/// A nudge as it came from the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// The queue's id for it.
    pub message_id: String,
    /// The handle of this receipt.
    pub receipt_handle: String,
    /// The nudge.
    pub body: String,
    /// How often it was handed out, this time included.
    pub receive_count: u32,
}

/// The letters of each lane in their order; the lanes in the order of their first letters.
pub fn lanes(event: SqsEvent) -> Vec<Vec<Letter>> {
    let mut lanes: Vec<(String, Vec<Letter>)> = Vec::new();
    for mut message in event.records {
        // The queue is FIFO, so each message has a group.
        let group = message.attributes.remove("MessageGroupId").unwrap_or_default();
        let letter = letter(message);
        match lanes.iter_mut().find(|(lane, _)| *lane == group) {
            Some((_, letters)) => letters.push(letter),
            None => lanes.push((group, vec![letter])),
        }
    }
    lanes.into_iter().map(|(_, letters)| letters).collect()
}

fn letter(message: SqsMessage) -> Letter {
    let receive_count = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
    Letter {
        message_id: message.message_id.unwrap_or_default(),
        receipt_handle: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        receive_count: receive_count.unwrap_or(1),
    }
}
