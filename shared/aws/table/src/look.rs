//! The reads of this crate as calls that anybody can paste, for *How?*.

use opsroom_application::ports::Look;
use opsroom_domain::api_call::ApiCall;
use serde_json::{Map, Value, json};

use crate::bytes::week;
use crate::keys::{self, Key};
use crate::records::Records;

/// As many as a person reads.
const SHOWN: u32 = 20;

/// `GetItem`.
pub(crate) fn item(table: &str, key: &Key) -> ApiCall {
    let key = json!({"pk": {"S": key.pk}, "sk": {"S": key.sk}});
    ApiCall::new("dynamodb", "get-item").with("table-name", table).with("key", key)
}

/// `Query` of a partition, by its attribute's name and value; of an index if one is named. The newest come first there.
fn query(table: &str, index: Option<&str>, partition: (&str, &str), begins: Option<(&str, &str)>) -> ApiCall {
    let mut condition = "#p = :p".to_owned();
    let mut names = Map::from_iter([("#p".to_owned(), json!(partition.0))]);
    let mut values = Map::from_iter([(":p".to_owned(), json!({"S": partition.1}))]);
    if let Some((attribute, prefix)) = begins {
        condition.push_str(" AND begins_with(#s, :s)");
        names.insert("#s".to_owned(), json!(attribute));
        values.insert(":s".to_owned(), json!({"S": prefix}));
    }
    let call = ApiCall::new("dynamodb", "query").with("table-name", table);
    let call = index.into_iter().fold(call, |call, index| call.with("index-name", index));
    let call = call
        .with("key-condition-expression", condition)
        .with("expression-attribute-names", Value::Object(names))
        .with("expression-attribute-values", Value::Object(values));
    if index.is_some() || partition.1 == keys::AUDIT { call.with("scan-index-forward", false).with("max-items", SHOWN) } else { call }
}

impl Records {
    /// The call that a read makes.
    pub(crate) fn look(&self, look: &Look) -> ApiCall {
        let (state, audit) = (self.state.name.as_str(), self.audit.name.as_str());
        let partition = |pk: &str| query(state, None, ("pk", pk), None);
        let index = |pk: &str| query(state, Some(keys::BY_INDEX1), ("gsi1pk", pk), None);
        match look {
            Look::Environments(None) => partition(keys::ENVIRONMENTS),
            Look::Environments(Some(environment)) => {
                query(state, None, ("pk", keys::ENVIRONMENTS), Some(("sk", &keys::services_in(environment))))
            }
            Look::Slots => partition(keys::SLOTS),
            Look::Gate => partition(keys::GATE),
            Look::Deployment(id) => item(state, &keys::deployment(id)),
            Look::Deployments(service) => index(&keys::deployments_of(service)),
            Look::Audit => query(audit, None, ("pk", keys::AUDIT), None),
            Look::AuditOf(person) => query(audit, Some(keys::BY_ACTOR), ("actor", person.as_str()), None),
            Look::AuditAbout(service) => query(audit, Some(keys::BY_SERVICE), ("service", service.as_str()), None),
            Look::Habits(channel) => item(state, &keys::habits(channel)),
            Look::OpenIncidents => index(keys::OPEN_INCIDENTS),
            Look::ClosedIncidents => index(keys::CLOSED_INCIDENTS),
            Look::Incident(id) => item(state, &keys::incident(id)),
            Look::Settings => partition(keys::MONIT),
            Look::Healths => index(keys::HEALTHS),
            Look::Runs(pipeline) => index(&keys::runs_of(pipeline)),
            Look::Subscriptions(channel) => index(&keys::subscriptions_of(channel)),
            Look::Links(channel, at, tags) => index(&keys::links_of_week(channel, &week(*at), tags.first().map(String::as_str))),
            Look::LinksWith(channel, word) => partition(&keys::links_with(channel, word)),
            Look::Link(channel, id) => item(state, &keys::link(channel, id)),
            Look::Reader(person) => item(state, &keys::reader(person)),
            Look::Digest(to) => item(state, &keys::digest(to)),
            Look::Station(channel) => item(state, &keys::station(channel)),
            Look::Chart(channel, month) => partition(&keys::chart(channel, *month)),
            Look::Rooms => partition(keys::ROOMS),
            Look::Login(login) => item(state, &keys::login(login)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_can_be_pasted() {
        assert_eq!(
            query("state", None, ("pk", "SLOTS"), None).command_line(),
            "aws dynamodb query \\\n  --table-name state \\\n  --key-condition-expression '#p = :p' \\\n  \
             --expression-attribute-names '{\"#p\":\"pk\"}' \\\n  --expression-attribute-values '{\":p\":{\"S\":\"SLOTS\"}}'"
        );
        let newest = query("audit", Some("by_actor"), ("actor", "U1"), None).command_line();
        assert!(newest.contains("--index-name by_actor") && newest.ends_with("--no-scan-index-forward \\\n  --max-items 20"), "{newest}");
    }
}
