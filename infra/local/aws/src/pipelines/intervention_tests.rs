//! What people do to running pipelines, on a clock that the test sets.

use super::engine::{APPROVAL_TIMEOUT, Engine};
use super::engine_tests::{at, engine, start, start_at, status, told};
use super::interventions::{Approval, Gate, Retry};
use super::model::{ActionStatus, StageStatus, Status, Stop};
use super::starting::Rollback;

fn stop(abandon: bool) -> Stop {
    Stop { abandon, reason: Some("wrong one".to_owned()) }
}

fn retry(id: &str, stage: &str, all_actions: bool) -> Retry {
    Retry { pipeline: "api-staging".to_owned(), stage: stage.to_owned(), execution: id.to_owned(), all_actions }
}

fn gate(stage: &str, inbound: bool, reason: Option<&str>) -> Gate {
    Gate {
        pipeline: "api-staging".to_owned(),
        stage: stage.to_owned(),
        inbound,
        reason: reason.map(str::to_owned),
        caller: "arn:aws:iam::000000000000:root".to_owned(),
    }
}

fn roll_back(stage: &str, target: &str) -> Rollback {
    Rollback {
        pipeline: "api-staging".to_owned(),
        stage: stage.to_owned(),
        target: target.to_owned(),
        caller: "arn:aws:iam::000000000000:root".to_owned(),
    }
}

#[test]
fn stopping_waits_for_the_running_action() {
    let mut engine = engine();
    let id = engine.start(start("api-staging"), at(0)).unwrap();
    engine.advance(at(1));
    engine.take_events();
    engine.stop("api-staging", &id, stop(false), at(1)).unwrap();
    assert_eq!(status(&engine, "api-staging", &id), Status::Stopping);
    let again = engine.stop("api-staging", &id, stop(false), at(1)).unwrap_err();
    assert_eq!(again.code, "DuplicatedStopRequestException");
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &id), Status::Stopped);
    let late = engine.stop("api-staging", &id, stop(false), at(60)).unwrap_err();
    assert_eq!(late.code, "PipelineExecutionNotStoppableException");
    assert_eq!(told(&mut engine), ["pipeline STOPPING", "Build STOPPING", "Build/Build SUCCEEDED", "Build SUCCEEDED", "pipeline STOPPED"]);
}

#[test]
fn abandoning_stops_at_once_also_after_a_request_to_wait() {
    let mut engine = engine();
    let id = engine.start(start("api-staging"), at(0)).unwrap();
    engine.stop("api-staging", &id, stop(false), at(0)).unwrap();
    engine.take_events();
    engine.stop("api-staging", &id, stop(true), at(0)).unwrap();
    assert_eq!(status(&engine, "api-staging", &id), Status::Stopped);
    assert_eq!(engine.pipelines[0].executions[0].actions[0].status, ActionStatus::Abandoned);
    assert_eq!(told(&mut engine), ["Source/Source ABANDONED", "Source STOPPED", "pipeline STOPPED"]);
    assert_eq!(engine.next_due(), None);
}

#[test]
fn stopping_one_that_waits_leaves_the_others_alone() {
    let mut engine = engine();
    let first = engine.start(start("api-staging"), at(0)).unwrap();
    let waiting = engine.start(start("api-staging"), at(0)).unwrap();
    engine.stop("api-staging", &waiting, stop(false), at(0)).unwrap();
    assert_eq!(status(&engine, "api-staging", &waiting), Status::Stopped);
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &first), Status::Succeeded);
}

#[test]
fn an_unknown_execution_cannot_be_stopped() {
    let mut engine = engine();
    let refusal = engine.stop("api-staging", "none", stop(false), at(0)).unwrap_err();
    assert_eq!(refusal.code, "PipelineExecutionNotStoppableException");
}

#[test]
fn a_failed_stage_is_retried_in_the_same_execution() {
    let mut engine = engine();
    let id = engine.start(start_at("broken"), at(0)).unwrap();
    engine.advance(at(10));
    assert_eq!(engine.retry(&retry(&id, "Build", false), at(10)).unwrap_err().code, "StageNotRetryableException");
    engine.take_events();
    engine.pipelines[0].definition.local.fails.clear();
    engine.retry(&retry(&id, "Test", false), at(10)).unwrap();
    assert_eq!(engine.retry(&retry(&id, "Test", false), at(10)).unwrap_err().code, "StageNotRetryableException");
    let events = engine.take_events();
    assert_eq!(events[0]["detail"]["state"], "RESUMED");
    assert!(events[0].to_string().contains(r#""pipeline-execution-attempt":2.0"#));
    assert_eq!(events[1]["detail"]["stage-last-retry-attempt-time"], "2027-01-15T08:00:10.000Z");
    engine.advance(at(60));
    assert_eq!(status(&engine, "api-staging", &id), Status::Succeeded);
    assert_eq!(engine.pipelines[0].executions[0].actions.len(), 5, "four actions, one of them twice");
}

/// A Test stage of two steps: the second fails for `broken`, the first does not.
fn engine_with_two_test_steps() -> Engine {
    let mut engine = engine();
    let actions = &mut engine.pipelines[0].definition.stages[2].actions;
    let mut second = actions[0].clone();
    second.name = "Acceptance".to_owned();
    second.run_order = 2;
    actions.push(second);
    engine
}

#[test]
fn a_retry_of_all_actions_runs_what_succeeded_again() {
    for (all_actions, runs) in [(false, 1), (true, 2)] {
        let mut engine = engine_with_two_test_steps();
        engine.pipelines[0].definition.local.fails.clear();
        let id = engine.start(start_at("broken"), at(0)).unwrap();
        engine.advance(at(3));
        let fails = [("Test".to_owned(), vec!["broken".to_owned()])];
        engine.pipelines[0].definition.local.fails = fails.into_iter().collect();
        engine.advance(at(10));
        assert_eq!(status(&engine, "api-staging", &id), Status::Failed);
        engine.pipelines[0].definition.local.fails.clear();
        engine.retry(&retry(&id, "Test", all_actions), at(10)).unwrap();
        engine.advance(at(60));
        assert_eq!(status(&engine, "api-staging", &id), Status::Succeeded);
        let first = engine.pipelines[0].executions[0].actions.iter().filter(|run| (run.stage, run.action) == (2, 0));
        assert_eq!(first.count(), runs, "all_actions: {all_actions}");
    }
}

#[test]
fn only_the_latest_execution_of_a_stage_is_retried() {
    let mut engine = engine();
    let old = engine.start(start_at("broken"), at(0)).unwrap();
    engine.advance(at(10));
    engine.start(start("api-staging"), at(10)).unwrap();
    engine.advance(at(60));
    let refusal = engine.retry(&retry(&old, "Test", false), at(60)).unwrap_err();
    assert_eq!(refusal.code, "NotLatestPipelineExecutionException");
}

fn approval(token: &str, approved: bool) -> Approval {
    Approval {
        pipeline: "web-release".to_owned(),
        stage: "Approval".to_owned(),
        action: "Release".to_owned(),
        token: token.to_owned(),
        approved,
        summary: "looked at it".to_owned(),
        caller: "arn:aws:iam::000000000000:user/avery".to_owned(),
    }
}

fn waiting_for_approval() -> (Engine, String, String) {
    let mut engine = engine();
    let id = engine.start(start("web-release"), at(0)).unwrap();
    engine.advance(at(60));
    let index = engine.find("web-release").unwrap();
    let token = engine.pipelines[index].executions[0].latest_run(3, 0).unwrap().token.clone().unwrap();
    (engine, id, token)
}

#[test]
fn an_approval_waits_for_a_person_with_the_right_token() {
    let (mut engine, id, token) = waiting_for_approval();
    assert_eq!(status(&engine, "web-release", &id), Status::InProgress);
    let wrong = engine.new_id();
    let refusal = engine.approve(approval(&wrong, true), at(60)).unwrap_err();
    assert_eq!(refusal.code, "InvalidApprovalTokenException");
    engine.approve(approval(&token, true), at(60)).unwrap();
    let refusal = engine.approve(approval(&token, false), at(60)).unwrap_err();
    assert_eq!(refusal.code, "ApprovalAlreadyCompletedException");
    engine.advance(at(120));
    assert_eq!(status(&engine, "web-release", &id), Status::Succeeded);
}

#[test]
fn a_rejected_approval_fails_the_execution_with_the_persons_words() {
    let (mut engine, id, token) = waiting_for_approval();
    engine.approve(approval(&token, false), at(60)).unwrap();
    assert_eq!(status(&engine, "web-release", &id), Status::Failed);
    let index = engine.find("web-release").unwrap();
    let run = engine.pipelines[index].executions[0].latest_run(3, 0).unwrap();
    assert_eq!(run.summary.as_deref(), Some("looked at it"));
    assert_eq!(run.updated_by.as_deref(), Some("arn:aws:iam::000000000000:user/avery"));
}

#[test]
fn an_approval_times_out_after_seven_days() {
    let (mut engine, id, _) = waiting_for_approval();
    let asked = engine.next_due().unwrap() - APPROVAL_TIMEOUT;
    engine.advance(asked + APPROVAL_TIMEOUT - super::engine_tests::PACE);
    assert_eq!(status(&engine, "web-release", &id), Status::InProgress);
    engine.advance(asked + APPROVAL_TIMEOUT);
    assert_eq!(status(&engine, "web-release", &id), Status::Failed);
}

#[test]
fn nothing_passes_a_disabled_transition() {
    for (stage, inbound) in [("Deploy", true), ("Test", false)] {
        let mut engine = engine();
        engine.gate(gate(stage, inbound, Some("Frozen.")), at(0)).unwrap();
        let first = engine.start(start("api-staging"), at(0)).unwrap();
        engine.advance(at(60));
        assert_eq!(engine.pipelines[0].slots[3].waiting, [0]);
        let second = engine.start(start("api-staging"), at(60)).unwrap();
        engine.advance(at(120));
        assert_eq!(status(&engine, "api-staging", &first), Status::Superseded);
        engine.gate(gate(stage, inbound, None), at(120)).unwrap();
        engine.advance(at(180));
        assert_eq!(status(&engine, "api-staging", &second), Status::Succeeded);
    }
}

#[test]
fn a_rollback_runs_one_stage_with_an_earlier_executions_revision() {
    let mut engine = engine();
    let old = engine.start(start_at("old"), at(0)).unwrap();
    engine.advance(at(10));
    let new = engine.start(start_at("new"), at(10)).unwrap();
    engine.advance(at(20));
    let refused = |engine: &mut Engine, request| engine.roll_back(request, at(20)).unwrap_err().code;
    assert_eq!(refused(&mut engine, roll_back("Source", &old)), "UnableToRollbackStageException");
    assert_eq!(refused(&mut engine, roll_back("Deploy", &new)), "PipelineExecutionOutdatedException");
    assert_eq!(refused(&mut engine, roll_back("Deploy", "none")), "PipelineExecutionNotFoundException");
    engine.take_events();

    let id = engine.roll_back(roll_back("Deploy", &old), at(20)).unwrap();
    engine.advance(at(30));
    assert_eq!(status(&engine, "api-staging", &id), Status::Succeeded);
    assert_eq!(engine.pipelines[0].executions[2].stages[&3].status, StageStatus::Succeeded);
    assert_eq!(engine.hosts.values().filter(|host| host.version == "old").count(), 1);
    assert_eq!(
        told(&mut engine),
        [
            "pipeline STARTED",
            "Deploy STARTED",
            "Deploy/Deploy STARTED",
            "Deploy/Deploy SUCCEEDED",
            "Deploy SUCCEEDED",
            "pipeline SUCCEEDED",
        ]
    );
}
