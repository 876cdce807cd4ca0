//! Locks, freezes and deployments that wait, in one partition: whoever wants to deploy reads them all at once.

use opsroom_application::ports::{Gate, GateChange, PortError, Waiting};
use opsroom_domain::ids::LockId;
use opsroom_domain::lock::Lock;
use serde::{Deserialize, Serialize};

use crate::items::{Item, encode, text};
use crate::keys;
use crate::rules::{NOT_THERE, put};
use crate::state::StateTable;
use crate::write::{Action, Rule, Write};

/// An item of the partition.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
enum GateItem {
    /// A lock or a freeze.
    Lock(Lock),
    /// A deployment that waits.
    Waiting(Waiting),
}

impl StateTable {
    /// Everything that is locked, frozen or waits.
    pub(crate) async fn gate(&self) -> Result<Gate, PortError> {
        let mut gate = Gate::default();
        for item in self.partition::<GateItem>(keys::GATE, "").await? {
            match item {
                GateItem::Lock(lock) => gate.locks.push(lock),
                GateItem::Waiting(waiting) => gate.waiting.push(waiting),
            }
        }
        Ok(gate)
    }
}

/// The write that a change of it takes. Who waits needs no condition: it travels with the deployment's own state.
pub(crate) fn write(table: &str, change: &GateChange) -> Result<Write, PortError> {
    match change {
        GateChange::Wait(waiting) => {
            let key = keys::waiting(&waiting.service, &waiting.environment, &waiting.deployment);
            Ok(put(table, &key, encode(&GateItem::Waiting(waiting.clone()))?, Rule::None, None, Item::new()))
        }
        GateChange::Leave { service, environment, deployment } => Ok(Write {
            rule: Rule::None,
            table: table.to_owned(),
            action: Action::Delete { key: keys::waiting(service, environment, deployment).attributes() },
            condition: None,
            values: Item::new(),
        }),
        GateChange::Lock { lock, replaces } => lock_if_unchanged(table, lock, replaces.as_ref()),
        GateChange::Unlock { scope, lock } => Ok(Write {
            rule: Rule::LockIsUnchanged,
            table: table.to_owned(),
            action: Action::Delete { key: keys::lock(scope).attributes() },
            condition: Some("#id = :id".to_owned()),
            values: Item::from([(":id".to_owned(), text(lock.as_str()))]),
        }),
    }
}

/// A lock is set only by somebody who has seen what was there. Closes the race of two people who lock at the same moment.
fn lock_if_unchanged(table: &str, lock: &Lock, replaces: Option<&LockId>) -> Result<Write, PortError> {
    let attributes = encode(&GateItem::Lock(lock.clone()))?;
    let (condition, values) = match replaces {
        None => (NOT_THERE, Item::new()),
        Some(known) => ("#id = :id", Item::from([(":id".to_owned(), text(known.as_str()))])),
    };
    Ok(put(table, &keys::lock(&lock.scope), attributes, Rule::LockIsUnchanged, Some(condition), values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::decode;
    use opsroom_memory::contract::samples;

    #[test]
    fn a_lock_and_one_that_waits_survive_beside_each_other() {
        let lock = samples::lock("l-1", Some("api"));
        let Action::Put(item) = lock_if_unchanged("state", &lock, None).unwrap().action else { panic!("a lock is put") };
        assert_eq!(item["sk"], text("lock#production#api"));
        let GateItem::Lock(read) = decode(item).unwrap() else { panic!("it was a lock") };
        assert_eq!(read, lock);
        let waiting = samples::waiting("d-1");
        let Action::Put(item) = write("state", &GateChange::Wait(waiting.clone())).unwrap().action else { panic!("who waits is put") };
        let GateItem::Waiting(read) = decode(item).unwrap() else { panic!("it was one that waits") };
        assert_eq!(read, waiting);
    }
}
