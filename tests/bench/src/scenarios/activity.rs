//! A pipeline's news: a stage of a deployment's run succeeded, so its message changes.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::memory::Memory;
use super::{Role, Scenario, services, world};
use crate::stub::{Call, Stub};

#[derive(Default)]
pub struct Activity {
    memory: Memory,
}

impl Scenario for Activity {
    fn binary(&self) -> &'static str {
        "opsroom-activity"
    }

    fn role(&self) -> Role {
        Role::Worker
    }

    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)> {
        services::variables(stub)
    }

    /// "Monitoring `CodePipeline` events", AWS `CodePipeline` User Guide.
    fn event(&self, number: u64, now: Timestamp) -> Value {
        self.memory.forget(services::STATE_TABLE);
        self.memory.forget_all_but_the_last(services::AUDIT_TABLE);
        self.memory.put(services::CATALOG_TABLE, &world::stored_catalog());
        self.memory.put(services::STATE_TABLE, &world::stored_deployment(number, now));
        self.memory.put(services::STATE_TABLE, &world::stored_execution(number, now));
        let event = json!({
            "version": "0",
            "id": format!("00000000-0000-4000-c000-{number:012}"),
            "detail-type": "CodePipeline Stage Execution State Change",
            "source": "aws.codepipeline",
            "account": "123456789012",
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": "eu-west-1",
            "resources": [format!("arn:aws:codepipeline:eu-west-1:123456789012:{}", world::PIPELINE)],
            "detail": {
                "pipeline": world::PIPELINE,
                "execution-id": world::execution_id(number),
                "stage": world::STAGES[0],
                "state": "SUCCEEDED",
                "version": 1.0,
            },
        });
        services::sqs_event("activity", (number, now), &event, None)
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        self.memory.answer(call).or_else(|| services::secrets(call)).or_else(|| services::acknowledged(call))
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("TransactWriteItems")
    }

    fn accepts(&self, answer: &Value) -> bool {
        services::all_done(answer)
    }
}
