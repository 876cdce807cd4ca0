//! The queues that a use case writes to.

use opsroom_domain::ids::{CorrelationId, MessageKey};
use serde::{Deserialize, Serialize};

use super::PortError;
use crate::request::Request;

/// To `commands`: what people asked for.
pub trait CommandQueue: Send + Sync {
    /// Returns once the request is durably queued.
    fn send(&self, request: &Request) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// A hint to `delivery` that a message isn't as it should be. Losing one costs time, never a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    /// Which message.
    pub key: MessageKey,
    /// Messages of one lane are sent in order; the queue's message group.
    pub lane: String,
    /// Whether this is about a message's first sending, which must not wait behind others of its lane. It goes on a way of its own, on
    /// which messages are only ever sent for the first time: changing one stays with its lane.
    #[serde(default, skip_serializing_if = "is_false")]
    pub urgent: bool,
    /// Tells a nudge for a new change from a doubled one; the queue's deduplication id. 128 characters at most.
    pub occasion: String,
    /// Follows what caused it, from the door to the room.
    pub correlation: CorrelationId,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// To `delivery`: which messages have changed.
pub trait DeliveryQueue: Send + Sync {
    /// Returns once the nudges are queued. Ten at most are sent in one call.
    fn nudge(&self, nudges: &[Nudge]) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// To `activity`: what senders told.
pub trait WebhookQueue: Send + Sync {
    /// Returns once the event is durably queued. Events of one group stay in order, and those with the same deduplication id within
    /// five minutes are one (SQS developer guide, "Exactly-once processing in Amazon SQS"). Both are 128 characters at most.
    fn send(&self, group: &str, deduplication: &str, body: String) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// To `alarms`: what senders of alarms told.
pub trait AlertQueue: Send + Sync {
    /// Returns once all are durably queued. They may be worked off in any order: what is told of an alarm has the sender's time.
    fn send(&self, bodies: Vec<String>) -> impl Future<Output = Result<(), PortError>> + Send;
}
