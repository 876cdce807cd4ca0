//! Takes in what pipelines report.

mod pipeline_event;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use opsroom_application::failure::Failure;
use opsroom_application::ports::{CatalogStore, Clock, DeliveryQueue, Store};
use opsroom_application::progress::{Follower, Taken};
use opsroom_domain::console::Console;
use opsroom_domain::ids::CorrelationId;
use opsroom_lambda_support::queue_worker::{Order, Record, RecordError, Worked, work_off};

pub use pipeline_event::{PipelineEvent, Unreadable};

/// What the function needs.
pub struct World<T, K, D, C> {
    /// The tables.
    pub store: T,
    /// The catalog: runs of pipelines that it doesn't name are none of our business.
    pub catalog: K,
    /// The way to the room.
    pub delivery: D,
    /// For links.
    pub console: Console,
    /// The time.
    pub clock: C,
}

impl<T, K, D, C> World<T, K, D, C>
where
    T: Store,
    K: CatalogStore,
    D: DeliveryQueue,
    C: Clock,
{
    /// Reads ahead what the first event would have to wait for, while the function starts and has a whole processor.
    pub async fn warm_up(&self) {
        if let Err(error) = self.catalog.catalog().await {
            tracing::warn!(%error, "no catalog yet");
        }
    }

    /// Works off a batch before `deadline`, one report after the other: reports that come together are mostly about the same run.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        work_off("activity", event, Order::OneByOne, deadline, |record| self.record(record)).await
    }

    async fn record(&self, record: Record) -> Result<Worked, RecordError> {
        let report = match PipelineEvent::read(&record.body) {
            Ok(report) => report,
            Err(Unreadable::Shape { line, column }) => return Err(RecordError::Unreadable(format!("line {line}, column {column}"))),
            // AWS adds kinds and states without notice; trying them again would not make them known.
            Err(unknown) => {
                tracing::warn!(%unknown, "not understood");
                return Ok(Worked { kind: "pipeline", outcome: "not_understood", event: record.message_id, correlation: String::new() });
            }
        };
        let catalog = self.catalog.catalog().await.map_err(Failure::from)?;
        let correlation = CorrelationId::new(&report.id);
        let is_ours = catalog.is_some_and(|stored| stored.catalog.target_of_pipeline(&report.key.pipeline).is_some());
        let outcome = if is_ours {
            let follower = Follower {
                store: &self.store,
                delivery: &self.delivery,
                console: &self.console,
                now: self.clock.now(),
                correlation: &correlation,
            };
            match follower.take_in(&report.key, &report.observations, &[]).await? {
                Taken::Kept => "kept",
                Taken::NothingNew => "nothing_new",
            }
        } else {
            "not_in_catalog"
        };
        Ok(Worked { kind: "pipeline", outcome, event: report.id, correlation: correlation.to_string() })
    }
}
