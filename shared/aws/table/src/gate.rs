//! Locks, freezes and deployments that wait, in one partition: whoever wants to deploy reads them all at once.

use opsroom_application::ports::{Gate, GateChange, PortError, Waiting};
use opsroom_domain::lock::Lock;
use serde::{Deserialize, Serialize};

use crate::items::{Item, encode, encode_attribute};
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
        GateChange::Lock { lock, replaces } => lock_if_unchanged(table, lock, replaces.as_deref()),
        GateChange::Unlock { lock } => Ok(Write {
            rule: Rule::LockIsUnchanged,
            table: table.to_owned(),
            action: Action::Delete { key: keys::lock(&lock.scope).attributes() },
            condition: Some(UNCHANGED.to_owned()),
            values: unchanged(lock)?,
        }),
    }
}

/// A lock that is prolonged keeps its id, so its end counts, too.
const UNCHANGED: &str = "#id = :id AND #until = :until";

fn unchanged(lock: &Lock) -> Result<Item, PortError> {
    Ok(Item::from([(":id".to_owned(), encode_attribute(&lock.id)?), (":until".to_owned(), encode_attribute(&lock.until)?)]))
}

/// A lock is set only by somebody who has seen what was there. Closes the race of two people who lock at the same moment, and of one who
/// prolongs a lock in the moment in which it runs out.
fn lock_if_unchanged(table: &str, lock: &Lock, replaces: Option<&Lock>) -> Result<Write, PortError> {
    let attributes = encode(&GateItem::Lock(lock.clone()))?;
    let (condition, values) = match replaces {
        None => (NOT_THERE, Item::new()),
        Some(known) => (UNCHANGED, unchanged(known)?),
    };
    Ok(put(table, &keys::lock(&lock.scope), attributes, Rule::LockIsUnchanged, Some(condition), values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::{decode, text};
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
