//! Answers in, knowledge out: what an execution is known to be after the observations were taken in.

use super::*;
use aws_sdk_codepipeline::types::{
    ActionExecutionInput, ActionExecutionOutput, ActionExecutionResult, ActionOwner, ErrorDetails, StageExecution,
};
use opsroom_domain::pipeline_execution::PipelineExecution as Known;

const NOW: i64 = 1_790_000_900;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn time(second: i64) -> DateTime {
    DateTime::from_secs(1_790_000_000 + second)
}

fn key() -> ExecutionKey {
    ExecutionKey::codepipeline("api-staging".into(), "ours".into())
}

fn whole(status: PipelineExecutionStatus) -> PipelineExecution {
    PipelineExecution::builder().pipeline_execution_id("ours").status(status).build()
}

fn stage(name: &str, latest: Option<(&str, StageExecutionStatus)>) -> StageState {
    let latest = latest.map(|(id, status)| StageExecution::builder().pipeline_execution_id(id).status(status).build().unwrap());
    StageState::builder().stage_name(name).set_latest_execution(latest).build()
}

fn action(stage: &str, status: ActionExecutionStatus, start: i64, update: i64) -> ActionExecutionDetail {
    ActionExecutionDetail::builder()
        .stage_name(stage)
        .action_name(stage)
        .status(status)
        .start_time(time(start))
        .last_update_time(time(update))
        .build()
}

fn known(mut known: Known, seen: &[Observation]) -> Known {
    let now = Timestamp::from_second(NOW).unwrap();
    for observation in seen {
        known.observe(observation, now);
    }
    known
}

fn stages(known: &Known) -> Vec<(&str, Option<RunStatus>)> {
    known.stages.iter().map(|stage| (stage.name.as_str(), stage.status.map(|seen| seen.status))).collect()
}

#[test]
fn a_run_under_way_shows_what_it_did_what_it_does_and_what_is_to_come() {
    use StageExecutionStatus::{InProgress, Succeeded};
    let state = [
        stage("Source", Some(("ours", Succeeded))),
        stage("Build", Some(("ours", InProgress))),
        stage("Deploy", Some(("older", Succeeded))),
    ];
    let actions = [action("Build", ActionExecutionStatus::InProgress, 12, 12), action("Source", ActionExecutionStatus::Succeeded, 2, 10)];
    let known = known(Known::unseen(key()), &observations(&key(), &whole(PipelineExecutionStatus::InProgress), &state, &actions));
    assert_eq!(stages(&known), [("Source", Some(RunStatus::Succeeded)), ("Build", Some(RunStatus::InProgress)), ("Deploy", None)]);
    assert_eq!((known.stages[0].started_at, known.stages[0].status.map(|s| s.at)), (Some(at(2)), Some(at(10))));
    assert_eq!(known.stages[1].started_at, Some(at(12)));
    assert_eq!(known.status.map(|seen| seen.status), Some(RunStatus::InProgress));
}

#[test]
fn a_run_that_succeeded_has_succeeded_in_every_stage_whoever_is_in_them_now() {
    let state = [stage("Source", Some(("newer", StageExecutionStatus::InProgress))), stage("Build", None)];
    let actions = [action("Build", ActionExecutionStatus::Succeeded, 5, 9)];
    let known = known(Known::unseen(key()), &observations(&key(), &whole(PipelineExecutionStatus::Succeeded), &state, &actions));
    assert_eq!(stages(&known), [("Source", Some(RunStatus::Succeeded)), ("Build", Some(RunStatus::Succeeded))]);
    assert_eq!(known.status.map(|seen| (seen.status, seen.at)), Some((RunStatus::Succeeded, at(9))));
}

#[test]
fn a_stage_that_it_has_left_to_a_newer_run_was_passed() {
    let inbound = StageExecution::builder().pipeline_execution_id("ours").status(StageExecutionStatus::InProgress).build().unwrap();
    let waiting = StageState::builder().stage_name("Deploy").inbound_executions(inbound).build();
    let state = [stage("Source", Some(("newer", StageExecutionStatus::InProgress))), waiting];
    let known = known(Known::unseen(key()), &observations(&key(), &whole(PipelineExecutionStatus::InProgress), &state, &[]));
    assert_eq!(stages(&known), [("Source", Some(RunStatus::Succeeded)), ("Deploy", None)]);
}

#[test]
fn a_retry_takes_a_failed_stage_up_again() {
    let state = [stage("Test", Some(("ours", StageExecutionStatus::Failed)))];
    let first = [action("Test", ActionExecutionStatus::Failed, 5, 20)];
    let failed = known(Known::unseen(key()), &observations(&key(), &whole(PipelineExecutionStatus::Failed), &state, &first));
    assert_eq!(failed.status.map(|seen| (seen.status, seen.at)), Some((RunStatus::Failed, at(20))));

    let state = [stage("Test", Some(("ours", StageExecutionStatus::InProgress)))];
    let both = [action("Test", ActionExecutionStatus::InProgress, 60, 60), first[0].clone()];
    let again = known(failed, &observations(&key(), &whole(PipelineExecutionStatus::InProgress), &state, &both));
    assert_eq!(stages(&again), [("Test", Some(RunStatus::InProgress))]);
    assert_eq!(again.stages[0].actions[0].status.status, RunStatus::InProgress);
    assert_eq!(again.status.map(|seen| seen.status), Some(RunStatus::InProgress));
}

#[test]
fn asking_twice_tells_nothing_new() {
    let state = [stage("Test", Some(("ours", StageExecutionStatus::Failed)))];
    let actions = [action("Test", ActionExecutionStatus::Failed, 5, 20)];
    let seen = observations(&key(), &whole(PipelineExecutionStatus::Failed), &state, &actions);
    let mut once = known(Known::unseen(key()), &seen);
    let now = Timestamp::from_second(NOW + 60).unwrap();
    assert!(seen.iter().all(|observation| !once.observe(observation, now)));
}

#[test]
fn an_action_says_why_it_failed() {
    let error = ErrorDetails::builder().code("JobFailed").message("Build terminated with state: FAILED").build();
    let result = ActionExecutionResult::builder()
        .external_execution_id("api-tests:1")
        .external_execution_url("https://console.example/1")
        .external_execution_summary("")
        .error_details(error)
        .build();
    let mut failed = action("Test", ActionExecutionStatus::Failed, 5, 20);
    failed.output = Some(ActionExecutionOutput::builder().execution_result(result).build());
    let expected = ActionResult {
        url: Some("https://console.example/1".into()),
        summary: Some("Build terminated with state: FAILED".into()),
        external_id: Some("api-tests:1".into()),
        error_code: Some("JobFailed".into()),
        ..ActionResult::default()
    };
    let seen = Sighting { status: RunStatus::Failed, at: Some(at(20)) };
    let observation = Observation::Action { stage: "Test".into(), action: "Test".into(), seen, result: expected };
    assert_eq!(action_observation(&failed), Some(observation));
}

#[test]
fn an_approval_says_what_its_author_asks_for() {
    let of = |category: ActionCategory, resolved: Option<&str>, written: &str| {
        let kind = ActionTypeId::builder().category(category).owner(ActionOwner::Aws).provider("Manual").version("1").build().unwrap();
        let mut waits = action("Approve", ActionExecutionStatus::InProgress, 5, 5);
        let input = ActionExecutionInput::builder().action_type_id(kind).configuration("CustomData", written);
        let input = resolved.into_iter().fold(input, |input, text| input.resolved_configuration("CustomData", text));
        waits.input = Some(input.build());
        let Some(Observation::Action { result, .. }) = action_observation(&waits) else { panic!("{waits:?}") };
        result.asks
    };
    let approval = ActionCategory::Approval;
    assert_eq!(of(approval.clone(), None, "Look at the page").as_deref(), Some("Look at the page"));
    assert_eq!(of(approval.clone(), Some("Look at v2"), "Look at #{variables.v}").as_deref(), Some("Look at v2"));
    assert_eq!(of(approval, None, ""), None);
    assert_eq!(of(ActionCategory::Build, None, "Look at the page"), None, "it asks nobody");
}

#[test]
fn the_source_is_read_as_events_tell_it() {
    let revision = ArtifactRevision::builder()
        .revision_id("4f9c2d1")
        .revision_summary("{\"ProviderType\":\"GitHub\",\"CommitMessage\":\"Fix pay\"}")
        .revision_url("");
    let expected = SourceRevision { id: "4f9c2d1".into(), summary: Some("Fix pay".into()), url: None };
    assert_eq!(source(&revision.build()), Some(expected));
    assert_eq!(source(&ArtifactRevision::builder().revision_id("").build()), None);
}
