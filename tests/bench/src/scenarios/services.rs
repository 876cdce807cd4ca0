//! The parts of AWS's and Slack's answers, and of Lambda's events, that several scenarios share.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::stub::{Call, Host, Stub};

/// The functions' tables.
pub const STATE_TABLE: &str = "state";
/// The table with the catalog alone.
pub const CATALOG_TABLE: &str = "catalog";
/// The table with the audit log.
pub const AUDIT_TABLE: &str = "audit";
/// What Slack's requests are signed with.
pub const SIGNING_SECRET: &str = "benchmark-signing-secret";
/// What GitHub's webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "benchmark-webhook-secret";
const SECRETS_PREFIX: &str = "/opsroom";
const ACCOUNT: &str = "123456789012";

/// The variables that `template.yaml` sets; a function reads those it uses.
pub fn variables(stub: &Stub) -> Vec<(&'static str, String)> {
    let queue = |name: &str| format!("{}/{ACCOUNT}/{name}", stub.endpoint(Host::Sqs));
    vec![
        ("STATE_TABLE", STATE_TABLE.to_owned()),
        ("CATALOG_TABLE", CATALOG_TABLE.to_owned()),
        ("AUDIT_TABLE", AUDIT_TABLE.to_owned()),
        ("COMMANDS_QUEUE_URL", queue("commands")),
        ("WEBHOOKS_QUEUE_URL", queue("webhooks.fifo")),
        ("ALARMS_QUEUE_URL", queue("alarms")),
        ("DELIVERY_QUEUE_URL", queue("delivery.fifo")),
        ("SECRETS_PREFIX", SECRETS_PREFIX.to_owned()),
        ("DOCUMENTS_PREFIX", "opsroom-".to_owned()),
        ("SLACK_API_URL", format!("{}/api/", stub.endpoint(Host::Slack))),
        ("RESPONSE_URL_BASE", format!("{}/response/", stub.endpoint(Host::Slack))),
        ("OPSROOM_LOG", "info".to_owned()),
    ]
}

/// An item as `DynamoDB`'s API writes it, from plain JSON ("`AttributeValue`", Amazon `DynamoDB` API Reference).
pub fn item(plain: &Value) -> Value {
    let attributes = plain.as_object().into_iter().flatten();
    Value::Object(attributes.map(|(name, value)| (name.clone(), attribute(value))).collect())
}

fn attribute(plain: &Value) -> Value {
    match plain {
        Value::Null => json!({"NULL": true}),
        Value::Bool(value) => json!({"BOOL": value}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(_) => json!({"M": item(plain)}),
    }
}

/// Answers of services that say no more than that it was done.
pub fn acknowledged(call: &Call) -> Option<Value> {
    match call.action() {
        "SendMessage" => Some(json!({"MessageId": MESSAGE_ID, "MD5OfMessageBody": ""})),
        "SendMessageBatch" => {
            let entries = call.body["Entries"].as_array()?;
            let sent = entries.iter().map(|entry| json!({"Id": entry["Id"], "MessageId": MESSAGE_ID, "MD5OfMessageBody": ""}));
            Some(json!({"Successful": sent.collect::<Vec<_>>(), "Failed": []}))
        }
        "ChangeMessageVisibility" => Some(json!({})),
        _ => None,
    }
}

const MESSAGE_ID: &str = "2b9c8b8e-7d0f-4d7e-9d6a-0d1c2b3a4f5e";

/// The secrets, by `GetParameters`.
pub fn secrets(call: &Call) -> Option<Value> {
    if call.action() != "GetParameters" {
        return None;
    }
    let (mut parameters, mut invalid) = (Vec::new(), Vec::new());
    for name in call.body["Names"].as_array()? {
        let value = match name.as_str()?.strip_prefix(SECRETS_PREFIX)? {
            "/slack/signing-secret" => SIGNING_SECRET,
            "/slack/bot-token" => "xoxb-benchmark",
            "/webhooks/github" => WEBHOOK_SECRET,
            _ => {
                invalid.push(name);
                continue;
            }
        };
        parameters.push(json!({"Name": name, "Type": "SecureString", "Value": value, "Version": 1}));
    }
    Some(json!({"Parameters": parameters, "InvalidParameters": invalid}))
}

/// The catalog: three services in two environments, as in the example.
pub fn catalog() -> Value {
    let service = |name: &str, revision: &Value| {
        let target = |environment: &str| json!({"pipeline": format!("{name}-{environment}"), "revision": revision});
        json!({"repository": format!("example/{name}"), "environments": {"staging": target("staging"), "production": target("production")}})
    };
    let source = json!({"via": "source", "action": "Source", "type": "COMMIT_ID"});
    let variable = json!({"via": "variable", "name": "REF"});
    json!({
        "workspace": {"team": "T0LOCAL"},
        "environments": {"staging": {"aliases": ["stage"], "rooms": []}, "production": {"aliases": ["prod"], "rooms": []}},
        "services": {
            "api": service("api", &source),
            "web": service("web", &variable),
            "worker": service("worker", &variable),
        },
        "roles": {"deployer": {"grants": [{"allow": ["read", "deploy"], "environments": [], "services": []}]}},
        "people": {"U0DEPLOYER": {"name": "Dana Deployer", "roles": ["deployer"]}},
        "members": {"roles": []},
        "rooms": {"C0OPS": {"name": "ops", "allow": ["read", "deploy"], "environments": []}},
    })
}

/// An SQS event with one message ("Using Lambda with Amazon SQS", AWS Lambda Developer Guide).
pub fn sqs_event(queue: &str, (number, now): (u64, Timestamp), body: &Value, fifo: Option<&str>) -> Value {
    let now = now.as_millisecond().to_string();
    let mut attributes = Map::from_iter([
        ("ApproximateReceiveCount".to_owned(), json!("1")),
        ("SentTimestamp".to_owned(), json!(now)),
        ("SenderId".to_owned(), json!("AROAIENQZJOLO23YVJ4VO:benchmark")),
        ("ApproximateFirstReceiveTimestamp".to_owned(), json!(now)),
    ]);
    if let Some(group) = fifo {
        attributes.insert("MessageGroupId".to_owned(), json!(group));
        attributes.insert("MessageDeduplicationId".to_owned(), json!(number.to_string()));
        attributes.insert("SequenceNumber".to_owned(), json!(format!("{number:020}")));
    }
    json!({"Records": [{
        "messageId": format!("00000000-0000-4000-9000-{number:012}"),
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body.to_string(),
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:{queue}"),
        "awsRegion": "eu-west-1",
    }]})
}

/// Whether an answer to an SQS event says that all its messages are done.
pub fn all_done(answer: &Value) -> bool {
    answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_written_with_their_types() {
        let plain = json!({"pk": "A", "n": 7, "flag": true, "none": null, "list": ["x"], "map": {"k": "v"}});
        let written = json!({
            "pk": {"S": "A"}, "n": {"N": "7"}, "flag": {"BOOL": true}, "none": {"NULL": true},
            "list": {"L": [{"S": "x"}]}, "map": {"M": {"k": {"S": "v"}}},
        });
        assert_eq!(item(&plain), written);
    }

    #[test]
    fn only_an_empty_list_of_failures_is_done() {
        assert!(all_done(&json!({"batchItemFailures": []})));
        assert!(!all_done(&json!({"batchItemFailures": [{"itemIdentifier": "1"}]})));
        assert!(!all_done(&json!({})));
    }
}
