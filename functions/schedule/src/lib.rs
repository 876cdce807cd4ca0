//! The clock: each minute it looks for what has come due and for what was never delivered.

use std::time::Instant;

use jiff::Timestamp;
use opsroom_application::ports::{Clock, CommandQueue, DeliveryQueue, DueStore, Outbox, PortError};
use opsroom_application::schedule::{Tick, tick};
use opsroom_lambda_support::event_line::EventLine;
use serde::{Deserialize, Serialize};

/// EventBridge's scheduled event, as far as it is read (EventBridge user guide, "Creating a rule that runs on a schedule").
/// Its time is the time that counts, so that a tick that comes late or again does the work of its own minute.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ScheduledEvent {
    /// EventBridge's id for it.
    pub id: String,
    /// The tick's moment.
    pub time: Timestamp,
}

/// What a tick did, for whoever invoked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Due items that were handed on.
    pub handed_on: usize,
    /// Messages that were nudged.
    pub nudged: usize,
    /// Whether something was left for the next tick.
    pub more: bool,
}

/// What the function needs.
#[derive(Debug)]
pub struct World<S, Q, D, C> {
    /// The table.
    pub store: S,
    /// The way to `commands`.
    pub commands: Q,
    /// The way to `delivery`.
    pub delivery: D,
    /// For the log; the tick's time comes with its event.
    pub clock: C,
}

impl<S, Q, D, C> World<S, Q, D, C>
where
    S: DueStore + Outbox,
    Q: CommandQueue,
    D: DeliveryQueue,
    C: Clock,
{
    /// Does the work of one tick. What fails is left for the next one, and counts as an error of the function.
    pub async fn handle(&self, event: ScheduledEvent) -> Result<Report, PortError> {
        let started = Instant::now();
        let result = tick(&self.store, &self.commands, &self.delivery, event.time).await;
        let outcome = match &result {
            Ok(Tick { more: true, .. }) => "more",
            Ok(Tick { handed_on: 0, nudged: 0, .. }) => "nothing_new",
            Ok(_) => "done",
            Err(_) => "failed",
        };
        match &result {
            Ok(Tick { handed_on, nudged, .. }) => tracing::debug!(handed_on, nudged, "ticked"),
            Err(error) => tracing::error!(%error, "the next tick makes up for this one"),
        }
        let line = EventLine {
            function: "schedule",
            kind: "tick",
            outcome,
            event: &event.id,
            correlation: &event.id,
            duration: started.elapsed(),
        };
        line.write(self.clock.now());
        result.map(|Tick { handed_on, nudged, more }| Report { handed_on, nudged, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_application::ports::{Change, Commit, PortErrorKind, Store as _};
    use opsroom_domain::due::{DueItem, DueTask};
    use opsroom_memory::{MemoryCommandQueue, MemoryDeliveryQueue, MemoryStore, Moment};
    use serde_json::json;

    fn event(time: &str) -> ScheduledEvent {
        // The example of the EventBridge user guide.
        serde_json::from_value(json!({
            "version": "0",
            "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": time,
            "region": "us-east-1",
            "resources": ["arn:aws:events:us-east-1:123456789012:rule/my-scheduled-rule"],
            "detail": {},
        }))
        .unwrap()
    }

    async fn world(due_at: &str) -> World<MemoryStore, MemoryCommandQueue, MemoryDeliveryQueue, Timestamp> {
        let at: Timestamp = due_at.parse().unwrap();
        let store = MemoryStore::at(at);
        let task = DueTask::ReconcileDeployment { deployment: "d-1".into() };
        let change = Change { due: vec![DueItem { at, task }], ..Change::default() };
        assert_eq!(store.commit(change).await.unwrap(), Commit::Done);
        World { store, commands: MemoryCommandQueue::default(), delivery: MemoryDeliveryQueue::default(), clock: at }
    }

    #[tokio::test]
    async fn the_event_tells_the_time() {
        let world = world("2026-11-22T10:00:30Z").await;
        let nothing = Report { handed_on: 0, nudged: 0, more: false };
        assert_eq!(world.handle(event("2026-11-22T10:00:00Z")).await.unwrap(), nothing);
        assert_eq!(world.handle(event("2026-11-22T10:01:00Z")).await.unwrap(), Report { handed_on: 1, ..nothing });
        assert_eq!(world.handle(event("2026-11-22T10:01:00Z")).await.unwrap(), nothing);
    }

    #[tokio::test]
    async fn a_failed_tick_is_an_error_of_the_function() {
        let world = world("2026-11-22T10:00:30Z").await;
        world.commands.failures.plan("send", PortErrorKind::Denied, Moment::Before);
        assert_eq!(world.handle(event("2026-11-22T10:01:00Z")).await.unwrap_err().kind, PortErrorKind::Denied);
    }
}
