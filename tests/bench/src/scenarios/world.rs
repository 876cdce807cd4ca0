//! What the functions find in the tables: a deployment under way, its pipeline's run, its message.
//!
//! Built from the domain's own types, so that it cannot fall behind them; written with the keys that the `aws/table` crate
//! documents.

use jiff::{SignedDuration, Timestamp};
use opsroom_application::cards;
use opsroom_domain::card::Card;
use opsroom_domain::catalog::RevisionInput;
use opsroom_domain::console::Console;
use opsroom_domain::deployment::{Deployment, Phase, Request};
use opsroom_domain::ids::{DeploymentId, EventKey, MessageKey};
use opsroom_domain::pipeline_execution::{ExecutionKey, Observation, PipelineExecution, RunStatus, Sighting};
use opsroom_domain::room_message::{Destination, RoomMessage};
use serde::Serialize;
use serde_json::{Value, json};

use super::services;

/// The pipeline of `api` in staging.
pub const PIPELINE: &str = "api-staging";
/// Its stages.
pub const STAGES: [&str; 4] = ["Source", "Build", "Test", "Deploy"];
const CHANNEL: &str = "C0OPS";

/// The id of a pipeline's run.
pub fn execution_id(number: u64) -> String {
    format!("00000000-0000-4000-b000-{number:012}")
}

/// The id of a deployment.
pub fn deployment_id(number: u64) -> DeploymentId {
    DeploymentId::derived_from(&EventKey::new(format!("benchmark/{number}")))
}

/// A deployment whose pipeline runs.
pub fn deployment(number: u64, now: Timestamp) -> Deployment {
    Deployment {
        id: deployment_id(number),
        service: "api".into(),
        environment: "staging".into(),
        pipeline: PIPELINE.into(),
        revision: None,
        revision_input: Some(RevisionInput::Source { action: "Source".to_owned(), revision_type: "COMMIT_ID".to_owned() }),
        replaces: Some("v41".to_owned()),
        request: Request { by: "U0DEPLOYER".into(), at: now, channel: CHANNEL.into(), thread: None, reason: Some("benchmark".to_owned()) },
        plan: Box::default(),
        contents: None,
        phase: Phase::Running,
        execution: Some(execution_id(number).as_str().into()),
        cancelled_by: None,
        ended_at: None,
        calls: Vec::new(),
        version: 2,
    }
}

/// Its pipeline's run, in its first stage.
pub fn execution(number: u64, now: Timestamp) -> PipelineExecution {
    let key = ExecutionKey::codepipeline(PIPELINE.into(), execution_id(number).as_str().into());
    let mut execution = PipelineExecution::unseen(key);
    let running = Sighting { status: RunStatus::InProgress, at: Some(earlier(now)) };
    execution.observe(&Observation::Execution(running), now);
    execution.observe(&Observation::Stage { stage: STAGES[0].to_owned(), seen: Some(running) }, now);
    execution.arrange_stages(&STAGES.map(str::to_owned));
    execution.deployment = Some(deployment_id(number));
    execution.version = 1;
    execution
}

/// The deployment's message, not posted yet.
pub fn message(number: u64, now: Timestamp) -> RoomMessage {
    RoomMessage {
        key: message_key(number),
        destination: Destination::Channel { channel: CHANNEL.into(), thread: None },
        wanted: card(number, now),
        version: 1,
        shown: None,
        sending: None,
        undeliverable: None,
    }
}

/// Its key.
pub fn message_key(number: u64) -> MessageKey {
    MessageKey::deployment(&deployment_id(number))
}

fn card(number: u64, now: Timestamp) -> Card {
    let console = Console { region: "eu-west-1".to_owned() };
    cards::deployment(&deployment(number, now), Some(&execution(number, now)), &console)
}

fn earlier(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs(30)).unwrap_or(now)
}

/// The plain JSON of an item: a value's own fields, and its keys. What the domain can't write as an object has no fields.
pub fn stored(pk: impl Into<String>, sk: impl Into<String>, value: &impl Serialize) -> Value {
    let mut plain = serde_json::to_value(value).unwrap_or_default();
    plain["pk"] = Value::String(pk.into());
    plain["sk"] = Value::String(sk.into());
    plain
}

/// The catalog in force.
pub fn stored_catalog() -> Value {
    let item = json!({
        "version": 1,
        "applied_by": "benchmark",
        "at": "2026-01-01T00:00:00Z",
        "catalog": services::catalog().to_string(),
    });
    stored("CATALOG", "CURRENT", &item)
}

/// The deployment's item.
pub fn stored_deployment(number: u64, now: Timestamp) -> Value {
    let deployment = deployment(number, now);
    stored(format!("DEPLOYMENT#{}", deployment.id), "STATE", &deployment)
}

/// The run's item.
pub fn stored_execution(number: u64, now: Timestamp) -> Value {
    let execution = execution(number, now);
    stored(format!("EXECUTION#{}#{}", execution.key.pipeline, execution.key.execution), "STATE", &execution)
}

/// The message's item, as it waits in the outbox since `since`.
pub fn stored_message((number, now): (u64, Timestamp), since: Timestamp) -> Value {
    let message = message(number, now);
    let mut item = stored(format!("MSG#{}", message.key), "MESSAGE", &message);
    item["outbox_shard"] = json!("0");
    item["outbox_since"] = json!(format!("{:013}#{CHANNEL}", since.as_millisecond()));
    item["lane"] = json!(CHANNEL);
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use opsroom_domain::catalog::Catalog;
    use opsroom_domain::room_message::Step;

    #[test]
    fn the_catalog_is_one() {
        let catalog: Catalog = serde_json::from_value(services::catalog()).expect("a catalog");
        assert!(catalog.services.contains_key("api"));
        assert!(catalog.people.contains_key("U0DEPLOYER"));
    }

    #[test]
    fn what_is_stored_reads_back() {
        let now = Timestamp::from_second(1_767_225_600).expect("a moment");
        let read: Deployment = serde_json::from_value(stored_deployment(7, now)).expect("a deployment");
        assert_eq!(read.execution_key(), Some(execution(7, now).key));
        let read: PipelineExecution = serde_json::from_value(stored_execution(7, now)).expect("an execution");
        assert_eq!(read.current_stage().map(|stage| stage.name.as_str()), Some("Source"));
        let read: RoomMessage = serde_json::from_value(stored_message((7, now), now)).expect("a message");
        assert_eq!(read.next_step(now), Step::Post);
    }
}
