//! Works off what people asked for. The only function with rights on CodePipeline.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use opsroom_application::commands::{self, Commander, Ports};
use opsroom_application::ports::{
    AlarmQueue, AuditLog, BuildLogs, BuildStore, CatalogStore, Clock, DeliveryQueue, Directory, MonitStore, Outbox, Permalinks, Pipelines,
    RepositoryStore, Store, SubscriptionStore,
};
use opsroom_application::request::Request;
use opsroom_domain::console::Console;
use opsroom_lambda_support::queue_worker::{Order, Record, RecordError, Worked, work_off};

/// What the function needs.
pub struct World<T, K, P, L, R, D, A, C> {
    /// The tables.
    pub store: T,
    /// The catalog.
    pub catalog: K,
    /// The pipelines.
    pub pipelines: P,
    /// The logs of builds.
    pub logs: L,
    /// The people, and where messages are.
    pub slack: R,
    /// The way to the room.
    pub delivery: D,
    /// What is left to `alarms`.
    pub alarms: A,
    /// For links.
    pub console: Console,
    /// The time.
    pub clock: C,
}

impl<T, K, P, L, R, D, A, C> Ports for World<T, K, P, L, R, D, A, C>
where
    T: Store + AuditLog + Outbox + SubscriptionStore + RepositoryStore + BuildStore + MonitStore,
    K: CatalogStore,
    P: Pipelines,
    L: BuildLogs,
    R: Directory + Permalinks,
    D: DeliveryQueue,
    A: AlarmQueue,
{
    type Store = T;
    type Catalog = K;
    type Pipelines = P;
    type Logs = L;
    type Slack = R;
    type Delivery = D;
    type Alarms = A;
}

impl<T, K, P, L, R, D, A, C> World<T, K, P, L, R, D, A, C>
where
    Self: Ports<Store = T, Catalog = K, Pipelines = P, Logs = L, Slack = R, Delivery = D, Alarms = A>,
    K: CatalogStore,
    C: Clock,
{
    /// Reads ahead what the first event would have to wait for, while the function starts and has a whole processor.
    pub async fn warm_up(&self) {
        if let Err(error) = self.catalog.catalog().await {
            tracing::warn!(%error, "no catalog yet");
        }
    }

    /// Works off a batch before `deadline`. Requests mostly wait for others, so they are worked off together.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        work_off("commands", event, Order::Together, deadline, |record| self.record(record)).await
    }

    async fn record(&self, record: Record) -> Result<Worked, RecordError> {
        let request: Request = serde_json::from_str(&record.body)
            // The position is all that is said: the parser's own words quote what it read.
            .map_err(|error| RecordError::Unreadable(format!("line {}, column {}", error.line(), error.column())))?;
        let commander = Commander::<Self> {
            store: &self.store,
            catalog: &self.catalog,
            pipelines: &self.pipelines,
            logs: &self.logs,
            slack: &self.slack,
            delivery: &self.delivery,
            alarms: &self.alarms,
            console: &self.console,
            now: self.clock.now(),
        };
        let outcome = match commander.work(&request).await? {
            commands::Worked::Done => "done",
            commands::Worked::Before => "done_before",
            commands::Worked::Refused => "refused",
        };
        Ok(Worked { kind: request.ask.kind(), outcome, event: request.event.to_string(), correlation: request.correlation.to_string() })
    }
}
