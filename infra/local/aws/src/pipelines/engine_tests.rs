//! How executions move, supersede each other and end, on a clock that the test sets.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::definition::{Host, parse};
use super::engine::Engine;
use super::events::Site;
use super::model::{ActionStatus, StageStatus, Status};
use super::starting::{Override, Start};

/// How long an action takes in these tests.
pub(super) const PACE: SignedDuration = SignedDuration::from_secs(1);

/// The example pipelines, with nothing run.
pub(super) fn engine() -> Engine {
    let site = Site { region: "us-east-1".to_owned(), account: "000000000000".to_owned() };
    Engine::new(site, parse(include_str!("../../../pipelines.json")).unwrap(), PACE, 7, at(0))
}

/// So many seconds into the test.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// A start of a pipeline by somebody.
pub(super) fn start(pipeline: &str) -> Start {
    Start { pipeline: pipeline.to_owned(), caller: "arn:aws:iam::000000000000:root".to_owned(), ..Start::default() }
}

/// A start of the api pipeline at a revision.
pub(super) fn start_at(revision: &str) -> Start {
    let asked = Override { action: "Source".to_owned(), kind: "COMMIT_ID".to_owned(), value: revision.to_owned() };
    Start { overrides: vec![asked], ..start("api-staging") }
}

/// An execution's status.
pub(super) fn status(engine: &Engine, pipeline: &str, id: &str) -> Status {
    let index = engine.find(pipeline).unwrap();
    engine.execution(engine.find_execution(index, id).unwrap()).status
}

/// The events so far, as `what STATE`.
pub(super) fn told(engine: &mut Engine) -> Vec<String> {
    let word = |event: &Value, field: &str| event["detail"][field].as_str().unwrap_or_default().to_owned();
    engine
        .take_events()
        .iter()
        .map(|event| match event["detail-type"].as_str().unwrap() {
            "CodePipeline Pipeline Execution State Change" => format!("pipeline {}", word(event, "state")),
            "CodePipeline Stage Execution State Change" => {
                format!("{} {}", word(event, "stage"), word(event, "state"))
            }
            _ => format!("{}/{} {}", word(event, "stage"), word(event, "action"), word(event, "state")),
        })
        .collect()
}

fn version(engine: &Engine, service: &str, environment: &str) -> String {
    let host = Host { service: service.to_owned(), environment: environment.to_owned() };
    engine.hosts[&host].version.clone()
}

#[test]
fn an_execution_goes_through_every_stage_and_changes_the_host() {
    let mut engine = engine();
    let before = version(&engine, "api", "staging");
    let id = engine.start(start_at("9f8e7d6c"), at(0)).unwrap();
    engine.advance(at(3));
    assert_eq!(status(&engine, "api-staging", &id), Status::InProgress);
    assert_eq!(version(&engine, "api", "staging"), before);
    engine.advance(at(4));
    assert_eq!(status(&engine, "api-staging", &id), Status::Succeeded);
    assert_eq!(version(&engine, "api", "staging"), "9f8e7d6c");
    assert_eq!(
        told(&mut engine),
        [
            "pipeline STARTED",
            "Source STARTED",
            "Source/Source STARTED",
            "Source/Source SUCCEEDED",
            "Source SUCCEEDED",
            "Build STARTED",
            "Build/Build STARTED",
            "Build/Build SUCCEEDED",
            "Build SUCCEEDED",
            "Test STARTED",
            "Test/Test STARTED",
            "Test/Test SUCCEEDED",
            "Test SUCCEEDED",
            "Deploy STARTED",
            "Deploy/Deploy STARTED",
            "Deploy/Deploy SUCCEEDED",
            "Deploy SUCCEEDED",
            "pipeline SUCCEEDED",
        ]
    );
    assert_eq!(engine.next_due(), None);
}

#[test]
fn a_broken_revision_fails_in_its_test_stage_with_a_reason_and_a_link() {
    let mut engine = engine();
    let before = version(&engine, "api", "staging");
    let id = engine.start(start_at("broken"), at(0)).unwrap();
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &id), Status::Failed);
    assert_eq!(version(&engine, "api", "staging"), before);
    let index = engine.find("api-staging").unwrap();
    let execution = engine.execution(engine.find_execution(index, &id).unwrap());
    let run = execution.latest_run(2, 0).unwrap();
    assert_eq!(run.status, ActionStatus::Failed);
    assert_eq!(run.error.as_ref().unwrap().code, "JobFailed");
    assert!(run.summary.as_ref().unwrap().contains("exit status 2"));
    assert!(run.external_url.as_ref().unwrap().contains("#/builds/api-test:"));
    let events = engine.take_events();
    let failed = events.iter().find(|event| event["detail"]["state"] == "FAILED").unwrap();
    assert_eq!(failed["detail"]["execution-result"]["error-code"], "JobFailed");
    assert_eq!(failed["detail"]["type"]["provider"], "CodeBuild");
}

#[test]
fn a_broken_variable_fails_as_well() {
    let mut engine = engine();
    let variables = vec![("REF".to_owned(), "broken".to_owned())];
    let id = engine.start(Start { variables, ..start("web-staging") }, at(0)).unwrap();
    engine.advance(at(60));
    assert_eq!(status(&engine, "web-staging", &id), Status::Failed);
}

#[test]
fn without_a_revision_the_newest_commit_is_found() {
    let mut engine = engine();
    let commit = engine.commits.push("example/api", None, Some("Mend the door".to_owned()));
    engine.start(start("api-staging"), at(0)).unwrap();
    engine.advance(at(60));
    assert_eq!(version(&engine, "api", "staging"), commit.sha);
    let revision = &engine.pipelines[0].executions[0].revisions[0];
    assert_eq!(revision.id, commit.sha);
    assert_eq!(revision.summary, r#"{"CommitMessage":"Mend the door","ProviderType":"GitHub"}"#);
}

#[test]
fn a_variable_names_the_version_and_its_default_means_the_newest_commit() {
    let mut engine = engine();
    let head = engine.commits.head("example/web").sha;
    engine.start(start("web-staging"), at(0)).unwrap();
    engine.advance(at(60));
    assert_eq!(version(&engine, "web", "staging"), head);
    let variables = vec![("REF".to_owned(), "v42".to_owned())];
    engine.start(Start { variables, ..start("web-staging") }, at(60)).unwrap();
    engine.advance(at(120));
    assert_eq!(version(&engine, "web", "staging"), "v42");
}

#[test]
fn a_client_token_starts_once() {
    let mut engine = engine();
    let request = || Start { client_token: Some("t-1".to_owned()), ..start("api-staging") };
    let first = engine.start(request(), at(0)).unwrap();
    engine.advance(at(60));
    assert_eq!(engine.start(request(), at(60)).unwrap(), first);
    assert_eq!(engine.pipelines[0].executions.len(), 1);
    let other = Start { client_token: Some("t-1".to_owned()), ..start("web-staging") };
    assert_ne!(engine.start(other, at(60)).unwrap(), first, "tokens belong to a pipeline");
}

#[test]
fn a_stage_holds_one_execution_and_the_newest_of_the_waiting_enters_next() {
    let mut engine = engine();
    let ids: Vec<_> = (0..3).map(|_| engine.start(start("api-staging"), at(0)).unwrap()).collect();
    assert_eq!(status(&engine, "api-staging", &ids[1]), Status::Superseded);
    assert_eq!(engine.pipelines[0].slots[0].occupant, Some(0));
    assert_eq!(engine.pipelines[0].slots[0].waiting, [2]);
    engine.advance(at(1));
    assert_eq!(engine.pipelines[0].slots[0].occupant, Some(2));
    assert_eq!(engine.pipelines[0].slots[1].occupant, Some(0));
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &ids[0]), Status::Succeeded);
    assert_eq!(status(&engine, "api-staging", &ids[2]), Status::Succeeded);
    assert!(told(&mut engine).contains(&"pipeline SUPERSEDED".to_owned()));
}

#[test]
fn queued_executions_all_run() {
    let mut engine = engine();
    engine.pipelines[0].definition.mode = super::definition::Mode::Queued;
    let ids: Vec<_> = (0..3).map(|_| engine.start(start("api-staging"), at(0)).unwrap()).collect();
    engine.advance(at(60));
    for id in ids {
        assert_eq!(status(&engine, "api-staging", &id), Status::Succeeded);
    }
}

#[test]
fn a_failed_stage_is_free_for_the_next_execution() {
    let mut engine = engine();
    let failed = engine.start(start_at("broken"), at(0)).unwrap();
    engine.advance(at(3));
    assert_eq!(status(&engine, "api-staging", &failed), Status::Failed);
    assert_eq!(engine.pipelines[0].executions[0].stages[&2].status, StageStatus::Failed);
    let next = engine.start(start_at("mended"), at(3)).unwrap();
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &next), Status::Succeeded);
}

#[test]
fn what_does_not_fit_the_pipeline_is_refused() {
    let mut engine = engine();
    let refused = |engine: &mut Engine, request: Start| engine.start(request, at(0)).unwrap_err();
    assert_eq!(refused(&mut engine, start("nothing")).code, "PipelineNotFoundException");
    assert_eq!(refused(&mut engine, start("nothing")).message, "Account '000000000000' does not have a pipeline with name 'nothing'");
    let variables = vec![("REF".to_owned(), "v1".to_owned())];
    assert_eq!(refused(&mut engine, Start { variables, ..start("api-staging") }).code, "ValidationException");
    let asked = Override { action: "Deploy".to_owned(), kind: "COMMIT_ID".to_owned(), value: "v1".to_owned() };
    let request = Start { overrides: vec![asked], ..start("api-staging") };
    assert_eq!(refused(&mut engine, request).code, "ValidationException");
    let asked = Override { action: "Source".to_owned(), kind: "IMAGE_DIGEST".to_owned(), value: "v1".to_owned() };
    let request = Start { overrides: vec![asked], ..start("api-staging") };
    assert_eq!(refused(&mut engine, request).code, "ValidationException");
    assert!(engine.take_events().is_empty());
}

#[test]
fn a_pace_changed_on_the_way_counts_for_what_runs() {
    let mut engine = engine();
    let id = engine.start(start("api-staging"), at(0)).unwrap();
    engine.pace = SignedDuration::from_hours(1);
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &id), Status::InProgress);
    engine.pace = SignedDuration::ZERO;
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &id), Status::Succeeded);
}

#[test]
fn events_carry_what_the_user_guide_shows() {
    let mut engine = engine();
    let id = engine.start(start("api-staging"), at(0)).unwrap();
    engine.advance(at(1));
    let events = engine.take_events();
    let started = &events[0];
    assert_eq!(started["source"], "aws.codepipeline");
    assert_eq!(started["resources"][0], "arn:aws:codepipeline:us-east-1:000000000000:api-staging");
    assert_eq!(started["time"], "2027-01-15T08:00:00Z");
    assert_eq!(started["detail"]["start-time"], "2027-01-15T08:00:00.000Z");
    assert_eq!(started["detail"]["execution-id"], id.as_str());
    assert_eq!(started["detail"]["execution-trigger"]["trigger-type"], "StartPipelineExecution");
    assert!(started.to_string().contains(r#""version":1.0"#), "numbers are floats: {started}");
    assert!(started.to_string().contains(r#""pipeline-execution-attempt":1.0"#));
    let found = &events[3]["detail"];
    assert_eq!(found["type"]["version"], "1");
    assert_eq!(found["output-artifacts"][0]["name"], "SourceArtifact");
    assert_eq!(found["execution-result"]["external-execution-id"], engine.commits.head("example/api").sha.as_str());
    assert!(found["action-execution-id"].is_string());
}
