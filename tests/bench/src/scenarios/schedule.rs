//! The clock: one deployment is to be looked after, and one message was never nudged.

use jiff::{SignedDuration, Timestamp};
use opsroom_domain::due::{DueItem, DueTask};
use serde_json::{Value, json};

use super::memory::Memory;
use super::{Role, Scenario, services, world};
use crate::stub::{Call, Stub};

#[derive(Default)]
pub struct Schedule {
    memory: Memory,
}

impl Scenario for Schedule {
    fn binary(&self) -> &'static str {
        "opsroom-schedule"
    }

    fn role(&self) -> Role {
        Role::Worker
    }

    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)> {
        services::variables(stub)
    }

    /// "Using Lambda with Amazon `EventBridge` Scheduler" and "Creating a rule that runs on a schedule", `EventBridge` User Guide.
    fn event(&self, number: u64, now: Timestamp) -> Value {
        let earlier = now.saturating_sub(SignedDuration::from_mins(5)).unwrap_or(now);
        let due = DueItem { at: earlier, task: DueTask::ReconcileDeployment { deployment: world::deployment_id(number) } };
        let sort = format!("{:013}#{}", earlier.as_millisecond(), due.task.key());
        self.memory.forget(services::STATE_TABLE);
        self.memory.put(services::STATE_TABLE, &world::stored("DUE", sort, &due));
        self.memory.put(services::STATE_TABLE, &world::stored_message((number, now), earlier));
        json!({
            "version": "0",
            "id": format!("00000000-0000-4000-d000-{number:012}"),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": "eu-west-1",
            "resources": ["arn:aws:events:eu-west-1:123456789012:rule/every-minute"],
            "detail": {},
        })
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        self.memory.answer(call).or_else(|| services::acknowledged(call))
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("DeleteItem")
    }

    /// It answers to nobody; what it did is seen in its calls.
    fn accepts(&self, _: &Value) -> bool {
        true
    }
}
