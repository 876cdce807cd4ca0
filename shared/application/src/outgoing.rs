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
/// further call, which is written once and not changed later. An urgent message needs no second nudge for its lane: whoever changes it
/// nudges that.
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

#[cfg(test)]
mod tests {
    use opsroom_domain::card::{Card, Text, Tone};
    use opsroom_domain::ids::IncidentId;
    use opsroom_domain::incident::Incident;
    use opsroom_domain::room_message::Destination;
    use opsroom_memory::contract::monit_samples;

    use super::*;
    use crate::ports::MonitChange;

    #[test]
    fn what_calls_somebody_for_the_first_time_is_urgent_and_no_change_of_it() {
        let [one, other]: [IncidentId; 2] = ["i-1".into(), "i-2".into()];
        let keys = [MessageKey::incident(&one), MessageKey::incident_call(&one, 1, 1), MessageKey::incident_word(&one, "open-again")];
        let urgent = |incident: Incident| {
            let message = |key: &MessageKey| MessageChange {
                key: key.clone(),
                destination: Destination::Channel { channel: "C1".into(), thread: None },
                card: Card::line(Tone::Plain, Text::plain("x")),
            };
            let monit = MonitChange { incidents: vec![incident], ..MonitChange::default() };
            let change = Change { monit, messages: keys.iter().map(message).collect(), ..Change::default() };
            lanes(&change).into_iter().map(|changed| changed.urgent).collect::<Vec<_>>()
        };
        let seen = |id: &IncidentId, version| Incident { version, ..monit_samples::incident(id.as_str(), 1) };
        assert_eq!(urgent(seen(&one, 0)), [true, true, false]);
        assert_eq!(urgent(seen(&one, 1)), [false, true, false]);
        assert_eq!(urgent(seen(&other, 0)), [false, true, false]);
    }
}
