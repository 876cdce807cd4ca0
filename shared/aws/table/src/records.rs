//! State and audit log together: what the use cases read and write.

use jiff::Timestamp;
use opsroom_application::ports::{
    AuditLog, Change, Commit, DueStore, EnvironmentState, Gate, Look, Mark, Outbox, PortError, Slot, StaleMessage, Store,
};
use opsroom_aws_session::{SdkConfig, port_error};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::audit::AuditEntry;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::due::DueItem;
use opsroom_domain::habit::Habit;
use opsroom_domain::ids::{ChannelId, DeploymentId, EnvironmentName, MessageKey, PersonId, ServiceName};
use opsroom_domain::pipeline_execution::{ExecutionKey, PipelineExecution};
use opsroom_domain::room_message::RoomMessage;

use crate::audit::AuditTable;
use crate::items::{Item, decode, text};
use crate::keys;
use crate::state::StateTable;

/// Pages that are read at most to find one environment's deployments among a service's. A service has few environments, so
/// the first page nearly always has them.
const MOST_PAGES: usize = 10;

/// The state table and the audit table.
#[derive(Debug, Clone)]
pub struct Records {
    pub(crate) state: StateTable,
    pub(crate) audit: AuditTable,
}

impl Records {
    /// The tables of these names.
    pub fn new(config: &SdkConfig, state: impl Into<String>, audit: impl Into<String>) -> Self {
        Self { state: StateTable::new(config, state), audit: AuditTable::new(config, audit) }
    }
}

impl Store for Records {
    async fn deployment(&self, id: &DeploymentId) -> Result<Option<Deployment>, PortError> {
        self.state.get(&keys::deployment(id)).await
    }

    async fn execution(&self, key: &ExecutionKey) -> Result<Option<PipelineExecution>, PortError> {
        self.state.get(&keys::execution(key)).await
    }

    async fn deployments(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
        limit: usize,
    ) -> Result<Vec<Deployment>, PortError> {
        let mut found: Vec<Deployment> = Vec::new();
        let mut start: Option<Item> = None;
        for _ in 0..MOST_PAGES {
            let query = self
                .state
                .client
                .query()
                .table_name(&self.state.name)
                .index_name(keys::BY_INDEX1)
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", "gsi1pk")
                .expression_attribute_values(":pk", text(keys::deployments_of(service)))
                .scan_index_forward(false)
                .set_exclusive_start_key(start);
            let query = match environment {
                None => query.limit(i32::try_from(limit).unwrap_or(i32::MAX)),
                Some(environment) => query
                    .filter_expression("#environment = :environment")
                    .expression_attribute_names("#environment", "environment")
                    .expression_attribute_values(":environment", text(environment.as_str())),
            };
            let page = query.send().await.map_err(|error| port_error("dynamodb:Query", &error))?;
            for item in page.items.unwrap_or_default() {
                found.push(decode(item)?);
            }
            start = page.last_evaluated_key;
            if found.len() >= limit || start.is_none() {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn environments(&self, environment: Option<&EnvironmentName>) -> Result<Vec<EnvironmentState>, PortError> {
        let prefix = environment.map(keys::services_in).unwrap_or_default();
        self.state.partition(keys::ENVIRONMENTS, &prefix).await
    }

    async fn current(&self, service: &ServiceName, environment: &EnvironmentName) -> Result<Option<EnvironmentState>, PortError> {
        self.state.get(&keys::environment(environment, service)).await
    }

    async fn slots(&self) -> Result<Vec<Slot>, PortError> {
        self.state.partition(keys::SLOTS, "").await
    }

    async fn gate(&self) -> Result<Gate, PortError> {
        self.state.gate().await
    }

    fn call(&self, look: &Look) -> ApiCall {
        self.look(look)
    }

    async fn habits(&self, channel: &ChannelId) -> Result<Vec<Habit>, PortError> {
        self.state.habits(channel).await
    }

    async fn commit(&self, change: Change) -> Result<Commit, PortError> {
        crate::commit::commit(self, change).await
    }
}

impl Outbox for Records {
    async fn message(&self, key: &MessageKey) -> Result<Option<RoomMessage>, PortError> {
        self.state.message(key).await
    }

    async fn mark(&self, key: &MessageKey, mark: Mark) -> Result<bool, PortError> {
        self.state.mark(key, mark).await
    }

    async fn stale(&self, before: Timestamp, limit: usize) -> Result<Vec<StaleMessage>, PortError> {
        self.state.stale(before, limit).await
    }
}

impl DueStore for Records {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueItem>, PortError> {
        self.state.due(now, limit).await
    }

    async fn done(&self, item: &DueItem) -> Result<(), PortError> {
        self.state.done(item).await
    }
}

impl AuditLog for Records {
    async fn latest(&self, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        self.audit.latest(since, limit).await
    }

    async fn by_actor(&self, actor: &PersonId, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        self.audit.by_actor(actor, since, limit).await
    }

    async fn by_service(&self, service: &ServiceName, since: Option<Timestamp>, limit: usize) -> Result<Vec<AuditEntry>, PortError> {
        self.audit.by_service(service, since, limit).await
    }
}
