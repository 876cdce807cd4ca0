//! What is known of operations on hosts, in memory.

use std::collections::BTreeMap;

use opsroom_application::ports::{OperationChange, OperationStore, PortError};
use opsroom_domain::ids::{CommandId, EnvironmentName, OperationId, ServiceName};
use opsroom_domain::operation::{Hold, Operation};

use super::MemoryStore;

/// What is known of operations on hosts.
#[derive(Debug, Default)]
pub struct OperationState {
    /// Operations.
    pub operations: BTreeMap<OperationId, Operation>,
    /// Whose commands are.
    pub commands: BTreeMap<CommandId, OperationId>,
    /// Who changes something where.
    pub holds: BTreeMap<(ServiceName, EnvironmentName), Hold>,
}

impl OperationState {
    /// Whether a change was decided on something that is no longer so.
    pub(super) fn is_stale(&self, change: &OperationChange) -> bool {
        let operation = change.operation.as_ref();
        let hold = change.hold.as_ref();
        operation.is_some_and(|next| self.operations.get(&next.id).map_or(0, |known| known.version) != next.version)
            || hold.is_some_and(|next| {
                let place = (next.service.clone(), next.environment.clone());
                self.holds.get(&place).map_or(0, |known| known.version) != next.version
            })
    }

    pub(super) fn write(&mut self, change: OperationChange) {
        if let Some(mut operation) = change.operation {
            operation.version += 1;
            self.commands.extend(operation.command.iter().map(|command| (command.clone(), operation.id.clone())));
            self.operations.insert(operation.id.clone(), *operation);
        }
        if let Some(mut hold) = change.hold {
            hold.version += 1;
            self.holds.insert((hold.service.clone(), hold.environment.clone()), *hold);
        }
    }
}

impl OperationStore for MemoryStore {
    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, PortError> {
        self.failures.around("operation", || self.look(|state| state.operations.operations.get(id).cloned()))
    }

    async fn operation_of(&self, command: &CommandId) -> Result<Option<OperationId>, PortError> {
        self.failures.around("operation_of", || self.look(|state| state.operations.commands.get(command).cloned()))
    }

    async fn hold(&self, service: &ServiceName, environment: &EnvironmentName) -> Result<Option<Hold>, PortError> {
        let place = (service.clone(), environment.clone());
        self.failures.around("hold", || self.look(|state| state.operations.holds.get(&place).cloned()))
    }
}
