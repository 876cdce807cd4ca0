//! Things to store.

use jiff::Timestamp;
use opsroom_application::ports::{EnvironmentState, MessageChange, Slot, Waiting};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::audit::{AuditRecord, Outcome};
use opsroom_domain::card::{Button, ButtonAction, ButtonStyle, Card, Part, Step, StepState, Text, Tone};
use opsroom_domain::catalog::{ApprovalRule, RevisionInput};
use opsroom_domain::deployment::{Approvals, Approved, Confirmed, Deployment, Doubt, Further, Kind, Phase, Plan, Request, StageRollback};
use opsroom_domain::due::{DueItem, DueTask};
use opsroom_domain::lock::{Lock, LockKind, LockScope};
use opsroom_domain::pipeline_execution::ExecutionKey;
use opsroom_domain::revision::Revision;
use opsroom_domain::room_message::Destination;
use serde_json::json;

/// A moment.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// A deployment of api to staging that uses every field.
pub fn deployment(id: &str) -> Deployment {
    Deployment {
        id: id.into(),
        service: "api".into(),
        environment: "staging".into(),
        pipeline: "api-staging".into(),
        revision: Some(Revision::parse("4f9c2d1").unwrap()),
        revision_input: Some(RevisionInput::Source { action: "Source".into(), revision_type: "COMMIT_ID".into() }),
        replaces: Some("main".into()),
        request: Request {
            by: "U1".into(), at: at(0), channel: "C1".into(), thread: None, reason: Some("the fix for \"pay\" 💳".into())
        },
        plan: Box::new(plan()),
        contents: None,
        phase: Phase::Failed { why: None },
        execution: Some("e-1".into()),
        cancelled_by: None,
        ended_at: Some("2026-11-22T10:20:30.123456789Z".parse().unwrap()),
        calls: vec![
            ApiCall::new("codepipeline", "start-pipeline-execution")
                .with("name", "api-staging")
                .with("source-revisions", json!([{"actionName": "Source", "n": 3, "f": 1.5, "deep": {"null": null, "no": false}}])),
        ],
        version: 0,
    }
}

/// A plan that uses every field.
fn plan() -> Plan {
    let doubts = vec![
        Doubt::ChecksFailed { names: vec!["CI".into()], total: 7 },
        Doubt::Frozen { until: Some(at(900)), reason: Some("fair".into()) },
    ];
    let given = vec![Approved { by: "U2".into(), at: at(2), role: "operator".into(), reason: "fine".into() }];
    Plan {
        kind: Kind::Rollback { to: "d-0".into(), stage: Some(StageRollback { stage: "Deploy".into(), target: "e-0".into() }) },
        approval: Some(Approvals { rule: ApprovalRule { role: Some("operator".into()), ..ApprovalRule::default() }, given }),
        confirmed: Some(Confirmed { by: "U3".into(), at: at(1), doubts }),
        stands_by: true,
        deadline: Some(at(1000)),
        retried_at: Some(at(9)),
        begun_at: Some(at(3)),
        overtaken_by: Some("d-9".into()),
        brought: Some("4f9c2d1".into()),
        then: vec![Further { service: "web".into(), revision: Some(Revision::parse("v2").unwrap()) }],
        onward: Some("production".into()),
        can_go_back: true,
    }
}

/// A lock of production, or of one service there.
pub fn lock(id: &str, service: Option<&str>) -> Lock {
    let scope = LockScope { kind: LockKind::Lock, environment: "production".into(), service: service.map(Into::into) };
    Lock {
        id: id.into(),
        scope,
        by: "U1".into(),
        at: at(0),
        until: at(7200),
        reason: Some("migration".into()),
        channel: "C1".into(),
        thread: None,
    }
}

/// A deployment of api to staging that waits.
pub fn waiting(deployment: &str) -> Waiting {
    Waiting {
        service: "api".into(),
        environment: "staging".into(),
        deployment: deployment.into(),
        requester: "U1".into(),
        revision: None,
        since: at(0),
        channel: "C1".into(),
    }
}

/// An execution of api-staging.
pub fn execution_key(id: &str) -> ExecutionKey {
    ExecutionKey::codepipeline("api-staging".into(), id.into())
}

/// The slot of api in staging.
pub fn slot(deployment: &str) -> Slot {
    Slot {
        service: "api".into(),
        environment: "staging".into(),
        deployment: deployment.into(),
        requester: "U1".into(),
        revision: Some("4f9c2d1".into()),
        since: at(0),
        channel: "C1".into(),
    }
}

/// What runs in an environment.
pub fn environment(service: &str, environment: &str, revision: &str) -> EnvironmentState {
    EnvironmentState {
        service: service.into(),
        environment: environment.into(),
        revision: Some(revision.into()),
        summary: None,
        url: Some("https://example.com/4f9c2d1".into()),
        deployment: "d-1".into(),
        by: "U1".into(),
        at: at(9),
    }
}

/// A card with every kind of part.
pub fn card(text: &str) -> Card {
    Card::line(Tone::Working, Text::plain(text).bold("b").link("https://example.com", "l").person(&"U1".into()).moment(at(1)))
        .with(Part::Fields(vec![("Ref".into(), Text::empty().code("4f9c2d1"))]))
        .with(Part::Steps(vec![Step { name: "Build".into(), state: StepState::Running, note: Text::empty() }]))
        .with(Part::Divider)
        .with(Part::Buttons(vec![Button {
            label: "Cancel".into(),
            action: ButtonAction::CancelDeployment { deployment: "d-1".into() },
            style: ButtonStyle::Danger,
            confirm: Some("Really?".into()),
        }]))
}

/// A message in the channel C1.
pub fn message(key: &str, text: &str) -> MessageChange {
    MessageChange {
        key: key.into(),
        destination: Destination::Channel { channel: "C1".into(), thread: Some("1.2".into()) },
        card: card(text),
    }
}

/// A deployment to look after.
pub fn due(second: i64, deployment: &str) -> DueItem {
    DueItem { at: at(second), task: DueTask::ReconcileDeployment { deployment: deployment.into() } }
}

/// Something that was asked.
pub fn record(second: i64, actor: &str, service: Option<&str>, request: &str) -> AuditRecord {
    AuditRecord {
        at: at(second),
        actor: actor.into(),
        channel: "C1".into(),
        request: request.into(),
        service: service.map(Into::into),
        environment: None,
        outcome: Outcome::Refused { rule: "role".into(), why: "no".into() },
        correlation: "c-1".into(),
        approvers: Vec::new(),
        message: None,
    }
}
