//! Builds as `CodeBuild` tells of them.

use serde_json::{Value, json};

use super::*;

fn event(status: &str, initiator: &str) -> Value {
    let phase = |kind: &str, status: &str, end: &str, context: Value| {
        json!({
            "phase-type": kind, "phase-status": status, "phase-context": context, "duration-in-seconds": 3.0,
            "start-time": "Nov 20, 2026 10:00:00 AM", "end-time": end,
        })
    };
    json!({
        "version": "0", "id": "1", "detail-type": "CodeBuild Build State Change", "source": "aws.codebuild", "time": "2026-11-20T10:05:00Z",
        "detail": {
            "build-status": status, "project-name": "nightly", "current-phase": "COMPLETED", "version": "1",
            "build-id": "arn:aws:codebuild:eu-west-1:123456789012:build/nightly:8b7e0a1c",
            "additional-information": {
                "initiator": initiator, "build-number": 42.0, "build-start-time": "Nov 20, 2026 10:00:00 AM", "source-version": "main",
                "source": {"type": "GITHUB", "location": "https://github.com/acme/api.git"},
                "logs": {"group-name": "/aws/codebuild/nightly", "stream-name": "8b7e0a1c", "deep-link": "https://console/logs"},
                "phases": [
                    phase("INSTALL", "SUCCEEDED", "Nov 20, 2026 10:00:30 AM", json!([])),
                    phase("BUILD", "FAILED", "Nov 20, 2026 10:04:59 AM", json!([" : ", "COMMAND_EXECUTION_ERROR: exit status 1"])),
                    {"phase-type": "COMPLETED", "start-time": "Nov 20, 2026 10:05:00 AM"},
                ],
            },
        },
    })
}

#[test]
fn a_failed_build_says_where_and_where_its_log_is() {
    let report = read(&event("FAILED", "dana").to_string()).unwrap().unwrap();
    assert_eq!((report.key.pipeline.as_str(), report.key.execution.as_str()), ("nightly", "8b7e0a1c"));
    let Observation::Facts(facts) = &report.observations[0] else { panic!("no facts") };
    assert_eq!((facts.number.as_deref(), facts.repository.as_ref().map(RepositoryName::as_str)), (Some("42"), Some("acme/api")));
    let failed = report.observations.iter().find_map(|observation| match observation {
        Observation::Action { stage, result, .. } => Some((stage.as_str(), result.clone())),
        _ => None,
    });
    let (stage, result) = failed.unwrap();
    assert_eq!((stage, result.summary.as_deref()), ("BUILD", Some("COMMAND_EXECUTION_ERROR: exit status 1")));
    assert_eq!(result.log, Some(LogPointer { group: "/aws/codebuild/nightly".into(), stream: "8b7e0a1c".into() }));
    let end = Sighting { status: RunStatus::Failed, at: Some("2026-11-20T10:05:00Z".parse().unwrap()) };
    assert_eq!(report.observations.last(), Some(&Observation::Execution(end)));
}

#[test]
fn what_a_pipeline_started_is_told_by_the_pipeline_and_unknown_states_by_nobody() {
    assert_eq!(read(&event("FAILED", "codepipeline/api-staging").to_string()).unwrap(), None);
    assert_eq!(read(&event("FROM_THE_FUTURE", "dana").to_string()).unwrap(), None);
    assert!(read("{}").is_err());
}
