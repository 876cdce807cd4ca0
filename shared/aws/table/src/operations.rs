//! What is known of operations on hosts: who is at it, how it stands, and which of them a command belongs to.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{OperationChange, OperationStore, PortError, PortErrorKind};
use opsroom_domain::ids::{CommandId, EnvironmentName, OperationId, ServiceName};
use opsroom_domain::operation::{Hold, Operation};

use crate::items::{Item, encode, text};
use crate::keys;
use crate::records::Records;
use crate::rules::{expires, put, version_is};
use crate::state::get;
use crate::write::{Rule, Write};

/// As long as the messages that tell of them; Systems Manager itself forgets a command after 30 days.
const OPERATIONS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Everything that changes.
pub(crate) fn writes(table: &str, change: &OperationChange, now: Timestamp) -> Result<Vec<Write>, PortError> {
    let mut writes = Vec::new();
    if let Some(operation) = &change.operation {
        writes.push(operation_if_unchanged(table, operation, now)?);
        if let Some(command) = &operation.command {
            writes.push(belongs_to(table, command, &operation.id, now));
        }
    }
    if let Some(hold) = &change.hold {
        writes.push(hold_if_unchanged(table, hold)?);
    }
    Ok(writes)
}

/// An operation. Closes the race of two looks at it, and of a look with somebody who stops it.
fn operation_if_unchanged(table: &str, operation: &Operation, now: Timestamp) -> Result<Write, PortError> {
    let next = Operation { version: operation.version + 1, ..operation.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("expires_at".to_owned(), expires(now, OPERATIONS_ARE_KEPT));
    let (condition, values) = version_is(operation.version)?;
    Ok(put(table, &keys::operation(&next.id), attributes, Rule::OperationIsUnchanged, Some(condition), values))
}

/// Which operation a command belongs to. Needs no condition: a command belongs to one for good.
fn belongs_to(table: &str, command: &CommandId, operation: &OperationId, now: Timestamp) -> Write {
    let attributes =
        Item::from([("operation".to_owned(), text(operation.as_str())), ("expires_at".to_owned(), expires(now, OPERATIONS_ARE_KEPT))]);
    put(table, &keys::command(command), attributes, Rule::None, None, Item::new())
}

/// Who changes something on a service's hosts. Closes the race of two people who both saw that nobody does.
fn hold_if_unchanged(table: &str, hold: &Hold) -> Result<Write, PortError> {
    let next = Hold { version: hold.version + 1, ..hold.clone() };
    let (condition, values) = version_is(hold.version)?;
    Ok(put(table, &keys::hold(&next.service, &next.environment), encode(&next)?, Rule::OperationIsUnchanged, Some(condition), values))
}

impl OperationStore for Records {
    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, PortError> {
        self.state.get(&keys::operation(id)).await
    }

    async fn operation_of(&self, command: &CommandId) -> Result<Option<OperationId>, PortError> {
        let item = get(&self.state.client, &self.state.name, &keys::command(command)).await?;
        let named = |item: Item| {
            let id = item.get("operation").and_then(|id| id.as_s().ok()).map(OperationId::new);
            id.ok_or_else(|| PortError::new(PortErrorKind::Permanent, "decode an item", "a command belongs to nothing"))
        };
        item.map(named).transpose()
    }

    async fn hold(&self, service: &ServiceName, environment: &EnvironmentName) -> Result<Option<Hold>, PortError> {
        self.state.get(&keys::hold(service, environment)).await
    }
}
