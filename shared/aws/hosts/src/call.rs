//! The call that sends a command, in one place for sending it and for showing it.

use aws_sdk_ssm::types::Target;
use opsroom_application::ports::Order;
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::operation::HostTarget;
use serde_json::{Value, json};

use crate::DELIVERY_SECONDS;

/// As many values as a target takes ("`Target`", API reference).
const MOST_VALUES: usize = 50;

/// Hosts as the API takes them: a target per tag, all of which a host must have.
pub(crate) fn targets(target: &HostTarget) -> Vec<Target> {
    pairs(target).into_iter().map(|(key, values)| Target::builder().key(key).set_values(Some(values)).build()).collect()
}

fn pairs(target: &HostTarget) -> Vec<(String, Vec<String>)> {
    match target {
        HostTarget::Tags(tags) => tags.iter().map(|(key, value)| (format!("tag:{key}"), vec![value.clone()])).collect(),
        HostTarget::Hosts(hosts) => {
            vec![("InstanceIds".to_owned(), hosts.iter().take(MOST_VALUES).map(ToString::to_string).collect())]
        }
    }
}

/// `DescribeInstanceInformation`, with the options of `aws ssm describe-instance-information`.
pub(crate) fn describe(target: &HostTarget) -> ApiCall {
    let filters: Vec<Value> = pairs(target).into_iter().map(|(key, values)| json!({"Key": key, "Values": values})).collect();
    ApiCall::new("ssm", "describe-instance-information").with("filters", Value::Array(filters))
}

/// `SendCommand`, with the options of `aws ssm send-command`.
pub(crate) fn send(order: &Order) -> ApiCall {
    let targets: Vec<Value> = pairs(&order.target).into_iter().map(|(key, values)| json!({"Key": key, "Values": values})).collect();
    ApiCall::new("ssm", "send-command")
        .with("document-name", order.document.as_str())
        .with("targets", Value::Array(targets))
        .with("parameters", json!(order.parameters))
        .with("timeout-seconds", DELIVERY_SECONDS)
        .with("max-concurrency", order.concurrency.as_str())
        .with("max-errors", order.errors.as_str())
        .with("comment", order.comment.as_str())
}
