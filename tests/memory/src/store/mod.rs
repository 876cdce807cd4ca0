//! The tables in memory, as the ports describe them.

mod activity;
mod bytes;
mod commit;
mod dj;
mod monit;
mod operations;
mod outbox;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use jiff::Timestamp;
use opsroom_application::ports::{
    AuditLog, CatalogStore, Change, Commit, DueStore, EnvironmentState, Gate, LinkedLogin, Look, PortError, RememberedPush, Slot, Store,
    StoredCatalog, Waiting,
};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::audit::AuditEntry;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::due::DueItem;
use opsroom_domain::habit::Habit;
use opsroom_domain::ids::{ChannelId, DeploymentId, EnvironmentName, EventKey, Login, MessageKey, PersonId, ServiceName};
use opsroom_domain::lock::{Lock, LockScope};
use opsroom_domain::pipeline_execution::health::{Health, HealthKey};
use opsroom_domain::pipeline_execution::{ExecutionKey, PipelineExecution};
use opsroom_domain::repository::RepositoryName;
use opsroom_domain::repository::checks::CommitChecks;
use opsroom_domain::repository::conversation::{Conversation, ConversationKey};
use opsroom_domain::room_message::RoomMessage;
use opsroom_domain::subscription::{Subject, Subscription};

use crate::{Failures, lock};

pub use self::bytes::BytesState;
pub use self::dj::DjState;
pub use self::monit::MonitState;
pub use self::operations::OperationState;

/// Everything that is stored.
#[derive(Debug, Default)]
pub struct StoreState {
    /// The catalog in force.
    pub catalog: Option<Arc<StoredCatalog>>,
    /// Events that were worked on.
    pub claims: BTreeSet<EventKey>,
    /// Deployments.
    pub deployments: BTreeMap<DeploymentId, Deployment>,
    /// Executions.
    pub executions: HashMap<ExecutionKey, PipelineExecution>,
    /// Slots that are taken.
    pub slots: BTreeMap<(ServiceName, EnvironmentName), Slot>,
    /// Locks and freezes.
    pub locks: BTreeMap<LockScope, Lock>,
    /// Deployments that wait.
    pub waiting: BTreeMap<(ServiceName, EnvironmentName, DeploymentId), Waiting>,
    /// How commits' checks stand.
    pub checks: BTreeMap<(RepositoryName, String), CommitChecks>,
    /// What runs where, by environment first.
    pub environments: BTreeMap<(EnvironmentName, ServiceName), EnvironmentState>,
    /// Pull requests, issues, discussions.
    pub conversations: HashMap<ConversationKey, Conversation>,
    /// What channels want to see.
    pub subscriptions: BTreeMap<(Subject, ChannelId), Subscription>,
    /// Pushes by repository, time and commit.
    pub pushes: BTreeMap<(RepositoryName, Timestamp, String), RememberedPush>,
    /// Who logins are.
    pub logins: BTreeMap<Login, LinkedLogin>,
    /// How branches of pipelines stand.
    pub healths: HashMap<HealthKey, Health>,
    /// Alarms, incidents, and what is said of them.
    pub monit: MonitState,
    /// What is done on hosts.
    pub operations: OperationState,
    /// Links that peers share.
    pub bytes: BytesState,
    /// DJ rooms.
    pub dj: DjState,
    /// Messages.
    pub messages: BTreeMap<MessageKey, MessageItem>,
    /// What comes due, by time.
    pub due: BTreeMap<(Timestamp, String), DueItem>,
    /// The audit log, oldest first.
    pub audit: Vec<AuditEntry>,
    /// What is used, by channel and command.
    pub habits: BTreeMap<(ChannelId, String), Habit>,
    /// The clock that stamps messages which aren't as they should be.
    pub now: Timestamp,
}

/// A message and since when Slack doesn't show it as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageItem {
    /// The message.
    pub message: RoomMessage,
    /// Since when it has to be sent; `None` when Slack shows what is wanted.
    pub waiting_since: Option<Timestamp>,
}

/// The tables in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    /// What is in them. Boxed, so that a test that holds the tables isn't as large as they are.
    pub state: Mutex<Box<StoreState>>,
    /// For every method, by its name.
    pub failures: Failures,
    /// Whether who reads a deployment lets others read it, too, before going on: so two that are joined have seen the same.
    pub at_once: AtomicBool,
}

impl MemoryStore {
    /// Empty tables at a moment.
    pub fn at(now: Timestamp) -> Self {
        Self {
            state: Mutex::new(Box::new(StoreState { now, ..StoreState::default() })),
            failures: Failures::default(),
            at_once: AtomicBool::new(false),
        }
    }

    /// Puts a catalog in force.
    #[must_use]
    pub fn with_catalog(self, catalog: Catalog) -> Self {
        lock(&self.state).catalog = Some(Arc::new(StoredCatalog { version: 1, catalog }));
        self
    }

    /// Sets the clock.
    pub fn set_now(&self, now: Timestamp) {
        lock(&self.state).now = now;
    }

    /// Reads from what is stored.
    pub fn look<R>(&self, at: impl FnOnce(&StoreState) -> R) -> R {
        at(&lock(&self.state))
    }

    fn audit(
        &self,
        operation: &'static str,
        since: Option<Timestamp>,
        limit: usize,
        about: impl Fn(&AuditEntry) -> bool,
    ) -> Result<Vec<AuditEntry>, PortError> {
        self.failures.around(operation, || {
            let state = lock(&self.state);
            let fits = |entry: &&AuditEntry| about(entry) && since.is_none_or(|since| entry.record.at >= since);
            state.audit.iter().rev().filter(fits).take(limit).cloned().collect()
        })
    }
}

/// Lets others go on first.
async fn step_aside() {
    let mut stepped = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut stepped, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl CatalogStore for MemoryStore {
    async fn catalog(&self) -> Result<Option<Arc<StoredCatalog>>, PortError> {
        self.failures.around("catalog", || self.look(|state| state.catalog.clone()))
    }

    fn call(&self) -> ApiCall {
        ApiCall::new("dynamodb", "get-item").with("table-name", "catalog")
    }
}

impl Store for MemoryStore {
    async fn deployment(&self, id: &DeploymentId) -> Result<Option<Deployment>, PortError> {
        let found = self.failures.around("deployment", || self.look(|state| state.deployments.get(id).cloned()));
        if self.at_once.load(Ordering::Relaxed) {
            step_aside().await;
        }
        found
    }

    async fn execution(&self, key: &ExecutionKey) -> Result<Option<PipelineExecution>, PortError> {
        self.failures.around("execution", || self.look(|state| state.executions.get(key).cloned()))
    }

    async fn deployments(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
        limit: usize,
    ) -> Result<Vec<Deployment>, PortError> {
        self.failures.around("deployments", || {
            let state = lock(&self.state);
            let fits = |d: &&Deployment| d.service == *service && environment.is_none_or(|environment| d.environment == *environment);
            let mut found: Vec<Deployment> = state.deployments.values().filter(fits).cloned().collect();
            found.sort_by(|a, b| (b.request.at, &b.id).cmp(&(a.request.at, &a.id)));
            found.truncate(limit);
            found
        })
    }

    async fn environments(&self, environment: Option<&EnvironmentName>) -> Result<Vec<EnvironmentState>, PortError> {
        self.failures.around("environments", || {
            let state = lock(&self.state);
            state.environments.values().filter(|s| environment.is_none_or(|e| s.environment == *e)).cloned().collect()
        })
    }

    async fn current(&self, service: &ServiceName, environment: &EnvironmentName) -> Result<Option<EnvironmentState>, PortError> {
        let key = (environment.clone(), service.clone());
        self.failures.around("current", || self.look(|state| state.environments.get(&key).cloned()))
    }

    async fn slots(&self) -> Result<Vec<Slot>, PortError> {
        self.failures.around("slots", || self.look(|state| state.slots.values().cloned().collect()))
    }

    async fn gate(&self) -> Result<Gate, PortError> {
        self.failures.around("gate", || {
            self.look(|state| Gate { locks: state.locks.values().cloned().collect(), waiting: state.waiting.values().cloned().collect() })
        })
    }

    fn call(&self, look: &Look) -> ApiCall {
        ApiCall::new("dynamodb", "query").with("table-name", "state").with("look", format!("{look:?}"))
    }

    async fn habits(&self, channel: &ChannelId) -> Result<Vec<Habit>, PortError> {
        self.failures.around("habits", || {
            self.look(|state| state.habits.iter().filter(|((at, _), _)| at == channel).map(|(_, habit)| habit.clone()).collect())
        })
    }

    async fn commit(&self, change: Change) -> Result<Commit, PortError> {
        self.failures.around("commit", || lock(&self.state).commit(change))?
    }
}

impl AuditLog for MemoryStore {
    async fn latest(&self, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        self.audit("latest", since, limit, |_| true)
    }

    async fn by_actor(&self, actor: &PersonId, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        self.audit("by_actor", since, limit, |entry| entry.record.actor == *actor)
    }

    async fn by_service(&self, service: &ServiceName, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        self.audit("by_service", since, limit, |entry| entry.record.service.as_ref() == Some(service))
    }
}

impl DueStore for MemoryStore {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueItem>, PortError> {
        self.failures.around("due", || {
            let state = lock(&self.state);
            state.due.values().take_while(|item| item.at <= now).take(limit).cloned().collect()
        })
    }

    async fn done(&self, item: &DueItem) -> Result<(), PortError> {
        self.failures.around("done", || {
            lock(&self.state).due.remove(&(item.at, item.task.key()));
        })
    }
}
