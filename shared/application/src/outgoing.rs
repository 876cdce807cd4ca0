//! Nudges to `delivery` about messages that were changed.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use opsroom_domain::ids::{CorrelationId, MessageKey};

use crate::ports::{Change, DeliveryQueue, MessageChange, Nudge};

/// How many nudges one call takes.
const NUDGES_PER_CALL: usize = 10;

/// Tells the nudges of this process apart.
static NUDGES: AtomicU64 = AtomicU64::new(0);

/// A message that was changed, and the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    key: MessageKey,
    lane: String,
    urgent: bool,
}

/// The messages of a change, with their lanes. Those that call somebody for the first time are urgent: a new incident's, and every
/// further call.
pub(crate) fn lanes(change: &Change) -> Vec<Changed> {
    let opened: Vec<MessageKey> =
        change.monit.incidents.iter().filter(|one| one.version == 0).map(|one| MessageKey::incident(&one.id)).collect();
    let changed = |message: &MessageChange| Changed {
        key: message.key.clone(),
        lane: message.destination.lane(),
        urgent: message.key.is_a_call() || opened.contains(&message.key),
    };
    change.messages.iter().map(changed).collect()
}

/// Nudges messages. A nudge is a hint: the change is written, and `schedule` sweeps what was never nudged.
pub(crate) async fn nudge<D: DeliveryQueue>(delivery: &D, correlation: &CorrelationId, now: Timestamp, messages: &[Changed]) {
    if messages.is_empty() {
        return;
    }
    // One request may change a message twice within its one moment. A nudge too many costs a read; one that the queue takes for
    // a doubled one would cost a minute.
    let occasion = |key: &MessageKey| format!("{correlation}/{}/{}/{key}", now.as_millisecond(), NUDGES.fetch_add(1, Ordering::Relaxed));
    let nudges: Vec<Nudge> = messages
        .iter()
        .map(|Changed { key, lane, urgent }| Nudge {
            key: key.clone(),
            lane: lane.clone(),
            urgent: *urgent,
            occasion: occasion(key),
            correlation: correlation.clone(),
        })
        .collect();
    for call in nudges.chunks(NUDGES_PER_CALL) {
        if let Err(error) = delivery.nudge(call).await {
            tracing::warn!(%error, "messages will wait for the sweep");
        }
    }
}
