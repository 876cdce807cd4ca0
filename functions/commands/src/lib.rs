//! Works off what people asked for. The only function with rights on CodePipeline and on hosts.

mod host_event;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use opsroom_application::commands::{self, Commander, Ports};
use opsroom_application::ports::{
    AlarmQueue, AuditLog, BuildLogs, BuildStore, BytesStore, CatalogStore, Clock, DeliveryQueue, Directory, DjStore, Hosts, Later,
    MonitStore, MusicService, OperationStore, Outbox, Permalinks, Pipelines, RepositoryStore, RoomKinds, ServiceLogs, Snippets, Store,
    SubscriptionStore,
};
use opsroom_application::request::Request;
use opsroom_domain::console::Console;
use opsroom_lambda_support::queue_worker::{Order, Record, RecordError, Worked, work_off};

/// What the function needs.
pub struct World<T, K, P, L, H, R, D, A, Q, M, C> {
    /// The tables.
    pub store: T,
    /// The catalog.
    pub catalog: K,
    /// The pipelines.
    pub pipelines: P,
    /// The logs of builds and of services.
    pub logs: L,
    /// The hosts.
    pub hosts: H,
    /// The people, where messages are, and files.
    pub slack: R,
    /// The way to the room.
    pub delivery: D,
    /// The way back to here.
    pub later: Q,
    /// A music service that plays for the DJ.
    pub music: M,
    /// What is left to `alarms`.
    pub alarms: A,
    /// For links.
    pub console: Console,
    /// The time.
    pub clock: C,
}

impl<T, K, P, L, H, R, D, A, Q, M, C> Ports for World<T, K, P, L, H, R, D, A, Q, M, C>
where
    T: Store
        + AuditLog
        + Outbox
        + SubscriptionStore
        + RepositoryStore
        + BuildStore
        + MonitStore
        + OperationStore
        + BytesStore
        + DjStore
        + RoomKinds,
    K: CatalogStore,
    P: Pipelines,
    L: BuildLogs + ServiceLogs,
    H: Hosts,
    R: Directory + Permalinks + Snippets,
    D: DeliveryQueue,
    A: AlarmQueue,
    Q: Later,
    M: MusicService,
{
    type Store = T;
    type Catalog = K;
    type Pipelines = P;
    type Logs = L;
    type Hosts = H;
    type Slack = R;
    type Delivery = D;
    type Alarms = A;
    type Later = Q;
    type Music = M;
}

impl<T, K, P, L, H, R, D, A, Q, M, C> World<T, K, P, L, H, R, D, A, Q, M, C>
where
    Self: Ports<Store = T, Catalog = K, Pipelines = P, Logs = L, Hosts = H, Slack = R, Delivery = D, Alarms = A, Later = Q, Music = M>,
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
        // The position is all that is said: the parser's own words quote what it read.
        let unreadable = |error: serde_json::Error| RecordError::Unreadable(format!("line {}, column {}", error.line(), error.column()));
        let request: Request = match host_event::read(&record.body).map_err(unreadable)? {
            Some(host_event::Read::Moved(request)) => *request,
            Some(host_event::Read::Other) => {
                return Ok(Worked { kind: "host_event", outcome: "not_understood", event: record.message_id, correlation: String::new() });
            }
            None => serde_json::from_str(&record.body).map_err(unreadable)?,
        };
        let commander = Commander::<Self> {
            store: &self.store,
            catalog: &self.catalog,
            pipelines: &self.pipelines,
            logs: &self.logs,
            hosts: &self.hosts,
            slack: &self.slack,
            delivery: &self.delivery,
            alarms: &self.alarms,
            later: &self.later,
            music: &self.music,
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
