//! Every conditional write, named after the rule that it keeps.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{EnvironmentState, PortError, Slot};
use opsroom_domain::audit::AuditEntry;
use opsroom_domain::deployment::Deployment;
use opsroom_domain::due::DueItem;
use opsroom_domain::ids::{DeploymentId, EnvironmentName, EventKey, ServiceName};
use opsroom_domain::pipeline_execution::PipelineExecution;

use crate::items::{Item, encode, encode_attribute, number, text};
use crate::keys::{self, Key};
use crate::write::{Action, Rule, Write};

/// A day longer than a request can be underway: four days in its queue, and fourteen among the dead letters, from which it may
/// be brought back (`MessageRetentionPeriod` of the queues in `template.yaml`).
const CLAIMS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(19 * 24);
const EXECUTIONS_ARE_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(crate) const NOT_THERE: &str = "attribute_not_exists(#pk)";

/// When an item may be forgotten.
pub(crate) fn expires(now: Timestamp, kept: SignedDuration) -> AttributeValue {
    number(now.saturating_add(kept).unwrap_or(Timestamp::MAX).as_second())
}

pub(crate) fn put(table: &str, key: &Key, attributes: Item, rule: Rule, condition: Option<&str>, values: Item) -> Write {
    let mut item = attributes;
    item.extend(key.attributes());
    Write { rule, table: table.to_owned(), action: Action::Put(item), condition: condition.map(str::to_owned), values }
}

/// An event is worked on once. Closes the race of two deliveries of one message: the second finds the first one's claim.
pub(crate) fn claim_once(table: &str, event: &EventKey, now: Timestamp) -> Write {
    let attributes =
        Item::from([("claimed_at".to_owned(), text(now.to_string())), ("expires_at".to_owned(), expires(now, CLAIMS_ARE_KEPT))]);
    put(table, &keys::claim(event), attributes, Rule::EventIsNew, Some(NOT_THERE), Item::new())
}

/// A deployment is only changed by somebody who has seen its latest state. Closes the race of two events about one deployment:
/// the slower one has decided on something that is no longer so, and has to decide again.
pub(crate) fn deployment_if_unchanged(table: &str, deployment: &Deployment) -> Result<Write, PortError> {
    let read = deployment.version;
    let next = Deployment { version: read + 1, ..deployment.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("gsi1pk".to_owned(), text(keys::deployments_of(&next.service)));
    attributes.insert("gsi1sk".to_owned(), text(keys::deployment_order(next.request.at, &next.id)));
    let (condition, values) = version_is(read)?;
    Ok(put(table, &keys::deployment(&next.id), attributes, Rule::DeploymentIsUnchanged, Some(condition), values))
}

/// The same for an execution.
pub(crate) fn execution_if_unchanged(table: &str, execution: &PipelineExecution, now: Timestamp) -> Result<Write, PortError> {
    let read = execution.version;
    let next = PipelineExecution { version: read + 1, ..execution.clone() };
    let mut attributes = encode(&next)?;
    attributes.insert("expires_at".to_owned(), expires(now, EXECUTIONS_ARE_KEPT));
    attributes.insert("gsi1pk".to_owned(), text(keys::runs_of(&next.key.pipeline)));
    attributes.insert("gsi1sk".to_owned(), text(keys::run_order(next.began_at().unwrap_or(now), &next.key)));
    let (condition, values) = version_is(read)?;
    Ok(put(table, &keys::execution(&next.key), attributes, Rule::ExecutionIsUnchanged, Some(condition), values))
}

pub(crate) fn version_is(read: u64) -> Result<(&'static str, Item), PortError> {
    Ok(match read {
        0 => (NOT_THERE, Item::new()),
        _ => ("#version = :version", Item::from([(":version".to_owned(), encode_attribute(&read)?)])),
    })
}

/// At most one deployment is in a slot. Closes the race of two people who deploy at the same moment: both saw it free. The
/// deployment that is in it already may take it again, as a redelivery or a retry does.
pub(crate) fn slot_if_free(table: &str, slot: &Slot) -> Result<Write, PortError> {
    let values = Item::from([(":deployment".to_owned(), encode_attribute(&slot.deployment)?)]);
    let condition = "attribute_not_exists(#pk) OR #deployment = :deployment";
    Ok(put(table, &keys::slot(&slot.service, &slot.environment), encode(slot)?, Rule::SlotIsFree, Some(condition), values))
}

/// A deployment frees only its own slot. Closes the race of a late end of one deployment with the start of the next one. When
/// it is another's, there is nothing to free, and the rest of the change is written without this.
pub(crate) fn slot_release_if_ours(table: &str, service: &ServiceName, environment: &EnvironmentName, deployment: &DeploymentId) -> Write {
    Write {
        rule: Rule::SlotIsOurs,
        table: table.to_owned(),
        action: Action::Delete { key: keys::slot(service, environment).attributes() },
        condition: Some("attribute_not_exists(#pk) OR #deployment = :deployment".to_owned()),
        values: Item::from([(":deployment".to_owned(), text(deployment.as_str()))]),
    }
}

/// What runs in an environment. Needs no condition of its own: it travels with the end of the deployment that held the slot.
pub(crate) fn environment(table: &str, state: &EnvironmentState) -> Result<Write, PortError> {
    let key = keys::environment(&state.environment, &state.service);
    Ok(put(table, &key, encode(state)?, Rule::None, None, Item::new()))
}

/// A due item. Needs no condition: the same item twice is one.
pub(crate) fn due(table: &str, item: &DueItem) -> Result<Write, PortError> {
    Ok(put(table, &keys::due(item), encode(item)?, Rule::None, None, Item::new()))
}

/// An audit entry goes behind the last one, and none is ever written over. Closes the race of two changes that both read the
/// same last entry: the slower one reads again and chains itself to the faster one's.
pub(crate) fn audit_if_next(table: &str, entry: &AuditEntry) -> Result<Write, PortError> {
    let mut attributes = encode(entry)?;
    attributes.insert("actor".to_owned(), text(entry.record.actor.as_str()));
    attributes.insert("at".to_owned(), text(entry.record.at.to_string()));
    if let Some(service) = &entry.record.service {
        attributes.insert("service".to_owned(), text(service.as_str()));
    }
    Ok(put(table, &keys::audit(entry.sequence), attributes, Rule::AuditEntryIsNext, Some(NOT_THERE), Item::new()))
}

/// A catalog is only replaced by somebody who has seen it. Closes the race of two people who apply at the same moment.
pub(crate) fn catalog_if_unchanged(table: &str, attributes: Item, read: Option<u64>) -> Write {
    let key = keys::catalog_in_force();
    match read {
        None => put(table, &key, attributes, Rule::CatalogIsUnchanged, Some(NOT_THERE), Item::new()),
        Some(version) => {
            let values = Item::from([(":version".to_owned(), number(version))]);
            put(table, &key, attributes, Rule::CatalogIsUnchanged, Some("#version = :version"), values)
        }
    }
}

/// A version of the catalog is never written over.
pub(crate) fn catalog_version_once(table: &str, attributes: Item, version: u64) -> Write {
    put(table, &keys::catalog_version(version), attributes, Rule::CatalogIsUnchanged, Some(NOT_THERE), Item::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_outlives_a_request_that_was_brought_back_from_the_dead_letters() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let Action::Put(item) = claim_once("state", &"slash/1.2.3".into(), now).action else { panic!("a claim is put") };
        let eighteen_days = 18 * 24 * 60 * 60;
        assert!(item["expires_at"].as_n().unwrap().parse::<i64>().unwrap() > now.as_second() + eighteen_days);
    }
}
