//! Observations in any order, and what they lead to.

use super::*;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn run() -> PipelineExecution {
    PipelineExecution::unseen(ExecutionKey::codepipeline("api-staging".into(), "e-1".into()))
}

fn stage(name: &str, status: RunStatus, second: i64) -> Observation {
    Observation::Stage { stage: name.into(), seen: Some(Sighting { status, at: Some(at(second)) }) }
}

fn whole(status: RunStatus, second: i64) -> Observation {
    Observation::Execution(Sighting { status, at: Some(at(second)) })
}

fn life() -> Vec<Observation> {
    use RunStatus::{InProgress, Succeeded};
    vec![
        whole(InProgress, 0),
        stage("Source", InProgress, 0),
        stage("Source", Succeeded, 3),
        stage("Build", InProgress, 3),
        stage("Build", Succeeded, 3),
        whole(Succeeded, 9),
    ]
}

proptest! {
    #[test]
    fn any_order_and_any_doubling_leads_to_the_same_end(order in Just(life().into_iter().chain(life()).collect::<Vec<_>>()).prop_shuffle()) {
        let mut seen = run();
        for observation in &order {
            seen.observe(observation, at(100));
        }
        prop_assert_eq!(seen.status, Some(Seen { status: RunStatus::Succeeded, at: at(9) }));
        let mut stages: Vec<_> = seen.stages.iter().map(|s| (s.name.clone(), s.status.unwrap().status, s.started_at.unwrap())).collect();
        stages.sort();
        prop_assert_eq!(stages, vec![("Build".to_owned(), RunStatus::Succeeded, at(3)), ("Source".to_owned(), RunStatus::Succeeded, at(0))]);
    }
}

#[test]
fn a_retry_takes_a_failed_stage_up_again_and_an_old_failure_does_not_undo_it() {
    let mut seen = run();
    assert!(seen.observe(&stage("Test", RunStatus::Failed, 10), at(10)));
    assert!(seen.observe(&stage("Test", RunStatus::InProgress, 20), at(20)));
    assert!(!seen.observe(&stage("Test", RunStatus::Failed, 10), at(21)));
    assert_eq!(seen.stages[0].status.map(|s| s.status), Some(RunStatus::InProgress));
}

#[test]
fn what_was_asked_wins_over_silence_and_loses_to_a_later_event() {
    let mut seen = run();
    let asked = Observation::Execution(Sighting { status: RunStatus::InProgress, at: None });
    assert!(seen.observe(&asked, at(5)));
    assert!(!seen.observe(&asked, at(50)));
    assert!(seen.observe(&whole(RunStatus::Succeeded, 5), at(60)));
}

#[test]
fn a_commit_message_is_unwrapped() {
    let summary = |text: &str| SourceRevision::told("4f9c2d1".into(), Some(text.into()), None).summary;
    assert_eq!(summary(r#"{"ProviderType":"GitHub","CommitMessage":"Fix \"login\"\n\nMore"}"#).as_deref(), Some("Fix \"login\""));
    for plain in ["Fix login", "{", "{}", "42"] {
        assert_eq!(summary(plain).as_deref(), Some(plain));
    }
}

#[test]
fn an_answer_that_was_overtaken_changes_nothing() {
    let mut seen = run();
    seen.observe(&whole(RunStatus::Succeeded, 50), at(60));
    let asked_before = Observation::Execution(Sighting { status: RunStatus::InProgress, at: None });
    assert!(!seen.observe(&asked_before, at(49)));
    assert!(!seen.observe(&asked_before, at(50)));
    assert!(seen.observe(&asked_before, at(51)));
}

#[test]
fn stages_take_the_order_of_the_pipeline() {
    let mut seen = run();
    seen.observe(&stage("Build", RunStatus::InProgress, 3), at(3));
    seen.arrange_stages(&["Source".into(), "Build".into(), "Deploy".into()]);
    let names: Vec<_> = seen.stages.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["Source", "Build", "Deploy"]);
    assert_eq!(seen.current_stage().map(|s| s.name.as_str()), Some("Build"));
}

fn failed_action(stage: &str, action: &str, second: i64) -> Observation {
    let seen = Sighting { status: RunStatus::Failed, at: Some(at(second)) };
    Observation::Action { stage: stage.into(), action: action.into(), seen, result: ActionResult::default() }
}

#[test]
fn what_failed_is_what_failed_last_and_not_what_a_retry_mended() {
    let named = |seen: &PipelineExecution| seen.failure().map(|(stage, action)| (stage.name.clone(), action.map(|a| a.name.clone())));
    let mut seen = run();
    for observation in [failed_action("Test", "units", 10), failed_action("Test", "lints", 10), stage("Test", RunStatus::Failed, 10)] {
        seen.observe(&observation, at(10));
    }
    assert_eq!(named(&seen), Some(("Test".into(), Some("units".into()))));
    // Run again, it fails at another step.
    for observation in
        [stage("Test", RunStatus::InProgress, 20), failed_action("Test", "browser", 30), stage("Test", RunStatus::Failed, 30)]
    {
        seen.observe(&observation, at(30));
    }
    assert_eq!(named(&seen), Some(("Test".into(), Some("browser".into()))));
    // And again: it is well, and a later stage fails.
    for observation in
        [stage("Test", RunStatus::InProgress, 40), stage("Test", RunStatus::Succeeded, 50), stage("Deploy", RunStatus::Failed, 60)]
    {
        seen.observe(&observation, at(60));
    }
    assert_eq!(named(&seen), Some(("Deploy".into(), None)));
}
