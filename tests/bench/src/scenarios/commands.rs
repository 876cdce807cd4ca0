//! What a person asked for: a deployment, which is checked, recorded and started.

use jiff::Timestamp;
use opsroom_application::request::{Ask, Reply, Request};
use opsroom_domain::ids::{CorrelationId, EventKey};
use opsroom_domain::rights::Asker;
use serde_json::{Value, json};

use super::memory::Memory;
use super::{Role, Scenario, services, world};
use crate::stub::{Call, Host, Stub};

#[derive(Default)]
pub struct Commands {
    memory: Memory,
}

impl Scenario for Commands {
    fn binary(&self) -> &'static str {
        "opsroom-commands"
    }

    fn role(&self) -> Role {
        Role::Worker
    }

    fn environment(&self, stub: &Stub) -> Vec<(&'static str, String)> {
        services::variables(stub)
    }

    fn event(&self, number: u64, now: Timestamp) -> Value {
        // What was deployed before is forgotten, or the service would be busy with it.
        self.memory.forget(services::STATE_TABLE);
        self.memory.forget_all_but_the_last(services::AUDIT_TABLE);
        self.memory.put(services::CATALOG_TABLE, &world::stored_catalog());
        let request = Request {
            event: EventKey::new(format!("slash/benchmark/{number}")),
            correlation: CorrelationId::new(format!("benchmark-{number}")),
            ask: Ask::Line {
                asker: Asker { person: "U0DEPLOYER".into(), team: "T0LOCAL".into(), channel: "C0OPS".into() },
                line: "deploy api to staging".to_owned(),
                at: now,
                reply: Reply::ResponseUrl {
                    url: format!("https://hooks.slack.com/commands/T0LOCAL/{number}/benchmark").into(),
                    thread: None,
                },
            },
        };
        services::sqs_event("commands", (number, now), &json!(request), None)
    }

    fn answer(&self, call: &Call) -> Option<Value> {
        match (call.host, call.action()) {
            (Host::Slack, "users.info") => Some(json!({"ok": true, "user": {
                "id": "U0DEPLOYER", "team_id": "T0LOCAL", "name": "dana", "deleted": false, "is_bot": false,
                "is_restricted": false, "is_ultra_restricted": false, "profile": {"display_name": "Dana Deployer"},
            }})),
            (Host::Slack, _) => None,
            (_, "StartPipelineExecution") => Some(json!({"pipelineExecutionId": world::execution_id(0)})),
            (_, "GetPipelineExecution") => Some(json!({"pipelineExecution": {
                "pipelineName": world::PIPELINE, "pipelineExecutionId": world::execution_id(0), "pipelineVersion": 1,
                "status": "InProgress", "artifactRevisions": [],
            }})),
            (_, "GetPipelineState") => Some(pipeline_state()),
            (_, "ListActionExecutions") => Some(json!({"actionExecutionDetails": [{
                "pipelineExecutionId": world::execution_id(0), "actionExecutionId": "benchmark", "pipelineVersion": 1,
                "stageName": world::STAGES[0], "actionName": world::STAGES[0], "status": "InProgress",
                "startTime": 1_767_225_600.5, "lastUpdateTime": 1_767_225_601.5,
            }]})),
            _ => self.memory.answer(call).or_else(|| services::secrets(call)).or_else(|| services::acknowledged(call)),
        }
    }

    fn crucial_call(&self) -> Option<&'static str> {
        Some("StartPipelineExecution")
    }

    fn accepts(&self, answer: &Value) -> bool {
        services::all_done(answer)
    }
}

/// "`GetPipelineState`", AWS `CodePipeline` API Reference: the first stage runs, the others have not begun.
fn pipeline_state() -> Value {
    let stages = world::STAGES.map(|stage| {
        let mut state = json!({"stageName": stage, "inboundTransitionState": {"enabled": true}, "actionStates": [{"actionName": stage}]});
        if stage == world::STAGES[0] {
            state["latestExecution"] = json!({"pipelineExecutionId": world::execution_id(0), "status": "InProgress"});
        }
        state
    });
    json!({"pipelineName": world::PIPELINE, "pipelineVersion": 1, "stageStates": stages, "created": 1_767_225_600, "updated": 1_767_225_600})
}
