//! The EventBridge events of commands and automations.
//!
//! Fields as "Amazon EventBridge event examples for Systems Manager" shows them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::automation::Automation;
use super::command::{Command, Invocation};
use super::times::iso;
use crate::pipelines::Site;

/// A command's status changed.
pub fn of_command(site: &Site, command: &Command, at: Timestamp) -> Value {
    let resources: Vec<_> = command.invocations.iter().map(|invocation| instance_arn(site, &invocation.host)).collect();
    let detail = json!({
        "command-id": command.id,
        "document-name": command.document,
        "expire-after": iso(command.expires),
        "parameters": command.given,
        "requested-date-time": iso(command.requested),
        "status": command.status().0,
    });
    event(site, "EC2 Command Status-change Notification", &json!(resources), &detail, at)
}

/// Its status on a host changed.
pub fn of_invocation(site: &Site, command: &Command, invocation: &Invocation, at: Timestamp) -> Value {
    let detail = json!({
        "command-id": command.id,
        "document-name": command.document,
        "instance-id": invocation.host,
        "requested-date-time": iso(command.requested),
        "status": invocation.phase.names().0,
    });
    let resources = json!([instance_arn(site, &invocation.host)]);
    event(site, "EC2 Command Invocation Status-change Notification", &resources, &detail, at)
}

/// An automation's status changed. Its times are written as people write them, and its numbers as floats.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit for a long time to come")]
pub fn of_automation(site: &Site, automation: &Automation, at: Timestamp) -> Value {
    let words = |time: Timestamp| time.strftime("%b %-d, %Y %-I:%M:%S %p").to_string();
    let detail = json!({
        "ExecutionId": automation.id,
        "Definition": automation.document,
        "DefinitionVersion": 1.0,
        "Status": automation.status,
        "StartTime": words(automation.started),
        "EndTime": automation.ended.map(words),
        "Time": at.as_millisecond() as f64,
        "ExecutedBy": automation.executed_by,
    });
    let resources = json!([
        format!("arn:aws:ssm:{}:{}:automation-execution/{}", site.region, site.account, automation.id),
        format!("arn:aws:ssm:{}::automation-definition/{}:1", site.region, automation.document),
    ]);
    event(site, "EC2 Automation Execution Status-change Notification", &resources, &detail, at)
}

/// A host's ARN.
pub fn instance_arn(site: &Site, id: &str) -> String {
    format!("arn:aws:ec2:{}:{}:instance/{id}", site.region, site.account)
}

fn event(site: &Site, detail_type: &str, resources: &Value, detail: &Value, at: Timestamp) -> Value {
    json!({
        "version": "0",
        "id": super::new_id(),
        "detail-type": detail_type,
        "source": "aws.ssm",
        "account": site.account,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": site.region,
        "resources": resources,
        "detail": detail,
    })
}
