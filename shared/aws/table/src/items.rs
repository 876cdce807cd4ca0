//! Items as the API has them, and the types that they hold.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use opsroom_application::ports::{PortError, PortErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An item, or a part of one.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Turns a value into an item.
pub(crate) fn encode(value: &impl Serialize) -> Result<Item, PortError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(value).map_err(|error| PortError::new(PortErrorKind::Permanent, "encode an item", error))
}

/// Turns a value into an attribute.
pub(crate) fn encode_attribute(value: &impl Serialize) -> Result<AttributeValue, PortError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)
        .map_err(|error| PortError::new(PortErrorKind::Permanent, "encode an attribute", error))
}

/// Turns an item into a value. Attributes that the value doesn't know, such as keys, are left out.
pub(crate) fn decode<T: DeserializeOwned>(item: Item) -> Result<T, PortError> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| PortError::new(PortErrorKind::Permanent, "decode an item", error))
}

/// A string attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::deployment::Deployment;
    use opsroom_domain::pipeline_execution::{Observation, PipelineExecution, RunStatus, Sighting};
    use opsroom_memory::contract::samples;

    #[test]
    fn a_deployment_with_its_calls_survives() {
        let deployment = samples::deployment("d-1");
        let mut item = encode(&deployment).unwrap();
        item.insert("pk".into(), text("DEPLOYMENT#d-1"));
        item.insert("expires_at".into(), number(1));
        assert_eq!(decode::<Deployment>(item).unwrap(), deployment);
    }

    #[test]
    fn an_execution_survives_with_its_flattened_key() {
        let mut execution = PipelineExecution::unseen(samples::execution_key("e-1"));
        let seen = Sighting { status: RunStatus::InProgress, at: None };
        execution.observe(&Observation::Stage { stage: "Source".into(), seen: Some(seen) }, samples::at(3));
        execution.version = 7;
        let item = encode(&execution).unwrap();
        assert_eq!(item.get("pipeline"), Some(&text("api-staging")));
        assert_eq!(decode::<PipelineExecution>(item).unwrap(), execution);
    }

    #[test]
    fn an_operation_survives_with_what_its_hosts_say() {
        let operation = opsroom_memory::contract::operations::operation("o-1");
        assert_eq!(decode::<opsroom_domain::operation::Operation>(encode(&operation).unwrap()).unwrap(), operation);
    }

    #[test]
    fn an_item_that_is_something_else_is_an_error_and_no_panic() {
        let error = decode::<Deployment>(Item::from([("id".into(), number(1))])).unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Permanent);
    }
}
